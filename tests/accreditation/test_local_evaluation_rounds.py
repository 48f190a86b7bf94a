"""Whose titles a round concerns and who runs it, where a district, a zone or a group grants them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState
from accreditation.errors import Denied, Refusal
from accreditation.models import Application, Batch, Body, Case, EvaluationCall, EvaluationRound, Title
from accreditation.roles import Role
from accreditation.services import evaluation_rounds
from accreditation.services.earlier_results import propose_earlier_round
from accreditation.services.evaluation_rounds import population
from accreditation.services.rule_sets import store_edition
from tests.clock import Clock
from tests.factories import evaluating
from tests.factories import local_evaluating as steps
from tests.factories.cast import grant, person
from tests.factories.local import GROUP, LocalCast, open_local_batch
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def local(settings: LazySettings, clock: Clock) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    return steps.make_jinshan(clock.at)


@pytest.fixture
def group(local: LocalCast) -> Body:
    return Body.objects.create(
        code=GROUP.code, level=GROUP.level, district=GROUP.district, name_zh=GROUP.name_zh, name_en=GROUP.name_en,
        uscc=GROUP.uscc,
    )  # fmt: skip


def granted_by(local: LocalCast, body: Body, n: int) -> Title:
    """A title of enterprise n that came from a batch of that body."""
    title, at = steps.hold(local, n), local.cast.at
    batch = open_local_batch(local.cast, body, at, rules=steps.JINSHAN.rules, ordinal=9)
    case = Case.objects.create(
        number=f"G-{n}", procedure=batch.procedure, enterprise=title.holder, district=body.district, batch=batch,
        state=ApplicationState.DRAFT, opened_at=at, moved_at=at,
    )  # fmt: skip
    Application.objects.create(case=case, batch=batch, enterprise=title.holder, title=title)
    return title


def numbers(batch: Batch) -> list[str]:
    return [one.title.number for one in population(batch)]


def codes(batch: Batch, local: LocalCast) -> list[str]:
    """Why a freeze is refused."""
    with pytest.raises(Refusal) as refused:
        evaluation_rounds.freeze_population(batch, by=local.officer, at=local.cast.at)
    return [reason.code for reason in refused.value.reasons]


def own_title(local: LocalCast) -> Title:
    return Title.objects.get(holder=local.enterprise, programme="district_centre")


def test_each_body_has_its_own_population_and_its_own_round_of_a_year(local: LocalCast, group: Body) -> None:
    of_group = granted_by(local, group, 2)  # its holder is registered in Jinshan
    steps.hold(local, 1)  # in Jiading
    batch, at = steps.make_round(local), local.cast.at
    of_another = steps.make_round(local, authority=group)
    assert numbers(batch) == [own_title(local).number]
    assert numbers(of_another) == [of_group.number]
    officer = person("group_officer", "集团经办示例")
    grant(officer, Role.LOCAL_OFFICER, group.district, at=at)
    evaluation_rounds.freeze_population(batch, by=local.officer, at=at)
    round_ = evaluation_rounds.freeze_population(of_another, by=officer, at=at)
    assert (round_.authority, EvaluationRound.objects.filter(year=at.year).count()) == (group, 2)
    assert codes(steps.make_round(local, ordinal=2001), local) == ["already_frozen"]


def test_office_and_districts_run_no_round_but_their_own(local: LocalCast) -> None:
    batch, at, title = steps.make_round(local), local.cast.at, own_title(local)
    evaluating.hold(local.cast, 0)
    of_office = evaluating.make_round(local.cast)
    for row, people in (
        (batch, (local.cast.office, local.other_officer, local.checker, local.publisher, local.applicant)),
        (of_office, (local.officer, local.other_officer)),
    ):
        for by in people:
            with pytest.raises(Denied):
                evaluation_rounds.freeze_population(row, by=by, at=at)
            with pytest.raises(Denied):
                evaluation_rounds.call_holders(row, by=by, at=at)
            with pytest.raises(Denied):
                propose_earlier_round(
                    row, {title: "good"}, year=2024, document_number="示例", dated=at.date(), by=by, at=at
                )
    assert not EvaluationRound.objects.exists()
    evaluation_rounds.freeze_population(of_office, by=local.cast.office, at=at)
    programmes = set(EvaluationCall.objects.values_list("title__programme", flat=True))
    assert programmes == {"shanghai_municipal_centre"}


def test_office_has_no_round_over_what_districts_granted(local: LocalCast) -> None:
    Batch.objects.filter(pk=steps.make_round(local).pk).update(authority=None)
    batch = Batch.objects.get(ordinal=2000)
    assert population(batch) == []
    with pytest.raises(Refusal) as refused:
        evaluation_rounds.freeze_population(batch, by=local.cast.office, at=local.cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["nobody_due"]


def test_round_waits_for_what_the_authority_has_to_publish(local: LocalCast) -> None:
    """Days of notice, and the years until the first evaluation, which no text of Jinshan names."""
    batch, stored = steps.make_round(local), store_edition(steps.JINSHAN.rules, at=local.cast.at)
    Batch.objects.filter(pk=batch.pk).update(notice_days=0)
    assert codes(Batch.objects.get(pk=batch.pk), local) == ["no_notice"]
    Batch.objects.filter(pk=batch.pk).update(notice_days=5, rule_set=stored)
    assert codes(Batch.objects.get(pk=batch.pk), local) == ["no_cycle"]


def test_earlier_result_of_another_bodys_title_is_refused(local: LocalCast) -> None:
    batch, at = steps.make_round(local), local.cast.at
    with pytest.raises(Refusal) as refused:
        propose_earlier_round(
            batch, {steps.hold(local, 1): "good"}, year=2024, document_number="示例〔2024〕1号", dated=at.date(),
            by=local.officer, at=at,
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["unknown_result"]


def test_holder_that_has_moved_away_is_not_late(local: LocalCast, clock: Clock) -> None:
    batch = steps.make_round(local)
    steps.hold(local, 2)
    steps.frozen_and_called(local, batch)
    local.enterprise.district = "310118"
    local.enterprise.save(update_fields=["district"])
    clock.at = batch.closes_at + timedelta(hours=1)
    assert tick(clock.at).late_listed == 1
    late = EvaluationCall.objects.filter(late_at__isnull=False)
    assert [call.title.holder for call in late] == [local.cast.enterprises[2]]

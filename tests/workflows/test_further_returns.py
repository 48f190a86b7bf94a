"""A second return of a level: refused by itself, allowed in writing by a superior who did not ask, made once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Application, AuditEvent, Case, CorrectionRequest, FurtherReturn, Message, User
from accreditation.roles import Role
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, with_material
from tests.factories.local import filed, make_local_cast
from tests.factories.steps import answer_gates, recommend
from workflows import door, further_returns
from workflows.consistency import check_all
from workflows.presentation.timeline import timeline
from workflows.selectors.further_returns import waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST = [{"target": "evidence", "code": "audit_report", "remark": "缺页"}]
WHY = "补交的报告缺附注，首次退回时尚无此件"
ASKED: dict[str, Any] = {"remark": "", "reason": WHY}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    """With two superiors at the bureau of Pudong and one of the city's office."""
    settings.ACCREDITATION_DEMO = True
    made = make_cast(clock.at)
    for username, name, role, district in (
        ("chief", "浦东负责人示例", Role.DISTRICT_SUPERVISOR, "310115"),
        ("chief2", "浦东副负责人示例", Role.DISTRICT_SUPERVISOR, "310115"),
        ("far_chief", "嘉定负责人示例", Role.DISTRICT_SUPERVISOR, "310114"),
        ("city_chief", "市负责人示例", Role.MUNICIPAL_SUPERVISOR, ""),
    ):
        made.people[username] = person(username, name)
        grant(made.people[username], role, district, at=clock.at)
    return made


def give_back(case: Case, by: User, cast: Cast, points: list[dict[str, Any]], remark: str = "") -> None:
    form = {"points": points, "remark": remark}
    door.perform(case, "return_for_correction", by=by, at=cast.at, form=form)


def corrected(case: Case, cast: Cast, hours: int = 1) -> None:
    later = cast.at + timedelta(hours=hours)
    with_material(case, cast.member0, later)
    application = Application.objects.get(case=case)
    request = application.corrections.get(closed_at__isnull=True)
    request.points.update(target="figure", code="rd_staff", year=cast.batch.reporting_year)
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})


@pytest.fixture
def case(cast: Cast) -> Case:
    """Returned once by its bureau, and corrected."""
    made = filed_case(cast)
    door.perform(made, "accept", by=cast.pudong, at=cast.at)
    give_back(made, cast.pudong, cast, FIRST)
    corrected(made, cast)
    return made


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def row_of(case: Case) -> FurtherReturn:
    return FurtherReturn.objects.filter(application__case=case).latest("pk")


def answer(case: Case, by: User, cast: Cast, *, is_allowed: bool = True) -> None:
    further_returns.answer(case, row_of(case).pk, is_allowed=is_allowed, reason="确有必要，同意", by=by, at=cast.at)


def test_first_return_is_free_and_a_second_says_what_to_do(cast: Cast, case: Case) -> None:
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast, FIRST)
    assert codes(refused) == ["no_returns_left"]
    assert "负责人书面同意" in str(refused.value.reasons[0])
    first = CorrectionRequest.objects.get()
    assert (first.turn, first.free, first.permission) == (1, 1, None)


def test_allowed_return_is_made_as_it_was_allowed_and_once(cast: Cast, case: Case) -> None:
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast, FIRST)
    assert codes(refused) == ["no_returns_left"]
    answer(case, cast.chief, cast)
    for points, remark in (([FIRST[0] | {"remark": "另一件事"}], ""), (FIRST * 2, ""), (FIRST, "再加一句")):
        with pytest.raises(Refusal) as refused:
            give_back(case, cast.pudong, cast, points, remark)
        assert codes(refused) == ["not_as_allowed"]
    give_back(case, cast.pudong, cast, FIRST)
    assert Application.objects.get(case=case).state == S.RETURNED
    second = CorrectionRequest.objects.get(turn=2)
    assert second.permission == row_of(case)
    corrected(case, cast, 2)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast, FIRST)
    assert codes(refused) == ["no_returns_left"]
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_way_of_the_case_names_who_asked_and_who_allowed(cast: Cast, case: Case) -> None:
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    answer(case, cast.chief, cast)
    give_back(case, cast.pudong, cast, FIRST)
    returned, allowed, asked = timeline(case, View.DISTRICT)[:3]
    assert [entry["verb"] for entry in (asked, allowed)] == ["ask_further_return", "allow_further_return"]
    assert cast.pudong.name in str(allowed["text"])
    assert "确有必要，同意" in str(allowed["text"])
    assert WHY in str(asked["text"])
    assert cast.chief.name in str(returned["text"])
    seen = timeline(case, View.APPLICANT)
    assert not {"ask_further_return", "allow_further_return"} & {entry["verb"] for entry in seen}
    assert cast.chief.name in str(seen[0]["text"])
    said = AuditEvent.objects.filter(chain=chain_key(case), verb="allow_further_return").get()
    assert (said.by_id, said.content["reason"]) == (cast.chief.pk, "确有必要，同意")


def test_refused_request_leaves_the_case_and_may_be_asked_again(cast: Cast, case: Case) -> None:
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    answer(case, cast.chief, cast, is_allowed=False)
    assert Message.objects.get(kind="further_return_refused").recipient == cast.pudong
    with pytest.raises(Refusal):
        give_back(case, cast.pudong, cast, FIRST)
    with pytest.raises(AlreadyDone) as late:
        answer(case, cast.chief2, cast)
    assert (late.value.done_by, late.value.done_at) == (str(cast.chief), cast.at)
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    assert row_of(case).answer == ""


@pytest.mark.parametrize("who", ["pudong", "far_chief", "city_chief", "office", "auditor", "member0", "stranger"])
def test_only_a_superior_of_that_level_answers(cast: Cast, case: Case, who: str) -> None:
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    with pytest.raises(Denied):
        answer(case, cast.people[who], cast)
    assert waiting_for(cast.people[who]) == []
    assert row_of(case).answer == ""


def test_superior_who_asked_does_not_answer(cast: Cast, case: Case) -> None:
    further_returns.ask(case, points=FIRST, by=cast.chief, at=cast.at, **ASKED)
    assert waiting_for(cast.chief) == []
    assert waiting_for(cast.chief2) == [row_of(case)]
    with pytest.raises(Refusal) as refused:
        answer(case, cast.chief, cast)
    assert codes(refused) == ["same_person"]
    answer(case, cast.chief2, cast)
    assert row_of(case).answered_by == cast.chief2


@pytest.mark.parametrize("who", ["jiading", "office", "city_chief", "auditor", "member0", "stranger"])
def test_only_who_may_return_asks(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(Denied):
        further_returns.ask(case, points=FIRST, by=cast.people[who], at=cast.at, **ASKED)
    assert not FurtherReturn.objects.exists()


def test_every_reason_against_asking_is_said(cast: Cast, case: Case) -> None:
    with pytest.raises(Refusal) as refused:
        further_returns.ask(case, points=[], remark="", reason="短", by=cast.pudong, at=cast.at)
    assert codes(refused) == ["points_needed", "text_needed"]
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, request_key="k", **ASKED)
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, request_key="k", **ASKED)
    with pytest.raises(Refusal) as refused:
        further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    assert codes(refused) == ["asked_already"]
    assert FurtherReturn.objects.count() == 1


def test_who_still_has_a_return_needs_nobody(cast: Cast) -> None:
    other = filed_case(cast)
    door.perform(other, "accept", by=cast.pudong, at=cast.at)
    with pytest.raises(Refusal) as refused:
        further_returns.ask(other, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    assert codes(refused) == ["returns_left"]


def test_level_that_has_nobody_else_above_is_told_so(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    alone = make_cast(clock.at)
    made = filed_case(alone)
    recommend(alone, made, clock.at)
    give_back(made, alone.office, alone, FIRST)
    corrected(made, alone)
    with pytest.raises(Refusal) as refused:
        further_returns.ask(made, points=FIRST, by=alone.office, at=clock.at, **ASKED)
    assert codes(refused) == ["no_superior"]


def test_office_has_its_own_first_return_and_its_own_superior(cast: Cast, case: Case) -> None:
    answer_gates(case, cast.pudong, cast.at)
    door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "材料齐全，同意推荐"})
    give_back(case, cast.office, cast, FIRST)
    assert CorrectionRequest.objects.get(by_owner="office").turn == 1
    corrected(case, cast, 2)
    further_returns.ask(case, points=FIRST, by=cast.office, at=cast.at, **ASKED)
    with pytest.raises(Denied):
        answer(case, cast.chief, cast)
    assert waiting_for(cast.city_chief) == [row_of(case)]
    answer(case, cast.city_chief, cast)
    give_back(case, cast.office, cast, FIRST)
    assert CorrectionRequest.objects.get(by_owner="office", turn=2).permission == row_of(case)


def test_request_lapses_when_the_case_moves_on(cast: Cast, case: Case) -> None:
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    answer_gates(case, cast.pudong, cast.at)
    door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "材料齐全，同意推荐"})
    assert waiting_for(cast.chief) == []
    with pytest.raises(Denied):
        answer(case, cast.chief, cast)
    with pytest.raises(AlreadyDone):
        answer(case, cast.city_chief, cast)


def test_town_asks_the_superior_of_the_authority_it_forwards_to(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    chief = person("song_chief", "松江负责人示例")
    grant(chief, Role.DISTRICT_SUPERVISOR, "310117", at=clock.at)
    case = filed(local, through_town=True)
    give_back(case, local.forwarder, local.cast, FIRST)
    corrected(case, local.cast)
    assert Application.objects.get(case=case).state == S.UNDER_FORWARDING
    with pytest.raises(Refusal) as refused:
        give_back(case, local.forwarder, local.cast, FIRST)
    assert codes(refused) == ["no_returns_left"]
    further_returns.ask(case, points=FIRST, by=local.forwarder, at=clock.at, **ASKED)
    assert waiting_for(chief) == [row_of(case)]
    answer(case, chief, local.cast)
    give_back(case, local.forwarder, local.cast, FIRST)
    assert CorrectionRequest.objects.get(turn=2).by_owner == "forwarder"


def test_database_keeps_a_second_return_without_consent_out(cast: Cast, case: Case) -> None:
    application = Application.objects.get(case=case)
    values = {
        "application": application, "number": 2, "requested_by": cast.pudong, "requested_at": cast.at,
        "by_owner": "district", "free": 1,
    }  # fmt: skip
    for turn in (1, 2):  # the same turn again; a further one without a permission
        with pytest.raises(IntegrityError), transaction.atomic():
            CorrectionRequest.objects.create(**values, turn=turn)
    further_returns.ask(case, points=FIRST, by=cast.pudong, at=cast.at, **ASKED)
    answered = {"answer": "allowed", "answer_reason": "同意", "answered_at": cast.at}
    for wrong in ({"answered_by": cast.pudong}, {"answered_by": cast.chief, "answer_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FurtherReturn.objects.update(**(answered | wrong))


def test_pages_ask_answer_and_return(cast: Cast, case: Case) -> None:
    officer, chief = (log_in(Client(), cast.people[name]) for name in ("pudong", "chief"))
    page = f"/district/cases/{case.number}/"
    assert "再次退回须写明理由" in officer.get(f"{page}return/").content.decode()
    target = "evidence.audit_report"
    said = {"target": target, f"remark-{target}": "缺附注", "general": "", "request_key": "a"}
    assert officer.post(f"{page}return/", said).status_code == 422
    assert officer.post(f"{page}return/", said | {"reason": WHY, "request_key": "b"}).status_code == 302
    assert "待负责人答复" in officer.get(f"{page}return/").content.decode()
    assert case.number in chief.get("/district/").content.decode()
    assert "待您答复的再次退回" not in officer.get("/district/").content.decode()
    shown = chief.get(page).content.decode()
    assert re.search(f"<dt>再次退回的理由</dt><dd[^>]*>{WHY}</dd>", shown)
    assert re.search("<dt>需要补正的内容</dt><dd><ol><li>[^<]*缺附注", shown)
    decide = {"further": row_of(case).pk, "answer": "allowed", "reason": "确有必要，同意", "request_key": "c"}
    assert officer.post(f"/cases/{case.number}/further-return/", decide).status_code == 403
    assert chief.post(f"/cases/{case.number}/further-return/", decide).status_code == 302
    assert "按同意的内容退回补正" in officer.get(f"{page}return/").content.decode()
    done = officer.post(f"{page}return/", {"further": row_of(case).pk, "request_key": "d"})
    assert done.status_code == 302
    assert Application.objects.get(case=case).state == S.RETURNED
    assert [point.remark for point in CorrectionRequest.objects.get(turn=2).points.all()] == ["缺附注"]
    told = log_in(Client(), cast.member0).get(f"/my/cases/{case.number}/").content.decode()
    assert "第 2 次退回，已经负责人书面同意" in told

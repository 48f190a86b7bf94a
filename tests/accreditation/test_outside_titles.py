"""Titles that a national authority grants: what its evaluations do to them, and what may not be entered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import MemberState, TitleState
from accreditation.errors import Denied, Refusal
from accreditation.models import ExternalNotice, Member, Message, ResultProposal, Title, User
from accreditation.services.outside_results import confirm_result, record_evaluation
from accreditation.services.outside_titles import (
    branches_left,
    enter_parent,
    keep_notice,
    possible_parents,
    standing_parents,
)
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_national, parent_title
from tests.factories.titles import second_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def title(cast: Cast) -> Title:
    batch = make_national(cast)
    notice = keep_notice(
        batch, number="示例公告〔2024〕1号", dated=date(2024, 5, 1), authority="示例国家主管部门",
        file=stored_file(b"scan", cast.at), file_name="公告.pdf", by=cast.office, at=cast.at,
    )  # fmt: skip
    return Title.objects.create(
        number="NETC-T-2024-00001", programme=batch.programme, holder=cast.enterprises[0], granted_on=notice.dated,
        valid_from=notice.dated, valid_until=None, announcement_number=notice.number, granted_above=notice,
    )  # fmt: skip


def evaluate(cast: Cast, title: Title, year: int, band: str, **changed: Any) -> str:
    """Enter a result, which a second officer confirms where it must be; the state of the title afterwards."""
    values = {
        "number": f"示例评价〔{year}〕2号", "dated": date(year, 12, 1), "authority": "示例国家主管部门",
        "consequence": "照文件执行", "file": stored_file(band.encode(), cast.at), "file_name": "结果.pdf",
    }  # fmt: skip
    entry = record_evaluation(title, year=year, band=band, **values | changed, by=cast.office, at=cast.at)
    if isinstance(entry, ResultProposal):
        second = User.objects.filter(username="office2").first() or second_officer(cast)
        confirm_result(entry, by=second, at=cast.at)
    return str(Title.objects.get(pk=title.pk).state)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_title_follows_its_evaluations_but_for_its_loss(cast: Cast, title: Title) -> None:
    assert evaluate(cast, title, 2024, "excellent") == TitleState.IN_FORCE
    assert evaluate(cast, title, 2025, "marginal_pass") == TitleState.WARNED
    assert evaluate(cast, title, 2026, "good") == TitleState.IN_FORCE
    assert evaluate(cast, title, 2027, "fail") == TitleState.IN_FORCE  # a second person registers the loss
    moves = title.evaluations.order_by("year").values_list("band", "state_before", "state_after")
    assert list(moves)[1] == ("marginal_pass", "in_force", "warned")
    told = Message.objects.filter(recipient=cast.member0, kind="national_result").values_list("params__year", flat=True)
    assert sorted(told) == [2024, 2025, 2026]
    assert verify_all()[1] == []
    lose(title)
    with pytest.raises(Refusal) as refused:
        evaluate(cast, title, 2028, "good")
    assert codes(refused) == ["title_not_standing"]


def lose(title: Title) -> None:
    title.refresh_from_db(fields=["audit_head"])
    title.revoke()
    title.save(update_fields=["state"])


def test_suspended_title_takes_its_result_and_stays_suspended(cast: Cast, title: Title) -> None:
    title.suspend()
    title.save()
    assert evaluate(cast, title, 2024, "marginal_pass") == TitleState.SUSPENDED
    assert Title.objects.get(pk=title.pk).warned_beneath
    assert evaluate(cast, title, 2026, "good") == TitleState.SUSPENDED
    assert not Title.objects.get(pk=title.pk).warned_beneath


def test_second_warning_in_a_row_keeps_the_warning(cast: Cast, title: Title) -> None:
    evaluate(cast, title, 2024, "marginal_pass")
    assert evaluate(cast, title, 2025, "marginal_pass") == TitleState.WARNED


def test_adverse_band_needs_its_consequence_and_a_year_is_entered_once(cast: Cast, title: Title) -> None:
    with pytest.raises(Refusal) as refused:
        evaluate(cast, title, 2025, "fail", consequence=" ")
    assert codes(refused) == ["text_needed"]
    evaluate(cast, title, 2025, "good", consequence="")
    with pytest.raises(Refusal) as refused:
        evaluate(cast, title, 2025, "good")
    assert codes(refused) == ["year_taken"]


@pytest.mark.parametrize(("year", "dated"), [(2023, date(2025, 1, 1)), (2026, date(2025, 12, 31))])
def test_year_lies_between_title_and_document(cast: Cast, title: Title, year: int, dated: date) -> None:
    with pytest.raises(Refusal) as refused:
        evaluate(cast, title, year, "good", dated=dated)
    assert codes(refused) == ["year_outside"]


def test_result_is_not_older_than_the_title(cast: Cast, title: Title) -> None:
    with pytest.raises(Refusal) as refused:
        evaluate(cast, title, 2024, "good", dated=date(2024, 4, 30))
    (reason,) = refused.value.reasons
    assert str(reason) == "日期（2024年4月30日）不能早于称号授予之日（2024年5月1日）。"
    assert evaluate(cast, title, 2024, "good", dated=date(2024, 5, 1)) == TitleState.IN_FORCE


def test_refused_entry_leaves_no_notice_behind(cast: Cast, title: Title) -> None:
    before = ExternalNotice.objects.count()
    with pytest.raises(Refusal):
        evaluate(cast, title, 2023, "good")
    assert ExternalNotice.objects.count() == before


def test_title_of_ours_takes_no_evaluation_and_does_not_run_on(cast: Cast, title: Title) -> None:
    ours = Title.objects.filter(programme=cast.programme)[0]
    with pytest.raises(Refusal) as refused:
        evaluate(cast, ours, 2025, "good")
    assert "not_from_above" in codes(refused)
    with pytest.raises(IntegrityError), transaction.atomic():
        Title.objects.filter(pk=ours.pk).update(valid_until=None)


def test_parents_are_offered_in_a_batch_for_branches_only_and_only_while_they_stand(cast: Cast, title: Title) -> None:
    branches = make_national(cast, branch=True)
    other = parent_title(cast, 1)
    assert set(standing_parents(branches)) == {title, other}
    lose(title)
    assert standing_parents(branches) == [other]
    assert standing_parents(cast.batch) == []


def test_imported_titles_take_results_and_an_imported_branch_its_parent_once(cast: Cast) -> None:
    branches = make_national(cast, branch=True)
    parent, branch = parent_title(cast, 1), parent_title(cast, 0)
    branch.pk, branch.number, branch.programme = None, "NETCB-T-2019-00001", branches.programme
    branch.save()
    assert evaluate(cast, parent, 2025, "good") == TitleState.IN_FORCE
    assert evaluate(cast, branch, 2025, "marginal_pass") == TitleState.WARNED
    assert parent in possible_parents(branch)
    assert possible_parents(parent) == []
    assert enter_parent(branch, parent, by=cast.office, at=cast.at).parent == parent
    with pytest.raises(Refusal) as refused:
        enter_parent(branch, parent, by=cast.office, at=cast.at)
    assert codes(refused) == ["no_parent"]
    assert branches_left(parent) == []
    assert verify_all()[1] == []
    lose(parent)
    assert branches_left(parent) == [branch]


def test_nobody_without_the_power_or_tied_to_the_holder_touches_its_title(cast: Cast, title: Title) -> None:
    tied = Member.objects.create(
        user=cast.office,
        enterprise=title.holder,
        state=MemberState.ACTIVE,
        requested_at=cast.at,
        settled_at=cast.at,
        settled_by=cast.publisher,
    )
    with pytest.raises(Denied):
        evaluate(cast, title, 2026, "good")
    with pytest.raises(Denied):
        enter_parent(title, title, by=cast.office, at=cast.at)
    tied.delete()
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Denied):
        evaluate(cast, title, 2026, "good")
    assert not title.evaluations.exists()

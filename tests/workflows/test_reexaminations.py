"""The re-examination below its pages: terms, days, who is proposed, what others may read, a title that passes on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.clocks import DeadlineKind
from accreditation.enums import TitleState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import (
    AuditEvent,
    Case,
    Deadline,
    Letter,
    Proceeding,
    Reexamination,
    ReexaminationResult,
    ReexaminationRound,
    Title,
)
from accreditation.reexamination_words import ReexaminationState as S
from accreditation.selectors.conference import conference
from accreditation.selectors.plan import in_force
from accreditation.selectors.run_out import titles_run_out
from accreditation.services.reexaminations import end_of_cycle
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import colleague, make_demonstration
from tests.factories.reexaminations import OPINION, SUMMARY, notice_above, passed, round_called, whole_figures
from tests.factories.returns import SUMMARY as SUMMARY_FIELD
from tests.factories.returns import returned
from tests.factories.yearly_reports import demonstration_title
from workflows import door
from workflows.presentation import reexaminations as words
from workflows.reexamination_results import confirm_results, decline_results, propose_results, withdraw_results
from workflows.reexamination_rounds import forward_opinions, propose_withdrawals, without_proposal
from workflows.selectors.public_register import is_in_force
from workflows.selectors.reexamination_results import waiting_for
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SHANGHAI = ZoneInfo("Asia/Shanghai")
ABOVE = "示例工业主管部门"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    make_demonstration(cast)
    return cast


def row_of(title: Title) -> Reexamination:
    return Reexamination.objects.select_related("case", "round", "title__programme").get(title=title)


def handed_in(cast: Cast, case: Case, at: datetime | None = None, n: int = 0) -> None:
    who, at = cast.people[f"member{n}"], at or cast.at
    paper = {"file": stored_file(b"material", at), "name": "复核材料.pdf", "purpose": "复核材料"}
    door.perform(case, "fill_reexamination", by=who, at=at, form=whole_figures(case))
    door.perform(case, "add_reexamination_document", by=who, at=at, form=paper)
    door.perform(case, "hand_in_reexamination", by=who, at=at, form={"summary": SUMMARY})


def forwarded(cast: Cast, *titles: Title) -> ReexaminationRound:
    rows = [row_of(title) for title in titles]
    for n, row in enumerate(rows):
        handed_in(cast, row.case, n=n)
        said = {"position": "keep", "opinion": OPINION}
        door.perform(row.case, "give_reexamination_opinion", by=cast.office, at=cast.at, form=said)
    letter = {"number": "示例上报〔2026〕3号", "dated": cast.at.date(), "addressed_to": ABOVE}
    forward_opinions(rows[0].round, [row_of(title) for title in titles], **letter, by=cast.publisher, at=cast.at)
    return rows[0].round


def entered(cast: Cast, kept: list[Title], lost: list[Title], **changes: Any) -> ReexaminationResult:
    """Entered by the office, confirmed by a colleague."""
    entry = proposed(cast, kept, lost, **changes)
    confirm_results(entry, by=colleague(cast), at=cast.at)
    return entry


def proposed(cast: Cast, kept: list[Title], lost: list[Title], **changes: Any) -> ReexaminationResult:
    values = {
        "reasons": "收入低于认定条件", "valid_until": None, "number": "示例工信科函〔2026〕7号",
        "dated": cast.at.date(), "authority": ABOVE, "file": stored_file(b"notice", cast.at), "file_name": "结果.pdf",
    }  # fmt: skip
    kept_rows, lost_rows = ([row_of(title) for title in some] for some in (kept, lost))
    said = {"by": cast.office, "at": cast.at, **values, **changes}
    return propose_results(ReexaminationRound.objects.get(), kept_rows, lost_rows, **said)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


# --- terms --------------------------------------------------------------------------------------------------------
def test_cycle_ends_the_day_before_its_anniversary() -> None:
    assert end_of_cycle(date(2026, 5, 10), 3) == date(2029, 5, 9)
    assert end_of_cycle(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert end_of_cycle(date(2024, 2, 29), 4) == date(2028, 2, 28)


def test_title_that_the_nation_granted_without_an_end_gets_none(cast: Cast) -> None:
    title = demonstration_title(cast)
    granted = notice_above(cast, date(2021, 1, 10))
    Title.objects.filter(pk=title.pk).update(valid_until=None, granted_above=granted)
    round_called(cast)
    forwarded(cast, title)
    entered(cast, [title], [])
    row = row_of(title)
    assert (row.state, row.title.valid_until) == (S.PASSED, None)
    assert row.renewed_until == end_of_cycle(cast.at.date(), 3)
    assert "至国家主管部门撤销为止" in Letter.objects.get(kind="reexamined").body
    assert words.result_words(row)["until"] is None


def test_title_that_the_nation_granted_runs_out_by_no_day(cast: Cast, clock: Clock) -> None:
    title = demonstration_title(cast)
    Title.objects.filter(pk=title.pk).update(valid_until=clock.on - timedelta(days=1))
    assert not titles_run_out(clock.on).exists()
    tick(clock.at)
    row = Title.objects.get(pk=title.pk)
    assert (row.state, is_in_force(row, on=clock.on)) == (TitleState.IN_FORCE, True)
    assert conference(date(2026, 1, 1), clock.on).tables["state"][TitleState.IN_FORCE].standing >= 1
    assert TitleState.EXPIRED not in conference(date(2026, 1, 1), clock.on).tables["state"]
    assert "demonstration_national" in {held.kind for held in in_force(clock.on)}


def test_notice_is_not_older_than_its_round_nor_its_term_over(cast: Cast) -> None:
    title, today = demonstration_title(cast), cast.at.date()
    round_ = round_called(cast)
    early = {"number": "示例上报〔2026〕3号", "dated": today - timedelta(days=1), "addressed_to": ABOVE}
    with pytest.raises(Refusal) as refused:
        forward_opinions(round_, [], **early, by=cast.publisher, at=cast.at)
    assert codes(refused) == ["empty_list", "before_basis"]
    forwarded(cast, title)
    with pytest.raises(Refusal) as refused:
        entered(cast, [title], [], dated=today - timedelta(days=1))
    assert codes(refused) == ["before_basis"] * 2  # the call and the letter
    cast.at += timedelta(days=5)
    with pytest.raises(Refusal) as refused:
        entered(cast, [title], [], dated=today, valid_until=today + timedelta(days=5))
    assert codes(refused) == ["term_over"]


def test_result_is_not_older_than_the_letter_nor_the_letter_than_the_opinion(cast: Cast) -> None:
    title = demonstration_title(cast)
    round_called(cast)
    called, case = cast.at.date(), row_of(title).case
    cast.at += timedelta(days=3)
    handed_in(cast, case)
    said = {"position": "keep", "opinion": OPINION}
    door.perform(case, "give_reexamination_opinion", by=cast.office, at=cast.at, form=said)
    letter = {"number": "示例上报〔2026〕3号", "addressed_to": ABOVE, "by": cast.publisher, "at": cast.at}
    round_, opinion = row_of(title).round, cast.at.date()
    with pytest.raises(Refusal) as refused:
        forward_opinions(round_, [row_of(title)], dated=called, **letter)
    (reason,) = refused.value.reasons
    assert str(reason) == f"日期（2026年3月2日）不能早于{case.number} 审核意见之日（2026年3月5日）。"
    forward_opinions(round_, [row_of(title)], dated=opinion, **letter)
    cast.at += timedelta(days=5)
    with pytest.raises(Refusal) as refused:
        entered(cast, [title], [], dated=opinion - timedelta(days=1))
    (reason,) = refused.value.reasons
    assert str(reason) == "日期（2026年3月4日）不能早于上报文件 示例上报〔2026〕3号 的行文日期（2026年3月5日）。"
    entered(cast, [title], [], dated=opinion)
    assert row_of(title).state == S.PASSED


def test_round_is_of_this_year_or_the_next(cast: Cast) -> None:
    demonstration_title(cast)
    for year in (cast.at.year - 1, cast.at.year + 2):
        with pytest.raises(Refusal) as refused:
            round_called(cast, year=year)
        assert "wrong_year" in codes(refused)
    round_called(cast, year=cast.at.year + 1)


# --- results ------------------------------------------------------------------------------------------------------
def test_notice_that_names_an_ended_title_is_entered_whole(cast: Cast) -> None:
    kept, gone = demonstration_title(cast), demonstration_title(cast, 1)
    round_called(cast)
    forwarded(cast, kept, gone)
    gone.revoke()
    gone.save()
    entered(cast, [kept], [gone])
    assert (row_of(kept).state, row_of(gone).state) == (S.PASSED, S.FAILED)
    assert not Proceeding.objects.exists()


def test_notice_proposes_for_those_whom_it_names(cast: Cast) -> None:
    loses, refuses = demonstration_title(cast), demonstration_title(cast, 1)
    round_ = round_called(cast)
    no = {"reason": "拟调整主营业务"}
    door.perform(row_of(refuses).case, "refuse_reexamination", by=cast.member1, at=cast.at, form=no)
    forwarded(cast, loses)
    entered(cast, [], [loses])
    assert [row.title for row in Proceeding.objects.all()] == [loses]
    assert row_of(loses).proposal is not None
    assert [row.title for row in without_proposal(round_)] == [refuses]


def test_nobody_who_passed_a_later_round_is_proposed(cast: Cast) -> None:
    title = demonstration_title(cast)
    round_ = round_called(cast)
    no = {"reason": "拟调整主营业务"}
    door.perform(row_of(title).case, "refuse_reexamination", by=cast.member0, at=cast.at, form=no)
    later = round_called(cast, year=cast.at.year + 1)
    passed(cast, Reexamination.objects.get(round=later))
    with pytest.raises(Refusal) as refused:
        propose_withdrawals(round_, by=cast.office, at=cast.at)
    assert codes(refused) == ["nothing_to_propose"]


def test_suspended_title_passes_and_is_not_dropped(cast: Cast) -> None:
    title = demonstration_title(cast)
    round_called(cast)
    forwarded(cast, title)
    title.suspend()
    title.save()
    form = {"reason": "已暂停"}
    with pytest.raises(Refusal) as refused:
        door.perform(row_of(title).case, "drop_reexamination", by=cast.office, at=cast.at, form=form)
    assert codes(refused) == ["title_stands"]
    entered(cast, [title], [])
    assert (row_of(title).state, row_of(title).title.state) == (S.PASSED, TitleState.SUSPENDED)


def test_result_moves_nothing_before_a_second_officer_confirms_it(cast: Cast) -> None:
    kept, lost = demonstration_title(cast), demonstration_title(cast, 1)
    round_called(cast)
    forwarded(cast, kept, lost)
    row, second = proposed(cast, [kept], [lost]), colleague(cast)
    assert [row_of(kept).state, row_of(lost).state] == [S.FORWARDED, S.FORWARDED]
    assert not Letter.objects.filter(kind__in=["reexamined", "reexamination_failed"]).exists()
    assert (waiting_for(second), waiting_for(cast.office)) == ([row], [])
    for attempt in (
        lambda: confirm_results(row, by=cast.office, at=cast.at),
        lambda: decline_results(row, reason="与文件不一致。", by=cast.office, at=cast.at),
        lambda: withdraw_results(row, by=second, at=cast.at),
        lambda: confirm_results(row, by=cast.publisher, at=cast.at),
    ):
        with pytest.raises(Denied):
            attempt()
    with pytest.raises(Refusal) as refused:
        proposed(cast, [kept], [], by=second)
    assert codes(refused) == ["result_waits"]
    decline_results(row, reason="第二家登记反了。", by=second, at=cast.at)
    withdraw_results(proposed(cast, [], [kept]), by=cast.office, at=cast.at)
    row = proposed(cast, [kept], [lost], by=second)
    confirm_results(row, by=cast.office, at=cast.at)
    assert [row_of(kept).state, row_of(lost).state] == [S.PASSED, S.FAILED]
    assert Proceeding.objects.get().title == lost
    states = ReexaminationResult.objects.order_by("pk").values_list("state", "settled_by")
    assert list(states) == [("declined", second.pk), ("withdrawn", cast.office.pk), ("confirmed", cast.office.pk)]
    with pytest.raises(AlreadyDone):
        confirm_results(row, by=cast.office, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReexaminationResult.objects.filter(pk=row.pk).update(settled_by=second)


# --- what others read ---------------------------------------------------------------------------------------------
def shown(row: Reexamination, view: View) -> str:
    return " ".join(f"{fact['label']}={fact['value']}" for fact in words.facts(row.case, row, view))


def test_office_reads_what_was_handed_in_and_the_holder_nothing_internal(cast: Cast) -> None:
    title = demonstration_title(cast)
    round_called(cast)
    case = row_of(title).case
    drafts = {**whole_figures(case)}
    name = next(key for key, value in drafts.items() if value == "12")
    door.perform(case, "fill_reexamination", by=cast.member0, at=cast.at, form=drafts | {name: "77881"})
    for view, is_shown in ((View.APPLICANT, True), (View.OFFICE, False), (View.DISTRICT, False)):
        assert ("77881" in shown(row_of(title), view).replace(",", "")) is is_shown
    handed_in(cast, case)
    code, _, year = name.rpartition("-")
    code_and_year = code, int(year)
    door.perform(case, "send_reexamination_back", by=cast.office, at=cast.at, form=returned(("figure", *code_and_year)))
    door.perform(case, "fill_reexamination", by=cast.member0, at=cast.at, form=drafts | {name: "77881"})
    seen = shown(row_of(title), View.OFFICE).replace(",", "")
    assert "77881" not in seen
    assert "12" in seen
    door.perform(case, "hand_in_reexamination", by=cast.member0, at=cast.at, form={"summary": SUMMARY})
    assert "77881" in shown(row_of(title), View.OFFICE).replace(",", "")
    said = {"position": "keep", "opinion": OPINION}
    door.perform(case, "give_reexamination_opinion", by=cast.office, at=cast.at, form=said)
    inside = {"reason": "意见与上次口径不一致"}
    door.perform(case, "review_reexamination_again", by=cast.publisher, at=cast.at, form=inside)
    assert inside["reason"] not in shown(row_of(title), View.APPLICANT)
    assert AuditEvent.objects.get(verb="review_reexamination_again").content["reason"] == inside["reason"]


# --- returns and days ---------------------------------------------------------------------------------------------
def sent_back(cast: Cast, case: Case, at: datetime) -> date:
    """The day by which the material is wanted again."""
    handed_in(cast, case, at)
    door.perform(case, "send_reexamination_back", by=cast.office, at=at, form=returned(SUMMARY_FIELD))
    clock = Deadline.objects.get(case=case, kind=DeadlineKind.REEXAMINATION_MATERIAL, state="running")
    return clock.due_at.astimezone(SHANGHAI).date()


def test_return_makes_nobody_late_before_the_due_day(cast: Cast) -> None:
    title = demonstration_title(cast)
    round_ = round_called(cast)
    assert sent_back(cast, row_of(title).case, cast.at) == round_.due_on


def test_who_does_not_report_again_is_told_so_with_the_new_day(cast: Cast, clock: Clock) -> None:
    title = demonstration_title(cast)
    round_ = round_called(cast)
    case = row_of(title).case
    at = datetime.combine(round_.due_on, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
    due = sent_back(cast, case, at)
    assert due > round_.due_on
    clock.at = datetime.combine(due + timedelta(days=1), datetime.min.time(), SHANGHAI)
    tick(clock.at)
    assert row_of(title).state == S.LATE
    assert AuditEvent.objects.get(verb="list_reexamination_late").content["due_on"] == due.isoformat()
    door.perform(case, "close_unanswered", by=cast.office, at=clock.at, form={"reason": "催报后仍未报送"})
    body = Letter.objects.get(kind="not_reexamined").body
    day = f"{due.year}年{due.month}月{due.day}日"
    assert "退回补正后逾期未重新报送" in body
    assert day in body
    propose_withdrawals(round_, by=cast.office, at=clock.at)
    facts = Proceeding.objects.get().found_facts
    assert "退回补正后逾期未重新报送" in facts
    assert day in facts


# --- a title that passes to a successor -----------------------------------------------------------------------------
def test_title_passes_to_a_successor_only_when_its_re_examination_is_over(cast: Cast) -> None:
    title, successor = demonstration_title(cast), cast.enterprises[1]
    round_called(cast)
    case = made.led_to(made.opened(cast, ChangeKind.MERGER), ChangeState.UNDER_CONFIRMATION, cast)
    outcomes = {
        row.title.number: ("passes", successor.uscc) if row.title_id == title.pk else ("ends", "")
        for row in case.changerequest.titles.select_related("title")
    }
    form = {"outcomes": outcomes, "reasons": "承继单位具备研发条件。"}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert codes(refused) == ["reexamination_open"]
    passed(cast, row_of(title))
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert Title.objects.get(pk=title.pk).holder == successor

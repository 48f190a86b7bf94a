"""An objection extends the notice of its own case, over National Day 2026: 1 to 7 October free, Saturday 10 worked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.clocks import ClockEventKind, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    ClockEvent,
    Message,
    Notice,
    NoticeExtension,
    Objection,
)
from accreditation.notice_words import ExtensionGround
from accreditation.selectors.messages import render_message
from accreditation.services.notice_ends import end_of_notice, notice_clock
from accreditation.visibility import View
from tests.clock import SHANGHAI
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import dismiss
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import door
from workflows.calendar import current_calendar
from workflows.calendar_import import import_days
from workflows.consistency import check_all
from workflows.deadlines import due_of
from workflows.exports.dossier_papers import decisions
from workflows.notice_extensions import working_days_of
from workflows.presentation.timeline import timeline
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OBJECTOR = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
REASONS = "经核对参保证明，人员属实。"


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


@dataclass
class Noticed:
    """A case in a notice published on Monday 28 September: it ends on Saturday 10 October, which is worked."""

    cast: Cast
    case: Case
    notice: Notice
    numbers: list[str] = field(default_factory=list)

    @property
    def application(self) -> Application:
        return Application.objects.get(case=self.case)

    @property
    def ends_on(self) -> date:
        return end_of_notice(self.application).astimezone(SHANGHAI).date()

    def object(self, day: str) -> Objection:
        form = dict(OBJECTOR)
        outcome = door.perform(self.case, "raise_objection", by=self.cast.clock, at=at(day), form=form)
        return Objection.objects.get(number=outcome.answer["objection"])

    def dismiss(self, objection: Objection, day: str) -> None:
        dismiss(self.case, objection, at=at(day), reasons=REASONS)

    def name(self, objection: Objection, day: str, days: Any, by: Any = None, reason: str = "须实地核查人员") -> None:
        form = {"objection": objection, "days": days, "reason": reason}
        door.perform(self.case, "extend_notice", by=by or self.cast.office, at=at(day), form=form)

    def agrees(self) -> None:
        assert list(check_all()) == []
        assert verify_all()[1] == []


@pytest.fixture
def noticed(settings: LazySettings) -> Noticed:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(at("2026-09-14"))
    case = filed_case(cast)
    to_committee(cast, case, at("2026-09-21"))
    hold_meeting(cast, [case], at("2026-09-25"))
    found = Noticed(cast, case, publish(cast, [case], at("2026-09-28")))
    assert found.ends_on == date(2026, 10, 10)
    return found


def set_rules(noticed: Noticed, **days: int) -> None:
    """Other limits than the demonstration's rules state."""
    Batch.objects.filter(pk=noticed.cast.batch.pk).update(**days)


def test_batch_takes_its_limits_from_the_rules(noticed: Noticed) -> None:
    batch = noticed.cast.batch
    assert (batch.objection_extension_days, batch.early_objection_extension_days) == (30, 0)


def test_handling_past_the_end_is_added_to_the_notice_of_its_case(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    assert tick(at("2026-10-11")).held_back == 1
    assert notice_clock(noticed.application).state == DeadlineState.FIRED
    noticed.dismiss(objection, "2026-10-13")  # handled on 30 September, 8, 9, 10, 12 and 13 October
    row = NoticeExtension.objects.get()
    assert (row.ground, row.working_days, row.objection) == (ExtensionGround.HANDLING, 6, objection)
    assert noticed.application.state == S.UNDER_NOTICE
    assert noticed.ends_on == date(2026, 10, 19)
    event = ClockEvent.objects.get(kind=ClockEventKind.EXTENDED)
    assert (event.days, event.deadline.state) == (6, DeadlineState.RUNNING)
    assert tick(at("2026-10-19", 23)).fired == 0
    assert tick(at("2026-10-20")).fired == 1
    assert noticed.application.state == S.NOTICE_COMPLETED
    noticed.agrees()


def test_objection_dismissed_before_the_end_extends_nothing(noticed: Noticed) -> None:
    noticed.dismiss(noticed.object("2026-09-29"), "2026-10-09")
    assert not NoticeExtension.objects.exists()
    assert tick(at("2026-10-11")).fired == 1
    assert noticed.application.state == S.NOTICE_COMPLETED


def test_objection_dismissed_before_the_end_extends_where_the_rules_say_so(noticed: Noticed) -> None:
    set_rules(noticed, early_objection_extension_days=30)
    noticed.dismiss(noticed.object("2026-09-29"), "2026-10-09")  # 30 September, 8 and 9 October
    assert NoticeExtension.objects.get().working_days == 3
    assert noticed.ends_on == date(2026, 10, 14)
    assert tick(at("2026-10-11")).fired == 0
    assert tick(at("2026-10-15")).fired == 1
    noticed.agrees()


def test_silent_rules_extend_nothing(noticed: Noticed) -> None:
    set_rules(noticed, objection_extension_days=0)
    objection = noticed.object("2026-09-29")
    tick(at("2026-10-11"))
    noticed.dismiss(objection, "2026-10-13")
    assert not NoticeExtension.objects.exists()
    assert noticed.application.state == S.NOTICE_COMPLETED
    noticed.agrees()


def test_limit_of_the_rules_holds_and_a_notice_that_is_over_then_is_completed(noticed: Noticed) -> None:
    set_rules(noticed, objection_extension_days=2)
    objection = noticed.object("2026-09-29")
    noticed.dismiss(objection, "2026-10-20")
    assert NoticeExtension.objects.get().working_days == 2
    assert noticed.ends_on == date(2026, 10, 13)
    assert noticed.application.state == S.NOTICE_COMPLETED
    noticed.agrees()


def test_day_on_which_two_objections_are_handled_counts_once(noticed: Noticed) -> None:
    first, second = noticed.object("2026-09-29"), noticed.object("2026-10-09")
    tick(at("2026-10-11"))
    noticed.dismiss(first, "2026-10-12")  # 30 September, 8, 9, 10, 12 October
    assert noticed.application.state == S.UNDER_NOTICE
    assert noticed.ends_on == date(2026, 10, 16)
    assert tick(at("2026-10-17")).held_back == 1  # the second is still open
    noticed.dismiss(second, "2026-10-19")  # 13 to 16 and 19 October come on top, not the days before
    assert [row.working_days for row in NoticeExtension.objects.order_by("pk")] == [5, 5]
    assert noticed.ends_on == date(2026, 10, 23)
    assert tick(at("2026-10-24")).fired == 1
    noticed.agrees()


def test_objection_handled_on_the_day_before_the_end_was_late_adds_no_weekend(noticed: Noticed) -> None:
    objection = noticed.object("2026-10-10")
    noticed.dismiss(objection, "2026-10-11")  # Sunday: no working day went by
    assert not NoticeExtension.objects.exists()
    assert noticed.application.state == S.NOTICE_COMPLETED


def test_office_names_days_while_it_looks_into_the_objection(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    noticed.name(objection, "2026-10-09", 4)
    row = NoticeExtension.objects.get()
    assert (row.ground, row.working_days, row.reason) == (ExtensionGround.NAMED, 4, "须实地核查人员")
    assert noticed.ends_on == date(2026, 10, 15)
    noticed.object("2026-10-15")  # taken: the notice of this case still runs
    with pytest.raises(Refusal) as refused:
        noticed.object("2026-10-16")
    assert [reason.code for reason in refused.value.reasons] == ["notice_over"]
    noticed.agrees()


def test_named_days_start_a_clock_again_that_has_run_out(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    tick(at("2026-10-11"))
    with pytest.raises(Refusal) as refused:
        noticed.name(objection, "2026-10-14", 2)  # 12 and 13 October: over already
    assert [reason.code for reason in refused.value.reasons] == ["extension_too_short"]
    noticed.name(objection, "2026-10-14", 5)
    assert notice_clock(noticed.application).state == DeadlineState.RUNNING
    assert noticed.ends_on == date(2026, 10, 16)
    noticed.agrees()


@pytest.mark.parametrize(
    ("days", "reason", "codes"),
    [
        (0, "须实地核查人员", ["days_needed"]),
        (-3, "须实地核查人员", ["days_needed"]),
        (None, "", ["days_needed", "text_needed"]),
    ],
)
def test_extension_never_shortens_and_says_why(noticed: Noticed, days: Any, reason: str, codes: list[str]) -> None:
    objection = noticed.object("2026-09-29")
    with pytest.raises(Refusal) as refused:
        noticed.name(objection, "2026-09-30", days, reason=reason)
    assert [found.code for found in refused.value.reasons] == codes
    assert noticed.ends_on == date(2026, 10, 10)


def test_database_keeps_no_extension_of_no_days(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    clock = notice_clock(noticed.application)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.EXTENDED, at=at("2026-09-30"), days=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeExtension.objects.create(
            notice=noticed.notice, application=noticed.application, objection=objection, working_days=0,
            ground=ExtensionGround.HANDLING, extended_at=at("2026-09-30"), extended_by=noticed.cast.office,
        )  # fmt: skip


def test_only_those_who_look_into_objections_extend_and_only_for_the_case_of_the_objection(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    cast = noticed.cast
    for person in (cast.pudong, cast.publisher, cast.member0, cast.auditor, cast.clock):
        with pytest.raises(Denied):
            noticed.name(objection, "2026-09-30", 3, by=person)
    other = filed_case(cast, 2)
    to_committee(cast, other, at("2026-09-21"))
    hold_meeting(cast, [other], at("2026-09-25"))
    publish(cast, [other], at("2026-09-28"))
    form = {"objection": objection, "days": 3, "reason": "须实地核查人员"}
    with pytest.raises(Refusal) as refused:
        door.perform(other, "extend_notice", by=cast.office, at=at("2026-09-30"), form=form)
    assert [reason.code for reason in refused.value.reasons] == ["no_objection"]
    noticed.name(objection, "2026-09-30", 3)
    assert end_of_notice(Application.objects.get(case=other)).astimezone(SHANGHAI).date() == date(2026, 10, 10)


def test_extended_clock_is_computed_again_when_a_year_is_published(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    noticed.name(objection, "2026-10-09", 60)
    clock = notice_clock(noticed.application)
    assert clock.is_provisional
    plan = [(date(2027, 1, 1), False, "元旦")]
    import_days(2027, plan, source="示例通知", by=noticed.cast.operator, at=at("2026-10-12"))
    again = notice_clock(noticed.application)
    assert not again.is_provisional
    assert again.due_at == due_of(again, current_calendar()).at
    assert again.due_at >= clock.due_at


def test_timeline_tells_the_parties_until_when_the_notice_runs(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    noticed.name(objection, "2026-10-09", 4)
    noticed.dismiss(objection, "2026-10-19")  # handled on ten days, of which four were added before
    assert [row.working_days for row in NoticeExtension.objects.order_by("pk")] == [4, 6]
    texts = [str(entry["text"]) for entry in timeline(noticed.case, View.APPLICANT)]
    assert "公示期延长 4 个工作日，至2026年10月15日。" in "".join(texts)
    assert any(REASONS in text and "公示期延长" in text for text in texts)
    assert "周示例" not in "".join(texts)
    assert "须实地核查人员" not in "".join(texts)


def test_public_page_shows_the_extended_end_and_its_ground(noticed: Noticed) -> None:
    objection = noticed.object("2026-09-29")
    noticed.name(objection, "2026-10-09", 4)
    page = Client().get(reverse("notice", args=[noticed.notice.number])).content.decode()
    assert "公示期延长至" in page
    assert "2026年10月15日" in page
    assert "因公示期间收到异议，经研究，公示期延长至" in page
    assert "因异议决定延长：4 个工作日" in page
    assert "须实地核查人员" not in page
    assert "周示例" not in page


def test_office_extends_on_its_page_and_sees_every_reason_against_it(noticed: Noticed, monkeypatch: Any) -> None:
    objection = noticed.object("2026-09-29")
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2026-10-09"))
    client = log_in(Client(), noticed.cast.office)
    shown = client.get(reverse("office_objection", args=[objection.number])).content.decode()
    address = reverse("office_objection_extend", args=[objection.number])
    assert address in shown
    assert client.post(address, {"days": "0", "reason": ""}).status_code == 422
    answer = client.post(address, {"days": "4", "reason": "须实地核查人员", "request_key": "e" * 32})
    assert answer.status_code == 302
    assert noticed.ends_on == date(2026, 10, 15)
    shown = client.get(reverse("office_objection", args=[objection.number])).content.decode()
    assert "因异议决定延长：4 个工作日" in shown
    assert "须实地核查人员" in shown


def test_reason_of_an_extension_is_kept_beside_the_objection_alone(noticed: Noticed) -> None:
    reason = "周示例反映的人员须实地核查"
    objection = noticed.object("2026-09-29")
    noticed.name(objection, "2026-10-09", 4, reason=reason)
    assert NoticeExtension.objects.get().reason == reason
    assert not ClockEvent.objects.filter(remark__contains=reason).exists()
    assert not [event.pk for event in AuditEvent.objects.all() if reason in str(event.content)]
    assert not [row.pk for row in Message.objects.all() if reason in render_message(row).text]
    for named in (False, True):
        parts = decisions(noticed.application, with_objectors=named)
        assert any(reason in part.content.decode() for part in parts) == named


def test_working_days_of_spans_count_a_day_once() -> None:
    spans = [(at("2026-03-02"), at("2026-03-06")), (at("2026-03-05"), at("2026-03-09"))]
    calendar = current_calendar()
    assert working_days_of(spans, calendar) == 5  # Tuesday to Friday, and the Monday after
    assert working_days_of([(at("2026-03-02"), at("2026-03-02", 18))], calendar) == 0

"""The list of objections: open ones by the day on which the notice of their case ends, with who has them in hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ObjectionState
from accreditation.models import Application, Case, Objection
from accreditation.services.notice_ends import end_of_notice
from tests.clock import SHANGHAI
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import ask, dismiss
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import door
from workflows.calendar import current_calendar
from workflows.presentation.objections import objection_line
from workflows.selectors.registers import objections

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(at("2026-09-01"))


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three in one notice of Monday 7 September, which ends on Friday 11."""
    found = [filed_case(cast, number) for number in range(3)]
    for case in found:
        to_committee(cast, case, at("2026-09-02"))
    hold_meeting(cast, found, at("2026-09-04"))
    publish(cast, found, at("2026-09-07"))
    return found


def object_to(cast: Cast, case: Case, day: str) -> Objection:
    form = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
    done = door.perform(case, "raise_objection", by=cast.clock, at=at(day), form=form)
    return Objection.objects.get(number=done.answer["objection"])


def test_open_objections_come_by_the_end_of_the_notice_of_their_case(cast: Cast, cases: list[Case]) -> None:
    raised = [object_to(cast, case, "2026-09-08") for case in cases]
    extended = {"objection": raised[0], "days": 5, "reason": "须实地核查人员"}
    door.perform(cases[0], "extend_notice", by=cast.office, at=at("2026-09-09"), form=extended)
    dismiss(cases[1], raised[1], at=at("2026-09-09"))
    listed = list(objections(cast.office))
    assert [row.pk for row in listed] == [raised[2].pk, raised[0].pk, raised[1].pk]
    for application, due_at in objections(cast.office).values_list("application", "due_at"):
        assert due_at == end_of_notice(Application.objects.get(pk=application))
    open_ones = objections(cast.office, ObjectionState.RECEIVED)
    assert [row.pk for row in open_ones] == [raised[2].pk, raised[0].pk]


def test_line_tells_who_has_it_in_hand_and_whether_it_is_late(cast: Cast, cases: list[Case]) -> None:
    objection = object_to(cast, cases[0], "2026-09-10")
    ends = end_of_notice(Application.objects.get(case=cases[0])).astimezone(SHANGHAI).date()

    def line(day: str) -> dict[str, object]:
        return objection_line(objections(cast.office).get(), at=at(day), calendar=current_calendar())

    assert (line("2026-09-10")["holder"], line("2026-09-10")["statement_due"]) == ("市认定办公室", None)
    ask(cases[0], objection, office=cast.office, at=at("2026-09-10"))
    waiting = line("2026-09-10")
    assert (waiting["holder"], waiting["left"]) == ("申报单位", current_calendar().left(date(2026, 9, 10), ends))
    assert waiting["statement_due"] is not None
    late = line("2026-09-25")
    assert (late["holder"], late["statement_due"]) == ("市认定办公室", None)
    assert late["left"] == current_calendar().left(date(2026, 9, 25), ends)
    assert isinstance(late["left"], int)
    assert late["left"] < 0


def test_page_marks_what_is_late_and_counts_the_own_ones_on_the_board(
    cast: Cast, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2026-09-25"))
    late = object_to(cast, cases[0], "2026-09-10")
    office = log_in(Client(), cast.office)
    page = office.get(reverse("office_objections")).content.decode()
    assert late.number in page
    assert ("已超期" in page, 'class="row-red"' in page) == (True, True)
    assert "有 1 件异议待答复" in office.get(reverse("office_inbox")).content.decode()

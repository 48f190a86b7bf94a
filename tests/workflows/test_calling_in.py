"""A town that lets its time pass: its clock, who is reminded, and the authority that takes the case over."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.errors import Denied, Refusal
from accreditation.models import Application, AuditEvent, Batch, Case, Deadline, Message
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.local import LocalCast, filed, make_local_cast
from workflows import door
from workflows.reminding import remind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = {"reason": "街镇机构撤并，暂无人员办理转报"}


@pytest.fixture
def local(settings: LazySettings, clock: Clock, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    return make_local_cast(clock.at)


def term(case: Case) -> Deadline:
    return case.deadlines.get(kind=DeadlineKind.FORWARDING)


def codes(case: Case, local: LocalCast, at: datetime, **form: str) -> set[str]:
    with pytest.raises(Refusal) as refused:
        door.perform(case, "call_in", by=local.checker, at=at, form=form)
    return {reason.code for reason in refused.value.reasons}


def test_town_has_the_days_of_the_rules_and_forwarding_ends_them(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    clock_of_town = term(case)
    assert (clock_of_town.working_days, clock_of_town.state) == (5, DeadlineState.RUNNING)
    assert codes(case, local, clock.at, reason="短") == {"term_runs"}
    door.perform(case, "forward", by=local.forwarder, at=clock.at, form={"opinion": "情况属实，同意转报。"})
    assert term(case).state == DeadlineState.MET
    assert case.deadlines.get(kind=DeadlineKind.FIRST_REVIEW).state == DeadlineState.RUNNING


def test_after_the_last_second_it_is_taken_over_without_a_reason(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    over = term(case).due_at + timedelta(seconds=1)
    assert codes(case, local, term(case).due_at) == {"term_runs"}
    door.perform(case, "call_in", by=local.checker, at=over)
    assert Application.objects.get(case=case).state == S.SUBMITTED
    assert case.deadlines.get(kind=DeadlineKind.FIRST_REVIEW).started_at == over
    event = AuditEvent.objects.get(verb="call_in")
    assert (event.content["overdue"], event.content["forwarder"]) == (True, local.town.code)
    told = set(Message.objects.filter(kind="call_in").values_list("recipient__username", flat=True))
    assert told == {"member0", "town"}
    with pytest.raises((Denied, Refusal)):
        door.perform(case, "forward", by=local.forwarder, at=over, form={"opinion": "情况属实，同意转报。"})


def test_before_it_a_reason_is_needed_and_kept(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    door.perform(case, "call_in", by=local.checker, at=clock.at, form=REASON)
    event = AuditEvent.objects.get(verb="call_in")
    assert (event.content["reason"], event.content["overdue"]) == (REASON["reason"], False)


def test_rules_without_days_start_no_clock_and_ask_for_a_reason(local: LocalCast, clock: Clock) -> None:
    Batch.objects.filter(pk=local.batch.pk).update(forwarding_days=0)
    local.batch.refresh_from_db(fields=["forwarding_days"])
    case = filed(local, through_town=True)
    assert not case.deadlines.filter(kind=DeadlineKind.FORWARDING).exists()
    assert codes(case, local, clock.at + timedelta(days=90)) == {"no_term"}
    door.perform(case, "call_in", by=local.checker, at=clock.at, form=REASON)
    assert Application.objects.get(case=case).state == S.SUBMITTED


def test_nobody_else_takes_a_case_over(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    for name in ("town", "other_officer", "publisher"):
        by = local.forwarder if name == "town" else local.people[name]
        with pytest.raises(Denied):
            door.perform(case, "call_in", by=by, at=clock.at, form=REASON)


def test_town_is_reminded_then_the_district_then_the_city(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    for day in range(-6, 8):
        remind(term(case).due_at.replace(hour=10) + timedelta(days=day))
    kinds = ["remind_last_day", "remind_overdue", "escalate_overdue"]
    told = Message.objects.filter(kind__in=kinds).order_by("created_at", "recipient__username")
    assert [(row.kind, row.recipient.username) for row in told] == [
        ("remind_last_day", "town"), ("remind_overdue", "town"), ("escalate_overdue", "sj_checker"),
        ("escalate_overdue", "sj_officer"), ("escalate_overdue", "office"),
    ]  # fmt: skip


def test_applicant_reads_the_days_of_the_town_in_its_stepper(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    own = log_in(Client(), local.cast.member0)
    shown = own.get(reverse("my_case", args=[case.number])).content.decode()
    assert "街镇（园区）转报，5 个工作日内" in shown
    assert "街镇（园区）转报时限" in shown
    door.perform(case, "forward", by=local.forwarder, at=clock.at, form={"opinion": "情况属实，同意转报。"})
    assert "街镇（园区）转报，" not in own.get(reverse("my_case", args=[case.number])).content.decode()

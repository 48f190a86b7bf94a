"""Five working days to accept, over a holiday: silence is acceptance, a return before it is an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.errors import AlreadyDone, Refusal
from accreditation.models import Application, AuditEvent, Case, Deadline, Letter, Message
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from tests.factories.local import LocalCast, filed, make_local_cast
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.tick import tick
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILED = datetime(2026, 9, 28, 10, tzinfo=SHANGHAI)  # Monday; 1 to 7 October are off, Saturday 10 October is worked
LAST = datetime(2026, 10, 10, 23, 59, 59, tzinfo=SHANGHAI)  # after 29, 30 September, 8, 9 and 10 October
POINT = {"target": "evidence", "code": "audit_report", "remark": "缺附注页"}


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(FILED, panel=1, committee=1)


@pytest.fixture
def case(cast: Cast) -> Case:
    return filed_case(cast)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def newest(case: Case, kind: DeadlineKind) -> Deadline:
    return Deadline.objects.filter(case=case, kind=kind).latest("pk")


def events(case: Case, verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(chain=f"case:{case.number}", verb=verb))


def send_back(case: Case, cast: Cast, at: datetime) -> None:
    door.perform(case, "return_for_correction", by=cast.pudong, at=at, form={"points": [POINT]})


def correct(case: Case, cast: Cast, at: datetime) -> None:
    with_material(case, cast.member0, at)
    door.perform(case, "correct", by=cast.member0, at=at, form={"declaration": True, "insists": True})


def test_silence_over_a_holiday_is_acceptance_from_the_day_on_which_it_came(cast: Cast, case: Case) -> None:
    review = newest(case, DeadlineKind.FIRST_REVIEW)
    assert newest(case, DeadlineKind.ACCEPTANCE).due_at.astimezone(SHANGHAI) == LAST
    assert tick(LAST + timedelta(milliseconds=999)).fired == 0
    assert state(case) == S.SUBMITTED
    assert tick(LAST + timedelta(seconds=1)).fired == 1
    assert state(case) == S.UNDER_FIRST_REVIEW
    assert newest(case, DeadlineKind.ACCEPTANCE).state == DeadlineState.FIRED
    letter = Letter.objects.get(case=case, kind="acceptance")
    assert "受理日期：2026年9月28日" in letter.body
    assert "5 个工作日内未告知" in letter.body
    assert "经审查予以受理" not in letter.body
    told = Message.objects.filter(kind="let_acceptance_pass").values_list("recipient__username", flat=True)
    assert {"member0", "pudong"} <= set(told)
    after = newest(case, DeadlineKind.FIRST_REVIEW)
    assert (after.pk, after.due_at, after.state) == (review.pk, review.due_at, DeadlineState.RUNNING)
    assert after.working_days == cast.batch.first_review_days
    (task,) = flow_tasks.open_tasks(case)
    assert task.owner is None  # nobody has it in hand by it
    assert tick(LAST + timedelta(days=1)).fired == 0
    assert list(check_all()) == []
    assert verify_all()[1] == []


@pytest.mark.parametrize(("verb", "form"), [("accept", {}), ("decline", {"reasons": "不属于本区受理范围"})])
def test_answer_in_time_meets_the_clock(cast: Cast, case: Case, verb: str, form: dict[str, str]) -> None:
    door.perform(case, verb, by=cast.pudong, at=LAST, form=form)
    ended = DeadlineState.CANCELLED if verb == "decline" else DeadlineState.MET
    assert newest(case, DeadlineKind.ACCEPTANCE).state == ended
    assert tick(LAST + timedelta(days=1)).fired == 0
    assert events(case, "let_acceptance_pass") == []


def test_clock_does_nothing_before_its_last_second_nor_after_somebody_was_faster(cast: Cast, case: Case) -> None:
    with pytest.raises(Refusal) as refused:
        door.perform(case, "let_acceptance_pass", by=cast.people["clock"], at=LAST)
    assert [reason.code for reason in refused.value.reasons] == ["not_due"]
    door.perform(case, "accept", by=cast.pudong, at=LAST)
    with pytest.raises(AlreadyDone):
        door.perform(case, "let_acceptance_pass", by=cast.people["clock"], at=LAST + timedelta(days=1))


def test_return_before_acceptance_comes_back_as_received_anew(cast: Cast, case: Case) -> None:
    at = FILED + timedelta(days=2)
    send_back(case, cast, at)
    assert state(case) == S.RETURNED
    kinds = (DeadlineKind.ACCEPTANCE, DeadlineKind.FIRST_REVIEW)
    assert [newest(case, kind).state for kind in kinds] == [DeadlineState.MET, DeadlineState.MET]
    assert tick(LAST + timedelta(days=1)).fired == 0  # nothing of it is accepted while the applicant has it
    again = datetime(2026, 10, 12, 9, tzinfo=SHANGHAI)
    correct(case, cast, again)
    assert state(case) == S.SUBMITTED
    days = [(clock.working_days, clock.started_at, clock.state) for clock in (newest(case, kind) for kind in kinds)]
    running = DeadlineState.RUNNING
    assert days == [(5, again, running), (cast.batch.first_review_days, again, running)]
    assert Deadline.objects.filter(case=case, state=running).count() == 2
    assert list(check_all()) == []
    with pytest.raises(Refusal):  # one return of the level is spent; another asks for the superior's consent
        send_back(case, cast, again)
    assert tick(datetime(2026, 10, 20, 0, tzinfo=SHANGHAI)).fired == 1  # five days from the 12th end on the 19th
    assert state(case) == S.UNDER_FIRST_REVIEW
    assert events(case, "let_acceptance_pass")[0].content["accepted_from"] == again.astimezone(UTC).isoformat()


def test_return_after_acceptance_goes_back_to_the_review_alone(cast: Cast, case: Case) -> None:
    door.perform(case, "accept", by=cast.pudong, at=FILED)
    send_back(case, cast, FILED + timedelta(hours=1))
    correct(case, cast, FILED + timedelta(hours=2))
    assert state(case) == S.UNDER_FIRST_REVIEW
    assert [clock.kind for clock in case.deadlines.filter(state="running")] == [DeadlineKind.FIRST_REVIEW]


def test_return_by_page_before_acceptance_and_what_the_applicant_reads_of_silence(cast: Cast, case: Case) -> None:
    officer, applicant = log_in(Client(), cast.pudong), log_in(Client(), cast.member0)
    page = officer.get(reverse("district_case", args=[case.number])).content.decode()
    assert reverse("district_return", args=[case.number]) in page
    form: dict[str, Any] = {
        "request_key": "k" * 32,
        "target": ["evidence.licence"],
        "phrase-evidence.licence": "missing",
    }
    assert officer.post(reverse("district_return", args=[case.number]), form).status_code == 302
    assert state(case) == S.RETURNED
    other = filed_case(cast, 2)
    tick(LAST + timedelta(seconds=1))
    assert state(other) == S.UNDER_FIRST_REVIEW
    applicant = log_in(Client(), cast.people["member2"])
    shown = applicant.get(reverse("my_case", args=[other.number])).content.decode()
    assert "逾期未答复，视为受理" in shown
    assert "自2026年9月28日收到材料之日起视为受理" in shown


def test_authority_on_its_own_has_its_days_from_what_the_town_passed_on(settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    local: LocalCast = make_local_cast(FILED)
    case = filed(local, through_town=True)
    assert not case.deadlines.filter(kind=DeadlineKind.ACCEPTANCE).exists()
    at = FILED + timedelta(days=1)
    door.perform(case, "forward", by=local.forwarder, at=at, form={"opinion": "情况属实，同意转报。"})
    assert newest(case, DeadlineKind.ACCEPTANCE).started_at == at
    form = {"points": [POINT | {"code": "licence"}]}
    door.perform(case, "return_for_correction", by=local.checker, at=at, form=form)
    later = at + timedelta(hours=1)
    with_material(case, local.cast.member0, later)
    door.perform(case, "correct", by=local.cast.member0, at=later, form={"declaration": True, "insists": True})
    assert state(case) == S.SUBMITTED
    tick(newest(case, DeadlineKind.ACCEPTANCE).due_at + timedelta(seconds=1))
    assert state(case) == S.UNDER_FIRST_REVIEW
    assert list(check_all()) == []

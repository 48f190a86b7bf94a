"""Adjustment notices: what is refused, what an entry that leaves the list becomes, days that do not run anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Application,
    Batch,
    Case,
    Deadline,
    Letter,
    Notice,
    NoticeAdjustment,
    NoticeEntry,
    Objection,
)
from accreditation.services.adjustments import last_moment
from accreditation.services.recognition_quota import places_left
from tests.attacks.district_states import OBJECTION
from tests.attacks.evaluation_states import EvaluationStates
from tests.attacks.municipal_states import MunicipalStates, MunicipalStates2026
from tests.clock import Clock
from tests.factories.hearings import dismiss, waive
from workflows import door
from workflows.adjustment_acts import publish_adjustment
from workflows.calendar_import import import_days
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Noticed:
    """A case under public notice, and what can be done to its entry."""

    def __init__(self, clock: Clock, edition: type[MunicipalStates | EvaluationStates] = MunicipalStates2026) -> None:
        self.world = edition(clock.at)
        self.case: Case = self.world.case_in(S.UNDER_NOTICE)
        self.at = self.world.at
        self.entry = NoticeEntry.objects.get(application__case=self.case)
        self.notice: Notice = self.entry.notice

    @property
    def application(self) -> Application:
        """Fresh from the table."""
        return Application.objects.select_related("notice", "batch").get(case=self.case)

    def adjust(
        self, by: str = "publisher", *, name: str = "", off: bool = False, body: str = "名称有误", **at: int
    ) -> Any:
        """Published, or refused."""
        entry = NoticeEntry.objects.select_related("application__case").get(pk=self.entry.pk)
        return publish_adjustment(
            Notice.objects.get(pk=self.notice.pk), {entry: name} if name else {}, [entry] if off else [], body=body,
            by=self.world.people[by], at=self.at + timedelta(**at),
        )  # fmt: skip


@pytest.fixture
def noticed(settings: LazySettings, clock: Clock) -> Noticed:
    settings.ACCREDITATION_DEMO = True
    return Noticed(clock)


def test_new_calendar_moves_the_last_day_of_a_corrected_entry(noticed: Noticed) -> None:
    Batch.objects.update(adjustment_restarts=True)
    noticed.adjust(name="上海示例更名有限公司", days=1)
    at = noticed.at + timedelta(days=1)
    before = last_moment(noticed.application)
    off = [(at.date() + timedelta(days=n), False, "临时放假") for n in (1, 2) if (at + timedelta(days=n)).weekday() < 5]
    import_days(at.year, off, source="示例", by=noticed.world.local.cast.operator, at=at)
    after, clock = last_moment(noticed.application), Deadline.objects.get(case=noticed.case, state="running")
    assert before is not None
    assert after is not None
    assert (after > before, after == clock.due_at) == (True, True)
    assert list(check_all()) == []


def refused(noticed: Noticed, **said: Any) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        noticed.adjust(**said)
    return [reason.code for reason in refusal.value.reasons]


def test_what_is_wrong_is_said_and_nothing_is_published(noticed: Noticed) -> None:
    printed = noticed.entry.enterprise_name
    assert refused(noticed, body="无") == ["text_needed", "empty_list"]
    assert refused(noticed, name=printed) == ["same_name"]
    assert refused(noticed, name="另名", off=True) == ["both"]
    assert refused(noticed, name="另名", days=60) == ["notice_over"]
    with pytest.raises(Denied):
        noticed.adjust("office", name="另名")
    assert NoticeAdjustment.objects.count() == 0


def test_entry_taken_off_ends_its_application_and_frees_its_place(noticed: Noticed) -> None:
    assert places_left(noticed.application.batch) == 0
    assert refused(noticed, off=True, body="申报单位书面撤回") == ["not_waived"]
    waive(noticed.case, by=noticed.world.people["applicant"], at=noticed.at)
    row = noticed.adjust(off=True, body="申报单位书面撤回")
    assert (row.number, noticed.application.state) == (f"{noticed.notice.number}-A1", S.WITHDRAWN)
    assert Letter.objects.filter(case=noticed.case, kind="withdrawal").count() == 1
    assert places_left(noticed.application.batch) == 1
    assert Notice.objects.get(pk=noticed.notice.pk).entries.get().enterprise_name == noticed.entry.enterprise_name
    assert refused(noticed, name="另名") == ["not_listed"]
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_open_objection_holds_an_entry_on_the_list(noticed: Noticed) -> None:
    door.perform(noticed.case, "raise_objection", by=noticed.world.people["clock"], at=noticed.at, form=OBJECTION)
    waive(noticed.case, by=noticed.world.people["applicant"], at=noticed.at)
    assert refused(noticed, off=True, body="书面撤回") == ["objection_open"]
    assert (noticed.application.state, NoticeAdjustment.objects.count()) == (S.UNDER_NOTICE, 0)


def test_waiver_declared_on_the_last_day_is_carried_out_after_it_and_nobody_is_recognised_meanwhile(
    noticed: Noticed,
) -> None:
    noticed.at = last_moment(noticed.application) or noticed.at
    waive(noticed.case, by=noticed.world.people["applicant"], at=noticed.at)
    tick(noticed.at + timedelta(seconds=1))
    assert noticed.application.state == S.UNDER_NOTICE
    assert refused(noticed, name="另名", days=1) == ["notice_over"]
    noticed.adjust(off=True, body="申报单位书面撤回", days=1)
    assert noticed.application.state == S.WITHDRAWN
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_waiver_outlasts_an_objection_that_is_dismissed_after_the_last_day(noticed: Noticed) -> None:
    door.perform(noticed.case, "raise_objection", by=noticed.world.people["clock"], at=noticed.at, form=OBJECTION)
    waive(noticed.case, by=noticed.world.people["applicant"], at=noticed.at)
    noticed.at = (last_moment(noticed.application) or noticed.at) + timedelta(days=40)
    tick(noticed.at)
    dismiss(noticed.case, Objection.objects.get(), at=noticed.at)
    assert noticed.application.state == S.UNDER_NOTICE
    noticed.adjust(off=True, body="申报单位书面撤回")
    assert noticed.application.state == S.WITHDRAWN
    assert list(check_all()) == []


def test_days_go_on_where_the_rules_do_not_let_them_run_anew(noticed: Noticed) -> None:
    Batch.objects.filter(pk=noticed.notice.batch_id).update(adjustment_restarts=False)
    noticed.adjust(name="更正有限公司", days=2)
    assert last_moment(noticed.application) == noticed.notice.ends_at
    tick(noticed.notice.ends_at + timedelta(seconds=1))
    assert noticed.application.state == S.NOTICE_COMPLETED


def test_days_that_an_objection_added_outlast_those_that_run_anew(noticed: Noticed) -> None:
    Batch.objects.update(adjustment_restarts=True)
    people = noticed.world.people
    door.perform(noticed.case, "raise_objection", by=people["clock"], at=noticed.at, form=OBJECTION)
    form = {"objection": Objection.objects.get(), "days": 10, "reason": "须实地核查人员"}
    door.perform(noticed.case, "extend_notice", by=people["office"], at=noticed.at, form=form)
    before = last_moment(noticed.application)
    noticed.adjust(name="上海示例更名有限公司", days=1)
    running = Deadline.objects.get(case=noticed.case, kind="notice", state="running")
    assert (last_moment(noticed.application), running.due_at) == (before, before)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_second_adjustment_counts_from_its_own_day(noticed: Noticed) -> None:
    first = noticed.adjust(name="更正甲有限公司", days=1).lines.get().ends_at
    second = noticed.adjust(name="更正乙有限公司", days=3).lines.get().ends_at
    assert noticed.notice.ends_at < first < second == last_moment(noticed.application)
    assert noticed.case.deadlines.filter(kind="notice", state="running").get().due_at == second
    assert list(check_all()) == []


def test_edition_of_2022_corrects_a_name(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    noticed = Noticed(clock, MunicipalStates)
    noticed.adjust(name="另名")
    assert NoticeAdjustment.objects.get().notice == noticed.notice


def test_evaluation_knows_no_adjustment(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    assert refused(Noticed(clock, EvaluationStates), name="另名") == ["no_adjustment"]

"""Ends of a round of evaluations on the pages: a late list alone, a notice that an objection extends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation import acts
from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import Batch, Deadline, EvaluationCall, ObjectorLetter, Proceeding, Title
from accreditation.models.audit import Chained
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.hearings import hear, officers, propose
from tests.factories.steps import hold_meeting, publish
from workflows import batch_acts, door
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBER = "示例〔2026〕12号"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = make_cast(clock.at)
    found.batch = steps.make_round(found)
    return found


def test_round_to_which_nobody_reports_is_closed_with_its_late_list(cast: Cast, clock: Clock) -> None:
    batch = cast.batch
    for n in range(2):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, batch)
    values = {"dated": clock.on, "body": "公布逾期名单", "by": cast.publisher}
    with pytest.raises(Refusal) as early:
        batch_acts.announce(batch, [], number=NUMBER, **values, at=clock.at)  # the window is still open
    assert [reason.code for reason in early.value.reasons] == ["empty_list"]
    clock.at = batch.closes_at + timedelta(days=1)
    tick(clock.at)
    publisher, office = log_in(Client(), cast.publisher), log_in(Client(), cast.office)
    address = reverse("batch_announce", args=[batch.code])
    assert address in publisher.get(reverse("publishing")).content.decode()
    said = office.get(reverse("office_evaluation", args=[batch.code])).content.decode()
    assert "由发布人公布逾期名单" in said
    shown = publisher.get(address).content.decode()
    assert "没有待公布结果的办件" in shown
    assert "逾期未报送评价材料的单位名单" in shown
    assert "经核查、审定和公示" not in shown
    form = {"number": NUMBER, "dated": clock.on.isoformat(), "body": "公布逾期名单", "request_key": "l-1"}
    asked = publisher.post(address, form)  # before it is done
    assert asked.status_code == 200
    assert "确认公布逾期名单" in asked.content.decode()
    assert "换发证书" not in asked.content.decode()
    assert publisher.post(address, form | {"confirmed": "1"}).status_code == 302
    assert [row.ground for row in Proceeding.objects.all()] == [Ground.MATERIAL_OVERDUE] * 2
    assert list(EvaluationCall.objects.values_list("published_on", flat=True)) == [clock.on] * 2
    assert Batch.objects.get(pk=batch.pk).state == "announced"
    assert "逾期未报送" in Client().get(reverse("announcement", args=[NUMBER])).content.decode()
    with pytest.raises(Refusal):  # there is no second late list
        batch_acts.announce(batch, [], number="示例〔2026〕13号", **values, at=clock.at)
    assert publisher.get(address).status_code == 404
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_title_lost_since_it_was_listed_late_is_not_published(cast: Cast, clock: Clock) -> None:
    batch = cast.batch
    for n in range(2):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, batch)
    clock.at = batch.closes_at + timedelta(days=1)
    tick(clock.at)
    calls = EvaluationCall.objects.filter(late_at__isnull=False).select_related("title")
    lost, held = calls.order_by("pk")
    _lose(lost.title)
    batch_acts.announce(batch, [], number=NUMBER, dated=clock.on, body="公布", by=cast.publisher, at=clock.at)
    published = EvaluationCall.objects.filter(published_on__isnull=False)
    assert list(published) == [held]
    assert [row.title for row in Proceeding.objects.all()] == [held.title]
    shown = Client().get(reverse("announcement", args=[NUMBER])).content.decode()
    assert (held.title.holder.name in shown, lost.title.holder.name in shown) == (True, False)


def test_nothing_is_left_to_publish_where_every_late_title_is_lost(cast: Cast, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, cast.batch)
    clock.at = cast.batch.closes_at + timedelta(days=1)
    tick(clock.at)
    publisher, address = log_in(Client(), cast.publisher), reverse("batch_announce", args=[cast.batch.code])
    assert publisher.get(address).status_code == 200
    _lose(EvaluationCall.objects.get().title)
    assert publisher.get(address).status_code == 404
    assert address not in publisher.get(reverse("publishing")).content.decode()


def _lose(title: Title) -> None:
    title.revoke()
    title.save(update_fields=["state"])


def test_one_late_holder_makes_no_late_list_while_the_window_is_open(cast: Cast, clock: Clock) -> None:
    for n in range(2):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, cast.batch)
    first = EvaluationCall.objects.order_by("pk")[:1]
    EvaluationCall.objects.filter(pk__in=[call.pk for call in first]).update(late_at=clock.at)
    address = reverse("batch_announce", args=[cast.batch.code])
    assert log_in(Client(), cast.publisher).get(address).status_code == 404
    with pytest.raises(Refusal) as refused:
        batch_acts.announce(
            cast.batch, [], number=NUMBER, dated=clock.on, body="公布", by=cast.publisher, at=clock.at
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["empty_list"]


def test_acts_over_a_batch_hold_their_cases_first(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, cast.batch)
    case = steps.filed(cast, cast.batch, 0)
    steps.checked(cast, case, clock.at)
    held: list[str] = []
    hold, lock = door.hold_cases, acts._lock

    def note_cases(cases: Iterable[int]) -> None:
        numbers = list(cases)
        assert numbers == [case.pk]
        held.append("cases")
        hold(numbers)

    def note_row(chain: Chained | str) -> Chained:
        held.append(type(chain).__name__)
        return lock(chain)

    monkeypatch.setattr(door, "hold_cases", note_cases)
    monkeypatch.setattr(acts, "_lock", note_row)
    hold_meeting(cast, [case], clock.at)
    assert held[held.index("cases") :] == ["cases", "Meeting", "cases", "Meeting", "Case"]
    held.clear()
    publish(cast, [case], clock.at)
    assert held[:3] == ["cases", "Batch", "Case"]


def test_late_list_waits_for_cases_that_are_still_open(cast: Cast, clock: Clock) -> None:
    for n in range(2):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, cast.batch)
    steps.filed(cast, cast.batch, 0)
    clock.at = cast.batch.closes_at + timedelta(days=1)
    tick(clock.at)
    with pytest.raises(Refusal) as refused:
        batch_acts.announce(
            cast.batch, [], number=NUMBER, dated=clock.on, body="公布", by=cast.publisher, at=clock.at
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["empty_list"]


def test_objection_extends_the_notice_of_a_result(cast: Cast, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, cast.batch)
    case = steps.filed(cast, cast.batch, 0)
    steps.checked(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    text = {"objector": "周示例", "contact": "021-00000000", "text": "报送的研发人员与事实不符，请核查。"}
    door.perform(case, "raise_objection", by=cast.clock, at=clock.at, form=text)
    objection = steps.application_of(case).objections.get()
    office, form = log_in(Client(), cast.office), {"days": "3", "reason": "须实地核查研发人员", "request_key": "x-1"}
    assert office.post(reverse("office_objection_extend", args=[objection.number]), form).status_code == 302
    assert Deadline.objects.get(case=case, kind="notice", state="running").due_at > notice.ends_at


def test_objections_beside_one_that_is_upheld_are_looked_into_in_the_new_check(cast: Cast, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, cast.batch)
    case = steps.filed(cast, cast.batch, 0)
    steps.checked(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    said = (("周示例", "报送的研发人员与事实不符，请核查。"), ("吴示例", "三项发明专利已经转让，请核查。"))
    for objector, text in said:
        form = {"objector": objector, "contact": "021-00000000", "text": text}
        door.perform(case, "raise_objection", by=cast.clock, at=clock.at, form=form)
    upheld, other = steps.application_of(case).objections.order_by("pk")
    hear(case, upheld, office=cast.office, applicant=cast.member0, at=clock.at)
    propose(case, upheld, at=clock.at, reasons="研发人员名册与社保记录不符。")
    _proposer, officer = officers(case, clock.at)
    answering, form = reverse("office_objection", args=[upheld.number]), {"decision": "uphold_objection"}
    confirmer = log_in(Client(), officer)
    said = confirmer.get(answering).content.decode() + confirmer.post(answering, form).content.decode()
    assert [words in said for words in ("重新核查", "不予认定", "状态不能恢复")] == [True, False, False]
    assert confirmer.post(answering, form | {"confirmed": "1"}).status_code == 302
    assert steps.application_of(case).state == S.UNDER_COMPLETENESS_CHECK
    first, second = (ObjectorLetter.objects.get(objection=row).body for row in (upheld, other))
    assert ("经核查，异议成立" in first, "研发人员名册与社保记录不符" in first) == (True, True)
    assert ("现并入重新核查" in second, "所述事实并入该项核查" in second) == (True, True)
    assert "不再单独核查" not in second
    office = log_in(Client(), cast.office)
    page, own = reverse("office_case", args=[case.number]), reverse("office_objection", args=[other.number])
    assert own in office.get(page).content.decode(), "whoever checks again is led to it"
    assert other.text in office.get(own).content.decode()
    assert (list(check_all()), verify_all()[1]) == ([], [])

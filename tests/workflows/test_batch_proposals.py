"""Two officers over a batch: opened, its window made longer, called off; what everybody is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accreditation.audit import verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Batch, BatchProposal, Case, Meeting, Member, Message, User
from accreditation.roles import Role
from accreditation.services.prefill import last_filed
from tests.architecture.sources import PACKAGES, python
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, with_material
from workflows import batch_proposals as proposals
from workflows import door
from workflows.opening import open_application
from workflows.procedures import PROCEDURES
from workflows.reminding_ahead import remind_ahead
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON, DOCUMENT = "系统故障，部分单位无法提交", "示例〔2026〕9 号"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """What is said to the people here is read in their language."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: object) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, panel=1, committee=1)


@pytest.fixture
def second(cast: Cast) -> User:
    officer = person("office2", "市经办二示例")
    grant(officer, Role.MUNICIPAL_OFFICER, at=cast.at)
    return officer


def opening(cast: Cast, ordinal: int = 35) -> BatchProposal:
    batch = cast.batch
    said = {
        "programme": batch.programme, "edition": batch.rule_set, "procedure": batch.procedure, "authority": None,
        "ordinal": ordinal, "year": 2026, "reporting_year": 2025, "opens_at": cast.at,
        "closes_at": cast.at + timedelta(days=30), "base_date": cast.at.date(),
    }  # fmt: skip
    return proposals.propose_opening(said, by=cast.office, at=cast.at)


def longer(cast: Cast, days: int = 10) -> BatchProposal:
    closes_at = cast.batch.closes_at + timedelta(days=days)
    return proposals.propose_longer_window(
        cast.batch, closes_at, reason=REASON, document=DOCUMENT, by=cast.office, at=cast.at
    )


def calling_off(cast: Cast) -> BatchProposal:
    return proposals.propose_calling_off(cast.batch, reason="规则集选择有误", by=cast.office, at=cast.at)


def draft(cast: Cast, n: int = 0) -> Case:
    """With workbook and evidence, not filed."""
    case = open_application(cast.enterprises[n], cast.batch, by=cast.people[f"member{n}"], at=cast.at)
    with_material(case, cast.people[f"member{n}"], cast.at)
    return case


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def fresh(cast: Cast) -> Batch:
    return Batch.objects.get(pk=cast.batch.pk)


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("recipient__username", flat=True))


# --- four eyes ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("made", [opening, longer, calling_off])
def test_nobody_decides_the_own_and_the_refusal_names_who_can(
    cast: Cast, second: User, made: Callable[[Cast], BatchProposal]
) -> None:
    row = made(cast)
    before = (fresh(cast).state, fresh(cast).closes_at, Batch.objects.count())
    assert told("batch_act_proposed") == ["office2"]
    acts: tuple[Callable[[User], object], ...] = (
        lambda by: proposals.confirm(row, by=by, at=cast.at),
        lambda by: proposals.decline(row, reason="不合适", by=by, at=cast.at),
    )
    for attempt in acts:
        with pytest.raises(Denied) as refused:
            attempt(cast.office)
        assert (codes(refused), str(second) in str(refused.value.reasons[0])) == (["four_eyes"], True)
        for other in (cast.publisher, cast.operator, cast.pudong):
            with pytest.raises(Denied) as refused:
                attempt(other)
            assert codes(refused) == ["no_power"]
    assert (fresh(cast).state, fresh(cast).closes_at, Batch.objects.count()) == before
    proposals.confirm(row, by=second, at=cast.at)
    assert (fresh(cast).state, fresh(cast).closes_at, Batch.objects.count()) != before
    with pytest.raises(AlreadyDone) as late:
        proposals.withdraw(row, by=cast.office, at=cast.at)
    assert late.value.done_by == str(second)
    assert told("batch_act_confirmed") == ["office"]
    assert verify_all()[1] == []


def test_alone_in_office_is_told_that_nobody_can(cast: Cast) -> None:
    row = opening(cast)
    with pytest.raises(Denied) as refused:
        proposals.confirm(row, by=cast.office, at=cast.at)
    assert "现无其他人可以办理" in str(refused.value.reasons[0])


def test_declined_for_a_reason_or_taken_back_and_put_forward_again(cast: Cast, second: User) -> None:
    row = opening(cast)
    with pytest.raises(Refusal) as refused:
        opening(cast)
    assert codes(refused) == ["proposed_already"]
    with pytest.raises(Refusal) as refused:
        proposals.decline(row, reason=" ", by=second, at=cast.at)
    assert codes(refused) == ["reason_needed"]
    proposals.decline(row, reason="基准日有误", by=second, at=cast.at)
    assert Message.objects.get(kind="batch_act_declined").params["reason"] == "基准日有误"
    with pytest.raises(Denied):
        proposals.withdraw(opening(cast), by=second, at=cast.at)
    proposals.withdraw(BatchProposal.objects.latest("pk"), by=cast.office, at=cast.at)
    assert set(BatchProposal.objects.values_list("state", flat=True)) == {"declined", "withdrawn"}
    assert not Batch.objects.filter(ordinal=35).exists()


def test_what_waits_is_checked_again_and_lapses_with_its_proposer(cast: Cast, second: User) -> None:
    row, other = opening(cast), opening(cast, 36)
    Batch.objects.filter(pk=cast.batch.pk).update(ordinal=35)
    with pytest.raises(Refusal) as refused:
        proposals.confirm(row, by=second, at=cast.at)
    assert codes(refused) == ["ordinal_taken"]
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        proposals.confirm(other, by=second, at=cast.at)
    assert codes(refused) == ["proposer_left"]


def test_window_that_has_ended_opens_no_more(cast: Cast, second: User, clock: Clock) -> None:
    row = opening(cast)
    clock.at = cast.at + timedelta(days=31)
    page = log_in(Client(), second).get(reverse("office_batch_proposal", args=[row.number])).content.decode()
    assert "申报截止时间已过，不能再开启该批次。" in page
    said = dict(row.opening, programme=cast.programme, edition=cast.batch.rule_set, ordinal=36)
    for attempt in (
        lambda: proposals.confirm(row, by=second, at=clock.at),
        lambda: proposals.propose_opening(said, by=cast.office, at=clock.at),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert [(reason.code, reason.place) for reason in refused.value.reasons] == [("in_the_past", "closes_at")]
    assert not Batch.objects.filter(ordinal__gte=35).exists()


@pytest.mark.parametrize("changed", ["rules", "procedure"])
def test_opening_is_confirmed_as_it_was_put_forward_or_not_at_all(
    cast: Cast, second: User, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    row = opening(cast)
    if changed == "rules":  # the stored edition is another than was put forward
        BatchProposal.objects.filter(pk=row.pk).update(opening=row.opening | {"checksum": "0" * 64})
    else:  # a later revision of the system, by which the procedure needs less
        name = row.opening["procedure"]
        monkeypatch.setitem(PROCEDURES, name, replace(PROCEDURES[name], needs=frozenset({"notice_days"})))
    with pytest.raises(Refusal) as refused:
        proposals.confirm(row, by=second, at=cast.at)
    assert codes(refused) == ["changed_since"]
    page = log_in(Client(), second).get(reverse("office_batch_proposal", args=[row.number])).content.decode()
    assert str(refused.value.reasons[0]) in page
    assert not Batch.objects.filter(ordinal=35).exists()


@pytest.mark.parametrize("made", [longer, calling_off])
def test_whoever_is_tied_to_a_draft_neither_proposes_nor_confirms(
    cast: Cast, second: User, made: Callable[[Cast], BatchProposal]
) -> None:
    draft(cast)
    row = made(cast)
    Member.objects.create(enterprise=cast.enterprises[0], user=second, requested_at=cast.at)
    with pytest.raises(Denied) as refused:
        proposals.confirm(row, by=second, at=cast.at)
    assert codes(refused) == ["connected"]
    proposals.withdraw(row, by=cast.office, at=cast.at)
    Member.objects.filter(user=second).update(user=cast.office)
    with pytest.raises(Denied) as refused:
        made(cast)
    assert codes(refused) == ["connected"]


def test_no_page_and_no_command_reaches_the_steps_but_by_two() -> None:
    steps = {
        "open_batch(": {"accreditation/services/batches.py", "workflows/batch_proposals.py"},
        "prolong_window(": {"accreditation/services/batch_changes.py", "workflows/batch_proposals.py"},
        "call_batch_off(": {"accreditation/services/batch_changes.py", "workflows/batch_proposals.py"},
        "import_days(": {"workflows/calendar_import.py"},
        "take_year(": {"workflows/calendar_import.py", "workflows/calendar_proposals.py"},
        "import_year(": {"workflows/calendar.py", "workflows/calendar_import.py"},
    }
    found = {
        step: {source.path for source in python(*PACKAGES) if step in source.text and "/demo/" not in source.path}
        for step in steps
    }
    assert found == steps


@pytest.mark.parametrize(
    ("state", "by", "constraint"),
    [
        ("confirmed", "office", "batch_act_is_confirmed_by_a_second_person"),
        ("confirmed", None, "batch_act_is_confirmed_by_a_second_person"),
        ("declined", "office", "batch_act_is_declined_by_a_second_person"),
        ("withdrawn", "publisher", "batch_act_is_withdrawn_by_its_proposer"),
        ("waiting", "publisher", "waiting_batch_act_is_unsettled"),
        ("lost", None, "batch_act_state_known"),
    ],
)
def test_database_refuses_what_the_code_would_not_do(cast: Cast, state: str, by: str | None, constraint: str) -> None:
    row = longer(cast)
    settled = {"settled_by": cast.people[by] if by else None, "settled_at": cast.at, "decline_reason": "理由"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BatchProposal.objects.filter(pk=row.pk).update(state=state, **settled)
    with pytest.raises(IntegrityError, match="window_becomes_longer_for_a_reason"), transaction.atomic():
        BatchProposal.objects.filter(pk=row.pk).update(closes_at=row.closes_before)


# --- a longer window ------------------------------------------------------------------------------------------------
def test_window_that_was_over_opens_again_and_whoever_has_a_draft_is_told(
    cast: Cast, second: User, clock: Clock
) -> None:
    case = draft(cast)
    filed_case(cast, 1)
    clock.at = cast.at = cast.batch.closes_at - timedelta(hours=3)
    assert remind_ahead(clock.at) == 1
    clock.at = cast.at = cast.batch.closes_at + timedelta(days=1)
    tick(clock.at)
    assert fresh(cast).state == "closed"
    row = longer(cast)
    proposals.confirm(row, by=second, at=clock.at)
    assert (fresh(cast).state, fresh(cast).closes_at) == ("open", row.closes_at)
    assert told("window_prolonged") == ["member0"]
    for address in (
        reverse("guide_programme", args=[cast.programme.code]),
        reverse("batch_rules", args=[cast.batch.code]),
    ):
        page = Client().get(address).content.decode()
        for words in ("批次变更", "延长申报期", REASON, DOCUMENT):
            assert words in page, (address, words)
    clock.at = fresh(cast).closes_at - timedelta(hours=3)
    assert (remind_ahead(clock.at), remind_ahead(clock.at)) == (1, 0)  # of the new end anew, and once
    door.perform(case, "submit", by=cast.member0, at=clock.at, form={"declaration": True, "insists": True})
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("days", "said", "code"),
    [
        (0, {}, "only_later"),
        (-1, {}, "only_later"),
        (1, {"reason": "忙"}, "reason_needed"),
        (1, {"document": ""}, "reason_needed"),
    ],
)
def test_window_only_becomes_longer_for_a_reason_and_by_a_document(
    cast: Cast, days: int, said: dict[str, str], code: str
) -> None:
    closes_at = cast.batch.closes_at + timedelta(days=days)
    words = {"reason": REASON, "document": DOCUMENT} | said
    with pytest.raises(Refusal) as refused:
        proposals.propose_longer_window(cast.batch, closes_at, **words, by=cast.office, at=cast.at)
    assert codes(refused) == [code]


def test_window_on_whose_end_a_meeting_rests_stays_closed(cast: Cast, clock: Clock) -> None:
    held_at = cast.batch.closes_at + timedelta(days=9)
    meeting = Meeting.objects.create(
        number="M-1", batch=cast.batch, held_at=held_at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, members_entitled=1,
    )  # fmt: skip
    proposals.withdraw(longer(cast), by=cast.office, at=cast.at)  # as long as everybody can still file
    clock.at = cast.at = cast.batch.closes_at + timedelta(days=1)
    tick(clock.at)
    with pytest.raises(Refusal) as refused:
        longer(cast)
    assert codes(refused) == ["window_used"]
    assert "评审会议已召集" in str(refused.value.reasons[0])
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", cancelled_for="另行召集")
    assert longer(cast).state == "waiting"


# --- calling off ----------------------------------------------------------------------------------------------------
def test_batch_in_which_a_case_was_filed_is_not_called_off_unless_it_is_withdrawn(cast: Cast, second: User) -> None:
    case = filed_case(cast)
    with pytest.raises(Refusal) as refused:
        calling_off(cast)
    assert (codes(refused), case.number in str(refused.value.reasons[0])) == (["cases_filed"], True)
    door.perform(case, "withdraw", by=cast.member0, at=cast.at, form={"reason": "批次有误"})
    proposals.confirm(calling_off(cast), by=second, at=cast.at)
    assert fresh(cast).state == "called_off"


def test_draft_of_a_batch_called_off_is_read_is_not_filed_and_is_carried_over(
    cast: Cast, second: User, clock: Clock
) -> None:
    case = draft(cast)
    row = calling_off(cast)
    proposals.confirm(row, by=second, at=cast.at)
    assert told("batch_called_off") == ["member0"]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    assert codes(refused) == ["batch_called_off"]
    page = log_in(Client(), cast.member0).get(reverse("my_case", args=[case.number])).content.decode()
    assert page.count("本批次已取消，不再受理申报。") >= 2  # the alert, and instead of a last day
    public = Client().get(reverse("guide_programme", args=[cast.programme.code])).content.decode()
    assert ("该批次已取消" in public, row.reason in public, "我要申报" in public) == (True, True, False)
    proposals.confirm(opening(cast), by=second, at=cast.at)
    other = Batch.objects.get(ordinal=35)
    anew = open_application(cast.enterprises[0], other, by=cast.member0, at=cast.at)
    assert last_filed(anew.application) == case.application
    public = Client().get(reverse("guide_programme", args=[cast.programme.code])).content.decode()
    assert ("该批次已取消" in public, row.reason in public, "我要申报" in public) == (False, True, True)
    events = AuditEvent.objects.filter(verb="call_batch_off").values_list("by_id", "content__proposed_by")
    assert list(events) == [(second.pk, cast.office.pk)]


def test_longer_window_and_calling_off_are_put_forward_on_the_pages_of_the_batch(cast: Cast, second: User) -> None:
    office, other = log_in(Client(), cast.office), log_in(Client(), second)
    page = office.get(reverse("office_batch", args=[cast.batch.code])).content.decode()
    for name in ("office_batch_prolong", "office_batch_call_off"):
        assert reverse(name, args=[cast.batch.code]) in page
    form = {"closes_at": "2026-05-01T17:00", "reason": REASON, "document": DOCUMENT}
    sent = office.post(reverse("office_batch_prolong", args=[cast.batch.code]), form)
    assert sent.status_code == 302
    listed = other.get(reverse("office_batches")).content.decode()
    assert ("等候第二人确认" in listed, sent.headers["Location"] in listed) == (True, True)
    done = other.post(f"{sent.headers['Location']}confirm/", follow=True).content.decode()
    assert ("申报期已延长" in done, REASON in done) == (True, True)
    filed_case(cast)
    refused = office.post(reverse("office_batch_call_off", args=[cast.batch.code]), {"reason": "规则集选择有误"})
    assert (refused.status_code, "已有申报提交" in refused.content.decode()) == (422, True)

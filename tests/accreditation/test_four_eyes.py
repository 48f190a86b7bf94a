"""What holds whatever is put forward: another decides, in office, in words; only the first takes it back; once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from accreditation.acts import act
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes, check_another, said_in_full
from accreditation.models import (
    AnnouncementCorrection,
    EditionChange,
    GrantProposal,
    Lender,
    Reissue,
    ResultProposal,
    User,
)
from tests.factories.cast import person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OWN, LEFT = Reason("own", "自己的提请。"), Reason("left", "提请人已离任。")
WORDLESS = Reason("wordless", "理由不少于 %(n)d 个字。", "reason")
Attempt = Callable[[User], EditionChange]


def of_office(_row: EditionChange, by: User, _at: datetime | None) -> None:
    """Office is what the test gives: an account that is not closed."""
    if not User.objects.get(pk=by.pk).is_active:
        raise Denied([Reason("no_office", "没有职权。")])


CHANGES = FourEyes(
    EditionChange, check_decider=of_office, check_proposer=of_office, own=OWN, left=LEFT, wordless=WORDLESS,
    settled="decided", reason="decline_reason", least=2,
)  # fmt: skip


@pytest.fixture
def first() -> User:
    return person("first", "提请人示例")


@pytest.fixture
def second() -> User:
    return person("second", "复核人示例")


@pytest.fixture
def row(first: User) -> EditionChange:
    return EditionChange.objects.create(
        number="E-1", edition_before="a", edition_after="b", mapping="-", reason="示例", proposed_by=first,
        proposed_at=timezone.now(),
    )  # fmt: skip


def confirm(row: EditionChange, by: User) -> EditionChange:
    with act("editions", "confirm", by=by, at=timezone.now(), acting_as="tester") as doing:
        fresh = CHANGES.to_confirm(doing, row)
        CHANGES.settle(fresh, EditionChange.confirm, by=by, at=doing.at)
    return fresh


def decline(row: EditionChange, by: User, reason: str = "不合适") -> EditionChange:
    with act("editions", "decline", by=by, at=timezone.now(), acting_as="tester") as doing:
        return CHANGES.decline(doing, row, EditionChange.decline, reason)


def withdraw(row: EditionChange, by: User) -> EditionChange:
    with act("editions", "withdraw", by=by, at=timezone.now(), acting_as="tester") as doing:
        return CHANGES.withdraw(doing, row, EditionChange.withdraw)


def closed(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_another_person_decides_and_stands_in_the_row(row: EditionChange, first: User, second: User) -> None:
    assert (CHANGES.may_decide(row, first), CHANGES.may_decide(row, second)) == (False, True)
    for attempt in (confirm, decline):
        with pytest.raises(Denied) as refused:
            attempt(row, first)
        assert codes(refused) == ["own"]
    done = EditionChange.objects.get(pk=confirm(row, second).pk)
    assert (done.state, done.decided_by, done.decided_at is not None) == ("running", second, True)


def test_whoever_acts_in_the_proposers_place_is_no_second_person(row: EditionChange, first: User, second: User) -> None:
    second.stands_in_for = Lender(1, first.pk, str(first))
    assert not CHANGES.may_decide(row, second)
    for attempt in (confirm, decline):
        with pytest.raises(Denied) as refused:
            attempt(row, second)
        assert codes(refused) == ["own"]
    with pytest.raises(Denied):
        withdraw(row, second)
    check_another([None, first.pk], person("third", "他人示例"), OWN)


def test_without_the_office_nothing_is_decided_nor_told(row: EditionChange, first: User, second: User) -> None:
    confirm(row, second)
    closed(second)
    for attempt in (confirm, decline):
        with pytest.raises(Denied) as refused:
            attempt(row, second)
        assert codes(refused) == ["no_office"]


def test_what_its_proposer_left_behind_is_declined_alone(row: EditionChange, first: User, second: User) -> None:
    closed(first)
    with pytest.raises(Refusal) as refused:
        confirm(row, second)
    assert codes(refused) == ["left"]
    with pytest.raises(Denied):
        withdraw(row, first)
    assert decline(row, second).state == "declined"


@pytest.mark.parametrize(("reason", "code"), [("", "wordless"), (" 不 ", "wordless"), ("长" * 301, "reason_too_long")])
def test_decline_needs_words_and_keeps_all_of_them(row: EditionChange, second: User, reason: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        decline(row, second, reason)
    assert codes(refused) == [code]
    assert EditionChange.objects.get(pk=row.pk).state == "waiting"
    assert decline(row, second, f" {'长' * 300}\n").decline_reason == "长" * 300


def test_reason_says_how_many_letters_are_needed() -> None:
    with pytest.raises(Refusal) as refused:
        said_in_full("短", WORDLESS, least=2)
    assert [(str(reason), reason.place) for reason in refused.value.reasons] == [("理由不少于 2 个字。", "reason")]


def test_only_its_proposer_takes_it_back(row: EditionChange, first: User, second: User) -> None:
    with pytest.raises(Denied) as refused:
        withdraw(row, second)
    assert codes(refused) == ["not_own"]
    done = withdraw(row, first)
    assert (done.state, done.decided_by) == ("withdrawn", first)


@pytest.mark.parametrize("settle", [confirm, decline])
def test_who_comes_late_learns_who_was_faster(
    row: EditionChange, first: User, second: User, settle: Callable[[EditionChange, User], EditionChange]
) -> None:
    settle(row, second)
    third = person("third", "他人示例")
    for attempt, by in ((confirm, third), (decline, third), (withdraw, first)):
        with pytest.raises(AlreadyDone) as refused:  # `row` still says that it waits: the fresh one counts
            attempt(row, by)
        assert (refused.value.done_by, refused.value.done_at is not None) == (str(second), True)
        assert codes(refused) == ["decided_already"]
    assert EditionChange.objects.get(pk=row.pk).decided_by == second


@pytest.mark.parametrize("model", [AnnouncementCorrection, EditionChange, GrantProposal, Reissue, ResultProposal])
def test_state_is_moved_by_transitions_alone(model: type[EditionChange]) -> None:
    with pytest.raises(AttributeError):
        model().state = "declined"

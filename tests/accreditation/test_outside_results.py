"""A result from above that would warn a title or lift its warning: four eyes, and what the second pair may meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import MemberState, TitleState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import (
    AuditEvent,
    Delegation,
    Enterprise,
    Member,
    Message,
    ResultProposal,
    RoleGrant,
    Title,
    User,
)
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power
from accreditation.services import outside_results
from accreditation.services.delegations import delegate_powers
from accreditation.services.outside_results import confirm_result, decline_result, record_evaluation, withdraw_result
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_national, parent_title
from tests.factories.titles import second_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WARNED, IN_FORCE, SUSPENDED = TitleState.WARNED, TitleState.IN_FORCE, TitleState.SUSPENDED
WHY = "文件上该单位为良好，登记有误。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def second(cast: Cast) -> User:
    return second_officer(cast)


@pytest.fixture
def title(cast: Cast, second: User) -> Title:
    make_national(cast)
    return parent_title(cast, 0)


def enter(cast: Cast, title: Title, band: str, year: int = 2025, **changed: Any) -> Any:
    """What the office entered: the evaluation, or what waits."""
    values: dict[str, Any] = {
        "number": f"示例评价〔{year}〕2号", "dated": date(year, 12, 1), "authority": "示例国家主管部门",
        "consequence": "警告并限期整改", "file": stored_file(band.encode(), cast.at), "file_name": "结果.pdf",
        "by": cast.office, "at": cast.at,
    }  # fmt: skip
    return record_evaluation(title, year=year, band=band, **values | changed)


def fresh(title: Title) -> Title:
    return Title.objects.get(pk=title.pk)


def moved(title: Title, transition: str) -> None:
    row = fresh(title)
    getattr(row, transition)()
    row.save()


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def told(person: User) -> list[str]:
    return list(Message.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def test_warning_waits_for_a_second_officer_and_nobody_outside_hears_of_it(
    cast: Cast, title: Title, second: User
) -> None:
    row = enter(cast, title, "marginal_pass")
    assert (fresh(title).state, title.evaluations.count(), row.state) == (IN_FORCE, 0, ResultState.WAITING)
    assert (told(cast.member0), told(second), told(cast.office)) == ([], ["result_to_confirm"], [])
    event = AuditEvent.objects.get(verb="record_evaluation")
    assert (event.state_before, event.state_after, event.content["proposal"]) == ("", "", row.pk)
    with pytest.raises(Denied):
        confirm_result(row, by=cast.office, at=cast.at)
    with pytest.raises(Denied):
        decline_result(row, reason=WHY, by=cast.office, at=cast.at)
    found = confirm_result(row, by=second, at=cast.at)
    assert (fresh(title).state, found.state_before, found.state_after) == (WARNED, IN_FORCE, WARNED)
    settled = ResultProposal.objects.get(pk=row.pk)
    assert (settled.state, settled.settled_by, settled.evaluation, found.recorded_by) == (
        ResultState.CONFIRMED, second, found, cast.office,
    )  # fmt: skip
    assert (told(cast.member0), told(cast.office)) == (["national_result"], ["result_confirmed"])
    event = AuditEvent.objects.get(verb="confirm_evaluation")
    assert (event.by_id, event.state_before, event.state_after) == (second.pk, IN_FORCE, WARNED)
    for attempt in (
        lambda: confirm_result(row, by=second, at=cast.at),
        lambda: decline_result(row, reason=WHY, by=second, at=cast.at),
        lambda: withdraw_result(row, by=cast.office, at=cast.at),
    ):
        with pytest.raises(AlreadyDone):
            attempt()
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("transitions", "band", "waits"),
    [
        ([], "excellent", False),
        ([], "good", False),
        ([], "marginal_pass", True),
        ([], "fail", False),
        (["warn"], "marginal_pass", False),
        (["warn"], "good", True),
        (["warn"], "fail", False),
        (["suspend"], "good", False),
        (["suspend"], "marginal_pass", True),
        (["warn", "suspend"], "marginal_pass", False),
        (["warn", "suspend"], "excellent", True),
    ],
)
def test_what_moves_the_title_waits_and_nothing_else(
    cast: Cast, title: Title, transitions: list[str], band: str, waits: bool
) -> None:
    for name in transitions:
        moved(title, name)
    before = fresh(title)
    entry = enter(cast, title, band)
    assert outside_results.waits(entry) == waits
    assert (fresh(title).state, fresh(title).warned_beneath) == (before.state, before.warned_beneath)
    assert title.evaluations.count() == (0 if waits else 1)


def test_declined_with_a_reason_it_is_on_record_and_the_year_is_free(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    for words in ("", "错"):
        with pytest.raises(Refusal) as refused:
            decline_result(row, reason=words, by=second, at=cast.at)
        assert codes(refused) == ["reason_needed"]
    decline_result(row, reason=f" {WHY} ", by=second, at=cast.at)
    settled = ResultProposal.objects.get(pk=row.pk)
    assert (settled.state, settled.reason, settled.evaluation) == (ResultState.DECLINED, WHY, None)
    assert (told(cast.member0), told(cast.office)) == ([], ["result_declined"])
    assert AuditEvent.objects.get(verb="decline_evaluation").content["reason"] == WHY
    assert enter(cast, title, "good").year == 2025
    assert (fresh(title).state, title.evaluations.get().band) == (IN_FORCE, "good")


def test_whoever_entered_it_takes_it_back(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    with pytest.raises(Denied):
        withdraw_result(row, by=second, at=cast.at)
    withdraw_result(row, by=cast.office, at=cast.at)
    assert ResultProposal.objects.get(pk=row.pk).state == ResultState.WITHDRAWN
    assert enter(cast, title, "marginal_pass").state == ResultState.WAITING
    assert (fresh(title).state, title.evaluations.count()) == (IN_FORCE, 0)


@pytest.mark.parametrize(("band", "year"), [("good", 2026), ("fail", 2025), ("marginal_pass", 2025)])
def test_no_other_result_is_entered_beside_one_that_waits(cast: Cast, title: Title, band: str, year: int) -> None:
    enter(cast, title, "marginal_pass")
    with pytest.raises(Refusal) as refused:
        enter(cast, title, band, year)
    assert codes(refused) == ["result_waits"]


@pytest.mark.parametrize(
    ("begun", "meanwhile", "band", "after"),
    [
        ([], ["suspend"], "marginal_pass", (SUSPENDED, True)),  # suspended by an order: warned beneath
        ([], ["warn"], "marginal_pass", (WARNED, False)),  # warned already: it stays so
        (["suspend"], ["reinstate"], "marginal_pass", (WARNED, False)),
        (["warn"], ["suspend"], "good", (SUSPENDED, False)),
        (["warn"], ["reinstate"], "good", (IN_FORCE, False)),
    ],
)
def test_title_follows_from_the_state_in_which_it_is_by_then(
    cast: Cast, title: Title, second: User, begun: list[str], meanwhile: list[str], band: str, after: tuple[str, bool]
) -> None:
    for name in begun:
        moved(title, name)
    row = enter(cast, title, band)
    for name in meanwhile:
        moved(title, name)
    confirm_result(row, by=second, at=cast.at)
    assert (fresh(title).state, fresh(title).warned_beneath) == after
    assert title.evaluations.get().state_after == after[0]


def test_lost_meanwhile_it_is_refused_and_can_be_declined(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    moved(title, "revoke")
    with pytest.raises(Refusal) as refused:
        confirm_result(row, by=second, at=cast.at)
    assert codes(refused) == ["title_not_standing"]
    decline_result(row, reason="称号已撤销，不再处理。", by=second, at=cast.at)
    assert (fresh(title).state, title.evaluations.count()) == (TitleState.REVOKED, 0)


def test_holder_of_that_day_is_told_and_people_of_both_holders_keep_out(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    Title.objects.filter(pk=title.pk).update(holder=cast.enterprises[1])
    ties: list[Callable[[], Enterprise]] = [lambda: cast.enterprises[0], lambda: cast.enterprises[1]]
    for tie in ties:
        member = tied(cast, second, tie())
        with pytest.raises(Denied):
            confirm_result(row, by=second, at=cast.at)
        member.delete()
    confirm_result(row, by=second, at=cast.at)
    assert (told(cast.member0), told(cast.member1)) == ([], ["national_result"])


def tied(cast: Cast, person: User, enterprise: Enterprise) -> Member:
    return Member.objects.create(
        user=person, enterprise=enterprise, state=MemberState.ACTIVE, requested_at=cast.at, settled_at=cast.at,
        settled_by=cast.publisher,
    )  # fmt: skip


def test_once_its_recorder_has_left_it_is_declined_only(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        confirm_result(row, by=second, at=cast.at)
    assert codes(refused) == ["recorder_left"]
    assert decline_result(row, reason=WHY, by=second, at=cast.at).state == ResultState.DECLINED


def test_neither_confirms_what_one_entered_in_the_place_of_the_other(cast: Cast, title: Title, second: User) -> None:
    for lender in (cast.office, second):
        lend(cast, lender, cast.publisher)
        row = enter(cast, title, "marginal_pass", by=cast.publisher)
        assert (row.recorded_by, row.recorded_for) == (cast.publisher, lender)
        for by in (cast.publisher, lender):
            with pytest.raises(Denied) as refused:
                confirm_result(row, by=by, at=cast.at)
            assert [reason.code for reason in refused.value.reasons] == ["same_person"]
        withdraw_result(row, by=cast.publisher, at=cast.at)
        Delegation.objects.all().update(revoked_at=cast.at, revoked_by=lender)
    row = enter(cast, title, "marginal_pass")
    lend(cast, cast.office, cast.publisher)
    with pytest.raises(Denied):  # in the place of whoever entered it
        confirm_result(row, by=cast.publisher, at=cast.at)
    assert confirm_result(row, by=second, at=cast.at).state_after == WARNED


@pytest.mark.parametrize("settle", ["confirm", "decline"])
def test_deputy_settles_it_in_the_name_of_both(cast: Cast, title: Title, second: User, settle: str) -> None:
    row = enter(cast, title, "marginal_pass")
    lend(cast, second, cast.publisher)
    if settle == "confirm":
        confirm_result(row, by=cast.publisher, at=cast.at)
    else:
        decline_result(row, reason=WHY, by=cast.publisher, at=cast.at)
    settled = ResultProposal.objects.get(pk=row.pk)
    assert (settled.settled_by, settled.settled_for) == (cast.publisher, second)
    event = AuditEvent.objects.get(verb=f"{settle}_evaluation")
    assert (event.by_id, event.content["on_behalf_of"]["id"]) == (cast.publisher.pk, second.pk)


def test_deputy_of_whoever_entered_it_settles_nothing(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    lend(cast, cast.office, cast.publisher)
    for attempt in (
        lambda: confirm_result(row, by=cast.publisher, at=cast.at),
        lambda: decline_result(row, reason=WHY, by=cast.publisher, at=cast.at),
    ):
        with pytest.raises(Denied) as refused:
            attempt()
        assert [reason.code for reason in refused.value.reasons] == ["same_person"]
    waiting = ResultProposal.objects.get(pk=row.pk)
    assert (waiting.state, waiting.settled_by, waiting.settled_for) == (ResultState.WAITING, None, None)
    confirm_result(row, by=second, at=cast.at)
    assert ResultProposal.objects.get(pk=row.pk).settled_for is None  # in the own office


def test_deputy_takes_back_what_was_entered_in_the_place_of_the_same(cast: Cast, title: Title, second: User) -> None:
    lend(cast, second, cast.publisher)
    row = enter(cast, title, "marginal_pass", by=cast.publisher)
    withdraw_result(row, by=cast.publisher, at=cast.at)
    settled = ResultProposal.objects.get(pk=row.pk)
    assert (settled.settled_by, settled.recorded_for, settled.settled_for) == (cast.publisher, second, second)


def lend(cast: Cast, lender: User, to: User) -> None:
    delegate_powers(
        RoleGrant.objects.get(user=lender, revoked_at__isnull=True), [Power.CHECK_COMPLETENESS], to, starts_at=None,
        ends_at=cast.at + timedelta(days=7), reason="年休假", by=lender, at=cast.at,
    )  # fmt: skip


def test_nobody_without_the_office_settles_it(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    for by in (cast.publisher, cast.pudong, cast.member0):
        with pytest.raises(Denied):
            confirm_result(row, by=by, at=cast.at)
        with pytest.raises(Denied):
            decline_result(row, reason=WHY, by=by, at=cast.at)


def test_database_keeps_what_the_service_asks(cast: Cast, title: Title, second: User) -> None:
    row = enter(cast, title, "marginal_pass")
    rows, other = ResultProposal.objects.filter(pk=row.pk), cast.publisher
    at = {"settled_at": cast.at}
    for wrong in (
        {"state": "confirmed", "settled_by": second, **at},  # without the evaluation
        {"state": "declined", "settled_by": cast.office, "reason": WHY, **at},  # by whoever entered it
        {"state": "declined", "settled_by": second, **at},  # without a reason
        {"state": "declined", "settled_by": second, "recorded_for": second, "reason": WHY, **at},
        {"state": "declined", "settled_by": second, "settled_for": second, "reason": WHY, **at},
        {"state": "declined", "settled_by": second, "settled_for": cast.office, "reason": WHY, **at},
        {"state": "declined", "settled_by": second, "recorded_for": other, "settled_for": other, "reason": WHY, **at},
        {"settled_for": second},  # while it waits
        {"state": "withdrawn", "settled_by": second, **at},
        {"settled_by": second, **at},  # while it waits
        {"state": "gone"},
        {"band": "fail"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    values = {name: getattr(row, name) for name in ("title", "holder", "notice", "recorded_by", "recorded_at")}
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultProposal.objects.create(**values, year=2024, band="good")
    confirm_result(row, by=second, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(settled_by=cast.office)

"""Powers lent to a colleague for a time: what they give, when they end, what is refused, what is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.acts import Replayed
from accreditation.audit import verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.holdings import holdings, in_force
from accreditation.models import AuditEvent, Delegation, Message, RoleGrant, User
from accreditation.permissions import has_power, has_power_at, powers_of
from accreditation.roles import DELEGABLE, Power, Role
from accreditation.selectors.delegations import colleagues, lendable
from accreditation.services.delegations import LONGEST, delegate_powers, revoke_delegation
from accreditation.services.grants import revoke_role
from tests.clock import Clock
from tests.factories.cast import Cast, grant, make_cast, person
from workflows.worklists import inbox_keys

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LENT = Power.PUBLISH


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    """Lends and lasts by the clock of the test, unless a test says otherwise."""
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def own_grant(user: User) -> RoleGrant:
    return RoleGrant.objects.get(user=user, revoked_at__isnull=True)


def lend(cast: Cast, *powers: Power, **changes: Any) -> list[Delegation]:
    """The publisher's powers to the office's officer, at once and for a week."""
    said: dict[str, Any] = {
        "grant": changes.get("grant") or own_grant(cast.publisher), "powers": powers or (LENT,),
        "delegate": cast.office, "starts_at": None, "ends_at": cast.at + 7 * DAY,
        "reason": "年休假", "by": cast.publisher, "at": cast.at,
    } | changes  # fmt: skip
    return delegate_powers(said.pop("grant"), said.pop("powers"), said.pop("delegate"), **said)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_power_counts_from_its_start_to_its_end_by_the_clock(cast: Cast) -> None:
    lend(cast, starts_at=cast.at + DAY)
    at = {name: cast.at + span for name, span in (("before", DAY / 2), ("first", DAY), ("last", 7 * DAY - DAY / 9))}
    assert not has_power(cast.office, LENT, at=at["before"])
    assert has_power(cast.office, LENT, at=at["first"])
    assert has_power_at(cast.office, LENT, None, at["last"])
    assert not has_power_at(cast.office, LENT, "310115", at["last"])
    assert not has_power(cast.office, LENT, at=cast.at + 7 * DAY)
    assert has_power(cast.publisher, LENT, at=at["last"])


def test_what_is_lent_opens_the_inbox_of_that_power_alone(cast: Cast) -> None:
    now = timezone.now()
    lend(cast, at=now, ends_at=now + DAY)
    assert f"{LENT}:*" in inbox_keys(cast.office)
    assert powers_of(cast.office) - powers_of(cast.publisher) >= {Power.APPOINT_PANELS}
    assert Power.MAKE_ORDERS not in powers_of(cast.office)


@pytest.mark.parametrize("ending", ["revoked", "given_back", "grant", "account", "own_office"])
def test_ends_early_with_whatever_it_rests_on(cast: Cast, ending: str) -> None:
    (row,) = lend(cast)
    later = cast.at + DAY
    assert has_power(cast.office, LENT, at=later)
    if ending in ("revoked", "given_back"):
        revoke_delegation(row, by=cast.publisher if ending == "revoked" else cast.office, at=cast.at)
    elif ending == "grant":
        revoke_role(own_grant(cast.publisher), by=cast.security, at=cast.at, ground="调岗")
    elif ending == "account":
        User.objects.filter(pk=cast.publisher.pk).update(is_active=False)
    else:
        revoke_role(own_grant(cast.office), by=cast.security, at=cast.at, ground="调岗")
    assert not has_power(cast.office, LENT, at=later)


def test_statement_for_one_person_and_rows_for_everybody_say_the_same(cast: Cast) -> None:
    """What a person holds is asked in written SQL, who holds what in rows: each moment at which a part ends."""
    (row,) = lend(cast, starts_at=cast.at + DAY)
    moments = [cast.at + span for span in (DAY / 2, DAY, 3 * DAY, 7 * DAY - DAY / 9, 7 * DAY)]
    endings: list[Callable[[], Any]] = [
        lambda: None,
        lambda: Delegation.objects.filter(pk=row.pk).update(revoked_at=cast.at, revoked_by=cast.publisher),
        lambda: Delegation.objects.filter(pk=row.pk).update(revoked_at=None, revoked_by=None),
        lambda: User.objects.filter(pk=cast.publisher.pk).update(is_active=False),
        lambda: User.objects.filter(pk=cast.publisher.pk).update(is_active=True),
        lambda: RoleGrant.objects.filter(user=cast.publisher).update(revoked_at=cast.at),
    ]
    seen = set()
    for end in endings:
        end()
        for at in moments:
            said = [one.lender.delegation for one in holdings(cast.office, at) if one.lender]
            assert said == list(in_force(at).filter(delegate=cast.office).values_list("pk", flat=True))
            own = RoleGrant.objects.filter(user=cast.office, revoked_at__isnull=True).count()
            assert sum(one.lender is None for one in holdings(cast.office, at)) == own
            seen.add(bool(said))
    assert seen == {True, False}


def test_check_of_power_takes_one_statement_whatever_is_lent(cast: Cast) -> None:
    for power in (LENT, Power.MAKE_ORDERS):
        with CaptureQueriesContext(connection) as asked:
            has_power(cast.office, power, at=cast.at)
        assert len(asked) == 1
    lend(cast)
    with CaptureQueriesContext(connection) as asked:
        assert has_power(cast.office, LENT, at=cast.at)
    assert len(asked) == 1


def test_both_sides_are_written_down_and_the_colleague_is_told(cast: Cast) -> None:
    (row,) = lend(cast)
    event = AuditEvent.objects.get(chain="ledger:delegations")
    assert (event.verb, event.by_id, event.content["delegate"]) == (
        "delegate_powers",
        cast.publisher.pk,
        cast.office.pk,
    )
    assert event.content["powers"] == [LENT]
    assert Message.objects.get(recipient=cast.office).kind == "powers_delegated"
    revoke_delegation(row, by=cast.office, at=cast.at + DAY)
    assert Message.objects.get(recipient=cast.publisher).kind == "delegation_revoked"
    assert verify_all()[1] == []


REFUSED: list[tuple[dict[str, Any], set[str]]] = [
    ({"powers": ()}, {"no_power"}),
    ({"powers": (Power.REVIEW_FIRST,)}, {"not_held"}),
    ({"powers": (Power.MAKE_ORDERS,)}, {"not_delegable"}),
    ({"powers": (Power.PUBLISH_RULES,)}, {"not_delegable", "held_already"}),
    ({"powers": (Power.GRANT_ROLES,)}, {"not_held", "not_delegable"}),
    ({"delegate": "publisher"}, {"own_delegation"}),
    ({"delegate": "pudong"}, {"not_a_colleague"}),
    ({"delegate": "stranger"}, {"not_a_colleague"}),
    ({"delegate": "auditor"}, {"not_a_colleague"}),
    ({"delegate": "clock"}, {"not_a_colleague"}),
    ({"starts_at": -DAY}, {"starts_in_the_past"}),
    ({"ends_at": timedelta()}, {"ends_too_early"}),
    ({"starts_at": 3 * DAY, "ends_at": 2 * DAY}, {"ends_too_early"}),
    ({"ends_at": LONGEST + DAY}, {"lasts_too_long"}),
    ({"reason": " "}, {"no_reason"}),
    ({"delegate": "auditor", "reason": "", "ends_at": -DAY}, {"not_a_colleague", "no_reason", "ends_too_early"}),
]


@pytest.mark.parametrize(("changes", "expected"), REFUSED)
def test_refused_with_every_reason(cast: Cast, changes: dict[str, Any], expected: set[str]) -> None:
    said = dict(changes)
    if "delegate" in said:
        said["delegate"] = cast.people[said["delegate"]]
    said |= {name: cast.at + said[name] for name in ("starts_at", "ends_at") if name in said}
    with pytest.raises(Refusal) as refused:
        lend(cast, **said)
    assert codes(refused) == expected
    assert not Delegation.objects.exists()


def test_colleague_who_has_the_power_by_an_own_grant_needs_no_delegation(cast: Cast) -> None:
    grant(cast.office, Role.PUBLISHER, at=cast.at)
    with pytest.raises(Refusal) as refused:
        lend(cast)
    assert codes(refused) == {"held_already"}


def test_power_of_a_district_is_lent_within_that_district(cast: Cast) -> None:
    officer = person("local", "区级经办示例")
    grant(officer, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    colleague = person("both", "双职示例")
    grant(colleague, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    lend(cast, Power.PUBLISH_LOCALLY, grant=own_grant(officer), by=officer, delegate=colleague)
    assert has_power(colleague, Power.PUBLISH_LOCALLY, district="310115", at=cast.at)
    assert not has_power(colleague, Power.PUBLISH_LOCALLY, district="310114", at=cast.at)


def test_the_same_power_is_not_lent_twice_over_the_same_days(cast: Cast) -> None:
    lend(cast)
    with pytest.raises(Refusal) as refused:
        lend(cast, starts_at=cast.at + 6 * DAY, ends_at=cast.at + 9 * DAY)
    assert codes(refused) == {"already_delegated"}
    lend(cast, starts_at=cast.at + 7 * DAY, ends_at=cast.at + 9 * DAY)


def test_what_is_lent_cannot_be_lent_further(cast: Cast) -> None:
    lend(cast)
    third = person("publisher2", "发布人二示例")
    grant(third, Role.MUNICIPAL_OFFICER, at=cast.at)
    with pytest.raises(Denied):
        lend(cast, by=cast.office, delegate=third)
    with pytest.raises(Refusal) as refused:
        lend(cast, grant=own_grant(cast.office), by=cast.office, delegate=cast.publisher)
    assert "not_held" in codes(refused)
    assert LENT not in {power for _grant, power in lendable(cast.office)}


def test_revoked_grant_lends_nothing(cast: Cast) -> None:
    row = own_grant(cast.publisher)
    revoke_role(row, by=cast.security, at=cast.at, ground="调岗")
    with pytest.raises(Refusal) as refused:
        lend(cast, grant=row)
    assert codes(refused) == {"grant_revoked"}


def test_nobody_else_ends_it_and_nobody_ends_it_twice(cast: Cast) -> None:
    (row,) = lend(cast)
    for stranger in (cast.pudong, cast.security):
        with pytest.raises(Denied):
            revoke_delegation(row, by=stranger, at=cast.at)
    revoke_delegation(row, by=cast.publisher, at=cast.at)
    with pytest.raises(AlreadyDone):
        revoke_delegation(row, by=cast.office, at=cast.at)


def test_repeated_request_lends_once(cast: Cast) -> None:
    lend(cast, request_key="k1")
    with pytest.raises(Replayed):
        lend(cast, request_key="k1", at=cast.at + DAY / 24)
    assert Delegation.objects.count() == 1


BAD_ROWS = [
    {"ends_at": timedelta()},
    {"power": Power.PUBLISH_RULES},
    {"delegate": "publisher"},
    {"revoked_at": timedelta()},
]


@pytest.mark.parametrize("changes", BAD_ROWS)
def test_database_refuses_what_the_service_refuses(cast: Cast, changes: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "grant": own_grant(cast.publisher), "delegator": cast.publisher, "delegate": cast.office, "power": LENT,
        "starts_at": cast.at, "ends_at": cast.at + DAY, "reason": "出差", "made_at": cast.at,
    }  # fmt: skip
    for name, value in changes.items():
        values[name] = cast.at + value if isinstance(value, timedelta) else cast.people.get(value, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(**values)


def test_powers_that_can_be_lent_are_these_and_no_others() -> None:
    """Decided by hand: never what is done as a named person or is itself the second pair of eyes."""
    assert {power.value for power in DELEGABLE} == {
        "review_first", "confirm_members", "check_completeness", "appoint_panels", "call_meetings",
        "answer_objections", "prepare_orders", "answer_challenges", "run_locally", "publish", "publish_locally",
    }  # fmt: skip


def test_colleagues_work_at_the_same_authority(cast: Cast) -> None:
    assert colleagues(cast.publisher) == [cast.office]
    assert colleagues(cast.pudong) == []
    assert colleagues(cast.auditor) == []


# --- the page ---------------------------------------------------------------------------------------------------
def said(people: dict[str, User], **changes: Any) -> dict[str, Any]:
    row, today = own_grant(people["fabu"]), timezone.localdate()
    return {
        "powers": [f"{row.pk}-{LENT}"], "delegate": people["banshi"].pk, "starts_on": today.isoformat(),
        "ends_on": (today + 3 * DAY).isoformat(), "reason": "年休假", "request_key": "once",
    } | changes  # fmt: skip


def test_page_lends_and_takes_back(sign_in: Any, people: dict[str, User]) -> None:
    lender, colleague = sign_in("fabu"), sign_in("banshi")
    assert colleague.get(reverse("publishing")).status_code == 403
    assert lender.post("/me/delegations/", said(people)).status_code == 302
    assert lender.post("/me/delegations/", said(people)).status_code == 302
    row = Delegation.objects.get()
    assert row.ends_at == timezone.localtime(row.ends_at).replace(hour=0, minute=0, second=0, microsecond=0)
    assert colleague.get(reverse("publishing")).status_code == 200
    page = colleague.get("/me/delegations/").content.decode()
    assert people["fabu"].name in page
    assert "年休假" in page
    assert lender.post(f"/me/delegations/{row.pk}/revoke/").status_code == 302
    assert colleague.get(reverse("publishing")).status_code == 403


def test_page_keeps_a_refused_form_and_offers_no_power_of_others(sign_in: Any, people: dict[str, User]) -> None:
    lender = sign_in("fabu")
    answer = lender.post("/me/delegations/", said(people, reason=" "))
    assert answer.status_code == 422
    other = own_grant(people["banshi"])
    answer = lender.post("/me/delegations/", said(people, powers=[f"{other.pk}-check_completeness"]))
    assert answer.status_code == 422
    answer = lender.post("/me/delegations/", said(people, delegate=people["pudong"].pk))
    assert answer.status_code == 422
    assert not Delegation.objects.exists()


def test_delegation_of_others_is_not_found(sign_in: Any, people: dict[str, User]) -> None:
    sign_in("fabu").post("/me/delegations/", said(people))
    row = Delegation.objects.get()
    assert sign_in("pudong").post(f"/me/delegations/{row.pk}/revoke/").status_code == 404
    assert sign_in("qiye").get("/me/delegations/").status_code == 403

"""What a person holds is read once for a page, and never remembered where it matters."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import Thread

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accreditation import remembered_holdings
from accreditation.acts import act
from accreditation.holdings import Holding
from accreditation.models import RoleGrant, User
from accreditation.permissions import has_power, holdings_of, powers_of
from accreditation.remembered_holdings import remembering
from accreditation.roles import Power, Role
from bench.timing import counted
from config.middleware import AccessMiddleware
from tests.clock import MONDAY
from tests.factories.browser import log_in
from tests.factories.cast import grant, person

pytestmark = pytest.mark.django_db
POWER = Power.CHECK_COMPLETENESS


@pytest.fixture
def officer() -> User:
    user = person("officer", "经办示例")
    grant(user, Role.MUNICIPAL_OFFICER, at=MONDAY)
    return user


def revoke(user: User) -> None:
    RoleGrant.objects.filter(user=user).update(revoked_at=MONDAY)


def asked_through(method: str, work: Callable[[], None]) -> None:
    """Do the work as a view behind the middleware."""

    def view(request: HttpRequest) -> HttpResponse:
        work()
        return HttpResponse()

    AccessMiddleware(view)(RequestFactory().generic(method, "/"))


def revoked_between(user: User, seen: list[bool]) -> Callable[[], None]:
    """Ask, revoke, ask again."""

    def work() -> None:
        seen.append(has_power(user, POWER))
        revoke(user)
        seen.append(has_power(user, POWER))

    return work


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_page_reads_it_once(officer: User, method: str) -> None:
    def work() -> None:
        with counted() as statements:
            assert [has_power(officer, POWER), POWER in powers_of(officer)] == [True, True]
        assert statements.count == 1

    asked_through(method, work)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_request_that_may_change_something_reads_it_each_time(officer: User, method: str) -> None:
    seen: list[bool] = []
    asked_through(method, revoked_between(officer, seen))
    assert seen == [True, False]


def test_outside_of_requests_it_is_read_each_time(officer: User) -> None:
    seen: list[bool] = []
    revoked_between(officer, seen)()
    assert seen == [True, False]


def test_act_within_a_page_reads_it_anew_and_so_does_the_rest_of_the_page(officer: User) -> None:
    seen: list[bool] = []

    def work() -> None:
        seen.append(has_power(officer, POWER))
        with act("ledger", "looked", by=officer, at=MONDAY, acting_as="municipal_officer"):
            revoke(officer)
            seen.append(has_power(officer, POWER))
        seen.append(has_power(officer, POWER))

    asked_through("GET", work)
    assert seen == [True, False, False]


def test_what_a_transaction_saw_is_not_remembered_after_it_is_rolled_back(officer: User) -> None:
    with remembering():
        with transaction.atomic():
            revoke(officer)
            assert not has_power(officer, POWER)
            transaction.set_rollback(True)
        assert has_power(officer, POWER)


def test_stated_instant_is_never_remembered(officer: User) -> None:
    with remembering():
        assert has_power(officer, POWER, at=MONDAY)
        assert has_power(officer, POWER)
        revoke(officer)
        assert not has_power(officer, POWER, at=MONDAY)


def test_answer_belongs_to_its_account_and_cannot_be_changed_from_outside(officer: User) -> None:
    stranger = person("stranger", "路人示例")
    with remembering():
        holdings_of(officer).clear()
        assert (has_power(officer, POWER), has_power(stranger, POWER)) == (True, False)
        officer.is_active = False
        assert not has_power(officer, POWER)


def test_revoked_role_is_refused_by_the_very_next_page(officer: User) -> None:
    client, page = log_in(Client(), officer), reverse("office_inbox")
    assert client.get(page).status_code == 200
    revoke(officer)
    assert client.get(page).status_code == 403


def test_nothing_is_left_after_a_page_that_broke(officer: User) -> None:
    def work() -> None:
        assert has_power(officer, POWER)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked_through("GET", work)
    revoke(officer)
    assert not has_power(officer, POWER)


@pytest.fixture
def _numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading of the rows gives another answer: its number stands for the district."""
    number = count(1)
    monkeypatch.setattr(
        remembered_holdings, "holdings", lambda user: [Holding(Role.DISTRICT_OFFICER, str(next(number)))]
    )


@pytest.mark.usefixtures("_numbered")
def test_request_shares_nothing_with_another_thread(officer: User) -> None:
    found: list[str] = []

    def ask() -> None:
        found.append(holdings_of(officer)[0].district)

    def other_thread(work: Callable[[], None]) -> None:
        thread = Thread(target=work)
        thread.start()
        thread.join()

    def other_page() -> None:
        with remembering():
            ask()
            ask()

    with remembering():
        ask()
        other_thread(ask)
        other_thread(other_page)
        ask()
    ask()
    assert found == ["1", "2", "3", "3", "1", "4"]

"""Lists of cases over titles: as many statements for many as for few, each named as on its own page."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Case, User
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, declined, reconsiderers, revoked
from workflows.views.matters.registry import name_of, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def statements(user: User, name: str, numbers: list[str]) -> int:
    """How many a list takes that shows these cases."""
    client, address = log_in(Client(), user), reverse(name)
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        page = client.get(address).content.decode()
    assert [number for number in numbers if number not in page] == []
    return len(found)


def test_one_more_reconsideration_costs_no_more_statements(cast: Cast) -> None:
    first, _second = reconsiderers(cast)
    cases = [challenged(cast, declined(cast, cast.at), cast.at)]
    before = statements(first, "orders", [cases[0].number])
    cases.append(challenged(cast, revoked(cast, cast.at), cast.at))
    assert statements(first, "orders", [case.number for case in cases]) == before


def test_names_of_several_are_those_of_each(cast: Cast) -> None:
    reconsiderers(cast)
    challenged(cast, revoked(cast, cast.at), cast.at)
    rows = list(Case.objects.filter(application__isnull=True))
    assert len({case.procedure for case in rows}) == 2
    assert names_of(rows) == {case.pk: name_of(case) for case in rows}
    assert names_of([]) == {}


def test_way_back_is_called_as_the_list_of_the_person_is(cast: Cast) -> None:
    first, _second = reconsiderers(cast)
    letter = revoked(cast, cast.at)
    case = challenged(cast, letter, cast.at)
    for user, number, name in ((first, case.number, "行政复议"), (cast.office, letter.case.number, "称号处理")):
        crumb = f'<a href="{reverse("orders")}">{name}</a>'
        assert crumb in log_in(Client(), user).get(reverse("matter", args=[number])).content.decode()

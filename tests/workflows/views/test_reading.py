"""Who sees a letter of the enterprise is on record, on whichever page; what a browser fetches ahead is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Delivery
from accreditation.roles import Role
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.reconsidering import declined, revoked

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AHEAD = (
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "Prefetch"},
)


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(hours=1))


def test_letter_fetched_ahead_is_neither_shown_nor_served(cast: Cast) -> None:
    of_case, of_matter = declined(cast, timezone.now()), revoked(cast, timezone.now())
    holder = log_in(Client(), cast.member0)
    for name, letter in (("my_letter", of_case), ("my_matter_letter", of_matter)):
        address = reverse(name, args=[letter.case.number, letter.number])
        for headers in AHEAD:
            answer = holder.get(address, headers=headers)
            assert (answer.status_code, answer.content) == (403, b""), headers
            assert "no-store" in answer.headers["Cache-Control"]
        assert not letter.deliveries.exists(), name
        seen = holder.get(address)
        assert (seen.status_code, letter.number in seen.content.decode()) == (200, True)
        assert "no-store" in seen.headers["Cache-Control"], "so that the next view is asked for again"
        assert Delivery.objects.get(letter=letter).recorded_by == cast.member0


def test_addressee_who_holds_an_office_reads_the_letter_there_with_the_same_effect(cast: Cast) -> None:
    of_case, of_matter = declined(cast, timezone.now()), revoked(cast, timezone.now())
    grant(cast.member0, Role.MUNICIPAL_OFFICER, at=cast.at)
    colleague = person("office2", "同事示例")
    grant(colleague, Role.MUNICIPAL_OFFICER, at=cast.at)
    read = (
        (of_case, "staff_letter", 200),
        (of_matter, "matter_letter", 404),
    )  # matters: on the holder's own page alone
    for letter, name, answer in read:
        address = reverse(name, args=[letter.case.number, letter.number])
        assert log_in(Client(), colleague).get(address).status_code == 200
        assert not letter.deliveries.exists(), "read by somebody else"
        assert log_in(Client(), cast.member0).get(address).status_code == answer
        assert letter.deliveries.filter(recorded_by=cast.member0).exists() == (answer == 200), name

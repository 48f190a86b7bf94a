"""Sealed marks: nobody guesses them from the trail, anybody can check them once they are open, old seals still hold."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case, Review
from accreditation.services.panels import seal_of
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import marks, recommend, seat_panel
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=5, committee=1)


def submit(cast: Cast, case: Case, place: int) -> Review:
    expert, form = cast.experts[place], {"marks": marks(case), "opinion": "同意"}
    door.perform(case, "declare_no_tie", by=expert, at=cast.at)
    door.perform(case, "submit_review", by=expert, at=cast.at, form=form)
    return Review.objects.get(seat__expert=expert)


def trail(case: Case) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(chain=chain_key(case), verb="submit_review").order_by("seq")
    return list(rows.values_list("content", flat=True))


def hashed(**plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def test_short_words_cannot_be_guessed_from_the_seal_before_the_marks_are_open(cast: Cast) -> None:
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    first = submit(cast, case, 0)
    guess = hashed(seat=first.seat_id, marks=first.marks, opinion="同意")
    assert trail(case)[0]["sealed"] == first.sealed_hash != guess
    assert first.salt not in json.dumps(list(AuditEvent.objects.values_list("content", flat=True)))
    rows = [first, *(submit(cast, case, place) for place in range(1, 5))]
    assert len({row.salt for row in rows}) == 5
    shown = trail(case)[-1]["salts"]
    for row, event in zip(rows, trail(case), strict=True):
        salt = shown[str(row.seat.place)]
        assert event["sealed"] == hashed(seat=row.seat_id, marks=row.marks, opinion=row.opinion, salt=salt)


def test_seal_from_before_there_was_a_salt_still_holds() -> None:
    row = Review(seat_id=7, marks={"strategy": {"points": "20.5", "reason": "同意"}}, opinion="同意")
    assert seal_of(row) == hashed(seat=7, marks=row.marks, opinion="同意")

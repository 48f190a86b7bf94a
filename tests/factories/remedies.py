"""A judgment over an act, or its correction by the body itself: put forward, and carried out by a colleague."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accreditation.models import Case, Letter, ReissueLetter, User
from accreditation.reconsideration_words import Outcome, Remedy
from tests.factories.cast import Cast, stored_file
from tests.factories.titles import second_officer
from workflows import door
from workflows.opening_remedies import Prepared, open_remedy

REASONS = "原决定认定事实不清，依照生效裁判办理。"


def judgment(at: datetime, outcome: str = Outcome.ANNULLED, **changed: Any) -> Prepared:
    """A judgment of today that is in force."""
    today = timezone.localdate(at)
    said: dict[str, Any] = {
        "remedy": Remedy.JUDGMENT, "outcome": outcome, "number": "（2026）沪7101行初1号", "dated": today,
        "reasons": REASONS, "court": "示例铁路运输法院", "in_force_on": today,
        "file": stored_file(b"judgment", at), "file_name": "判决书.pdf",
    }  # fmt: skip
    return Prepared(**said | changed)


def correction(at: datetime, **changed: Any) -> Prepared:
    """The body takes its act back today."""
    said: dict[str, Any] = {
        "remedy": Remedy.OWN_CORRECTION, "outcome": Outcome.ANNULLED, "number": "示例纠〔2026〕1号",
        "dated": timezone.localdate(at), "reasons": "经自查，原决定所依据的数据系本机关录入错误。",
    }  # fmt: skip
    return Prepared(**said | changed)


def put_forward(
    cast: Cast, letter: Letter | ReissueLetter, prepared: Prepared, at: datetime, by: User | None = None
) -> Case:
    """By an officer of the body, of the city's unless said otherwise."""
    return open_remedy(letter, prepared, by=by or cast.office, at=at)


def carried_out(
    cast: Cast, letter: Letter | ReissueLetter, prepared: Prepared, at: datetime, by: User | None = None,
    second: User | None = None,
) -> Case:  # fmt: skip
    """Put forward and confirmed by a second officer."""
    case = put_forward(cast, letter, prepared, at, by)
    door.perform(case, "carry_out_remedy", by=second or _colleague(cast), at=at)
    return case


def _colleague(cast: Cast) -> User:
    return User.objects.filter(username="office2").first() or second_officer(cast)

"""What was frozen under a hash is hashed again and compared with what the trail said when it was frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain

from accreditation.audit import chain_key
from accreditation.models import (
    AuditEvent,
    FigureCheck,
    Letter,
    Meeting,
    ObjectorLetter,
    Ranking,
    ReissueLetter,
    Review,
    RevisedScore,
    Submission,
)
from accreditation.services.figure_checks import content_digest
from accreditation.services.material import content_hash
from accreditation.services.panels import seal_of
from workflows.consistency import Disagreement

LETTERS = (Letter, ReissueLetter, ObjectorLetter)


def check_frozen() -> Iterator[Disagreement]:
    """Every minutes, ranking, letter, version, sealed review, report of figures, revised score that was changed."""
    for place, what, kept, now in _texts():
        if kept != now:
            yield Disagreement(place, f"{what} is not what was frozen")
    for place, what, kept, trail, note in _in_trails():
        if not AuditEvent.objects.filter(chain=trail, **{f"content__{note}": kept}).exists():
            yield Disagreement(place, f"hash of {what} is in no event of {trail}")


def _texts() -> Iterator[tuple[str, str, str, str]]:
    """Where, what, hash as kept, hash as it is now."""
    for meeting in Meeting.objects.exclude(minutes_sha256="").order_by("pk").iterator():
        yield meeting.number, "minutes", meeting.minutes_sha256, _sha256(meeting.minutes)
    for ranking in Ranking.objects.order_by("pk").iterator():
        yield ranking.number, "ranking", ranking.sha256, _sha256(ranking.text)
    for letter in chain(*(kind._default_manager.order_by("pk").iterator() for kind in LETTERS)):
        yield letter.number, "letter", letter.sha256, _sha256(f"{letter.body}\n{letter.remedy}")
    for row in _submissions():
        now = content_hash(row.application, row.upload, row.evidence)
        yield row.application.case.number, f"version {row.number}", row.content_sha256, now
    for review in Review.objects.select_related("seat__panel__application__case").order_by("pk").iterator():
        yield review.seat.panel.application.case.number, "review", review.sealed_hash, seal_of(review)
    reported = FigureCheck.objects.exclude(content_sha256="").select_related("application__case", "submission", "body")
    for check in reported.order_by("pk").iterator():
        yield check.application.case.number, "report of figures", check.content_sha256, content_digest(check)
    for score in _revised():
        number = score.reopening.application.case.number
        yield number, "revised score", score.digest, _sha256(score.evaluation)
        yield number, "superseded score", score.former_digest, _sha256(score.former_evaluation)


def _in_trails() -> Iterator[tuple[str, str, str, str, str]]:
    """Where, what, hash as kept, the chain that names it and the word under which it does."""
    for meeting in Meeting.objects.exclude(minutes_sha256="").order_by("pk").iterator():
        yield meeting.number, "minutes", meeting.minutes_sha256, chain_key(meeting), "minutes"
    for row in _submissions():
        case = row.application.case
        yield case.number, f"version {row.number}", row.content_sha256, chain_key(case), "content_sha256"
    for review in Review.objects.select_related("seat__panel__application__case").order_by("pk").iterator():
        case = review.seat.panel.application.case
        yield case.number, "review", review.sealed_hash, chain_key(case), "sealed"
    for score in _revised():
        case = score.reopening.application.case
        yield case.number, "revised score", score.digest, chain_key(case), "evaluation"
        yield case.number, "superseded score", score.former_digest, chain_key(case), "former_evaluation"


def _revised() -> Iterator[RevisedScore]:
    return RevisedScore.objects.select_related("reopening__application__case").order_by("pk").iterator()


def _submissions() -> Iterator[Submission]:
    rows = Submission.objects.select_related("application__case", "upload").order_by("pk")
    return rows.iterator(chunk_size=50)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

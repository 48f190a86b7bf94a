"""Hearings on objections, answers to objectors and waivers of entries as rows; cases move through the door."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accreditation.clocks import DeadlineState, is_past
from accreditation.models import (
    Application,
    Deadline,
    Notice,
    NoticeWaiver,
    Objection,
    ObjectionHearing,
    ObjectionStatement,
    ObjectorLetter,
    StoredFile,
    User,
)
from accreditation.services.letters import letter_text

CODE_LENGTH = 12
OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


# --- hearings -------------------------------------------------------------------------------------------------------
def hearing_of(objection: Objection) -> ObjectionHearing | None:
    """The hearing on an objection as it stands now, with its clock."""
    return ObjectionHearing.objects.select_related("clock").filter(objection=objection).first()


def hearings_of(application: Application) -> list[ObjectionHearing]:
    """Hearings on objections against an application, the newest first."""
    rows = ObjectionHearing.objects.select_related("clock", "objection").filter(objection__application=application)
    return list(rows.order_by("-asked_at", "-pk"))


def is_awaited(hearing: ObjectionHearing, at: datetime) -> bool:
    """Whether the objection waits for what the applicant has to say, of which nothing is said yet."""
    return hearing.stated_at is None and may_state(hearing, at)


def may_state(hearing: ObjectionHearing, at: datetime) -> bool:
    """Whether the applicant may still say something: a statement leaves it the rest of its days."""
    return hearing.clock.state in OPEN and not is_past(hearing.clock.due_at, at)


def is_heard(hearing: ObjectionHearing, at: datetime) -> bool:
    """Whether what is against the applicant may be decided: its days are over, or it gave up the rest in words."""
    return hearing.rest_waived_at is not None or is_past(hearing.clock.due_at, at)


def ask(objection: Objection, *, facts: str, clock: Deadline, by: User, at: datetime) -> ObjectionHearing:
    """Tell the applicant the facts and ask for its statement."""
    return ObjectionHearing.objects.create(objection=objection, facts=facts, clock=clock, asked_by=by, asked_at=at)


def state(
    hearing: ObjectionHearing, *, text: str, by: User, at: datetime, file: StoredFile | None = None,
    file_name: str = "", gives_up_rest: bool = False,
) -> None:  # fmt: skip
    """What the applicant says to it, beside what it said before; `gives_up_rest`: and that it needs no more time."""
    ObjectionStatement.objects.create(
        hearing=hearing, text=text, file=file, file_name=file_name, stated_by=by, stated_at=at
    )
    hearing.stated_at = hearing.stated_at or at
    hearing.rest_waived_at = at if gives_up_rest else None
    hearing.save(update_fields=["stated_at", "rest_waived_at"])


def statements_of(hearing: ObjectionHearing) -> list[ObjectionStatement]:
    """Everything that the applicant said, the first statement first."""
    return list(hearing.statements.select_related("stated_by", "file"))


# --- the answer to the objector -------------------------------------------------------------------------------------
def code_of(number: str) -> str:
    """The secret that opens the answer to an objection; kept nowhere, computed from the key of the installation."""
    return _codes(number)[0]


def is_code(number: str, code: str) -> bool:
    """Whether it is the secret of this objection, under a former key too."""
    return any([constant_time_compare(code, known) for known in _codes(number)])


def _codes(number: str) -> list[str]:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("accreditation.objector", number, secret=key, algorithm="sha256").digest() for key in keys]
    return [base64.b32encode(digest).decode().lower()[:CODE_LENGTH] for digest in digests]


def objection_of_objector(number: str, code: str) -> Objection | None:
    """The objection whose number and secret somebody names."""
    if not is_code(number, code):
        return None
    return Objection.objects.select_related("notice__batch").filter(number=number).first()


def answer_objector(objection: Objection, *, outcome: str, issued_by: str, at: datetime) -> ObjectorLetter:
    """Write the answer; `outcome`: what the result means for the case.

    Its hash stands in the trail of the case, which others read: a random line keeps anybody from finding the objector
    by trying names.
    """
    context = {
        "objection": objection, "notice": objection.notice, "reasons": objection.reasons, "outcome": outcome,
        "random": secrets.token_hex(16),
    }  # fmt: skip
    text = letter_text(
        "objector_answer", context, remedy="", addressed_to=objection.objector, issued_by=issued_by, at=at
    )
    return ObjectorLetter.objects.create(objection=objection, **text)


def letter_to_objector(objection: Objection) -> ObjectorLetter | None:
    """The answer to an objection, once it is written."""
    return ObjectorLetter.objects.filter(objection=objection).first()


def note_reading(objection: Objection, *, at: datetime) -> None:
    """Keep when the objector first read the answer."""
    ObjectorLetter.objects.filter(objection=objection, first_read_at__isnull=True).update(first_read_at=at)


# --- waivers --------------------------------------------------------------------------------------------------------
def waiver_of(application: Application) -> NoticeWaiver | None:
    """The declaration by which the applicant asked to be taken off the notice that the case is in."""
    return NoticeWaiver.objects.filter(application=application, notice=application.notice_id).first()


def waive(application: Application, notice: Notice, *, reason: str, by: User, at: datetime) -> NoticeWaiver:
    """Keep the declaration with a hash over who declared what of which entry, when."""
    said = "\n".join([notice.number, application.case.number, reason, by.username, at.isoformat()])
    digest = hashlib.sha256(said.encode()).hexdigest()
    return NoticeWaiver.objects.create(
        application=application, notice=notice, reason=reason, declared_by=by, declared_at=at, sha256=digest
    )

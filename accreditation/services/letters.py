"""Official letters: text from a template per kind, remedy text where adverse, numbered without gaps, frozen by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import override

from accreditation.enums import LetterKind, Level
from accreditation.models import Application, Body, Case, Letter, Title
from accreditation.services.numbers import next_number

SHANGHAI = ZoneInfo("Asia/Shanghai")
ADVERSE = frozenset(
    {
        LetterKind.DECLINE,
        LetterKind.INELIGIBLE,
        LetterKind.NOT_RECOMMENDED,
        LetterKind.LAPSE,
        LetterKind.REFUSAL,
        LetterKind.OBJECTION_UPHELD,
        LetterKind.NOT_IN_QUOTA,
        LetterKind.NOT_RECOGNISED_ABOVE,
    }
)
REMEDIES = {  # against whom, or by what, where it is not what can be done against the sender
    LetterKind.NOT_RECOGNISED_ABOVE: "remedy_above",
    LetterKind.REEXAMINATION_FAILED: "remedy_reexamination",
    LetterKind.RECONSIDERATION_DECLINED: "remedy_suit",
    LetterKind.RECONSIDERATION_DECISION: "remedy_suit",
}


def write_letter(application: Application, *, kind: LetterKind, issued_by: str, at: datetime, **content: Any) -> Letter:
    """Write one letter to the applicant; `content` fills the template `accreditation/letters/<kind>.txt`."""
    content |= {
        "application": application,
        "batch": application.batch,
        "programme": application.batch.programme,
    }
    return write_case_letter(
        application.case, kind=kind, issued_by=issued_by, is_adverse=kind in ADVERSE, at=at, **content
    )


def write_case_letter(
    case: Case, *, kind: LetterKind, issued_by: str, is_adverse: bool, at: datetime, **content: Any
) -> Letter:
    """Write one letter of any case to its enterprise; an adverse one says what the addressee can do against it."""
    context: Mapping[str, Any] = {
        "enterprise": case.enterprise,
        "case": case,
        "issued_by": issued_by,
        "at": at,
        **content,
    }
    remedy_path = f"accreditation/letters/{REMEDIES.get(kind, 'remedy')}.txt"
    with override("zh-hans"):  # letters are official texts
        body = render_to_string(f"accreditation/letters/{kind}.txt", context).strip()
        remedy = render_to_string(remedy_path, context).strip() if is_adverse else ""
    return Letter.objects.create(
        case=case,
        kind=kind,
        number=next_number("LTR", at.astimezone(SHANGHAI).year, 5),
        dated=at.astimezone(SHANGHAI).date(),
        issued_by=issued_by,
        addressed_to=case.enterprise.name,
        body=body,
        remedy=remedy,
        sha256=hashlib.sha256(f"{body}\n{remedy}".encode()).hexdigest(),
        created_at=at,
    )


def authority_of(title: Title, district: str) -> str:
    """Name of the body that granted a title; of a district's title, the bureau of that district."""
    if title.programme.level == Level.DISTRICT:
        body = Body.objects.filter(district=district).first()
        if body is not None:
            return body.name_zh
    return title.programme.granted_by.name_zh


def issuing_body(application: Application, *, is_district: bool) -> str:
    """Name of the body in whose name a letter goes out; one authority does everything where it recognises by itself."""
    if application.batch.authority is not None:
        return application.batch.authority.name_zh
    if application.batch.programme.level == Level.NATIONAL:
        # The municipality recommends, the national authority decides: letters to the applicant are the municipality's.
        body = Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").first()
        return body.name_zh if body else ""
    if is_district:
        body = Body.objects.filter(district=application.case.district).first()
        if body is not None:
            return body.name_zh
    return application.batch.programme.granted_by.name_zh

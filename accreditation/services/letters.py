"""Official letters: text from a template per kind, remedy text where adverse, numbered without gaps, frozen by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import override

from accreditation.enums import LetterKind
from accreditation.models import Application, Body, Letter
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
    }
)


def write_letter(application: Application, *, kind: LetterKind, issued_by: str, at: datetime, **content: Any) -> Letter:
    """Write one letter to the applicant; `content` fills the template `accreditation/letters/<kind>.txt`."""
    context: Mapping[str, Any] = {
        "application": application,
        "enterprise": application.enterprise,
        "case": application.case,
        "batch": application.batch,
        "programme": application.batch.programme,
        "issued_by": issued_by,
        "at": at,
        **content,
    }
    with override("zh-hans"):  # letters are official texts
        body = render_to_string(f"accreditation/letters/{kind}.txt", context).strip()
        remedy = render_to_string("accreditation/letters/remedy.txt", context).strip() if kind in ADVERSE else ""
    return Letter.objects.create(
        case=application.case,
        kind=kind,
        number=next_number("LTR", at.astimezone(SHANGHAI).year, 5),
        dated=at.astimezone(SHANGHAI).date(),
        issued_by=issued_by,
        addressed_to=application.enterprise.name,
        body=body,
        remedy=remedy,
        sha256=hashlib.sha256(f"{body}\n{remedy}".encode()).hexdigest(),
        created_at=at,
    )


def issuing_body(application: Application, *, is_district: bool) -> str:
    """Name of the body in whose name a letter goes out; one authority does everything where it recognises by itself."""
    if application.batch.authority is not None:
        return application.batch.authority.name_zh
    if is_district:
        body = Body.objects.filter(district=application.case.district).first()
        if body is not None:
            return body.name_zh
    return application.batch.programme.granted_by.name_zh

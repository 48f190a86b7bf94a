"""Official letters: text from a template per kind, remedy text where adverse, numbered without gaps, frozen by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template import Context, Engine
from django.utils.translation import override

from accreditation.adverse_ends import ADVERSE_ENDS, USUAL, Sequel
from accreditation.clocks import SHANGHAI
from accreditation.enums import LetterKind, Level
from accreditation.models import Application, Body, Case, Letter, Title
from accreditation.selectors.granting import granting_body, is_group, title_names
from accreditation.selectors.reconsidering import where_to_challenge
from accreditation.services.numbers import next_number

ALWAYS_ADVERSE = frozenset(  # among the letters to applicants; those of other cases say so themselves
    kind
    for kind, end in ADVERSE_ENDS.items()
    if end.sequel is Sequel.NEW_APPLICATION or kind == LetterKind.NOT_RECOGNISED_ABOVE
)


def write_letter(application: Application, *, kind: LetterKind, issued_by: str, at: datetime, **content: Any) -> Letter:
    """Write one letter to the applicant; `content` fills the template `accreditation/letters/<kind>.txt`."""
    content |= {
        "application": application,
        "batch": application.batch,
        "programme": application.batch.programme,
        "title_name": title_names(application.batch.programme, application.batch.granting_body)[0],
    }
    return write_case_letter(
        application.case, kind=kind, issued_by=issued_by, is_adverse=kind in ALWAYS_ADVERSE, at=at, **content
    )


def write_case_letter(
    case: Case,
    *,
    kind: LetterKind,
    issued_by: str,
    is_adverse: bool,
    at: datetime,
    remedy: str = "",
    basis: str = "",
    **content: Any,
) -> Letter:
    """Write one letter of any case to its enterprise; an adverse one says what the addressee can do against it.

    `basis` names the rules that it rests on, as `letter_text` demands. `remedy` names the template that says so where
    the one of the kind does not. A kind without a remedy in the table of adverse ends is never
    adverse (KeyError).
    """
    context: Mapping[str, Any] = {
        "enterprise": case.enterprise,
        "case": case,
        "issued_by": issued_by,
        "at": at,
        **_named(content),
    }
    said = (remedy or _remedy_of(kind, issued_by)) if is_adverse else ""
    text = letter_text(
        kind, context, remedy=said, basis=basis, addressed_to=case.enterprise.name, issued_by=issued_by, at=at
    )
    return Letter.objects.create(case=case, kind=kind, **text)


def _remedy_of(kind: LetterKind, issued_by: str) -> str:
    """Template of what can be done against an act of this kind; a group is no authority."""
    remedy = ADVERSE_ENDS[kind].remedy
    return "remedy_group" if remedy == USUAL and is_group(issued_by) else remedy


def letter_text(
    template: str,
    context: Mapping[str, Any],
    *,
    remedy: str,
    addressed_to: str,
    issued_by: str,
    at: datetime,
    basis: str = "",
) -> dict[str, Any]:
    """Number, date, text and hash of a letter, as every table of letters takes them; `remedy`: its template or "".

    `basis` is the last paragraph of the text; ValueError where a letter that can be challenged names none.
    """
    if remedy and not basis:
        raise ValueError(f"an adverse letter names what it rests on: {template}")
    told = {**context, "reconsidered_by": where_to_challenge(issued_by)} if remedy else {}
    body, said = _rendered(template, context), _rendered(remedy, told) if remedy else ""
    body += f"\n\n适用依据：{basis}。" if basis else ""
    return {
        "number": next_number("LTR", at.astimezone(SHANGHAI).year, 5),
        "dated": at.astimezone(SHANGHAI).date(),
        "issued_by": issued_by,
        "addressed_to": addressed_to,
        "body": body,
        "remedy": said,
        "sha256": hashlib.sha256(f"{body}\n{said}".encode()).hexdigest(),
        "created_at": at,
    }


def _rendered(template: str, context: Mapping[str, Any]) -> str:
    """A letter is plain text: what looks like markup is written as it is and escaped where a page shows it."""
    found = Engine.get_default().get_template(f"accreditation/letters/{template}.txt")
    with override("zh-hans"):  # an official text
        return str(found.render(Context(dict(context), autoescape=False))).strip()


def _named(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """With `title_name`, what the granting body calls the title, where the letter is about one."""
    title = content.get("title")
    if title is None or "title_name" in content:
        return content
    return {**content, "title_name": title_names(title.programme, granting_body(title))[0]}


def authority_of(title: Title, district: str) -> str:
    """Name of the body that deals with a title: the one that granted it, of a district's title its bureau.

    Over what the nation granted, the municipality writes in its own name: it prepares and registers, and names who
    decides.
    """
    if title.programme.level == Level.NATIONAL:
        return _municipality()
    if title.programme.level == Level.DISTRICT:
        body = Body.objects.filter(district=district).first()
        if body is not None:
            return body.name_zh
    return title.programme.granted_by.name_zh


def _municipality() -> str:
    body = Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").first()
    return body.name_zh if body else ""


def issuing_body(application: Application, *, is_district: bool) -> str:
    """Name of the body in whose name a letter goes out; one authority does everything where it recognises by itself."""
    if application.batch.authority is not None:
        return application.batch.authority.name_zh
    if application.batch.programme.level == Level.NATIONAL:
        # The municipality recommends, the national authority decides: letters to the applicant are the municipality's.
        return _municipality()
    if is_district:
        body = Body.objects.filter(district=application.case.district).first()
        if body is not None:
            return body.name_zh
    return application.batch.programme.granted_by.name_zh

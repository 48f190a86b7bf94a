"""Official letters in lists and on their own page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accreditation.models import Letter, ReissueLetter, User
from accreditation.models.cases import LetterText
from accreditation.services.reconsiderations import is_challengeable
from workflows.opening_remedies import may_prepare
from workflows.presentation import came_of_it
from workflows.presentation.deliveries import delivery_words
from workflows.presentation.words import Words, quoted

_GAP = re.compile(r"\n\s*\n")
_DIGEST = re.compile(r"\b([0-9a-f]{64})\b")


def letter_rows(letters: Iterable[Letter], *, number: str, address: str) -> list[Words]:
    """Letters of a case: `kind`, `number`, `dated`, `by`, `href`, `is_adverse`.

    `address` is the URL name of a letter page taking (case number, letter number).
    """
    return [
        {
            "kind": letter.get_kind_display(),
            "number": letter.number,
            "dated": letter.dated,
            "by": quoted(letter.issued_by),
            "href": reverse(address, args=[number, letter.number]),
            "is_adverse": bool(letter.remedy),
        }
        for letter in letters
    ]


def letter_page(letter: Letter, user: User, at: datetime) -> Words:
    """A letter of a case as it was sent, for `workflows/parts/letter.html`, with what came of the act."""
    words = letter_words(letter, letter.get_kind_display())
    return words | {"may_be_challenged": is_challengeable(letter)} | afterwards(letter, user, at)


def afterwards(letter: Letter | ReissueLetter, user: User, at: datetime) -> Words:
    """`came_of_it`: how the act was looked at again, as far as the person may see; `remedy_href`: how it is set right.

    The second is empty but for officers of the body whose act it was. With them how the letter was delivered.
    """
    return {
        "came_of_it": came_of_it.of_letter(letter, user),
        "remedy_href": reverse("remedy_new", args=[letter.number]) if may_prepare(user, letter, at) else "",
        **delivery_words(letter, user, at),
    }


def letter_words(letter: LetterText, kind: str) -> Words:
    """Any letter as it was sent, under the name of its kind."""
    return {
        "kind": kind,
        "number": letter.number,
        "dated": letter.dated,
        "issued_by": letter.issued_by,
        "addressed_to": letter.addressed_to,
        "paragraphs": paragraphs(letter.body),
        "remedy": paragraphs(letter.remedy),
        "sha256": letter.sha256,
        "may_be_challenged": False,
        "came_of_it": [],
        "remedy_href": "",
        "deliveries": None,
    }


def paragraphs(text: str) -> list[list[SafeString]]:
    """A text as paragraphs of lines; digests in it are marked as code."""
    return [[_line(line) for line in part.split("\n")] for part in _GAP.split(text.strip()) if part]


def _line(text: str) -> SafeString:
    parts = _DIGEST.split(text)
    marked = (format_html("<code>{}</code>", part) if number % 2 else part for number, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in marked))

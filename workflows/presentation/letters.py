"""Official letters in lists and on their own page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accreditation.models import Letter
from accreditation.services.letters import ADVERSE
from workflows.presentation.words import Words, quoted


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
            "is_adverse": letter.kind in ADVERSE,
        }
        for letter in letters
    ]


def letter_page(letter: Letter) -> Words:
    """A letter as it was sent, for `workflows/parts/letter.html`."""
    return {
        "kind": letter.get_kind_display(),
        "number": letter.number,
        "dated": letter.dated,
        "issued_by": letter.issued_by,
        "addressed_to": letter.addressed_to,
        "body": letter.body,
        "remedy": letter.remedy,
        "sha256": letter.sha256,
    }

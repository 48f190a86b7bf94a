"""How acts of a case or over a title were looked at again, as rows that lead there; each reader sees only its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accreditation.models import Case, Letter, Reconsideration, ReissueLetter, Title, User
from accreditation.permissions import Person
from accreditation.reconsideration_words import Remedy, outcome_label
from accreditation.templatetags.parts import state_tone
from accreditation.visibility import View, view_of
from workflows.presentation.proceedings import title_words
from workflows.presentation.words import Words, quoted
from workflows.selectors.matters import remedies_of, remedies_over


def of_letter(letter: Letter | ReissueLetter, user: User) -> list[Words]:
    """Of the act that a letter told of: rows for `workflows/parts/came_of_it.html`."""
    return _rows(remedies_of(letter, user), user)


def of_case(case: Case, user: Person) -> list[Words]:
    """Of all acts done in a case, each with the letter that told of it."""
    return _rows(remedies_over(user, case=case), user, names_act=True)


def title_page(title: Title, user: Person) -> Words:
    """A title, and under `came_of_it` the same of all orders over it and of answers about its certificates."""
    return title_words(title) | {"came_of_it": _rows(remedies_over(user, title=title), user, names_act=True)}


def _rows(found: Iterable[Reconsideration], user: Person, *, names_act: bool = False) -> list[Words]:
    return [_row(row, user) | ({"against": _act(row)} if names_act else {}) for row in found]


def _act(row: Reconsideration) -> str:
    return f"{row.told_by.get_kind_display()} {row.told_by.number}"


def _row(row: Reconsideration, user: Person) -> Words:
    is_own = view_of(user, row.case) is View.APPLICANT
    return {
        "kind": Remedy(row.remedy).label,
        "number": row.case.number,
        "state": row.get_state_display(),
        "tone": state_tone(row.state),
        "outcome": outcome_label(row.remedy, row.outcome) if row.outcome else "",
        "decision": quoted(row.decision_number) if row.outcome else "",
        "dated": row.decided_on if row.outcome else None,
        "href": reverse("my_matter" if is_own else "matter", args=[row.case.number]),
    }

"""The act that a letter told of, for whoever challenges it or sets it right: whose it is, whether it still stands."""

from __future__ import annotations

from typing import Any

from accreditation.adverse_ends import ADVERSE_ENDS
from accreditation.enums import LetterKind, ProceedingState
from accreditation.models import Case, Enterprise, Letter, ReissueLetter, Title
from workflows.subjects import subject_of_state

STANDING_ORDERS = (ProceedingState.ORDERED, ProceedingState.ORDER_RUNNING, ProceedingState.CONCLUDED)


def ended_by(letter: Letter | ReissueLetter) -> tuple[Case | Title, Enterprise]:
    """In whose chain the challenge is noted, and which enterprise may raise it."""
    if isinstance(letter, Letter):
        return letter.case, letter.case.enterprise
    title = Title.objects.select_related("holder").get(pk=letter.reissue.title_id)
    return title, title.holder


def letter_field(letter: Letter | ReissueLetter) -> dict[str, Any]:
    """The letter under the name of its field in `Reconsideration`."""
    return {"letter": letter} if isinstance(letter, Letter) else {"reissue_letter": letter}


def is_in_effect(letter: Letter | ReissueLetter) -> bool:
    """An order over a title that stands, also before its day; what stands at once; a case still at its adverse end."""
    if isinstance(letter, ReissueLetter):
        return True  # an answer ends the request
    kind = subject_of_state(letter.case.state)
    assert kind is not None
    state = str(kind.of(letter.case).state)
    if letter.kind == LetterKind.ORDER:
        return state in STANDING_ORDERS
    if ADVERSE_ENDS[letter.kind].stands_at_once:
        return True
    facts = kind.facts(state)
    return facts.is_final and facts.is_adverse


def district_of(letter: Letter | ReissueLetter, enterprise: Enterprise) -> str:
    """Whose officers see the case: of an answer to a request, the body that answered; of the city's, as registered."""
    if isinstance(letter, Letter):
        return str(letter.case.district)
    return letter.reissue.place or enterprise.district

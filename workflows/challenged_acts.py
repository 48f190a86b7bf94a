"""The act that a letter told of, for whoever challenges it or sets it right: whose it is, whether it still stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.adverse_ends import ADVERSE_ENDS
from accreditation.enums import LetterKind, ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Reason
from accreditation.models import Case, Enterprise, Letter, ReissueLetter, Title
from workflows.subjects import subject_of_state

MITIGATED = {  # orders heavier than a warning, with what they make of a title
    ProceedingKind.REVOCATION: (TitleState.REVOKED,),
    ProceedingKind.CANCELLATION: (TitleState.CANCELLED,),
    ProceedingKind.SUSPENSION: (TitleState.SUSPENDED,),
}
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
    """An order over a title that stands, also before its day; what stands at once; a case still at its adverse end.

    What told of the quota and was taken back by a calling up stays taken back, however the case ends.
    """
    if isinstance(letter, ReissueLetter):
        return True  # an answer ends the request
    kind = subject_of_state(letter.case.state)
    assert kind is not None
    state = str(kind.of(letter.case).state)
    if letter.kind == LetterKind.ORDER:
        return state in STANDING_ORDERS
    if ADVERSE_ENDS[letter.kind].stands_at_once:
        return True
    if letter.kind == LetterKind.NOT_IN_QUOTA and _was_taken_back(letter):
        return False
    facts = kind.facts(state)
    return facts.is_final and facts.is_adverse


def _was_taken_back(letter: Letter) -> bool:
    """Of what told of the quota: the application was called up after it."""
    return Letter.objects.filter(case=letter.case_id, kind=LetterKind.CALLED_UP, pk__gt=letter.pk).exists()


def reasons_not_to_modify(letter: Letter | ReissueLetter, *, is_undone: bool) -> Iterator[Reason]:
    """Only an order that took a title away or suspended it is changed, to a warning, while the title stands so by it.

    `is_undone`: what it did is taken back already, by a stay or by an earlier judgment. A suspension beneath a loss is
    not changed, nor is a warning.
    """
    ordered = letter.case if isinstance(letter, Letter) and letter.kind == LetterKind.ORDER else None
    proceeding = getattr(ordered, "proceeding", None)
    states = MITIGATED.get(proceeding.kind, ()) if proceeding is not None else ()
    stands = proceeding is not None and Title.objects.filter(pk=proceeding.title_id, state__in=states).exists()
    if not states or not (is_undone or stands):
        text = _("只有撤销、注销或者暂停称号的决定可以变更；不予认定等决定可以撤销并责令重作。")
        yield Reason("not_modifiable", text, "outcome")


def district_of(letter: Letter | ReissueLetter, enterprise: Enterprise) -> str:
    """Whose officers see the case: of an answer to a request, the body that answered; of the city's, as registered."""
    if isinstance(letter, Letter):
        return str(letter.case.district)
    return letter.reissue.place or enterprise.district

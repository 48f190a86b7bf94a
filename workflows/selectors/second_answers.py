"""What one person put forward and waits for another, of whatever kind: asked at once, read only where there is some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, QuerySet

from accreditation.models import (
    CallingUp,
    ObjectionProposal,
    OutsideList,
    RecusalRequest,
    ReexaminationResult,
    Reopening,
    ResultProposal,
    User,
)
from accreditation.recommendation_words import ResultState
from workflows.selectors.calling_up import callings_for
from workflows.selectors.outside_lists import lists_for
from workflows.selectors.outside_results import results_for
from workflows.selectors.recusal_requests import requests_waiting_for
from workflows.selectors.reexamination_results import waiting_for as reexaminations_for
from workflows.selectors.reopenings import reopenings_waiting_for
from workflows.selectors.upholding import upholding_waiting_for

Kind = tuple[Callable[[], QuerySet[Any]], Callable[[User], list[Any]]]
KINDS: Mapping[str, Kind] = {  # by name: everything that waits; what of it waits for one person
    "results": (lambda: ResultProposal.objects.filter(state=ResultState.WAITING), results_for),
    "lists": (lambda: OutsideList.objects.filter(state=ResultState.WAITING), lists_for),
    "reexaminations": (lambda: ReexaminationResult.objects.filter(state=ResultState.WAITING), reexaminations_for),
    "upholding": (lambda: ObjectionProposal.objects.filter(answer=""), upholding_waiting_for),
    "recusals": (lambda: RecusalRequest.objects.filter(answer=""), requests_waiting_for),
    "callings": (lambda: CallingUp.objects.filter(state=ResultState.WAITING), callings_for),
    "reopenings": (lambda: Reopening.objects.filter(answer=""), reopenings_waiting_for),
}


def second_answers(user: User) -> dict[str, list[Any]]:
    """By `waiting_` and the kind: what waits for this person; one statement on the days on which nothing does."""
    waits = User.objects.filter(pk=user.pk).values_list(*(Exists(every()) for every, _own in KINDS.values())).get()
    return {
        f"waiting_{kind}": own(user) if is_any else []
        for (kind, (_every, own)), is_any in zip(KINDS.items(), waits, strict=True)
    }

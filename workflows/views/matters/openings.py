"""A letter was opened by somebody who could not act for its addressee: the part for it on the page of its services.

One officer puts it forward, another answers, whoever put it forward takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.recommendation_words import ResultState
from accreditation.views.answers import put_reasons
from workflows import opening_corrections as acts
from workflows.deliveries import standing_opening
from workflows.forms.deliveries import OpeningAnswerForm, OpeningCorrectionForm
from workflows.presentation.deliveries import opening_words
from workflows.presentation.words import Words
from workflows.views.answers import key_of
from workflows.views.entered_results import WITHDRAW, Settling, settle

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from accreditation.models import Letter, OpeningCorrection, ReissueLetter, User

PROPOSE, ANSWER = "propose_opening_correction", "answer_opening_correction"  # names of buttons
SETTLING = Settling(
    acts.confirm,
    acts.decline,
    acts.withdraw,
    gettext_lazy("已确认，该次打开不再计为送达，请另行送达。"),
    gettext_lazy("已记为不予确认，该次打开仍计为送达。"),
    gettext_lazy("已撤回打开记录的更正。"),
    OpeningAnswerForm,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown; `is_meant`: the request is about this part; `is_done`: and has done what was asked."""

    earlier: list[Words] = field(default_factory=list)
    form: forms.Form | None = None
    is_waiting: bool = False
    may_withdraw: bool = False
    is_meant: bool = False
    is_done: bool = False
    propose: str = PROPOSE
    answer: str = ANSWER
    withdraw: str = WITHDRAW


def part_of(request: HttpRequest, letter: Letter | ReissueLetter, now: datetime) -> Part:
    """The part as it stands, after the act that the request asks for."""
    user, rows = signed_in(request), acts.corrections_of(letter)
    is_meant = request.method == "POST" and bool({PROPOSE, ANSWER, WITHDRAW} & set(request.POST))
    waiting = next((row for row in rows if row.state == ResultState.WAITING), None)
    form: forms.Form | None
    if is_meant and waiting is not None and PROPOSE not in request.POST:
        form = settle(request, waiting, SETTLING)
    elif is_meant and PROPOSE in request.POST:
        form = _proposed(request, letter, user, now)
    elif is_meant:
        return Part(is_meant=True, is_done=True)  # somebody was faster
    else:
        form = _offered(letter, waiting, user, now)
    return Part(
        earlier=[opening_words(row) for row in rows], form=form, is_waiting=waiting is not None, is_meant=is_meant,
        may_withdraw=waiting is not None and waiting.recorded_by_id == user.pk, is_done=is_meant and form is None,
    )  # fmt: skip


def _offered(
    letter: Letter | ReissueLetter, waiting: OpeningCorrection | None, user: User, now: datetime
) -> forms.Form | None:
    if waiting is not None:
        return OpeningAnswerForm() if acts.FOUR_EYES.may_decide(waiting, user, now) else None
    return OpeningCorrectionForm() if standing_opening(letter) is not None else None


def _proposed(
    request: HttpRequest, letter: Letter | ReissueLetter, user: User, now: datetime
) -> OpeningCorrectionForm | None:
    form = OpeningCorrectionForm(request.POST)
    if not form.is_valid():
        return form
    try:
        acts.propose(letter, **form.cleaned_data, by=user, at=now, request_key=key_of(request))
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return form
    messages.success(request, _("已提请，由本机关另一人核对；此前该次打开仍计为送达。"))
    return None

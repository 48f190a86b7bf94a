"""Forms for a change of edition: which editions, what becomes of each state, the proposal, why it is declined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from criteria.rulefile import MAX_BYTES
from workflows.edition_goals import Choice, draw_up
from workflows.edition_proposals import LONGEST_REASON
from workflows.forms.casework import offer
from workflows.forms.rules import checked_file, file_text
from workflows.presentation.words import state_label

NUMBERS = re.compile(r"[,，、;；\s]+")
PREFIX = "goal-"


def numbers_of(text: str) -> list[str]:
    """Numbers of cases as they were typed, each once."""
    return list(dict.fromkeys(found for found in NUMBERS.split(text.replace("\0", "")) if found))


class PairForm(forms.Form):
    """From which edition to which."""

    pair = forms.ChoiceField(label=_("从哪一版更换到哪一版"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, pairs: Iterable[tuple[str, str | Promise]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "pair", pairs)


class GoalField(forms.ChoiceField):
    """What becomes of a state: the first goal where nothing was sent."""

    def __init__(self, label: str, goals: list[tuple[str, str]]) -> None:
        super().__init__(label=label, choices=goals)
        self.first = goals[0][0]

    def clean(self, value: Any) -> Any:
        """One of the goals."""
        return super().clean(value or self.first)


class GoalsForm(forms.Form):
    """Why, which cases, and what becomes of each state: chosen here, or said by a file."""

    reason = forms.CharField(
        label=_("更换的理由"),
        help_text=_("写入每件的办理记录，也告知申报企业。"),
        error_messages={"required": _("请写明更换办理程序版本的理由。")},
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    cases = forms.CharField(
        label=_("只更换这些办件"),
        help_text=_("每行一个申报编号；不填则更换该版本的全部在办件。"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "translate": "no", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("或上传对照文件（YAML）"),
        help_text=_("上传后，理由和各状态的去向以文件为准。"),
        required=False,
    )

    def __init__(self, *args: Any, choices: Iterable[Choice], after: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.after, self.choices = after, list(choices)
        for choice in self.choices:
            goals = [(goal, _goal_words(choice.state, goal)) for goal in choice.goals]
            self.fields[PREFIX + choice.state] = GoalField(state_label(choice.state), goals)
        self.fields["reason"].required = not self.files.get("file")

    def goal_fields(self) -> Iterator[forms.BoundField]:
        """The fields of the states."""
        for choice in self.choices:
            yield self[PREFIX + choice.state]

    def clean_file(self) -> Any:
        """Text of a sane size."""
        file = self.cleaned_data["file"]
        return checked_file(file) if file else None

    def clean(self) -> dict[str, Any]:
        """The text of the mapping, and the numbers of the cases."""
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        said["numbers"] = numbers_of(said["cases"])
        if said.get("file"):
            said["text"] = file_text(said["file"]).replace("\r\n", "\n")  # as the browser sends it back
        else:
            goals = {row.state: said[PREFIX + row.state] for row in self.choices}
            said["text"] = draw_up(self.after, said["reason"], goals)
        return said


def _goal_words(state: str, goal: str) -> str:
    if goal == state:
        return _now("保持不变")
    return _now("退到“%(state)s”") % {"state": state_label(goal)}


class ProposalForm(forms.Form):
    """What was tried, sent again to be put before a second person."""

    text = forms.CharField(strip=False, max_length=MAX_BYTES)
    cases = forms.CharField(required=False, max_length=20_000)
    seen = forms.CharField(max_length=64)


class ConfirmForm(forms.Form):
    """The hash of the preview that the second person was shown."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class TakeOverForm(forms.Form):
    """Why another person carries on a change that was confirmed."""

    reason = forms.CharField(label=_("接办的理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class DeclineForm(forms.Form):
    """Why a change is left without effect."""

    reason = forms.CharField(
        label=_("不予确认的理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

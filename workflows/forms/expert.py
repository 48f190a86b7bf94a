"""Forms of an expert: the declaration of a tie, and the score sheet with every heading of the rule set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from criteria.exact import shown_text
from criteria.facts import exact_text
from criteria.panel import mark_faults
from criteria.ruleset import ExpertReview, Heading
from workflows.presentation.words import either, lang

LONG = 2000


class TieForm(forms.Form):
    """The tie for which an expert steps down."""

    tie = forms.CharField(
        label=_("利害关系"),
        help_text=_("写明与该单位的关系，例如任职、持股、合作、亲属；只有市认定办公室和审计管理员可以看到。"),
        min_length=2,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One heading of the sheet with its two fields."""

    heading: Heading
    points: forms.BoundField
    reason: forms.BoundField

    @property
    def name(self) -> str:
        """Name of the heading in the reader's language."""
        return either(self.heading, "name")

    @property
    def guidance(self) -> str:
        """What to look at."""
        return either(self.heading, "guidance")

    @property
    def most(self) -> str:
        """The most points."""
        return shown_text(self.heading.most.amount())


class ScoreSheetForm(forms.Form):
    """Points and reason for every heading, and the opinion; fields are `points-<code>`, `reason-<code>`, `opinion`."""

    def __init__(self, *args: Any, section: ExpertReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        for heading in section.headings:
            self._add_heading(heading)
        self.fields["opinion"] = forms.CharField(
            label=_("总体评审意见"),
            help_text=_("概述主要优点和不足，供评审委员会参考。"),
            min_length=2,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def _add_heading(self, heading: Heading) -> None:
        values = {"most": shown_text(heading.most.amount()), "step": shown_text(heading.step.amount())}
        self.fields[f"points-{heading.code}"] = forms.CharField(
            label=_("%(name)s：得分") % {"name": either(heading, "name")},
            help_text=_("0 至 %(most)s 分，以 %(step)s 分为一档。") % values,
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields[f"reason-{heading.code}"] = forms.CharField(
            label=_("%(name)s：评分理由") % {"name": either(heading, "name")},
            min_length=2,
            max_length=LONG,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def lines(self) -> Iterator[SheetLine]:
        """The headings in the order of the rule set."""
        for heading in self.section.headings:
            yield SheetLine(heading, self[f"points-{heading.code}"], self[f"reason-{heading.code}"])

    def clean(self) -> dict[str, Any]:
        """Every mark lies within its heading and on its step; each fault stands at its own field."""
        cleaned = super().clean() or {}
        marks: dict[str, Fraction] = {}
        for heading in self.section.headings:
            text = cleaned.get(f"points-{heading.code}")
            if text is None:
                continue
            try:
                marks[heading.code] = Fraction(unicodedata.normalize("NFKC", text).strip())
            except (ValueError, ZeroDivisionError):
                self.add_error(f"points-{heading.code}", _("请填数字，例如 4.5。"))
        for fault in mark_faults(self.section, marks):
            if fault.heading in marks:
                self.add_error(f"points-{fault.heading}", fault.zh if lang() == "zh" else fault.en)
        cleaned["points"] = marks
        return cleaned

    def marks(self) -> dict[str, dict[str, str]]:
        """The marks as the door takes them."""
        points = self.cleaned_data["points"]
        return {
            heading.code: {
                "points": exact_text(points[heading.code]),
                "reason": self.cleaned_data[f"reason-{heading.code}"],
            }
            for heading in self.section.headings
        }

    def total(self) -> Fraction:
        """The sum of all points."""
        return sum(self.cleaned_data["points"].values(), Fraction(0))

    def typed(self) -> dict[str, str]:
        """What was typed, by field, to be sent again from the page that confirms it."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

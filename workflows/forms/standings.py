"""Forms of the register of standings: filters, one entry, its end, a file, a figure of the plan, days of a report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS, StandingLevel, StandingState
from accreditation.forms.days import DayField
from accreditation.seeds.standings import catalogue
from accreditation.services.standing_texts import FIRST_YEAR, HEADINGS, LENGTHS
from criteria.figures import Confidence
from workflows.forms.casework import LONG, FilterForm, offer
from workflows.presentation.standings import industry_name, kind_name, mark_of

ALL = [("", _("全部"))]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LEFT_OUT = ("district", "name", "reference", "industry", "valid_from", "valid_until", "source_url")


def _kinds() -> list[tuple[str, str]]:
    return [(code, kind_name(code)) for code in catalogue().kinds]


def _industries() -> list[tuple[str, str]]:
    return [(code, industry_name(code)) for code in catalogue().industries]


def _confidences() -> list[tuple[str, str]]:
    return [(mark.value, mark_of(mark)["text"]) for mark in Confidence if mark is not Confidence.UNKNOWN]


class StandingFilter(FilterForm):
    """Filters of the register."""

    words = forms.CharField(label=_("单位、名称或编号"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    level = forms.ChoiceField(label=_("级别"), required=False, choices=[*ALL, *StandingLevel.choices])
    industry = forms.ChoiceField(label=_("产业领域"), required=False)
    district = forms.ChoiceField(label=_("所在区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    year = forms.ChoiceField(label=_("年份"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[*ALL, *StandingState.choices])

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [*ALL, *_kinds()])
        offer(self, "industry", [*ALL, *_industries()])
        offer(self, "year", [*ALL, *((str(year), str(year)) for year in years)])


class StandingForm(forms.Form):
    """One standing as texts; what they mean is decided where files are read as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed: dict[str, list[tuple[str, Any]]] = {
            "kind": _kinds(), "level": list(StandingLevel.choices), "district": list(DISTRICTS.items()),
            "industry": _industries(), "confidence": _confidences(),
        }  # fmt: skip
        for name, label in HEADINGS.items():
            is_open = name in LEFT_OUT
            if name in closed:
                choices = [("", "—"), *closed[name]]
                self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=not is_open)
            elif name.startswith("valid_"):
                self.fields[name] = forms.CharField(label=label, required=False, widget=DAY)
            else:
                most = LENGTHS.get(name, 30)
                self.fields[name] = forms.CharField(label=label, required=not is_open, max_length=most)
        self.fields["year"].widget.attrs["inputmode"] = "numeric"
        self.fields["source"].help_text = _("公布该资质的文件名称和文号。")

    def texts(self) -> dict[str, str]:
        """What was said, by column."""
        return {name: str(self.cleaned_data.get(name) or "") for name in HEADINGS}


class EndForm(forms.Form):
    """The end of a standing."""

    ended_on = DayField(label=_("终止日期"), help_text=_("自该日起不再有效。"), widget=DAY)
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs=LONG))


class DropForm(forms.Form):
    """Why an entry or a file is not taken in."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs=LONG))


class FileForm(forms.Form):
    """A workbook or CSV file of standings."""

    file = forms.FileField(
        label=_("登记表"),
        help_text=_(".xlsx 或 .csv，不超过 4 MB、5000 行；第一行为标题，只读第一张工作表。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class PlanFigureForm(forms.Form):
    """A figure of a target from statistics."""

    year = forms.IntegerField(
        label=_("年份"), min_value=FIRST_YEAR, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    value = forms.DecimalField(
        label=_("数值"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = forms.CharField(label=_("来源文件"), max_length=200)
    source_url = forms.URLField(label=_("来源网址"), max_length=300, required=False, assume_scheme="https")
    confidence = forms.ChoiceField(label=_("可信度"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offer(self, "confidence", _confidences())

    def clean_year(self) -> int:
        """A year that has begun."""
        year: int = self.cleaned_data["year"]
        if year > self.today.year:
            raise forms.ValidationError(_("年份不能晚于今年。"), code="future")
        return year


class PeriodForm(forms.Form):
    """From a day to a day, both included."""

    since = DayField(label=_("起始日期"), widget=DAY)
    until = DayField(label=_("截止日期"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", _("截止日期早于起始日期。"))
        return said

"""Forms of an evaluation: the fixed result, the report on rectification, its check, results of an earlier round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.days import DayField
from accreditation.models import Title
from criteria.ruleset import RuleSet
from workflows.forms.casework import LONG
from workflows.presentation.words import either


class FixResultForm(forms.Form):
    """The office stands by the computed score and band."""

    opinion = forms.CharField(label=_("核查意见"), max_length=2000, widget=forms.Textarea(attrs=LONG))


class RectificationForm(forms.Form):
    """What the holder put right."""

    report = forms.CharField(
        label=_("整改情况"), help_text=_("逐项写明整改措施和结果，至少十个字。"), max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )  # fmt: skip


class RectificationCheckForm(forms.Form):
    """What the office found of it."""

    remark = forms.CharField(
        label=_("核查意见"), help_text=_("写入告知书。"), max_length=2000, widget=forms.Textarea(attrs=LONG)
    )


class EarlierRoundForm(forms.Form):
    """Results of the round before this system: only titles whose result was not the usual one are named."""

    year = forms.IntegerField(
        label=_("评价年度"), min_value=2000, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    document_number = forms.CharField(label=_("公布文号"), max_length=60)
    dated = DayField(label=_("公布日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, titles: list[Title], rules: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {f"title-{title.number}": title for title in titles}
        bands = [("", _("未评价或未知")), *((band.code, either(band, "name")) for band in rules.bands)]
        for name, title in self.titles.items():
            label = f"{title.number} {title.holder.name}"
            self.fields[name] = forms.ChoiceField(label=label, choices=bands, required=False)

    def results(self) -> dict[Title, str]:
        """Title -> code of its band, for those that were given one."""
        given = {title: self.cleaned_data[name] for name, title in self.titles.items()}
        return {title: band for title, band in given.items() if band}

"""Forms of the cultivation list: filters, entering, asking, ending, releasing, figures that the enterprise states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.cultivation_words import CultivationEnd, CultivationGround, CultivationState
from accreditation.enums import DISTRICTS
from accreditation.models import Enterprise
from accreditation.seeds.standings import catalogue
from accreditation.selectors.cultivation import enterprise_by_code
from accreditation.services.known_figures import plain_value
from criteria.facts import Scalar
from criteria.fields import FieldSpec, Kind
from criteria.units import unit_name
from criteria.workbook.numbers import typed_number
from workflows.forms.casework import LONG, FilterForm, offer
from workflows.forms.standings import ALL, DAY
from workflows.presentation.standings import industry_name
from workflows.presentation.words import either, lang

CHOSEN_BY_OFFICE = [one for one in CultivationGround.choices if one[0] != CultivationGround.REQUEST]


def _industries(first: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [first, *((code, industry_name(code)) for code in catalogue().industries)]


class CultivationFilter(FilterForm):
    """Filters of the office's list."""

    words = forms.CharField(label=_("单位、代码或编号"), required=False, max_length=60)
    district = forms.ChoiceField(label=_("所在区"), required=False, choices=[*ALL, *DISTRICTS.items()])
    industry = forms.ChoiceField(label=_("产业领域"), required=False)
    ground = forms.ChoiceField(label=_("入库依据"), required=False, choices=[*ALL, *CultivationGround.choices])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("在库和待审核")), *CultivationState.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "industry", _industries(ALL[0]))


class EnterForm(forms.Form):
    """The office puts a registered enterprise on the list."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=18, help_text=_("单位须已在本平台注册。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    ground = forms.ChoiceField(label=_("入库依据"), choices=CHOSEN_BY_OFFICE)
    source = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))
    listed_from = forms.DateField(label=_("入库日期"), widget=DAY)
    industry = forms.ChoiceField(label=_("产业领域"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "industry", _industries(("", _("未登记领域"))))
        self.enterprise: Enterprise | None = None

    def clean_uscc(self) -> str:
        """The code of an enterprise that is registered here."""
        code = str(self.cleaned_data["uscc"]).strip().upper()
        self.enterprise = enterprise_by_code(code)
        if self.enterprise is None:
            raise forms.ValidationError(_("平台上没有使用该代码注册的单位。"), code="unknown")
        return code


class TakeForm(forms.Form):
    """Grant what an enterprise asked for."""

    source = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))
    listed_from = forms.DateField(label=_("入库日期"), widget=DAY)


class DeclineForm(forms.Form):
    """Why it is not granted."""

    reason = forms.CharField(
        label=_("理由"), max_length=300, help_text=_("申请单位可以看到。"), widget=forms.Textarea(attrs=LONG)
    )


class LeaveForm(forms.Form):
    """The end of a stay on the list."""

    ended_on = forms.DateField(label=_("出库日期"), help_text=_("自该日起不再在库。"), widget=DAY)
    ended_for = forms.ChoiceField(label=_("出库原因"), choices=CultivationEnd.choices)
    reason = forms.CharField(
        label=_("理由"), max_length=300, help_text=_("该单位可以看到。"), widget=forms.Textarea(attrs=LONG)
    )


class ReleaseForm(forms.Form):
    """The notice with which the list is published."""

    document = forms.CharField(label=_("公布文件的文号"), max_length=80)


class AskForm(forms.Form):
    """An enterprise asks to be on the list."""

    enterprise = forms.ChoiceField(label=_("申请单位"))
    industry = forms.ChoiceField(label=_("产业领域"), required=False)
    statement = forms.CharField(
        label=_("申请理由"), max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("写明技术创新基础、培育期目标和计划申报国家技术创新示范企业的年份。"),
    )  # fmt: skip

    def __init__(self, *args: Any, enterprises: Iterable[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "enterprise", [(str(row.pk), row.name) for row in enterprises])
        offer(self, "industry", _industries(("", _("未登记领域"))))


class OwnFiguresForm(forms.Form):
    """Figures that no filing answers, one input for each field and year, none of them required."""

    def __init__(
        self, *args: Any, asked: Iterable[tuple[FieldSpec, int]], known: dict[tuple[str, int], Scalar], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"{spec.code}-{year}": (spec, year) for spec, year in asked}
        for name, (spec, year) in self.asked.items():
            value = known.get((spec.code, year))
            shown = "" if value is None else plain_value(value)
            label = _("%(name)s（%(year)s 年）") % {"name": either(spec, "name"), "year": year}
            self.fields[name] = _yes_no(label, shown) if spec.kind is Kind.BOOLEAN else _number(spec, label, shown)

    def clean(self) -> dict[str, Any]:
        """Exact numbers that the fields can hold."""
        said = super().clean() or {}
        for name, (spec, _year) in self.asked.items():
            text = str(said.get(name) or "").strip()
            if text and spec.kind is not Kind.BOOLEAN:
                value = _exact(spec, text)
                if value is None:
                    self.add_error(name, _("请按单位填写数字，小数不超过规定位数，例如 1234.5。"))
                else:
                    said[name] = plain_value(value)
        return said

    def figures(self) -> dict[tuple[str, int], str]:
        """What was said, by field and year; empty for what is not stated."""
        return {(spec.code, year): str(self.cleaned_data.get(name) or "") for name, (spec, year) in self.asked.items()}


def _yes_no(label: str, shown: str) -> forms.ChoiceField:
    choices = [("", "—"), ("true", _("是")), ("false", _("否"))]
    return forms.ChoiceField(label=label, required=False, choices=choices, initial=shown)


def _number(spec: FieldSpec, label: str, shown: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    unit = _("单位：%(unit)s。") % {"unit": unit_name(spec.unit, lang())}
    return forms.CharField(label=label, required=False, max_length=30, help_text=unit, initial=shown, widget=widget)


def _exact(spec: FieldSpec, text: str) -> Fraction | None:
    """The number, or None where the text is none that the field can hold."""
    typed = typed_number(text)
    if typed is None or typed.unit or (typed.value < 0 and spec.kind is not Kind.DECIMAL_SIGNED):
        return None
    most = 0 if spec.kind is Kind.INTEGER else spec.places
    return typed.value if (typed.value * 10**most).denominator == 1 else None


def today_first(today: date) -> dict[str, date]:
    """What a form that names a day begins with."""
    return {"listed_from": today, "ended_on": today}

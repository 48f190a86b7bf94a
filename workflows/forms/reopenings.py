"""Forms of 重新审议: what came to light, the second officer's answer; and of an applicant who gives up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState
from accreditation.models import Application
from accreditation.models.reopenings import ReopeningAnswer, ReopeningGround
from accreditation.services.reopened_figures import Key, counted_figures, specs_of
from accreditation.services.rule_sets import rules_of
from criteria.units import unit_name
from workflows.forms.casework import LONG, Confirmation, exact_number, offer
from workflows.presentation.words import amount, either, lang

FIGURE = "figure-"
NUMBER = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class ReopeningForm(forms.Form):
    """Ground, facts and the file that shows them; the applicant reads all of it.

    Of a wrong figure the right one beside it, in the unit of its field; a field that is left empty stays as it counts.
    """

    ground = forms.ChoiceField(label=_("事由"), choices=ReopeningGround.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("查明的事实"),
        help_text=_("写明事实、来源和日期，将写入告知书送达申报单位。"),
        min_length=10,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )
    file = forms.FileField(
        label=_("证明材料"),
        help_text=_("PDF、PNG 或 JPEG，一个文件；申报单位可以查阅。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    why_again = forms.CharField(
        label=_("再次提请的理由"),
        help_text=_("仅在就同一事实曾提请又撤回时填写，将写入告知书；只能再提请一次。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )
    template_name = "workflows/reopenings/form.html"

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = rules_of(application.batch)
        self.specs, self.counted = specs_of(rules), counted_figures(application)
        if not application.reopenings.filter(answer=ReopeningAnswer.WITHDRAWN).exists():
            del self.fields["why_again"]
        if application.state == ApplicationState.UNDER_OVERALL_REVIEW:
            offer(self, "ground", [pair for pair in ReopeningGround.choices if pair[0] == ReopeningGround.WRONG_FIGURE])
        elif not self.counted:
            offer(self, "ground", [pair for pair in ReopeningGround.choices if pair[0] != ReopeningGround.WRONG_FIGURE])
        for key in self.counted:
            spec = self.specs[key[0]]
            label = f"{either(spec, 'name')} {key[1] or ''}".strip()
            self.fields[field_of(key)] = forms.CharField(label=label, required=False, max_length=60, widget=NUMBER)

    def figure_rows(self) -> list[dict[str, Any]]:
        """For the page: each number with its name, year, unit, what counts now, and the field for the right one."""
        return [
            {
                "label": either(self.specs[key[0]], "name"), "year": key[1],
                "unit": unit_name(self.specs[key[0]].unit, lang()), "now": amount(now, self.specs[key[0]].unit),
                "field": self[field_of(key)],
            }
            for key, now in self.counted.items()
        ]  # fmt: skip

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields beside the figures."""
        return [self[name] for name in self.fields if not name.startswith(FIGURE)]

    def names_figures(self) -> bool:
        """Whether any was typed, so that the list stands open."""
        return any(self[field_of(key)].value() for key in self.counted)

    def clean(self) -> dict[str, Any]:
        """`figures`: each number that was typed, with code, year and exact value."""
        cleaned: dict[str, Any] = dict(super().clean() or {})
        figures = []
        for key, now in self.counted.items():
            text = str(cleaned.pop(field_of(key), "") or "").strip()
            if not text:
                continue
            try:
                figures.append({"code": key[0], "year": key[1], "value": exact_number(text, self.specs[key[0]])})
            except forms.ValidationError as fault:
                self._say(key, now, text, fault)
        return cleaned | {"figures": figures}

    def _say(self, key: Key, now: Fraction, text: str, fault: forms.ValidationError) -> None:
        spec = self.specs[key[0]]
        words = {
            "name": f"{either(spec, 'name')} {key[1] or ''}".strip(), "read": text, "why": "".join(fault.messages),
            "unit": unit_name(spec.unit, lang()), "now": amount(now, spec.unit),
        }  # fmt: skip
        said = _("%(name)s：读到“%(read)s”。%(why)s单位为%(unit)s，现核定 %(now)s。")
        self.add_error(field_of(key), said % words)


def field_of(key: Key) -> str:
    """Name of the field for one figure, which the door's reasons name as well."""
    return f"{FIGURE}{key[0]}-{key[1] or 0}"


class ReopeningAnswerForm(forms.Form):
    """Why the case is sent back, or not; `reopening` is the number of the proposal that the person has read."""

    reopening = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("请从办件页面重新打开本页。")}
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("写明对事实和陈述意见的核查结果，将写入告知书送达申报单位。"),
        min_length=5,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )


class ReopeningWithdrawalForm(ReopeningAnswerForm):
    """Why who proposed it does so no longer."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("写明不再提请的原因，将写入告知书送达申报单位。"),
        min_length=5,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )


class GiveUpForm(forms.Form):
    """Why the applicant gives up, and that it knows what follows."""

    reason = forms.CharField(label=_("理由"), min_length=2, max_length=1000, widget=forms.Textarea(attrs=LONG))
    understood = Confirmation(label=_("本单位自愿撤回申报，知道撤回后本次申报终止，不能恢复。"))

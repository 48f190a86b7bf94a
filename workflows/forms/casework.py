"""Forms on a case that the district and the municipal office share: reasons, verified values, conditions, opinions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.clocks import NOT_COUNTED, STOPS_EXPERTS, PauseGround
from criteria.fields import FieldSpec, Kind
from criteria.units import UNITS
from criteria.workbook.numbers import typed_number
from workflows import phrases
from workflows.phrases import Phrase, wording

LONG = {"rows": 4}
CHECKS: tuple[tuple[str, Promise], ...] = (
    ("identity", _("单位名称、统一社会信用代码、注册地与营业执照一致")),
    ("evidence", _("必交材料齐全、清晰、有效，并已签章")),
    ("figures", _("评价数据已与证明材料逐项核对，有出入的已核定或已退回补正")),
    ("annexes", _("附表与评价数据表的数目一致")),
    ("gates", _("申报条件已逐项核定")),
)


class FilterForm(forms.Form):
    """Base of the filters above a list: nothing is required, an unknown choice counts as none."""

    def chosen(self) -> dict[str, str]:
        """Filters with a valid, non-empty value."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def label_of(self, name: str, value: str) -> str:
        """A chosen value as people read it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str | Promise]]) -> None:
    """Set the choices of a field that are known only when the form is shown."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class Confirmation(forms.BooleanField):
    """A statement to be ticked before the form is sent."""

    default_error_messages = {"required": _("请先勾选此项声明。")}

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Never ticked beforehand, whatever was kept of an earlier sitting."""
        form.initial = {name: value for name, value in (form.initial or {}).items() if name != field_name}
        return super().get_bound_field(form, field_name)


class ConfirmedForm(forms.Form):
    """An act that needs no words."""


class ReasonsForm(forms.Form):
    """Reasons that the applicant will read."""

    reasons = forms.CharField(
        label=_("理由"),
        help_text=_("写明事实和依据，将写入文书送达申报单位。"),
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class RemarkForm(forms.Form):
    """Reasons that add to what the rules say."""

    reasons = forms.CharField(
        label=_("补充说明"),
        help_text=_("不符合的条件由系统列入告知书，这里只写补充内容。"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )


class PauseForm(forms.Form):
    """Why the time of a review is not counted for a while."""

    grounds: ClassVar[tuple[PauseGround, ...]] = NOT_COUNTED
    ground = forms.ChoiceField(label=_("法定事由"), widget=forms.RadioSelect)
    remark = forms.CharField(
        label=_("说明"),
        help_text=_("将写入告知书送达申报单位，例如检测机构和预计时间。"),
        max_length=300,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "ground", [(ground.value, ground.label) for ground in self.grounds])


class ExpertPauseForm(PauseForm):
    """Why the experts cannot mark for a while."""

    grounds = STOPS_EXPERTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].label = _("中止事由")


class SheetForm(forms.Form):
    """Whose sealed sheet is set aside."""

    place = forms.IntegerField(
        label=_("席位"),
        help_text=_("评审组页面上的席位序号。"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class SheetReasonForm(SheetForm):
    """The same, and why."""

    reason = forms.CharField(
        label=_("搁置的理由"),
        help_text=_("例如专家因病退出，或者提交后发现利害关系。评分尚未公开，不得以评分高低为由。"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class SheetDeclineForm(SheetForm):
    """The same, and why it is not to be."""

    reason = forms.CharField(
        label=_("不同意的理由"),
        help_text=_("送提请人。评分表照常计入结果；以同一理由不能再次提请。"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class SheetWithdrawalForm(SheetForm):
    """The same, and why it is no longer asked for."""

    reason = forms.CharField(label=_("撤回的理由"), min_length=2, max_length=1000, widget=forms.Textarea(attrs=LONG))


class ReasonForm(forms.Form):
    """One reason for the record."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs=LONG))


class OpinionForm(forms.Form):
    """What a town or park says of an application that it passes on."""

    opinion = forms.CharField(
        label=_("转报意见"),
        help_text=_("写明核对情况，随申报材料一并转报。"),
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class CallInForm(forms.Form):
    """Why the authority does not wait for the town or park."""

    reason = forms.CharField(
        label=_("调取理由"),
        help_text=_("转报时限已届满的可以不填；其他情形写明理由，至少十个字。"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )


class ValueForm(forms.Form):
    """The figure that is to count, in the field's unit."""

    value = forms.CharField(
        label=_("核定值"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    reason = forms.CharField(
        label=_("核定理由"),
        help_text=_("写明依据的材料和页码；申报单位可以看到。"),
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, spec: FieldSpec, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.fields["value"].help_text = _("单位：%(unit)s。") % {"unit": unit}

    def clean_value(self) -> Fraction:
        """An exact number that the field can hold."""
        return exact_number(self.cleaned_data["value"], self.spec)


def exact_number(text: str, spec: FieldSpec) -> Fraction:
    """A typed number as the field can hold it, in its unit; raises ValidationError."""
    typed = typed_number(text)
    unit = UNITS[spec.unit].name_zh
    if typed is None or typed.unit not in ("", unit) or typed.percent != (spec.unit == "pct" and typed.percent):
        raise forms.ValidationError(_("请填数字，例如 1234.5。"), code="number")
    if typed.value < 0 and spec.kind != Kind.DECIMAL_SIGNED:
        raise forms.ValidationError(_("不能小于零。"), code="negative")
    most = 0 if spec.kind == Kind.INTEGER else spec.places
    if (typed.value * 10**most).denominator != 1:
        raise forms.ValidationError(_("小数最多 %(n)d 位。"), code="places", params={"n": most})
    return typed.value


class GateForm(forms.Form):
    """The answer to a condition that no figure decides."""

    is_met = forms.TypedChoiceField(
        label=_("是否符合"),
        choices=[("yes", _("符合")), ("no", _("不符合"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("核定依据"),
        help_text=_("写明查询的名录、系统或材料；申报单位可以看到。"),
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class ReviewForm(forms.Form):
    """Checklist, ready wording and opinion; `decision` is the button that was pressed."""

    checked = forms.MultipleChoiceField(
        label=_("核对清单"),
        help_text=_("逐项核对后勾选；未勾选的事项会随意见一并记录。"),
        choices=CHECKS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    phrase = forms.ChoiceField(label=_("常用意见"), required=False)
    opinion = forms.CharField(
        label=_("意见"),
        help_text=_("常用意见写在前，这里的文字接在其后；两者至少填一项。"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, decisions: Iterable[str], ready: tuple[Phrase, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decisions, self.ready = tuple(decisions), ready
        offer(self, "phrase", phrases.choices(ready))

    @property
    def decision(self) -> str:
        """The verb asked for; the first one where no button says otherwise."""
        asked = str(self.data.get("decision", ""))
        return asked if asked in self.decisions else self.decisions[0]

    def clean(self) -> dict[str, Any]:
        """Going on needs every check; the opinion holds the checks as well, so that the record shows them."""
        cleaned = super().clean() or {}
        ticked = cleaned.get("checked", [])
        open_checks = [str(label) for code, label in CHECKS if code not in ticked]
        if self.decision == self.decisions[0] and open_checks:
            self.add_error("checked", _("尚未核对：%(what)s。") % {"what": "；".join(open_checks)})
        words = wording(self.ready, cleaned.get("phrase", ""), cleaned.get("opinion", ""))
        if not words:
            self.add_error("opinion", _("请选择常用意见或填写意见。"))
        cleaned["words"] = f"{words}\n{_checked_words(ticked)}"
        return cleaned


def _checked_words(ticked: Iterable[str]) -> str:
    """The checks made, in the official language."""
    labels = dict(CHECKS)
    made = "；".join(Phrase(code, labels[code]).official for code in ticked)
    return f"已核对：{made or '无'}。"

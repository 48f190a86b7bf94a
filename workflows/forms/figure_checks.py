"""Forms of the verification of figures by a third party: plan, commission, finding, report, answer, decision."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Refusal
from accreditation.figure_check_words import CheckScope, FindingResult
from accreditation.forms.days import DayField
from accreditation.models import Application, Body, Evidence
from accreditation.services.files import ALLOWED, check_file
from criteria.fields import FieldSpec
from workflows.forms.casework import LONG, exact_number, offer
from workflows.forms.recommendations import NUMERIC

HEAD = 16
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlanForm(forms.Form):
    """Which cases of a batch are verified, and in how many working days."""

    scope = forms.ChoiceField(label=_("核查范围"), choices=CheckScope.choices, widget=forms.RadioSelect)
    sample_size = forms.IntegerField(
        label=_("抽取件数"), required=False, min_value=1, max_value=999, widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("仅抽样时填写；申报期满后从仍在办的申报件中按记录的种子抽取。"),
    )  # fmt: skip
    check_days = forms.IntegerField(
        label=_("核查期限（工作日）"), min_value=1, max_value=120, widget=forms.TextInput(attrs=NUMERIC)
    )
    answer_days = forms.IntegerField(
        label=_("差异说明期限（工作日）"), min_value=1, max_value=60, widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("管理办法未规定这两项期限，由市认定办公室按委托文件确定。"),
    )  # fmt: skip
    ground = forms.CharField(label=_("核查依据"), max_length=200, help_text=_("文件名称和文号。"))


class BodyForm(forms.Form):
    """A verifying body from outside."""

    name_zh = forms.CharField(label=_("机构名称"), max_length=120, help_text=_("与营业执照一致，例如会计师事务所。"))
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=30)
    contact = forms.CharField(label=_("联系人和电话"), max_length=200, required=False)


class CommissionForm(forms.Form):
    """Which cases a body is commissioned with."""

    cases = forms.MultipleChoiceField(
        label=_("申报件"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少勾选一件申报。")},
    )  # fmt: skip
    body = forms.ModelChoiceField(label=_("核查机构"), queryset=Body.objects.none(), empty_label=_("请选择"))
    remark = forms.CharField(
        label=_("委托说明"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("写明重点核查的内容，核查机构可以看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, cases: Iterable[Application], bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "cases", [(row.case.number, str(row.enterprise)) for row in cases])
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies


class FindingForm(forms.Form):
    """What was found of one figure; the value in the field's unit only where it differs."""

    result = forms.ChoiceField(label=_("核查结果"), choices=FindingResult.choices, widget=forms.RadioSelect)
    value = forms.CharField(
        label=_("核查数"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    remark = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("有差异或无法核实时必填；申报单位可以看到。"),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("依据"), required=False, max_length=200,
        help_text=_("凭证号、账簿或材料页码；有差异时必填。"),
    )  # fmt: skip
    evidence = forms.ModelChoiceField(
        label=_("证明材料"), queryset=Evidence.objects.none(), required=False, empty_label=_("不指明")
    )

    def __init__(self, *args: Any, spec: FieldSpec, unit: str, files: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.fields["value"].help_text = _("单位：%(unit)s。有差异时填写。") % {"unit": unit}
        field = self.fields["evidence"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = files

    def clean_value(self) -> Fraction | None:
        """An exact number that the field can hold; None where none is asked for."""
        text: str = self.cleaned_data["value"]
        if not text.strip() or self.cleaned_data.get("result") != FindingResult.DIFFERS:
            return None
        return exact_number(text, self.spec)


class ReportForm(forms.Form):
    """The signed report."""

    number = forms.CharField(label=_("报告编号"), max_length=60)
    dated = DayField(label=_("报告日期"), widget=DAY)
    conclusion = forms.CharField(label=_("核查结论"), max_length=4000, widget=forms.Textarea(attrs=LONG))
    file = forms.FileField(
        label=_("签章的核查报告"), help_text=_("PDF、PNG 或 JPEG，须有机构印章和经办人员签名。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    confirmed = forms.BooleanField(label=_("核查结果与签章报告一致；提交后封存，不能再改"))
    media_type = ""

    def clean_file(self) -> Any:
        """Size, ending and first bytes of the report."""
        upload = self.cleaned_data["file"]
        head = upload.read(HEAD)
        upload.seek(0)
        try:
            self.media_type = check_file(upload.name, upload.size, head, ALLOWED).media_type
        except Refusal as refusal:
            raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from None
        return upload


class AnswerForm(forms.Form):
    """What the applicant says of a difference."""

    text = forms.CharField(
        label=_("说明"), max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("同意核查数，或写明不同意的理由和依据。"),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """Whether a difference is adopted."""

    is_adopted = forms.TypedChoiceField(
        label=_("是否采用核查数"), choices=[("yes", _("采用核查数")), ("no", _("不采用核查数"))],
        coerce=lambda word: word == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("处理理由"), max_length=1000, widget=forms.Textarea(attrs=LONG), help_text=_("申报单位可以看到。")
    )

"""The form by which an officer records how a letter was delivered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.delivery_words import EVIDENCE_OF, RECORDED_WAYS, DeliveryWay
from accreditation.forms.days import DayField
from accreditation.models import Delivery
from workflows.deliveries import Recorded
from workflows.forms.casework import LONG
from workflows.forms.proceedings import DAY
from workflows.forms.recommendations import ResultAnswerForm


class DeliveryForm(forms.Form):
    """One delivery; which record it corrects only where there is one that can be."""

    corrects = forms.ChoiceField(label=_("更正的记录"), help_text=_("原记录保留，不再计入。"), required=False)
    way = forms.ChoiceField(label=_("送达方式"), widget=forms.RadioSelect)
    done_on = DayField(
        label=_("送达日期"),
        help_text=_("邮寄的为回执上的签收日期；公告的为公告发出之日，经过三十日视为送达；未送达的为查明之日。"),
        widget=DAY,
    )
    evidence = forms.CharField(
        label=_("凭证"),
        help_text=_("邮件号、送达回证编号、签收人、见证人或者公告的载体。"),
        required=False,
        max_length=200,
    )
    remark = forms.CharField(
        label=_("说明"),
        help_text=_("公告送达的，写明其他方式无法送达的经过；更正的，写明原记录有何错误。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, correctable: list[tuple[Delivery, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways: list[DeliveryWay] = [*RECORDED_WAYS]
        field, corrects = self.fields["way"], self.fields["corrects"]
        assert isinstance(field, forms.ChoiceField)
        assert isinstance(corrects, forms.ChoiceField)
        if correctable:
            ways.append(DeliveryWay.NOT_SERVED)
            corrects.choices = [("", _("不更正，另记一次送达")), *((row.pk, text) for row, text in correctable)]
        else:
            del self.fields["corrects"]
        field.choices = [(way.value, _labelled(way)) for way in ways]

    def recorded(self) -> Recorded:
        """What a valid form says."""
        return Recorded(**self.cleaned_data | {"corrects": int(self.cleaned_data.get("corrects") or 0)})


class OpeningCorrectionForm(forms.Form):
    """Why an opening was none by the addressee, for a colleague to compare."""

    prefix = "opening"
    why = forms.CharField(
        label=_("打开人为何无权代表收件单位"),
        help_text=_("如授权材料系伪造、账号被他人使用。打开时成员关系已解除或者未通过核验的，系统自行不计。"),
        max_length=500,
        widget=forms.Textarea(attrs=LONG),
    )
    evidence = forms.CharField(label=_("查明的凭证"), max_length=200)


class OpeningAnswerForm(ResultAnswerForm):
    """The second officer's answer."""

    is_confirmed = forms.ChoiceField(
        label=_("核对意见"),
        choices=[("yes", _("打开人无权代表收件单位，确认该次打开不计为送达")), ("no", _("不予确认"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("不予确认的，须写明理由；提请人可以另行提请。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


def _labelled(way: DeliveryWay) -> str:
    """The way with what proves it."""
    if way not in EVIDENCE_OF:
        return str(way.label)
    return _("%(way)s：%(evidence)s") % {"way": way.label, "evidence": EVIDENCE_OF[way]}

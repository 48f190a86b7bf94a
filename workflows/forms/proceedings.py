"""Forms of a proceeding over a title: opening, papers, the holder's defence, hearing, order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.change_words import ChangeState
from accreditation.enums import ProceedingKind, ProceedingState, TitleState
from accreditation.forms.days import DayField
from accreditation.grounds import GROUNDS, grounds_for
from accreditation.models import Proceeding
from accreditation.reconsideration_words import ReconsiderationState
from workflows.forms.casework import LONG, Confirmation, FilterForm
from workflows.forms.district import SEARCH

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MATTER_STATES = [("", _("全部")), *ProceedingState.choices, *ChangeState.choices, *ReconsiderationState.choices]
GROUND_CHOICES = [(ground.value, facts.label) for ground, facts in GROUNDS.items()]


def _facts_field() -> forms.CharField:
    return forms.CharField(
        label=_("查明的事实"),
        help_text=_("写明时间、事实和证据，将写入告知书和决定书。"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class MatterFilter(FilterForm):
    """Filters of the list of proceedings."""

    words = forms.CharField(label=_("企业或编号"), required=False, max_length=60, widget=SEARCH)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=MATTER_STATES)


class TitleFilter(FilterForm):
    """Filters of the list of titles."""

    words = forms.CharField(
        label=_("企业、编号或信用代码"), required=False, max_length=60, widget=forms.TextInput(attrs=SEARCH.attrs)
    )
    state = forms.ChoiceField(label=_("称号状态"), required=False, choices=[("", _("全部")), *TitleState.choices])


class OpeningForm(forms.Form):
    """What is to be done with a title, on which ground and facts."""

    kind = forms.ChoiceField(label=_("处理类别"), choices=ProceedingKind.choices, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("事由"), choices=GROUND_CHOICES)
    found_facts = _facts_field()


class CancellationForm(forms.Form):
    """The holder gives its title up, and writes down which one."""

    reason = forms.CharField(label=_("申请注销的原因"), max_length=2000, widget=forms.Textarea(attrs=LONG))
    confirmed = forms.CharField(
        label=_("要注销的称号编号"),
        help_text=_("请照上面的称号编号填写，表示确认注销的是这一称号，并知道注销的后果。"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RevisionForm(forms.Form):
    """Ground and facts, as long as nobody was told of them."""

    ground = forms.ChoiceField(label=_("事由"))
    found_facts = _facts_field()

    def __init__(self, *args: Any, subject: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(ground.value, GROUNDS[ground].label) for ground in grounds_for(subject.kind)]
        self.initial = {"ground": subject.ground, "found_facts": subject.found_facts, **self.initial}


class DocumentForm(forms.Form):
    """A paper and what it shows."""

    file = forms.FileField(label=_("文件"), help_text=_("PDF、JPG 或 PNG。"))
    purpose = forms.CharField(label=_("证明内容"), max_length=200)


class NoticeForm(forms.Form):
    """The national document that decides over a national title."""

    authority = forms.CharField(label=_("发文机关"), max_length=200)
    number = forms.CharField(label=_("国家文件文号"), max_length=60)
    dated = DayField(label=_("印发日期"), widget=DAY)
    file = forms.FileField(label=_("文件扫描件"), help_text=_("PDF、JPG 或 PNG。"))

    def __init__(self, *args: Any, subject: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"authority": subject.title.programme.granted_by.name_zh, **self.initial}


class StatementForm(forms.Form):
    """What the holder answers."""

    statement = forms.CharField(
        label=_("陈述申辩意见"),
        help_text=_("期限届满前可以再次提交作为补充；每次提交的意见都保留在卷中。"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class WaiverOfRestForm(forms.Form):
    """The holder says in so many words that it wants neither a hearing nor the days that are left."""

    gives_up_rest = Confirmation(label=_("本单位放弃申请听证的权利，并放弃陈述申辩期限内其余的时间。"))


class RequestWithdrawalForm(forms.Form):
    """Why the holder keeps its title, where it wants to say it."""

    reason = forms.CharField(label=_("撤回的原因"), max_length=2000, required=False, widget=forms.Textarea(attrs=LONG))


class HearingRequestForm(forms.Form):
    """A request to be heard in person."""

    statement = forms.CharField(label=_("补充意见"), max_length=5000, required=False, widget=forms.Textarea(attrs=LONG))


class HearingCallForm(forms.Form):
    """Day and place of the hearing."""

    hearing_on = DayField(label=_("听证日期"), help_text=_("工作日，至少在七个工作日之后。"), widget=DAY)
    hearing_place = forms.CharField(label=_("听证地点"), max_length=120)
    late_reason = forms.CharField(
        label=_("逾期举行的理由"),
        help_text=_("听证日期晚于申请后二十个工作日的，须写明；写入听证通知。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs=LONG),
    )


class HearingRecordForm(forms.Form):
    """What was said."""

    hearing_record = forms.CharField(label=_("听证笔录"), max_length=20000, widget=forms.Textarea(attrs={"rows": 10}))


class OrderForm(forms.Form):
    """The order of the deciding person."""

    order_number = forms.CharField(label=_("文号"), max_length=60)
    ordered_on = DayField(label=_("决定日期"), widget=DAY)
    effective_from = DayField(label=_("生效日期"), help_text=_("可以晚于决定日期，届时自动生效。"), widget=DAY)
    until = DayField(label=_("暂停期满日"), help_text=_("只用于暂停；不填则须另行恢复。"), required=False, widget=DAY)
    reasons = forms.CharField(
        label=_("决定理由"),
        help_text=_("写明证据、对申辩意见的采纳情况和依据，将写入决定书。"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, subject: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if subject.kind != ProceedingKind.SUSPENSION:
            del self.fields["until"]
        if subject.notice is not None:  # number and day are those of the national document
            del self.fields["order_number"], self.fields["ordered_on"]
            self.initial = {"effective_from": subject.notice.dated, **self.initial}

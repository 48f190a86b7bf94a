"""Forms of administrative reconsideration: the application, the answer, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.clocks import SUSPENDS_RECONSIDERATION
from accreditation.forms.days import DayField
from accreditation.models import Reconsideration
from accreditation.models.cases import CaseSubject
from accreditation.reconsideration_words import (
    MOST_MORE_DAYS,
    MOST_MORE_DAYS_TO_SUPPLEMENT,
    OUTCOMES,
    DeclineGround,
    Outcome,
    Remedy,
    outcome_label,
)
from accreditation.templatetags.dates import day_text
from workflows.filing_days import counted_now, filed_on, late_days
from workflows.forms.casework import LONG, PauseForm
from workflows.forms.proceedings import DAY
from workflows.reconsideration_guards import is_too_old


def _text(label: Any, help_text: Any = "", rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FilingForm(forms.Form):
    """The enterprise's application for reconsideration; why it comes late only where it may come late."""

    known_on = DayField(
        label=_("知道该行为的日期"), help_text=_("一般为收到文书之日；自该日起六十日内可以申请。"), widget=DAY
    )
    claim = _text(_("复议请求"), _("例如：请求撤销该决定。"), 3)
    reasons = _text(_("事实和理由"), _("提交后还可以补充证据文件。"))
    late_reason = _text(
        _("逾期申请的理由"),
        _("自知道之日起超过六十日的必须填写：因何不可抗力或者其他正当理由耽误，何时起、何时消除；由复议机关审查。"),
        4,
    )
    field_order = ("known_on", "late_reason", "claim", "reasons")

    def __init__(self, *args: Any, may_be_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_be_late:
            self.fields["late_reason"].required = False
        else:
            del self.fields["late_reason"]


class SupplementForm(forms.Form):
    """The application as filed, to be put right; what lacks stands above it, to be read."""

    lacking = forms.CharField(
        label=_("须补正的事项"), required=False, disabled=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    claim = _text(_("复议请求"), rows=3)
    reasons = _text(_("事实和理由"), _("所缺的文件请先用“提交文件”提交，再在此确认补正。"))

    def __init__(
        self, data: Any = None, files: Any = None, *, subject: CaseSubject, initial: Mapping[str, Any] | None = None
    ) -> None:
        assert isinstance(subject, Reconsideration)
        filed = {"claim": subject.claim, "reasons": subject.reasons}
        super().__init__(data, files, initial=filed | dict(initial or {}) | {"lacking": subject.lacking})
        self.fields["lacking"].required = bool(subject.lacking)  # else it would be called optional


class LackingForm(forms.Form):
    """Everything that has to be supplied, told at once."""

    lacking = _text(_("须补正的事项"), _("每行一项，一次写全；将写入补正通知书，且只能要求补正一次。"))


class AnswerForm(forms.Form):
    """What the body concerned answers."""

    answer = _text(_("书面答复"), _("写明事实、证据和依据；卷宗材料请先作为文件提交。"), 8)


class WhyForm(forms.Form):
    """A reason that is written into a letter or the record."""

    reason = forms.CharField(label=_("理由"), min_length=5, max_length=3000, widget=forms.Textarea(attrs=LONG))


class EstablishedDayForm(forms.Form):
    """The day from which the time to file ran, where the examination finds another one than it was counted from.

    Not asked where it came in time even as counted from the day of the letter.
    """

    established_on = DayField(
        label=_("认定的知道或者应当知道之日"),
        required=False,
        widget=DAY,
    )
    established_why = forms.CharField(
        label=_("认定该日期的事实和证据"),
        help_text=_("填写日期的必须填写，将写入文书送达申请人。"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, subject: CaseSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert isinstance(subject, Reconsideration)
        self.subject = subject
        self.may_be_late = late_days(subject.told_by.dated, filed_on(subject)) > 0
        if not self.may_be_late:
            del self.fields["established_on"], self.fields["established_why"]
            return
        served_on, _late = counted_now(subject)
        words = {
            "day": day_text(subject.established_on or served_on or subject.known_on),
            "whose": _("送达记录") if served_on else _("申请人自述"),
        }
        text = _("现按%(whose)s自%(day)s起算。与此不同时填写，否则留空。")
        self.fields["established_on"].help_text = text % words


class AcceptForm(EstablishedDayForm):
    """Accepted, with the day from which its time ran where that is established."""


class DeclineForm(WhyForm, EstablishedDayForm):
    """Which condition is not met, and why; lateness only of what came late."""

    decline_ground = forms.ChoiceField(
        label=_("不符合的受理条件"), choices=DeclineGround.choices, widget=forms.RadioSelect
    )
    field_order = ("decline_ground", "established_on", "established_why", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = self.subject
        found = self.fields["decline_ground"]
        assert isinstance(found, forms.ChoiceField)
        if late := counted_now(subject)[1]:
            text = _("本申请超过申请期限 %(n)d 日提出，申请人说明的理由见案情。")
            found.help_text = text % {"n": late}
        unfit = {DeclineGround.TIME: not self.may_be_late, DeclineGround.TOO_OLD: not is_too_old(subject)}
        found.choices = [choice for choice in DeclineGround.choices if not unfit.get(DeclineGround(choice[0]), False)]


class ProlongForm(WhyForm):
    """Days within the law, and why."""

    days = forms.IntegerField(
        label=_("延长的天数"),
        help_text=_("自然日，只能延长一次。"),
        min_value=1,
        max_value=MOST_MORE_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ProlongSupplementForm(WhyForm):
    """Working days more to supplement, and why."""

    days = forms.IntegerField(
        label=_("延长的天数"),
        help_text=_("工作日，只能延长一次。"),
        min_value=1,
        max_value=MOST_MORE_DAYS_TO_SUPPLEMENT,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class SuspensionForm(PauseForm):
    """A ground of the law, and what it is in this case."""

    grounds = SUSPENDS_RECONSIDERATION

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].help_text = _("写明事实，将写入告知书送达申请人；被申请人在本案中可以看到。")


class ProposalForm(WhyForm):
    """What is put before the person who decides."""

    outcome = forms.ChoiceField(label=_("复议决定"), choices=Outcome.choices, widget=forms.RadioSelect)
    field_order = ("outcome", "reason")


class DecisionForm(forms.Form):
    """The decision of the second person."""

    outcome = forms.ChoiceField(label=_("复议决定"), choices=Outcome.choices, widget=forms.RadioSelect)
    decision_number = forms.CharField(label=_("文号"), max_length=60)
    decided_on = DayField(label=_("决定日期"), widget=DAY)
    reasons = _text(_("决定理由"), _("将写入复议决定书。"))


class RemedyForm(forms.Form):
    """A judgment to be carried out, or the body's own correction; what either needs is asked when it is put forward."""

    remedy = forms.ChoiceField(
        label=_("依据"),
        help_text=_("法院裁判须已生效并附裁判文书；自行纠正只能撤销原行为，由本机关说明理由。"),
        choices=[(Remedy.JUDGMENT, Remedy.JUDGMENT.label), (Remedy.OWN_CORRECTION, Remedy.OWN_CORRECTION.label)],
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(label=_("结果"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("案号或者文号"), help_text=_("法院裁判填案号，自行纠正填决定书的文号。"), max_length=60
    )
    dated = DayField(label=_("裁判或者决定的日期"), widget=DAY)
    court = forms.CharField(label=_("法院"), help_text=_("只用于法院裁判。"), max_length=100, required=False)
    in_force_on = DayField(label=_("裁判生效日期"), help_text=_("只用于法院裁判。"), required=False, widget=DAY)
    reasons = _text(_("理由"), _("将写入告知书或者决定书。"))
    is_later = forms.BooleanField(
        label=_("替代已执行的裁判"),
        help_text=_("上诉或者再审的裁判生效的，替代此前对同一行为已执行的裁判；不再重复提请同一裁判。"),
        required=False,
    )
    file = forms.FileField(
        label=_("裁判文书或者依据"), help_text=_("PDF、JPG 或 PNG；法院裁判必须附。"), required=False
    )

    def __init__(self, *args: Any, was_judged: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not was_judged:
            del self.fields["is_later"]
        judged = OUTCOMES[Remedy.JUDGMENT]
        choices = [(outcome.value, outcome_label(Remedy.JUDGMENT, outcome)) for outcome in judged]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # a field of choices

"""Forms of re-examinations: the round, the figures, the material, the opinion, the letter, the ministry's result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.days import DayField
from accreditation.models import Reexamination
from accreditation.reexamination_words import Advice
from workflows.forms.casework import LONG, Confirmation, offer
from workflows.forms.matter_returns import NamedFiguresForm, SummaryForm
from workflows.forms.recommendations import OutsideNoticeForm
from workflows.forms.yearly_reports import figures_on_record, saved_figures
from workflows.reexamination_acts import fields_asked

FIRST_YEAR, LAST_YEAR = 2011, 2100
WHOLE = forms.TextInput(attrs={"inputmode": "numeric"})
NOT_SET = _("国家文件未作规定，由通知写明。")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RoundForm(forms.Form):
    """A round."""

    year = forms.IntegerField(
        label=_("复核年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=WHOLE,
        help_text=_("数据截至上一年度末，财务数据以审计为准。"),
    )  # fmt: skip
    document = forms.CharField(label=_("通知文号"), max_length=80)
    due_on = DayField(label=_("报送截止日"), help_text=_("由当年通知规定。"), widget=_day())
    return_days = forms.IntegerField(
        label=_("退回补正的工作日数"), min_value=1, max_value=60, widget=WHOLE, help_text=NOT_SET
    )
    review_days = forms.IntegerField(
        label=_("市级审核的工作日数"), min_value=1, max_value=120, widget=WHOLE, help_text=NOT_SET
    )


class FiguresForm(NamedFiguresForm):
    """Figures to the end of the year before; what is known stands there already, to be checked."""

    def __init__(self, *args: Any, subject: Reexamination, **kwargs: Any) -> None:
        asked, round_ = fields_asked(subject), subject.round
        known = saved_figures(asked, subject.figures) or figures_on_record(subject, asked, round_.rule_set, round_.year)
        super().__init__(*args, asked=asked, known=known, subject=subject, **kwargs)


class MaterialForm(SummaryForm):
    """What the three years were like, in words."""

    summary = forms.CharField(
        label=_("自评情况"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("对照认定条件，写明三年来的创新工作、成效、重大变化和存在的问题。"),
    )  # fmt: skip


class OpinionForm(forms.Form):
    """What the municipal office advises."""

    position = forms.ChoiceField(label=_("审核意见"), choices=Advice.choices, widget=forms.RadioSelect)
    opinion = forms.CharField(
        label=_("意见说明"), max_length=3000, widget=forms.Textarea(attrs=LONG),
        help_text=_("写明核对情况和依据，至少十个字；随上报文件报送国家主管部门。"),
    )  # fmt: skip


class ForwardForm(forms.Form):
    """The letter that takes opinions to the ministry."""

    cases = forms.MultipleChoiceField(label=_("上报名单"), widget=forms.CheckboxSelectMultiple)
    number = forms.CharField(label=_("上报文号"), max_length=60)
    dated = DayField(label=_("行文日期"), widget=_day())
    addressed_to = forms.CharField(label=_("主送机关"), max_length=120)

    def __init__(self, *args: Any, listed: Iterable[Reexamination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = {row.case.number: row for row in listed}
        offer(self, "cases", [(number, _line(row)) for number, row in self.listed.items()])
        self.fields["cases"].initial = list(self.listed)

    @property
    def chosen(self) -> list[Reexamination]:
        """The ticked cases."""
        return [self.listed[number] for number in sorted(self.cleaned_data["cases"])]


def _line(row: Reexamination) -> str:
    said = f"（{Advice(row.position).label}）" if row.position else ""
    return f"{row.case.enterprise.name} {row.case.number}{said}"


class ResultForm(OutsideNoticeForm):
    """Whom the ministry's notice keeps, whom it does not; who is in neither list waits on."""

    passed = forms.MultipleChoiceField(label=_("复核合格"), required=False, widget=forms.CheckboxSelectMultiple)
    failed = forms.MultipleChoiceField(
        label=_("复核不合格"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("两个名单都未勾选的，继续等待国家结果。"),
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("不合格的说明"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("国家主管部门说明了理由的照录；写入告知书。"),
    )  # fmt: skip
    valid_until = DayField(
        label=_("合格称号的有效期至"), required=False,
        help_text=_("文件未写明的留空，按规则的复核周期自文件印发之日起计算。"), widget=_day(),
    )  # fmt: skip
    checked = Confirmation(label=_("我已将名单与文件逐项核对；登记后由另一人核对生效。"))

    def __init__(self, *args: Any, listed: Iterable[Reexamination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = {row.case.number: row for row in listed}
        self.fields["dated"].help_text = _("不能晚于今天。")
        for field in ("passed", "failed"):
            offer(self, field, [(number, _line(row)) for number, row in self.listed.items()])

    def clean(self) -> dict[str, Any]:
        """Nobody stands in both lists, somebody in one."""
        said = super().clean() or {}
        passed, failed = set(said.get("passed") or []), set(said.get("failed") or [])
        if both := sorted(passed & failed):
            self.add_error("failed", _("%(no)s 同时列入了两个名单。") % {"no": "、".join(both)})
        if not passed | failed:
            self.add_error("passed", _("请至少登记一个结果。"))
        return said

    def outcome(self) -> tuple[list[Reexamination], list[Reexamination]]:
        """Those who passed, those who failed."""
        passed, failed = (sorted(self.cleaned_data[name]) for name in ("passed", "failed"))
        return [self.listed[number] for number in passed], [self.listed[number] for number in failed]

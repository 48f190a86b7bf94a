"""Forms of the recommendation for national titles: consultation, initial score, quota, ranking, letter, result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState
from accreditation.errors import Refusal
from accreditation.forms.days import DayField
from accreditation.models import Application, Title
from accreditation.recommendation_words import Department, OutsideBand, Position, TieRule
from accreditation.services.files import ALLOWED, check_file
from accreditation.services.supplementary_rankings import Statement
from workflows.forms.casework import LONG, Confirmation, offer
from workflows.forms.office import ListForm

HEAD = 16
NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


class ConsultationForm(forms.Form):
    """Which departments are asked."""

    departments = forms.MultipleChoiceField(
        label=_("会商部门"),
        help_text=_("国家推荐按发改办高技〔2016〕937号会同科技、财政、海关、税务部门核查；市级认定按本批次的规则。"),
        choices=Department.choices,
        initial=Department.values,
        widget=forms.CheckboxSelectMultiple,
    )
    opinion = forms.CharField(
        label=_("核查意见"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("真实性、领域等核查的结论，随会商一并记录。"),
    )  # fmt: skip


class DepartmentAnswerForm(forms.Form):
    """What one department wrote."""

    department = forms.ChoiceField(label=_("答复部门"), choices=Department.choices)
    position = forms.ChoiceField(label=_("部门意见"), choices=Position.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("意见内容"), max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("照录书面答复的要点；申报单位看不到。"),
    )  # fmt: skip
    document_number = forms.CharField(label=_("来文文号"), required=False, max_length=60)
    dated = DayField(label=_("来文日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    file = forms.FileField(
        label=_("来文"), required=False, max_length=200,
        help_text=_("PDF、JPG 或 PNG。没有文号的来文必须上传；更正时不上传的，保留原来的来文。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    without_file = forms.BooleanField(
        label=_("撤下原来的来文"), required=False,
        help_text=_("更正时，原来上传的文件不是该部门对本件的来文的，勾选；撤下的文件留存在办理记录中。"),
    )  # fmt: skip
    correction = forms.CharField(
        label=_("更正的理由"), required=False, max_length=500, widget=forms.Textarea(attrs=LONG),
        help_text=_("该部门的意见已登记过时必填；原来的登记留存在办理记录中。"),
    )  # fmt: skip


def _without_answer() -> forms.CharField:
    return forms.CharField(
        label=_("不等待部门答复的理由"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("会商期限已满而有部门未答复时必填。"),
    )  # fmt: skip


class ScoreForm(forms.Form):
    """The office stands by the computed score."""

    opinion = forms.CharField(label=_("初评意见"), max_length=2000, widget=forms.Textarea(attrs=LONG))


class InitialScoreForm(ScoreForm):
    """The same after a consultation."""

    objections_answered = forms.CharField(
        label=_("部门不同意见的处理情况"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("有部门提出不同意见时必填。"),
    )  # fmt: skip
    without_answer_for = _without_answer()


class BelowLimitForm(forms.Form):
    """Reasons beside score and limit, which the letter holds by itself."""

    opinion = forms.CharField(
        label=_("理由"), max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("初评得分和推荐要求由系统写入告知书，这里说明失分的主要方面。"),
    )  # fmt: skip
    without_answer_for = _without_answer()


class QuotaForm(forms.Form):
    """The number of recommendations and the document that sets it."""

    quota = forms.IntegerField(
        label=_("推荐名额"), min_value=1, max_value=999, widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("2017 年以后的通知中未见全国统一名额，须按当年通知或本市分配登记。"),
    )  # fmt: skip
    ground = forms.CharField(label=_("名额依据"), max_length=200, help_text=_("文件名称和文号。"))


class RankingForm(forms.Form):
    """Who comes first of two with equal scores."""

    tie_rule = forms.ChoiceField(
        label=_("得分相同时的排序规则"), choices=TieRule.choices, widget=forms.RadioSelect,
        help_text=_("国家文件未作规定，由市认定办公室选定并写入排序文本；仍相同的，申报编号在前者在先。"),
    )  # fmt: skip


class SupplementForm(forms.Form):
    """Places beyond the quota with the document that allows them, and why a case is late that no decision sent back."""

    extra_quota = forms.IntegerField(
        label=_("追加名额"), min_value=0, max_value=999, initial=0, widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("名额已用完而按首次排序应在名额以内的，须经上级同意追加；没有追加的填 0。"),
    )  # fmt: skip
    extra_ground = forms.CharField(
        label=_("追加名额的依据"), required=False, max_length=200, help_text=_("上级同意追加名额的文件名称和文号。")
    )
    reason = forms.CharField(
        label=_("排序固定后才列入的事由"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("责令重新办理的决定、裁判由系统写入；没有的须写明。"),
    )  # fmt: skip

    def statement(self) -> Statement:
        """What the office states, without blanks around it."""
        said = self.cleaned_data
        return Statement(said["extra_quota"], said["extra_ground"].strip(), said["reason"].strip())


class RecommendationForm(ListForm):
    """The letter to the national authority."""

    number = forms.CharField(label=_("推荐文件文号"), max_length=60)
    dated = DayField(label=_("行文日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    addressed_to = forms.CharField(label=_("主送机关"), max_length=120)


class OutsideNoticeForm(forms.Form):
    """A notice of a national authority, as received."""

    authority = forms.CharField(label=_("发文机关"), max_length=200)
    number = forms.CharField(label=_("国家文件文号"), max_length=60)
    dated = DayField(
        label=_("印发日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("称号自该日起有效，不能晚于今天。"),
    )  # fmt: skip
    file = forms.FileField(
        label=_("文件扫描件"), help_text=_("PDF、PNG 或 JPEG。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    media_type = ""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_dated(self) -> date:
        """A day that has come."""
        dated: date = self.cleaned_data["dated"]
        if dated > self.today:
            raise forms.ValidationError(_("日期不能晚于今天。"), code="future")
        return dated

    def clean_file(self) -> Any:
        """Size, ending and first bytes of the scan."""
        upload = self.cleaned_data["file"]
        head = upload.read(HEAD)
        upload.seek(0)
        try:
            self.media_type = check_file(upload.name, upload.size, head, ALLOWED).media_type
        except Refusal as refusal:
            raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from None
        return upload


class ResultForm(OutsideNoticeForm):
    """Who is in the national list; the others are not."""

    recognised = forms.MultipleChoiceField(
        label=_("列入认定名单的申报件"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("未勾选的登记为国家未认定。"),
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("未认定的说明"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("国家主管部门说明了理由的照录；写入告知书。"),
    )  # fmt: skip
    without_public_notice = forms.CharField(
        label=_("国家公示未登记或未满的原因"), required=False, max_length=500,
        help_text=_("国家公示已登记且已期满的不填。"),
    )  # fmt: skip
    checked = Confirmation(label=_("我已将名单与文件逐项核对；登记后由另一人核对生效。"))

    def __init__(self, *args: Any, applications: Iterable[Application], has_public_notice: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_public_notice:
            del self.fields["without_public_notice"]
        self.applications = {row.case.number: row for row in applications}
        rows = [(number, f"{row.enterprise.name} {number}") for number, row in self.applications.items()]
        offer(self, "recognised", rows)

    def outcome(self) -> tuple[list[Application], dict[Application, str]]:
        """The recognised ones, and the others with what was said of them."""
        ticked, said = set(self.cleaned_data["recognised"]), self.cleaned_data["reasons"]
        recognised = [row for number, row in self.applications.items() if number in ticked]
        return recognised, {row: said for number, row in self.applications.items() if number not in ticked}


class CorrectionForm(OutsideNoticeForm):
    """Which lines of a confirmed list were read wrongly: each is turned round."""

    changed = forms.MultipleChoiceField(
        label=_("登记有误的申报件"), widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾选与国家文件不一致的申报件；其余的不变。"),
    )  # fmt: skip
    why = forms.CharField(
        label=_("登记有误的原因"), max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("写明错在何处，写入告知书。"),
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("未认定的说明"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("国家主管部门说明了理由的照录；写入告知书。"),
    )  # fmt: skip
    checked = Confirmation(label=_("我已将更正的内容与文件逐项核对；登记后由另一人核对生效。"))
    field_order = ("changed", "why", "reasons", "authority", "number", "dated", "file", "checked")

    def __init__(self, *args: Any, lines: Iterable[tuple[Application, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dated"].help_text = _("所更正的名单本身，或者国家主管部门更正名单的文件；不能晚于今天。")
        found = list(lines)
        self.applications = {row.case.number: row for row, _change in found}
        offer(
            self,
            "changed",
            [(row.case.number, f"{row.enterprise.name} {row.case.number} {said}") for row, said in found],
        )

    def outcome(self) -> tuple[list[Application], dict[Application, str]]:
        """Those that were recognised after all, and those that were not with what was said of them."""
        ticked = [self.applications[number] for number in sorted(self.cleaned_data["changed"])]
        taken = [row for row in ticked if row.state == ApplicationState.RECOGNISED_ABOVE]
        return [row for row in ticked if row not in taken], dict.fromkeys(taken, self.cleaned_data["reasons"])


class EvaluationForm(OutsideNoticeForm):
    """The result of a national evaluation of one title."""

    year = forms.IntegerField(
        label=_("评价年度"), min_value=1993, max_value=2100, widget=forms.TextInput(attrs=NUMERIC)
    )
    band = forms.ChoiceField(label=_("评价结果"), choices=OutsideBand.choices, widget=forms.RadioSelect)
    consequence = forms.CharField(
        label=_("后果"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("基本合格：警告并限期整改；不合格：撤销资格。改变称号状态的结果须由另一人核对或登记后生效。照文件写明。"),
    )  # fmt: skip

    field_order = ("year", "band", "consequence", "authority", "number", "dated", "file")


class ResultAnswerForm(forms.Form):
    """The second officer's decision over a result that would move its title."""

    is_confirmed = forms.ChoiceField(
        label=_("核对意见"),
        choices=[("yes", _("与文件扫描件一致，确认")), ("no", _("不予确认"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("不予确认的，须写明理由；登记人可以重新登记。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class ParentForm(forms.Form):
    """The parent's standing national title, under which a branch centre applies."""

    parent = forms.ChoiceField(label=_("母公司的国家企业技术中心"))

    def __init__(self, *args: Any, titles: Iterable[Title], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {title.number: title for title in titles}
        rows = [(number, f"{title.holder.name}（{number}）") for number, title in self.titles.items()]
        offer(self, "parent", [("", _("请选择")), *rows])

    def clean_parent(self) -> Title:
        """The title."""
        return self.titles[self.cleaned_data["parent"]]

"""Forms of the pool of experts: search, particulars, pause, ties, links, the table that is imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import LinkKind, TieKind
from accreditation.models import ExpertProfile
from accreditation.services.experts import Particulars, StatedTie
from accreditation.trades import DIVISIONS, SUBJECTS
from workflows.forms.casework import LONG, FilterForm
from workflows.forms.district import SEARCH

DAY = {"type": "date"}
CODE = {"autocomplete": "off", "translate": "no"}
FIELD_CHOICES = [
    (_("通用"), list(SUBJECTS.items())),
    (_("行业大类（GB/T 4754）"), [(code, label) for code, label in DIVISIONS.items()]),
]
STATES = [
    ("", _("全部")),
    ("asked", _("可参加评审")),
    ("paused", _("暂停")),
    ("out_of_term", _("不在聘期")),
    ("not_in_office", _("未授予角色")),
]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more)


class ExpertSearch(FilterForm):
    """Search over the pool."""

    words = forms.CharField(label=_("姓名、单位或领域"), required=False, max_length=60, widget=SEARCH)
    field = forms.ChoiceField(
        label=_("领域"), required=False, choices=[("", _("全部")), *SUBJECTS.items(), *DIVISIONS.items()]
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)


class ParticularsForm(forms.Form):
    """What the office keeps of an expert."""

    field = forms.CharField(label=_("专业领域"), max_length=80)
    fields_asked = forms.MultipleChoiceField(
        label=_("参加抽取的领域"), help_text=_("可选多项；抽取时与申报单位的行业大类比对。"), required=False,
        choices=FIELD_CHOICES, widget=forms.SelectMultiple(attrs={"size": 8}),
    )  # fmt: skip
    title = forms.CharField(label=_("职称"), max_length=80, required=False)
    employer = forms.CharField(label=_("工作单位"), max_length=120)
    employer_uscc = forms.CharField(
        label=_("工作单位信用代码"), max_length=30, required=False, widget=forms.TextInput(attrs=CODE)
    )
    left_on = _day(
        _("原单位离任日期"),
        help_text=_("更换工作单位时填写，不填为今天；原单位转为“曾任职”，在批次规定的年限内仍须回避。"),
    )
    term_from = _day(_("聘期起"))
    term_until = _day(_("聘期止"), help_text=_("含当日；不填为不限。"))

    def particulars(self) -> Particulars:
        """As the service takes them."""
        said = self.cleaned_data
        return Particulars(
            field=said["field"],
            employer=said["employer"],
            fields=tuple(said["fields_asked"]),
            title=said["title"],
            employer_uscc=said["employer_uscc"],
            term_from=said["term_from"],
            term_until=said["term_until"],
            left_on=said["left_on"],
        )

    @staticmethod
    def initial_of(profile: ExpertProfile) -> dict[str, Any]:
        """What the form shows first."""
        names = ("field", "title", "employer", "employer_uscc", "term_from", "term_until")
        return {name: getattr(profile, name) for name in names} | {"fields_asked": profile.fields}


class PauseForm(forms.Form):
    """Not to be asked for a while."""

    paused_until = _day(_("暂停至"), help_text=_("含当日；不填为直至恢复。"))
    reason = forms.CharField(label=_("暂停理由"), max_length=200)


class PoolTieForm(forms.Form):
    """A tie of an expert."""

    kind = forms.ChoiceField(label=_("类别"), choices=TieKind.choices)
    enterprise_name = forms.CharField(label=_("企业名称"), max_length=120, required=False)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=30, required=False, widget=forms.TextInput(attrs=CODE)
    )
    patent = forms.CharField(
        label=_("专利号"),
        help_text=_("共同发明人可只填专利号，与申报材料所报专利比对。"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=CODE),
    )
    since = _day(_("开始日期"))
    until = _day(_("终止日期"), help_text=_("仍在持续的不填。"))
    source = forms.CharField(label=_("依据或说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def stated(self) -> StatedTie:
        """As the service takes it."""
        return StatedTie(**self.cleaned_data)


class WithdrawForm(forms.Form):
    """Why a record counts no more."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs=LONG))


class TieEndForm(forms.Form):
    """A tie that has ended, with its last day; or one that was entered by mistake, without."""

    until = _day(
        _("终止日期"),
        help_text=_("关系确曾存在、现已终止的填写：记录保留，在批次规定的年限内仍须回避；登记有误、应当撤下的不填。"),
    )

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs=LONG))


class LinkSearch(FilterForm):
    """Search over links."""

    words = forms.CharField(label=_("信用代码或企业名称"), required=False, max_length=60, widget=SEARCH)


class LinkForm(forms.Form):
    """One enterprise is so much to another."""

    uscc = forms.CharField(label=_("企业信用代码"), max_length=30, widget=forms.TextInput(attrs=CODE))
    kind = forms.ChoiceField(label=_("对方是该企业的"), choices=LinkKind.choices)
    other_name = forms.CharField(label=_("对方名称"), max_length=120)
    other_uscc = forms.CharField(label=_("对方信用代码"), max_length=30, widget=forms.TextInput(attrs=CODE))
    source = forms.CharField(label=_("依据"), max_length=300, help_text=_("例如国家企业信用信息公示系统的股东信息。"))


class TableForm(forms.Form):
    """The table that is imported."""

    file = forms.FileField(label=_("专家表"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}))

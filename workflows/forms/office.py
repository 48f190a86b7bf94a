"""Forms of the municipal office and the publisher: search, panel, batch, notice, announcement, objection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS, ObjectionState
from accreditation.forms.days import DayField
from accreditation.models import Application, Body, Programme, RuleSetEdition, User
from accreditation.selectors.granting import own_bodies
from accreditation.services.rule_sets import rules_of_edition
from workflows.forms.casework import FilterForm, offer
from workflows.forms.district import SEARCH, STATES, URGENCIES
from workflows.presentation.words import body_name, either, named
from workflows.procedures import PROCEDURES

OFFICE_NODES = [
    ("", _("全部")),
    ("completeness_check", _("市级形式审查")),
    ("appoint_panel", _("组成评审组")),
    ("consultation", _("部门会商与初评")),
    ("ranking", _("按初评得分排序")),
    ("overall_review", _("综合评审")),
    ("table_again", _("重新提请审议")),
]


def places() -> list[tuple[str, Any]]:
    """Every district, and the zones and groups that recognise by themselves."""
    own = [(body.district, body_name(body)) for body in own_bodies()]
    return [("", _("全部")), *DISTRICTS.items(), *own]


OVERRIDE = _("写入办理日志，审计管理员可以看到。")
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


class OfficeInboxFilter(FilterForm):
    """Filters of the office's own tasks."""

    words = forms.CharField(label=_("企业或编号"), required=False, max_length=60, widget=SEARCH)
    node = forms.ChoiceField(label=_("环节"), required=False, choices=OFFICE_NODES)
    district = forms.ChoiceField(label=_("区"), required=False, choices=places)
    urgency = forms.ChoiceField(label=_("时限"), required=False, choices=URGENCIES)


class CaseSearch(FilterForm):
    """Search over all filed cases."""

    words = forms.CharField(
        label=_("企业、编号或信用代码"), required=False, max_length=60, widget=forms.TextInput(attrs=SEARCH.attrs)
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)
    district = forms.ChoiceField(label=_("区"), required=False, choices=places)
    batch = forms.ChoiceField(label=_("批次"), required=False)

    def __init__(self, *args: Any, batches: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "batch", [("", _("全部")), *((code, code.upper()) for code in batches)])


class ObjectionFilter(FilterForm):
    """Objections of one state."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *ObjectionState.choices])


class PanelForm(forms.Form):
    """As many experts as the batch asks for; who is tied cannot be chosen."""

    experts = forms.MultipleChoiceField(label=_("评审专家"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("不按抽取结果的理由"), help_text=OVERRIDE, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: Iterable[User], size: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.size = size
        offer(self, "experts", [(key, str(person)) for key, person in self.people.items()])

    def clean_experts(self) -> list[User]:
        """The people, in the order of the pool."""
        chosen = set(self.cleaned_data["experts"])
        if len(chosen) != self.size:
            values = {"n": self.size, "m": len(chosen)}
            raise forms.ValidationError(_("须选 %(n)d 名专家，现选 %(m)d 名。"), code="size", params=values)
        return [person for key, person in self.people.items() if key in chosen]


class SuccessorForm(forms.Form):
    """The expert who takes an empty place."""

    expert = forms.ChoiceField(label=_("递补专家"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("不依次递补的理由"), help_text=OVERRIDE, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        offer(self, "expert", [(key, str(person)) for key, person in self.people.items()])

    def clean_expert(self) -> User:
        """The person."""
        return self.people[self.cleaned_data["expert"]]


class OrderForm(forms.Form):
    """Why an expert is told to step down."""

    tie = forms.CharField(
        label=_("利害关系"), help_text=OVERRIDE, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProgrammeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Programmes by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return either(obj, "name")


class EditionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Stored editions of rule sets by name, with reference and digest for whoever has two of one name."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, then what tells it from others of that name."""
        return f"{either(rules_of_edition(obj), 'name')} ({obj})"


class AuthorityChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Authorities by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return body_name(obj)


class BatchForm(forms.Form):
    """Everything that is pinned when a batch is opened."""

    programme = ProgrammeChoice(label=_("项目"), queryset=Programme.objects.none(), empty_label=None)
    edition = EditionChoice(
        label=_("规则集版本"),
        queryset=RuleSetEdition.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    procedure = forms.ChoiceField(label=_("办理程序版本"))
    authority = AuthorityChoice(
        label=_("认定机构"),
        help_text=_("区、开发区或集团自行认定的，选择该机构；市级认定不选。"),
        queryset=Body.objects.none(),
        required=False,
        empty_label=_("市认定办公室"),
    )
    ordinal = forms.IntegerField(
        label=_("批次序号"), min_value=1, max_value=9999, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    year = forms.IntegerField(
        label=_("年度"), min_value=2000, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    reporting_year = forms.IntegerField(
        label=_("数据年度"),
        help_text=_("评价数据表最近一年的年度，一般为上一年度。"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    opens_at = forms.DateTimeField(
        label=_("开始受理"),
        help_text=_("上海时间。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT),
    )
    closes_at = forms.DateTimeField(
        label=_("截止受理"),
        help_text=_("上海时间；该时刻的整分钟内仍可提交。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT),
    )
    base_date = forms.DateField(
        label=_("基准日"),
        help_text=_("按这一天的规定判定条件和评分。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, sources: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("programme", "edition", "authority"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = sources[name]
        offer(self, "procedure", sources["procedure"])

    def clean(self) -> dict[str, Any]:
        """A procedure of a district, zone or group names whose it is; the municipal ones name nobody."""
        cleaned = super().clean() or {}
        procedure = PROCEDURES.get(cleaned.get("procedure", ""))
        if procedure is not None and "authority" in cleaned:
            if procedure.flow.is_local and cleaned["authority"] is None:
                self.add_error("authority", _("该程序由区、开发区或集团办理，请选择认定机构。"))
            if not procedure.flow.is_local and cleaned["authority"] is not None:
                self.add_error("authority", _("该程序由市认定办公室办理，请勿选择认定机构。"))
            programme = cleaned.get("programme")
            if procedure.flow.is_for_designations and programme is not None and not programme.procedure:
                self.add_error("procedure", _("该程序只用于由文件设立的项目。"))
        return cleaned


class ListForm(forms.Form):
    """The cases of a list; all are ticked at first."""

    cases = forms.MultipleChoiceField(label=_("名单"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, applications: Iterable[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applications = {application.case.number: application for application in applications}
        rows = [(number, named(row)) for number, row in self.applications.items()]
        offer(self, "cases", rows)
        self.fields["cases"].initial = list(self.applications)

    @property
    def chosen(self) -> list[Application]:
        """The ticked applications in the order of their numbers."""
        return [self.applications[number] for number in sorted(self.cleaned_data["cases"])]


class NoticeForm(ListForm):
    """A public notice."""

    body = forms.CharField(label=_("公示正文"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))


class AnnouncementForm(ListForm):
    """An announcement under its document number."""

    number = forms.CharField(label=_("文号"), max_length=60, help_text=_("例如：沪经信技〔2026〕1 号。"))
    dated = DayField(
        label=_("公布日期"),
        help_text=_("称号自该日起有效，不能晚于今天。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    body = forms.CharField(label=_("公告正文"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_dated(self) -> date:
        """A title cannot begin on a day that has not come."""
        dated: date = self.cleaned_data["dated"]
        if dated > self.today:
            raise forms.ValidationError(_("公布日期不能晚于今天。"), code="future")
        return dated


def moment_text(at: datetime) -> str:
    """An instant as a `datetime-local` input takes it."""
    return at.strftime(MOMENT_FORMAT)

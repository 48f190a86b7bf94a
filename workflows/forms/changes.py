"""Forms of a change after the grant: what the holder states, opinions, plan of succession, confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accreditation.change_words import STATED, ChangeKind, TitleOutcome
from accreditation.enums import DISTRICTS
from accreditation.models import CaseDocument, ChangedTitle, ChangeRequest, Enterprise, Title
from accreditation.models.titles import STANDING
from accreditation.services import changes, successions
from accreditation.services.enterprises import compact_uscc
from accreditation.services.proceedings import standing_documents
from workflows.forms.casework import LONG, offer
from workflows.forms.matter_returns import keep_to_named
from workflows.forms.proceedings import DAY
from workflows.matter_returns import fields_named
from workflows.presentation.words import either, quoted

SEPARATOR = ":"


class ChangeForm(forms.Form):
    """What the holder states; only the fields that the kind asks for."""

    occurred_on = forms.DateField(label=_("变更日期"), help_text=_("登记机关准予变更登记的日期。"), widget=DAY)
    new_name = forms.CharField(label=_("变更后的名称"), max_length=60)
    new_name_en = forms.CharField(
        label=_("变更后的英文名称"), max_length=120, required=False, help_text=_("印在英文版证书上，可不填。")
    )
    new_district = forms.ChoiceField(label=_("迁入的区"), choices=[("", _("请选择")), *DISTRICTS.items()])
    new_parent = forms.ChoiceField(label=_("调整后所属的技术中心"))
    successors = forms.CharField(
        label=_("承继单位的统一社会信用代码"),
        help_text=_("承继单位须已在本系统登记；有多个的，每行一个。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    facts = forms.CharField(
        label=_("变更事实"), help_text=_("写明变更的经过、依据的文件和对技术中心的影响。"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, holder: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = ChangeKind(kind)
        for name in {"new_name", "new_name_en", "new_district", "new_parent", "successors"} - set(STATED[self.kind]):
            del self.fields[name]
        if self.kind == ChangeKind.REORGANISATION:
            self.fields["new_name"].required = False
            self.fields["new_name"].help_text = _("名称没有变更的，不填。")
        if self.kind == ChangeKind.BRANCH:
            self.parents = {title.number: title for title in _parents_for(holder)}
            shown = [(number, f"{title.holder.name}（{number}）") for number, title in self.parents.items()]
            offer(self, "new_parent", [("", _("请选择")), *shown])

    def clean_successors(self) -> tuple[Enterprise, ...]:
        """Registered enterprises by their codes, each named once."""
        codes = list(dict.fromkeys(map(compact_uscc, self.cleaned_data["successors"].splitlines())))
        found = {row.uscc: row for row in Enterprise.objects.filter(uscc__in=codes)}
        missing = [code for code in codes if code and code not in found]
        if missing:
            text = _("信用代码 %(codes)s 没有在本系统登记的单位。")
            raise forms.ValidationError(text % {"codes": "、".join(missing)}, code="unknown_successor")
        return tuple(found[code] for code in codes if code)

    def clean(self) -> dict[str, Any]:
        """Adds `stated`, what the door takes."""
        said = super().clean() or {}
        if not self.errors:
            parent = self.parents.get(said["new_parent"]) if self.kind == ChangeKind.BRANCH else None
            said["stated"] = changes.Particulars(
                occurred_on=said["occurred_on"],
                facts=said["facts"],
                new_name=said.get("new_name", ""),
                new_name_en=said.get("new_name_en", ""),
                new_district=said.get("new_district", ""),
                new_parent=parent,
                successors=said.get("successors", ()),
            )
        return said


def _parents_for(holder: Enterprise) -> list[Title]:
    """Standing titles under which the holder's branch centres may go, other than where they are."""
    branches = changes.titles_touched(holder, ChangeKind.BRANCH)
    above = branches.exclude(programme__branch_of=None).values("programme__branch_of")
    rows = Title.objects.filter(programme__in=above, state__in=STANDING).exclude(pk__in=branches.values("parent"))
    return list(rows.select_related("holder").order_by("holder__name"))


class ChangeRevisionForm(ChangeForm):
    """The same, filled with what was stated; while it is returned, only what was named can be filled in."""

    def __init__(self, *args: Any, subject: ChangeRequest, **kwargs: Any) -> None:
        super().__init__(*args, kind=subject.kind, holder=subject.holder, **kwargs)
        stated = changes.stated_by(subject)
        filled = {
            "occurred_on": stated.occurred_on,
            "facts": stated.facts,
            "new_name": stated.new_name,
            "new_name_en": stated.new_name_en,
            "new_district": stated.new_district,
            "new_parent": stated.new_parent.number if stated.new_parent else "",
            "successors": "\n".join(row.uscc for row in stated.successors),
        }
        keep_to_named(self, fields_named(subject.case))
        self.initial = {**filled, **self.initial}
        self._keep_choices(filled, stated.new_parent)

    def _keep_choices(self, filled: Mapping[str, Any], parent: Title | None) -> None:
        """What stands in a closed field stays a choice, though nobody could choose it any more."""
        for name, field in self.fields.items():
            if field.disabled and isinstance(field, forms.ChoiceField) and not field.valid_value(filled[name]):
                choices: Any = field.choices
                shown = filled[name]
                if parent is not None and name == "new_parent":
                    self.parents[parent.number], shown = parent, f"{parent.holder.name}（{parent.number}）"
                offer(self, name, [*choices, (filled[name], shown)])


class DistrictOpinionForm(forms.Form):
    """What a district says."""

    is_favourable = forms.TypedChoiceField(
        label=_("意见"), choices=[("yes", _("同意变更")), ("no", _("不同意变更"))], coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    opinion = forms.CharField(
        label=_("审核意见"), help_text=_("写明核对的文件和结论；认定机关据此确认。"), max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )  # fmt: skip


class ConfirmationForm(forms.Form):
    """The list or notice by which a change is confirmed."""

    document_number = forms.CharField(
        label=_("文号"), max_length=60, help_text=_("列明本次变更的名单或通知；国家级称号为国家主管部门的文件。")
    )
    document_on = forms.DateField(label=_("文件日期"), widget=DAY)


class WithdrawalForm(forms.Form):
    """Why, where the holder wants to say it."""

    reason = forms.CharField(label=_("撤回的原因"), max_length=2000, required=False, widget=forms.Textarea(attrs=LONG))


class SuccessionForm(forms.Form):
    """What becomes of each title: a choice for every one of them."""

    reasons = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs=LONG))

    def __init__(self, *args: Any, subject: ChangeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        touched = set(changes.titles_touched(subject.holder, subject.kind).values_list("pk", flat=True))
        self.rows = [row for row in changes.rows_of(subject) if row.title_id in touched]
        for row in self.rows:
            self.fields[f"title_{row.pk}"] = _outcome_field(subject, row)
        self.awaited = successions.unrepresented(subject)
        self.papers = {str(one.pk): one for one in standing_documents(subject.case)}
        for one in self.awaited:
            self.fields[f"paper_{one.pk}"] = _paper_field(one.enterprise, self.papers)
        names = [*(f"title_{row.pk}" for row in self.rows), *(f"paper_{one.pk}" for one in self.awaited)]
        self.order_fields([*names, "reasons"])

    def clean(self) -> dict[str, Any]:
        """Adds `outcomes`: (outcome, successor's credit code) by title number; `agreements`: papers by credit code."""
        said = super().clean() or {}
        chosen = {row.title.number: said.get(f"title_{row.pk}", "") for row in self.rows}
        said["outcomes"] = {number: tuple(text.split(SEPARATOR)) for number, text in chosen.items() if text}
        named = {one.enterprise.uscc: said.get(f"paper_{one.pk}", "") for one in self.awaited}
        said["agreements"] = {code: self.papers[key] for code, key in named.items() if key}
        return said


def _paper_field(successor: Enterprise, papers: dict[str, CaseDocument]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=format_html(str(_("“{name}”的同意文件")), name=quoted(successor.name)),
        help_text=_("该单位在本系统没有申报人员；请核对其盖章的同意书后选定。没有的，退回补正。"),
        choices=[("", _("请选择")), *((key, f"{paper.name}（{paper.purpose}）") for key, paper in papers.items())],
    )


def _outcome_field(change: ChangeRequest, row: ChangedTitle) -> forms.ChoiceField:
    possible = changes.possible_outcomes(change, row.title)
    choices = [
        (f"{outcome}{SEPARATOR}{successor.uscc if successor else ''}", _outcome_label(outcome, successor))
        for outcome, successor in possible
    ]
    may_pass = any(successor for _outcome, successor in possible)
    return forms.ChoiceField(
        label=f"{either(row.title.programme, 'name')} {row.title.number}",
        help_text="" if may_pass else _("承继单位已持有本项目的称号。"),
        choices=choices, initial=choices[0][0], widget=forms.RadioSelect,
    )  # fmt: skip


def _outcome_label(outcome: TitleOutcome, successor: Enterprise | None) -> str:
    return f"{outcome.label}：{successor.name}" if successor else str(outcome.label)

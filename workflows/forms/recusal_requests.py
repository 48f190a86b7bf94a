"""Forms by which a party asks that somebody step aside, and by which a superior answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import User
from accreditation.models.recusal_requests import RecusalClaim
from workflows.forms.casework import LONG
from workflows.forms.public import WithFile

OTHER = "other"
IDENTIFY, GRANT, REFUSE = "identify", "granted", "refused"


class RecusalRequestForm(WithFile):
    """Whom, by a name that the case has shown or in own words; the tie; the reason; a file is optional."""

    field_order = ("whom", "named", "ground", "reason", "file")
    whom = forms.ChoiceField(label=_("要求回避的人员"), widget=forms.RadioSelect)
    named = forms.CharField(
        label=_("其他人员的姓名"),
        help_text=_("选择“其他人员”时填写：姓名，知道的可以写明单位、职务。"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ground = forms.ChoiceField(label=_("回避事由"), choices=RecusalClaim.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("具体事实和理由"),
        help_text=_("写明什么关系、何时起、从何得知。"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        named = [(key, str(one)) for key, one in self.people.items()]
        self.fields["whom"].choices = [*named, (OTHER, _("其他人员"))]  # type: ignore[attr-defined]  # a ChoiceField
        if not named:
            self.initial.setdefault("whom", OTHER)

    def clean(self) -> dict[str, Any]:
        """Whoever is written by hand and stands in the list is the one in the list."""
        said = super().clean() or self.cleaned_data
        written = str(said.get("named") or "").strip()
        if said.get("whom") == OTHER and not written:
            self.add_error("named", _("请写明要求回避的人员。"))
        person = self.people.get(said.get("whom", ""))
        if person is None:
            person = next((one for one in self.people.values() if str(one) == written), None)
        said["person"] = person
        return said


class RecusalAnswerForm(forms.Form):
    """Who is meant, where that is not known yet, and the answer with its reasons."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # who was found when the page was opened
    person = forms.ModelChoiceField(
        label=_("当事人所指的人员"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("所指不是所列人员的，由其负责人答复。"),
    )
    is_not_oneself = forms.BooleanField(
        label=_("所指人员不是我本人"),
        help_text=_("所指为您本人的，不得由您确认或者答复。此项声明记入办理记录。"),
        required=False,
    )
    answer = forms.ChoiceField(label=_("答复"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("答复的理由"),
        help_text=_("写入答复书送达当事人；不写明专家、委员的姓名，也不写明谁是专家、委员。"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, people: Iterable[User], known: User | None, is_found: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = known.pk if known else None
        answers = [(GRANT, _("决定回避")), (REFUSE, _("不予回避"))]
        self.is_known = known is not None
        if self.is_known and not is_found:  # the party itself picked the person
            del self.fields["person"], self.fields["is_not_oneself"]
            self.fields["reason"].required = True
        else:
            self.fields["reason"].help_text = _("答复的须写明；写入答复书送达当事人，不写明谁是专家、委员。")
            again, first = _("更正所指人员，核实后再答复"), _("先确认所指人员，核实后再答复")
            answers.append((IDENTIFY, again if self.is_known else first))
            keys = [one.pk for one in people if one != known]
            chosen = User.objects.filter(pk__in=keys).order_by("pk")
            self.fields["person"].queryset = chosen  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["answer"].choices = answers  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """An answer has its reasons; to find out who is meant needs the person."""
        said = super().clean() or self.cleaned_data
        if said.get("answer") == IDENTIFY and said.get("person") is None:
            self.add_error("person", _("请先确认当事人所指的人员。"))
        if self.is_known and said.get("answer") != IDENTIFY:
            said["person"] = None  # what was chosen beside a known person counts for a correction alone
        if said.get("answer") in (GRANT, REFUSE) and len(str(said.get("reason") or "").strip()) < 5:
            self.add_error("reason", _("请写明理由，不少于 %(n)d 个字。") % {"n": 5})
        return said

"""Forms of committee meetings: the call, attendance, the vote on an item, reasons in the minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Choice
from accreditation.forms.days import DayField
from accreditation.meeting_words import Signer
from accreditation.models import Application, MeetingItem, User
from accreditation.templatetags.language import marked
from workflows.presentation.words import named
from workflows.workdays import SHANGHAI

LONG = 2000
SIGNER_WORDS = {  # label, who may be chosen
    Signer.CHAIR: (_("新主持人"), _("须是到会的现任委员，不能是会议秘书。")),
    Signer.SECRETARY: (_("新会议秘书"), _("须有召集会议的职权，不能是主持人。")),
}


def _people(users: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(user.pk), user.name) for user in users]


class MeetingForm(forms.Form):
    """Which cases, when, where, who chairs; all who stand as members are called."""

    cases = forms.MultipleChoiceField(label=_("审议的申报件"), widget=forms.CheckboxSelectMultiple)
    held_on = DayField(
        label=_("会议日期"),
        help_text=_("例如 2026-06-18。"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    held_time = forms.TimeField(
        label=_("会议时间"),
        help_text=_("例如 14:00。"),
        input_formats=["%H:%M", "%H：%M"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    place = forms.CharField(label=_("会议地点"), max_length=120)
    chair = forms.ChoiceField(label=_("主持人"), help_text=_("须是现任委员。"))

    def __init__(
        self, *args: Any, applications: Iterable[Application], committee: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.applications = {row.case.number: row for row in applications}
        self.committee = {str(user.pk): user for user in committee}
        shown = [(number, f"{named(row)}（{number}）") for number, row in self.applications.items()]
        for name, choices in (
            ("cases", shown),
            ("chair", [("", _("请选择")), *_people(self.committee.values())]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def call(self) -> dict[str, Any]:
        """What was asked, as the service takes it."""
        said = self.cleaned_data
        return {
            "applications": [self.applications[number] for number in said["cases"]],
            "held_at": datetime.combine(said["held_on"], said["held_time"], SHANGHAI),
            "place": said["place"],
            "chair": self.committee[said["chair"]],
        }


class AttendanceForm(forms.Form):
    """Who came."""

    present = forms.MultipleChoiceField(
        label=_("到会委员"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("勾选实际到会的委员。")
    )

    def __init__(self, *args: Any, members: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(user.pk): user for user in members}
        self.fields["present"].choices = _people(self.members.values())  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["present"].label_suffix = ""

    def people(self) -> list[User]:
        """The members ticked."""
        return [self.members[key] for key in self.cleaned_data["present"]]


class VoteForm(forms.Form):
    """One vote; refusing and postponing need a reason."""

    choice = forms.ChoiceField(label=_("表决"), choices=Choice.choices, widget=forms.RadioSelect)
    remark = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, words: Mapping[Choice, Any], is_secret: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [(choice.value, word) for choice, word in words.items()]  # type: ignore[attr-defined]  # a ChoiceField
        if is_secret:  # a reason could tell whose the vote is
            del self.fields["remark"]
            return
        against = {"refuse": words[Choice.REFUSE], "postpone": words[Choice.POSTPONE]}
        self.fields["remark"].help_text = _("%(refuse)s、%(postpone)s必须写明理由。") % against

    def clean(self) -> dict[str, Any]:
        """A vote against says why."""
        cleaned = super().clean() or {}
        if "remark" not in self.fields:
            return cleaned
        if cleaned.get("choice") not in (None, Choice.RECOGNISE) and not cleaned.get("remark", "").strip():
            self.add_error("remark", _("不予认定或暂缓认定须说明理由。"))
        return cleaned


class DeadlockForm(forms.Form):
    """What the chair decides where no choice has more than half of the votes, and why."""

    choice = forms.ChoiceField(label=_("主持人的决定"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, words: Mapping[Choice, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [(choice.value, word) for choice, word in words.items()]  # type: ignore[attr-defined]  # a ChoiceField


class SignerForm(forms.Form):
    """Who signs instead of the chair or the secretary, and why."""

    to = forms.ChoiceField(label=_("另定的人"))
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, which: Signer, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        field = self.fields["to"]
        field.choices = [("", _("请选择")), *_people(self.people.values())]  # type: ignore[attr-defined]  # a ChoiceField
        field.label, field.help_text = SIGNER_WORDS[which]

    def person(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["to"]]


class DecliningForm(forms.Form):
    """What is wrong in the minutes that somebody declines to sign."""

    reason = forms.CharField(
        label=_("拒签的理由"),
        help_text=_("写明哪一项、哪里有误，应如何修改。"),
        min_length=2,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberTieForm(forms.Form):
    """The tie for which a member steps out of one item."""

    tie = forms.CharField(label=_("利害关系"), min_length=2, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))


class MinutesForm(forms.Form):
    """Reasons for each item that is not recognised."""

    def __init__(self, *args: Any, items: Iterable[tuple[MeetingItem, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [(item, outcome) for item, outcome in items if outcome != Choice.RECOGNISE]
        for item, outcome in self.items:
            self.fields[f"reasons-{item.position}"] = forms.CharField(
                label=marked(
                    _("第 %(n)d 项 %(name)s：%(outcome)s的理由")
                    % {
                        "n": item.position,
                        "name": named(item.application),
                        "outcome": item.meeting.batch.choice_words[Choice(outcome)],
                    }
                ),
                help_text=_("写明事实和依据，将写入纪要并送达申报单位。"),
                min_length=2,
                max_length=LONG,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def reasons(self) -> Iterator[tuple[int, str]]:
        """Position and reasons."""
        for item, _outcome in self.items:
            yield item.position, self.cleaned_data[f"reasons-{item.position}"]

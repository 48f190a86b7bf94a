"""The record of a visit on the spot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Refusal
from accreditation.models import User
from accreditation.services.files import ALLOWED, check_file
from workflows.forms.casework import LONG, Confirmation, offer

FILE_MAX_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
HEAD = 16


class SeveralFiles(forms.ClearableFileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """All files that were sent under one name."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file by the rules of a single one."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in sent]


class VisitorsField(forms.MultipleChoiceField):
    """Offers who sits; of `others`, who sat before, it leaves it to the rules to say why not."""

    others: frozenset[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        """One who sits, or sat."""
        return super().valid_value(value) or str(value) in self.others


class VisitForm(forms.Form):
    """When, where, who, what was found, with photographs or signed records."""

    visited_on = forms.DateField(label=_("核查日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(label=_("核查地点"), max_length=200)
    visitors = VisitorsField(
        label=_("到场专家"), help_text=_("从本件评审组中选择，至少一名。"), widget=forms.CheckboxSelectMultiple
    )
    has_no_ties = Confirmation(label=_("到场专家已当场声明与申报单位无利害关系"))
    findings = forms.CharField(
        label=_("核查情况"),
        help_text=_("写明机构、人员、设备和场所的实际情况，与申报材料逐项对照，不少于 10 个字；申报单位可以看到。"),
        min_length=10,
        max_length=4000,
        widget=forms.Textarea(attrs=LONG),
    )
    is_confirmed = forms.TypedChoiceField(
        label=_("核查结论"),
        choices=[("yes", _("与申报材料相符")), ("no", _("与申报材料不符"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    documents = FilesField(
        label=_("核查记录和照片"),
        help_text=_("PDF、PNG 或 JPEG，可选多个，每个不超过 10 MB。"),
        required=False,
        widget=SeveralFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, people: Iterable[User], left: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sitting = {str(person.pk): person for person in people}
        gone = {str(person.pk): person for person in left}
        self.people = sitting | gone
        self.media_types: list[str] = []
        offer(self, "visitors", [(key, str(person)) for key, person in sitting.items()])
        field = self.fields["visitors"]
        assert isinstance(field, VisitorsField)
        field.others = frozenset(gone)

    def clean_visitors(self) -> list[User]:
        """The people, in the order of their seats."""
        chosen = set(self.cleaned_data["visitors"])
        return [person for key, person in self.people.items() if key in chosen]

    def clean_documents(self) -> list[Any]:
        """Number, size, ending and first bytes of each."""
        sent = self.cleaned_data["documents"]
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(_("最多 %(n)d 个文件。"), code="files", params={"n": MOST_FILES})
        self.media_types = [_media_type(one) for one in sent]
        return list(sent)


def _media_type(upload: Any) -> str:
    """What kind of file it is by its own first bytes; ValidationError where it may not be kept."""
    if upload.size > FILE_MAX_BYTES:
        raise forms.ValidationError(_("文件超过 10 MB。"), code="file_too_big")
    head = upload.read(HEAD)
    upload.seek(0)
    try:
        return str(check_file(upload.name, upload.size, head, ALLOWED).media_type)
    except Refusal as refusal:
        raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from None

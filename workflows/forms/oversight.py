"""Forms of the auditor and the operator: filters of the trail, a year of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.days import DayField
from workflows.forms.casework import FilterForm, offer

MOST_BYTES = 256 * 1024
FIRST_YEAR, LAST_YEAR = 2004, 2100


class DossierForm(forms.Form):
    """Why somebody takes a copy of a whole case."""

    reason = forms.CharField(
        label=_("用途"),
        help_text=_("如行政复议、诉讼、审计的案号或文号；将记入该办件的日志。"),
        min_length=4,
        max_length=300,
    )
    with_objectors = forms.BooleanField(
        label=_("含异议人的姓名、联系方式和异议内容"),
        help_text=_("仅在复议机关、法院或审计要求时选择；选择与否将记入该办件的日志。"),
        required=False,
    )

    def __init__(self, *args: Any, sees_objectors: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_objectors:
            del self.fields["with_objectors"]


class TrailFilter(FilterForm):
    """Who, where, what, when; an act that is not on the list is looked for by its code."""

    person = forms.CharField(label=_("办理人"), required=False, max_length=60)
    chain = forms.CharField(label=_("办件或日志链"), required=False, max_length=80)
    verb = forms.ChoiceField(label=_("办理事项"), required=False)
    since = DayField(label=_("起始日期"), required=False, input_formats=["%Y-%m-%d"], widget=forms.TextInput())
    until = DayField(label=_("截止日期"), required=False, input_formats=["%Y-%m-%d"], widget=forms.TextInput())

    def __init__(self, *args: Any, acts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known, asked = dict(acts), str(self.data.get("verb", ""))
        unknown = [(asked, asked)] if asked and asked not in known else []
        offer(self, "verb", [("", _("全部")), *known.items(), *unknown])

    def clean_verb(self) -> str:
        """The code without what no database could look for."""
        return str(self.cleaned_data["verb"]).replace("\0", "")


class CalendarForm(forms.Form):
    """One published year as a CSV file."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=_("依据"), help_text=_("国务院办公厅放假通知的名称和文号。"), min_length=2, max_length=120
    )
    file = forms.FileField(
        label=_("日历文件"),
        help_text=_("CSV，每行三列：日期（2027-01-01）、是否上班（1 或 0）、名称；只列与周一至周五常规不同的日子。"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> str:
        """The text of the upload."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 256 KB。"), code="file_too_big")
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("文件不是 UTF-8 编码的文本。"), code="encoding") from None

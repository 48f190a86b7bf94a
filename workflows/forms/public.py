"""Forms that need no account: filters, a signed objection, the question how far a case is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS
from accreditation.errors import Refusal
from accreditation.services.files import ALLOWED, check_file
from workflows.forms.casework import FilterForm
from workflows.selectors.public_register import (
    ADJUSTMENT,
    ALL_STATES,
    ANNOUNCEMENT,
    CHECK_CODE_LENGTH,
    CORRECTION,
    NOTICE,
)

FILE_MAX_BYTES = 10 * 1024 * 1024
HEAD = 16
LEAST_TEXT = 10


class NoticeFilter(FilterForm):
    """Kind and year."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[
            ("", _("全部")),
            (NOTICE, _("公示")),
            (ADJUSTMENT, _("公示调整")),
            (ANNOUNCEMENT, _("公布")),
            (CORRECTION, _("公告更正")),
        ],
        required=False,
    )
    year = forms.ChoiceField(label=_("年份"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [("", _("全部")), *((str(year), str(year)) for year in years)]
        self.fields["year"].choices = listed  # type: ignore[attr-defined]  # a ChoiceField


class CentreFilter(FilterForm):
    """Filters of the register."""

    words = forms.CharField(label=_("单位名称"), required=False, max_length=60)
    programme = forms.ChoiceField(label=_("项目"), required=False)
    district = forms.ChoiceField(label=_("所在区"), choices=[("", _("全部")), *DISTRICTS.items()], required=False)
    year = forms.ChoiceField(label=_("认定年份"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(
        self,
        *args: Any,
        programmes: Iterable[tuple[str, str]],
        years: Iterable[int],
        states: Iterable[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("全部"))
        for name, choices in (
            ("programme", [everything, *programmes]),
            ("year", [everything, *((str(year), str(year)) for year in years)]),
            ("state", [("", _("有效（含警告）")), (ALL_STATES, _("全部状态")), *states]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class WithFile(forms.Form):
    """One file that may be handed in with a text."""

    file = forms.FileField(
        label=_("证明材料"),
        help_text=_("PDF、PNG 或 JPEG，一个文件，不超过 10 MB。"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean_file(self) -> Any:
        """Size, ending and first bytes of the upload."""
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        if upload.size > FILE_MAX_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB。"), code="file_too_big")
        head = upload.read(HEAD)
        upload.seek(0)
        try:
            self.media_type = check_file(upload.name, upload.size, head, ALLOWED).media_type
        except Refusal as refusal:
            raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from None
        return upload


class ObjectionForm(WithFile):
    """A signed objection with its facts; a file is optional."""

    field_order = ("objector", "contact", "text", "file")

    objector = forms.CharField(
        label=_("异议人姓名或单位名称"),
        help_text=_("异议须署实名；身份只有核查人员和审计管理员可以看到，不向申报单位透露。"),
        max_length=80,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("联系方式"),
        help_text=_("手机、电话或电子邮箱，用于核实和答复。"),
        max_length=120,
        min_length=5,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("异议事实和理由"),
        help_text=_("写明具体事实、时间和依据，不少于 10 个字。"),
        min_length=LEAST_TEXT,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class NumberAndCode(forms.Form):
    """What opens something without a login: a number and a code, as people copy them from paper."""

    def clean_number(self) -> str:
        """Capitals, plain digits, no blanks."""
        return plain(self.cleaned_data["number"]).upper()

    def clean_code(self) -> str:
        """Small letters, no blanks."""
        return plain(self.cleaned_data["code"]).lower()


class TrackForm(NumberAndCode):
    """Number and check code, both from the receipt."""

    number = forms.CharField(
        label=_("申报编号"),
        help_text=_("见申报回执，例如 SHETC-2026-0001。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("查询码"),
        help_text=_("申报回执上内容校验码的前 8 位。"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Small letters, no blanks, the first eight."""
        return super().clean_code()[:CHECK_CODE_LENGTH]


def plain(text: str) -> str:
    """Plain digits and letters, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())

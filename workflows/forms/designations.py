"""Forms for a further designation: the file or its text, and why a proposal is declined."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from criteria.rulefile import MAX_BYTES
from workflows.designation_proposals import LONGEST_REASON
from workflows.forms.rules import checked_file, file_text

PASTED = "designation.yaml"  # name of a text that came without a file
LONGEST_NAME = 100


class DesignationForm(forms.Form):
    """A file, or the text of one; a file goes before the text."""

    file = forms.FileField(
        label=_("上传文件（YAML）"),
        help_text=_("上传后以文件为准，文件内容会显示在下面的文本框里，可以直接修改。"),
        required=False,
    )
    text = forms.CharField(
        label=_("或粘贴、修改文本"),
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(
            attrs={"rows": 24, "class": "form-control code-area", "spellcheck": "false", "translate": "no"}
        ),
    )
    file_name = forms.CharField(required=False, max_length=LONGEST_NAME, widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        """Text of a sane size."""
        file = self.cleaned_data["file"]
        return checked_file(file) if file else None

    def clean_text(self) -> str:
        """The text with the line ends of a file."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")
        if len(text.encode()) > MAX_BYTES:
            raise forms.ValidationError(_("文本过长，规则文件不超过 512 KB。"), code="large")
        return text

    def clean(self) -> dict[str, Any]:
        """One of the two, with the name under which it came."""
        said = super().clean() or self.cleaned_data
        file = said.get("file")
        if file:
            said["text"], said["file_name"] = file_text(file), str(file.name)[-LONGEST_NAME:]
        elif not said.get("text", "").strip() and not self.errors:
            self.add_error("text", forms.ValidationError(_("请上传文件或粘贴文本。"), code="required"))
        said["file_name"] = said.get("file_name") or PASTED
        return said


class DeclineForm(forms.Form):
    """Why a proposal is left without effect."""

    reason = forms.CharField(
        label=_("不予发布的理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

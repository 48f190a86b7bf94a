"""The two public forms: number with code, and the file itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certificates.container import LIMIT


class NumberForm(forms.Form):
    """Number and code as printed, or number and holder's credit code; their correctness is the look-up's business."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=40,
        help_text=_("例如 SHETC-2026-00001，见证书左下方。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("核验码（纸质证书填统一社会信用代码）"),
        max_length=60,
        help_text=_(
            "电子证书：二维码下方的 27 个字符，不分大小写，连字符可省略。纸质证书没有核验码，填持证单位的 18 位代码。"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class FileForm(forms.Form):
    """One PDF of at most 2 MB, as people count it: 2 x 1024 x 1024 bytes."""

    file = forms.FileField(
        label=_("证书 PDF 文件"),
        help_text=_("不超过 2 MB，文件不会被保存。"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("请选择要核验的 PDF 文件。"), "empty": _("所选文件是空的。")},
    )

    def clean_file(self) -> Any:
        """Refuse a file over the limit before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LIMIT:
            raise forms.ValidationError(_("文件超过 2 MB，证书文件没有这么大。"), code="too_large")
        return file

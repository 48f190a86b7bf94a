"""Forms of the paper past: the list as a file, a change of a title that rests on paper."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PaperFileForm(forms.Form):
    """One list as .xlsx or CSV."""

    file = forms.FileField(
        label=_("纸质证书名单"),
        help_text=_("用模板填写的 .xlsx，或同样表头的 CSV（UTF-8 或 GB 18030）；至多 5000 行。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择名单文件。"), "empty": _("所选文件是空的。")},
    )

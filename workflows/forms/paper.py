"""Forms of the paper past: the list as a file, a change of a title that rests on paper."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANGES: Mapping[str, Promise] = {
    "suspend": pgettext_lazy("办理", "暂停"),
    "reinstate": pgettext_lazy("办理", "恢复"),
    "revoke": _("撤销"),
    "cancel": pgettext_lazy("办理", "注销"),
}


class PaperFileForm(forms.Form):
    """One list as .xlsx or CSV."""

    file = forms.FileField(
        label=_("纸质证书名单"),
        help_text=_("用模板填写的 .xlsx，或同样表头的 CSV（UTF-8 或 GB 18030）；至多 5000 行。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择名单文件。"), "empty": _("所选文件是空的。")},
    )


class PaperChangeForm(forms.Form):
    """What is done to the title, and on which ground."""

    verb = forms.ChoiceField(label=_("办理事项"), widget=forms.RadioSelect)
    ground = forms.CharField(
        label=_("依据"), help_text=_("决定的文号和理由，将对外公布。"), min_length=4, max_length=200
    )

    def __init__(self, *args: Any, verbs: Container[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(verb, label) for verb, label in CHANGES.items() if verb in verbs]
        self.fields["verb"].choices = allowed  # type: ignore[attr-defined]  # a ChoiceField

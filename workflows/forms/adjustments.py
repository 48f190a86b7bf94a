"""Form of an adjustment notice: for each entry of the list its right name, or that it is taken off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import NoticeEntry
from workflows.forms.casework import LONG


class AdjustmentForm(forms.Form):
    """Empty names and boxes that are not ticked leave an entry as it was printed.

    `waived`: primary keys of the applications whose applicants asked to be taken off; only these can be.
    """

    body = forms.CharField(
        label=_("调整通知正文"), max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("写明更正或撤下的事实和依据；通知公开，原公示不改动。"),
    )  # fmt: skip

    def __init__(self, *args: Any, entries: Iterable[NoticeEntry], waived: Collection[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(entries)
        self.waived = frozenset(waived)
        for entry in self.entries:
            words = {"name": entry.enterprise_name}
            self.fields[f"name-{entry.pk}"] = forms.CharField(
                label=_("%(name)s 更正为") % words, required=False, max_length=120
            )
            if entry.application_id in self.waived:
                self.fields[f"off-{entry.pk}"] = forms.BooleanField(
                    label=_("%(name)s 已在办件页面申请撤下，撤下名单") % words, required=False
                )

    @property
    def corrected(self) -> dict[NoticeEntry, str]:
        """Entries with their right names."""
        typed = {entry: str(self.cleaned_data[f"name-{entry.pk}"]).strip() for entry in self.entries}
        return {entry: name for entry, name in typed.items() if name}

    @property
    def taken_off(self) -> list[NoticeEntry]:
        """Entries that leave the list."""
        return [entry for entry in self.entries if self.cleaned_data.get(f"off-{entry.pk}")]

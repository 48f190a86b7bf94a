"""Forms of the first page of a draft of rules: edition, names, days of effect, district, legal texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS


class IdentityForm(forms.Form):
    """Edition, names, days of effect; whose district's rules they are, where districts recognise."""

    edition = forms.CharField(label=_("版本号"), max_length=40)
    name_zh = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160)
    effective_from = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    effective_to = forms.DateField(
        label=_("失效日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    district = forms.ChoiceField(
        label=_("适用的区"),
        help_text=_("各区只能按本区的规则开启批次；开发区和集团可以依照任何一个区的规则。"),
        choices=[("", _("不限")), *DISTRICTS.items()],
        required=False,
    )
    demonstration = forms.BooleanField(label=_("仅供演示，不得用于正式批次"), required=False)
    note = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_local: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_local:
            del self.fields["district"]

    def values(self) -> dict[str, Any]:
        """Plain values as a rule file holds them; what is left empty goes."""
        said = dict(self.cleaned_data)
        said.pop("version")
        for name in ("effective_from", "effective_to"):
            said[name] = said[name].isoformat() if said[name] else ""
        return said


class InstrumentForm(forms.Form):
    """A legal text on which the edition rests."""

    title_zh = forms.CharField(label=_("文件名称"), max_length=200)
    title_en = forms.CharField(label=_("英文名称"), max_length=200)
    number = forms.CharField(label=_("文号"), max_length=80, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

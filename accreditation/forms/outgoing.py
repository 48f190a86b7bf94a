"""Forms of what leaves the site beside mail: consent to text messages, addresses of the systems of authorities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accreditation.models import Body

MOBILE = RegexValidator(r"^1[3-9]\d{9}$", _("请填写 11 位手机号码。"))


class TextsForm(forms.Form):
    """A mobile number (empty: the one on record, shown masked), and whether text messages may go to it."""

    phone = forms.CharField(
        label=_("接收短信的手机号码"), required=False, validators=[MOBILE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"}),
    )  # fmt: skip
    agrees = forms.BooleanField(label=_("同意接收办件短信提醒，可以随时取消"), required=False)

    def __init__(self, *args: Any, known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            self.fields["phone"].help_text = _("现有号码 %(phone)s，留空即不更换。") % {"phone": known}

    def clean(self) -> dict[str, Any]:
        """Who agrees has a number."""
        said = super().clean() or {}
        if said.get("agrees") and not (said.get("phone") or self.known) and "phone" not in self.errors:
            self.add_error("phone", _("请填写接收短信的手机号码。"))
        return said


class WebhookForm(forms.Form):
    """An authority and its address; an empty one takes the old one away."""

    body = forms.ModelChoiceField(
        label=_("机构"), queryset=Body.objects.order_by("level", "code"), to_field_name="code", empty_label=_("请选择")
    )
    url = forms.CharField(label=_("接收地址"), required=False, max_length=300, help_text=_("留空即停止推送。"))

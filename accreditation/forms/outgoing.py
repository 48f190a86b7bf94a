"""Forms of what leaves the site beside mail: consent to text messages, addresses of the systems of authorities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accreditation.models import Body

MOBILE = RegexValidator(r"^1[3-9][0-9]{9}\Z", _("请填写 11 位手机号码。"))


class TextsForm(forms.Form):
    """A mobile number (empty: the `known` one, shown as `masked`), and whether text messages may go to it."""

    phone = forms.CharField(
        label=_("接收短信的手机号码"), required=False, validators=[MOBILE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national"}),
    )  # fmt: skip
    agrees = forms.BooleanField(label=_("同意接收办件短信提醒，可以随时取消"), required=False)

    def __init__(self, *args: Any, known: str = "", masked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            self.fields["phone"].help_text = _("现有号码 %(phone)s，留空即不更换。") % {"phone": masked}

    def clean(self) -> dict[str, Any]:
        """Who agrees has a number, and one that can be sent to."""
        said = super().clean() or {}
        if not said.get("agrees") or said.get("phone") or "phone" in self.errors:
            return said
        if not self.known:
            self.add_error("phone", _("请填写接收短信的手机号码。"))
            return said
        try:
            MOBILE(self.known)
        except ValidationError:
            self.add_error("phone", _("现有号码不是 11 位手机号码，请重新填写。"))
        return said


class WebhookForm(forms.Form):
    """An authority and its address; an empty one takes the old one away."""

    body = forms.ModelChoiceField(
        label=_("机构"), queryset=Body.objects.order_by("level", "code"), to_field_name="code", empty_label=_("请选择")
    )
    url = forms.CharField(label=_("接收地址"), required=False, max_length=300, help_text=_("留空即停止推送。"))

"""Forms of log-in, passwords, the second factor and accounts of staff."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _


def _plain(field: forms.Field, label: Any) -> None:
    """Our label, and no placeholder that repeats it."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """User name or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("用户名或电子邮箱"))
        _plain(self.fields["password"], _("密码"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""

    def user_credentials(self) -> dict[str, str]:
        """As a user name only, which the backend tries as an address first: one password check, known or not."""
        return {"username": self.cleaned_data["login"].strip(), "password": self.cleaned_data["password"]}


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Address to which the link is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("电子邮箱"))


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """New password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], _("新密码"))
        _plain(self.fields["password2"], _("再次输入新密码"))


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """Present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("当前密码"))
        _plain(self.fields["password1"], _("新密码"))
        _plain(self.fields["password2"], _("再次输入新密码"))


class SecondFactorForm(forms.Form):
    """A time code or a recovery code; never kept as a draft."""

    one_time_code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class PersonForm(forms.Form):
    """A new account of staff."""

    username = forms.CharField(label=_("用户名"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), help_text=_("设置密码的链接将发到此邮箱。"))
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

"""Forms of enterprise registration and of members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS
from accreditation.errors import Reason, Refusal
from accreditation.models import User
from accreditation.services.english_names import LONGEST
from accreditation.services.enterprises import (
    Newcomer,
    Particulars,
    Proof,
    check_proof,
    check_uscc,
    compact_uscc,
    uscc_faults,
)

DISTRICT_CHOICES = [("", _("请选择")), *DISTRICTS.items()]


def as_error(reasons: list[Reason]) -> ValidationError:
    """Reasons of a refusal as errors of one field."""
    return ValidationError([ValidationError(str(reason), code=reason.code) for reason in reasons])


class EnterpriseForm(forms.Form):
    """For which enterprise a person claims to act, and the proof."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=30,
        help_text=_("18 位，见营业执照。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_questioned = forms.BooleanField(
        label=_("已与营业执照逐位核对无误，请经办人人工核验"),
        required=False,
        help_text=_("仅在校验码不符而执照确系如此时勾选。"),
    )
    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照一致。"))
    district = forms.ChoiceField(label=_("注册地所在区"), choices=DISTRICT_CHOICES)
    proof = forms.FileField(
        label=_("授权证明"),
        help_text=_("加盖公章的授权书或介绍信，PDF 或图片（.png、.jpg），不超过 10 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean(self) -> dict[str, Any]:
        """The code is checked together with the box that questions its check character."""
        cleaned = super().clean() or {}
        if "uscc" in cleaned:
            try:
                cleaned["uscc"] = check_uscc(cleaned["uscc"], is_questioned=bool(cleaned.get("is_questioned")))
            except Refusal as refusal:
                self.add_error("uscc", as_error(refusal.reasons))
        return cleaned

    def clean_proof(self) -> Any:
        """The upload, its size, ending and first bytes checked."""
        upload = self.cleaned_data["proof"]
        head = upload.read()
        try:
            check_proof(Proof(head, upload.name))
        except Refusal as refusal:
            raise as_error(refusal.reasons) from None
        upload.seek(0)
        return upload

    @property
    def offers_question(self) -> bool:
        """Whether only the check character fails, so that the person may insist."""
        return self.is_bound and [f.code for f in uscc_faults(self.data.get("uscc", ""))] == ["uscc_check"]

    def particulars(self) -> Particulars:
        """What was stated, as the service takes it."""
        said = self.cleaned_data
        return Particulars(compact_uscc(said["uscc"]), said["name"], said["district"], said["is_questioned"])

    def proof_sent(self) -> Proof:
        """The file as the service takes it."""
        upload = self.cleaned_data["proof"]
        return Proof(upload.read(), upload.name)


class RegistrationForm(EnterpriseForm):
    """The same for a person without an account."""

    person = forms.CharField(
        label=_("经办人姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("电子邮箱"),
        help_text=_("用于登录和接收通知。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.RegexField(
        r"^\+?[0-9 -]{6,20}$",
        label=_("手机"),
        error_messages={"invalid": _("手机号码只能包含数字。")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    password1 = forms.CharField(
        label=_("设置密码"),
        strip=False,
        help_text=_("至少 12 位，不能是常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("再次输入密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords agree and keep the rules of the site."""
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("两次输入的密码不一致。"))
        if first:
            try:
                password_validation.validate_password(first, User(name=cleaned.get("person", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def newcomer(self) -> Newcomer:
        """The person as the service takes it."""
        said = self.cleaned_data
        return Newcomer(said["person"], said["email"], said["phone"], said["password1"])


class ConfirmForm(forms.Form):
    """What the officer read in the proof; name and district only until the first member is confirmed."""

    name = forms.CharField(label=_("单位名称"), max_length=120)
    district = forms.ChoiceField(label=_("注册地所在区"), choices=DISTRICT_CHOICES)
    uscc_override = forms.CharField(
        label=_("代码校验不符的核对依据"),
        max_length=300,
        required=False,
        help_text=_("信用代码校验码不符而证照确系如此时填写，例如证照编号和核对方式。"),
    )
    makes_administrator = forms.BooleanField(label=_("设为该单位管理员"), required=False)

    def __init__(self, *args: Any, is_first: bool, fails_check: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_first:
            for field in ("name", "district", "uscc_override"):
                del self.fields[field]
        elif not fails_check:
            del self.fields["uscc_override"]


class InviteForm(forms.Form):
    """A colleague for whom the administrator vouches."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), help_text=_("设置密码的链接将发到此邮箱。"))
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)


class EnglishNameForm(forms.Form):
    """The enterprise's name in English."""

    name_en = forms.CharField(
        label=_("英文名称"),
        max_length=LONGEST,
        required=False,
        help_text=_("印在此后签发的英文版证书上；留空则印中文名称。"),
        widget=forms.TextInput(attrs={"lang": "en", "autocomplete": "off", "spellcheck": "false"}),
    )

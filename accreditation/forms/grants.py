"""Forms of role grants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accreditation.enums import DISTRICTS
from accreditation.models import Body, User
from accreditation.roles import ROLES, Role
from accreditation.services.grants import Expertise


class PeopleSelect(forms.Select):
    """Names and user names: no words of the page's language."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        if option["value"]:
            option["attrs"] |= {"translate": "no", "lang": "zh-CN"}
        return option


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """An account by name and user name."""

    widget = PeopleSelect

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.username}）"


class GrantForm(forms.Form):
    """Which role for whom, on which ground; expertise for an expert."""

    user = PersonChoice(label=_("人员"), queryset=User.objects.none(), empty_label=_("请选择"))
    role = forms.ChoiceField(
        label=_("角色"), choices=[("", _("请选择")), *((role.value, entry.label) for role, entry in ROLES.items())]
    )
    district = forms.ChoiceField(
        label=_("所在区或机构"),
        choices=[("", _("不分区")), *DISTRICTS.items()],
        required=False,
        help_text=_("区级和街镇的角色必选，其他角色不选。"),
    )
    ground = forms.CharField(label=_("授权依据"), max_length=300, help_text=_("任命或委派文件的名称、文号和日期。"))
    field = forms.CharField(label=_("专业领域"), max_length=80, required=False, help_text=_("以下各项仅评审专家填写。"))
    employer = forms.CharField(label=_("工作单位"), max_length=120, required=False)
    title = forms.CharField(label=_("职称"), max_length=80, required=False)
    employer_uscc = forms.CharField(label=_("工作单位信用代码"), max_length=18, required=False)
    request_key = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_system=False).exclude(pk=by.pk).order_by("username")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a field of this form
        is_english = (get_language() or "").startswith("en")
        others = Body.objects.exclude(district__in=["", *DISTRICTS]).order_by("district")
        own = [(body.district, body.name_en if is_english else body.name_zh) for body in others]
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不分区")), *DISTRICTS.items(), *own]

    def role_chosen(self) -> Role:
        """The role as the service takes it."""
        return Role(self.cleaned_data["role"])

    def expertise(self) -> Expertise | None:
        """What was said of an expert; None for every other role."""
        said = self.cleaned_data
        if self.role_chosen() != Role.EXPERT:
            return None
        return Expertise(said["field"], said["employer"], said["title"], said["employer_uscc"])


class GroundForm(forms.Form):
    """On which ground a role is taken or an authenticator is cleared."""

    ground = forms.CharField(label=_("依据"), max_length=300)

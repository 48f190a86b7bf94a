"""Forms of zones, groups, towns and parks: entered, corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Level
from accreditation.models import Body
from accreditation.services.bodies import ENTERED, recognising_bodies
from workflows.forms.office import AuthorityChoice


class ParticularsForm(forms.Form):
    """What is known of a body."""

    name_zh = forms.CharField(label=_("机构名称"), help_text=_("证书和文书按此署名。"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        help_text=_("认定机关的证书载明该代码；只转报的街镇、园区可不填。"),
        max_length=30,
        required=False,
    )
    contact = forms.CharField(label=_("联系人和电话"), max_length=200, required=False)
    forwards_to = AuthorityChoice(
        label=_("转报至"),
        help_text=_("街镇、园区审核后转报的认定机关；开发区和集团自行认定，不填。"),
        queryset=Body.objects.none(),
        empty_label=_("不转报"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["forwards_to"]
        assert isinstance(field, AuthorityChoice)
        field.queryset = recognising_bodies()


class LocalBodyForm(ParticularsForm):
    """A zone, a group, a town or a park."""

    level = forms.ChoiceField(label=_("机构类别"), choices=[(level.value, level.label) for level in ENTERED])
    field_order = ("level", "name_zh", "name_en", "uscc", "contact", "forwards_to")


class CorrectBodyForm(ParticularsForm):
    """Corrected particulars with the reason."""

    reason = forms.CharField(label=_("更正的理由"), min_length=2, max_length=300)

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if body.level != Level.TOWN:
            del self.fields["forwards_to"]

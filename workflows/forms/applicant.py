"""Forms of the applicant: where to apply, and the words under which an application is filed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.products import LONGEST
from workflows.presentation.words import body_name

Choices = Iterable[tuple[str, Any]]


class NewCaseForm(forms.Form):
    """Which enterprise applies in which batch; one choice holds both, `batch code:enterprise key`."""

    place = forms.ChoiceField(label=_("选择申报批次和单位"), widget=forms.RadioSelect)
    product = forms.CharField(
        label=_("产品名称"),
        help_text=_("只有授予产品的称号填写，按鉴定证书上的名称；一个产品一件申报。"),
        required=False,
        max_length=LONGEST,
    )

    def __init__(self, *args: Any, places: Choices, asks_product: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_product:
            del self.fields["product"]
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(places)
        field.error_messages["required"] = str(_("请选择申报批次和单位。"))

    def chosen(self) -> tuple[str, int]:
        """Code of the batch and key of the enterprise."""
        code, _colon, key = str(self.cleaned_data["place"]).rpartition(":")
        return code, int(key)

    @property
    def named_product(self) -> str:
        """The name of the product, empty where none was asked for."""
        return str(self.cleaned_data.get("product", ""))


class FilingForm(forms.Form):
    """The declaration, and the insistence on filing in spite of a failed condition. The door asks for both."""

    declaration = forms.BooleanField(
        label=_("我单位承诺所填内容和所附材料真实、完整、有效，并承担相应法律责任。"), required=False
    )
    insists = forms.BooleanField(label=_("我已知悉上列条件不符合，仍要提交，请主管部门作出正式答复。"), required=False)
    forwarder = forms.ChoiceField(
        label=_("由哪个街镇（园区）转报"),
        help_text=_("所在街镇或园区先审核再转报认定机构；不在其中的，直接提交认定机构。"),
        required=False,
    )

    def __init__(self, *args: Any, may_insist: bool, forwarders: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forwarders = {str(body.pk): body for body in forwarders}
        if not may_insist:
            del self.fields["insists"]
        if not self.forwarders:
            del self.fields["forwarder"]
            return
        field = self.fields["forwarder"]
        assert isinstance(field, forms.ChoiceField)
        named = [(key, body_name(body)) for key, body in self.forwarders.items()]
        field.choices = [("", _("直接提交认定机构")), *named]

    def clean_forwarder(self) -> Any:
        """The body that passes the application on; nothing where it goes straight to the authority."""
        return self.forwarders.get(self.cleaned_data["forwarder"])


class GainForm(forms.Form):
    """How many points more are wanted."""

    points = forms.DecimalField(label=_("希望增加的分数"), min_value=Decimal("0.01"), max_value=100, decimal_places=2)

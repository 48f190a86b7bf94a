"""Forms by which an officer steps aside, and by which a superior orders or lifts a recusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import User
from workflows.forms.casework import LONG

WHOLE, CASE = "enterprise", "case"
SCOPES = [(WHOLE, _("该单位的全部办件（含以后的）")), (CASE, _("只限本办件"))]
CASE_COVERS = _(
    "“只限本办件”也包括对本办件的复议、本办件公告的更正和所授称号证书的补发换发；不包括该单位以后的其他办件。"
)


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, min_length=2, max_length=300, widget=forms.Textarea(attrs=LONG))


def _scope() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("回避范围"), choices=SCOPES, initial=WHOLE, widget=forms.RadioSelect, help_text=CASE_COVERS
    )


class DeclarationForm(forms.Form):
    """The own tie, on the page of a case."""

    scope = _scope()
    reason = _reason(_("回避理由"))


class OrderForm(forms.Form):
    """Whom a superior orders to step aside, from what, and why."""

    officer = forms.ModelChoiceField(label=_("须回避的人员"), queryset=User.objects.none())
    scope = _scope()
    reason = _reason(_("责令回避的理由"))

    def __init__(self, *args: Any, officers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = User.objects.filter(pk__in=[one.pk for one in officers]).order_by("pk")
        self.fields["officer"] = forms.ModelChoiceField(label=_("须回避的人员"), queryset=chosen)


class EnterpriseForm(forms.Form):
    """The own tie to an enterprise, before or beside any case."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "translate": "no"}),
    )  # fmt: skip
    reason = _reason(_("回避理由"))


class LiftForm(forms.Form):
    """Why a recusal ends."""

    reason = forms.CharField(label=_("解除的理由"), min_length=2, max_length=300)

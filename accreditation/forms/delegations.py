"""Form of a delegation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accreditation.forms.days import DayField
from accreditation.forms.grants import PersonChoice
from accreditation.models import Body, RoleGrant, User
from accreditation.roles import DELEGABLE, ROLES, Power, Role
from accreditation.selectors.delegations import colleagues, lendable

DAY = {"type": "date"}


class DelegationForm(forms.Form):
    """Which powers to whom, from which day to which, why."""

    powers = forms.MultipleChoiceField(label=_("委托的权限"), widget=forms.CheckboxSelectMultiple)
    delegate = PersonChoice(
        label=_("受托人"), queryset=User.objects.none(), empty_label=_("请选择"), help_text=_("本机构的在职经办人员。")
    )
    starts_on = DayField(
        label=_("开始日期"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), help_text=_("选今天即刻生效。")
    )
    ends_on = DayField(
        label=_("最后一天"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), help_text=_("当天结束后自动失效。")
    )
    reason = forms.CharField(label=_("委托事由"), max_length=300, help_text=_("如：年休假、出差、病假。"))
    request_key = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {f"{grant.pk}-{power}": (grant, power) for grant, power in lendable(by)}
        several = len({grant.pk for grant, _power in self._rows.values()}) > 1
        powers, delegate = self.fields["powers"], self.fields["delegate"]
        assert isinstance(powers, forms.MultipleChoiceField)
        assert isinstance(delegate, forms.ModelChoiceField)
        powers.choices = [(key, _label(grant, power, several)) for key, (grant, power) in self._rows.items()]
        delegate.queryset = User.objects.filter(pk__in=[person.pk for person in colleagues(by)]).order_by("username")

    def clean_powers(self) -> list[str]:
        """Of one office at a time: each delegation rests on one grant."""
        chosen: list[str] = self.cleaned_data["powers"]
        if len({self._rows[key][0].pk for key in chosen}) > 1:
            raise ValidationError(_("一次只能委托同一职务的权限。"))
        return chosen

    def grant(self) -> RoleGrant:
        """The office whose powers are lent."""
        return self._rows[self.cleaned_data["powers"][0]][0]

    def chosen(self) -> list[Power]:
        """The powers that are lent."""
        return [self._rows[key][1] for key in self.cleaned_data["powers"]]

    def starts_at(self, today: date) -> datetime | None:
        """Midnight of the first day; None for today, which is at once."""
        day: date = self.cleaned_data["starts_on"]
        return None if day == today else _midnight(day)

    def ends_at(self) -> datetime:
        """Midnight after the last day."""
        return _midnight(self.cleaned_data["ends_on"] + timedelta(days=1))


def _label(grant: RoleGrant, power: Power, several: bool) -> str:
    if not several:
        return str(DELEGABLE[power])
    body = Body.objects.filter(district=grant.district).first() if grant.district else None
    place = f"{ROLES[Role(grant.role)].label} {body or ''}".strip()
    return str(_("%(power)s（%(place)s）") % {"power": DELEGABLE[power], "place": place})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())

"""Filters of the district bureau's lists."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState
from workflows.forms.casework import FilterForm
from workflows.worklists import Urgency

URGENCIES = [
    ("", _("全部")),
    (Urgency.OVERDUE.value, _("超期")),
    (Urgency.TODAY.value, _("今日到期")),
    (Urgency.PAST_GOAL.value, _("未达内部办理目标")),
    (Urgency.UNCLAIMED.value, _("待领")),
]
SEARCH = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
STATES = [("", _("全部")), *(choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT)]


class InboxFilter(FilterForm):
    """Filters of an inbox with one kind of task."""

    words = forms.CharField(label=_("企业或编号"), required=False, max_length=60, widget=SEARCH)
    urgency = forms.ChoiceField(label=_("时限"), required=False, choices=URGENCIES)


class DoneFilter(FilterForm):
    """Filters of the cases that the bureau has dealt with."""

    words = forms.CharField(label=_("企业或编号"), required=False, max_length=60, widget=SEARCH)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)

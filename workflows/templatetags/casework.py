"""Words for rows of lists: batches, districts, states and their tones."""

from __future__ import annotations

from django import template

from workflows.presentation.cases import ordinal_name, programme_name
from workflows.presentation.words import district_name, state_label, state_tone

register = template.Library()
register.filter("ordinal_name", ordinal_name)
register.filter("programme_name", programme_name)
register.filter("district_name", district_name)
register.filter("state_label", state_label)
register.filter("state_tone", state_tone)

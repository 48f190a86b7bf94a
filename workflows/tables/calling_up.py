"""The verb by which the next in order takes a place of the quota that is free; each table says where it goes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows import audiences, calling_up_records, who
from workflows.doing import Verb


def calling_up(transition: str, ground: str) -> Verb:
    """Of an ended case, which is open again with it; put forward and confirmed over the batch."""
    return Verb(
        "call_up", _("名额递补"), who.SECRETARY, ("end",), ground, transition=transition,
        guards=(calling_up_records.by_a_second_person_for_the_next, calling_up_records.can_take_the_place),
        record=calling_up_records.call_up, tells=(audiences.applicants, audiences.publishers), for_page=False,
        after_end=True,
    )  # fmt: skip

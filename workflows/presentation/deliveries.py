"""How a letter was delivered, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.delivery_words import DeliveryWay
from accreditation.models import Delivery, Letter, OpeningCorrection, ReissueLetter, User
from accreditation.permissions import acts_for
from accreditation.selectors.deliveries import deliveries_of, service_among, standing
from accreditation.templatetags.dates import local
from workflows.challenged_acts import ended_by
from workflows.deliveries import power_to_deliver
from workflows.presentation.entered_results import entry_words
from workflows.presentation.words import Words, quoted


def delivery_words(letter: Letter | ReissueLetter, user: User, at: datetime) -> Words:
    """`deliveries`: rows for `workflows/parts/deliveries.html`; `service`: the first; `delivery_href`: to record one.

    Who recorded it is an authority's affair, and the addressee's only where its own people opened the letter.
    """
    rows = deliveries_of(letter)
    names_people = not acts_for(user, ended_by(letter)[1].pk)
    may_record = names_people and power_to_deliver(user, letter, at) is not None
    return {
        "deliveries": delivery_rows(rows, names_people=names_people),
        "service": service_words(service_among(rows, local(at).date())),
        "delivery_href": reverse("letter_delivery", args=[letter.number]) if may_record else "",
    }


def delivery_rows(rows: Iterable[Delivery], *, names_people: bool) -> list[Words]:
    """Each record with its way, days, evidence, remark, what it corrects, and who made it."""
    found = list(rows)
    stand, corrected = {row.pk for row in standing(found)}, {row.corrects_id for row in found}
    number = {row.pk: place for place, row in enumerate(found, start=1)}
    return [
        {
            "number": number[row.pk],
            "way": row.get_way_display(),
            "done_on": row.done_on,
            "served_on": row.served_on if row.served_on != row.done_on else None,
            "evidence": quoted(row.evidence) if row.evidence else "",
            "remark": quoted(row.remark) if row.remark else "",
            "corrects": number[row.corrects_id] if row.corrects_id else "",
            "stands": row.pk in stand,
            "no_authority": row.way == DeliveryWay.OPENED and row.pk not in stand | corrected,
            "recorded_at": row.recorded_at,
            "by": str(row.recorded_by) if names_people or row.way == DeliveryWay.OPENED else "",
        }
        for row in found
    ]


def opening_words(row: OpeningCorrection) -> Words:
    """What was put forward about an opening, by whom, and what became of it; for the authority alone."""
    words = entry_words(row, row.told_by.number, "")
    return words | {
        "opened_by": str(row.opening.recorded_by),
        "opened_on": row.opening.done_on,
        "why": quoted(row.why),
        "evidence": quoted(row.evidence),
        "reason": quoted(row.reason) if row.reason else "",
        "settled_by": str(row.settled_by) if row.settled_by else "",
    }


def choice_of(row: Delivery) -> str:
    """A record as one of those that can be corrected."""
    return _("%(way)s，%(day)s，%(evidence)s") % {
        "way": row.get_way_display(), "day": row.done_on.isoformat(), "evidence": row.evidence or row.remark,
    }  # fmt: skip


def service_words(row: Delivery | None) -> Words | None:
    """The service from which the time to challenge runs; None where nothing is on record."""
    return {"served_on": row.served_on, "way": row.get_way_display()} if row is not None else None


def page_of_letter(letter: Letter | ReissueLetter) -> str:
    """The page on which an officer reads a letter; of an answer about a certificate that of the request."""
    if isinstance(letter, ReissueLetter):
        return reverse("reissue", args=[letter.reissue.number])
    address = "staff_letter" if hasattr(letter.case, "application") else "matter_letter"
    return reverse(address, args=[letter.case.number, letter.number])


def unserved_words(letter: Letter | ReissueLetter) -> Words:
    """One line of the list of letters that were not served: whose, which, since when, and where it is recorded."""
    origin = letter.reissue.number if isinstance(letter, ReissueLetter) else letter.case.number
    return {
        "addressed_to": letter.addressed_to,
        "number": letter.number,
        "kind": letter.get_kind_display(),
        "case": origin,
        "dated": letter.dated,
        "href": page_of_letter(letter),
        "delivery_href": reverse("letter_delivery", args=[letter.number]),
    }

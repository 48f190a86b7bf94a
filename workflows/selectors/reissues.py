"""Certificates made out again: requests that a person answers or asked for, titles for which one can be proposed."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from accreditation.errors import NotFound
from accreditation.models import Reissue, ReissueLetter, Title, User
from accreditation.permissions import districts_of, has_power_at
from accreditation.roles import Power
from accreditation.selectors.holders import once_called
from workflows.reissue_who import POWERS, power_over_certificate, without_ties
from workflows.reissuing import place_of

RELATED = ("title__programme", "title__holder", "asked_by", "settled_by", "letter", "reopens__settled_by")


def reissues_of_authority(user: User) -> QuerySet[Reissue]:
    """Requests that the person's authority answers, those that wait first; none to which the person has a tie."""
    places = [code for power in POWERS for code in districts_of(user, power)]
    allowed = Q(place__in=places) if places else Q(pk__in=[])
    if has_power_at(user, Power.PREPARE_ORDERS, None):
        allowed |= Q(place="")
    rows = without_ties(Reissue.objects.filter(allowed), user).select_related(*RELATED)
    return rows.order_by(F("settled_at").desc(nulls_first=True), "-asked_at", "-pk")


def narrowed(rows: QuerySet[Reissue], *, words: str = "", state: str = "") -> QuerySet[Reissue]:
    """Requests that fit; `words` are looked for in both numbers, holder, its earlier names and credit code."""
    if words:
        found = Q(number__icontains=words) | Q(title__number__icontains=words)
        found |= Q(title__holder__name__icontains=words) | Q(title__holder__in=once_called(words))
        rows = rows.filter(found | Q(title__holder__uscc__iexact=words))
    return rows.filter(state=state) if state else rows


def reissue_for(user: User, number: str) -> Reissue:
    """One request of the person's authority; NotFound for another's."""
    row = reissues_of_authority(user).filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def title_to_correct(user: User, number: str) -> Title:
    """A title that the person's authority granted; NotFound for another's and for one of an enterprise of one's own."""
    row = Title.objects.select_related("programme", "holder").filter(number=number).first()
    if row is None or power_over_certificate(user, row, place_of(row)) is None:
        raise NotFound(number)
    return row


def reissues_of(title: Title) -> list[Reissue]:
    """What the holder may read: its own requests and what the authority corrected; newest first."""
    seen = Q(is_by_office=False) | Q(letter__isnull=False)
    return list(title.reissues.filter(seen).select_related(*RELATED).order_by("-asked_at", "-pk"))


def letter_about(title: Title, number: str) -> ReissueLetter:
    """One answer about a title that was fetched for the person; NotFound otherwise."""
    row = ReissueLetter.objects.select_related("reissue").filter(reissue__title=title, number=number).first()
    if row is None:
        raise NotFound(number)
    return row

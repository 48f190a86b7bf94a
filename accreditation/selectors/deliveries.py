"""On which day a letter was served, as far as the system knows; an opening counts only by who could act then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.change_words import TitleOutcome
from accreditation.delivery_words import DeliveryWay
from accreditation.enums import MemberState
from accreditation.models import ChangedTitle, Delivery, Letter, Member, ReissueLetter


def deliveries_of(letter: Letter | ReissueLetter) -> list[Delivery]:
    """Every record about a letter in the order in which it was made, the corrected ones included."""
    return list(letter.deliveries.select_related("recorded_by", "corrects"))


def with_authority(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Without openings by somebody who could not act for the addressee at that instant: those serve nothing.

    An answer about a certificate is addressed to whoever held its title at the time: the holder, or one before it.
    """
    acting = Member.objects.filter(_acted_at("recorded_at"), user=OuterRef("recorded_by"))
    of_the_title = {"title": OuterRef(OuterRef("reissue_letter__reissue__title"))}
    former = ChangedTitle.objects.filter(**of_the_title, outcome=TitleOutcome.PASSES)
    of_title = Q(enterprise=OuterRef("reissue_letter__reissue__title__holder"))
    of_title |= Q(enterprise__in=former.values("change__holder"))
    addressee = Q(enterprise=OuterRef("letter__case__enterprise")) | of_title
    return rows.filter(~Q(way=DeliveryWay.OPENED) | Exists(acting.filter(addressee)))


def _acted_at(instant: str) -> Q:
    """Memberships by which a person acted at an instant of the outer row: proven by then, and not ended before."""
    at = OuterRef(instant)
    proven = Q(acts_from__lte=at) | Q(acts_from__isnull=True, settled_at__lte=at)
    ended = Q(acts_from__lte=at) | Q(acts_from__isnull=True, requested_at__lte=at)
    return Q(state=MemberState.ACTIVE) & proven | Q(state=MemberState.ENDED, settled_at__gt=at) & ended


def standing(rows: Iterable[Delivery]) -> list[Delivery]:
    """The services among all records of one letter: what was corrected is none, nor what takes one back."""
    found = list(rows)
    corrected = {row.corrects_id for row in found}
    left = [row for row in found if row.pk not in corrected and row.served_on is not None]
    openings = [row.pk for row in left if row.way == DeliveryWay.OPENED]
    if not openings:
        return left
    counted = set(with_authority(Delivery.objects.filter(pk__in=openings)).values_list("pk", flat=True))
    return [row for row in left if row.way != DeliveryWay.OPENED or row.pk in counted]


def service_among(rows: Iterable[Delivery], on: date) -> Delivery | None:
    """The first service that has taken place by a day; None while there is none, also while a notice still runs."""
    done = [row for row in standing(rows) if row.served_on is not None and row.served_on <= on]
    return min(done, key=lambda row: (row.served_on, row.pk), default=None)


def service_of(letter: Letter | ReissueLetter, on: date) -> Delivery | None:
    """The same, read for one letter."""
    return service_among(deliveries_of(letter), on)

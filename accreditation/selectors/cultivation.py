"""The cultivation list as it is read: by office and enterprise, its reports, its releases to the public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accreditation.cultivation_words import CultivationState
from accreditation.errors import NotFound
from accreditation.models import Batch, Cultivation, CultivationRelease, Enterprise, GapReport, RuleSetEdition
from accreditation.permissions import Person
from accreditation.visibility import enterprises_of

EXACT = ("state", "ground", "industry")
RULES_OF = "demonstration_national"


def cultivations(filters: Mapping[str, str]) -> QuerySet[Cultivation]:
    """Stays by `words` (name, code, number), `district` and the columns of `EXACT`; open ones where no state is asked.

    Each row carries `reported_on`, the day of its newest report.
    """
    newest = GapReport.objects.filter(cultivation=OuterRef("pk")).order_by("-ordinal").values("made_on")[:1]
    rows = Cultivation.objects.select_related("enterprise", "settled_by").annotate(reported_on=Subquery(newest))
    if not filters.get("state"):
        rows = rows.filter(state__in=[CultivationState.REQUESTED, CultivationState.LISTED])
    if words := filters.get("words"):
        fits = Q(number__icontains=words)
        for column in ("name", "uscc"):
            fits |= Q(**{f"enterprise__{column}__icontains": words})
        rows = rows.filter(fits)
    if district := filters.get("district"):
        rows = rows.filter(enterprise__district=district)
    exact = {name: filters[name] for name in EXACT if filters.get(name)}
    return rows.filter(**exact).order_by("state", "enterprise__district", "enterprise__name", "-pk")


def cultivation(number: str) -> Cultivation:
    """One stay; NotFound when there is none."""
    rows = Cultivation.objects.select_related("enterprise", "asked_by", "settled_by", "ended_by")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def own_cultivation(user: Person, number: str) -> Cultivation:
    """One stay of an enterprise that the person acts for; NotFound otherwise."""
    row = cultivation(number)
    if not enterprises_of(user).filter(pk=row.enterprise_id).exists():
        raise NotFound(number)
    return row


def own_cultivations(user: Person) -> list[Cultivation]:
    """Stays of the enterprises that the person acts for, the newest first."""
    rows = Cultivation.objects.filter(enterprise__in=enterprises_of(user)).select_related("enterprise")
    return list(rows.order_by("-pk"))


def listed_on(day: date) -> list[Cultivation]:
    """Who is on the list on a day."""
    rows = Cultivation.objects.filter(state=CultivationState.LISTED, listed_from__lte=day).select_related("enterprise")
    return list(rows.order_by("enterprise__district", "enterprise__name", "pk"))


def enterprise_by_code(uscc: str) -> Enterprise | None:
    """The registered enterprise of a credit code."""
    return Enterprise.objects.filter(uscc=uscc).first()


def reports_of(cultivation: Cultivation) -> list[GapReport]:
    """Reports of a stay, the newest first, without their figures."""
    rows = cultivation.reports.select_related("made_by", "rule_set").defer("facts", "advice", "rule_set__text")
    return list(rows.order_by("-ordinal"))


def report(cultivation: Cultivation, ordinal: int) -> GapReport:
    """One report; NotFound when there is none."""
    row = cultivation.reports.select_related("made_by", "rule_set").filter(ordinal=ordinal).first()
    if row is None:
        raise NotFound(str(ordinal))
    return row


def rules_for_readiness() -> RuleSetEdition | None:
    """The edition that reports look at: that of the programme's newest batch, else the one stored last."""
    batch = Batch.objects.filter(programme=RULES_OF).select_related("rule_set").order_by("-opens_at", "-pk").first()
    if batch is not None:
        return batch.rule_set
    return RuleSetEdition.objects.filter(reference__startswith=f"{RULES_OF}/").order_by("-stored_at", "-pk").first()


def releases() -> list[CultivationRelease]:
    """Every release, the newest first."""
    return list(CultivationRelease.objects.select_related("released_by").order_by("-released_at", "-pk"))


def named_in(release: CultivationRelease) -> dict[str, Enterprise]:
    """The enterprises of a release as they are today, by the number of their stay."""
    numbers = [line["number"] for line in release.lines]
    rows = Cultivation.objects.filter(number__in=numbers).select_related("enterprise")
    return {row.number: row.enterprise for row in rows}


def newest_release() -> CultivationRelease | None:
    """What everybody reads today."""
    return CultivationRelease.objects.order_by("-released_at", "-pk").first()

"""Targets of the city's plan as rows, and figures that are entered from statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.errors import Reason, Refusal
from accreditation.models import PlanFigure, PlanTarget, User
from accreditation.seeds.plan import city_plan
from accreditation.services.standings import check_keeper

END_OF_PLAN = 2015


def create_plan(at: datetime) -> int:
    """Targets and figures of the shipped plan that are missing; returns how many targets were made."""
    plan, made = city_plan(), 0
    for code, entry in plan.targets.items():
        values = {"value": Decimal(entry.target.numerator) / entry.target.denominator, "year": END_OF_PLAN}
        _row, is_new = PlanTarget.objects.get_or_create(code=code, defaults=values)
        made += is_new
    for row in plan.figures:
        PlanFigure.objects.get_or_create(
            target_id=row.target,
            year=row.year,
            source=row.source,
            defaults={
                "value": Decimal(row.value),
                "source_url": row.url,
                "confidence": row.confidence,
                "entered_at": at,
            },
        )
    return made


def enter_figure(
    target: PlanTarget, said: Mapping[str, Any], *, by: User, at: datetime, request_key: str | None = None
) -> PlanFigure:
    """A figure from statistics: `year`, `value`, `source`, `source_url`, `confidence`; Refusal where it is known."""
    check_keeper(by)
    values = {name: said[name] for name in ("year", "value", "source", "source_url", "confidence")}
    with act(
        "plan", "enter_plan_figure", by=by, at=at, acting_as="municipal_officer",
        request_key=request_key, request=fingerprint(target.pk, values),
    ) as doing:  # fmt: skip
        if PlanFigure.objects.filter(target=target, year=said["year"], source=said["source"]).exists():
            raise Refusal([Reason("known", _("该年份、该来源的数据已经录入。"), "source")])
        row = PlanFigure.objects.create(target=target, entered_by=by, entered_at=at, **values)
        doing.note(target=target.pk, **{name: str(value) for name, value in values.items()})
    return row

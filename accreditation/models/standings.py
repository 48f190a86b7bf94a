"""What other registers say of a holder: high-tech status, IP titles, platforms, projects; and figures of the plan."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.enums import DISTRICTS, StandingLevel, StandingState
from accreditation.models.audit import Chained
from accreditation.models.people import User
from accreditation.models.state_field import StateField

S = StandingState
_BY_A_SECOND_PERSON = ~Q(state__in=[S.CONFIRMED, S.ENDED]) | (
    Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(settled_by=F("entered_by"))
)


class Proposed(Chained):
    """Entered by one person, confirmed or dropped by another; counts only once confirmed."""

    number = models.CharField(max_length=40, unique=True)
    state = StateField(default=S.PROPOSED, choices=S.choices, protected=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True)  # why it was dropped or ended

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.PROPOSED, target=S.CONFIRMED)
    def confirm(self) -> None:
        """Compared with its source by a second person."""

    @transition(field=state, source=S.PROPOSED, target=S.DROPPED)
    def drop(self) -> None:
        """Not taken into the register."""


class StandingImport(Proposed):
    """A file of standings, confirmed or dropped as a whole."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()  # new standings of the file
    known = models.PositiveIntegerField()  # rows that were in the register already

    class Meta:
        constraints = [
            models.CheckConstraint(name="standing_import_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(name="import_is_confirmed_by_a_second_person", condition=_BY_A_SECOND_PERSON),
        ]


class Standing(Proposed):
    """A status, title, platform, project or place that another authority granted to a holder, with its source.

    The holder is known by credit code, whether registered here or not. `valid_from` is the day where it is known,
    else only `year`; without `valid_until` it stands until it is ended.
    """

    kind = models.SlugField(max_length=60)  # of seeds/standings.yaml
    level = models.CharField(max_length=20, choices=StandingLevel)
    holder_uscc = models.CharField(max_length=18, db_index=True)
    holder_name = models.CharField(max_length=120)
    district = models.CharField(max_length=6, choices=list(DISTRICTS.items()), blank=True)
    name = models.CharField(max_length=160, blank=True)  # of the laboratory, platform, project
    reference = models.CharField(max_length=80, blank=True)  # number of its certificate or list
    industry = models.SlugField(max_length=40, blank=True)
    year = models.PositiveIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)  # the first day on which it no longer stands
    source = models.CharField(max_length=200)
    source_url = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=20)
    intake = models.ForeignKey(StandingImport, on_delete=models.PROTECT, null=True, related_name="standings")

    class Meta:
        indexes = [models.Index(fields=["kind", "state"])]
        constraints = [
            models.CheckConstraint(name="standing_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(name="standing_level_known", condition=Q(level__in=StandingLevel.values)),
            models.CheckConstraint(name="standing_is_confirmed_by_a_second_person", condition=_BY_A_SECOND_PERSON),
            models.CheckConstraint(
                name="standing_runs_forward",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="ended_standing_has_day_and_reason",
                condition=Q(state=S.ENDED, ended_on__isnull=False) & ~Q(remark="")
                | ~Q(state=S.ENDED) & Q(ended_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_standing_per_grant",
                fields=["kind", "level", "holder_uscc", "name", "reference", "year"],
                condition=~Q(state=S.DROPPED),
            ),
        ]

    @transition(field="state", source=S.CONFIRMED, target=S.ENDED)
    def end(self) -> None:
        """Revoked or given up before its time."""

    @property
    def grant(self) -> tuple[str, str, str, str, str, int]:
        """What tells one grant from another; a row with the same values is the same standing."""
        return (self.kind, self.level, self.holder_uscc, self.name, self.reference, self.year)

    @property
    def begins(self) -> date:
        """The first day on which it stands."""
        return self.valid_from or date(self.year, 1, 1)


class PlanTarget(models.Model):
    """A target of the city's plan; what counts towards it stands in seeds/plan.yaml under the same code."""

    code = models.SlugField(max_length=20, primary_key=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    year = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.code


class PlanFigure(models.Model):
    """How far the city was in a year, from a source outside the registers."""

    target = models.ForeignKey(PlanTarget, on_delete=models.PROTECT, related_name="figures")
    year = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=200)
    source_url = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=20)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: shipped
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_plan_figure", fields=["target", "year", "source"])]

    def __str__(self) -> str:
        return f"{self.target_id} {self.year}"

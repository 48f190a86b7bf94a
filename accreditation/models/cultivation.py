"""The cultivation list: the city's reserve for the national demonstration title, and reports of what is missing."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.cultivation_words import CultivationEnd, CultivationGround, CultivationState
from accreditation.models.audit import Chained
from accreditation.models.batches import RuleSetEdition
from accreditation.models.enterprises import Enterprise
from accreditation.models.people import User
from accreditation.models.state_field import StateField

C = CultivationState
OPEN = [C.REQUESTED, C.LISTED]


class Cultivation(Chained):
    """One stay of one enterprise on the list, from what it asked or what the office decided to its end."""

    number = models.CharField(max_length=40, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="cultivations")
    state = StateField(default=C.REQUESTED, choices=C.choices, protected=True)
    ground = models.CharField(max_length=20, choices=CultivationGround)
    industry = models.SlugField(max_length=40, blank=True)  # strategic field, of seeds/standings.yaml
    statement = models.TextField(blank=True)  # what the enterprise said when it asked
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)  # the document that put it on the list
    listed_from = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)  # the first day on which it is no longer on the list
    ended_for = models.CharField(max_length=20, choices=CultivationEnd, blank=True)
    remark = models.CharField(max_length=300, blank=True)  # why it was declined or ended, in words
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="cultivation_state_known", condition=Q(state__in=C.values)),
            models.CheckConstraint(
                name="listed_enterprise_has_day_source_and_officer",
                condition=~Q(state__in=[C.LISTED, C.ENDED])
                | (Q(listed_from__isnull=False, settled_by__isnull=False, settled_at__isnull=False) & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="asked_cultivation_says_why",
                condition=~Q(ground=CultivationGround.REQUEST) | (Q(asked_by__isnull=False) & ~Q(statement="")),
            ),
            models.CheckConstraint(
                name="declined_cultivation_has_reason", condition=~Q(state=C.DECLINED) | ~Q(remark="")
            ),
            models.CheckConstraint(
                name="ended_cultivation_has_day_and_reason",
                condition=Q(state=C.ENDED, ended_on__gte=F("listed_from"), ended_by__isnull=False)
                & ~Q(ended_for="")
                & ~Q(remark="")
                | ~Q(state=C.ENDED) & Q(ended_on__isnull=True, ended_for=""),
            ),
            models.UniqueConstraint(
                name="one_open_cultivation", fields=["enterprise"], condition=Q(state__in=["requested", "listed"])
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_listed_on(self, day: date) -> bool:
        """Whether the enterprise is on the list on a day."""
        if self.listed_from is None or self.listed_from > day:
            return False
        return self.ended_on is None or self.ended_on > day

    @transition(field=state, source=C.REQUESTED, target=C.LISTED)
    def take_on(self) -> None:
        """Put on the list by the office."""

    @transition(field=state, source=C.REQUESTED, target=C.DECLINED)
    def decline(self) -> None:
        """Not taken on the list."""

    @transition(field=state, source=C.LISTED, target=C.ENDED)
    def end(self) -> None:
        """Off the list."""


class CultivationRelease(Chained):
    """The list as the office published it on a day: names frozen, read by everybody until the next release."""

    number = models.CharField(max_length=40, unique=True)
    document = models.CharField(max_length=80)  # number of the notice that it is published with
    released_on = models.DateField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    lines = models.JSONField()  # number, name, name_en, district, industry, since of every enterprise on the list

    class Meta:
        constraints = [models.CheckConstraint(name="release_names_document", condition=~Q(document=""))]

    def __str__(self) -> str:
        return self.number


class OwnFigure(models.Model):
    """A figure that no filing holds, stated by the enterprise for its gap report; nobody has checked it."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="own_figures")
    code = models.SlugField(max_length=60)  # of the shared field catalogue
    year = models.PositiveIntegerField()
    value = models.CharField(max_length=60)  # exact number as text, or true / false
    unit = models.CharField(max_length=20)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_own_figure", fields=["enterprise", "code", "year"])]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.code} {self.year}"


class GapReport(models.Model):
    """What an enterprise on the list lacks for the national title, as worked out on a day; never changed."""

    cultivation = models.ForeignKey(Cultivation, on_delete=models.PROTECT, related_name="reports")
    ordinal = models.PositiveIntegerField()  # from 1 within the stay on the list
    made_on = models.DateField()  # the day whose titles and standings it looks at
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    rule_set = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT, related_name="+")
    reporting_year = models.PositiveIntegerField()
    facts = models.TextField()  # canonical JSON of the figures that were known
    origins = models.JSONField()  # figure and year -> where it comes from: `of`, `case`, `checked`
    total = models.CharField(max_length=60, blank=True)  # exact number of points as text; empty while undetermined
    evaluation = models.TextField()  # canonical JSON
    advice = models.TextField()  # canonical JSON: which figures raised to what would gain how much
    digest = models.CharField(max_length=64)  # SHA-256 of facts, evaluation and advice

    class Meta:
        constraints = [models.UniqueConstraint(name="one_gap_report_per_ordinal", fields=["cultivation", "ordinal"])]

    def __str__(self) -> str:
        return f"{self.cultivation_id} {self.ordinal}"

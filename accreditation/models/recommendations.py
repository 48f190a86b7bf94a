"""Recommendation for a national title: consultation, initial score, ranking within the quota, letter, result."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.models.applications import Application, StoredFile
from accreditation.models.batches import Batch
from accreditation.models.people import User
from accreditation.models.titles import Title
from accreditation.recommendation_words import Department, OutsideBand, Position, TieRule


class Consultation(models.Model):
    """One department asked about one application, and its written answer as the office received it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consultations")
    department = models.CharField(max_length=20, choices=Department)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    position = models.CharField(max_length=20, choices=Position, blank=True)
    text = models.TextField(blank=True)
    document_number = models.CharField(max_length=60, blank=True)  # of the department's letter
    dated = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_consultation_per_department", fields=["application", "department"]),
            models.CheckConstraint(
                name="answered_consultation_is_recorded",
                condition=Q(position="")
                | (~Q(text="") & Q(dated__isnull=False) & Q(recorded_by__isnull=False) & Q(recorded_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.department}"


class DepartmentLetter(models.Model):
    """The file of a department's letter, entered with its answer; one that a correction took away stays on record."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="letters")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_standing_department_letter", fields=["consultation"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(name="department_letter_has_name", condition=~Q(file_name="")),
            models.CheckConstraint(
                name="department_letter_is_replaced_after_entry",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class InitialScore(models.Model):
    """初评得分: the score by the national method on verified figures, adopted and frozen."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="initial_score")
    total = models.CharField(max_length=60)  # exact number as text, in points
    evaluation = models.TextField()
    digest = models.CharField(max_length=64)
    opinion = models.TextField()
    without_answer_for = models.TextField(blank=True)  # why it was adopted although a department had not answered
    scored_by = models.ForeignKey(User, on_delete=models.PROTECT)
    scored_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="initial_score_has_opinion", condition=~Q(opinion=""))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.total}"


class Ranking(models.Model):
    """The applications of a batch by initial score: a text frozen by hash, with quota and tie rule in it.

    A batch has one first ranking. Whoever comes to be ranked after it was frozen stands in a supplementary ranking,
    which takes quota and tie rule over from the first and moves nobody in it.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rankings")
    # the first ranking of the batch; null for that one itself
    supplements = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supplementary")
    number = models.CharField(max_length=40, unique=True)
    quota = models.PositiveIntegerField()
    extra_quota = models.PositiveIntegerField(default=0)  # allowed from above for this supplementary ranking alone
    extra_ground = models.CharField(max_length=200, blank=True)
    tie_rule = models.CharField(max_length=40, choices=TieRule)
    reason = models.TextField(blank=True)  # why cases come late that no decision sent back
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ranking_is_frozen", condition=~Q(text="") & ~Q(sha256="")),
            models.UniqueConstraint(
                name="one_first_ranking_per_batch", fields=["batch"], condition=Q(supplements__isnull=True)
            ),
            models.CheckConstraint(
                name="extra_quota_has_ground",
                condition=Q(extra_quota=0, extra_ground="") | Q(extra_quota__gt=0) & ~Q(extra_ground=""),
            ),
            models.CheckConstraint(
                name="first_ranking_has_quota_of_batch_alone",
                condition=Q(supplements__isnull=False) | Q(extra_quota=0, reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RankingLine(models.Model):
    """One place of the ranking; an application stands in one, and a case decided again is another application.

    Of a supplementary ranking, the line says between which places of the first ranking it belongs by the same order.
    """

    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="lines")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="ranking_line")
    place = models.PositiveIntegerField()
    score = models.CharField(max_length=60)  # exact
    tie_value = models.CharField(max_length=60)  # exact, in the unit of the tie rule's figure
    stands_after = models.PositiveIntegerField(null=True)  # place of the first ranking; null above all of them
    stands_before = models.PositiveIntegerField(null=True)  # the same below; null beneath all of them
    ground = models.CharField(max_length=200, blank=True)  # decision or judgment by which it is decided again

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_line_per_place", fields=["ranking", "place"]),
            models.CheckConstraint(
                name="line_stands_between_places_in_order",
                condition=Q(stands_after__isnull=True)
                | Q(stands_before__isnull=True)
                | Q(stands_after__lt=F("stands_before")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ranking_id}/{self.place}"


class Recommendation(models.Model):
    """The municipality's letter to the national authority; the applications listed in it point here."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="recommendations")
    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT)
    number = models.CharField(max_length=60, unique=True)  # 文号
    dated = models.DateField()
    addressed_to = models.CharField(max_length=120)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class ExternalNotice(models.Model):
    """A notice of a national authority as this office received it: number, day, authority, scanned file."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="external_notices")
    number = models.CharField(max_length=60)
    dated = models.DateField()
    authority = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="notice_from_above_is_named", condition=~Q(number=""))]

    def __str__(self) -> str:
        return self.number


class TitleEvaluation(models.Model):
    """The result of an evaluation by a national authority, year by year, with what followed for the title."""

    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="evaluations")
    year = models.PositiveIntegerField()
    band = models.CharField(max_length=20, choices=OutsideBand)
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="evaluations")
    consequence = models.TextField(blank=True)
    state_before = models.CharField(max_length=20)
    state_after = models.CharField(max_length=20)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_evaluation_per_year", fields=["title", "year"])]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year} {self.band}"

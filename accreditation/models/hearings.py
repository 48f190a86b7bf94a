"""Before an objection ends a case its applicant is heard, afterwards the objector is answered; and 申请撤下公示名单."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.models.applications import Application, StoredFile
from accreditation.models.cases import Deadline, LetterText
from accreditation.models.notices import Notice, Objection
from accreditation.models.people import User


class ObjectionHearing(models.Model):
    """What the applicant was told of an objection, in an officer's words, and how long it may answer.

    `stated_at` is the moment of its first statement; all of them are kept in `ObjectionStatement`.
    """

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="hearing")
    facts = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    clock = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="hearing")
    stated_at = models.DateTimeField(null=True, blank=True)
    rest_waived_at = models.DateTimeField(null=True, blank=True)  # the rest of the days given up in words

    class Meta:
        constraints = [
            models.CheckConstraint(name="hearing_tells_facts", condition=~Q(facts="")),
            models.CheckConstraint(
                name="rest_of_statement_time_is_waived_with_a_statement",
                condition=Q(rest_waived_at__isnull=True)
                | Q(stated_at__isnull=False, stated_at__lte=F("rest_waived_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.objection)


class ApplicantStatement(models.Model):
    """One statement of the applicant, with what came with it; a later one adds to those before and replaces none."""

    text = models.TextField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("stated_at", "pk")


class ObjectionStatement(ApplicantStatement):
    """What the applicant says in a hearing."""

    hearing = models.ForeignKey(ObjectionHearing, on_delete=models.PROTECT, related_name="statements")

    class Meta(ApplicantStatement.Meta):
        constraints = [models.CheckConstraint(name="objection_statement_has_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.hearing_id}"


class ObjectorLetter(LetterText):
    """The answer to whoever objected; only the objector and those who look into objections read it."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="letter")
    first_read_at = models.DateTimeField(null=True, blank=True)  # by the objector, with number and code


class NoticeWaiver(models.Model):
    """The applicant's own declaration that its entry be taken off a running notice."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="waivers")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="waivers")
    reason = models.TextField()
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entry_is_waived_once", fields=["application", "notice"]),
            models.CheckConstraint(name="waiver_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.application_id}"

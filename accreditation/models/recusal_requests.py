"""A party asks that somebody who deals with its case step aside (回避申请), and what a superior answered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.applications import StoredFile
from accreditation.models.cases import Case, Deadline, Letter
from accreditation.models.people import User


class RecusalClaim(models.TextChoices):
    """The tie that the party names: 公务员法第七十六条."""

    RELATIVE = "relative", _("与相关人员有亲属关系")
    EMPLOYER = "employer", _("在相关单位任职或者曾经任职")
    SHARES = "shares", _("持有相关单位股权或者投资")
    INTEREST = "interest", _("与办理结果有其他利害关系")
    OTHER = "other", _("其他可能影响公正办理的情形")


class RecusalAnswer(models.TextChoices):
    """What the superior decided; empty while it waits."""

    GRANTED = "granted", _("决定回避")
    REFUSED = "refused", _("不予回避")


class RecusalRequest(models.Model):
    """One request about one person and one fact; never deleted.

    `named` is whom the party means, in its own words; `person` is empty until a superior has found out who that is,
    where the party did not pick a name that the case had shown to it. `holds_back` tells that the person does nothing
    in the case before the answer: true once for each person of a case, so that further requests stop nobody.
    `words` is the hash of person and reason without blanks.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recusal_requests")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    named = models.CharField(max_length=100)
    ground = models.CharField(max_length=20, choices=RecusalClaim)
    reason = models.TextField()
    words = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    holds_back = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    clock = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="recusal_request")
    identified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=20, choices=RecusalAnswer, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="recusal_request"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="recusal_is_asked_once_for_one_fact", fields=["case", "words"]),
            models.UniqueConstraint(
                name="request_holds_a_person_back_once", fields=["case", "person"], condition=Q(holds_back=True)
            ),
            models.CheckConstraint(
                name="recusal_request_says_whom_and_why", condition=~Q(named="") & ~Q(reason="") & ~Q(words="")
            ),
            models.CheckConstraint(
                name="only_a_known_person_is_held_back", condition=Q(holds_back=False) | Q(person__isnull=False)
            ),
            models.CheckConstraint(
                name="recusal_answer_is_whole",
                condition=Q(
                    answer="", answer_reason="", answered_by__isnull=True, answered_at__isnull=True,
                    letter__isnull=True,
                )
                | (
                    Q(
                        answer__in=RecusalAnswer.values, answered_by__isnull=False, answered_at__isnull=False,
                        letter__isnull=False,
                    )
                    & ~Q(answer_reason="")
                ),
            ),
            models.CheckConstraint(
                name="granted_recusal_is_of_a_known_person", condition=~Q(answer="granted") | Q(person__isnull=False)
            ),
            models.CheckConstraint(
                name="recusal_is_answered_by_another",
                condition=Q(answered_by__isnull=True)
                | (Q(person__isnull=True) | ~Q(answered_by=F("person"))) & ~Q(answered_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="person_asked_aside_is_identified_by_another",
                condition=Q(identified_by__isnull=True) | ~Q(identified_by=F("person")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.named} {self.answer or '…'}"

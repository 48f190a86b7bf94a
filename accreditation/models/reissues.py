"""补发换发: a certificate is asked for again, by its holder or by the authority; one answer with a letter."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.models.cases import LetterText
from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title
from accreditation.reissue_words import LETTER_NAMES, REISSUE_ALLOWED, REISSUE_REFUSED, ReissueReason, ReissueState

S = ReissueState


class Reissue(models.Model):
    """One request; `place` is the district, zone or group that answers, empty for the city's office.

    The certificate and the versions are noted when it is allowed: the new one is in force once it is signed. One that
    `reopens` another is answered anew, by somebody else, because a decision on reconsideration set the refusal aside.
    """

    number = models.CharField(max_length=40, unique=True)
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="reissues")
    place = models.CharField(max_length=6, blank=True)
    reason = models.CharField(max_length=20, choices=ReissueReason)
    statement = models.TextField()
    is_by_office = models.BooleanField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    certificate_number = models.CharField(max_length=40, blank=True)
    former_version = models.PositiveSmallIntegerField(null=True, blank=True)
    new_version = models.PositiveSmallIntegerField(null=True, blank=True)
    reopens = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reopened")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_waiting_reissue", fields=["title"], condition=Q(state=S.WAITING)),
            models.UniqueConstraint(
                name="one_reissue_per_version",
                fields=["certificate_number", "new_version"],
                condition=Q(state=S.ALLOWED),
            ),
            models.CheckConstraint(name="reissue_says_why", condition=~Q(statement="")),
            models.CheckConstraint(
                name="reissue_is_settled_by_another_person",
                condition=Q(settled_by__isnull=True)
                | Q(state=S.WITHDRAWN, is_by_office=False)
                | (~Q(settled_by=F("asked_by")) & (Q(asked_for__isnull=True) | ~Q(settled_by=F("asked_for")))),
            ),
            models.CheckConstraint(
                name="reissue_is_settled_whole",
                condition=Q(state=S.WAITING, settled_by__isnull=True, settled_at__isnull=True, new_version__isnull=True)
                | Q(
                    state=S.ALLOWED,
                    settled_by__isnull=False,
                    settled_at__isnull=False,
                    former_version__isnull=False,
                    new_version__gt=F("former_version"),
                )
                & ~Q(certificate_number="")
                | Q(state=S.REFUSED, settled_by__isnull=False, settled_at__isnull=False, new_version__isnull=True)
                & ~Q(answer="")
                | Q(state=S.WITHDRAWN, settled_by__isnull=False, settled_at__isnull=False, new_version__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.WAITING, target=S.ALLOWED)
    def allow(self) -> None:
        """The next version is asked of the signer."""

    @transition(field=state, source=S.WAITING, target=S.REFUSED)
    def refuse(self) -> None:
        """Answered with a reason; the certificate in hand stays."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by the holder."""


class ReissueLetter(LetterText):
    """The answer as it was sent to the holder."""

    reissue = models.OneToOneField(Reissue, on_delete=models.PROTECT, related_name="letter")

    @property
    def kind(self) -> str:
        """As the kinds of the letters of cases."""
        return REISSUE_REFUSED if self.remedy else REISSUE_ALLOWED

    def get_kind_display(self) -> str:
        """Its name."""
        return str(LETTER_NAMES[self.kind])

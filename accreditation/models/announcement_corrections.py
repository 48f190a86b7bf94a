"""公告更正: one particular of a published announcement put right; the announcement itself is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.correction_words import AnnouncementCorrectionState, Particular
from accreditation.models.batches import Batch
from accreditation.models.notices import Announcement
from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title

S = AnnouncementCorrectionState


class AnnouncementCorrection(models.Model):
    """What was printed of one title's holder and what is right, proposed by one person, published by another."""

    number = models.CharField(max_length=80, unique=True)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="corrections")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="announcement_corrections")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="announcement_corrections")
    particular = models.CharField(max_length=12, choices=Particular)
    printed = models.CharField(max_length=200)
    right = models.CharField(max_length=200)
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_correction_per_particular",
                fields=["announcement", "title", "particular"],
                condition=Q(state=S.WAITING),
            ),
            models.CheckConstraint(
                name="correction_is_complete", condition=~Q(printed="") & ~Q(right="") & ~Q(reason="")
            ),
            models.CheckConstraint(name="correction_changes_something", condition=~Q(printed=F("right"))),
            models.CheckConstraint(
                name="correction_is_settled_by_another_person",
                condition=Q(settled_by__isnull=True)
                | (~Q(settled_by=F("proposed_by")) & (Q(proposed_for__isnull=True) | ~Q(settled_by=F("proposed_for")))),
            ),
            models.CheckConstraint(
                name="correction_is_settled_whole",
                condition=Q(state=S.WAITING, settled_by__isnull=True, settled_at__isnull=True)
                | Q(state=S.PUBLISHED, settled_by__isnull=False, settled_at__isnull=False)
                | (Q(state=S.DECLINED, settled_by__isnull=False, settled_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.WAITING, target=S.PUBLISHED)
    def publish(self) -> None:
        """Read by everybody beside the announcement."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left unpublished by the second person."""

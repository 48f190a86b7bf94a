"""Files of further designations: proposed by an officer, published or declined by another person, kept as they came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accreditation.models.batches import RuleSetEdition
from accreditation.models.people import User
from accreditation.models.state_field import StateField


class DesignationState(models.TextChoices):
    """What became of a proposal."""

    WAITING = "waiting", _("待第二人发布")
    PUBLISHED = "published", _("已发布")
    DECLINED = "declined", _("未予发布")
    WITHDRAWN = "withdrawn", _("已撤回")


S = DesignationState
WAITING_ALONE = Q(decided_by__isnull=True, decided_at__isnull=True, edition__isnull=True)
BY_A_SECOND = Q(decided_by__isnull=False) & ~Q(decided_by=F("drafted_by"))


class DesignationProposal(models.Model):
    """A sound file put before a second person. Its text is never changed; a mended one is another proposal."""

    number = models.CharField(max_length=40, unique=True)
    file = models.CharField(max_length=100)  # name under which it came
    text = models.TextField()
    checksum = models.CharField(max_length=64)  # SHA-256 of the text
    programme_code = models.SlugField(max_length=60)
    reference = models.CharField(max_length=80)  # programme/edition that it would set up
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    state = StateField(default=S.WAITING, choices=S.choices, protected=True)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # of the one who declined
    edition = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT, null=True, related_name="designations")

    class Meta:
        constraints = [
            models.CheckConstraint(name="designation_state_known", condition=Q(state__in=S.values)),
            models.UniqueConstraint(
                name="one_waiting_designation", fields=["reference"], condition=Q(state=S.WAITING.value)
            ),
            models.CheckConstraint(
                name="waiting_designation_is_undecided", condition=~Q(state=S.WAITING) | WAITING_ALONE
            ),
            models.CheckConstraint(
                name="designation_is_published_by_a_second_person",
                condition=~Q(state=S.PUBLISHED) | (BY_A_SECOND & Q(edition__isnull=False)),
            ),
            models.CheckConstraint(
                name="designation_is_declined_by_a_second_person",
                condition=~Q(state=S.DECLINED) | (BY_A_SECOND & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="designation_is_withdrawn_by_its_drafter",
                condition=~Q(state=S.WITHDRAWN) | Q(decided_by__isnull=False, decided_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.WAITING, target=S.PUBLISHED)
    def publish(self) -> None:
        """Programme and edition stand."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by its drafter."""

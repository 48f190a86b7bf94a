"""A change of running cases from one edition of a procedure to another, proposed and confirmed by two persons."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accreditation.models.people import User
from accreditation.models.state_field import StateField


class EditionChangeState(models.TextChoices):
    """What became of a proposed change."""

    WAITING = "waiting", _("待第二人确认")
    RUNNING = "running", _("正在逐件更换")
    FINISHED = "finished", _("已完成")
    DECLINED = "declined", _("未予确认")
    WITHDRAWN = "withdrawn", _("已撤回")


S = EditionChangeState
UNDECIDED = Q(decided_by__isnull=True, decided_at__isnull=True)
BY_A_SECOND = Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))
NOT_TAKEN_OVER = Q(taken_over_by__isnull=True, taken_over_at__isnull=True, take_over_reason="")
TAKEN_OVER = (
    Q(state__in=[S.RUNNING, S.FINISHED], taken_over_by__isnull=False, taken_over_at__isnull=False)
    & ~Q(taken_over_by=F("proposed_by"))
    & ~Q(take_over_reason="")
)


class EditionChange(models.Model):
    """What is to become of running cases of an edition, as proposed and tried; who decided; what became of each."""

    number = models.CharField(max_length=40, unique=True)
    edition_before = models.CharField(max_length=60)
    edition_after = models.CharField(max_length=60)
    mapping = models.TextField()  # the file as it was read
    mapping_sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    preview = models.JSONField(default=list)  # [{case, before, after, reasons}] of the dry run, frozen
    preview_sha256 = models.CharField(max_length=64, blank=True)  # over editions, mapping and preview
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_over_at = models.DateTimeField(null=True, blank=True)
    take_over_reason = models.CharField(max_length=300, blank=True)
    report = models.JSONField(default=list)  # [{case, before, after, reasons}] of what was done so far

    class Meta:
        constraints = [
            models.CheckConstraint(name="edition_change_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="edition_change_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="waiting_edition_change_is_undecided", condition=~Q(state=S.WAITING) | UNDECIDED
            ),
            models.CheckConstraint(
                name="edition_change_is_confirmed_by_a_second_person",
                condition=~Q(state__in=[S.RUNNING, S.FINISHED]) | BY_A_SECOND,
            ),
            models.CheckConstraint(
                name="edition_change_is_declined_by_a_second_person",
                condition=~Q(state=S.DECLINED) | (BY_A_SECOND & ~Q(decline_reason="")),
            ),
            models.CheckConstraint(
                name="edition_change_is_withdrawn_by_its_proposer",
                condition=~Q(state=S.WITHDRAWN) | Q(decided_by__isnull=False, decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="finished_edition_change_has_its_time",
                condition=Q(state=S.FINISHED, finished_at__isnull=False)
                | (~Q(state=S.FINISHED) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="edition_change_is_taken_over_whole_by_another", condition=NOT_TAKEN_OVER | TAKEN_OVER
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def runner(self) -> User:
        """In whose name a confirmed change is carried out: who took it over last, else who confirmed it."""
        found = self.taken_over_by or self.decided_by
        assert found is not None
        return found

    @transition(field=state, source=S.WAITING, target=S.RUNNING)
    def confirm(self) -> None:
        """A second person confirmed what was tried."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by its proposer."""

    @transition(field=state, source=S.RUNNING, target=S.FINISHED)
    def finish(self) -> None:
        """Each case went over or was refused."""

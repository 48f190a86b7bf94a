"""A title: what a holder was granted under a programme, from when until when, and what it is worth today."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, transition

from accreditation.enums import Level, TitleState
from accreditation.models.audit import Chained
from accreditation.models.batches import Programme
from accreditation.models.enterprises import Enterprise
from accreditation.models.state_field import StateField

T = TitleState
STANDING = [T.IN_FORCE, T.WARNED]
HELD = (*STANDING, TitleState.SUSPENDED)  # not lost
MOVED = ["state", "warned_beneath", "suspended_beneath"]  # columns that a transition writes
BENEATH = {  # verbs over what stands beneath a suspension or a loss, with the column and its new value
    "lift_warning": ("warned_beneath", False),
    "lift_suspension": ("suspended_beneath", False),
    "warn_beneath": ("warned_beneath", True),
    "suspend_beneath": ("suspended_beneath", True),
}


class Title(Chained):
    """Granted by an announcement, or imported from an older register with its provenance."""

    number = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="titles")
    product = models.CharField(max_length=60, blank=True)  # what a product's title is granted to; else empty
    edition = models.CharField(max_length=80)
    granted_on = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # empty: until a national authority takes it away
    announcement_number = models.CharField(max_length=60)
    provenance = models.CharField(max_length=200, blank=True)
    granted_above = models.ForeignKey("ExternalNotice", on_delete=models.PROTECT, null=True, related_name="titles")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="branches")
    state = StateField(default=T.IN_FORCE, choices=T.choices, protected=True)
    warned_beneath = models.BooleanField(default=False)  # a warning that goes on once a suspension or loss is undone
    suspended_beneath = models.BooleanField(default=False)  # a suspension that goes on once a loss is undone
    entered_wrongly = models.BooleanField(default=False)  # nobody ever granted it: a list from above was misread

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="title_runs_forward", condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="only_titles_from_above_run_on",
                condition=Q(valid_until__isnull=False) | Q(granted_above__isnull=False),
            ),
            models.CheckConstraint(name="title_state_known", condition=Q(state__in=T.values)),
            models.CheckConstraint(
                name="title_entered_wrongly_is_over",
                condition=Q(entered_wrongly=False) | Q(state__in=[T.REVOKED, T.CANCELLED, T.EXPIRED]),
            ),
            models.CheckConstraint(name="title_rests_on_announcement", condition=~Q(announcement_number="")),
            models.UniqueConstraint(
                name="one_standing_title",
                fields=["programme", "holder", "product"],
                condition=Q(state__in=[*STANDING, T.SUSPENDED]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_standing(self) -> bool:
        """Whether its holder may call itself by it today."""
        return self.state in STANDING

    @property
    def last_day(self) -> date | None:
        """The day with which its term ends; None of what the nation granted, which ends by an order only."""
        return None if self.programme.level == Level.NATIONAL else self.valid_until

    @transition(field=state, source=T.IN_FORCE, target=T.WARNED)
    def warn(self) -> None:
        """Must rectify within a period."""

    @transition(field=state, source=STANDING, target=T.SUSPENDED)
    def suspend(self) -> None:
        """Without effect for a time; a warning goes on beneath."""
        self._cover()

    @transition(field=state, source=[T.SUSPENDED, T.WARNED], target=RETURN_VALUE(T.IN_FORCE, T.WARNED))
    def reinstate(self) -> T:
        """One step back: a suspension gives way to the warning beneath it, a warning to nothing."""
        return self._uncover()

    @transition(field=state, source=[T.REVOKED, T.CANCELLED], target=RETURN_VALUE(T.IN_FORCE, T.WARNED, T.SUSPENDED))
    def restore(self) -> T:
        """Taken away wrongly: only a reconsideration, a judgment or an own correction gives it back."""
        return self._uncover()

    @transition(field=state, source=[*STANDING, T.SUSPENDED], target=T.REVOKED)
    def revoke(self) -> None:
        """Taken away for cause."""
        self._cover()

    @transition(field=state, source=[*STANDING, T.SUSPENDED], target=T.CANCELLED)
    def cancel(self) -> None:
        """Ended without fault."""
        self._cover()

    @transition(field=state, source=T.CANCELLED, target=T.REVOKED)
    def revoke_under_correction(self) -> None:
        """Revoked, had it been granted: the correction of a list ended it first, and may be the error."""

    @transition(field=state, source=T.CANCELLED, target=T.CANCELLED)
    def cancel_under_correction(self) -> None:
        """The same of one that an order cancels."""

    @transition(field=state, source=[*STANDING, T.SUSPENDED], target=T.EXPIRED)
    def expire(self) -> None:
        """Ran out without renewal."""

    def _cover(self) -> None:
        """What stood until now stands beneath what comes over it."""
        self.warned_beneath |= self.state == T.WARNED
        self.suspended_beneath |= self.state == T.SUSPENDED

    def _uncover(self) -> T:
        if self.suspended_beneath:
            self.suspended_beneath = False
            return T.SUSPENDED
        back = T.WARNED if self.warned_beneath else T.IN_FORCE
        self.warned_beneath = False
        return back

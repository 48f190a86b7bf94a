"""The panel of experts: seats, declarations, sealed reviews."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django_fsm import transition

from accreditation.enums import SeatState
from accreditation.models.applications import Application
from accreditation.models.people import User
from accreditation.models.state_field import StateField


class Panel(models.Model):
    """The panel of one application; opened when the last review is in and no sheet may still be set aside."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="panel")
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    opened_at = models.DateTimeField(null=True, blank=True)
    result = models.TextField(blank=True)  # how the marks combine, by the rule set

    class Meta:
        constraints = [
            models.CheckConstraint(name="opened_panel_has_result", condition=Q(opened_at__isnull=True) | ~Q(result=""))
        ]

    def __str__(self) -> str:
        return str(self.application_id)

    def all_sheets_are_in(self) -> bool:
        """Every place has handed in."""
        return bool(self.seats.filter(state=SeatState.SUBMITTED).count() == self.size)

    def may_lose_a_sheet(self) -> bool:
        """The office has still to say whether one of the sheets is set aside."""
        return bool(self.seats.filter(sheet_requests__answer="").exists())

    @cached_property
    def waits_for_an_answer(self) -> bool:
        """The experts are done, and the office is not; kept, since a page asks several times."""
        return self.all_sheets_are_in() and self.may_lose_a_sheet()


class Seat(models.Model):
    """One place held by one expert. A recused seat stays on record and is followed by a new one.

    One that is recused with a review is that of a sheet set aside, of which `tie` holds the reason.
    """

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="seats")
    place = models.PositiveIntegerField()
    expert = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    state = StateField(default=SeatState.APPOINTED, choices=SeatState.choices, protected=True)
    appointed_at = models.DateTimeField()
    declared_at = models.DateTimeField(null=True, blank=True)
    tie = models.TextField(blank=True)  # the declared fact; recusal is its consequence

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_sitting_expert_per_place", fields=["panel", "place"], condition=~Q(state=SeatState.RECUSED)
            ),
            models.UniqueConstraint(name="one_seat_per_expert", fields=["panel", "expert"]),
            models.CheckConstraint(name="recused_seat_names_tie", condition=~Q(state=SeatState.RECUSED) | ~Q(tie="")),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id}/{self.place}"

    @transition(field=state, source=SeatState.APPOINTED, target=SeatState.CLEARED)
    def declare_no_tie(self) -> None:
        """The expert declares to have no tie."""

    @transition(field=state, source=[SeatState.APPOINTED, SeatState.CLEARED], target=SeatState.RECUSED)
    def recuse(self) -> None:
        """The expert steps down."""

    @transition(field=state, source=SeatState.SUBMITTED, target=SeatState.RECUSED)
    def set_sheet_aside(self) -> None:
        """The expert leaves after handing in; the sheet stays and does not count."""

    @transition(field=state, source=SeatState.CLEARED, target=SeatState.SUBMITTED)
    def submit(self) -> None:
        """Marks handed in."""


class Review(models.Model):
    """One expert's marks with reasons, sealed by a hash until the panel is opened."""

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="review")
    marks = models.JSONField()  # {heading: {"points": "4.5", "reason": "..."}}
    opinion = models.TextField()
    sealed_hash = models.CharField(max_length=64)
    salt = models.CharField(max_length=64, blank=True)  # shown with the marks; without it short words could be guessed
    submitted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.seat_id)

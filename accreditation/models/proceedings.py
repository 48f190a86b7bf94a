"""A proceeding over a title: revocation, suspension, warning, reinstatement, cancellation; and papers of any case."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import GET_STATE, transition

from accreditation.enums import Level, ProceedingKind, ProceedingState
from accreditation.grounds import ADVERSE_KINDS, Ground
from accreditation.models.applications import StoredFile
from accreditation.models.cases import Case, CaseSubject
from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title

P = ProceedingState
DECIDED = [P.ORDERED, P.ORDER_RUNNING, P.CONCLUDED]
ENDED = [P.CONCLUDED, P.DROPPED]


def _after_order(proceeding: Proceeding, in_effect: bool) -> str:
    """An order may name a later day; from its day on it runs or is done."""
    return _in_effect(proceeding) if in_effect else P.ORDERED


def _in_effect(proceeding: Proceeding) -> str:
    """A suspension with a last day runs until then; every other order is done with its effect."""
    return P.ORDER_RUNNING if proceeding.until is not None else P.CONCLUDED


class Proceeding(CaseSubject):
    """One proceeding over one title: facts, what the holder says, the order of a second person, its effect."""

    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="proceedings")
    kind = models.CharField(max_length=20, choices=ProceedingKind)
    state = StateField(default=P.IN_PREPARATION, choices=P.choices, protected=True)
    ground = models.CharField(max_length=40, choices=[(ground.value, ground.value) for ground in Ground])
    found_facts = models.TextField()
    notice = models.ForeignKey("ExternalNotice", on_delete=models.PROTECT, null=True, related_name="proceedings")
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)  # the holder itself asked for it
    notified_at = models.DateTimeField(null=True, blank=True)
    statement = models.TextField(blank=True)  # the holder's defence, each statement after the one before
    rest_waived_at = models.DateTimeField(null=True, blank=True)  # hearing and rest of the days given up in words
    heard_at = models.DateTimeField(null=True, blank=True)  # the right to be heard was used or has run out
    hearing_on = models.DateField(null=True, blank=True)
    hearing_place = models.CharField(max_length=120, blank=True)
    hearing_record = models.TextField(blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    ordered_on = models.DateField(null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # last day of a suspension
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    barred_until = models.DateField(null=True, blank=True)  # no new application for the same title before

    class Meta:
        constraints = [
            models.CheckConstraint(name="proceeding_state_known", condition=Q(state__in=P.values)),
            models.CheckConstraint(name="proceeding_kind_known", condition=Q(kind__in=ProceedingKind.values)),
            models.CheckConstraint(name="proceeding_states_facts", condition=~Q(found_facts="")),
            models.CheckConstraint(
                name="order_has_number_day_and_reasons",
                condition=~Q(state__in=DECIDED)
                | (
                    ~Q(order_number="")
                    & ~Q(reasons="")
                    & Q(ordered_on__isnull=False)
                    & Q(effective_from__gte=F("ordered_on"))
                    & Q(decided_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="order_is_made_by_a_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="adverse_order_after_hearing_the_holder",
                condition=~Q(state__in=DECIDED)
                | ~Q(kind__in=sorted(ADVERSE_KINDS))
                | Q(notice__isnull=False)  # the national authority has decided
                | (Q(notified_at__isnull=False) & Q(heard_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_a_cancellation_is_asked_for",
                condition=Q(asked_at__isnull=True) | Q(kind=ProceedingKind.CANCELLATION),
            ),
            models.CheckConstraint(
                name="rest_of_defence_is_waived_by_who_was_told",
                condition=Q(rest_waived_at__isnull=True)
                | (
                    Q(notified_at__isnull=False, heard_at__isnull=False)
                    & Q(notified_at__lte=F("rest_waived_at"), heard_at__gte=F("rest_waived_at"))
                ),
            ),
            models.CheckConstraint(
                name="only_a_suspension_has_a_last_day",
                condition=Q(until__isnull=True)
                | (Q(kind=ProceedingKind.SUSPENSION) & Q(until__gt=F("effective_from"))),
            ),
            models.UniqueConstraint(
                name="one_order_per_number",
                fields=["order_number"],
                condition=~Q(order_number="") & Q(notice__isnull=True),  # a national document may name many titles
            ),
            models.UniqueConstraint(
                name="one_open_proceeding_per_title_and_kind", fields=["title", "kind"], condition=~Q(state__in=ENDED)
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def is_adverse(self) -> bool:
        """Whether it is against the holder."""
        return self.kind in ADVERSE_KINDS

    @property
    def is_known_to_holder(self) -> bool:
        """Whether the holder asked for it or was told of it."""
        return self.asked_at is not None or self.notified_at is not None

    @property
    def is_decided_here(self) -> bool:
        """Whether the authority that deals with it also decides; over what the nation granted the nation does."""
        return self.title.programme.level != Level.NATIONAL

    @transition(field=state, source=P.IN_PREPARATION, target=P.DEFENCE_OPEN)
    def notify(self) -> None:
        """The holder is told what is intended, on which facts, and what it may answer."""

    @transition(field=state, source=P.IN_PREPARATION, target=P.AWAITING_ORDER)
    def submit_for_order(self) -> None:
        """Put before the person who decides."""

    @transition(field=state, source=P.DEFENCE_OPEN, target=P.AWAITING_ORDER)
    def close_defence(self) -> None:
        """The days are over, or the holder has given up what is left of them."""

    @transition(field=state, source=P.DEFENCE_OPEN, target=P.AWAITING_HEARING)
    def ask_for_hearing(self) -> None:
        """The holder wants to be heard in person."""

    @transition(field=state, source=P.AWAITING_HEARING, target=P.AWAITING_ORDER)
    def hold_hearing(self) -> None:
        """Heard; the record is on file."""

    @transition(field=state, source=[P.IN_PREPARATION, P.AWAITING_ORDER], target=P.DROPPED)
    def take_back(self) -> None:
        """The holder keeps the title that it asked to be cancelled."""

    @transition(
        field=state, source=[P.IN_PREPARATION, P.AWAITING_HEARING, P.AWAITING_ORDER, P.ORDERED], target=P.DROPPED
    )
    def drop(self) -> None:
        """Nothing is ordered."""

    @transition(field=state, source=P.DROPPED, target=P.IN_PREPARATION)
    def reopen_request(self) -> None:
        """That the holder's own request was dropped was set aside; it is decided anew."""

    @transition(
        field=state,
        source=P.AWAITING_ORDER,
        target=GET_STATE(_after_order, states=[P.ORDERED, P.ORDER_RUNNING, P.CONCLUDED]),
    )
    def order(self, in_effect: bool) -> None:
        """Ordered by a second person; in effect at once or from a later day."""

    @transition(field=state, source=P.ORDERED, target=GET_STATE(_in_effect, states=[P.ORDER_RUNNING, P.CONCLUDED]))
    def take_effect(self) -> None:
        """The day of the order has come."""

    @transition(field=state, source=P.ORDER_RUNNING, target=P.CONCLUDED)
    def end_suspension(self) -> None:
        """The last day of the suspension is over."""


class CaseDocument(models.Model):
    """A paper handed in to a case that has no data table: evidence, a statement, a record, a sealed letter."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="document_has_purpose", condition=~Q(purpose=""))]

    def __str__(self) -> str:
        return self.name

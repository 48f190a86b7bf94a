"""A change after the grant: what happened to the holder, what districts say, what becomes of each title."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import GET_STATE, transition

from accreditation.change_words import SUCCESSIONS, ChangeKind, ChangeSide, ChangeState, TitleOutcome
from accreditation.enums import DISTRICTS
from accreditation.models.cases import CaseSubject
from accreditation.models.enterprises import Enterprise
from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title

C = ChangeState
ENDED = [C.CONFIRMED, C.REFUSED, C.WITHDRAWN]


def _after_opinion(change: ChangeRequest) -> str:
    """A holder that moves is also heard of by the district it moves to."""
    return C.UNDER_RECEIVING_OPINION if change.kind == ChangeKind.RELOCATION else C.UNDER_CONFIRMATION


class ChangeRequest(CaseSubject):
    """One change that the holder reports: filed with facts, seen by the districts, confirmed by the granting body."""

    holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=ChangeKind)
    state = StateField(default=C.DRAFT, choices=C.choices, protected=True)
    occurred_on = models.DateField()  # entered in the register of enterprises
    facts = models.TextField()
    new_name = models.CharField(max_length=120, blank=True)
    new_name_en = models.CharField(max_length=200, blank=True)
    new_district = models.CharField(max_length=6, choices=list(DISTRICTS.items()), blank=True)
    new_parent = models.ForeignKey(Title, on_delete=models.PROTECT, null=True, related_name="+")  # of branch centres
    is_for_city = models.BooleanField()  # touches a title that no district granted; set when it is filed
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveIntegerField(default=0)  # of filing; what a district said belongs to one
    reasons = models.TextField(blank=True)  # of a return, a refusal, a withdrawal
    document_number = models.CharField(max_length=60, blank=True)  # the list or notice by which it is confirmed
    document_on = models.DateField(null=True, blank=True)
    put_forward_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="change_state_known", condition=Q(state__in=C.values)),
            models.CheckConstraint(name="change_kind_known", condition=Q(kind__in=ChangeKind.values)),
            models.CheckConstraint(name="change_states_facts", condition=~Q(facts="")),
            models.CheckConstraint(name="rename_has_a_name", condition=~Q(kind=ChangeKind.RENAME) | ~Q(new_name="")),
            models.CheckConstraint(
                name="only_a_relocation_has_a_district",
                condition=Q(kind=ChangeKind.RELOCATION, new_district__gt="")
                | (~Q(kind=ChangeKind.RELOCATION) & Q(new_district="")),
            ),
            models.CheckConstraint(
                name="confirmed_change_has_document_and_person",
                condition=~Q(state=C.CONFIRMED)
                | (~Q(document_number="") & Q(document_on__isnull=False) & Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="succession_is_confirmed_by_a_second_person",
                condition=~Q(state=C.CONFIRMED)
                | ~Q(kind__in=sorted(SUCCESSIONS))
                | (Q(put_forward_by__isnull=False) & ~Q(put_forward_by=F("decided_by"))),
            ),
            models.CheckConstraint(name="refused_change_has_reasons", condition=~Q(state=C.REFUSED) | ~Q(reasons="")),
            models.UniqueConstraint(
                name="one_open_change_per_holder", fields=["holder"], condition=~Q(state__in=ENDED)
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def is_succession(self) -> bool:
        """Whether titles may pass to another enterprise, which a second person confirms."""
        return self.kind in SUCCESSIONS

    @transition(field=state, source=[C.DRAFT, C.RETURNED], target=C.UNDER_OPINION)
    def submit(self) -> None:
        """Filed with the district."""

    @transition(
        field=state,
        source=C.UNDER_OPINION,
        target=GET_STATE(_after_opinion, states=[C.UNDER_RECEIVING_OPINION, C.UNDER_CONFIRMATION]),
    )
    def give_opinion(self) -> None:
        """The district has said what it thinks of it."""

    @transition(field=state, source=C.UNDER_RECEIVING_OPINION, target=C.UNDER_CONFIRMATION)
    def give_receiving_opinion(self) -> None:
        """So has the district to which the holder moves."""

    @transition(
        field=state,
        source=[C.UNDER_OPINION, C.UNDER_RECEIVING_OPINION, C.UNDER_CONFIRMATION],
        target=C.RETURNED,
    )
    def send_back(self) -> None:
        """Back to the holder for correction."""

    @transition(field=state, source=C.UNDER_CONFIRMATION, target=C.AWAITING_SECOND)
    def put_forward(self) -> None:
        """One person says what becomes of each title; another one has to confirm it."""

    @transition(field=state, source=C.AWAITING_SECOND, target=C.UNDER_CONFIRMATION)
    def take_up_again(self) -> None:
        """The second person does not agree with the plan."""

    @transition(field=state, source=[C.UNDER_CONFIRMATION, C.AWAITING_SECOND], target=C.CONFIRMED)
    def confirm(self) -> None:
        """Confirmed; register, titles and certificates follow in the same transaction."""

    @transition(field=state, source=C.UNDER_CONFIRMATION, target=C.REFUSED)
    def refuse(self) -> None:
        """Not confirmed."""

    @transition(field=state, source=C.REFUSED, target=C.UNDER_CONFIRMATION)
    def reopen(self) -> None:
        """The refusal was set aside; it is decided on anew."""

    @transition(
        field=state,
        source=[
            C.DRAFT, C.UNDER_OPINION, C.UNDER_RECEIVING_OPINION, C.RETURNED, C.UNDER_CONFIRMATION, C.AWAITING_SECOND,
        ],
        target=C.WITHDRAWN,
    )  # fmt: skip
    def withdraw(self) -> None:
        """Taken back by the holder."""


class ChangeSuccessor(models.Model):
    """An enterprise that carries on what the holder was or did; agreed to by its people, or on a paper checked.

    Its people may decline as well, with a reason, until they agree after all or are asked anew.
    """

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="successors")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.ForeignKey("CaseDocument", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="successor_is_named_once", fields=["change", "enterprise"]),
            models.CheckConstraint(
                name="agreement_has_person_and_time",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True, paper__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decline_has_person_time_and_reason",
                condition=Q(declined_at__isnull=True, declined_by__isnull=True, decline_reason="")
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(decline_reason="")),
            ),
            models.CheckConstraint(
                name="successor_agrees_or_declines", condition=Q(agreed_at__isnull=True) | Q(declined_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.enterprise_id}"


class ChangedTitle(models.Model):
    """A title that a change touches, and what becomes of it."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="titles")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="changes")
    outcome = models.CharField(max_length=20, choices=TitleOutcome, blank=True)
    successor = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="+")
    certificate_number = models.CharField(max_length=60, blank=True)  # of which a new version was asked for

    class Meta:
        constraints = [
            models.UniqueConstraint(name="title_is_changed_once", fields=["change", "title"]),
            models.CheckConstraint(name="title_outcome_known", condition=Q(outcome__in=["", *TitleOutcome.values])),
            models.CheckConstraint(
                name="only_a_passing_title_has_a_successor",
                condition=Q(outcome=TitleOutcome.PASSES, successor__isnull=False)
                | (~Q(outcome=TitleOutcome.PASSES) & Q(successor__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.title_id}"


class ChangeOpinion(models.Model):
    """What a district says of a change as it was filed in one round."""

    change = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="opinions")
    round = models.PositiveIntegerField()
    side = models.CharField(max_length=20, choices=ChangeSide)
    district = models.CharField(max_length=6)
    is_favourable = models.BooleanField()
    opinion = models.TextField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_opinion_per_side_and_round", fields=["change", "round", "side"]),
            models.CheckConstraint(name="opinion_side_known", condition=Q(side__in=ChangeSide.values)),
            models.CheckConstraint(name="opinion_has_text", condition=~Q(opinion="")),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.side} {self.round}"

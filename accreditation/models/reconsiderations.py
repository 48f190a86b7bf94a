"""An adverse act looked at again: which one, what both sides say, what a second person decides.

Mostly an administrative reconsideration; else a judgment that is carried out, or the body's own correction.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.models.cases import Case, CaseSubject, Letter
from accreditation.models.people import User
from accreditation.models.reissues import ReissueLetter
from accreditation.models.state_field import StateField
from accreditation.reconsideration_words import (
    MOST_MORE_DAYS,
    MOST_MORE_DAYS_TO_SUPPLEMENT,
    SETTLED,
    DeclineGround,
    Outcome,
    ReconsiderationState,
    Remedy,
)

R = ReconsiderationState
DROPPED = [R.NOT_ACCEPTED, R.WITHDRAWN, R.DISCARDED, R.REPLACED]  # says nothing of the act, or no more
OF_OTHERS = [R.PREPARED, R.CARRIED_OUT, R.DISCARDED, R.REPLACED]  # states of what is no reconsideration


class Reconsideration(CaseSubject):
    """One challenge of one adverse act, named by the letter that told of it.

    The act was done in a case, or it refused a certificate again and has no case. Of a judgment, `decision_number` and
    `decided_on` are its own, `known_on` is the day on which it was prepared to be carried out, and nothing is claimed.
    """

    remedy = models.CharField(max_length=20, choices=Remedy, default=Remedy.RECONSIDERATION)
    court = models.CharField(max_length=100, blank=True)
    in_force_on = models.DateField(null=True, blank=True)  # from which day a judgment binds
    # The judgment carried out before over the same act, which an appeal or a retrial has overtaken.
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    challenged = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="reconsiderations")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="reconsiderations")
    reissue_letter = models.ForeignKey(
        ReissueLetter, on_delete=models.PROTECT, null=True, related_name="reconsiderations"
    )
    state = StateField(default=R.FILED, choices=R.choices, protected=True)
    respondent_code = models.CharField(max_length=6, blank=True)  # district, zone or group; empty: the city's office
    known_on = models.DateField()  # as the applicant says
    served_on = models.DateField(null=True, blank=True)  # as on record when it was filed, then when it was examined
    established_on = models.DateField(null=True, blank=True)  # as found in the examination, with the reason
    established_why = models.TextField(blank=True)
    late_days = models.PositiveIntegerField(default=0)  # in calendar days after the last day to file
    late_reason = models.TextField(blank=True)
    claim = models.TextField()
    reasons = models.TextField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    supplement_asked_at = models.DateTimeField(null=True, blank=True)
    lacking = models.TextField(blank=True)  # everything that has to be supplied
    supplement_more_days = models.PositiveIntegerField(default=0)  # working days by which its time was prolonged
    supplemented_at = models.DateTimeField(null=True, blank=True)
    decline_ground = models.CharField(max_length=20, blank=True, choices=DeclineGround)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by_silence = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    stayed_at = models.DateTimeField(null=True, blank=True)
    stay_reason = models.TextField(blank=True)
    stayed_effect = models.CharField(max_length=20, blank=True)  # verb by which the stay took the order back
    more_days = models.PositiveIntegerField(default=0)
    proposed_outcome = models.CharField(max_length=20, blank=True, choices=Outcome)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome)
    decision_number = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decision_reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    redo_case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="ordered_by")
    ended_for = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reconsideration_state_known", condition=Q(state__in=R.values)),
            models.CheckConstraint(
                name="late_reconsideration_says_why",
                condition=Q(late_days=0) | ~Q(late_reason="") | Q(established_on__isnull=False),
            ),
            models.CheckConstraint(
                name="established_day_is_reasoned",
                condition=Q(established_on__isnull=True, established_why="")
                | Q(established_on__isnull=False) & ~Q(established_why=""),
            ),
            models.CheckConstraint(
                name="reconsideration_supplement_is_named",
                condition=Q(supplement_asked_at__isnull=False) & ~Q(lacking="")
                | Q(supplement_asked_at__isnull=True, supplemented_at__isnull=True, lacking="")
                & ~Q(state=R.SUPPLEMENT_ASKED),
            ),
            models.CheckConstraint(
                name="supplement_is_prolonged_in_limits",
                condition=Q(supplement_more_days=0)
                | Q(supplement_more_days__lte=MOST_MORE_DAYS_TO_SUPPLEMENT, supplement_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reconsideration_accepted_by_silence_is_accepted",
                condition=Q(accepted_by_silence=False) | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reconsideration_decline_ground_known",
                condition=Q(decline_ground="") | Q(decline_ground__in=DeclineGround.values, state=R.NOT_ACCEPTED),
            ),
            models.CheckConstraint(
                name="reconsideration_is_reasoned",
                condition=~Q(state__in=SETTLED)
                | (
                    Q(outcome__in=Outcome.values)
                    & ~Q(decision_number="")
                    & ~Q(decision_reasons="")
                    & Q(decided_on__isnull=False)
                    & Q(decided_by__isnull=False)
                    & Q(prepared_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="reconsideration_is_decided_by_a_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="reconsideration_is_prolonged_once_in_limits", condition=Q(more_days__lte=MOST_MORE_DAYS)
            ),
            models.CheckConstraint(
                name="only_a_stay_takes_an_order_back", condition=Q(stayed_effect="") | Q(stayed_at__isnull=False)
            ),
            models.UniqueConstraint(
                name="one_reconsideration_per_act",
                fields=["letter", "remedy"],
                condition=~Q(state__in=DROPPED) & Q(replaces__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_reconsideration_per_reissue",
                fields=["reissue_letter", "remedy"],
                condition=~Q(state__in=DROPPED) & Q(replaces__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_judgment_replaces_another", fields=["replaces"], condition=~Q(state__in=DROPPED)
            ),
            models.CheckConstraint(
                name="only_a_judgment_replaces_one", condition=Q(replaces__isnull=True) | Q(remedy=Remedy.JUDGMENT)
            ),
            models.CheckConstraint(
                name="remedy_has_its_states",
                condition=Q(remedy=Remedy.RECONSIDERATION) & ~Q(state__in=OF_OTHERS)
                | Q(remedy__in=[Remedy.JUDGMENT, Remedy.OWN_CORRECTION], state__in=OF_OTHERS),
            ),
            models.CheckConstraint(
                name="remedy_is_prepared_whole",
                condition=Q(remedy=Remedy.RECONSIDERATION)
                | ~Q(decision_number="")
                & ~Q(decision_reasons="")
                & Q(proposed_outcome__in=Outcome.values, decided_on__isnull=False, prepared_by__isnull=False),
            ),
            models.CheckConstraint(
                name="judgment_names_its_court",
                condition=Q(remedy=Remedy.JUDGMENT, in_force_on__isnull=False) & ~Q(court="")
                | ~Q(remedy=Remedy.JUDGMENT) & Q(court="", in_force_on__isnull=True),
            ),
            models.CheckConstraint(
                name="reconsideration_is_of_one_act",
                condition=Q(challenged__isnull=False, letter__isnull=False, reissue_letter__isnull=True)
                | Q(challenged__isnull=True, letter__isnull=True, reissue_letter__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_reconsideration_per_number",
                fields=["decision_number"],
                condition=~Q(decision_number="") & ~Q(remedy=Remedy.JUDGMENT) & ~Q(state__in=DROPPED),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def told_by(self) -> Letter | ReissueLetter:
        """The letter that told of the act."""
        told = self.letter or self.reissue_letter
        assert told is not None
        return told

    @property
    def counted_from(self) -> date:
        """From which day the time to file runs: as established, else when the letter was served, else as stated."""
        return self.established_on or self.served_on or self.known_on

    @property
    def challenged_case(self) -> Case:
        """The case in which the act was done; only where it was done in one."""
        assert self.challenged is not None
        return self.challenged

    @property
    def origin(self) -> str:
        """Number of the case, or of the request, that the act ended."""
        told = self.told_by
        return told.reissue.number if isinstance(told, ReissueLetter) else self.challenged_case.number

    @transition(field=state, source=R.FILED, target=R.ANSWER_ASKED)
    def accept(self) -> None:
        """Accepted; the respondent has its copy and its days to answer."""

    @transition(field=state, source=R.FILED, target=R.NOT_ACCEPTED)
    def decline(self) -> None:
        """Does not meet the conditions."""

    @transition(field=state, source=R.FILED, target=R.SUPPLEMENT_ASKED)
    def ask_for_supplement(self) -> None:
        """Incomplete or unclear: the enterprise is told everything that lacks, once."""

    @transition(field=state, source=R.SUPPLEMENT_ASKED, target=R.FILED)
    def supplement(self) -> None:
        """Supplied, and examined again."""

    @transition(field=state, source=R.SUPPLEMENT_ASKED, target=R.WITHDRAWN)
    def give_up(self) -> None:
        """Not supplied in time, which counts as giving the challenge up."""

    @transition(field=state, source=R.ANSWER_ASKED, target=R.UNDER_RECONSIDERATION)
    def close_answer(self) -> None:
        """Answered, or the days for it have run."""

    @transition(field=state, source=R.UNDER_RECONSIDERATION, target=R.DECISION_PROPOSED)
    def propose(self) -> None:
        """Put before the person who decides."""

    @transition(field=state, source=R.DECISION_PROPOSED, target=R.UNDER_RECONSIDERATION)
    def send_back(self) -> None:
        """Has to be looked into again."""

    @transition(field=state, source=R.DECISION_PROPOSED, target=R.DECIDED)
    def decide(self) -> None:
        """Decided by a second person."""

    @transition(
        field=state,
        source=[R.FILED, R.SUPPLEMENT_ASKED, R.ANSWER_ASKED, R.UNDER_RECONSIDERATION],
        target=R.WITHDRAWN,
    )
    def withdraw(self) -> None:
        """Taken back by the enterprise, after a settlement or without."""

    @transition(field=state, source=R.PREPARED, target=R.CARRIED_OUT)
    def carry_out(self) -> None:
        """Confirmed by a second person, with everything that follows."""

    @transition(field=state, source=R.PREPARED, target=R.DISCARDED)
    def discard(self) -> None:
        """Taken back, or not confirmed."""

    @transition(field=state, source=R.CARRIED_OUT, target=R.REPLACED)
    def give_way(self) -> None:
        """A later judgment over the same act has been carried out in its place."""

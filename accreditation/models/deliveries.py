"""送达: each time that a letter reached its addressee, one row that is never changed; a later one may correct it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.delivery_words import DeliveryWay
from accreditation.models.cases import Letter
from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.people import User
from accreditation.models.reissues import ReissueLetter
from accreditation.recommendation_words import ResultState

W = DeliveryWay


class Delivery(models.Model):
    """One service of one letter, of a case or about a certificate.

    `done_on` is the day of the act, `served_on` that from which it counts; they differ for a public notice alone.
    `evidence` is a number or names the paper that proves it; `remark` says why a notice was needed, or what was wrong.
    Of an opening `recorded_by` is who opened it for the addressee. That nobody changes or takes out a row is kept by
    triggers (`accreditation.append_only`).
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="deliveries")
    reissue_letter = models.ForeignKey(ReissueLetter, on_delete=models.PROTECT, null=True, related_name="deliveries")
    way = models.CharField(max_length=20, choices=W)
    done_on = models.DateField()
    served_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="delivery_is_of_one_letter",
                condition=Q(letter__isnull=False, reissue_letter__isnull=True)
                | Q(letter__isnull=True, reissue_letter__isnull=False),
            ),
            models.CheckConstraint(name="delivery_way_known", condition=Q(way__in=W.values)),
            models.CheckConstraint(
                name="delivery_is_proved", condition=Q(way__in=[W.OPENED, W.NOT_SERVED]) | ~Q(evidence="")
            ),
            models.CheckConstraint(
                name="delivery_has_its_day",
                condition=Q(way=W.NOT_SERVED, served_on__isnull=True)
                | Q(served_on__isnull=False)
                & (
                    Q(way=W.PUBLIC_NOTICE, served_on__gt=F("done_on"))
                    | ~Q(way__in=[W.NOT_SERVED, W.PUBLIC_NOTICE]) & Q(served_on=F("done_on"))
                ),
            ),
            models.CheckConstraint(
                name="delivery_by_notice_or_correction_says_why",
                condition=~Q(way=W.PUBLIC_NOTICE) & Q(corrects__isnull=True) | ~Q(remark=""),
            ),
            models.CheckConstraint(
                name="only_a_correction_takes_a_delivery_back",
                condition=~Q(way=W.NOT_SERVED) | Q(corrects__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_corrects_nothing", condition=~Q(way=W.OPENED) | Q(corrects__isnull=True)
            ),
            models.CheckConstraint(name="delivery_corrects_another", condition=~Q(corrects=F("pk"))),
            models.CheckConstraint(
                name="opening_is_recorded_by_itself", condition=~Q(way=W.OPENED) | Q(evidence="", remark="")
            ),
            # Another person's opening counts where the first one's was none.
            models.UniqueConstraint(
                name="one_opening_per_letter_and_day",
                fields=["letter", "recorded_by", "done_on"],
                condition=Q(way=W.OPENED),
            ),
            models.UniqueConstraint(
                name="one_opening_per_reissue_letter_and_day",
                fields=["reissue_letter", "recorded_by", "done_on"],
                condition=Q(way=W.OPENED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter or self.reissue_letter} {self.done_on}"


class OpeningCorrection(EnteredResult):
    """One officer finds that who opened a letter could not act for the addressee; the opening falls when another does.

    `why`: what was found, kept in the delivery that takes the opening back; `evidence`: the paper that shows it.
    """

    opening = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="disputed_by")
    why = models.CharField(max_length=500)
    evidence = models.CharField(max_length=200)

    class Meta:
        constraints = [
            *settled_by_two("opening_correction"),
            models.CheckConstraint(name="opening_correction_is_proved", condition=~Q(why="") & ~Q(evidence="")),
            models.UniqueConstraint(
                name="one_waiting_or_confirmed_opening_correction",
                fields=["opening"],
                condition=Q(state__in=[ResultState.WAITING.value, ResultState.CONFIRMED.value]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opening} {self.state}"

    @property
    def told_by(self) -> Letter | ReissueLetter:
        """The letter that was opened."""
        told = self.opening.letter or self.opening.reissue_letter
        assert told is not None
        return told

"""送达更正: a letter was opened by somebody who could not act for its addressee; two officers take that opening back.

Whether the person was a member at that instant is computed (`accreditation.selectors.deliveries`). Here it is found by
people that the membership itself was wrong: a forged proof, an account used by another. The opening stays on file; the
letter is served anew by whoever may act, or by other means.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.delivery_words import DELIVERING, DeliveryWay
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.holdings import who_hold
from accreditation.models import Delivery, Letter, OpeningCorrection, ReissueLetter, User
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power
from accreditation.services.reconsiderations import respondent_of
from workflows.challenged_acts import ended_by
from workflows.deliveries import power_to_deliver, standing_opening
from workflows.workdays import SHANGHAI

LEAST_WHY, LEAST_WORDS = 10, 5
PEOPLE = ("recorded_by", "recorded_for", "settled_by", "settled_for", "opening__recorded_by")


def check_power(letter: Letter | ReissueLetter, by: User, at: datetime | None) -> Power:
    """By which power the person answers for the service of the letter. Denied for all others."""
    power = power_to_deliver(by, letter, at)
    if power is None:
        raise Denied([Reason("not_yours", _("只有制发该文书的机关可以登记送达。"))])
    return power


def _check(row: OpeningCorrection, by: User, at: datetime | None) -> None:
    check_power(row.told_by, by, at)


FOUR_EYES = FourEyes(
    OpeningCorrection,
    check_decider=_check,
    check_proposer=_check,
    own=Reason("same_person", _("打开记录的更正须由提请人以外的另一人核对。")),
    left=Reason("recorder_left", _("提请人已不能办理该文书的送达，请不予确认，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("opening__letter__case", "opening__reissue_letter__reissue__title"),
)


def corrections_of(letter: Letter | ReissueLetter) -> list[OpeningCorrection]:
    """What was put forward about openings of a letter, whatever became of it, the first one first."""
    rows = OpeningCorrection.objects.filter(opening__in=letter.deliveries.values("pk"))
    return list(rows.select_related(*PEOPLE).order_by("pk"))


def propose(
    letter: Letter | ReissueLetter, *, why: str, evidence: str, by: User, at: datetime, request_key: str | None = None
) -> None:
    """Put it before a colleague; the opening counts until then. Denied, Refusal with every reason."""
    power = check_power(letter, by, at)
    said = fingerprint(letter.number, why, evidence)
    try:
        with act(
            ended_by(letter)[0], "propose_opening_correction", by=by, at=at, acting_as=power, request_key=request_key,
            request=said,
        ) as doing:  # fmt: skip
            opening = standing_opening(letter)
            reasons = list(_faults(opening, why.strip(), evidence.strip()))
            if reasons or opening is None:
                raise Refusal(reasons)
            lender = by.stands_in_for
            row = OpeningCorrection.objects.create(
                opening=opening, why=why.strip(), evidence=evidence.strip(), recorded_by=by, recorded_at=at,
                recorded_for_id=lender.person if lender else None,
            )  # fmt: skip
            _note(doing, row)
            told = [one for one in _colleagues(letter, at) if FOUR_EYES.may_decide(row, one, at)]
            doing.tell(told, "opening_correction_proposed", number=letter.number)
    except Replayed:
        return


def _faults(opening: Delivery | None, why: str, evidence: str) -> Iterator[Reason]:
    if opening is None:
        yield Reason("not_opened", _("该文书没有计为送达的打开记录。"))
    elif OpeningCorrection.objects.filter(opening=opening, state=ResultState.WAITING).exists():
        yield Reason("proposed_already", _("该打开记录的更正正待另一人核对。"))
    if len(why) < LEAST_WHY:
        text = _("请写明打开人无权代表收件单位的经过，不少于 %(n)d 个字。") % {"n": LEAST_WHY}
        yield Reason("why_needed", text, "why")
    if not evidence:
        yield Reason("evidence_needed", _("请写明查明该事实的凭证。"), "evidence")


def _colleagues(letter: Letter | ReissueLetter, at: datetime) -> list[User]:
    place = respondent_of(letter) or None
    powers = (*DELIVERING, Power.REVIEW_RECONSIDERATIONS)
    found = {one.pk: one for power in powers for one in who_hold(power, place, at)}
    return [one for _key, one in sorted(found.items())]


def confirm(correction: OpeningCorrection, *, by: User, at: datetime) -> None:
    """The opening is no service any more. Denied for the proposer and others, AlreadyDone, Refusal."""
    letter = correction.told_by
    with act(
        ended_by(letter)[0], "confirm_opening_correction", by=by, at=at, acting_as=check_power(letter, by, at)
    ) as doing:
        row = FOUR_EYES.to_confirm(doing, correction)
        FOUR_EYES.settle(row, OpeningCorrection.confirm, by=by, at=at)
        Delivery.objects.create(
            letter=row.opening.letter, reissue_letter=row.opening.reissue_letter, way=DeliveryWay.NOT_SERVED,
            done_on=at.astimezone(SHANGHAI).date(), evidence=row.evidence, remark=row.why, corrects=row.opening,
            recorded_by=by, recorded_at=at,
        )  # fmt: skip
        _note(doing, row)
        doing.tell(row.recorded_by, "opening_correction_confirmed", number=letter.number)


def decline(correction: OpeningCorrection, *, reason: str, by: User, at: datetime) -> None:
    """The opening goes on counting; its proposer is told. Denied as for confirming, AlreadyDone, Refusal."""
    letter = correction.told_by
    with act(
        ended_by(letter)[0], "decline_opening_correction", by=by, at=at, acting_as=check_power(letter, by, at)
    ) as doing:
        row = FOUR_EYES.decline(doing, correction, OpeningCorrection.decline, reason)
        _note(doing, row, reason=row.reason)
        doing.tell(row.recorded_by, "opening_correction_declined", number=letter.number, reason=row.reason)


def withdraw(correction: OpeningCorrection, *, by: User, at: datetime) -> None:
    """Its proposer takes it back. Denied for everybody else, AlreadyDone."""
    letter = correction.told_by
    with act(
        ended_by(letter)[0], "withdraw_opening_correction", by=by, at=at, acting_as=check_power(letter, by, at)
    ) as doing:
        _note(doing, FOUR_EYES.withdraw(doing, correction, OpeningCorrection.withdraw))


def _note(doing: Act, row: OpeningCorrection, **more: str) -> None:
    doing.note(
        letter=row.told_by.number, delivery=row.opening_id, opened_by=str(row.opening.recorded_by), why=row.why,
        evidence=row.evidence, recorded_by=str(row.recorded_by), **more,
    )  # fmt: skip

"""送达: a letter is opened by its addressee, or an officer records how it was delivered; rows are added, never changed.

When it was served decides from when on the act can be challenged: `workflows.filing_days`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.delivery_words import (
    DAYS_OF_PUBLIC_NOTICE,
    DELIVERING,
    EVIDENCE_OF,
    LEAST_REMARK,
    RECORDED_WAYS,
    DeliveryWay,
)
from accreditation.enums import MemberState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import (
    Delivery,
    Enterprise,
    Letter,
    Member,
    OpeningCorrection,
    Reconsideration,
    ReissueLetter,
    User,
)
from accreditation.permissions import acts_for, has_power_at, in_own_name, persons_behind
from accreditation.recommendation_words import ResultState
from accreditation.reconsideration_words import Remedy
from accreditation.roles import Power
from accreditation.selectors.deliveries import deliveries_of, standing
from accreditation.services.reconsiderations import respondent_of
from workflows.challenged_acts import ended_by, letter_field
from workflows.parties import tied_people
from workflows.reconsideration_who import may_decide
from workflows.reissue_who import is_tied_to_answer
from workflows.workdays import SHANGHAI


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an officer records; `corrects` is the number of an earlier record that was wrong, 0 for none."""

    way: str
    done_on: date
    evidence: str = ""
    remark: str = ""
    corrects: int = 0

    @property
    def served_on(self) -> date | None:
        """The day from which it counts."""
        if self.way == DeliveryWay.NOT_SERVED:
            return None
        days = DAYS_OF_PUBLIC_NOTICE if self.way == DeliveryWay.PUBLIC_NOTICE else 0
        return self.done_on + timedelta(days=days)


class _NoService(Exception):
    """Somebody else of the enterprise has opened it, or who opens it acts for the enterprise no more."""


# --- the addressee --------------------------------------------------------------------------------------------------
def note_opening(letter: Letter | ReissueLetter, *, by: User, at: datetime) -> None:
    """Record that the addressee reads the letter, the first time; reading by anybody else records nothing."""
    chain, enterprise = ended_by(letter)
    if is_opened(letter) or not acts_for(by, enterprise.pk):
        return
    in_own_name(by)
    on = at.astimezone(SHANGHAI).date()
    try:
        with act(chain, "open_letter", by=by, at=at, acting_as="applicant") as doing:
            if is_opened(letter) or not _may_serve(letter, by, enterprise, on):
                raise _NoService
            Delivery.objects.create(
                way=DeliveryWay.OPENED, done_on=on, served_on=on, recorded_by=by, recorded_at=at,
                **letter_field(letter),
            )  # fmt: skip
            doing.note(letter=letter.number, served_on=on.isoformat())
    except _NoService:
        return


def is_opened(letter: Letter | ReissueLetter) -> bool:
    """Whether somebody who could act for the addressee has opened it; an opening that counts for nothing is none."""
    return standing_opening(letter) is not None


def standing_opening(letter: Letter | ReissueLetter) -> Delivery | None:
    """The opening by which it was served; None without one."""
    rows = standing(deliveries_of(letter))
    return next((row for row in rows if row.way == DeliveryWay.OPENED), None)


def _may_serve(letter: Letter | ReissueLetter, by: User, enterprise: Enterprise, on: date) -> bool:
    """Whether the membership stands, locked, so that it is not ended between the question and the record.

    Of whom two officers have found that the authority was none, the opening counts once it was proven anew; not on a
    day on which an opening by the same person was no service.
    """
    row = Member.objects.select_for_update().filter(user=by, enterprise=enterprise, state=MemberState.ACTIVE).first()
    if row is None:
        return False
    own = letter.deliveries.filter(way=DeliveryWay.OPENED, recorded_by=by)
    found = OpeningCorrection.objects.filter(opening__in=own.values("pk"), state=ResultState.CONFIRMED)
    is_proven = not found.filter(settled_at__gte=row.acts_from or row.settled_at).exists()
    return is_proven and not own.filter(done_on=on).exists()


# --- the authority --------------------------------------------------------------------------------------------------
def power_to_deliver(user: User, letter: Letter | ReissueLetter, at: datetime | None) -> Power | None:
    """By which power the person records how the letter was delivered; None for everybody else, and for who is tied.

    Letters of a reconsideration are those of the authority that reconsiders.
    """
    challenge = getattr(letter.case, "reconsideration", None) if isinstance(letter, Letter) else None
    if isinstance(challenge, Reconsideration) and challenge.remedy == Remedy.RECONSIDERATION:
        return Power.REVIEW_RECONSIDERATIONS if may_decide(user, challenge) else None
    code = respondent_of(letter) or None
    found = next((power for power in DELIVERING if has_power_at(user, power, code, at)), None)
    return None if found is None or _is_tied(user, letter) else found


def _is_tied(user: User, letter: Letter | ReissueLetter) -> bool:
    if isinstance(letter, Letter):
        return tied_people(letter.case).filter(pk__in=persons_behind(user)).exists()
    return is_tied_to_answer(user, letter)


def record_delivery(
    letter: Letter | ReissueLetter, said: Recorded, *, by: User, at: datetime, request_key: str | None = None
) -> None:
    """Record one delivery, or correct one that was recorded. Denied for others, Refusal with all reasons."""
    power = power_to_deliver(by, letter, at)
    if power is None:
        raise Denied([Reason("not_yours", _("只有制发该文书的机关可以登记送达。"))])
    try:
        with act(
            ended_by(letter)[0], "record_delivery", by=by, at=at, acting_as=power,
            request_key=request_key, request=fingerprint(letter.number, *astuple(said)),
        ) as doing:  # fmt: skip
            if found := list(_faults(letter, said, at)):
                raise Refusal(found)
            row = Delivery.objects.create(
                way=said.way, done_on=said.done_on, served_on=said.served_on, evidence=said.evidence.strip(),
                remark=said.remark.strip(), corrects_id=said.corrects or None, recorded_by=by, recorded_at=at,
                **letter_field(letter),
            )  # fmt: skip
            doing.note(letter=letter.number, delivery=row.pk, **_plain(said))
    except Replayed:
        return


def _plain(said: Recorded) -> dict[str, Any]:
    return {
        "way": said.way,
        "done_on": said.done_on.isoformat(),
        "served_on": said.served_on.isoformat() if said.served_on else "",
        "evidence": said.evidence.strip(),
        "remark": said.remark.strip(),
        "corrects": said.corrects,
    }


def correctable(rows: list[Delivery]) -> list[Delivery]:
    """Records that a further one can correct: an officer's, and not corrected yet.

    An opening, and what two officers have taken it back by, are none (`workflows.opening_corrections`).
    """
    corrected = {row.corrects_id for row in rows}
    openings = {row.pk for row in rows if row.way == DeliveryWay.OPENED}
    return [row for row in rows if not {row.pk, row.corrects_id} & openings and row.pk not in corrected]


def _stands(said: Recorded, rows: list[Delivery]) -> bool:
    """Whether the same service is on record; two wrong ones may be taken back in the same words."""
    same = (said.way, said.done_on, said.evidence.strip())
    return any(same == (row.way, row.done_on, row.evidence) for row in standing(rows))


def _faults(letter: Letter | ReissueLetter, said: Recorded, at: datetime) -> Iterator[Reason]:
    rows = deliveries_of(letter)
    if said.corrects and said.corrects not in {row.pk for row in correctable(rows)}:
        yield Reason("not_correctable", _("该记录已经更正，或者不是经办人登记的送达。"), "corrects")
    ways = (*RECORDED_WAYS, DeliveryWay.NOT_SERVED) if said.corrects else RECORDED_WAYS
    if said.way not in ways:
        yield Reason("way", _("请选择送达方式；“未送达”只用于更正。"), "way")
    elif said.way in EVIDENCE_OF and not said.evidence.strip():
        text = _("请写明凭证：%(what)s。") % {"what": EVIDENCE_OF[DeliveryWay(said.way)]}
        yield Reason("evidence_needed", text, "evidence")
    if not letter.dated <= said.done_on <= at.astimezone(SHANGHAI).date():
        yield Reason("done_on", _("送达日期应在文书日期至今日之间。"), "done_on")
    if len(said.remark.strip()) < LEAST_REMARK and (said.corrects or said.way == DeliveryWay.PUBLIC_NOTICE):
        why = _("公告送达的，请写明其他方式无法送达的经过；更正的，请写明原记录有何错误。")
        yield Reason("remark_needed", why, "remark")
    if not said.corrects and _stands(said, rows):
        yield Reason("recorded_before", _("同样的送达已经登记过。"))

"""Filing a reconsideration: by the enterprise, against one adverse act, within its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.adverse_ends import ADVERSE_ENDS
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Case, Enterprise, Letter, Reconsideration, ReissueLetter, User
from accreditation.models.reconsiderations import DROPPED
from accreditation.permissions import acts_for
from accreditation.reconsideration_words import DAYS_TO_EXAMINE, LEAST_TEXT, ReconsiderationState, Remedy
from accreditation.services.numbers import next_number
from accreditation.services.reconsiderations import is_challengeable, respondent_of
from workflows import deadlines, flow_tasks
from workflows.calendar import current_calendar
from workflows.challenged_acts import district_of, ended_by, is_in_effect, letter_field
from workflows.filing_days import late_days, served_by
from workflows.procedures import PROCEDURES
from workflows.tables.reconsideration_2024 import EXAMINATION
from workflows.workdays import SHANGHAI

PROCEDURE = "reconsideration/2024"


@dataclass(frozen=True, slots=True)
class Filing:
    """What the enterprise says; why it comes late only where it does."""

    known_on: date
    claim: str
    reasons: str
    late_reason: str

    def late_days(self, letter: Letter | ReissueLetter, today: date) -> int:
        """Calendar days after the last day to file, which runs from the service that is on record, if any."""
        served_on = served_by(letter, today)
        return late_days(served_on or self.known_on, today)


def open_reconsideration(
    letter: Letter | ReissueLetter, *, known_on: date, claim: str, reasons: str, by: User, at: datetime,
    late_reason: str = "", request_key: str | None = None,
) -> Case:  # fmt: skip
    """Challenge the act that a letter told of. Denied for other enterprises, Refusal with all reasons.

    What comes after the sixty days says why; whether that is a proper reason is examined by a person.
    """
    challenged, enterprise = ended_by(letter)
    if not acts_for(by, enterprise.pk):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    said = Filing(known_on, claim.strip(), reasons.strip(), late_reason.strip())
    try:
        with act(
            challenged, "open_reconsideration", by=by, at=at, acting_as="applicant",
            request_key=request_key, request=fingerprint(letter.pk, *astuple(said)),
        ) as doing:  # fmt: skip
            if found := list(_faults(letter, said, at)):
                raise Refusal(found)
            case = _create(letter, enterprise, said, by, at)
            doing.note(case=case.number, letter=letter.number)
            doing.reply(case=case.number)
    except Replayed as replay:
        return Case.objects.get(number=replay.answer["case"])
    return case


def _faults(letter: Letter | ReissueLetter, said: Filing, at: datetime) -> Iterator[Reason]:
    today = at.astimezone(SHANGHAI).date()
    if not is_challengeable(letter):
        end = ADVERSE_ENDS.get(letter.kind)
        why = end.why if end and end.sequel is None else ""
        yield Reason("not_challengeable", _("该文书所载行为不能在本系统申请行政复议。%(why)s") % {"why": why})
    elif not is_in_effect(letter):
        yield Reason("not_in_effect", _("该决定尚未生效或已不再有效，生效后可以申请复议。"))
    if not letter.dated <= said.known_on <= today:
        yield Reason("known_on", _("知道该行为的日期应在文书日期至今日之间。"), "known_on")
    elif said.late_days(letter, today) and len(said.late_reason) < LEAST_TEXT:
        why_late = _("自送达或者知道该行为之日起已超过六十日，请写明耽误的理由；由复议机关审查。")
        yield Reason("late_reason", why_late, "late_reason")
    for name, text in (("claim", said.claim), ("reasons", said.reasons)):
        if len(text) < LEAST_TEXT:
            yield Reason("text_needed", _("请写明复议请求以及事实和理由。"), name)
    yield from _done_before(letter)


def _done_before(letter: Letter | ReissueLetter) -> Iterator[Reason]:
    before = Reconsideration.objects.filter(**letter_field(letter)).exclude(state__in=DROPPED)
    if before.filter(remedy=Remedy.RECONSIDERATION).exists():
        yield Reason("already_open", _("对该行为已经申请过行政复议。"))
    if before.filter(state=ReconsiderationState.CARRIED_OUT).exists():
        yield Reason("settled_otherwise", _("该行为已由法院裁判或者由原机关自行纠正，不能再申请行政复议。"))


def _create(letter: Letter | ReissueLetter, enterprise: Enterprise, said: Filing, by: User, at: datetime) -> Case:
    today = at.astimezone(SHANGHAI).date()
    days, served_on = said.late_days(letter, today), served_by(letter, today)
    late = {"late_days": days, "late_reason": said.late_reason} if days else {}
    challenged = letter.case if isinstance(letter, Letter) else None
    case = Case.objects.create(
        number=next_number("RECON", at.astimezone(SHANGHAI).year),
        procedure=PROCEDURE,
        enterprise=enterprise,
        district=district_of(letter, enterprise),
        state=ReconsiderationState.FILED,
        opened_at=at,
        moved_at=at,
    )
    row = Reconsideration.objects.create(
        case=case, challenged=challenged, respondent_code=respondent_of(letter), known_on=said.known_on,
        served_on=served_on, claim=said.claim, reasons=said.reasons, filed_by=by, **late, **letter_field(letter),
    )  # fmt: skip
    with act(case, "open", by=by, at=at, acting_as="applicant") as doing:
        doing.moved("", ReconsiderationState.FILED)
        doing.note(
            challenged=row.origin,
            against=letter.number,
            claim=said.claim,
            said=said.reasons,
            known_on=said.known_on.isoformat(),
            served_on=served_on.isoformat() if served_on else "",
            **late,
            procedure=PROCEDURE,
        )
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
        deadlines.begin(case, EXAMINATION, DAYS_TO_EXAMINE, calendar=current_calendar(), at=at)
    return case

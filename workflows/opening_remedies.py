"""One person of the body whose act it was prepares what sets it right: a judgment, or the body's own correction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import Denied, Reason, Refusal
from accreditation.holdings import who_hold
from accreditation.models import Case, Letter, Reconsideration, ReissueLetter, StoredFile, User
from accreditation.models.reconsiderations import DROPPED
from accreditation.permissions import has_power_at, persons_behind
from accreditation.reconsideration_words import OUTCOMES, Outcome, ReconsiderationState, Remedy
from accreditation.resting import Basis, out_of_bounds
from accreditation.roles import Power
from accreditation.services.numbers import next_number
from accreditation.services.proceedings import add_document
from accreditation.services.reconsiderations import is_challengeable, respondent_of
from workflows import flow_tasks
from workflows.challenged_acts import district_of, ended_by, letter_field, reasons_not_to_modify
from workflows.deadlines import begin_goal
from workflows.parties import tied_people, untied
from workflows.procedures import PROCEDURES
from workflows.reissue_who import is_tied_to_answer
from workflows.remedy_guards import bases, obstacles
from workflows.replaced_judgments import is_undone_by, judgment_standing, reasons_not_to_replace
from workflows.workdays import SHANGHAI

PROCEDURE = "remedy/2026"
LEAST_TEXT = 10
PURPOSES = {Remedy.JUDGMENT: "裁判文书", Remedy.OWN_CORRECTION: "纠正的依据"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is put forward: `number` and `dated` are the judgment's or those of the correction; the file with its name.

    `in_force_on` is the day from which a judgment binds, which names its court; a correction has neither.
    """

    remedy: str
    outcome: str
    number: str
    dated: date
    reasons: str
    court: str = ""
    in_force_on: date | None = None
    file: StoredFile | None = None
    file_name: str = ""
    is_later: bool = False  # a judgment on appeal or retrial, in the place of the one carried out


def may_prepare(user: User, letter: Letter | ReissueLetter, at: datetime) -> bool:
    """Whether the act can be challenged at all, and the person answers for the body that did it, without a tie."""
    code = respondent_of(letter) or None
    if not is_challengeable(letter) or not has_power_at(user, Power.ANSWER_CHALLENGES, code, at):
        return False
    people = persons_behind(user)
    if isinstance(letter, Letter):
        return not tied_people(letter.case).filter(pk__in=people).exists()
    return not is_tied_to_answer(user, letter)


def open_remedy(
    letter: Letter | ReissueLetter, prepared: Prepared, *, by: User, at: datetime, request_key: str | None = None
) -> Case:
    """Put it forward for another person of the same body. Denied for all others, Refusal with all reasons."""
    if not may_prepare(by, letter, at):
        raise Denied([Reason("not_yours", _("只有作出原行为的机关可以办理。"))])
    said = (
        letter.pk, prepared.remedy, prepared.outcome, prepared.number, prepared.dated, prepared.reasons,
        prepared.is_later,
    )  # fmt: skip
    try:
        with act(
            ended_by(letter)[0], "open_remedy", by=by, at=at, acting_as=Power.ANSWER_CHALLENGES,
            request_key=request_key, request=fingerprint(*said),
        ) as doing:  # fmt: skip
            if found := list(_faults(letter, prepared, at)):
                raise Refusal(found)
            case = _create(letter, prepared, by, at)
            doing.note(case=case.number, letter=letter.number, remedy=prepared.remedy)
            doing.reply(case=case.number)
    except Replayed as replay:
        return Case.objects.get(number=replay.answer["case"])
    return case


def _faults(letter: Letter | ReissueLetter, prepared: Prepared, at: datetime) -> Iterator[Reason]:
    earlier = judgment_standing(letter) if prepared.is_later else None
    yield from obstacles(letter, earlier)
    yield from _faults_of_later(letter, prepared, earlier)
    if Reconsideration.objects.filter(**letter_field(letter), state=ReconsiderationState.PREPARED).exists():
        yield Reason("prepared_before", _("对该行为已有待核准的执行或者纠正。"))
    if prepared.outcome not in OUTCOMES[Remedy(prepared.remedy)]:
        yield Reason("outcome_unfit", _("自行纠正只能撤销原行为，不得作出不利于企业的改变。"), "outcome")
    if prepared.outcome == Outcome.MODIFIED and prepared.remedy == Remedy.JUDGMENT:
        yield from reasons_not_to_modify(letter, is_undone=is_undone_by(earlier))
    if len(prepared.reasons.strip()) < LEAST_TEXT:
        yield Reason("text_needed", _("请写明理由，不少于 %(n)d 字。") % {"n": LEAST_TEXT}, "reasons")
    if not prepared.number.strip():
        yield Reason("order_number", _("请填写文号。"), "number")
    comes_after = list(bases(letter))
    yield from out_of_bounds(prepared.dated, comes_after, "dated", at=at)
    if prepared.remedy == Remedy.JUDGMENT:
        yield from _faults_of_judgment(prepared, at)
    else:
        yield from _faults_of_correction(prepared)


def _faults_of_later(
    letter: Letter | ReissueLetter, prepared: Prepared, earlier: Reconsideration | None
) -> Iterator[Reason]:
    if not prepared.is_later:
        return
    if prepared.remedy != Remedy.JUDGMENT or earlier is None:
        yield Reason("nothing_to_replace", _("没有可以由该裁判替代的、已执行的裁判。"), "is_later")
        return
    if prepared.number.strip() == earlier.decision_number:
        yield Reason("same_judgment", _("案号与已执行的裁判相同；上诉或者再审的裁判另有案号。"), "number")
    yield from reasons_not_to_replace(letter, earlier, prepared.outcome)


def _faults_of_judgment(prepared: Prepared, at: datetime) -> Iterator[Reason]:
    if not prepared.court.strip():
        yield Reason("court_needed", _("请填写作出裁判的法院。"), "court")
    if prepared.file is None:
        yield Reason("file_needed", _("请附生效的裁判文书。"), "file")
    if prepared.in_force_on is None:
        yield Reason("in_force_needed", _("请填写裁判生效的日期；尚未生效的裁判不能执行。"), "in_force_on")
    else:
        dated = Basis(_("裁判的日期"), prepared.dated)
        yield from out_of_bounds(prepared.in_force_on, [dated], "in_force_on", at=at)


def _faults_of_correction(prepared: Prepared) -> Iterator[Reason]:
    if prepared.court.strip() or prepared.in_force_on is not None:
        yield Reason("no_judgment", _("法院和生效日期只用于法院裁判。"), "court")
    standing = Reconsideration.objects.filter(decision_number=prepared.number.strip()).exclude(state__in=DROPPED)
    if standing.exclude(remedy=Remedy.JUDGMENT).exists():
        yield Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": prepared.number.strip()}, "number")


def _create(letter: Letter | ReissueLetter, prepared: Prepared, by: User, at: datetime) -> Case:
    enterprise, today = ended_by(letter)[1], at.astimezone(SHANGHAI).date()
    case = Case.objects.create(
        number=next_number("REMEDY", today.year), procedure=PROCEDURE, enterprise=enterprise,
        district=district_of(letter, enterprise), state=ReconsiderationState.PREPARED, opened_at=at, moved_at=at,
    )  # fmt: skip
    earlier = judgment_standing(letter) if prepared.is_later else None
    row = Reconsideration.objects.create(
        case=case, challenged=letter.case if isinstance(letter, Letter) else None, state=ReconsiderationState.PREPARED,
        respondent_code=respondent_of(letter), known_on=today, filed_by=by, remedy=prepared.remedy,
        court=prepared.court.strip(), in_force_on=prepared.in_force_on, proposed_outcome=prepared.outcome,
        decision_number=prepared.number.strip(), decided_on=prepared.dated, decision_reasons=prepared.reasons.strip(),
        prepared_by=by, replaces=earlier, **letter_field(letter),
    )  # fmt: skip
    with act(case, "open", by=by, at=at, acting_as=Power.ANSWER_CHALLENGES) as doing:
        doing.moved("", ReconsiderationState.PREPARED)
        doing.note(
            challenged=row.origin, against=letter.number, remedy=row.remedy, outcome=row.proposed_outcome,
            order=row.decision_number, decided_on=row.decided_on.isoformat() if row.decided_on else "",
            court=row.court, in_force_on=str(row.in_force_on or ""), reasons=row.decision_reasons,
            procedure=PROCEDURE, **({"replaces": earlier.case.number} if earlier is not None else {}),
        )  # fmt: skip
        if prepared.file is not None:
            purpose = PURPOSES[Remedy(prepared.remedy)]
            add_document(case, file=prepared.file, name=prepared.file_name, purpose=purpose, by=by, at=at)
            doing.note(sha256=prepared.file.sha256, name=prepared.file_name)
        if (goal := begin_goal(case, at=at)) is not None:
            doing.note(due_goal=goal.due_at.isoformat(), provisional_goal=goal.is_provisional)
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
        colleagues = untied(who_hold(Power.ANSWER_CHALLENGES, row.respondent_code or None, at), case)
        doing.tell([one for one in colleagues if one != by], "remedy_prepared", case_number=case.number)
    return case

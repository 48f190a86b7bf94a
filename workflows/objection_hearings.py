"""Nobody loses a recognition over an objection unheard: the facts told, the statement, the end of its time, the answer.

What the applicant is told are an officer's words; neither who objected nor the objection itself is passed on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState, is_past
from accreditation.errors import Reason
from accreditation.models import Deadline, Objection, ObjectionHearing, ObjectorLetter
from accreditation.services import hearings, letters, notices, objection_proposals
from accreditation.templatetags.dates import day_text, local
from workflows import deadlines
from workflows.doing import Clock, Doing

STATEMENT = Clock(DeadlineKind.OBJECTION_STATEMENT, deadlines.DEFENCE_DAYS, fires="end_statement_time")
DISMISSED, UPHELD, CHECKED_AGAIN, MOOT, JOINED = "dismissed", "upheld", "checked_again", "moot", "joined"
# Of letters, which are Chinese: why another objection ends with one that is upheld.
OVERTAKEN = "另一异议经核查成立，该单位已退出本次公示，对本异议不再单独核查。"
TAKEN_UP = (
    "另一异议经核查成立，该单位已退出本次公示，评价数据和结果重新核查。本异议所述事实并入该项核查；"
    "重新核查的结果另行公示，公示期内仍可对其提出异议。"
)
LEAST_OF_NUMBER = 7
LEAST_OF_NAME = 2  # a single character of a name stands in half of all sentences


def not_asked_before(doing: Doing) -> Iterable[Reason]:
    """One hearing for one objection."""
    objection = doing.form.get("objection")
    if isinstance(objection, Objection) and hearings.hearing_of(objection) is not None:
        yield Reason("already_asked", _("已就该异议请申报单位陈述。"))


def facts_name_nobody(doing: Doing) -> Iterable[Reason]:
    """The summary neither names the objector nor repeats the objection."""
    objection, facts = doing.form.get("objection"), str(doing.form.get("facts") or "")
    if not isinstance(objection, Objection):
        return
    if _reveals(objection, facts):
        yield Reason("objector_revealed", _("事实摘要中出现了异议人的姓名（名称）或联系方式，请改写。"), "facts")
    elif (copied := _plain(objection.text)) and copied in _plain(facts):
        yield Reason("objection_copied", _("请用自己的话概括所涉事实，不要照抄异议原文。"), "facts")


def reasons_name_nobody(doing: Doing) -> Iterable[Reason]:
    """The applicant reads the reasons as well."""
    objection, reasons = doing.form.get("objection"), str(doing.form.get("reasons") or "")
    if isinstance(objection, Objection) and _reveals(objection, reasons):
        text = _("处理理由也会告知申报单位，其中出现了异议人的姓名（名称）或联系方式，请改写。")
        yield Reason("objector_revealed", text, "reasons")


def reason_names_nobody(doing: Doing) -> Iterable[Reason]:
    """What one officer answers another stands in the trail of the case, which more may read than the objection."""
    objection, reason = doing.form.get("objection"), str(doing.form.get("reason") or "")
    if isinstance(objection, Objection) and _reveals(objection, reason):
        text = _("理由记入办理日志，其中出现了异议人的姓名（名称）或联系方式，请改写。")
        yield Reason("objector_revealed", text, "reason")


def _reveals(objection: Objection, text: str) -> bool:
    """Whether the name, a number to call or an address to write to stands in the text, however it is spaced."""
    plain = _plain(text)
    contact = unicodedata.normalize("NFKC", objection.contact)
    numbers = [run for part in re.split(r"[^\d\s()+-]", contact) if len(run := _plain(part)) >= LEAST_OF_NUMBER]
    addresses = [_plain(found) for found in re.findall(r"[\w.+-]+@[\w.-]+", contact)]
    kept = [_plain(objection.objector), _plain(contact), *numbers, *addresses]
    return any(len(word) >= LEAST_OF_NAME and word in plain for word in kept)


def _plain(text: str) -> str:
    """Letters and digits alone, of one width and case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def applicant_is_heard(doing: Doing) -> Iterable[Reason]:
    """What is against the applicant is decided once the time for its statements is over, or given up in words."""
    objection = doing.form.get("objection")
    if not isinstance(objection, Objection):
        return
    hearing = hearings.hearing_of(objection)
    if hearing is None:
        yield Reason("applicant_not_heard", _("尚未就该异议听取申报单位的陈述，请先告知事实并请其陈述。"))
    elif not hearings.is_heard(hearing, doing.at):
        due = day_text(local(hearing.clock.due_at).date())
        text = _("申报单位的陈述期限至%(day)s，在此之前还可以陈述和补充。") % {"day": due}
        yield Reason("applicant_not_heard", text)


def statement_is_awaited(doing: Doing) -> Iterable[Reason]:
    """A hearing of this case within its time; what was stated before may be added to."""
    hearing = _named(doing)
    if hearing is None:
        yield Reason("unknown_hearing", _("没有待陈述的异议。"))
    elif hearing.rest_waived_at is not None:
        yield Reason("rest_given_up", _("已放弃其余的陈述期限。"))
    elif not hearings.may_state(hearing, doing.at):
        yield Reason("statement_late", _("陈述期限已过。"))


def statement_time_has_run(doing: Doing) -> Iterable[Reason]:
    """The verb of the clock waits for the last second of one of the hearings."""
    if not _run_out(doing):
        yield Reason("not_due", _("异议陈述期限未满。"))


def _named(doing: Doing) -> ObjectionHearing | None:
    """The hearing on the open objection of this case that the form names, read anew under the lock."""
    named = doing.form.get("objection")
    if not isinstance(named, Objection) or named not in notices.open_objections(doing.application):
        return None
    return hearings.hearing_of(named)


def _run_out(doing: Doing) -> list[Deadline]:
    running = [clock for clock in deadlines.open_clocks(doing.case) if clock.state == DeadlineState.RUNNING]
    return [clock for clock in running if clock.kind == STATEMENT.kind and is_past(clock.due_at, doing.at)]


# --- what is recorded -----------------------------------------------------------------------------------------------
def ask(doing: Doing) -> None:
    """Form: objection, facts. The clock of the statement starts."""
    objection: Objection = doing.form["objection"]
    facts = doing.form["facts"].strip()
    clock = deadlines.start(doing, STATEMENT)
    hearings.ask(objection, facts=facts, clock=clock, by=doing.by, at=doing.at)
    doing.act.note(objection=objection.number, facts=facts)


def state(doing: Doing) -> None:
    """Form: objection, text; file and file_name where something is handed in; gives_up_rest (True) to wait no longer.

    The clock runs on to its end unless the rest is given up.
    """
    hearing = _named(doing)
    assert hearing is not None
    file, text = doing.form.get("file"), doing.form["text"].strip()
    gives_up_rest = doing.form.get("gives_up_rest") is True
    hearings.state(
        hearing, text=text, file=file, file_name=doing.form.get("file_name") or "", gives_up_rest=gives_up_rest,
        by=doing.by, at=doing.at,
    )  # fmt: skip
    if gives_up_rest:
        deadlines.meet(hearing.clock, at=doing.at)
    doing.act.note(
        objection=hearing.objection.number, text=text, file=file.sha256 if file else "", gives_up_rest=gives_up_rest
    )


def end_time(doing: Doing) -> None:
    """The time has passed; the objection is decided on what was stated by then."""
    run_out = _run_out(doing)
    rows = ObjectionHearing.objects.filter(clock__in=run_out).order_by("pk")
    doing.act.note(objections=list(rows.values_list("objection__number", flat=True)))
    for clock in run_out:
        deadlines.give_up(clock, at=doing.at)


def settle(doing: Doing, *, outcome: str, reasons: str) -> Objection:
    """Form: objection. The objection is answered: its row, its hearing, the letter to whoever objected.

    One that is upheld takes the case off the notice; the others that are open then end with it, and are answered too:
    of a recognition nothing is left to look into, an evaluation is checked again with what they say.
    """
    objection: Objection = doing.form["objection"]
    notices.settle_objection(objection, is_upheld=outcome != DISMISSED, reasons=reasons, by=doing.by, at=doing.at)
    letter = _answer(doing, objection, outcome)
    doing.act.note(
        objection=objection.number, upheld=outcome != DISMISSED, reasons=reasons, objector_letter=letter.number,
        objector_letter_sha256=letter.sha256,
    )  # fmt: skip
    if outcome != DISMISSED:
        _drop_others(doing, *((TAKEN_UP, JOINED) if outcome == CHECKED_AGAIN else (OVERTAKEN, MOOT)))
    return objection


def _drop_others(doing: Doing, reasons: str, told: str) -> None:
    others = notices.open_objections(doing.application)
    for other in others:
        notices.drop_objection(other, reasons=reasons, by=doing.by, at=doing.at)
    objection_proposals.overtake(others, by=doing.by, at=doing.at)
    answers = [_answer(doing, other, told) for other in others]
    if others:
        doing.act.note(
            overtaken=[other.number for other in others], overtaken_letters=[letter.sha256 for letter in answers]
        )


def _answer(doing: Doing, objection: Objection, outcome: str) -> ObjectorLetter:
    """The hearing is over, the objector is told."""
    hearing = hearings.hearing_of(objection)
    if hearing is not None and hearing.clock.state in deadlines.OPEN:
        deadlines.call_off([hearing.clock], at=doing.at)
    issued_by = letters.issuing_body(doing.application, is_district=False)
    return hearings.answer_objector(objection, outcome=outcome, issued_by=issued_by, at=doing.at)

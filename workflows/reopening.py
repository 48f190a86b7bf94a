"""重新审议: between the minutes and the grant facts come to light; one officer names them, another sends the case back.

The case stays where it stands until then, as it does under an objection: a public notice under way runs its days, and
nothing of what waits shortens them; only what would take the case on towards the grant is held back. The applicant is
told the facts and the file that shows them, and is heard as before an objection is upheld. Sent back, the case is
before the committee like one that is tabled again: the earlier minutes stay as history and support nothing any more.

Where the committee is for it once more, a new notice is always published, whether or not the former one had run: that
one told the public of a conclusion which rested on minutes that no longer count, and objections could not be raised
against facts that nobody knew. A case that is under notice is taken off the list by an adjustment notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import ApplicationState, LetterKind, MeetingState
from accreditation.errors import Reason
from accreditation.models import Reopening, StoredFile
from accreditation.models.reopenings import ReopeningAnswer, ReopeningGround
from accreditation.permissions import persons_behind
from accreditation.services import letters
from accreditation.services import reopenings as kept
from accreditation.services.meeting_course import take_off_given_up
from accreditation.services.reopened_figures import official_figures, official_score
from accreditation.services.second_answers import plain
from accreditation.templatetags.dates import day_text, local
from workflows import deadlines, reopened_figures
from workflows.doing import Clock, Doing
from workflows.held_already import take_off
from workflows.legal_basis import legal_basis
from workflows.parties import untied
from workflows.second_person import FOUR_EYES

STATEMENT = Clock(DeadlineKind.REOPENING_STATEMENT, deadlines.DEFENCE_DAYS, fires="end_reopening_time")
OFF_THE_LIST = "该单位的申报事项将重新审议，不再列入本次公示名单；重新审议后拟予认定的，另行公示。"
LEAST_WHY_AGAIN = 10
ANSWERED = "reopening_answered"  # message to who proposed


# --- conditions -----------------------------------------------------------------------------------------------------
def none_waits(doing: Doing) -> Iterable[Reason]:
    """Nothing leads on towards the grant while somebody is asked whether the case goes back."""
    if kept.waiting(doing.application) is not None:
        text = _("%(no)s：已提请重新审议，正待答复。")
        yield Reason("reopening_waits", text % {"no": doing.case.number})


def ground_is_named(doing: Doing) -> Iterable[Reason]:
    """Form: ground."""
    if doing.form.get("ground") not in ReopeningGround.values:
        yield Reason("ground", _("请选择重新审议的事由。"), "ground")


def figures_alone_before_committee(doing: Doing) -> Iterable[Reason]:
    """Form: ground. What the committee has again and not yet on an agenda, only to set a figure right.

    Who votes has the figures before them; votes that were cast on others would say nothing.
    """
    if doing.state != ApplicationState.UNDER_OVERALL_REVIEW:
        return
    item = doing.application.meeting_items.filter(is_open=True).select_related("meeting").first()
    if not kept.came_back(doing.application):
        yield Reason("not_sent_back", _("审议期间，只有曾退回重新审议的申报可以提请改正核定数据。"))
    elif item is not None:
        text = _("本件已列入会议 %(no)s 的议程；请先由会议秘书改期审议或者取消会议，再提请改正。")
        yield Reason("on_agenda", text % {"no": item.meeting.number})
    elif doing.form.get("ground") != ReopeningGround.WRONG_FIGURE:
        text = _("本件正待评审委员会重新审议，只能以“核定数据有误”为由提请；其他事实请直接提交评审委员会。")
        yield Reason("figures_only", text, "ground")


def evidence_is_given(doing: Doing) -> Iterable[Reason]:
    """Form: file. What came to light is shown, not said."""
    if not isinstance(doing.form.get("file"), StoredFile):
        yield Reason("no_file", _("请上传证明所述事实的材料。"), "file")


def facts_are_new(doing: Doing) -> Iterable[Reason]:
    """Form: facts, why_again. What a colleague did not find enough is not proposed again in the same words.

    To take a proposal back is no answer of a colleague: the same facts may be put forward once more, with the reason
    for that. Not a third time: the applicant has been heard on them twice, and does not stand under them for ever.
    """
    facts = str(doing.form.get("facts") or "")
    if plain(facts) in kept.dropped_facts(doing.application):
        yield Reason("facts_dropped", _("就同一事实已答复不予重新审议；再次提请的，须写明新的事实。"), "facts")
        return
    before, why = kept.times_taken_back(doing.application, facts), str(doing.form.get("why_again") or "").strip()
    if before > 1:
        text = _("就同一事实已两次提请又撤回，申报单位已两次陈述；再次提请的，须写明新的事实。")
        yield Reason("facts_taken_back_twice", text, "facts")
    elif before and len(why) < LEAST_WHY_AGAIN:
        text = _("就同一事实曾提请又撤回，只能再提请一次，请写明再次提请的理由，不少于 %(n)d 个字。")
        yield Reason("why_again_needed", text % {"n": LEAST_WHY_AGAIN}, "why_again")
    elif why and not before:
        yield Reason("not_again", _("没有就同一事实提请又撤回过，无须写明再次提请的理由。"), "why_again")


def was_proposed(doing: Doing) -> Iterable[Reason]:
    """Somebody has named facts, and nobody has answered."""
    if kept.waiting(doing.application) is None:
        yield Reason("not_proposed", _("没有人提请重新审议，或者已经答复。"))


def is_the_one_read(doing: Doing) -> Iterable[Reason]:
    """Form: reopening, its number, from every page. What was read and answered there is what waits now."""
    row, read = kept.waiting(doing.application), doing.form.get("reopening")
    if row is not None and read not in (None, row.pk):
        text = _("您所看到的提请已经办结，本件已另行提请重新审议；请返回办件页面查看后再办理。")
        yield Reason("another_reopening", text)


def another_than_who_proposed_it(doing: Doing) -> Iterable[Reason]:
    """Whoever proposed it, or in whose place it was proposed, does not answer as well."""
    row = kept.waiting(doing.application)
    if row is not None and row.proposers & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("提请重新审议的人不能自己答复，须由另一人办理；不再提请的，可以撤回。"))


def proposed_it(doing: Doing) -> Iterable[Reason]:
    """Only who proposed, or in whose place it was proposed, takes it back; a colleague answers it."""
    row = kept.waiting(doing.application)
    if row is not None and not row.proposers & persons_behind(doing.by):
        yield Reason("not_proposer", _("只有提请人可以撤回重新审议的提请。"))


def applicant_is_heard(doing: Doing) -> Iterable[Reason]:
    """Nothing goes back before the time for the applicant's statements is over, or given up in words."""
    row = kept.waiting(doing.application)
    if row is not None and not kept.is_heard(row, doing.at):
        due = day_text(local(row.clock.due_at).date())
        text = _("申报单位的陈述期限至%(day)s，在此之前还可以陈述和补充。") % {"day": due}
        yield Reason("applicant_not_heard", text)


def statement_is_awaited(doing: Doing) -> Iterable[Reason]:
    """Within its time; what was stated before may be added to."""
    row = kept.waiting(doing.application)
    if row is None:
        yield Reason("not_proposed", _("没有人提请重新审议，或者已经答复。"))
    elif row.rest_waived_at is not None:
        yield Reason("rest_given_up", _("已放弃其余的陈述期限。"))
    elif not kept.may_state(row, doing.at):
        yield Reason("statement_late", _("陈述期限已过。"))


def committee_has_it_again(doing: Doing) -> Iterable[Reason]:
    """Before its first minutes a case is withdrawn by the rules of its own procedure, and not given up."""
    if doing.state == ApplicationState.UNDER_OVERALL_REVIEW and not kept.is_before_committee_again(doing.application):
        text = _("只有退回重新审议、评审委员会尚未另行作出决定的申报，可以在审议期间放弃。")
        yield Reason("not_sent_back", text)


def no_minutes_to_sign(doing: Doing) -> Iterable[Reason]:
    """What is voted and written is decided with two signatures; the applicant may give up what comes of it."""
    if doing.state != ApplicationState.UNDER_OVERALL_REVIEW:
        return
    item = doing.application.meeting_items.filter(is_open=True, meeting__state=MeetingState.MINUTES_DRAFTED).first()
    if item is not None:
        text = _("会议 %(no)s 已就本件表决，纪要正待签发；签发后仍拟认定或者推荐的，可以放弃。")
        yield Reason("minutes_to_sign", text % {"no": item.meeting.number})


# --- what is recorded -----------------------------------------------------------------------------------------------
def propose(doing: Doing) -> None:
    """Form: ground, facts, file, name, figures, why_again. The applicant is told in a letter; its clock starts.

    A wrong figure is named with the right one, so that the applicant is heard on both.
    """
    facts, file = doing.form["facts"].strip(), doing.form["file"]
    clock = deadlines.start(doing, STATEMENT)
    row = kept.propose(
        doing.application, ground=doing.form["ground"], facts=facts, file=file, file_name=doing.form.get("name") or "",
        clock=clock, by=doing.by, at=doing.at, why_again=str(doing.form.get("why_again") or "").strip(),
    )  # fmt: skip
    if row.why_again:
        doing.act.note(why_again=row.why_again)
    doing.act.note(
        ground=row.ground, facts=facts, sha256=file.sha256, name=row.file_name, decision=row.decision_id,
        minutes=row.decision.minutes_sha256,
    )  # fmt: skip
    reopened_figures.keep(doing, row)
    _send(doing, LetterKind.REOPENING, row, due=clock.due_at)


def state(doing: Doing) -> None:
    """Form: text; reopening; file and file_name of what is handed in; gives_up_rest (True) to wait no longer."""
    row = _waiting(doing)
    file, text = doing.form.get("file"), doing.form["text"].strip()
    gives_up_rest = doing.form.get("gives_up_rest") is True
    kept.state(
        row, text=text, file=file, file_name=doing.form.get("file_name") or "", gives_up_rest=gives_up_rest,
        by=doing.by, at=doing.at,
    )  # fmt: skip
    if gives_up_rest:
        deadlines.meet(row.clock, at=doing.at)
    doing.act.note(text=text, file=file.sha256 if file else "", gives_up_rest=gives_up_rest)


def end_time(doing: Doing) -> None:
    """The time has passed; it is answered on what was stated by then."""
    deadlines.conclude(doing.case, DeadlineKind.REOPENING_STATEMENT, DeadlineState.FIRED, at=doing.at)


def send_back(doing: Doing) -> None:
    """Form: reason, reopening. What was decided stays on record; the next meeting decides and is published anew.

    It decides on the corrected figures, where the proposal named any, and on the score that the rules give on them.
    """
    row = _answered(doing, ReopeningAnswer.RETURNED)
    application = doing.application
    reopened_figures.take_effect(doing, row)
    _send(doing, LetterKind.REOPENED, row)
    if doing.state == ApplicationState.UNDER_NOTICE:
        doing.act.note(adjustment=take_off(doing, OFF_THE_LIST).number)
    if application.notice is not None:
        doing.act.note(notice=application.notice.number)
    application.decision, application.notice = None, None


def drop(doing: Doing) -> None:
    """Form: reason, reopening. The case goes on where it stands."""
    row = _answered(doing, ReopeningAnswer.DROPPED)
    _send(doing, LetterKind.REOPENED, row)


def take_back(doing: Doing) -> None:
    """Form: reason, reopening. The applicant, who was told the facts, is told that nothing more comes of them."""
    row = _closed(doing, ReopeningAnswer.WITHDRAWN)
    _send(doing, LetterKind.REOPENED, row)


def _answered(doing: Doing, said: ReopeningAnswer) -> Reopening:
    row = _closed(doing, said)
    people = [one for one in (row.proposed_by, row.proposed_for) if one is not None]
    doing.act.tell(untied(people, doing.case), ANSWERED, case_number=doing.case.number, answer=str(said))
    return row


def _closed(doing: Doing, said: ReopeningAnswer) -> Reopening:
    row, reason = _waiting(doing), doing.form["reason"].strip()
    kept.answer(row, said, reason=reason, by=doing.by, at=doing.at)
    deadlines.conclude(doing.case, DeadlineKind.REOPENING_STATEMENT, DeadlineState.CANCELLED, at=doing.at)
    doing.act.note(
        reason=reason, facts=row.facts, proposed_by=str(row.proposed_by), decision=row.decision_id,
        minutes=row.decision.minutes_sha256,
    )  # fmt: skip
    return row


def give_up(doing: Doing) -> None:
    """Form: reason. The place in a quota is free; what was put forward against the case needs no answer any more.

    The item on an agenda is taken off: its meeting decides on the others.
    """
    application, reason = doing.application, doing.form["reason"].strip()
    kept.overtake(application, by=doing.by, at=doing.at)
    item = application.meeting_items.filter(is_open=True).select_related("meeting__batch").first()
    if item is not None:
        take_off_given_up(item, by=doing.by, at=doing.at, acting_as=doing.verb.who.code)
        doing.act.note(meeting=item.meeting.number, item=item.position)
    letter = letters.write_letter(
        application, kind=LetterKind.WITHDRAWAL, issued_by=letters.issuing_body(application, is_district=False),
        at=doing.at,
    )  # fmt: skip
    doing.act.note(reason=reason, letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def _waiting(doing: Doing) -> Reopening:
    row = kept.waiting(doing.application)
    assert row is not None
    return row


def _send(doing: Doing, kind: LetterKind, row: Reopening, **content: Any) -> None:
    """A step on the way to a decision; what is then decided can be challenged, this cannot."""
    letter = letters.write_letter(
        doing.application, kind=kind, issued_by=letters.issuing_body(doing.application, is_district=False), at=doing.at,
        row=row, meeting=row.decision.item.meeting, days=deadlines.DEFENCE_DAYS, basis=legal_basis(doing),
        figures=official_figures(row), revised=official_score(row),
        stays=doing.state == ApplicationState.UNDER_OVERALL_REVIEW, **content,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)

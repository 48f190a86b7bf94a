"""A sealed sheet set aside before the panel is opened: one officer asks, another consents, the place is drawn again.

The other may decline as well, and whoever asked may take the request back: then the sheet stays and counts. Until one
of them has spoken the marks stay sealed, even when all sheets are in. A sheet set aside is kept with its hash and never
counted. Nobody has read it, so that nobody can want it gone for its marks.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.enums import SeatState
from accreditation.errors import Reason
from accreditation.models import Seat, SheetRequest
from accreditation.models.sheet_requests import SheetAnswer
from accreditation.permissions import persons_behind
from accreditation.services import panels, sheet_requests
from accreditation.services.second_answers import keep_answer, plain
from workflows import flow_tasks
from workflows.doing import Doing
from workflows.parties import untied
from workflows.records import open_marks_if_complete
from workflows.second_person import FOUR_EYES

AGREED = "sheet_request_agreed"  # message to who asked


def _seat(doing: Doing) -> Seat | None:
    """The seat of that place whose marks are in, while the panel is not opened."""
    place = doing.form.get("place")
    if not isinstance(place, int) or doing.application.panel.opened_at is not None:
        return None
    rows = Seat.objects.select_for_update(of=("self",)).select_related("expert", "panel")
    return rows.filter(panel=doing.application.panel, place=place, state=SeatState.SUBMITTED).first()


def _waiting(doing: Doing) -> SheetRequest | None:
    seat = _seat(doing)
    return sheet_requests.waiting(seat) if seat is not None else None


def sheet_is_sealed(doing: Doing) -> Iterable[Reason]:
    """Marks are in at that place, and nobody has seen them yet."""
    if _seat(doing) is None:
        yield Reason("no_sheet", _("该席位没有已提交、尚未公开的评分表。"), "place")


def none_asked_yet(doing: Doing) -> Iterable[Reason]:
    """Nobody's request waits: the reason to which a colleague is about to consent does not change under the hand."""
    if _waiting(doing) is not None:
        yield Reason("asked_already", _("该席位的评分表已有人提请搁置，正待另一人办理。"), "place")


def reason_is_new(doing: Doing) -> Iterable[Reason]:
    """Form: reason. What a colleague has declined is not asked for again in the same words."""
    seat = _seat(doing)
    said = plain(str(doing.form.get("reason") or ""))
    if seat is not None and said in sheet_requests.declined_reasons(seat):
        text = _("以这一理由提请搁置该评分表，已有人不同意；再次提请的，须写明新的理由。")
        yield Reason("reason_declined", text, "reason")


def was_asked_for(doing: Doing) -> Iterable[Reason]:
    """Form: place. Somebody has asked for this sheet, with a reason."""
    seat = _seat(doing)
    if seat is not None and sheet_requests.waiting(seat) is None:
        yield Reason("not_asked", _("没有人提请搁置该席位的评分表。"), "place")


def another_than_who_asked_for_the_sheet(doing: Doing) -> Iterable[Reason]:
    """Whoever asked for this sheet, or in whose place it was asked, neither consents nor declines as well."""
    row = _waiting(doing)
    if row is not None and row.askers & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("提请搁置评分表的人不能自己答复，须由另一人办理；不再提请的，可以撤回。"))


def asked_for_the_sheet(doing: Doing) -> Iterable[Reason]:
    """Only who asked takes the request back; a colleague declines it."""
    row = _waiting(doing)
    if row is not None and not row.askers & persons_behind(doing.by):
        yield Reason("not_asker", _("只有提请人可以撤回搁置评分表的提请。"))


def ask(doing: Doing) -> None:
    """Form: place, reason. The sheet counts until another person consents."""
    seat = _seat(doing)
    assert seat is not None
    row = sheet_requests.ask(seat, reason=doing.form["reason"].strip(), by=doing.by, at=doing.at)
    doing.act.note(seat=seat.place, reason=row.reason)


def set_aside(doing: Doing) -> None:
    """Form: place. The expert loses sight of the case; the place waits for the next of the drawn order."""
    row = _answered(doing, SheetAnswer.AGREED)
    seat = row.seat
    assert doing.task is not None
    panels.set_sheet_aside(seat, reason=row.reason, at=doing.at)
    flow_tasks.begin_again(doing.task.flow_task.flow_class, doing.case)  # with a task for the place that is empty now
    doing.act.note(seat=seat.place, expert=seat.expert_id, reason=row.reason, sealed=seat.review.sealed_hash)
    doing.act.tell(seat.expert, doing.verb.message, case_number=doing.case.number)
    _tell_askers(doing, row, AGREED)


def decline(doing: Doing) -> None:
    """Form: place, reason. The sheet stays and counts like any other; whoever asked is told."""
    row = _kept(doing, SheetAnswer.DECLINED)
    doing.act.note(seat=row.seat.place, reason=row.answer_reason, asked_by=str(row.asked_by), asked=row.reason)
    _tell_askers(doing, row, doing.verb.message)


def take_back(doing: Doing) -> None:
    """Form: place, reason. As if nobody had asked; the request stays on file."""
    row = _kept(doing, SheetAnswer.WITHDRAWN)
    doing.act.note(seat=row.seat.place, reason=row.answer_reason, asked=row.reason)


def _kept(doing: Doing, said: SheetAnswer) -> SheetRequest:
    """The sheet stays and counts; where only this answer was awaited, the marks are opened now."""
    row = _answered(doing, said)
    open_marks_if_complete(doing, row.seat.panel)
    return row


def _answered(doing: Doing, said: SheetAnswer) -> SheetRequest:
    seat, row = _seat(doing), _waiting(doing)
    assert seat is not None
    assert row is not None
    row.seat = seat
    reason = str(doing.form.get("reason") or "").strip() if said is not SheetAnswer.AGREED else ""
    keep_answer(row, said, reason=reason, by=doing.by, at=doing.at)
    return row


def _tell_askers(doing: Doing, row: SheetRequest, kind: str) -> None:
    people = [one for one in (row.asked_by, row.asked_for) if one is not None]
    doing.act.tell(untied(people, doing.case), kind, case_number=doing.case.number)

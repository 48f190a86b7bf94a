"""A sealed sheet set aside before the panel is opened: one officer asks, another consents, the place is drawn again.

The sheet is kept with its hash and never counted. Nobody has read it, so that nobody can want it gone for its marks.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.enums import SeatState
from accreditation.errors import Reason
from accreditation.models import AuditEvent, Seat
from accreditation.permissions import persons_behind
from accreditation.services import panels
from workflows import flow_tasks
from workflows.doing import Doing
from workflows.second_person import FOUR_EYES, behind

ASKED = "ask_sheet_aside"


def _seat(doing: Doing) -> Seat | None:
    """The seat of that place whose marks are in, while the panel is not opened."""
    place = doing.form.get("place")
    if not isinstance(place, int) or doing.application.panel.opened_at is not None:
        return None
    rows = Seat.objects.select_for_update(of=("self",)).select_related("expert", "panel")
    return rows.filter(panel=doing.application.panel, place=place, state=SeatState.SUBMITTED).first()


def sheet_is_sealed(doing: Doing) -> Iterable[Reason]:
    """Marks are in at that place, and nobody has seen them yet."""
    if _seat(doing) is None:
        yield Reason("no_sheet", _("该席位没有已提交、尚未公开的评分表。"), "place")


def none_asked_yet(doing: Doing) -> Iterable[Reason]:
    """Nobody's request waits: the reason to which a colleague is about to consent does not change under the hand."""
    seat = _seat(doing)
    if seat is not None and seat.aside_reason:
        yield Reason("asked_already", _("该席位的评分表已有人提请搁置，正待另一人办理。"), "place")


def was_asked_for(doing: Doing) -> Iterable[Reason]:
    """Form: place. Somebody has asked for this sheet, with a reason."""
    seat = _seat(doing)
    if seat is not None and not seat.aside_reason:
        yield Reason("not_asked", _("没有人提请搁置该席位的评分表。"), "place")


def another_than_who_asked_for_the_sheet(doing: Doing) -> Iterable[Reason]:
    """Whoever asked for this sheet last, or in whose place it was asked, does not consent as well."""
    events = AuditEvent.objects.filter(chain=chain_key(doing.case), verb=ASKED, content__seat=doing.form.get("place"))
    last = events.order_by("-seq").first()
    if last is not None and behind(last) & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("提请搁置评分表的人不能自己同意，须由另一人办理。"))


def ask(doing: Doing) -> None:
    """Form: place, reason. The sheet counts until another person consents."""
    seat = _seat(doing)
    assert seat is not None
    seat.aside_reason = doing.form["reason"].strip()
    seat.save(update_fields=["aside_reason"])
    doing.act.note(seat=seat.place, reason=seat.aside_reason)


def set_aside(doing: Doing) -> None:
    """Form: place. The expert loses sight of the case; the place waits for the next of the drawn order."""
    seat = _seat(doing)
    assert seat is not None
    assert doing.task is not None
    panels.set_sheet_aside(seat, at=doing.at)
    flow_tasks.begin_again(doing.task.flow_task.flow_class, doing.case)  # with a task for the place that is empty now
    doing.act.note(seat=seat.place, expert=seat.expert_id, reason=seat.aside_reason, sealed=seat.review.sealed_hash)
    doing.act.tell(seat.expert, doing.verb.message, case_number=doing.case.number)

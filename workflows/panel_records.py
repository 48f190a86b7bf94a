"""What the draw, the appointment and the replacement record: the commitment, the whole draw, every way around it."""

from __future__ import annotations

from django.utils.translation import override

from accreditation.models import Seat
from accreditation.services import draws, panels
from accreditation.services.expert_pool import pool_of
from criteria.plain import to_plain
from workflows import flow_tasks
from workflows.doing import Doing
from workflows.panel_guards import day_of


def pass_check(doing: Doing) -> None:
    """Form: opinion (optional). The seed of the draw is fixed with the check, before the pool is asked."""
    doing.act.note(opinion=doing.form.get("opinion", ""))
    fix_seed(doing)


def fix_seed(doing: Doing) -> None:
    """Only the hash of the seed is written down; the seed itself is shown with the draw."""
    doing.act.note(draw_commitment=draws.fix_seed(doing.application, at=doing.at).commitment)


def draw_panel(doing: Doing) -> None:
    """The whole record: the seed, who could be drawn, who could not and why, the order, the seats, the reserve."""
    record = draws.keep_draw(doing.application, by=doing.by, at=doing.at, on=day_of(doing))
    doing.act.note(draw=to_plain(record))
    doing.act.reply(seats=list(record.seats))


def appoint_panel(doing: Doing) -> None:
    """Form: experts (users in order of seats), reason (where they are not the drawn ones)."""
    _note_way(doing)
    panel = panels.appoint_panel(doing.application, experts=doing.form["experts"], by=doing.by, at=doing.at)
    doing.act.note(experts=[person.pk for person in doing.form["experts"]])
    doing.act.tell([seat.expert for seat in panel.seats.all()], "panel_appointed", case_number=doing.case.number)


def _note_way(doing: Doing) -> None:
    """Whether the draw was followed, who was drawn and passed over since, and the reason for leaving it."""
    record = draws.record_of(doing.application)
    with override(draws.OFFICIAL):
        entries = pool_of(doing.application, on=day_of(doing))
    due = draws.due_panel(doing.application, entries)
    if record is not None:
        over = draws.passed_over(record, entries)
        doing.act.note(passed_over={key: list(reasons) for key, reasons in over.items()})
    followed = {person.pk for person in due} == {person.pk for person in doing.form["experts"]}
    doing.act.note(as_drawn=followed, reason="" if followed else doing.form.get("reason", ""))


def order_recusal(doing: Doing) -> None:
    """Form: seat (Seat), tie. The expert loses sight of the case; a task of the seat waits for the successor."""
    seat = Seat.objects.select_for_update().select_related("expert").get(pk=doing.form["seat"].pk)
    panels.recuse(seat, tie=doing.form["tie"], at=doing.at)
    flow_tasks.vacate_seat(doing.case, seat)
    doing.act.note(seat=seat.place, expert=seat.expert_id, tie=doing.form["tie"])
    doing.act.tell(seat.expert, "recusal_ordered", case_number=doing.case.number)


def replace_expert(doing: Doing) -> None:
    """Form: vacant (Seat), expert (User), reason (where another is next in the drawn order)."""
    vacant, expert = doing.form["vacant"], doing.form["expert"]
    due = draws.due_successor(doing.application.panel, pool_of(doing.application, on=day_of(doing)))
    seat = panels.replace_expert(vacant, expert=expert, at=doing.at)
    flow_tasks.hand_over_seat(doing.case, vacant, seat)
    followed = due is not None and due.pk == expert.pk
    reason = "" if followed else doing.form.get("reason", "")
    doing.act.note(seat=seat.place, expert=seat.expert_id, as_drawn=followed, reason=reason)
    doing.act.tell(seat.expert, "panel_appointed", case_number=doing.case.number)

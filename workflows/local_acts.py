"""Conditions and records of the steps that only a district, a zone or a group has when it recognises by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import SeatState
from accreditation.errors import Reason
from accreditation.models import Body, Deadline, Seat, User
from accreditation.services import visits
from accreditation.services.expert_pool import Entry, entries_of
from workflows import deadlines, records
from workflows.doing import Doing
from workflows.workdays import SHANGHAI

SHORTEST_REASON = 10


def forwarder_fits(doing: Doing) -> Iterable[Reason]:
    """Whoever is named to pass the application on does so for this authority."""
    body: Body | None = doing.form.get("forwarder")
    if body is not None and body.forwards_to_id != doing.batch.authority_id:
        yield Reason("other_forwarder", _("所选街镇（园区）不向本批次的认定机构转报。"), "forwarder")


def visit_is_sound(doing: Doing) -> Iterable[Reason]:
    """A visit that has taken place, by experts of today's panel who declared to have no tie."""
    day, today = doing.form.get("visited_on"), doing.at.astimezone(SHANGHAI).date()
    if not isinstance(day, date) or day > today or day < _panel_day(doing):
        yield Reason("visit_day", _("核查日期须在评审组组成之后，且不晚于今天。"), "visited_on")
    yield from _faults_of_visitors(doing, day)
    if not doing.form.get("has_no_ties"):
        yield Reason("ties_undeclared", _("到场专家须当场声明与申报单位无利害关系。"), "has_no_ties")
    if not isinstance(doing.form.get("is_confirmed"), bool):
        yield Reason("answer_needed", _("请选择核查结论。"), "is_confirmed")


def _panel_day(doing: Doing) -> date:
    return doing.application.panel.appointed_at.astimezone(SHANGHAI).date()


def _faults_of_visitors(doing: Doing, day: object) -> Iterable[Reason]:
    """Who was there sits on the panel today and did on that day, still is an expert, and is not known to be tied."""
    people: list[User] = list(doing.form.get("visitors") or [])
    seats = {seat.expert_id: seat for seat in doing.application.panel.seats.exclude(state=SeatState.RECUSED)}
    if not seats:
        yield Reason("panel_vacant", _("评审组席位全部空缺，请先递补专家。"), "visitors")
    elif not people:
        yield Reason("visitors_needed", _("请从评审组中选择到场专家，至少一名。"), "visitors")
    entries = entries_of(doing.application, people, on=doing.at.astimezone(SHANGHAI).date())
    for person in people:
        yield from _faults_of_visitor(person, seats.get(person.pk), entries.get(person.pk), day)


def _faults_of_visitor(person: User, seat: Seat | None, entry: Entry | None, day: object) -> Iterable[Reason]:
    if seat is None:
        yield Reason("not_on_panel", _("%(name)s 不在现任评审组。") % {"name": person}, "visitors")
        return
    since = seat.appointed_at.astimezone(SHANGHAI).date()
    if isinstance(day, date) and day < since:
        words = {"name": person, "day": since}
        yield Reason("seated_later", _("%(name)s 于 %(day)s 才进入评审组，不能登记为此前到场。") % words, "visitors")
    if entry is None:
        text = _("%(name)s 已不担任评审专家，请先责令回避并递补。")
        yield Reason("not_available", text % {"name": person}, "visitors")
        return
    for tie in entry.ties:
        text = _("%(name)s 须回避：%(tie)s。请先责令回避并递补。")
        yield Reason("tie", text % {"name": person, "tie": tie}, "visitors")


def file_application(doing: Doing) -> None:
    """Form: forwarder (Body or nothing), beside what every filing says."""
    doing.application.forwarder = doing.form.get("forwarder")
    if doing.application.forwarder is not None:
        doing.act.note(forwarder=doing.application.forwarder.code)
    records.file_application(doing)


def forward(doing: Doing) -> None:
    """Form: opinion."""
    row = visits.record_forwarding(doing.application, opinion=doing.form["opinion"], by=doing.by, at=doing.at)
    doing.act.note(opinion=row.opinion, body=row.body.code, submission=row.submission.number)


def may_be_called_in(doing: Doing) -> Iterable[Reason]:
    """After its time limit is over, or for a reason that the town and the enterprise read. Form: reason."""
    if len(str(doing.form.get("reason") or "").strip()) >= SHORTEST_REASON:
        return
    clock = _forwarding_clock(doing)
    if clock is None:
        yield Reason("no_term", _("本批次没有规定转报时限，调取须说明理由，至少十个字。"), "reason")
    elif not deadlines.is_overdue(clock, doing.at):
        text = _("转报时限至%(day)s，届满前调取须说明理由，至少十个字。")
        yield Reason("term_runs", text % {"day": clock.due_at.astimezone(SHANGHAI).date()}, "reason")


def call_in(doing: Doing) -> None:
    """Form: reason, which may be empty once the time limit is over. The clock of the town is noted as it stood."""
    clock, body = _forwarding_clock(doing), doing.application.forwarder
    doing.act.note(
        reason=str(doing.form.get("reason") or "").strip(),
        forwarder=body.code if body else "",
        was_due=clock.due_at.isoformat() if clock else "",
        overdue=clock is not None and deadlines.is_overdue(clock, doing.at),
    )


def _forwarding_clock(doing: Doing) -> Deadline | None:
    return doing.case.deadlines.filter(kind=DeadlineKind.FORWARDING, state=DeadlineState.RUNNING).first()


def record_site_visit(doing: Doing) -> None:
    """Form: visited_on, place, visitors, findings, is_confirmed, documents (files with names)."""
    names = ("visited_on", "place", "visitors", "findings", "is_confirmed")
    values = {name: doing.form[name] for name in names}
    documents = list(doing.form.get("documents") or [])
    visit = visits.record_site_visit(doing.application, **values, documents=documents, by=doing.by, at=doing.at)
    doing.act.note(
        visited_on=visit.visited_on.isoformat(),
        place=visit.place,
        visitors=sorted(person.pk for person in values["visitors"]),
        findings=visit.findings,
        is_confirmed=visit.is_confirmed,
        documents=[file.sha256 for file, _name in documents],
    )


def propose(doing: Doing) -> None:
    """Form: decision. A batch without days of notice leads straight to the announcement."""
    doing.application.has_no_notice = doing.batch.notice_days == 0
    records.carry_out_decision(None)(doing)

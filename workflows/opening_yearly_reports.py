"""Calling for the yearly reports of a year: the due day, the frozen list of holders, one case for each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Case, Title, User, YearlyReport, YearlyReportCall
from accreditation.models.titles import STANDING
from accreditation.permissions import has_power_at
from accreditation.roles import Power
from accreditation.selectors.cultivation import RULES_OF, rules_for_readiness
from accreditation.services.numbers import next_number
from accreditation.yearly_report_words import DueMove, YearlyReportState
from workflows import door, flow_tasks
from workflows.calendar import current_calendar
from workflows.procedures import PROCEDURES
from workflows.workdays import SHANGHAI, WorkCalendar

PROCEDURE = "demonstration_yearly_report/2010"
MONTH, DAY = 4, 30  # 每年4月30日前
PREFIX = "SFND"


def due_day(year: int, moves: str, calendar: WorkCalendar) -> tuple[date, bool]:
    """30 April of a year, moved as the call says where offices are closed; and whether no plan of that year is out."""
    day = date(year, MONTH, DAY)
    step = {DueMove.NEXT_WORKING_DAY: 1, DueMove.WORKING_DAY_BEFORE: -1}.get(DueMove(moves), 0)
    while step and not calendar.is_working(day):
        day += timedelta(days=step)
    return day, bool(step) and year not in calendar.published


def open_call(
    *, year: int, document: str, moves: str, return_days: int, by: User, at: datetime, request_key: str | None = None
) -> YearlyReportCall:
    """Ask every holder whose title stands now. Denied for others, Refusal with all reasons."""
    if not has_power_at(by, Power.PREPARE_ORDERS, None):
        raise Denied([Reason("not_keeper", _("只有市认定办公室可以部署年度报告。"))])
    said = (year, document.strip(), moves, return_days)
    try:
        with act(
            "yearly_reports", "open_yearly_call", by=by, at=at, acting_as="municipal_officer",
            request_key=request_key, request=fingerprint(*said),
        ) as doing:  # fmt: skip
            call = _create_call(*said, by=by, at=at)
            titles = _standing_titles(at.astimezone(SHANGHAI).date())
            cases = [_create_case(call, title, by, at) for title in titles]
            doing.note(
                year=year, document=call.document, due_on=call.due_on.isoformat(), moves=moves,
                titles=[title.number for title in titles], cases=[case.number for case in cases],
            )  # fmt: skip
            doing.reply(year=year)
    except Replayed as replay:
        return YearlyReportCall.objects.get(year=replay.answer["year"])
    return call


def _standing_titles(today: date) -> list[Title]:
    rows = Title.objects.filter(programme=RULES_OF, state__in=STANDING, valid_from__lte=today)
    rows = rows.select_related("holder", "programme")
    return list(rows.order_by("number"))


def _create_call(year: int, document: str, moves: str, return_days: int, *, by: User, at: datetime) -> YearlyReportCall:
    edition, today = rules_for_readiness(), at.astimezone(SHANGHAI).date()
    due_on, provisional = due_day(year, moves, current_calendar())
    reasons = []
    if not document:
        reasons.append(Reason("no_document", _("请填写通知文号。"), "document"))
    if YearlyReportCall.objects.filter(year=year).exists():
        reasons.append(Reason("already_called", _("该年度已经部署。"), "year"))
    if due_on < today:
        reasons.append(Reason("too_late", _("该年度的报送截止日已过。"), "year"))
    if edition is None:
        reasons.append(Reason("no_rules", _("还没有启用国家技术创新示范企业的评价规则。")))
    if not _standing_titles(today):
        reasons.append(Reason("no_holders", _("称号登记簿中没有在有效期内的国家技术创新示范企业。")))
    if reasons or edition is None:
        raise Refusal(reasons)
    return YearlyReportCall.objects.create(
        year=year, document=document, moves=moves, due_on=due_on, is_provisional=provisional, return_days=return_days,
        rule_set=edition, opened_by=by, opened_at=at,
    )  # fmt: skip


def _create_case(call: YearlyReportCall, title: Title, by: User, at: datetime) -> Case:
    case = Case.objects.create(
        number=next_number(PREFIX, call.year),
        procedure=PROCEDURE,
        enterprise=title.holder,
        district=title.holder.district,
        state=YearlyReportState.AWAITED,
        opened_at=at,
        moved_at=at,
    )
    YearlyReport.objects.create(case=case, call=call, title=title)
    with act(case, "open", by=by, at=at, acting_as=Power.PREPARE_ORDERS) as doing:
        doing.moved("", YearlyReportState.AWAITED)
        doing.note(title=title.number, year=call.year, procedure=PROCEDURE)
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
    door.perform(case, "call_for_report", by=by, at=at)
    return case

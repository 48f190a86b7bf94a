"""Where a case stands, on every page of it: in whose hands, since when, until when, what comes next, when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.batch_words import BatchState
from accreditation.enums import OWNER_LABELS, ApplicationState, Level, Owner
from accreditation.models import Application, Body, Case, Deadline, Proceeding
from accreditation.models.cases import CaseSubject
from accreditation.templatetags.dates import day
from accreditation.visibility import View
from workflows.calendar import current_calendar
from workflows.forecasting import ENOUGH, Day, Forecast, Limit, Quartiles, Stage, Usual
from workflows.moves import Move, Turn, possible_moves
from workflows.presentation.cases import clock_words, deciding_office, owner_name, paused_words
from workflows.presentation.words import Words, body_name, filled, quoted, state_label
from workflows.procedures import Procedure, procedure_of
from workflows.selectors.whereabouts import Clocks, clocks_of, forecast_of, people_in_charge, since
from workflows.workdays import SHANGHAI, WorkCalendar

STAFF = frozenset({View.DISTRICT, View.OFFICE, View.FORWARDER, View.AUDITOR})
NAMES_EXPERTS = frozenset({View.OFFICE, View.AUDITOR})
EXPERTS_NODE = "expert_review"
TURNS: Mapping[Turn, tuple[Promise, str]] = {
    Turn.ONWARD: (gettext_lazy("顺利时"), "green"),
    Turn.ATTENTION: (gettext_lazy("须另行办理"), "amber"),
    Turn.ADVERSE: (gettext_lazy("不利结果"), "red"),
    Turn.ENDING: (gettext_lazy("程序终止"), "grey"),
}
AGAINST_THE_HOLDER = (gettext_lazy("按程序继续"), "blue")
NO_LIMIT: Mapping[Owner, Promise] = {  # why nothing is counted, by who has the case
    Owner.COMMITTEE: gettext_lazy("以召开会议为准，办法没有规定天数。"),
    Owner.EXTERNAL: gettext_lazy("由国家主管部门决定，本系统不计时限。"),
    Owner.NOBODY: gettext_lazy("由系统自动办理，不计时限。"),
    Owner.CLOCK: gettext_lazy("以异议处理完毕为准。"),
}
POSTPONED = gettext_lazy(
    "暂缓以后何时重新审议没有规定天数，由认定机关重新提请，以召开会议为准。"
    "在此以前申报单位无须办理，也不能修改材料或者撤回；暂缓的理由见告知书，有疑问可以向认定机关询问。"
)
NONE_SET = gettext_lazy("办法和批次参数没有为本环节规定天数。")


def whereabouts(
    case: Case, subject: CaseSubject, *, view: View, at: datetime, names_experts: bool | None = None
) -> Words:
    """Parameters of `whereabouts.html` for a reader in that quality.

    Persons are named to staff only, experts only where `names_experts` (None: the office and the auditor).
    """
    procedure, calendar = procedure_of(case), current_calendar()
    entered = since(case)
    if case.closed_at is not None:
        return {"is_over": True, "state": state_label(str(subject.state)), "since": entered}
    clocks = clocks_of(case, entered)
    found = forecast_of(case, subject, entered=entered, clocks=clocks, calendar=calendar, at=at)
    shows = view in NAMES_EXPERTS if names_experts is None else names_experts
    return {
        "is_over": False,
        "holder": holder_name(case, subject) or _("系统"),
        "task": task_name(procedure, subject),
        "people": _people(case, shows) if view in STAFF else [],
        "since": entered,
        "days": max(calendar.left(_day(entered), _day(at)), 0),
        **_until(case, subject, clocks, calendar, at),
        "goal": clock_words(clocks.goal, at=at, calendar=calendar) if clocks.goal and view in STAFF else None,
        "next": next_groups(procedure, subject),
        "forecast": _forecast(procedure, found, clocks) if found else None,
        "unforeseen": "" if found else _unforeseen(procedure, subject),
    }


def task_name(procedure: Procedure, subject: CaseSubject) -> str:
    """What is done in the state, in words."""
    if waits_for_an_answer(subject):
        return _("答复搁置评分表的提请")
    return node_name(procedure, procedure.node_of_state.get(str(subject.state), ""))


def waits_for_an_answer(subject: CaseSubject) -> bool:
    """Whether the experts are done, and the office has still to say if a sheet is set aside."""
    if not isinstance(subject, Application) or subject.state != ApplicationState.UNDER_EXPERT_REVIEW:
        return False
    return subject.panel.waits_for_an_answer


def holder_name(case: Case, subject: CaseSubject) -> str:
    """Who has to act, by the name of the body where it is one; empty when nobody has to."""
    if isinstance(subject, Application):
        if waits_for_an_answer(subject):
            return deciding_office(subject.batch)
        return owner_name(case, subject)
    owner = procedure_of(case).subject.facts(str(subject.state)).owner
    if owner is Owner.AUTHORITY and isinstance(subject, Proceeding):
        return _authority(case, subject)
    return "" if owner is Owner.NOBODY else str(OWNER_LABELS[owner])


def _authority(case: Case, proceeding: Proceeding) -> str:
    """The body that granted the title; of a district's title, the bureau of that district."""
    programme = proceeding.title.programme
    own = Body.objects.filter(district=case.district).first() if programme.level == Level.DISTRICT else None
    return body_name(own or programme.granted_by)


def node_name(procedure: Procedure, node: str) -> str:
    """What is done at a node, in words."""
    return str(procedure.flow.instance.node(node).task_title) if node else ""


def _people(case: Case, names_experts: bool) -> list[str]:
    found = people_in_charge(case)
    return [quoted(person.name) for node, person in found if names_experts or node != EXPERTS_NODE]


def _until(case: Case, subject: CaseSubject, clocks: Clocks, calendar: WorkCalendar, at: datetime) -> Words:
    """`clock` of the stage, or `paused` in words, or `no_limit` with its reason."""
    empty: Words = {"clock": None, "paused": [], "no_limit": ""}
    if clocks.running is not None:
        return empty | {"clock": clock_words(clocks.running, at=at, calendar=calendar)}
    if clocks.paused is not None:
        return empty | {"paused": paused_words(case)}
    if clocks.run_out is not None:
        clock, last = clocks.run_out.get_kind_display(), day(clocks.run_out.due_at)
        return empty | {"no_limit": filled(_("%(clock)s已于%(day)s届满，仍待办理。"), clock=clock, day=last)}
    facts = procedure_of(case).subject.facts(str(subject.state))
    if facts.owner is Owner.APPLICANT and case.batch is not None:
        if case.batch.state == BatchState.CALLED_OFF:
            return empty | {"no_limit": _("本批次已取消，不再受理申报。")}
        closes = case.batch.closes_at
        left = calendar.left(_day(at), _day(closes))
        return empty | {"clock": {"label": _("申报受理截止"), "due": closes, "left": left, "provisional": False}}
    reason = POSTPONED if str(subject.state) == ApplicationState.POSTPONED else NO_LIMIT.get(facts.owner, NONE_SET)
    return empty | {"no_limit": _("没有时限：%(reason)s") % {"reason": reason}}


def next_groups(procedure: Procedure, subject: CaseSubject) -> list[Words]:
    """What may come next, by what it means: `label`, `tone`, `moves`: `state`, `who`, `verb`."""
    found = possible_moves(procedure, subject, str(subject.state))
    groups = [(turn, [move for move in found if move.turn is turn]) for turn in Turn]
    return [
        {"label": str(label), "tone": tone, "moves": [_move(move) for move in moves]}
        for turn, moves in groups
        if moves
        for label, tone in [_turn(turn, subject)]
    ]


def _turn(turn: Turn, subject: CaseSubject) -> tuple[Promise, str]:
    """Going on goes well for whoever applied, and is no good news to a holder against whom the case goes."""
    is_against = isinstance(subject, Proceeding) and subject.is_adverse
    return AGAINST_THE_HOLDER if is_against and turn is Turn.ONWARD else TURNS[turn]


def _move(move: Move) -> Words:
    return {
        "state": _("办结") if move.closes and move.verb.transition is None else state_label(move.target),
        "who": str(move.verb.who.label),
        "verb": str(move.verb.label),
    }


# --- the forecast -------------------------------------------------------------------------------------------------
def _unforeseen(procedure: Procedure, subject: CaseSubject) -> str:
    if str(subject.state) == procedure.first:
        return _("提交或告知以后才能估计。")
    return _("目前没有通向办成的后续环节，不能估计。")


def _forecast(procedure: Procedure, found: Forecast, clocks: Clocks) -> Words:
    """`usual`, `too_few`, `latest`, `why_no_latest`, `rests_on`, `stages`."""
    return {
        "usual": _usual(found.usual) if found.usual else None,
        "too_few": "" if found.usual else _too_few(found.count),
        "latest": _shown(found.latest) if found.latest else None,
        "is_legal": found.latest_is_legal,
        "why_no_latest": _why_no_latest(procedure, found),
        "rests_on": _names(procedure, found.by_habit) if found.latest else "",
        "stages": [
            _stage(procedure, stage, _limit_now(clocks) if place == 0 else "")
            for place, stage in enumerate(found.stages)
        ],
    }


def _usual(usual: Usual) -> Words:
    days = (usual.earliest, usual.middle, usual.latest)
    return {
        "earliest": usual.earliest.on,
        "middle": usual.middle.on,
        "latest": usual.latest.on,
        "provisional": any(one.is_provisional for one in days),
        "ground": ngettext(
            "依据 %(n)d 件在本环节停留不短于本件的已办结办件：四分之一早于前一日期，四分之一晚于后一日期。",
            "依据 %(n)d 件在本环节停留不短于本件的已办结办件：四分之一早于前一日期，四分之一晚于后一日期。",
            usual.count,
        )
        % {"n": usual.count},
    }


def _too_few(count: int) -> str:
    words = {"least": ENOUGH, "n": count}
    return _("可比的已办结办件不足 %(least)d 件（现有 %(n)d 件），不能按以往办件估计。") % words


def _shown(one: Day) -> Words:
    return {"on": one.on, "provisional": one.is_provisional}


def _why_no_latest(procedure: Procedure, found: Forecast) -> str:
    if found.is_paused:
        return _("时限中止期间不能给出最迟日期，恢复后顺延。")
    if found.unknown:
        names = _names(procedure, found.unknown)
        return _("不能给出最迟日期：%(stages)s没有规定时限，已办结的办件也不足。") % {"stages": names}
    return ""


def _names(procedure: Procedure, nodes: Iterable[str]) -> str:
    return str(_("、")).join(node_name(procedure, node) for node in nodes)


def _stage(procedure: Procedure, stage: Stage, limit_now: str) -> Words:
    return {
        "name": node_name(procedure, stage.node),
        "limit": limit_now or _limit(stage.limit),
        "usual": _quartiles(stage.usual),
    }


def _limit_now(clocks: Clocks) -> str:
    """The clock of the stage in which the case is; empty where none was set."""
    if clocks.ends_stage is not None:
        return _of_clock(_("%(clock)s至%(day)s"), clocks.ends_stage)
    if clocks.paused is not None:
        return _of_clock(_("%(clock)s已中止计算"), clocks.paused[0])
    return _of_clock(_("%(clock)s已于%(day)s届满"), clocks.run_out) if clocks.run_out is not None else ""


def _of_clock(words: str, clock: Deadline) -> str:
    return filled(words, clock=clock.get_kind_display(), day=day(clock.due_at))


def _limit(limit: Limit | None) -> str:
    if limit is None:
        return _("没有规定时限")
    if limit.in_calendar_days:
        return ngettext("时限 %(n)d 日", "时限 %(n)d 日", limit.days) % {"n": limit.days}
    return ngettext("时限 %(n)d 个工作日", "时限 %(n)d 个工作日", limit.days) % {"n": limit.days}


def _quartiles(usual: Quartiles | None) -> str:
    if usual is None:
        return _("不足 %(n)d 件") % {"n": ENOUGH}
    words = {"lower": usual.lower, "middle": usual.middle, "upper": usual.upper}
    return _("%(middle)d（%(lower)d 至 %(upper)d）") % words


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()

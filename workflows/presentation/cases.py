"""The top of every page of a case: header, running clock, step bar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.enums import APPLICATION_STATES, OWNER_LABELS, ApplicationState, Owner
from accreditation.models import Application, Batch, Body, Case, Deadline, Programme
from accreditation.selectors.granting import body_of_code, title_names
from accreditation.templatetags.dates import day
from accreditation.templatetags.language import is_english
from workflows.calendar import current_calendar
from workflows.deadlines import paused_clocks, running_clock
from workflows.presentation.words import Words, body_name, either, filled, state_label, state_tone
from workflows.workdays import SHANGHAI, WorkCalendar

STEPS = (
    gettext_lazy("填报"),
    gettext_lazy("区级初审"),
    gettext_lazy("市级形审"),
    gettext_lazy("专家评审"),
    gettext_lazy("综合评审"),
    gettext_lazy("公示"),
    gettext_lazy("发证"),
)
LOCAL_STEPS = (
    gettext_lazy("填报"),
    gettext_lazy("材料审核"),
    gettext_lazy("实地核查"),
    gettext_lazy("专家复评"),
    gettext_lazy("领导小组审定"),
    gettext_lazy("公示"),
    gettext_lazy("发证"),
)
RECOMMENDING_STEPS: dict[int, Promise] = {  # by the number of the step; a recommendation has no step at the district
    1: gettext_lazy("填报"),
    3: gettext_lazy("市级核查"),
    4: gettext_lazy("部门会商"),
    5: gettext_lazy("排序审议"),
    6: gettext_lazy("行文推荐"),
    7: gettext_lazy("国家评审"),
}
EVALUATING_STEPS: dict[int, Promise] = {
    1: gettext_lazy("填报"),
    2: gettext_lazy("区级初审"),
    3: gettext_lazy("市级核查"),
    5: gettext_lazy("审定结果"),
    6: gettext_lazy("公示"),
    7: gettext_lazy("公布和整改"),
}
LOCALLY_EVALUATING_STEPS: dict[int, Promise] = {
    1: gettext_lazy("填报"),
    2: gettext_lazy("核查与计分"),
    5: gettext_lazy("领导小组审定"),
    6: gettext_lazy("公示"),
    7: gettext_lazy("公布和整改"),
}
FIRST_REVIEW_STEP, CHECK_STEP, CONSULTATION = 2, 3, 4
EXPERT_STEP, NOTICE_STEP, CERTIFICATE_STEP = 4, 6, 7


def steps_of(batch: Batch) -> dict[int, Promise]:
    """The steps of the bar by number, as the programme of the batch has them, or the authority on its own."""
    if batch.is_evaluation:
        return LOCALLY_EVALUATING_STEPS if batch.authority_id is not None else EVALUATING_STEPS
    if batch.authority_id is not None:
        return dict(enumerate(LOCAL_STEPS, start=1))
    if not batch.is_recommendation:
        left_out = steps_left_out(batch)
        return {number: name for number, name in enumerate(STEPS, start=1) if number not in left_out}
    asks_departments = batch.consultation_days > 0
    return {number: name for number, name in RECOMMENDING_STEPS.items() if asks_departments or number != CONSULTATION}


def steps_left_out(batch: Batch) -> set[int]:
    """Numbers of the steps that a batch of the municipal office does without."""
    has = {
        FIRST_REVIEW_STEP: batch.first_review_days,
        EXPERT_STEP: batch.panel_size,
        NOTICE_STEP: batch.notice_days,
        CERTIFICATE_STEP: batch.issues_certificate,
    }
    return {number for number, value in has.items() if not value}


LOCALLY_OWNED = frozenset({Owner.DISTRICT, Owner.OFFICE, Owner.COMMITTEE})


def case_header(case: Case, application: Application, *, at: datetime) -> Words:
    """Parameters of `case_header.html` without slots: name, number, state, facts, owner; `deadline` for the clock."""
    return {
        "name": case.enterprise.name,
        "number": case.number,
        "state": state_label(application.state),
        "state_tone": state_tone(application.state),
        "facts": _facts(application) + paused_words(case),
        "owner": acting_name(case, application),
        "deadline": clock_of(case, at=at),
    }


def _facts(application: Application) -> list[str]:
    facts = [either(application.batch.programme, "name"), batch_name(application.batch)]
    if application.product_name:
        facts.insert(0, product_words(application.product_name))
    if application.current is not None:
        facts.append(_("第 %(n)d 版") % {"n": application.current.number})
    return facts


def product_words(name: str) -> str:
    """The product that an application or a title is about; empty where it is about the enterprise."""
    return _("产品：%(name)s") % {"name": name} if name else ""


def paused_words(case: Case) -> list[SafeString]:
    """That a clock stands still, since when and why; nothing where all run."""
    return [
        filled(
            _("%(clock)s自%(day)s起中止（%(ground)s）"),
            clock=clock.get_kind_display(),
            day=day(event.at),
            ground=event.get_ground_display(),
        )
        for clock, event in paused_clocks(case)
    ]


def batch_name(batch: Batch) -> str:
    """Year and ordinal of a batch in words, with the authority where one recognises by itself."""
    name = ordinal_name(batch)
    return f"{body_name(batch.authority)} {name}" if batch.authority else name


def ordinal_name(batch: Batch) -> str:
    """The same without the authority, for where the title names it."""
    if batch.is_evaluation:
        return _("%(year)d 年度评价") % {"year": batch.year}
    return _("%(year)d 年（第 %(n)d 批）") % {"year": batch.year, "n": batch.ordinal}


def programme_name(batch: Batch) -> str:
    """The title that a batch is about, as its granting body calls it."""
    return title_name(batch.programme, batch.granting_body)


def title_name(programme: Programme, body: Body) -> str:
    """A title as its granting body calls it, in the reader's language."""
    zh, en = title_names(programme, body)
    return en if is_english() else zh


def deciding_office(batch: Batch) -> str:
    """The office that runs the batch, looks into objections and answers requests; by name where it is a body itself."""
    return body_name(batch.authority) if batch.authority else str(OWNER_LABELS[Owner.OFFICE])


def owner_name(case: Case, application: Application, bodies: Mapping[str, Body] | None = None) -> str:
    """Who has to act next, by the name of the body where it is one; empty when nobody has to.

    `bodies` are those of the districts, by code, where they are known already, as in a list.
    """
    owner = APPLICATION_STATES[ApplicationState(application.state)].owner
    if owner is Owner.NOBODY:
        return ""
    if owner is Owner.FORWARDER and application.forwarder is not None:
        return body_name(application.forwarder)
    if application.batch.authority is not None and owner in LOCALLY_OWNED:
        is_group = owner is Owner.COMMITTEE
        return _("认定领导小组") if is_group else body_name(application.batch.authority)
    if owner is Owner.DISTRICT:
        return district_body_name(case, bodies)
    return str(OWNER_LABELS[owner])


def acting_name(case: Case, application: Application, bodies: Mapping[str, Body] | None = None) -> str:
    """The same for "with whom it is": empty while a notice runs, whose days nobody works off."""
    is_clock = APPLICATION_STATES[ApplicationState(application.state)].owner is Owner.CLOCK
    return "" if is_clock else owner_name(case, application, bodies)


def district_body_name(case: Case, bodies: Mapping[str, Body] | None = None) -> str:
    """The district authority of the case; the general word where the district has none on record."""
    body = bodies.get(case.district) if bodies is not None else body_of_code(case.district)
    return body_name(body) if body else str(OWNER_LABELS[Owner.DISTRICT])


def clock_of(case: Case, *, at: datetime, calendar: WorkCalendar | None = None) -> Words | None:
    """The clock that is due first: `label`, `due`, `left` (working days), `provisional`; None when none runs."""
    clock = running_clock(case)
    return clock_words(clock, at=at, calendar=calendar) if clock else None


def clock_words(clock: Deadline, *, at: datetime, calendar: WorkCalendar | None = None) -> Words:
    """A clock as the `deadline` tag takes it."""
    today, due_day = (moment.astimezone(SHANGHAI).date() for moment in (at, clock.due_at))
    left = (calendar or current_calendar()).left(today, due_day)
    return {
        "label": clock.get_kind_display(),
        "due": clock.due_at,
        "left": left,
        "provisional": clock.is_provisional,
    }


def step_bar(case: Case, application: Application) -> Words:
    """Parameters of `step_bar.html`: `steps` and `outcome`."""
    facts = APPLICATION_STATES[ApplicationState(application.state)]
    now = _step_now(application)
    is_over = case.closed_at is not None
    stopped = facts.is_final and facts.tone != "ok"
    names = steps_of(application.batch)
    if now not in names:
        now = CHECK_STEP if now < CHECK_STEP else max(number for number in names if number < now)
    note = _forwarding_note(application)
    steps = [
        {
            "label": str(label),
            "state": _mark(number, now, is_over=is_over, stopped=stopped),
            "note": note if number == now else "",
        }
        for number, label in names.items()
    ]
    return {"steps": steps, "outcome": state_label(application.state) if is_over or stopped else ""}


def _forwarding_note(application: Application) -> str:
    """That a town or park has to pass it on first, and in how many days where the rules set some."""
    days = application.batch.forwarding_days
    if application.state != ApplicationState.UNDER_FORWARDING:
        return ""
    return _("街镇（园区）转报，%(n)d 个工作日内") % {"n": days} if days else _("街镇（园区）转报，没有规定时限")


def _step_now(application: Application) -> int:
    """The step of the state; what both levels can do counts for the level that had the case."""
    step = APPLICATION_STATES[ApplicationState(application.state)].step
    if application.state == ApplicationState.UNDER_CONSULTATION and not application.batch.is_recommendation:
        return CHECK_STEP  # a part of the check, where the experts come after it
    if application.state == ApplicationState.RETURNED:
        return CHECK_STEP if application.returned_by == Owner.OFFICE else FIRST_REVIEW_STEP
    if application.state in (ApplicationState.LAPSED, ApplicationState.INELIGIBLE):
        was_recommended = application.first_reviews.filter(recommends=True).exists()
        return CHECK_STEP if was_recommended else FIRST_REVIEW_STEP
    if application.state == ApplicationState.WITHDRAWN and application.submitted_at is not None:
        return FIRST_REVIEW_STEP
    return step


def _mark(number: int, now: int, *, is_over: bool, stopped: bool) -> str:
    if number < now:
        return "done"
    if number > now:
        return "todo"
    if stopped:
        return "stopped"
    return "done" if is_over else "current"

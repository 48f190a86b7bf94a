"""The top of every page of a case: header, running clock, step bar."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.enums import APPLICATION_STATES, OWNER_LABELS, ApplicationState, Owner
from accreditation.models import Application, Batch, Body, Case, Deadline
from accreditation.templatetags.dates import day
from workflows.calendar import current_calendar
from workflows.deadlines import paused_clock, running_clock
from workflows.presentation.words import Words, body_name, either, state_label, state_tone
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
FIRST_REVIEW_STEP, CHECK_STEP, CONSULTATION = 2, 3, 4
EXPERT_STEP, NOTICE_STEP, CERTIFICATE_STEP = 4, 6, 7


def steps_of(batch: Batch) -> dict[int, Promise]:
    """The steps of the bar by number, as the programme of the batch has them, or the authority on its own."""
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
        "owner": owner_name(case, application),
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


def paused_words(case: Case) -> list[str]:
    """That the clock stands still, since when and why; nothing where it runs."""
    found = paused_clock(case)
    if found is None:
        return []
    clock, event = found
    values = {
        "clock": clock.get_kind_display(),
        "day": day(event.at),
        "ground": event.get_ground_display(),
    }
    return [_("%(clock)s自%(day)s起中止（%(ground)s）") % values]


def batch_name(batch: Batch) -> str:
    """Year and ordinal of a batch in words, with the authority where one recognises by itself."""
    name = _("%(year)d 年（第 %(n)d 批）") % {"year": batch.year, "n": batch.ordinal}
    return f"{body_name(batch.authority)} {name}" if batch.authority else name


def owner_name(case: Case, application: Application) -> str:
    """Who has to act next, by the name of the body where it is one; empty when nobody has to."""
    owner = APPLICATION_STATES[ApplicationState(application.state)].owner
    if owner is Owner.NOBODY:
        return ""
    if owner is Owner.FORWARDER and application.forwarder is not None:
        return body_name(application.forwarder)
    if application.batch.authority is not None and owner in LOCALLY_OWNED:
        is_group = owner is Owner.COMMITTEE
        return _("认定领导小组") if is_group else body_name(application.batch.authority)
    if owner is Owner.DISTRICT:
        return district_body_name(case)
    return str(OWNER_LABELS[owner])


def district_body_name(case: Case) -> str:
    """The district authority of the case; the general word where the district has none on record."""
    body = Body.objects.filter(district=case.district).first()
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
    steps = [
        {"label": str(label), "state": _mark(number, now, is_over=is_over, stopped=stopped)}
        for number, label in names.items()
    ]
    return {"steps": steps, "outcome": state_label(application.state) if is_over or stopped else ""}


def _step_now(application: Application) -> int:
    """The step of the state; what both levels can do counts for the level that had the case."""
    step = APPLICATION_STATES[ApplicationState(application.state)].step
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

"""Opening a proceeding over a title: by an officer of the body that granted it, or by the holder that gives it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from accreditation.acts import Replayed, act, fingerprint
from accreditation.enums import ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.grounds import Ground, grounds_for
from accreditation.holdings import who_hold
from accreditation.models import Case, ExternalNotice, Proceeding, Title, User
from accreditation.permissions import acts_for, has_power_at, in_own_name, is_connected
from accreditation.roles import Power
from accreditation.selectors.granting import place_of
from accreditation.services.numbers import next_number
from accreditation.services.proceedings import add_document, effect_of, prepare_proceeding
from workflows import flow_tasks
from workflows.calendar import current_calendar
from workflows.deadlines import begin, begin_goal
from workflows.parties import untied
from workflows.procedures import PROCEDURES
from workflows.tables.title_proceeding_2026 import ORDER, ORDER_DAYS
from workflows.workdays import SHANGHAI

PROCEDURE = "title_proceeding/2026"
LEAST_FACTS = 10
HOLDER = "applicant"


def open_proceeding(
    title: Title,
    *,
    kind: str,
    ground: str,
    found_facts: str,
    by: User,
    at: datetime,
    notice: ExternalNotice | None = None,
    request_key: str | None = None,
) -> Case:
    """Open a proceeding at the body that granted the title; `notice` is the national document that it carries out.

    Denied for others, Refusal with all reasons.
    """
    may = has_power_at(by, Power.PREPARE_ORDERS, place_of(title), at)
    if not may or is_connected(by, title.holder_id):
        raise Denied([Reason("not_yours", _("只有作出认定的机关的承办人可以立案。"))])
    said = (kind, ground, found_facts.strip())
    acting_as = Power.PREPARE_ORDERS
    return _open(title, *said, by=by, at=at, acting_as=acting_as, notice=notice, request_key=request_key)


def ask_for_cancellation(
    title: Title, *, reason: str, confirmed: str, by: User, at: datetime, request_key: str | None = None
) -> Case:
    """The holder gives its title up; `confirmed` is the number of the title as the holder wrote it down.

    The time to decide runs from the request on. Denied for others, Refusal with all reasons.
    """
    if not acts_for(by, title.holder_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    in_own_name(by)
    if confirmed.strip() != title.number:
        text = _("填写的编号与要注销的称号编号 %(number)s 不一致。") % {"number": title.number}
        raise Refusal([Reason("not_confirmed", text, "confirmed")])
    said = (ProceedingKind.CANCELLATION, Ground.GIVEN_UP, reason.strip())
    return _open(title, *said, by=by, at=at, acting_as=HOLDER, request_key=request_key)


def propose_proceeding(
    title: Title, *, kind: str, ground: str, found_facts: str, by: User, at: datetime,
    notice: ExternalNotice | None = None,
) -> Case | None:  # fmt: skip
    """Open what the rules propose by themselves, for an officer to go on with; None where such a one runs or cannot be.

    Nothing is ordered by it: the holder is heard and a person decides, as in every proceeding.
    """
    row = Title.objects.select_related("programme", "holder").get(pk=title.pk)
    if list(_faults(row, kind, ground, found_facts)):
        return None
    return _open(row, kind, ground, found_facts, by=by, at=at, acting_as="clock", notice=notice, request_key=None)


def _open(
    title: Title, kind: str, ground: str, found_facts: str, *, by: User, at: datetime, acting_as: str,
    notice: ExternalNotice | None = None, request_key: str | None,
) -> Case:  # fmt: skip
    try:
        with act(
            title, "open_proceeding", by=by, at=at, acting_as=acting_as,
            request_key=request_key, request=fingerprint(title.pk, kind, ground, found_facts),
        ) as doing:  # fmt: skip
            row = doing.chain
            assert isinstance(row, Title)
            if reasons := list(_faults(row, kind, ground, found_facts)):
                raise Refusal(reasons)
            case = _create(row, kind, ground, found_facts, notice, by, at, acting_as)
            doing.note(case=case.number, kind=kind, ground=ground)
            doing.reply(case=case.number)
    except Replayed as replay:
        return Case.objects.get(number=replay.answer["case"])
    return case


def _faults(title: Title, kind: str, ground: str, found_facts: str) -> Iterator[Reason]:
    if kind not in ProceedingKind.values:
        yield Reason("unknown_kind", _("请选择处理类别。"), "kind")
        return
    if ground not in grounds_for(kind):
        yield Reason("ground", _("所选事由不适用于此类处理。"), "ground")
    if len(found_facts) < LEAST_FACTS:
        yield Reason("text_needed", _("请写明查明的事实。"), "found_facts")
    if not can_proceed(getattr(title, effect_of(kind)), check_conditions=False):
        values = {"state": TitleState(title.state).label, "kind": ProceedingKind(kind).label}
        yield Reason("title_state", _("称号当前为“%(state)s”，不能%(kind)s。") % values)
    ended = [ProceedingState.CONCLUDED, ProceedingState.DROPPED]
    if Proceeding.objects.filter(title=title, kind=kind).exclude(state__in=ended).exists():
        yield Reason("already_open", _("该称号的同类处理正在办理。"))


def _create(
    title: Title, kind: str, ground: str, found_facts: str, notice: ExternalNotice | None, by: User, at: datetime,
    acting_as: str,
) -> Case:  # fmt: skip
    case = Case.objects.create(
        number=next_number(f"{title.programme.number_prefix}-P", at.astimezone(SHANGHAI).year),
        procedure=PROCEDURE,
        enterprise=title.holder,
        district=place_of(title) or title.holder.district,
        state=ProceedingState.IN_PREPARATION,
        opened_at=at,
        moved_at=at,
    )
    is_request = acting_as == HOLDER
    prepare_proceeding(
        case, title, kind=kind, ground=ground, found_facts=found_facts, notice=notice, by=by,
        asked_at=at if is_request else None,
    )  # fmt: skip
    if notice is not None:
        add_document(case, file=notice.file, name=notice.file_name, purpose=notice.number, by=by, at=at)
    with act(case, "open", by=by, at=at, acting_as=acting_as) as doing:
        doing.moved("", ProceedingState.IN_PREPARATION)
        doing.note(title=title.number, kind=kind, ground=ground, found_facts=found_facts, procedure=PROCEDURE)
        if notice is not None:
            doing.note(notice=notice.number)
        if is_request:
            due = begin(case, ORDER, ORDER_DAYS, calendar=current_calendar(), at=at)
            doing.note(due_order=due.due_at.isoformat(), provisional_order=due.is_provisional)
            told = untied(who_hold(Power.PREPARE_ORDERS, place_of(title), at), case)
            doing.tell(told, "ask_for_cancellation", case_number=case.number)
        elif (goal := begin_goal(case, at=at)) is not None:
            doing.note(due_goal=goal.due_at.isoformat(), provisional_goal=goal.is_provisional)
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
    return case

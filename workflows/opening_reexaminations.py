"""Calling a round of re-examinations: the list frozen by a query, one case for each title that is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Case, Reexamination, ReexaminationRound, RuleSetEdition, User
from accreditation.permissions import has_power_at
from accreditation.reexamination_words import ReexaminationReason, ReexaminationState
from accreditation.roles import Power
from accreditation.selectors.cultivation import RULES_OF, rules_for_readiness
from accreditation.services.numbers import next_number
from accreditation.services.reexaminations import CHAIN, HELD, Listed, cycle_years, list_hash, population
from accreditation.services.rule_sets import rules_of_edition
from workflows import door, flow_tasks
from workflows.procedures import PROCEDURES
from workflows.workdays import SHANGHAI

PROCEDURE = "demonstration_reexamination/2010"
PREFIX = "SFFH"


def open_round(
    *, year: int, document: str, due_on: date, return_days: int, review_days: int, by: User, at: datetime,
    request_key: str | None = None,
) -> ReexaminationRound:  # fmt: skip
    """Freeze whom the round concerns and call every title that is due. Denied for others, Refusal with all reasons."""
    if not has_power_at(by, Power.PREPARE_ORDERS, None):
        raise Denied([Reason("not_keeper", _("只有市认定办公室可以组织复核。"))])
    said = (year, document.strip(), due_on, return_days, review_days)
    try:
        with act(
            CHAIN, "open_reexaminations", by=by, at=at, acting_as="municipal_officer", request_key=request_key,
            request=fingerprint(*said),
        ) as doing:  # fmt: skip
            edition, every, listed = _what_is_due(year, document.strip(), due_on, at)
            round_ = ReexaminationRound.objects.create(
                year=year, document=document.strip(), due_on=due_on, every_years=every, return_days=return_days,
                review_days=review_days, rule_set=edition, list_sha256=list_hash(listed), opened_by=by, opened_at=at,
            )  # fmt: skip
            cases = [_create_case(round_, one, by, at) for one in listed if one.reason is ReexaminationReason.DUE]
            doing.note(
                query={"programme": RULES_OF, "states": [str(state) for state in HELD], "year": year, "every": every},
                counts={reason.value: sum(one.reason is reason for one in listed) for reason in ReexaminationReason},
                year=year, document=round_.document, due_on=due_on.isoformat(), sha256=round_.list_sha256,
                cases=[case.number for case in cases],
            )  # fmt: skip
            doing.reply(year=year)
    except Replayed as replay:
        return ReexaminationRound.objects.get(year=replay.answer["year"])
    return round_


def _what_is_due(year: int, document: str, due_on: date, at: datetime) -> tuple[RuleSetEdition, int, list[Listed]]:
    """Rules, years of the cycle, frozen list; Refusal with every reason against the round."""
    edition = rules_for_readiness()
    every = cycle_years(rules_of_edition(edition)) if edition else None
    listed = population(year, every) if every else []
    reasons = list(_faults(year, document, due_on, at.astimezone(SHANGHAI).date()))
    if edition is None:
        reasons.append(Reason("no_rules", _("还没有启用国家技术创新示范企业的评价规则。")))
    elif every is None:
        reasons.append(Reason("no_cycle", _("规则集没有规定复核周期。")))
    elif not any(one.reason is ReexaminationReason.DUE for one in listed):
        reasons.append(Reason("nobody_due", _("没有应参加该年度复核的称号。"), "year"))
    if reasons or edition is None or every is None:
        raise Refusal(reasons)
    return edition, every, listed


def _faults(year: int, document: str, due_on: date, today: date) -> Iterator[Reason]:
    """What speaks against the notice that calls."""
    if not document:
        yield Reason("no_document", _("请填写通知文号。"), "document")
    if year not in (today.year, today.year + 1):
        yield Reason("wrong_year", _("只能部署今年或明年的复核。"), "year")
    if ReexaminationRound.objects.filter(year=year).exists():
        yield Reason("already_called", _("该年度的复核已经部署。"), "year")
    if due_on < today:
        yield Reason("too_late", _("报送截止日不能早于今天。"), "due_on")


def _create_case(round_: ReexaminationRound, one: Listed, by: User, at: datetime) -> Case:
    title = one.title
    case = Case.objects.create(
        number=next_number(PREFIX, round_.year), procedure=PROCEDURE, enterprise=title.holder,
        district=title.holder.district, state=ReexaminationState.CALLED, opened_at=at, moved_at=at,
    )  # fmt: skip
    Reexamination.objects.create(case=case, round=round_, title=title, due_since=one.since)
    with act(case, "open", by=by, at=at, acting_as=Power.PREPARE_ORDERS) as doing:
        doing.moved("", ReexaminationState.CALLED)
        doing.note(title=title.number, year=round_.year, procedure=PROCEDURE)
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
    door.perform(case, "call_for_reexamination", by=by, at=at)
    return case

"""Every verb that stands for another person, tried by the same two eyes: own, in another's place, by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import ProceedingKind
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import (
    Application,
    Batch,
    Case,
    ExternalNotice,
    Objection,
    OutsideList,
    OutsideListLine,
    ReexaminationReport,
    RoleGrant,
    Title,
    User,
    VerifiedValue,
)
from accreditation.permissions import demand_power, has_power_at
from accreditation.reconsideration_words import Outcome
from accreditation.roles import DELEGABLE, Power, Role
from accreditation.services.delegations import delegate_powers
from tests.attacks.district_states import OBJECTION
from tests.clock import Clock
from tests.factories import calling_up, changes, recommending
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, stored_file
from tests.factories.hearings import hear
from tests.factories.recommending import make_demonstration
from tests.factories.reconsidering import challenged, declined, revoked
from tests.factories.reexaminations import OPINION, SUMMARY, notice_above, round_called, whole_figures
from tests.factories.remedies import judgment, put_forward
from tests.factories.reopenings import proposal, stated
from tests.factories.second_results import reexamination_entered
from tests.factories.steps import hold_meeting, marks, publish, recommend, seat_panel, to_committee
from tests.factories.titles import FACTS, municipal_title
from tests.factories.yearly_reports import demonstration_title
from workflows import door
from workflows.opening_proceedings import open_proceeding
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Prepared = Callable[[Cast, User], tuple[Case, dict[str, Any]]]  # led to where the second person acts, first act by User


@dataclass(frozen=True)
class Pair:
    """Offices of the first and of the second act; who may stand in for the first, and for the second."""

    first: tuple[Role, Power]
    second: tuple[Role, Power]
    prepared: Prepared
    for_first: Role | None = None
    for_second: Role | None = None
    place: str = ""
    ways: tuple[str, ...] = field(default=("own", "in_place", "for_other", "lent"))


def proceeding(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    said = {"kind": ProceedingKind.REVOCATION, "ground": Ground.FALSE_MATERIAL, "found_facts": FACTS}
    case = open_proceeding(municipal_title(cast), **said, by=by, at=cast.at)
    door.perform(case, "notify_holder", by=by, at=cast.at)
    return case, {"reasons": "事实清楚，申辩理由不成立。", "reason": "事实清楚，申辩理由不成立。"}


def heard(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    case, form = proceeding(cast, by)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "系统计错误，已更正。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    return case, form


def hearing(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    case, _form = proceeding(cast, by)
    door.perform(case, "ask_for_hearing", by=cast.member0, at=cast.at, form={"statement": "请求听证"})
    return case, {"hearing_record": "持有单位到会陈述，双方质证完毕。"}


def planned(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    title = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")
    case = changes.led_to(changes.opened(cast, ChangeKind.SPLIT), ChangeState.UNDER_CONFIRMATION, cast)
    plan = {"outcomes": {title.number: ("keeps", "")}, "reasons": "承继单位具备研发条件。"}
    door.perform(case, "put_succession_forward", by=by, at=cast.at, form=plan)
    return case, changes.confirmation(cast.at) | {"reason": "请核对承继协议。"}


def reconsidered(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    case = challenged(cast, declined(cast, cast.at), cast.at)
    form = {"outcome": Outcome.UPHELD, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。"}
    door.perform(case, "accept_reconsideration", by=by, at=cast.at)
    door.perform(case, "answer_challenge", by=cast.pudong, at=cast.at, form=form)
    door.perform(case, "propose_decision", by=by, at=cast.at, form=form)
    return case, form


def reexamined(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    make_demonstration(cast)
    demonstration_title(cast)
    round_ = round_called(cast)
    case, paper = round_.cases.get().case, {"name": "复核材料.pdf", "purpose": "盖章的复核材料"}
    door.perform(case, "fill_reexamination", by=cast.member0, at=cast.at, form=whole_figures(case))
    paper |= {"file": stored_file(b"sealed", cast.at)}
    door.perform(case, "add_reexamination_document", by=cast.member0, at=cast.at, form=paper)
    door.perform(case, "hand_in_reexamination", by=cast.member0, at=cast.at, form={"summary": SUMMARY})
    form = {"position": "keep", "opinion": OPINION}
    door.perform(case, "give_reexamination_opinion", by=by, at=cast.at, form=form)
    report = ReexaminationReport.objects.create(
        round=round_,
        number="示例上报〔2026〕3号",
        dated=cast.at.date(),
        addressed_to="示例",
        sent_by=by,
        sent_at=cast.at,
    )
    return case, {"report": report, "reason": "意见与年度报告不一致。"}


def answered(*, is_passed: bool) -> Prepared:
    """An officer has entered the ministry's result of a re-examination that was sent up."""

    def prepared(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
        case, form = reexamined(cast, cast.office)
        sender = person("sender", "上报示例")
        grant(sender, Role.PUBLISHER, at=cast.at)
        door.perform(case, "forward_reexamination", by=sender, at=cast.at, form=form)
        has_power_at(by, Power.PREPARE_ORDERS, None, cast.at)  # whose power it is goes into the entry
        notice = notice_above(cast, cast.at.date())
        return case, {"entry": reexamination_entered(cast, case, notice, by=by, is_passed=is_passed), "notice": notice}

    return prepared


def proposed(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    """One expert of the panel proposed a figure; the marks are in."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    experts = [by, *cast.experts[1:5]]
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    form: dict[str, Any] = {"experts": experts, "reason": "测试指定的专家"}
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form=form)
    value = {"code": "rd_staff", "year": cast.batch.reporting_year, "value": Fraction(70), "reason": "审计口径"}
    for expert in experts:
        door.perform(case, "declare_no_tie", by=expert, at=cast.at)
        if expert == by:
            door.perform(case, "propose_value", by=expert, at=cast.at, form=value)
        door.perform(case, "submit_review", by=expert, at=cast.at, form={"marks": marks(case), "opinion": "同意"})
    return case, {"proposal": VerifiedValue.objects.get()}


def sheet_asked(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    """An expert has handed in, and an officer asks that the sheet be set aside."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    door.perform(case, "declare_no_tie", by=cast.experts[0], at=cast.at)
    door.perform(case, "submit_review", by=cast.experts[0], at=cast.at, form={"marks": marks(case), "opinion": "同意"})
    door.perform(case, "ask_sheet_aside", by=by, at=cast.at, form={"place": 1, "reason": "因病不能继续"})
    return case, {"place": 1, "reason": "该专家可以继续评审"}


def upholding_proposed(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    """An objection on which the applicant was heard, and an officer proposes that it be upheld."""
    case = filed_case(cast)
    to_committee(cast, case, cast.at)
    hold_meeting(cast, [case], cast.at)
    publish(cast, [case], cast.at)
    door.perform(case, "raise_objection", by=cast.clock, at=cast.at, form=OBJECTION)
    objection = Objection.objects.get()
    hear(case, objection, office=cast.office, applicant=cast.member0, at=cast.at)
    form = {"objection": objection, "reasons": "经核查属实。"}
    door.perform(case, "propose_upholding", by=by, at=cast.at, form=form)
    return case, {"objection": objection, "reason": "证据尚不充分。"}


def reopening_proposed(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    """The minutes are for it, an officer names facts that came to light since, and the applicant was heard on them."""
    case = filed_case(cast)
    to_committee(cast, case, cast.at)
    hold_meeting(cast, [case], cast.at)
    door.perform(case, "propose_reopening", by=by, at=cast.at, form=proposal(cast.at))
    stated(case, by=cast.member0, at=cast.at)
    return case, {"reason": "来函已核实。"}


def recommended(cast: Cast, demonstration: bool = False) -> tuple[Batch, Case]:
    """A case that waits for the national result."""
    batch = recommending.make_demonstration(cast) if demonstration else recommending.make_national(cast)
    case = recommending.filed(cast, batch)
    (recommending.score_at_check if demonstration else recommending.score)(cast, case, cast.at)
    recommending.rank(cast, batch)
    recommending.decide(cast, batch)
    recommending.send(cast, batch)
    return batch, case


def listed(*, recognised: bool, demonstration: bool = False, corrects: bool = False) -> Prepared:
    """An officer has entered the national result, in which the case stands or not, or corrects the one confirmed."""

    def prepared(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
        batch, case = recommended(cast, demonstration)
        if corrects:
            recommending.result(cast, batch, [] if recognised else [case], {case: "未列入"} if recognised else {})
        demand_power(by, Power.CHECK_COMPLETENESS, at=cast.at)
        notice = notice_above(cast, cast.at.date())
        ExternalNotice.objects.filter(pk=notice.pk).update(batch=batch)
        entry = OutsideList.objects.create(
            batch=batch, notice=ExternalNotice.objects.get(pk=notice.pk), recorded_by=by, recorded_at=cast.at,
            recorded_for_id=by.stands_in_for.person if by.stands_in_for else None, without_public_notice="未登记",
            corrects=OutsideList.objects.get(batch=batch) if corrects else None, why="看错了一行。" if corrects else "",
        )  # fmt: skip
        row = Application.objects.get(case=case)
        OutsideListLine.objects.create(entry=entry, application=row, is_recognised=recognised)
        form = {"entry": entry, "notice": entry.notice, "without_public_notice": entry.without_public_notice}
        return case, form

    return prepared


def next_in_order(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    """Below the quota; an officer puts the case forward for a place that came to be free."""
    _batch, cases = calling_up.decided(cast)
    demand_power(by, Power.CALL_MEETINGS, at=cast.at)
    return cases[1], calling_up.form_of(cases[1], by, cast.at)


def judged(cast: Cast, by: User) -> tuple[Case, dict[str, Any]]:
    return put_forward(cast, revoked(cast, cast.at), judgment(cast.at), cast.at, by=by), {}


OFFICER, PUBLISHER, EXPERT = Role.MUNICIPAL_OFFICER, Role.PUBLISHER, Role.EXPERT
BUREAU, RECONSIDERER = Role.DISTRICT_OFFICER, Role.RECONSIDERATION_OFFICER
_PREPARES, _ORDERS = (OFFICER, Power.PREPARE_ORDERS), (PUBLISHER, Power.MAKE_ORDERS)
_ORDER = Pair(_PREPARES, _ORDERS, heard, for_first=PUBLISHER)
_PLAN = Pair(
    (BUREAU, Power.PREPARE_ORDERS), (BUREAU, Power.PREPARE_ORDERS), planned, Role.LOCAL_PUBLISHER,
    place="310115", ways=("own", "in_place"),
)  # fmt: skip
_FORWARD = Pair(_PREPARES, (PUBLISHER, Power.PUBLISH), reexamined, for_first=PUBLISHER, for_second=OFFICER)
_RECONSIDER = Pair(
    (RECONSIDERER, Power.REVIEW_RECONSIDERATIONS), (RECONSIDERER, Power.DECIDE_RECONSIDERATIONS), reconsidered
)
_SUED = (OFFICER, Power.ANSWER_CHALLENGES)
_JUDGED = Pair(_SUED, _SUED, judged, for_first=PUBLISHER, ways=("own", "in_place"))
_ADOPT = Pair((EXPERT, Power.REVIEW_AS_EXPERT), (OFFICER, Power.CHECK_COMPLETENESS), proposed, for_second=PUBLISHER)
_APPOINTS = (OFFICER, Power.APPOINT_PANELS)
_SHEET = Pair(_APPOINTS, _APPOINTS, sheet_asked, for_first=PUBLISHER, ways=("own", "in_place"))
_ANSWERS = (OFFICER, Power.ANSWER_OBJECTIONS)
_UPHOLD = Pair(_ANSWERS, _ANSWERS, upholding_proposed, for_first=PUBLISHER, ways=("own", "in_place"))
_REOPEN = Pair(_ANSWERS, _ANSWERS, reopening_proposed, for_first=PUBLISHER, ways=("own", "in_place"))
_CALLS = (OFFICER, Power.CALL_MEETINGS)
_CALL_UP = Pair(_CALLS, _CALLS, next_in_order, for_first=PUBLISHER, ways=("own", "in_place"))
_CHECKS = (OFFICER, Power.CHECK_COMPLETENESS)
_LISTED = {
    (f"{name}_recommendation", verb): Pair(
        _CHECKS, _CHECKS,
        listed(
            recognised=verb in ("recognise_above", "correct_to_recognised"), demonstration=name == "demonstration",
            corrects=verb.startswith("correct_to"),
        ),
        for_first=PUBLISHER, ways=("own", "in_place"),
    )
    for name in ("national", "demonstration")
    for verb in ("recognise_above", "pass_over_above", "correct_to_recognised", "correct_to_passed_over")
}  # fmt: skip
PAIRS: dict[tuple[str, str], Pair] = {
    ("title_proceeding", "hold_hearing"): Pair(_PREPARES, _PREPARES, hearing, PUBLISHER, ways=("own", "in_place")),
    ("title_proceeding", "make_order"): _ORDER,
    ("title_proceeding", "refuse_order"): replace(_ORDER, ways=("own",)),
    ("title_change", "confirm_succession"): _PLAN,
    ("title_change", "send_succession_back"): replace(_PLAN, ways=("own",)),
    ("reconsideration", "send_back_proposal"): _RECONSIDER,
    ("reconsideration", "decide_reconsideration"): _RECONSIDER,
    ("remedy", "carry_out_remedy"): _JUDGED,
    ("demonstration_reexamination", "forward_reexamination"): _FORWARD,
    ("demonstration_reexamination", "review_reexamination_again"): replace(_FORWARD, ways=("own",)),
    **_LISTED,
    ("national_recommendation", "call_up"): _CALL_UP,
    **{
        ("demonstration_reexamination", verb): Pair(
            _PREPARES,
            _PREPARES,
            answered(is_passed=verb == "pass_reexamination"),
            for_first=PUBLISHER,
            ways=("own", "in_place"),
        )
        for verb in ("pass_reexamination", "fail_reexamination")
    },
    ("municipal_recognition", "adopt_value"): _ADOPT,
    ("municipal_recognition", "set_sheet_aside"): _SHEET,
    ("municipal_recognition", "decline_sheet_aside"): _SHEET,
    ("municipal_recognition", "uphold_objection"): _UPHOLD,
    ("municipal_recognition", "decline_upholding"): _UPHOLD,
    ("municipal_recognition", "return_to_committee"): _REOPEN,
    ("municipal_recognition", "drop_reopening"): _REOPEN,
}
SAME_LINE = {  # the municipal guard, of a calling up the national one
    ("municipal_recognition", "call_up"),
    ("demonstration_recommendation", "call_up"),
    *(
        (name, verb)
        for name in ("generic_recognition", "district_recognition")
        for verb in ("adopt_value", "set_sheet_aside", "decline_sheet_aside", "uphold_objection", "decline_upholding")
    ),
    *(
        (f"{name}_{kind}", verb)
        for name, kind in (
            ("generic", "recognition"),
            ("district", "recognition"),
            ("national", "recommendation"),
            ("demonstration", "recommendation"),
        )
        for verb in ("return_to_committee", "drop_reopening")
    ),
    *(
        (name, verb)
        for name in ("municipal_evaluation", "district_evaluation")
        for verb in ("uphold_objection", "decline_upholding")
    ),
}


def possible(pair: Pair) -> list[str]:
    """The ways that the table of what may be lent leaves open."""
    found = {
        "own": True,
        "in_place": pair.for_first is not None and pair.first[1] in DELEGABLE,
        "for_other": pair.for_second is not None and pair.second[1] in DELEGABLE,
        "lent": pair.for_second is not None and pair.second[1] in DELEGABLE,
    }
    return [way for way in pair.ways if found[way]]


LACKING = {  # what the forms of these pairs leave open: a third person is refused for that, and for nothing else
    "hold_hearing": {"hearing_not_called"},
    "make_order": {"order_dated", "order_effect", "order_number"},
    "decide_reconsideration": {"order_dated", "order_number", "text_needed"},
}
TRIED = [(key, way) for key, pair in PAIRS.items() for way in possible(pair)]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=5, committee=5)


def office(cast: Cast, user: User, role: Role | None, place: str) -> None:
    if role is not None and not RoleGrant.objects.filter(user=user, role=role).exists():
        grant(user, role, place, at=cast.at)


def lend(cast: Cast, by: User, to: User, held: tuple[Role, Power]) -> None:
    row, ends_at = RoleGrant.objects.get(user=by, role=held[0]), cast.at + timedelta(days=7)
    delegate_powers(row, [held[1]], to, starts_at=None, ends_at=ends_at, reason="年休假", by=by, at=cast.at)


def codes(case: Case, verb: str, by: User, cast: Cast, form: dict[str, Any]) -> set[str]:
    try:
        door.perform(case, verb, by=by, at=cast.at, form=form)
    except Refusal as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()


@pytest.mark.parametrize(("key", "way"), TRIED, ids=[f"{key[1]}-{way}" for key, way in TRIED])
def test_nobody_settles_own_work(cast: Cast, key: tuple[str, str], way: str) -> None:
    pair, verb = PAIRS[key], key[1]
    one = cast.experts[0] if pair is _ADOPT else person("one", "前手示例")
    other, third = person("other", "同事示例"), person("third", "第三人示例")
    office(cast, one, pair.first[0], pair.place)
    office(cast, third, pair.second[0], pair.place)
    first, second = one, one
    if way in ("own", "in_place", "for_other"):
        office(cast, one, pair.second[0], pair.place)
    if way == "in_place":
        office(cast, other, pair.for_first, pair.place)
        lend(cast, one, other, pair.first)
        first = other
    if way == "for_other":
        office(cast, other, pair.for_second, pair.place)
        lend(cast, one, other, pair.second)
        second = other
    if way == "lent":
        office(cast, one, pair.for_second, pair.place)
        lend(cast, third, one, pair.second)
    case, form = pair.prepared(cast, first)
    assert "four_eyes" in codes(case, verb, second, cast, form)
    assert codes(case, verb, third, cast, form) == LACKING.get(verb, set())


def test_table_names_every_verb_that_waits_for_another_person() -> None:
    guarded = {
        (name.split("/")[0], line.code)
        for name, procedure in PROCEDURES.items()
        for line in procedure.verbs.values()
        for guard in line.guards
        if guard.__qualname__.startswith(("another_than_", "by_a_second_person"))
    }
    assert guarded == set(PAIRS) | SAME_LINE


def test_what_is_lent_never_serves_to_decide_on_own_orders_rules_or_standings() -> None:
    alone = {
        Power.MAKE_ORDERS, Power.PUBLISH_RULES, Power.CONFIRM_STANDINGS, Power.KEEP_REGISTER, Power.GRANT_ROLES,
        Power.DECIDE_RECONSIDERATIONS, Power.REVIEW_RECONSIDERATIONS, Power.SUPERVISE,
    }  # fmt: skip
    assert alone.isdisjoint(DELEGABLE)

"""One act on several cases: each by itself, reported, once; a decision only with a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import AuditEvent, BulkAct, BulkLine, Case, Delegation, Member, Message, RoleGrant, User
from accreditation.roles import Power, Role
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import answer_gates, recommend
from workflows import bulk_acts, door
from workflows.assignments import desk_task
from workflows.bulk_kinds import KINDS, kind_of, reasons_against
from workflows.consistency import check_all
from workflows.selectors.bulk import bulk_act, kinds_for, lines_of, may_answer, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    """With a colleague and a superior at the bureau of Pudong."""
    settings.ACCREDITATION_DEMO = True
    made = make_cast(clock.at)
    for username, name, role, district in (
        ("pudong2", "浦东初审员二示例", Role.DISTRICT_OFFICER, "310115"),
        ("chief", "浦东负责人示例", Role.DISTRICT_SUPERVISOR, "310115"),
    ):
        made.people[username] = person(username, name)
        grant(made.people[username], role, district, at=clock.at)
    return made


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """All three are filed and wait in Pudong, but for the last, which is another bureau's."""
    found = [filed_case(cast, n) for n in range(3)]
    for case in found[:2]:
        Case.objects.filter(pk=case.pk).update(district="310115")
        task = next(iter(_tasks(case)))
        task.owner_permission = "review_first:310115"
        task.save()
    Case.objects.filter(pk=found[2].pk).update(district="310114")
    task = next(iter(_tasks(found[2])))
    task.owner_permission = "review_first:310114"
    task.save()
    return [Case.objects.get(pk=case.pk) for case in found]


def _tasks(case: Case) -> list[Any]:
    found = desk_task(case)
    assert found is not None
    return [found.task]


def numbers(cases: list[Case]) -> list[str]:
    return [case.number for case in cases]


def outcomes(bulk: BulkAct) -> list[str]:
    return list(bulk.lines.order_by("position").values_list("outcome", flat=True))


def state(case: Case) -> str:
    return str(Case.objects.get(pk=case.pk).state)


def accepted(cast: Cast, cases: list[Case], *, with_gates: bool = True) -> None:
    for case in cases:
        door.perform(case, "accept", by=cast.pudong, at=cast.at)
        if with_gates:
            answer_gates(case, cast.pudong, cast.at)


def test_each_case_is_done_by_itself_and_reported_with_reasons(cast: Cast, cases: list[Case]) -> None:
    accepted(cast, cases[:1], with_gates=False)
    asked = [*numbers(cases[:2]), cases[0].number, "SHETC-2026-9999"]
    bulk = bulk_acts.order(kind_of("district", "accept"), asked, words="", by=cast.pudong, at=cast.at)
    assert outcomes(bulk) == ["refused", "done", "not_found"]
    assert bulk.state == "finished"
    assert [reason["code"] for reason in bulk.lines.get(position=1).reasons] == ["already_done"]
    assert state(cases[1]) == S.UNDER_FIRST_REVIEW
    said = AuditEvent.objects.filter(chain=chain_key(cases[1]), verb="accept").get()
    assert said.content["bulk"] == bulk.number
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_case_of_somebody_else_is_not_found_and_nothing_of_it_leaks(cast: Cast, cases: list[Case]) -> None:
    other = cases[2]
    bulk = bulk_acts.order(kind_of("district", "accept"), numbers(cases[1:]), words="", by=cast.pudong, at=cast.at)
    assert outcomes(bulk) == ["done", "not_found"]
    assert bulk.lines.get(position=2).case is None
    assert state(other) == S.SUBMITTED
    client = log_in(Client(), cast.pudong)
    preview = client.get("/district/bulk/", {"act": "accept", "case": numbers(cases[1:])}).content.decode()
    report = client.get(f"/bulk/{bulk.number}/").content.decode()
    for shown in (preview, report):
        assert "没有此办件" in shown
        assert other.enterprise.name not in shown
        assert f"/cases/{other.number}/" not in shown
    assert log_in(Client(), cast.jiading).get(f"/bulk/{bulk.number}/").status_code == 404
    assert not AuditEvent.objects.filter(chain=chain_key(other), verb="accept").exists()


def test_repeated_request_is_carried_out_once(cast: Cast, cases: list[Case]) -> None:
    kind = kind_of("district", "take")
    first, again = (
        bulk_acts.order(kind, numbers(cases[:2]), words="", by=cast.pudong, at=cast.at, request_key="k")
        for _n in range(2)
    )
    assert first.pk == again.pk
    assert BulkAct.objects.count() == 1
    assert outcomes(first) == ["done", "done"]
    assert AuditEvent.objects.filter(verb="take").count() == 2


def test_kill_in_the_middle_leaves_each_case_whole_and_is_gone_on_with(
    cast: Cast, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = door.perform
    done: list[Any] = []

    def dies_after_the_first(*args: Any, **values: Any) -> Any:
        if done:
            raise SystemExit("killed")
        done.append(real(*args, **values))
        raise SystemExit("killed after the commit of the case, before its line")

    monkeypatch.setattr(door, "perform", dies_after_the_first)
    with pytest.raises(SystemExit):
        bulk_acts.order(kind_of("district", "accept"), numbers(cases[:2]), words="", by=cast.pudong, at=cast.at)
    monkeypatch.setattr(door, "perform", real)
    bulk = BulkAct.objects.get()
    assert (bulk.state, outcomes(bulk)) == ("running", ["waiting", "waiting"])
    assert [state(case) for case in cases[:2]] == [S.UNDER_FIRST_REVIEW, S.SUBMITTED]
    assert list(check_all()) == []
    with pytest.raises(Denied):
        bulk_acts.carry_on(bulk, by=cast.pudong2, at=cast.at)
    bulk_acts.carry_on(bulk, by=cast.pudong, at=cast.at)
    assert (bulk.state, outcomes(bulk)) == ("finished", ["done", "done"])
    assert AuditEvent.objects.filter(verb="accept").count() == 2


def test_decision_needs_a_second_person_who_decides_in_the_own_name(cast: Cast, cases: list[Case]) -> None:
    accepted(cast, cases[:1])
    accepted(cast, cases[1:2], with_gates=False)
    kind = kind_of("district", "recommend")
    bulk = bulk_acts.order(kind, numbers(cases[:2]), words="材料齐全，同意推荐", by=cast.pudong, at=cast.at)
    assert (bulk.state, outcomes(bulk)) == ("proposed", ["waiting", "refused"])
    assert state(cases[0]) == S.UNDER_FIRST_REVIEW
    assert waiting(cast.pudong, "district") == []
    assert waiting(cast.pudong2, "district") == [bulk]
    for who in (cast.pudong, cast.jiading, cast.office):
        with pytest.raises(Denied):
            bulk_acts.confirm(bulk, by=who, at=cast.at)
    bulk = bulk_acts.confirm(bulk, by=cast.pudong2, at=cast.at)
    assert (bulk.state, outcomes(bulk)) == ("finished", ["done", "refused"])
    said = AuditEvent.objects.filter(chain=chain_key(cases[0]), verb="recommend").get()
    assert (said.by_id, said.content["proposed_by"]) == (cast.pudong2.pk, cast.pudong.name)
    report = log_in(Client(), cast.pudong2).get(f"/bulk/{bulk.number}/").content.decode()
    assert cast.pudong.name in report
    assert cast.pudong2.name in report
    with pytest.raises(Refusal):
        bulk_acts.confirm(bulk, by=cast.chief, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkAct.objects.update(second=cast.pudong)


def test_second_person_may_decline_with_a_reason_and_no_case_moves(cast: Cast, cases: list[Case]) -> None:
    accepted(cast, cases[:1])
    kind = kind_of("district", "recommend")
    bulk = bulk_acts.order(kind, numbers(cases[:1]), words="同意推荐", by=cast.pudong, at=cast.at)
    with pytest.raises(Refusal):
        bulk_acts.decline(bulk, reason=" ", by=cast.pudong2, at=cast.at)
    bulk_acts.decline(bulk, reason="意见须逐件写明", by=cast.pudong2, at=cast.at)
    assert BulkAct.objects.get().state == "declined"
    with pytest.raises(AlreadyDone):
        bulk_acts.carry_on(bulk, by=cast.pudong2, at=cast.at)
    assert outcomes(bulk) == ["waiting"]
    assert state(cases[0]) == S.UNDER_FIRST_REVIEW
    with pytest.raises(Refusal):
        bulk_acts.confirm(bulk, by=cast.chief, at=cast.at)


def test_superior_hands_several_over_and_nobody_else_may(cast: Cast, cases: list[Case]) -> None:
    kind = kind_of("district", "hand_over")
    for missing in ({"words": "", "to": cast.pudong2}, {"words": "分工", "to": None}):
        with pytest.raises(Refusal):
            bulk_acts.order(kind, numbers(cases[:2]), by=cast.chief, at=cast.at, **missing)
    with pytest.raises(Denied):
        bulk_acts.order(kind, numbers(cases[:2]), words="分工", to=cast.pudong2, by=cast.pudong, at=cast.at)
    bulk = bulk_acts.order(kind, numbers(cases[:2]), words="分工", to=cast.pudong2, by=cast.chief, at=cast.at)
    assert outcomes(bulk) == ["done", "done"]
    assert [found.holder for case in cases[:2] if (found := desk_task(case))] == [cast.pudong2] * 2
    assert kind not in kinds_for(cast.pudong, "district")


def test_office_passes_the_formal_check_of_several(cast: Cast, cases: list[Case]) -> None:
    recommend(cast, cases[0], cast.at)
    kind = kind_of("office", "pass_completeness_check")
    bulk = bulk_acts.order(kind, numbers(cases[:2]), words="", by=cast.office, at=cast.at)
    assert outcomes(bulk) == ["done", "refused"]
    assert state(cases[0]) == S.AWAITING_PANEL


def test_what_needs_the_facts_of_each_case_is_not_offered() -> None:
    offered = {code for _desk, code in KINDS}
    never = {"decline", "not_recommend", "find_ineligible", "return_for_correction", "verify_value", "answer_gate"}
    assert not offered & never
    with pytest.raises(NotFound):
        kind_of("district", "not_recommend")


def test_colleague_with_a_tie_sees_the_report_without_that_case(cast: Cast, cases: list[Case]) -> None:
    bulk = bulk_acts.order(kind_of("district", "take"), numbers(cases[:2]), words="", by=cast.pudong, at=cast.at)
    Member.objects.create(
        enterprise=cases[0].enterprise, user=cast.pudong2, state=MemberState.ENDED, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    rows = lines_of(bulk_act(cast.pudong2, bulk.number), cast.pudong2)
    assert [is_known for _line, is_known in rows] == [False, True]
    shown = log_in(Client(), cast.pudong2).get(f"/bulk/{bulk.number}/").content.decode()
    assert cases[0].enterprise.name not in shown
    assert cases[1].enterprise.name in shown


def test_preview_says_every_reason_and_does_nothing(cast: Cast, cases: list[Case]) -> None:
    accepted(cast, cases[:1], with_gates=False)
    found = reasons_against(kind_of("district", "recommend"), cases[0], by=cast.pudong, at=cast.at)
    assert {reason.code for reason in found} == {"gate_open"}
    assert [r.code for r in reasons_against(kind_of("district", "accept"), cases[0], by=cast.pudong, at=cast.at)] == [
        "already_done"
    ]
    assert state(cases[0]) == S.UNDER_FIRST_REVIEW


def test_pages_choose_preview_confirm_and_report(cast: Cast, cases: list[Case]) -> None:
    client = log_in(Client(), cast.pudong)
    inbox = client.get("/district/").content.decode()
    assert f'name="case" value="{cases[0].number}"' in inbox
    asked = {"act": "accept", "case": numbers(cases[:2])}
    assert "确认办理 2 件" in client.get("/district/bulk/", asked).content.decode()
    assert client.get("/district/bulk/", {"act": "not_recommend", "case": numbers(cases)}).status_code == 404
    done = client.post("/district/bulk/", asked | {"request_key": "a"})
    again = client.post("/district/bulk/", asked | {"request_key": "a"})
    assert done.status_code == 302
    assert done["Location"] == again["Location"]
    report = client.get(done["Location"]).content.decode()
    assert "已办理 2 件，未能办理 0 件" in report
    assert BulkAct.objects.get().number in client.get("/district/bulk/").content.decode()
    assert client.post("/district/bulk/", {"act": "accept", "request_key": "b"}).status_code == 422


def proposal(cast: Cast, cases: list[Case], by: User | None = None) -> BulkAct:
    kind = kind_of("district", "recommend")
    return bulk_acts.order(kind, numbers(cases), words="材料齐全，同意推荐", by=by or cast.pudong, at=cast.at)


def codes(bulk: BulkAct) -> list[list[str]]:
    return [[reason["code"] for reason in line.reasons] for line in bulk.lines.order_by("position")]


def test_finished_order_is_not_gone_on_with_and_closed_once(cast: Cast, cases: list[Case]) -> None:
    bulk = bulk_acts.order(kind_of("district", "take"), numbers(cases[:1]), words="", by=cast.pudong, at=cast.at)
    with pytest.raises(AlreadyDone):
        bulk_acts.carry_on(bulk, by=cast.pudong, at=cast.at)
    bulk_acts._finish(bulk, kind_of("district", "take"), cast.pudong, cast.at)
    assert AuditEvent.objects.filter(verb="finish_bulk_act").count() == 1


def test_proposal_is_read_and_answered_at_its_own_desk_only(cast: Cast, cases: list[Case]) -> None:
    """Neither as a member of the enterprise nor as one who sees every case, with the power in another district."""
    accepted(cast, cases[:1])
    bulk = proposal(cast, cases[:1])
    Member.objects.create(
        enterprise=cases[0].enterprise, user=cast.jiading, state=MemberState.ACTIVE, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    grant(cast.office, Role.DISTRICT_OFFICER, "310114", at=cast.at)
    for who in (cast.jiading, cast.office):
        assert waiting(who, "district") == []
        with pytest.raises(NotFound):
            bulk_act(who, bulk.number)
        with pytest.raises(Denied):
            bulk_acts.confirm(bulk, by=who, at=cast.at)
        with pytest.raises(Denied):
            bulk_acts.decline(bulk, reason="不予确认", by=who, at=cast.at)
    assert BulkAct.objects.get().state == "proposed"
    assert may_answer(cast.chief, bulk)


@pytest.fixture
def deputy(cast: Cast) -> User:
    """An officer of Jiading who works at Pudong as well, where the officer lends the first review."""
    found = person("deputy", "嘉定初审员二示例")
    grant(found, Role.DISTRICT_OFFICER, "310114", at=cast.at)
    grant(found, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    starts_at, ends_at = sorted([cast.at, timezone.now()])  # what is seen goes by the clock of the machine
    Delegation.objects.create(
        grant=RoleGrant.objects.get(user=cast.pudong), delegator=cast.pudong, delegate=found,
        power=Power.REVIEW_FIRST, reason="年休假", made_at=starts_at - timedelta(days=1),
        starts_at=starts_at - timedelta(days=1), ends_at=ends_at + timedelta(days=1),
    )  # fmt: skip
    return found


@pytest.fixture
def both(cast: Cast, cases: list[Case], deputy: User) -> list[Case]:
    """A case of each district, ready for a recommendation; the officer of Pudong reviews in both."""
    grant(cast.pudong, Role.DISTRICT_OFFICER, "310114", at=cast.at)
    found = [cases[2], cases[0]]
    accepted(cast, found)
    return found


def test_who_proposed_is_not_the_second_by_a_loan(cast: Cast, both: list[Case], deputy: User) -> None:
    lent = proposal(cast, both[1:])
    with pytest.raises(Denied):
        bulk_acts.confirm(lent, by=deputy, at=cast.at)
    bulk = bulk_acts.confirm(proposal(cast, both), by=deputy, at=cast.at)
    assert (outcomes(bulk), codes(bulk)) == (["done", "refused"], [[], ["same_person"]])
    assert [state(case) for case in both] == [S.UNDER_COMPLETENESS_CHECK, S.UNDER_FIRST_REVIEW]
    assert not AuditEvent.objects.filter(chain=chain_key(both[1]), verb="recommend").exists()
    for said in AuditEvent.objects.filter(verb__in=("confirm_bulk_act", "finish_bulk_act")):
        assert "on_behalf_of" not in said.content
    assert verify_all()[1] == []


def test_proposal_rests_on_the_power_of_one_person(cast: Cast, both: list[Case], deputy: User) -> None:
    for chosen, lender in ((both, None), (both[::-1], cast.pudong)):
        bulk = proposal(cast, chosen, deputy)
        assert codes(bulk) == [[], ["other_lender"]]
        assert bulk.proposed_for == lender
        said = AuditEvent.objects.filter(verb="propose_bulk_act").latest("seq")
        assert said.content.get("on_behalf_of", {}).get("id") == (lender.pk if lender else None)


def test_numbers_are_cleaned_and_too_many_are_refused(cast: Cast, cases: list[Case]) -> None:
    assert bulk_acts.asked_numbers(["A\0", " A ", "\0", "", "B" * 41, "B" * 40]) == ["A", "B" * 40]
    client = log_in(Client(), cast.pudong)
    assert client.get("/district/bulk/?act=take&case=%00").status_code == 200
    many = [f"X{n}" for n in range(bulk_acts.MOST_CASES + 1)]
    assert "请分批办理" in client.get("/district/bulk/", {"act": "take", "case": many}).content.decode()
    with pytest.raises(Refusal) as refused:
        bulk_acts.order(kind_of("district", "take"), many, words="", by=cast.pudong, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["too_many"]


def test_decision_that_is_possible_for_no_case_is_not_proposed(cast: Cast, cases: list[Case]) -> None:
    with pytest.raises(Refusal) as refused:
        proposal(cast, cases)
    assert [reason.code for reason in refused.value.reasons] == ["nothing_possible"]
    assert not BulkAct.objects.exists()
    assert not AuditEvent.objects.filter(verb="propose_bulk_act").exists()


def test_refusal_of_a_slower_run_does_not_hide_what_was_done(
    cast: Cast, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def done_by_another(bulk: BulkAct, kind: Any, line: BulkLine, by: User, at: Any) -> list[Reason]:
        BulkLine.objects.filter(pk=line.pk).update(outcome="done")
        return [Reason("already_done", "x")]

    monkeypatch.setattr(bulk_acts, "_do", done_by_another)
    bulk = bulk_acts.order(kind_of("district", "take"), numbers(cases[:1]), words="", by=cast.pudong, at=cast.at)
    assert (outcomes(bulk), codes(bulk)) == (["done"], [[]])


def test_colleagues_are_told_of_a_proposal_and_the_proposer_of_its_end(cast: Cast, cases: list[Case]) -> None:
    def told(kind: str) -> list[str]:
        rows = Message.objects.filter(kind=kind).order_by("recipient")
        return [row.recipient.username for row in rows.select_related("recipient")]

    accepted(cast, cases[:2])
    Member.objects.create(
        enterprise=cases[0].enterprise, user=cast.chief, state=MemberState.ENDED, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    bulk = proposal(cast, cases[:1])
    assert told("bulk_proposed") == ["pudong2"]
    bulk_acts.decline(bulk, reason="意见须逐件写明", by=cast.pudong2, at=cast.at)
    assert told("bulk_declined") == ["pudong"]
    assert Message.objects.get(kind="bulk_declined").params["reason"] == "意见须逐件写明"
    bulk_acts.confirm(proposal(cast, cases[1:2]), by=cast.chief, at=cast.at)
    assert told("bulk_done") == ["pudong"]


def test_case_that_changed_hands_since_the_preview_is_not_handed_over(cast: Cast, cases: list[Case]) -> None:
    client = log_in(Client(), cast.chief)
    asked = {"act": "hand_over", "case": numbers(cases[:2])}
    seen = [f"{number}:" for number in numbers(cases[:2])]
    shown = client.get("/district/bulk/", asked).content.decode()
    assert all(f'name="seen" value="{one}"' in shown for one in seen)
    bulk_acts.order(kind_of("district", "take"), numbers(cases[:1]), words="", by=cast.pudong, at=cast.at)
    said = asked | {"seen": seen, "to": cast.pudong2.pk, "words": "分工", "request_key": "h"}
    client.post("/district/bulk/", said)
    bulk = BulkAct.objects.get(kind="hand_over")
    assert (outcomes(bulk), codes(bulk)) == (["refused", "done"], [["already_done"], []])
    assert [found.holder for case in cases[:2] if (found := desk_task(case))] == [cast.pudong, cast.pudong2]

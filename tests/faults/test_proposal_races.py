"""What one person proposes and another settles, settled by two at the same moment: one effect, the other told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import MemberState, PaperImportState, StandingState
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Delegation,
    DesignationProposal,
    EditionChange,
    Enterprise,
    GrantProposal,
    Member,
    PaperImport,
    Programme,
    RoleGrant,
    Standing,
    StandingImport,
    Title,
)
from accreditation.models.grant_proposals import ProposalState
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers
from accreditation.services.grant_proposals import confirm_grant, decline_grant, propose_grant
from accreditation.services.grants import revoke_role
from accreditation.services.members import confirm_member, reject_member
from accreditation.services.standing_imports import propose_import
from accreditation.services.standings import confirm_entry, drop_entry, propose_standing
from certificates.models import PaperCertificate
from tests.clock import Clock
from tests.factories.cast import CODES, NAMES, Cast, filed_case, make_cast, person
from tests.factories.paper import as_workbook, line
from tests.factories.snapshots import remembered
from tests.factories.standings import csv_file, standing_texts
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.factories.titles import second_officer
from tests.faults.racing import all_agrees, at_once, colleague, entered_once, one_won, refused_or_done
from tests.workflows.test_designation_proposals import TEXT
from tests.workflows.test_edition_change import NEW, mapping
from workflows import designation_proposals as designations
from workflows import edition_proposals as editions
from workflows.batch_acts import announce
from workflows.edition_change import carry_on
from workflows.edition_takeovers import take_over
from workflows.paper_import import confirm_import, drop_import, prepare_import
from workflows.tick import tick

SECOND_LINE = line(number="沪经信技〔2015〕第 13 号", uscc=CODES[1], holder=NAMES[1], district="嘉定区")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


# --- roles and members ----------------------------------------------------------------------------------------------
def test_proposed_role_is_given_once_or_declined(cast: Cast) -> None:
    second, third = (colleague(cast, Role.SECURITY_OFFICER, name=f"security{n}") for n in (2, 3))
    newcomers = [person(f"new{n}", f"新人{n}示例") for n in range(2)]
    rows = [propose_grant(user, Role.PUBLISHER, by=cast.security, at=cast.at, ground="任命文件") for user in newcomers]
    one_won(at_once([lambda by=by: confirm_grant(rows[0], by=by, at=cast.at) for by in (second, third)]))
    assert RoleGrant.objects.filter(user=newcomers[0]).count() == 1
    won = one_won(
        at_once([
            lambda: confirm_grant(rows[1], by=second, at=cast.at),
            lambda: decline_grant(rows[1], by=third, at=cast.at, reason="任命已撤回"),
        ])
    )  # fmt: skip
    row = GrantProposal.objects.get(pk=rows[1].pk)
    assert row.state == (ProposalState.CONFIRMED, ProposalState.DECLINED)[won]
    assert RoleGrant.objects.filter(user=newcomers[1]).count() == (1, 0)[won]
    all_agrees()


def test_same_role_is_proposed_once(cast: Cast) -> None:
    second, user = colleague(cast, Role.SECURITY_OFFICER), person("new", "新人示例")
    jobs = [
        lambda by=by: propose_grant(user, Role.PUBLISHER, by=by, at=cast.at, ground="任命文件")
        for by in (cast.security, second)
    ]
    one_won(at_once(jobs))
    entered_once("propose_grant")


def test_role_confirmed_while_its_proposer_is_dismissed_is_given_before_or_not_at_all(cast: Cast) -> None:
    second, third = (colleague(cast, Role.SECURITY_OFFICER, name=f"security{n}") for n in (2, 3))
    row = propose_grant(person("new", "新人示例"), Role.PUBLISHER, by=third, at=cast.at, ground="任命文件")
    held = RoleGrant.objects.get(user=third)
    results = at_once([
        lambda: confirm_grant(row, by=second, at=cast.at),
        lambda: revoke_role(held, by=cast.security, at=cast.at, ground="调离"),
    ])  # fmt: skip
    assert refused_or_done(results[1])
    given = refused_or_done(results[0])
    events = AuditEvent.objects.filter(verb__in=["grant_role", "revoke_role"]).order_by("pk")
    assert list(events.values_list("verb", flat=True)) == ["grant_role", "revoke_role"][0 if given else 1 :]
    all_agrees()


def test_role_and_lent_power_that_exclude_each_other_do_not_meet(cast: Cast) -> None:
    second, deputy = colleague(cast, Role.SECURITY_OFFICER), colleague(cast, Role.LOCAL_PUBLISHER, "310115")
    row = propose_grant(deputy, Role.MUNICIPAL_OFFICER, by=cast.security, at=cast.at, ground="任命文件")
    held, said = RoleGrant.objects.get(user=cast.pudong), {"starts_at": None, "reason": "年休假"}
    until = cast.at + timedelta(days=7)
    won = one_won(
        at_once([
            lambda: confirm_grant(row, by=second, at=cast.at),
            lambda: delegate_powers(
                held, [Power.REVIEW_FIRST], deputy, ends_at=until, by=cast.pudong, at=cast.at, **said
            ),
        ])
    )  # fmt: skip
    assert RoleGrant.objects.filter(user=deputy).count() == (2, 1)[won]
    assert Delegation.objects.filter(delegate=deputy).exists() == bool(won)
    all_agrees()


def test_member_is_let_in_by_one_of_the_two_who_may(cast: Cast) -> None:
    user = person("joining", "新成员示例")
    row = Member.objects.create(enterprise=cast.enterprises[0], user=user, requested_at=cast.at)
    won = one_won(
        at_once([
            lambda: confirm_member(row, by=cast.member0, at=cast.at),
            lambda: reject_member(row, by=cast.pudong, at=cast.at, reason="材料不足"),
        ])
    )  # fmt: skip
    assert Member.objects.get(pk=row.pk).state == (MemberState.ACTIVE, MemberState.REJECTED)[won]
    entered_once("confirm_member", "reject_member")


# --- designations ---------------------------------------------------------------------------------------------------
def test_designation_is_published_once_or_declined_or_withdrawn(cast: Cast) -> None:
    second = colleague(cast, Role.PUBLISHER)
    row = designations.propose(TEXT, "专利新产品.yaml", by=cast.office, at=cast.at)
    won = one_won(
        at_once([
            lambda: designations.decline(row, reason="尚待核对", by=second, at=cast.at),
            lambda: designations.withdraw(row, by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert DesignationProposal.objects.get(pk=row.pk).state == ("declined", "withdrawn")[won]
    again = designations.propose(TEXT, "专利新产品.yaml", by=cast.office, at=cast.at)
    one_won(at_once([lambda by=by: designations.publish(again, by=by, at=cast.at) for by in (cast.publisher, second)]))
    assert Programme.objects.filter(code="patent_new_product").count() == 1
    entered_once("publish_designation")


def test_same_designation_is_proposed_once(cast: Cast) -> None:
    second = second_officer(cast)
    jobs = [lambda by=by: designations.propose(TEXT, "示例.yaml", by=by, at=cast.at) for by in (cast.office, second)]
    one_won(at_once(jobs))
    assert DesignationProposal.objects.count() == 1
    entered_once("propose_designation")


# --- changes of edition ---------------------------------------------------------------------------------------------
@remembered
def running_change(at: datetime) -> tuple[Cast, EditionChange]:
    """Confirmed, with one of two cases done, and then whoever runs it leaves the office."""
    cast = make_cast(at)
    for place in (0, 1):
        filed_case(cast, place)
    row = editions.propose(mapping(), by=cast.office, at=at)
    editions.confirm(row, seen=row.preview_sha256, by=cast.publisher, at=at)
    row = carry_on(row.number, at=at, most=1)
    RoleGrant.objects.filter(user=cast.publisher).update(revoked_at=at)
    return cast, row


@pytest.fixture
def deserted(settings: LazySettings, var_dir: object, clock: Clock) -> tuple[Cast, EditionChange]:
    settings.ACCREDITATION_DEMO = True
    return running_change(clock.at)


def test_edition_change_is_confirmed_declined_or_withdrawn(cast: Cast) -> None:
    second = colleague(cast, Role.PUBLISHER)
    filed_case(cast)
    settled: list[tuple[Callable[[EditionChange], object], str]] = [
        (lambda row: editions.confirm(row, seen=row.preview_sha256, by=cast.publisher, at=cast.at), "running"),
        (lambda row: editions.decline(row, reason="映射有误", by=second, at=cast.at), "declined"),
        (lambda row: editions.withdraw(row, by=cast.office, at=cast.at), "withdrawn"),
    ]
    for first, other in ((1, 2), (0, 1), (0, 2)):
        row = editions.propose(mapping(), by=cast.office, at=cast.at)
        pair = [settled[first], settled[other]]
        won = one_won(at_once([lambda settle=settle, row=row: settle(row) for settle, _state in pair]))
        assert EditionChange.objects.get(pk=row.pk).state == pair[won][1]
    all_agrees()


def test_running_change_is_taken_over_by_one(deserted: tuple[Cast, EditionChange]) -> None:
    cast, row = deserted
    second, third = (colleague(cast, Role.PUBLISHER, name=f"publisher{n}") for n in (2, 3))
    jobs = [lambda by=by: take_over(row, reason="原确认人已调离", by=by, at=cast.at) for by in (second, third)]
    won = one_won(at_once(jobs))
    row = carry_on(row.number, at=cast.at)
    assert (row.runner, row.state) == ((second, third)[won], "finished")
    assert AuditEvent.objects.filter(verb="change_edition").count() == 2
    entered_once("take_over_edition_change")


def test_change_taken_over_and_carried_on_at_once_moves_each_case_once(deserted: tuple[Cast, EditionChange]) -> None:
    cast, row = deserted
    second = colleague(cast, Role.PUBLISHER)
    results = at_once([
        lambda: take_over(row, reason="原确认人已调离", by=second, at=cast.at),
        lambda: carry_on(row.number, at=cast.at),
        lambda: carry_on(row.number, at=cast.at),
    ])  # fmt: skip
    assert refused_or_done(results[0])
    if not any([refused_or_done(result) for result in results[1:]]):  # each found nobody in office yet
        carry_on(row.number, at=cast.at)
    done = EditionChange.objects.get(pk=row.pk)
    assert (done.state, done.runner, len(done.report)) == ("finished", second, 2)
    moved = AuditEvent.objects.filter(verb="change_edition").order_by("pk").values_list("by_id", flat=True)
    assert list(moved) == [cast.publisher.pk, second.pk]
    assert set(Case.objects.values_list("procedure", flat=True)) == {NEW}
    entered_once("finish_edition_change")


# --- standings ------------------------------------------------------------------------------------------------------
def test_standing_and_file_of_standings_are_confirmed_once_or_dropped(cast: Cast) -> None:
    second, third = second_officer(cast), colleague(cast, Role.PUBLISHER)
    alone = propose_standing(standing_texts(), by=cast.office, at=cast.at)
    one_won(at_once([lambda by=by: confirm_entry(alone, by=by, at=cast.at) for by in (second, third)]))
    rows = [standing_texts(name=f"示例重点实验室{n}") for n in range(3)]
    file = propose_import(csv_file(rows), "资质.csv", by=cast.office, at=cast.at)
    assert isinstance(file, StandingImport)
    won = one_won(
        at_once([
            lambda: confirm_entry(file, by=second, at=cast.at),
            lambda: drop_entry(file, reason="来源有误", by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    state = (StandingState.CONFIRMED, StandingState.DROPPED)[won]
    assert set(file.standings.values_list("state", "settled_by")) == {(state, (second, cast.office)[won].pk)}
    assert Standing.objects.get(pk=alone.pk).state == StandingState.CONFIRMED
    all_agrees()


def test_same_standing_is_entered_once(cast: Cast) -> None:
    second = second_officer(cast)
    one_won(at_once([
        lambda by=by: propose_standing(standing_texts(), by=by, at=cast.at) for by in (cast.office, second)
    ]))  # fmt: skip
    assert Standing.objects.count() == 1
    entered_once("propose_standing")


# --- the register of paper ------------------------------------------------------------------------------------------
def test_list_of_paper_is_entered_once_or_dropped(cast: Cast) -> None:
    second = second_officer(cast)
    row = prepare_import(as_workbook([line()]), "名单.xlsx", by=cast.office, at=cast.at)
    won = one_won(
        at_once([
            lambda: confirm_import(row, by=second, at=cast.at),
            lambda: drop_import(row, by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert PaperImport.objects.get(pk=row.pk).state == (PaperImportState.CONFIRMED, PaperImportState.DROPPED)[won]
    assert PaperCertificate.objects.count() == (1, 0)[won]
    all_agrees()


def test_two_lists_with_the_same_certificate_enter_it_once(cast: Cast) -> None:
    second, third = second_officer(cast), colleague(cast, Role.MUNICIPAL_OFFICER)
    lists = [
        prepare_import(as_workbook([line(), *more]), f"名单{n}.xlsx", by=cast.office, at=cast.at + timedelta(hours=n))
        for n, more in enumerate(([], [SECOND_LINE]))
    ]
    at = cast.at + timedelta(days=1)
    jobs = [
        lambda pair=pair: confirm_import(pair[0], by=pair[1], at=at)
        for pair in zip(lists, (second, third), strict=True)
    ]
    results = at_once(jobs)
    assert any([refused_or_done(result) for result in results])
    assert PaperCertificate.objects.filter(number__contains="12").count() == 1
    assert Title.objects.filter(provenance__contains="第 12 号").count() == 1
    assert Enterprise.objects.filter(name=line()["holder"]).count() == 1
    all_agrees()


def test_title_on_paper_and_from_an_announcement_at_once_is_granted_once(cast: Cast, clock: Clock) -> None:
    case, second = filed_case(cast), second_officer(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    clock.at = cast.at = notice.ends_at + timedelta(days=1)
    tick(clock.at)
    holder = case.enterprise
    paper = line(uscc=holder.uscc, holder=holder.name, programme=cast.batch.programme.name_zh)
    row = prepare_import(as_workbook([paper]), "名单.xlsx", by=cast.office, at=clock.at)
    listed, dated = [Application.objects.get(case=case)], clock.at.date()
    one_won(
        at_once([
            lambda: confirm_import(row, by=second, at=clock.at),
            lambda: announce(
                cast.batch, listed, number="示例1号", dated=dated, body="公布", by=cast.publisher, at=clock.at
            ),
        ])
    )  # fmt: skip
    assert Title.objects.filter(holder=holder, programme=cast.batch.programme).count() == 1
    all_agrees()

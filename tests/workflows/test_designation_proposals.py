"""Four eyes over designations: nobody publishes the own, a decision falls once, the database stands behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, DesignationProposal, Lender, Message, Programme, RuleSetEdition, User
from accreditation.roles import DELEGABLE, Power, Role
from tests.clock import Clock
from tests.factories.cast import Cast, grant, make_cast, person
from workflows import designation_proposals as proposals
from workflows.designations import FaultyFile, check_publisher, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TEXT = (Path(__file__).parents[1] / "journeys" / "patent_new_product.yaml").read_text(encoding="utf-8")


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def proposal(cast: Cast) -> DesignationProposal:
    return proposals.propose(TEXT, "专利新产品.yaml", by=cast.office, at=cast.at)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def colleague(cast: Cast) -> User:
    user = person("second", "复核（示例）")
    grant(user, Role.MUNICIPAL_OFFICER, at=cast.at)
    return user


def test_proposed_by_one_and_published_by_another_with_both_in_the_trail(
    cast: Cast, proposal: DesignationProposal
) -> None:
    assert not Programme.objects.filter(code="patent_new_product").exists()
    assert Message.objects.get(kind="designation_proposed").recipient == cast.publisher
    row = proposals.publish(proposal, by=cast.publisher, at=cast.at)
    edition = RuleSetEdition.objects.get(reference="patent_new_product/2026")
    assert (row.edition, edition.published_by) == (edition, cast.publisher)
    assert Message.objects.get(kind="designation_published").recipient == cast.office
    entries = AuditEvent.objects.filter(chain__contains="designations").order_by("seq")
    assert [(entry.verb, entry.by_id) for entry in entries] == [
        ("propose_designation", cast.office.pk),
        ("publish_designation", cast.publisher.pk),
    ]
    assert entries[0].content["sha256"] == entries[1].content["sha256"] == row.checksum
    assert entries[1].content["drafted_by"] == cast.office.pk
    assert verify_all()[1] == []


def test_drafter_publishes_and_declines_nothing_of_the_own_whatever_offices_are_held(
    cast: Cast, proposal: DesignationProposal
) -> None:
    grant(cast.office, Role.PUBLISHER, at=cast.at)
    acts: tuple[Callable[[], object], ...] = (
        lambda: proposals.publish(proposal, by=cast.office, at=cast.at),
        lambda: proposals.decline(proposal, reason="不合适", by=cast.office, at=cast.at),
    )
    for attempt in acts:
        with pytest.raises(Denied) as refused:
            attempt()
        assert codes(refused) == ["four_eyes"]
    with pytest.raises(Denied):
        proposals.publish(proposal, by=cast.people["auditor"], at=cast.at)


def test_power_to_publish_rules_is_lent_to_nobody_and_who_acted_for_the_drafter_would_be_refused(
    cast: Cast, proposal: DesignationProposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DELEGABLE.keys().isdisjoint({Power.PUBLISH_RULES, Power.DRAFT_RULES, Power.RUN_BATCHES})
    monkeypatch.setattr("workflows.designations.has_power", lambda *_asked: True)
    cast.publisher.stands_in_for = Lender(0, cast.office.pk, str(cast.office))
    with pytest.raises(Denied) as refused:
        check_publisher(proposal.drafted_by, cast.publisher)
    assert codes(refused) == ["four_eyes"]


def test_only_its_drafter_withdraws_and_nothing_follows(cast: Cast, proposal: DesignationProposal) -> None:
    with pytest.raises(Denied):
        proposals.withdraw(proposal, by=colleague(cast), at=cast.at)
    proposals.withdraw(proposal, by=cast.office, at=cast.at)
    with pytest.raises(AlreadyDone):
        proposals.publish(proposal, by=cast.publisher, at=cast.at)
    again = proposals.propose(TEXT, "x.yaml", by=cast.office, at=cast.at)
    assert again.number != proposal.number


def test_second_decision_is_told_who_was_faster(cast: Cast, proposal: DesignationProposal) -> None:
    proposals.publish(proposal, by=cast.publisher, at=cast.at)
    for attempt in (proposals.publish, proposals.withdraw):
        with pytest.raises(AlreadyDone) as refused:
            attempt(proposal, by=cast.publisher if attempt is proposals.publish else cast.office, at=cast.at)
        assert refused.value.done_by == str(cast.publisher)
    with pytest.raises(AlreadyDone):
        proposals.decline(proposal, reason="晚了", by=colleague(cast), at=cast.at)
    assert RuleSetEdition.objects.filter(reference="patent_new_product/2026").count() == 1


def test_what_waits_is_checked_again_when_it_is_published(cast: Cast, proposal: DesignationProposal) -> None:
    other = TEXT.replace("code: patent_new_product", "code: patent_other").replace('kind: "007"', 'kind: "008"')
    set_up(other, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    with pytest.raises(FaultyFile) as refused:
        proposals.publish(proposal, by=cast.publisher, at=cast.at)
    assert [fault.key for fault in refused.value.faults] == ["designation.number_prefix"]
    assert DesignationProposal.objects.get(pk=proposal.pk).state == "waiting"


def test_set_up_meanwhile_at_the_machine_is_not_set_up_twice(cast: Cast, proposal: DesignationProposal) -> None:
    set_up(TEXT, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    with pytest.raises(AlreadyDone):
        proposals.publish(proposal, by=cast.publisher, at=cast.at)
    assert sorted(DesignationProposal.objects.values_list("state", flat=True)) == ["published", "waiting"]
    with pytest.raises(Refusal) as refused:
        proposals.propose(TEXT, "x.yaml", by=cast.office, at=cast.at)
    assert codes(refused) == ["not_new"]


def test_one_edition_waits_once_and_a_form_sent_twice_proposes_once(cast: Cast) -> None:
    first, again = (
        proposals.propose(TEXT, "x.yaml", by=cast.office, at=cast.at, request_key="k" * 20) for _time in range(2)
    )
    assert first == again
    with pytest.raises(Refusal) as refused:
        proposals.propose(TEXT, "x.yaml", by=cast.office, at=cast.at)
    assert codes(refused) == ["proposed_already"]


def test_whose_drafter_left_office_is_declined_alone(cast: Cast, proposal: DesignationProposal) -> None:
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        proposals.publish(proposal, by=cast.publisher, at=cast.at)
    assert codes(refused) == ["drafter_left"]
    with pytest.raises(Refusal):
        proposals.decline(proposal, reason="  ", by=cast.publisher, at=cast.at)
    row = proposals.decline(proposal, reason="提请人已离任", by=cast.publisher, at=cast.at)
    told = Message.objects.get(kind="designation_declined")
    assert (row.state, told.recipient, told.params["reason"]) == ("declined", cast.office, "提请人已离任")


@pytest.mark.parametrize(
    ("state", "by", "constraint"),
    [
        ("published", "office", "designation_is_published_by_a_second_person"),
        ("published", None, "designation_is_published_by_a_second_person"),
        ("declined", "office", "designation_is_declined_by_a_second_person"),
        ("withdrawn", "publisher", "designation_is_withdrawn_by_its_drafter"),
        ("withdrawn", None, "designation_is_withdrawn_by_its_drafter"),
        ("waiting", "publisher", "waiting_designation_is_undecided"),
        ("lost", None, "designation_state_known"),
    ],
)
def test_database_refuses_what_the_code_would_not_do(
    cast: Cast, proposal: DesignationProposal, state: str, by: str | None, constraint: str
) -> None:
    decided = {"decided_by": cast.people[by] if by else None, "decided_at": cast.at, "reason": "理由"}
    more = {"edition": cast.batch.rule_set} if state == "published" else {}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DesignationProposal.objects.filter(pk=proposal.pk).update(state=state, **decided, **more)

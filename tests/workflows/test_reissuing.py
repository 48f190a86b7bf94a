"""A certificate made out again: who asks, who answers, one version at a time, and what stays untouched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import chain_key, verify_all
from accreditation.enums import MemberState, TitleState
from accreditation.errors import AlreadyDone, Denied, KeyReused, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Enterprise,
    Member,
    Message,
    Reissue,
    ReissueLetter,
    RoleGrant,
    Title,
)
from accreditation.reissue_words import ReissueReason, ReissueState
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers
from certificates.models import Certificate
from certificates.services.standing import change_standing
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.changes import issued_certificate, sign
from tests.factories.reissues import STATEMENT, asked
from tests.factories.titles import municipal_title, second_officer
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.reissuing import allow_reissue, ask_for_reissue, propose_reissue, refuse_reissue, withdraw_reissue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = "证书上的发证日期印刷有误，应予更正。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def title(cast: Cast, var_dir: Any) -> Title:
    title = municipal_title(cast)
    issued_certificate(title, cast.at)
    return title


def reasons(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def told(username: str) -> set[str]:
    return set(Message.objects.filter(recipient__username=username).values_list("kind", flat=True))


def newest(title: Title) -> Certificate:
    return Certificate.objects.filter(uscc=title.holder.uscc).order_by("-version")[0]


@pytest.mark.parametrize(
    ("reason", "occasion"),
    [("lost", "reissue"), ("damaged", "reissue"), ("misprint", "exchange"), ("signature", "exchange")],
)
def test_allowed_request_makes_the_next_version_under_the_same_number(
    cast: Cast, title: Title, reason: str, occasion: str
) -> None:
    first = newest(title)
    row = asked(cast, title, at=cast.at, reason=reason)
    assert (row.state, row.is_by_office, row.place) == (ReissueState.WAITING, False, "")
    assert told("office") == {"reissue_asked"}
    later = cast.at + timedelta(days=2)
    row = allow_reissue(row, by=cast.office, at=later)
    second = newest(title)
    assert (second.number, second.version, second.content.replaces) == (first.number, 2, first.identifier)
    assert (second.content.occasion, second.content.announcement) == (occasion, first.content.announcement)
    assert (second.content.valid_from, second.content.valid_until) == (title.valid_from, title.valid_until)
    assert (row.certificate_number, row.former_version, row.new_version) == (first.number, 1, 2)
    assert "reissue_allowed" in told("member0")
    letter = ReissueLetter.objects.get(reissue=row)
    assert (letter.remedy, letter.addressed_to, letter.issued_by) == ("", title.holder.name, first.content.issuer_zh)
    assert f"证书编号 {first.number} 不变，新证书为第 2 版" in letter.body
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_new_version_states_what_the_register_holds_now(cast: Cast, title: Title) -> None:
    with pytest.raises(Refusal) as refused:
        asked(cast, title, at=cast.at, reason="english")
    assert reasons(refused) == {"no_english_name"}
    Enterprise.objects.filter(pk=title.holder_id).update(name_en="Example Equipment Co., Ltd.")
    Title.objects.filter(pk=title.pk).update(valid_until=title.valid_until.replace(year=2031))
    allow_reissue(asked(cast, title, at=cast.at, reason="english"), by=cast.office, at=cast.at)
    content = newest(title).content
    assert (content.holder_en, content.valid_until.year) == ("Example Equipment Co., Ltd.", 2031)


def test_refusal_leaves_the_certificate_and_tells_the_holder_why_and_what_it_can_do(cast: Cast, title: Title) -> None:
    row = asked(cast, title, at=cast.at)
    with pytest.raises(Refusal) as refused:
        refuse_reissue(row, reason="不", by=cast.office, at=cast.at)
    assert reasons(refused) == {"text_needed"}
    row = refuse_reissue(row, reason="未附遗失声明，请补充后再申请。", by=cast.office, at=cast.at)
    letter = ReissueLetter.objects.get(reissue=row)
    assert "未附遗失声明" in letter.body
    assert "行政复议" in letter.remedy
    assert letter.body.endswith("适用依据：证书由认定机关核发，其换发、补发由认定机关审核。")
    assert "reissue_refused" in told("member0")
    assert (newest(title).version, newest(title).standing) == (1, Standing.IN_FORCE)
    again = asked(cast, title, at=cast.at)
    assert again.pk != row.pk
    case = open_application(cast.enterprises[1], cast.batch, by=cast.people["member1"], at=cast.at)
    Application.objects.filter(case=case).update(title=title, enterprise=title.holder)  # as what granted it
    refuse_reissue(again, reason="声明未载明遗失日期，请补充。", by=cast.office, at=cast.at)
    assert "适用依据：《上海市企业技术中心" in ReissueLetter.objects.get(reissue=again).body


def test_only_the_holder_asks_and_only_the_granting_authority_answers(cast: Cast, title: Title) -> None:
    for stranger in (cast.member1, cast.office, cast.pudong):
        with pytest.raises(Denied):
            ask_for_reissue(title, reason="lost", statement=STATEMENT, by=stranger, at=cast.at)
    row = asked(cast, title, at=cast.at)
    for stranger in (cast.member0, cast.pudong, cast.publisher, cast.auditor, cast.operator):
        with pytest.raises(Denied):
            allow_reissue(row, by=stranger, at=cast.at)
        with pytest.raises(Denied):
            refuse_reissue(row, reason=WORDS, by=stranger, at=cast.at)
        with pytest.raises(Denied):
            propose_reissue(title, reason="misprint", statement=WORDS, by=stranger, at=cast.at)
    Member.objects.create(
        enterprise=title.holder, user=cast.office, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    with pytest.raises(Denied):
        allow_reissue(row, by=cast.office, at=cast.at)
    assert Certificate.objects.count() == 1


def test_title_of_a_district_is_answered_there(cast: Cast, var_dir: Any) -> None:
    title = Title.objects.get(holder=cast.enterprises[0], number__startswith="SHDTC")
    issued_certificate(title, cast.at)
    row = asked(cast, title, at=cast.at)
    assert row.place == "310115"
    for stranger in (cast.office, cast.jiading):
        with pytest.raises(Denied):
            allow_reissue(row, by=stranger, at=cast.at)
    assert allow_reissue(row, by=cast.pudong, at=cast.at).new_version == 2


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (TitleState.SUSPENDED, "title_state"),
        (TitleState.REVOKED, "title_state"),
        (TitleState.CANCELLED, "title_state"),
        (TitleState.EXPIRED, "title_state"),
    ],
)
def test_title_that_does_not_stand_gets_nothing_before_or_after_the_request(
    cast: Cast, title: Title, state: str, code: str
) -> None:
    row = asked(cast, title, at=cast.at)
    Title.objects.filter(pk=title.pk).update(state=state)
    with pytest.raises(Refusal) as refused:
        allow_reissue(row, by=cast.office, at=cast.at)
    assert reasons(refused) == {code}
    refuse_reissue(row, reason="称号已不在有效状态。", by=cast.office, at=cast.at)
    with pytest.raises(Refusal) as refused:
        asked(cast, title, at=cast.at)
    assert reasons(refused) == {code}
    assert Certificate.objects.count() == 1


def test_run_out_suspended_missing_and_pending_certificates_are_not_made_out_again(cast: Cast, title: Title) -> None:
    other = municipal_title(cast, 1)
    with pytest.raises(Refusal) as refused:
        ask_for_reissue(other, reason="lost", statement=STATEMENT, by=cast.member1, at=cast.at)
    assert reasons(refused) == {"no_certificate"}
    with pytest.raises(Refusal) as refused:
        asked(cast, title, at=cast.at.replace(year=2029))
    assert reasons(refused) == {"title_over"}
    row = asked(cast, title, at=cast.at)
    first = change_standing(certificate=newest(title), verb="suspend", ground="核查", at=cast.at)
    with pytest.raises(Refusal) as refused:
        allow_reissue(row, by=cast.office, at=cast.at)
    assert reasons(refused) == {"certificate_state"}
    change_standing(certificate=first, verb="reinstate", ground="核查完毕", at=cast.at)
    allow_reissue(row, by=cast.office, at=cast.at)
    with pytest.raises(Refusal) as refused:
        asked(cast, title, at=cast.at)
    assert reasons(refused) == {"certificate_pending"}
    sign(newest(title), cast.at)
    assert allow_reissue(asked(cast, title, at=cast.at), by=cast.office, at=cast.at).new_version == 3


def test_same_request_sent_twice_is_one_and_a_second_one_waits_for_the_first(cast: Cast, title: Title) -> None:
    row = asked(cast, title, at=cast.at, request_key="k1")
    assert asked(cast, title, at=cast.at, request_key="k1").pk == row.pk
    with pytest.raises(KeyReused):
        asked(cast, title, at=cast.at, request_key="k1", reason="damaged")
    with pytest.raises(Refusal) as refused:
        asked(cast, title, at=cast.at, request_key="k2")
    assert reasons(refused) == {"asked_already"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reissue.objects.create(
            number="X", title=title, reason=ReissueReason.LOST, statement="x", is_by_office=False,
            asked_by=cast.member0, asked_at=cast.at,
        )  # fmt: skip
    allow_reissue(row, by=cast.office, at=cast.at, request_key="a1")
    assert allow_reissue(row, by=cast.office, at=cast.at, request_key="a1").state == ReissueState.ALLOWED
    with pytest.raises(AlreadyDone) as done:
        refuse_reissue(row, reason=WORDS, by=second_officer(cast), at=cast.at)
    assert done.value.done_by == str(cast.office)
    assert AuditEvent.objects.filter(chain=chain_key(title), verb="allow_reissue").count() == 1
    assert Certificate.objects.count() == 2


def test_holder_takes_its_waiting_request_back_and_may_ask_again(cast: Cast, title: Title) -> None:
    row = asked(cast, title, at=cast.at)
    for by in (cast.member1, cast.office):
        with pytest.raises(Denied):
            withdraw_reissue(title, row.number, by=by, at=cast.at)
    with pytest.raises(AlreadyDone):
        withdraw_reissue(title, "", by=cast.member0, at=cast.at)
    assert withdraw_reissue(title, row.number, by=cast.member0, at=cast.at).state == ReissueState.WITHDRAWN
    assert "reissue_withdrawn" in told("office")
    assert AuditEvent.objects.get(verb="withdraw_reissue").content["reissue"] == row.number
    with pytest.raises(AlreadyDone):
        withdraw_reissue(title, row.number, by=cast.member0, at=cast.at)
    with pytest.raises(AlreadyDone):
        allow_reissue(row, by=cast.office, at=cast.at)
    again = asked(cast, title, at=cast.at)
    allow_reissue(again, by=cast.office, at=cast.at)
    with pytest.raises(AlreadyDone):
        withdraw_reissue(title, again.number, by=cast.member0, at=cast.at)
    assert Certificate.objects.count() == 2


def test_holder_takes_no_proposal_of_the_office_back(cast: Cast, title: Title) -> None:
    row = propose_reissue(title, reason="misprint", statement=WORDS, by=cast.office, at=cast.at)
    with pytest.raises(AlreadyDone):
        withdraw_reissue(title, row.number, by=cast.member0, at=cast.at)
    rows = Reissue.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=ReissueState.WITHDRAWN, settled_by=cast.office, settled_at=cast.at)


def test_mistake_of_the_office_is_corrected_by_two_persons(cast: Cast, title: Title) -> None:
    second = second_officer(cast)
    with pytest.raises(Refusal) as refused:
        propose_reissue(title, reason="lost", statement="字", by=cast.office, at=cast.at)
    assert reasons(refused) == {"unknown_reason", "text_needed"}
    row = propose_reissue(title, reason="misprint", statement=WORDS, by=cast.office, at=cast.at)
    assert (told("office2"), "reissue_proposed" in told("office")) == ({"reissue_proposed"}, False)
    for answer in (allow_reissue, refuse_reissue):
        more = {"reason": WORDS} if answer is refuse_reissue else {}
        with pytest.raises(Refusal) as refused:
            answer(row, by=cast.office, at=cast.at, **more)
        assert reasons(refused) == {"same_person"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reissue.objects.filter(pk=row.pk).update(
            state="refused", settled_by=cast.office, settled_at=cast.at, answer="x"
        )
    row = allow_reissue(row, by=second, at=cast.at)
    assert newest(title).content.occasion == "exchange"
    assert "我单位核查发现" in row.letter.body
    assert "reissue_proposal_allowed" in told("office")


def test_power_on_loan_is_no_second_person(cast: Cast, title: Title) -> None:
    at, helper = cast.at, person("head", "市负责人示例")
    grant(helper, Role.MUNICIPAL_SUPERVISOR, at=at)
    own, until = RoleGrant.objects.get(user=cast.office), at + timedelta(days=2)
    delegate_powers(
        own, [Power.PREPARE_ORDERS], helper, starts_at=at, ends_at=until, reason="出差", by=cast.office, at=at
    )
    row = propose_reissue(title, reason="misprint", statement=WORDS, by=helper, at=at + timedelta(hours=1))
    assert row.asked_for == cast.office
    for one in (cast.office, helper):
        with pytest.raises(Refusal) as refused:
            allow_reissue(row, by=one, at=at + timedelta(hours=2))
        assert reasons(refused) == {"same_person"}


def test_proposal_whose_proposer_left_is_refused_alone_and_no_request_of_a_holder(cast: Cast, title: Title) -> None:
    second = second_officer(cast)
    row = propose_reissue(title, reason="misprint", statement=WORDS, by=cast.office, at=cast.at)
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        allow_reissue(row, by=second, at=cast.at)
    assert reasons(refused) == {"proposer_left"}
    assert refuse_reissue(row, reason="提出人已离任。", by=second, at=cast.at).state == ReissueState.REFUSED
    own = asked(cast, title, at=cast.at)
    Member.objects.filter(user=cast.member0).update(state=MemberState.ENDED)
    assert allow_reissue(own, by=second, at=cast.at).state == ReissueState.ALLOWED


def test_proposal_that_a_colleague_refuses_stays_inside(cast: Cast, title: Title) -> None:
    row = propose_reissue(title, reason="signature", statement=WORDS, by=cast.office, at=cast.at)
    row = refuse_reissue(row, reason="签名算法仍在有效期内。", by=second_officer(cast), at=cast.at)
    assert not ReissueLetter.objects.exists()
    assert told("member0") == set()
    assert "reissue_proposal_refused" in told("office")

"""An order in effect whose execution is stayed: title, register and certificate while it lasts, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind as K
from accreditation.enums import TitleState as T
from accreditation.errors import Refusal
from accreditation.models import Case, Letter, Reconsideration, Title
from accreditation.reconsideration_words import Outcome
from accreditation.services.proceedings import standing_bar
from accreditation.services.reconsiderations import effect_on, locked_title
from certificates.models import Certificate, PaperCertificate
from certificates.services.paper import restate_paper_ground
from certificates.standing import Standing
from tests.certificates import papers
from tests.clock import Clock
from tests.factories import changes
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, reconsiderers
from tests.factories.titles import municipal_title, ordered
from workflows import door
from workflows.certification import certificate_of_title
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SINCE = "起停止执行"
REMARK = "自2026年3月2日起停止执行示例处〔2026〕1号，至复议决定作出时止"
ENDS = {
    (K.REVOCATION, Outcome.UPHELD): T.REVOKED,
    (K.REVOCATION, Outcome.ANNULLED): T.IN_FORCE,
    (K.REVOCATION, Outcome.MODIFIED): T.WARNED,
    (K.SUSPENSION, Outcome.ILLEGAL): T.SUSPENDED,
    (K.SUSPENSION, Outcome.ANNULLED): T.IN_FORCE,
    (K.WARNING, Outcome.UPHELD): T.WARNED,
    (K.WARNING, Outcome.REDO): T.IN_FORCE,
}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def fresh(title: Title) -> Title:
    return Title.objects.get(pk=title.pk)


def stayed(cast: Cast, order: Case, at: datetime) -> Case:
    """Challenged, accepted and stayed."""
    case = challenged(cast, Letter.objects.get(case=order, kind="order"), at)
    first = cast.people["reconsiderer1"]
    door.perform(case, "accept_reconsideration", by=first, at=at + timedelta(hours=1))
    form = {"reason": "执行将造成难以弥补的损失。"}
    door.perform(case, "stay_execution", by=first, at=at + timedelta(hours=2), form=form)
    return case


def decided(cast: Cast, case: Case, outcome: str, at: datetime) -> str:
    first, second = cast.people["reconsiderer1"], cast.people["reconsiderer2"]
    form: dict[str, Any] = {
        "outcome": outcome, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": f"示例复决〔2026〕{case.pk}号", "decided_on": at.date(), "reasons": "经审理查明，决定如前。",
    }  # fmt: skip
    door.perform(case, "answer_challenge", by=cast.office, at=at, form=form)
    door.perform(case, "propose_decision", by=first, at=at, form=form)
    door.perform(case, "decide_reconsideration", by=second, at=at, form=form)
    return Letter.objects.get(case=case, kind="reconsideration_decision").body


def page_of(title: Title) -> str:
    return Client().get(reverse("centre", args=[title.number])).content.decode()


def newest(title: Title) -> Certificate:
    found = certificate_of_title(title)
    assert found is not None
    return Certificate.objects.filter(number=found.number).latest("version")


@pytest.mark.parametrize(("kind", "outcome"), ENDS)
def test_title_stands_while_it_lasts_and_follows_the_decision(cast: Cast, clock: Clock, kind: K, outcome: str) -> None:
    title = municipal_title(cast)
    order = ordered(cast, title, clock.at, kind)
    assert fresh(title).state != T.IN_FORCE
    assert SINCE not in page_of(title)
    case = stayed(cast, order.case, clock.at)
    assert fresh(title).state == T.IN_FORCE
    assert f"示例处〔2026〕1号 自 2026年3月2日{SINCE}" in page_of(title)
    told = Letter.objects.get(case=case, kind="execution_stayed").body
    assert "恢复为“有效”" in told
    assert "；证书的效力随之恢复。" in told
    assert standing_bar(title.holder, title.programme, clock.on) is None
    assert list(check_all()) == []
    body = decided(cast, case, outcome, clock.at + timedelta(days=2))
    assert "停止执行至本决定作出时终止" in body
    ended = fresh(title)
    assert ended.state == ENDS[kind, Outcome(outcome)]
    assert f"现为“{ended.get_state_display()}”" in body
    assert SINCE not in page_of(title)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_suspended_certificate_is_in_force_with_the_stay_as_its_remark(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    made = changes.issued_certificate(title, clock.at)
    order = ordered(cast, title, clock.at, K.SUSPENSION)
    case = stayed(cast, order.case, clock.at)
    assert newest(title).standing is Standing.IN_FORCE
    assert newest(title).state_ground == REMARK
    decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=2))
    assert (newest(title).pk, newest(title).standing) == (made.pk, Standing.SUSPENDED)


def test_revoked_certificate_stays_so_and_a_version_for_the_time_is_revoked_in_its_turn(
    cast: Cast, clock: Clock
) -> None:
    title = municipal_title(cast)
    made = changes.issued_certificate(title, clock.at)
    case = stayed(cast, ordered(cast, title, clock.at, K.REVOCATION).case, clock.at)
    asked = newest(title)
    assert (asked.version, asked.standing) == (made.version + 1, Standing.REQUESTED)
    with pytest.raises(Refusal) as refused:
        decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=1))
    assert [reason.code for reason in refused.value.reasons] == ["certificate_pending"]
    changes.sign(asked, clock.at)
    assert SINCE in newest(title).state_ground
    second, at = cast.people["reconsiderer2"], clock.at + timedelta(days=2)
    form = {
        "outcome": Outcome.UPHELD, "decision_number": "示例复决〔2026〕1号", "decided_on": at.date(),
        "reasons": "经审理查明，决定如前。",
    }  # fmt: skip
    door.perform(case, "decide_reconsideration", by=second, at=at, form=form)
    assert newest(title).standing is Standing.REVOKED
    assert fresh(title).state == T.REVOKED
    assert list(check_all()) == []


def test_decision_that_undoes_the_order_keeps_the_version_and_takes_the_remark_away(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    changes.issued_certificate(title, clock.at)
    case = stayed(cast, ordered(cast, title, clock.at, K.REVOCATION).case, clock.at)
    signed = changes.sign(newest(title), clock.at)
    decided(cast, case, Outcome.ANNULLED, clock.at + timedelta(days=2))
    assert (newest(title).pk, newest(title).standing) == (signed.pk, Standing.IN_FORCE)
    assert newest(title).state_ground.endswith("行政复议决定")


def test_withdrawal_ends_the_stay(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = stayed(cast, ordered(cast, title, clock.at, K.REVOCATION).case, clock.at)
    form = {"reason": "双方已经和解，不再请求。"}
    door.perform(case, "withdraw_reconsideration", by=cast.member0, at=clock.at + timedelta(days=1), form=form)
    assert fresh(title).state == T.REVOKED
    assert "停止执行自本案终止之日起终止" in Letter.objects.get(case=case, kind="reconsideration_ended").body
    assert list(check_all()) == []


def test_suspension_that_would_be_over_by_then_is_not_carried_out_again(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    until = clock.on + timedelta(days=10)
    case = stayed(cast, ordered(cast, title, clock.at, K.SUSPENSION, until=until).case, clock.at)
    later = clock.at + timedelta(days=12)
    decided_at = later + timedelta(hours=1)
    form = {
        "outcome": Outcome.UPHELD, "reason": "经审理，理由充分。", "decision_number": "示例复决〔2026〕1号",
        "decided_on": decided_at.date(), "reasons": "经审理查明，决定如前。",
    }  # fmt: skip
    door.perform(case, "answer_challenge", by=cast.office, at=clock.at + timedelta(days=1), form={
        "answer": "原决定事实清楚，程序合法。"})  # fmt: skip
    tick(later)
    door.perform(case, "propose_decision", by=cast.people["reconsiderer1"], at=later, form=form)
    door.perform(case, "decide_reconsideration", by=cast.people["reconsiderer2"], at=decided_at, form=form)
    assert fresh(title).state == T.IN_FORCE
    assert list(check_all()) == []


def test_certificate_says_that_the_stay_has_ended_where_the_order_is_over(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    changes.issued_certificate(title, clock.at)
    order = ordered(cast, title, clock.at, K.SUSPENSION, until=clock.on + timedelta(days=5))
    case = stayed(cast, order.case, clock.at)
    assert newest(title).state_ground == REMARK
    tick(clock.at + timedelta(days=6))
    decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=7))
    assert newest(title).standing is Standing.IN_FORCE
    assert newest(title).state_ground == "示例处〔2026〕1号，期限已满，停止执行终止"


@pytest.mark.parametrize(
    ("outcome", "days", "ground"),
    [(Outcome.UPHELD, 7, "，期限已满，停止执行终止"), (Outcome.ANNULLED, 2, "，行政复议决定")],
)
def test_paper_certificate_says_no_longer_that_execution_is_stayed(
    cast: Cast, clock: Clock, outcome: str, days: int, ground: str
) -> None:
    title = municipal_title(cast)
    paper = papers.entered(clock.at, title=title.number, uscc=title.holder.uscc)
    order = ordered(cast, title, clock.at, K.SUSPENSION, until=clock.on + timedelta(days=5))
    case = stayed(cast, order.case, clock.at)
    paper = PaperCertificate.objects.get(pk=paper.pk)
    assert (paper.standing, paper.state_ground) == (Standing.IN_FORCE, REMARK)
    at = clock.at + timedelta(days=days)
    tick(at)
    decided(cast, case, outcome, at)
    paper = PaperCertificate.objects.get(pk=paper.pk)
    assert (paper.standing, paper.state_ground.endswith(ground)) == (Standing.IN_FORCE, True)
    with pytest.raises(ValueError, match="ground"):
        restate_paper_ground(certificate=paper, ground=" ")


def test_revocation_stayed_over_a_suspension_gives_no_effect_back_to_the_certificate(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    changes.issued_certificate(title, clock.at)
    ordered(cast, title, clock.at, K.SUSPENSION)
    order = ordered(cast, fresh(title), clock.at, K.REVOCATION, number="示例处〔2026〕2号")
    case = stayed(cast, order.case, clock.at)
    body = Letter.objects.get(case=case, kind="execution_stayed").body
    assert "起恢复为“暂停”，至行政复议决定作出或者本案终止时止。" in body
    assert "证书的效力" not in body
    assert newest(title).standing is Standing.REVOKED


def test_stay_and_decision_over_an_order_that_is_over_leave_a_later_order_alone(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    first = ordered(cast, title, clock.at, K.SUSPENSION, until=clock.on + timedelta(days=5))
    at = clock.at + timedelta(days=6)
    tick(at)
    assert fresh(title).state == T.IN_FORCE
    ordered(cast, fresh(title), at, K.SUSPENSION, number="示例处〔2026〕2号")
    case = stayed(cast, first.case, at)
    assert fresh(title).state == T.SUSPENDED
    decided(cast, case, Outcome.ANNULLED, at + timedelta(days=1))
    assert fresh(title).state == T.SUSPENDED
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_warning_upheld_while_another_order_covers_it_comes_back_beneath(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = stayed(cast, ordered(cast, title, clock.at, K.WARNING).case, clock.at)
    ordered(cast, fresh(title), clock.at + timedelta(days=1), K.SUSPENSION, number="示例处〔2026〕2号")
    decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=2))
    assert (fresh(title).state, fresh(title).warned_beneath) == (T.SUSPENDED, True)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_suspension_upheld_while_a_revocation_covers_it_comes_back_when_that_is_undone(
    cast: Cast, clock: Clock
) -> None:
    title = municipal_title(cast)
    case = stayed(cast, ordered(cast, title, clock.at, K.SUSPENSION).case, clock.at)
    at = clock.at + timedelta(days=1)
    later = ordered(cast, fresh(title), at, K.REVOCATION, number="示例处〔2026〕2号")
    decided(cast, case, Outcome.UPHELD, at + timedelta(days=1))
    assert (fresh(title).state, fresh(title).suspended_beneath) == (T.REVOKED, True)
    lifting = challenged(cast, Letter.objects.get(case=later.case, kind="order"), at)
    door.perform(lifting, "accept_reconsideration", by=cast.people["reconsiderer1"], at=at + timedelta(days=2))
    decided(cast, lifting, Outcome.ANNULLED, at + timedelta(days=3))
    assert (fresh(title).state, fresh(title).suspended_beneath) == (T.SUSPENDED, False)
    assert (list(check_all()), verify_all()[1]) == ([], [])


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.ANNULLED])
def test_warning_beneath_another_order_is_taken_back_there_and_put_back_there(
    cast: Cast, clock: Clock, outcome: str
) -> None:
    title = municipal_title(cast)
    first = ordered(cast, title, clock.at, K.WARNING)
    ordered(cast, fresh(title), clock.at, K.SUSPENSION, number="示例处〔2026〕2号")
    assert (fresh(title).state, fresh(title).warned_beneath) == (T.SUSPENDED, True)
    case = stayed(cast, first.case, clock.at)
    assert (fresh(title).state, fresh(title).warned_beneath) == (T.SUSPENDED, False)
    assert SINCE not in page_of(title)
    assert "恢复为" not in Letter.objects.get(case=case, kind="execution_stayed").body
    decided(cast, case, outcome, clock.at + timedelta(days=2))
    assert (fresh(title).state, fresh(title).warned_beneath) == (T.SUSPENDED, outcome == Outcome.UPHELD)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_title_that_nobody_granted_is_neither_given_back_for_a_time_nor_by_the_decision(
    cast: Cast, clock: Clock
) -> None:
    title = municipal_title(cast)
    order = ordered(cast, title, clock.at, K.REVOCATION)
    Title.objects.filter(pk=title.pk).update(entered_wrongly=True)
    case = stayed(cast, order.case, clock.at)
    assert (fresh(title).state, Reconsideration.objects.get(case=case).stayed_effect) == (T.REVOKED, "")
    body = decided(cast, case, Outcome.ANNULLED, clock.at + timedelta(days=1))
    assert fresh(title).state == T.REVOKED
    assert "并未授予，不因本决定恢复" in body


def test_title_is_read_as_it_stands_under_its_lock(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    order = ordered(cast, title, clock.at, K.SUSPENSION)
    case = challenged(cast, Letter.objects.get(case=order.case, kind="order"), clock.at)
    row = Reconsideration.objects.select_related("challenged__proceeding__title").get(case=case)
    assert effect_on(row, row.challenged_case.proceeding.title) == "reinstate"
    Title.objects.filter(pk=title.pk).update(state=T.IN_FORCE)  # as another transaction may have left it
    with transaction.atomic():
        read = locked_title(row)
    assert read is not None
    assert effect_on(row, read) == ""


def test_title_is_not_given_back_beside_another_one(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    order = ordered(cast, title, clock.at, K.REVOCATION)
    Title.objects.create(
        number="SHETC-T-2026-00009", programme=title.programme, holder=title.holder, granted_on=clock.on,
        valid_from=clock.on, valid_until=clock.on + timedelta(days=900), announcement_number="示例〔2026〕9号",
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        stayed(cast, order.case, clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["another_title"]

"""An order comes over a title between the check of its evaluation and the announcement, or before its rectification."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import ProceedingKind as K
from accreditation.enums import TitleState as T
from accreditation.models import AuditEvent, Batch, Case, EvaluationCall, EvaluationRound, Letter, Title
from accreditation.services.evaluation_results import move_title
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.changes import sign
from tests.factories.titles import municipal_title, ordered
from tests.journeys.test_evaluation_services import announced, evaluated, title_of
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    steps.add_enterprise(found, 0)
    return found


def overtaken(cast: Cast, clock: Clock, figures: dict[str, int], *orders: K) -> tuple[Case, Title, str]:
    """Evaluated, put under the orders, announced: the case, the title, the text of the letter."""
    batch: Batch = steps.make_round(cast)
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, figures)
    for place, kind in enumerate(orders, start=1):
        ordered(cast, title_of(cast, 0), clock.at, kind, number=f"示例处〔2026〕{place}号")
    announced(cast, batch, [case], clock)
    return case, title_of(cast, 0), Letter.objects.get(case=case, kind="evaluation_result").body


def test_warning_of_a_result_goes_beneath_a_suspension_and_is_put_right_there(cast: Cast, clock: Clock) -> None:
    case, title, body = overtaken(cast, clock, steps.MARGINAL, K.SUSPENSION)
    assert (title.state, title.warned_beneath) == (T.SUSPENDED, True)
    assert not Certificate.objects.exists()  # it would be in force
    assert steps.application_of(case).state == S.UNDER_RECTIFICATION
    assert case.deadlines.filter(kind="rectification", state="running").exists()
    assert "称号现为“暂停”，有效期至2029年2月28日" in body
    assert "限期整改" in body
    warned = AuditEvent.objects.get(chain=f"title:{title.number}", verb="warn_beneath")
    assert warned.content["announcement"] == "示例〔2026〕9号"
    ordered(cast, title, clock.at, K.REINSTATEMENT, number="示例恢〔2026〕1号")
    assert title_of(cast, 0).state == T.WARNED
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_good_result_lifts_the_warning_beneath_a_suspension(cast: Cast, clock: Clock) -> None:
    case, title, _body = overtaken(cast, clock, {}, K.WARNING, K.SUSPENSION)
    assert (title.state, title.warned_beneath) == (T.SUSPENDED, False)
    assert steps.application_of(case).state == S.EVALUATED
    ordered(cast, title, clock.at, K.REINSTATEMENT, number="示例恢〔2026〕1号")
    assert title_of(cast, 0).state == T.IN_FORCE
    assert [list(check_all()), verify_all()[1]] == [[], []]


@pytest.mark.parametrize(("figures", "is_challengeable"), [(steps.MARGINAL, False), ({}, False), (steps.WEAK, True)])
def test_result_of_a_title_revoked_meanwhile_says_that_it_changes_nothing(
    cast: Cast, clock: Clock, figures: dict[str, int], *, is_challengeable: bool
) -> None:
    case, title, body = overtaken(cast, clock, figures, K.REVOCATION)
    assert title.state == T.REVOKED
    assert "称号现为“撤销”，本次评价结果不改变称号的状态" in body
    for said in ("继续有效", "有效期至", "予以警告", "立案处理"):
        assert said not in body
    assert bool(Letter.objects.get(case=case, kind="evaluation_result").remedy) is is_challengeable
    assert steps.application_of(case).state == S.EVALUATED


@pytest.mark.parametrize("verb", ["accept_rectification", "find_unrectified"])
@pytest.mark.parametrize(("order", "state"), [(K.REVOCATION, "撤销"), (K.SUSPENSION, "暂停")])
def test_letter_on_a_rectification_says_how_the_title_stands(
    cast: Cast, clock: Clock, order: K, state: str, verb: str
) -> None:
    case, title, _body = overtaken(cast, clock, steps.MARGINAL)
    door.perform(case, "report_rectification", by=cast.member0, at=clock.at, form={"report": "已补充研发人员和投入。"})
    sign(Certificate.objects.get(), clock.at)
    ordered(cast, title, clock.at, order)
    door.perform(case, verb, by=cast.office, at=clock.at, form={"remark": "已到现场核查"})
    body = Letter.objects.get(case=case, kind="rectification").body
    assert "，称号恢复有效" not in body
    if verb == "accept_rectification":
        assert f"警告解除；称号现为“{state}”，不因此恢复有效。" in body
    else:
        assert ("警告保持有效" in body) is (order == K.SUSPENSION)
        assert (f"整改不合格；称号现为“{state}”。" in body) is (order == K.REVOCATION)


def test_result_moves_a_title_as_it_stands_under_its_lock(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    Title.objects.filter(pk=title.pk).update(state=T.SUSPENDED)  # as another transaction may have left it
    call = EvaluationCall(title=title, round=EvaluationRound(year=2026), band="marginal_pass")
    moved = move_title(title, "warn", call=call, by=cast.publisher, at=clock.at)
    assert (moved.state, moved.warned_beneath) == (T.SUSPENDED, False)
    assert not AuditEvent.objects.filter(chain=f"title:{title.number}", verb="warn").exists()

"""An evaluation that lapsed, whose lapse is set aside: its holder is late no more, and the new result alone counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import TitleState
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import Application, AuditEvent, Batch, Case, EvaluationCall, Letter, Title
from accreditation.reconsideration_words import Outcome
from accreditation.selectors.run_out import titles_run_out
from accreditation.services.evaluation_rounds import list_late
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.steps import hold_meeting
from workflows import batch_acts, door
from workflows.consistency import check_all
from workflows.evaluation_acts import is_late_list_alone, late_list_since
from workflows.opening import open_ordered_again
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATE_LIST, RESULTS = "示例〔2026〕98号", "示例〔2026〕99号"
LATE, GONE = "逾期未报送", "该结果已由复议决定、裁判或者自行纠正撤销或者变更"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    found.batch = steps.make_round(found)
    steps.hold(found, 0)
    return found


def lapsed(cast: Cast) -> Case:
    """Sent in, returned, and not put right in time; the late list of the round is made out as well."""
    steps.frozen_and_called(cast, cast.batch)
    case = steps.filed(cast, cast.batch, 0)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    points = [{"target": "evidence", "code": "licence", "remark": "不清晰，请重新上传"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": points})
    tick(cast.at + timedelta(days=40))
    assert Application.objects.get(case=case).state == S.LAPSED
    return case


def set_aside(cast: Cast, case: Case, at: datetime) -> Case:
    """The decision that takes the lapse away and orders a new one."""
    letter = Letter.objects.get(case=case, kind="lapse")
    decision = challenged(cast, letter, at)
    decided(cast, decision, Outcome.REDO, at + timedelta(hours=1), respondent=cast.pudong)
    return Case.objects.get(pk=decision.pk)


def filed_again(cast: Cast, decision: Case, at: datetime, **figures: int) -> Case:
    """Filed on the decision and checked up to the committee."""
    case = open_ordered_again(decision.reconsideration, by=cast.member0, at=at)
    with_material(case, cast.member0, at, **figures)
    door.perform(case, "submit", by=cast.member0, at=at, form={"declaration": True})
    steps.checked(cast, case, at)
    return Case.objects.get(pk=case.pk)


def announced(cast: Cast, case: Case, at: datetime) -> datetime:
    """Adopted, under notice, published; when."""
    hold_meeting(cast, [case], at)
    row, later = Application.objects.get(case=case), at + timedelta(days=40)
    batch_acts.publish_notice(cast.batch, [row], body="公示结果", by=cast.publisher, at=at + timedelta(hours=1))
    tick(later)
    row, words = Application.objects.get(case=case), {"number": RESULTS, "dated": later.date(), "body": "公布结果"}
    batch_acts.announce(Batch.objects.get(pk=cast.batch.pk), [row], **words, by=cast.publisher, at=later)
    return later


def late_list(cast: Cast, at: datetime) -> Case:
    """The late list published; the proposal that it brings."""
    words = {"number": LATE_LIST, "dated": at.date(), "body": "公布逾期名单"}
    batch_acts.announce(Batch.objects.get(pk=cast.batch.pk), [], **words, by=cast.publisher, at=at)
    found = call()
    assert (found.published_on, found.announcement.number) == (at.date(), LATE_LIST)
    return found.proposal


def call() -> EvaluationCall:
    return EvaluationCall.objects.select_related("announcement", "proposal__proceeding", "title").get()


def public() -> str:
    return Client().get(reverse("announcement", args=[LATE_LIST])).content.decode()


def test_good_result_after_a_lapse_that_was_set_aside_brings_no_revocation(cast: Cast) -> None:
    case, at = lapsed(cast), cast.at + timedelta(days=41)
    assert (call().late_at is not None, is_late_list_alone(cast.batch)) == (True, True)
    decision = set_aside(cast, case, at)
    assert (call().late_at, is_late_list_alone(cast.batch), late_list_since(cast.batch)) == (None, False, None)
    again = filed_again(cast, decision, at + timedelta(hours=2))
    announced(cast, again, at + timedelta(hours=5))
    found = call()
    assert (found.band, found.late_at, found.proposal) == ("good", None, None)
    assert found.title.state == TitleState.IN_FORCE
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_lateness_is_taken_back_with_the_decision_and_the_trail_keeps_it(cast: Cast) -> None:
    case, at = lapsed(cast), cast.at + timedelta(days=41)
    was = call().late_at
    assert was is not None
    decision = set_aside(cast, case, at)
    noted = AuditEvent.objects.get(chain=f"case:{decision.number}", verb="decide_reconsideration").content
    assert noted["lateness_taken_back"] == {"late_at": was.isoformat(), "announcement": "", "proposal": ""}
    with pytest.raises(Refusal) as refused:  # nobody is left whom a late list could name
        late_list(cast, at + timedelta(days=1))
    assert [reason.code for reason in refused.value.reasons] == ["empty_list"]


def test_draft_that_a_decision_ordered_is_bound_to_no_window(cast: Cast) -> None:
    case, at = lapsed(cast), cast.at + timedelta(days=41)
    open_ordered_again(set_aside(cast, case, at).reconsideration, by=cast.member0, at=at + timedelta(hours=2))
    round_ = cast.batch.evaluation_round
    round_.late_listed_at = None
    round_.save(update_fields=["late_listed_at"])
    assert list_late(round_, by=cast.clock, at=at + timedelta(hours=3)) == 0
    assert call().late_at is None


def test_published_lateness_is_taken_back_and_its_proposal_leads_to_no_order(cast: Cast) -> None:
    case, at = lapsed(cast), cast.at + timedelta(days=41)
    proposal = late_list(cast, at)
    assert proposal.proceeding.ground == Ground.MATERIAL_OVERDUE
    assert (LATE in public(), GONE in public()) == (True, False)
    decision = set_aside(cast, case, at)
    assert (call().late_at, call().published_on, call().proposal) == (None, None, proposal)
    assert (LATE in public(), GONE in public()) == (True, True)
    again = filed_again(cast, decision, at + timedelta(hours=2))
    assert call().band == "good"
    assert (LATE in public(), GONE in public(), "良好" in public()) == (True, True, False)  # not public yet
    door.perform(proposal, "notify_holder", by=cast.office, at=at + timedelta(hours=3))
    door.perform(proposal, "defend", by=cast.member0, at=at + timedelta(hours=3), form={"statement": "已重新报送。"})
    rest = {"gives_up_rest": True}
    door.perform(proposal, "waive_rest_of_defence", by=cast.member0, at=at + timedelta(hours=3), form=rest)
    form = {
        "order_number": "示例处〔2026〕1号", "ordered_on": at.date(), "effective_from": at.date(), "until": None,
        "reasons": "逾期未报送，事实清楚。",
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        door.perform(proposal, "make_order", by=cast.publisher, at=at + timedelta(hours=4), form=form)
    assert [reason.code for reason in refused.value.reasons] == ["ground_set_aside"]
    announced(cast, again, at + timedelta(hours=5))
    assert (call().band, call().title.state) == ("good", TitleState.IN_FORCE)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_failing_result_is_proposed_anew_once_the_first_proposal_is_over(cast: Cast) -> None:
    case, at = lapsed(cast), cast.at + timedelta(days=41)
    first = late_list(cast, at)
    decision = set_aside(cast, case, at)
    reason = {"reason": "作为依据的认定已被撤销"}
    door.perform(first, "drop_proceeding", by=cast.office, at=at + timedelta(hours=2), form=reason)
    Title.objects.filter(programme=cast.programme).update(valid_until=at.date())
    assert not titles_run_out(at.date() + timedelta(days=1)).exists()  # nothing is decided, so it runs on
    again = filed_again(cast, decision, at + timedelta(hours=2), **steps.WEAK)
    announced(cast, again, at + timedelta(hours=5))
    second = call().proposal
    assert second is not None
    assert second != first
    assert (second.proceeding.ground, "不合格" in second.proceeding.found_facts) == (Ground.EVALUATION_FAILED, True)


def test_result_that_was_fixed_before_a_lapse_is_no_result(cast: Cast) -> None:
    steps.frozen_and_called(cast, cast.batch)
    case = steps.filed(cast, cast.batch, 0)
    EvaluationCall.objects.update(score="80", band="good", band_zh="良好", band_en="good")
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    points = [{"target": "evidence", "code": "licence", "remark": "不清晰，请重新上传"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": points})
    tick(cast.at + timedelta(days=40))
    assert (call().band, call().score, call().late_at is not None) == ("", "", True)
    proposal = late_list(cast, cast.at + timedelta(days=41))
    assert proposal.proceeding.ground == Ground.MATERIAL_OVERDUE

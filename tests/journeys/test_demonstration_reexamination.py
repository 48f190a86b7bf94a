"""The three-yearly re-examination through the pages: called, reported, reviewed, sent up, passed, failed, not taken."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.errors import Denied, Refusal
from accreditation.grounds import Ground
from accreditation.models import (
    Case,
    Letter,
    Message,
    Proceeding,
    Reexamination,
    ReexaminationReport,
    ReexaminationResult,
    ReexaminationRound,
    Title,
)
from accreditation.reexamination_words import ReexaminationReason as Reason
from accreditation.reexamination_words import ReexaminationState as S
from accreditation.services.reexaminations import population
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending import make_demonstration
from tests.factories.recommending_pages import sent
from tests.factories.reexaminations import OPINION, SUMMARY, passed, round_called, whole_figures
from tests.factories.returns import SUMMARY as SUMMARY_FIELD
from tests.factories.returns import returned_on_page
from tests.factories.titles import second_officer
from tests.factories.yearly_reports import called, demonstration_title
from workflows.consistency import check_all, rebuild_flow
from workflows.demo.material import sample_pdf
from workflows.reexamination_rounds import forward_opinions, propose_withdrawals
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEARD = "称号保持不变"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    cast = make_cast(clock.at, panel=1, committee=1)
    make_demonstration(cast)
    return cast


def as_(cast: Cast, who: str) -> Client:
    return log_in(Client(), cast.people[who])


def done(answer: Any) -> Any:
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def state(case: Case) -> str:
    return str(Reexamination.objects.get(case=case).state)


def told(cast: Cast, who: str) -> str:
    return Message.objects.filter(recipient=cast.people[who]).order_by("pk").values_list("kind", flat=True).last() or ""


def act(cast: Cast, case: Case, verb: str, who: str, **form: Any) -> Any:
    address = "my_matter_act" if who.startswith("member") else "matter_act"
    return as_(cast, who).post(reverse(address, args=[case.number, verb]), form | {"confirmed": "1"})


def call(cast: Cast, clock: Clock) -> None:
    """The office freezes the list and calls, on its page; sent twice it is one round."""
    due_on = (clock.at.date() + timedelta(days=40)).isoformat()
    form = {
        "year": str(clock.at.year), "document": "示例工信〔2026〕11号", "due_on": due_on, "return_days": "10",
        "review_days": "20", "request_key": "r-1",
    }  # fmt: skip
    office, address = as_(cast, "office"), reverse("office_reexaminations")
    assert "不影响本次名单" in text_of(office.post(address, form))  # asked before it is done
    done(office.post(address, form | {"confirmed": "1"}))
    done(office.post(address, form | {"confirmed": "1"}))
    assert ReexaminationRound.objects.count() == 1


def case_of(title: Title) -> Case:
    return Reexamination.objects.get(title=title).case


def report(cast: Cast, case: Case, who: str) -> None:
    done(act(cast, case, "fill_reexamination", who, **whole_figures(case)))
    paper = {"file": sent("复核材料.pdf", sample_pdf("reexamination")), "purpose": "盖章的复核材料"}
    done(act(cast, case, "add_reexamination_document", who, **paper))
    done(act(cast, case, "hand_in_reexamination", who, summary=SUMMARY))


def sent_up(cast: Cast, clock: Clock, *cases: Case) -> None:
    address, publisher = reverse("reexamination_forward", args=[clock.at.year]), as_(cast, "publisher")
    form = {
        "cases": [case.number for case in cases], "number": "示例上报〔2026〕3号", "dated": clock.on.isoformat(),
        "addressed_to": "示例工业主管部门", "request_key": "f-1",
    }  # fmt: skip
    assert "上报后不能撤回" in text_of(publisher.post(address, form))
    done(publisher.post(address, form | {"confirmed": "1"}))


def result_form(clock: Clock, **changes: Any) -> dict[str, Any]:
    values = {
        "number": "示例工信科函〔2026〕7号", "dated": clock.on.isoformat(), "authority": "示例工业主管部门",
        "file": sent("结果.pdf", sample_pdf("result")), "reasons": "", "valid_until": "", "checked": "on",
    }  # fmt: skip
    return values | changes


def page_of_round(cast: Cast, clock: Clock, who: str = "office", part: str = "") -> str:
    return text_of(as_(cast, who).get(reverse("office_reexamination", args=[clock.at.year]), {"part": part}))


# --- the way of a round -------------------------------------------------------------------------------------------
def test_round_runs_on_the_pages_to_a_renewed_term_and_a_proposal(cast: Cast, clock: Clock) -> None:
    keeps, loses = demonstration_title(cast), demonstration_title(cast, 1)
    Title.objects.filter(pk=keeps.pk).update(valid_until=date(2026, 12, 31))
    called(cast)
    assert "应参加本次复核" in text_of(as_(cast, "office").get(reverse("office_reexaminations")))
    call(cast, clock)
    first, second = case_of(keeps), case_of(loses)
    assert told(cast, "member0") == "call_for_reexamination"
    own = text_of(as_(cast, "member0").get(reverse("my_matter", args=[first.number])))
    assert "2026 年度复核" in own
    assert "2025 年度报告" in own  # what was reported over the years stands beside
    empty = text_of(act(cast, first, "hand_in_reexamination", "member0", summary=SUMMARY), 422)
    assert "还缺数据" in empty
    assert "请先提交盖章的复核材料和审计报告" in empty
    for case, who in ((first, "member0"), (second, "member1")):
        report(cast, case, who)
    _reviewed_and_sent_up(cast, clock, first, second)
    _result_entered(cast, clock, first, second)
    _what_follows(cast, clock, keeps, loses)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _reviewed_and_sent_up(cast: Cast, clock: Clock, first: Case, second: Case) -> None:
    points = returned_on_page(SUMMARY_FIELD, remark="请补充审计报告")
    done(act(cast, first, "send_reexamination_back", "office", **points))
    assert "请补充审计报告" in text_of(as_(cast, "member0").get(reverse("my_matter", args=[first.number])))
    assert "请补充审计报告" in Letter.objects.get(case=first, kind="correction").body
    done(act(cast, first, "hand_in_reexamination", "member0", summary=SUMMARY + "审计报告见附件。"))
    seen = text_of(as_(cast, "office").get(reverse("matter", args=[first.number])))
    assert "补正前后对照" in seen
    assert SUMMARY + "审计报告见附件。" in seen
    neither = text_of(act(cast, first, "give_reexamination_opinion", "office", opinion=OPINION), 422)
    assert "这个字段是必填项" in neither
    done(act(cast, first, "give_reexamination_opinion", "office", position="keep", opinion=OPINION))
    done(act(cast, second, "give_reexamination_opinion", "office", position="withdraw", opinion=OPINION))
    assert OPINION not in text_of(as_(cast, "member0").get(reverse("my_matter", args=[first.number])))
    assert "待上报的复核意见" in text_of(as_(cast, "publisher").get(reverse("publishing")))
    done(act(cast, second, "review_reexamination_again", "publisher", reason="理由不充分"))
    assert told(cast, "office") == "review_reexamination_again"
    done(act(cast, second, "give_reexamination_opinion", "office", position="withdraw", opinion=OPINION))
    rebuild_flow(second)
    sent_up(cast, clock, first, second)
    assert ReexaminationReport.objects.get().cases.count() == 2
    assert (state(first), told(cast, "member0")) == (S.FORWARDED, "forward_reexamination")
    assert OPINION in text_of(as_(cast, "member0").get(reverse("my_matter", args=[first.number])))


def _result_entered(cast: Cast, clock: Clock, first: Case, second: Case) -> None:
    address, office = reverse("office_reexamination_result", args=[clock.at.year]), as_(cast, "office")
    both = result_form(clock, passed=[first.number], failed=[first.number])
    assert "同时列入了两个名单" in text_of(office.post(address, both), 422)
    assert "请至少登记一个结果" in text_of(office.post(address, result_form(clock)), 422)
    over = result_form(clock, passed=[first.number], valid_until=clock.on.isoformat())
    assert "有效期应晚于文件印发日期" in text_of(office.post(address, over), 422)
    entered = result_form(clock, passed=[first.number], failed=[second.number], reasons="收入低于认定条件")
    done(office.post(address, entered))
    assert (state(first), state(second)) == (S.FORWARDED, S.FORWARDED)
    page = reverse("office_reexamination_entry", args=[ReexaminationResult.objects.get().pk])
    assert page in office.get(reverse("office_reexamination", args=[clock.at.year])).content.decode()
    assert office.post(page, {"is_confirmed": "yes"}).status_code == 403
    other = log_in(Client(), second_officer(cast))
    assert page in other.get(reverse("office_inbox")).content.decode()
    assert "收入低于认定条件" in text_of(other.get(page))
    done(other.post(page, {"is_confirmed": "yes"}))
    assert (state(first), state(second)) == (S.PASSED, S.FAILED)


def _what_follows(cast: Cast, clock: Clock, keeps: Title, loses: Title) -> None:
    kept = Title.objects.get(pk=keeps.pk)
    assert (kept.state, Title.objects.get(pk=loses.pk).state) == ("in_force", "in_force")  # a result takes no title
    assert kept.valid_until == date(clock.on.year + 3, clock.on.month, clock.on.day) - timedelta(days=1)
    proceeding = Proceeding.objects.get(title=loses)
    assert (proceeding.kind, proceeding.ground) == ("revocation", Ground.REEXAMINATION_FAILED)
    assert "收入低于认定条件" in proceeding.found_facts
    page = page_of_round(cast, clock)
    assert proceeding.case.number in page
    assert "提出撤销建议（" not in page
    letters = {letter.kind: letter for letter in Letter.objects.filter(case__procedure__contains="reexamination")}
    assert letters["reexamined"].remedy == ""
    assert "有效期至2029年" in letters["reexamined"].body
    assert HEARD in letters["reexamination_failed"].body
    assert "行政复议" in letters["reexamination_failed"].remedy
    public = text_of(Client().get(reverse("centre", args=[keeps.number])))
    assert "复核合格" in public
    assert "示例工信科函〔2026〕7号" in public
    notice = Reexamination.objects.get(title=keeps).notice
    assert notice is not None
    scan = as_(cast, "publisher").get(reverse("office_reexamination_notice", args=[clock.at.year, notice.pk]))
    assert scan.status_code == 200


def test_who_refuses_or_keeps_silent_is_proposed_for_withdrawal_and_who_is_late_is_reviewed(
    cast: Cast, clock: Clock
) -> None:
    titles = [demonstration_title(cast, n) for n in range(2)]
    call(cast, clock)
    refuses, silent = map(case_of, titles)
    done(act(cast, refuses, "refuse_reexamination", "member0", reason="拟调整主营业务"))
    due = Reexamination.objects.get(case=silent).round.due_on
    clock.at = datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=SHANGHAI)
    assert tick(clock.at).fired == 0
    clock.advance(seconds=1)
    assert tick(clock.at).fired == 1
    assert (state(silent), told(cast, "member1")) == (S.LATE, "list_reexamination_late")
    assert silent.number in page_of_round(cast, clock, part="late")
    assert silent.number in text_of(as_(cast, "office").get(reverse("orders")))  # it waits for the office
    done(act(cast, silent, "remind_of_reexamination", "office", reason="请于本周内报送"))
    done(act(cast, silent, "close_unanswered", "office", reason="催报后仍未报送"))
    assert "提出撤销建议（2）" in page_of_round(cast, clock)
    propose = reverse("office_reexamination_propose", args=[clock.at.year])
    assert "听取陈述申辩" in text_of(as_(cast, "office").post(propose))
    done(as_(cast, "office").post(propose, {"confirmed": "1", "request_key": "p-1"}))
    done(as_(cast, "office").post(propose, {"confirmed": "1", "request_key": "p-1"}))
    grounds = Proceeding.objects.values_list("ground", flat=True)
    assert list(grounds) == [Ground.NOT_REEXAMINED] * 2
    for letter in Letter.objects.filter(kind="not_reexamined"):
        assert HEARD in letter.body
        assert "行政复议" in letter.remedy
    with pytest.raises(Refusal):
        propose_withdrawals(ReexaminationRound.objects.get(), by=cast.office, at=clock.at)
    assert list(check_all()) == []


def test_late_material_is_reviewed_and_stays_in_the_late_list(cast: Cast, clock: Clock) -> None:
    title = demonstration_title(cast)
    round_called(cast)
    case = case_of(title)
    clock.advance(days=60)
    assert tick(clock.at).fired == 1
    report(cast, case, "member0")
    assert state(case) == S.UNDER_REVIEW
    late = page_of_round(cast, clock, part="late")
    assert case.number in late
    assert told(cast, "office") == "hand_in_reexamination"


# --- whom a round names -------------------------------------------------------------------------------------------
def test_population_counts_from_the_last_passed_result_and_leaves_out_the_suspended(cast: Cast, clock: Clock) -> None:
    due, young, suspended = (demonstration_title(cast, n) for n in range(3))
    Title.objects.filter(pk=young.pk).update(granted_on=date(2024, 1, 10))
    suspended.suspend()
    suspended.save()
    found = {one.title.pk: one.reason for one in population(2026, 3)}
    assert found == {due.pk: Reason.DUE, young.pk: Reason.NOT_YET_DUE, suspended.pk: Reason.SUSPENDED}
    assert [one.reason for one in population(2027, 3)][:2] == [Reason.DUE, Reason.DUE]
    row = Reexamination.objects.get(round=round_called(cast))
    assert population(2029, 3)[0].reason is Reason.STILL_OPEN
    passed(cast, row)
    assert population(2028, 3)[0].reason is Reason.NOT_YET_DUE
    assert population(2029, 3)[0].reason is Reason.DUE


def test_round_says_every_reason_against_it(cast: Cast, clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        round_called(cast, document=" ", due_on=clock.on - timedelta(days=1))
    assert [reason.code for reason in refused.value.reasons] == ["no_document", "too_late", "nobody_due"]
    for who in ("publisher", "pudong", "member0"):
        assert as_(cast, who).post(reverse("office_reexaminations"), {}).status_code == 403
    demonstration_title(cast)
    round_ = round_called(cast)
    with pytest.raises(Denied):
        forward_opinions(
            round_, [], number="1", dated=clock.on, addressed_to="x", by=cast.office, at=clock.at
        )  # fmt: skip


def test_nobody_else_sees_a_re_examination_and_a_lost_title_is_not_asked(cast: Cast, clock: Clock) -> None:
    title = demonstration_title(cast)
    round_called(cast)
    case = case_of(title)
    assert as_(cast, "member1").get(reverse("my_matter", args=[case.number])).status_code == 404
    assert as_(cast, "jiading").get(reverse("matter", args=[case.number])).status_code == 404
    assert "称号仍然有效" in text_of(act(cast, case, "drop_reexamination", "office", reason="已注销"), 422)
    title.cancel()
    title.save()
    done(act(cast, case, "drop_reexamination", "office", reason="已注销"))
    assert state(case) == S.DROPPED

"""The municipal recognition, 2022, on the pages of whoever acts: each way of its table is taken once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import (
    Application,
    Batch,
    Case,
    Deadline,
    Letter,
    Notice,
    NoticeEntry,
    Reopening,
    Title,
    User,
)
from accreditation.services.batches import open_batch
from certificates.models import Certificate
from certificates.selectors import certificate_file
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from tests.clock import Clock
from tests.factories import reopenings, steps
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import STATEMENT, WAIVED, officers
from tests.factories.local_pages import opened, pdf, state
from tests.factories.municipal_pages import TICKED, MunicipalPages, known_steps, sitting
from tests.factories.titles import municipal_title
from workflows.consistency import check_all
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EDITION = "municipal_recognition/2022"
NOT_ON_A_PAGE = {("fix_seed", "", ""): "the seed is fixed with the formal check; by hand only where a case lost it"}
YEAR = 365 * 24 * 3600
SOON = timedelta(seconds=1)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    settings.SESSION_COOKIE_AGE = YEAR
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, committee=3, working_window=60)


def test_every_way_of_the_table_is_walked_on_the_pages(cast: Cast, clock: Clock) -> None:
    pages = MunicipalPages(cast, clock)
    _end_before_the_district_has_looked(pages)
    _end_at_the_desks(pages)
    _accepted_by_silence(pages)
    _unsealed_by_an_answer(pages)
    _objected_to_with_reason(pages)
    _back_before_the_committee(pages)
    main = _through_the_desks(pages)
    _before_the_experts(pages, main)
    other = _before_the_committee(pages, main)
    _held_before_the_announcement(pages)
    _under_notice(pages, main, other)
    _announced_and_certified(pages, main)
    _held_meanwhile(pages, other)
    assert known_steps(PROCEDURES[EDITION]) - pages.taken == set(NOT_ON_A_PAGE)
    assert list(check_all()) == []
    assert verify_all()[1] == []


# --- other ends: each case is brought to its last step by the door, and takes that step on the page -----------------
def _end_before_the_district_has_looked(pages: MunicipalPages) -> None:
    cast = pages.cast
    dropped = pages.open(2)
    pages.send(cast.member2, "my_withdraw", dropped)
    taken_back = filed_case(cast, 2).number
    assert taken_back in opened(cast.pudong, "district_inbox")
    pages.send(cast.member2, "my_withdraw", taken_back)
    declined = filed_case(cast, 2).number
    pages.send(cast.pudong, "district_act", declined, "decline", reasons="不属于本区受理范围", confirmed="1")
    assert [state(number) for number in (dropped, taken_back, declined)] == [S.WITHDRAWN, S.WITHDRAWN, S.DECLINED]
    assert "不属于本区受理范围" in opened(cast.member2, "my_case", declined)


def _accepted_by_silence(pages: MunicipalPages) -> None:
    """What lacks is asked for before the acceptance; what comes again is received anew, and nobody says anything."""
    cast, batch = pages.cast, _in_batch(pages.cast, 40)
    number = filed_case(batch, 0).number
    pages.give_back(cast.pudong, "district", number)
    assert state(number) == S.RETURNED
    pages.correct(number)
    assert state(number) == S.SUBMITTED
    pages.wait_until(Deadline.objects.get(case__number=number, kind="acceptance", state="running").due_at + SOON)
    assert state(number) == S.UNDER_FIRST_REVIEW
    assert "视为受理" in opened(cast.member0, "my_case", number)


def _end_at_the_desks(pages: MunicipalPages) -> None:
    """One batch for each end of merit, after which nobody applies again in the same batch."""
    cast = pages.cast
    back, late = _accepted(pages, 1), _accepted(pages, 2, in_batch=35)
    for number, officer in ((back, cast.jiading), (late, cast.pudong)):
        pages.give_back(officer, "district", number)
    pages.send(cast.member1, "my_withdraw", back)
    pages.wait_until(Deadline.objects.get(case__number=late, kind="correction", state="running").due_at + SOON)
    unfit = _accepted(pages, 2, in_batch=36)
    pages.fail_a_gate(cast.pudong, "district", unfit)
    opinion = TICKED | {"decision": "not_recommend", "confirmed": "1"}
    weak = _accepted(pages, 1, in_batch=35)
    pages.send(cast.jiading, "district_review", weak, **opinion)
    checked = filed_case(_in_batch(cast, 37), 2)
    steps.recommend(cast, checked, pages.clock.at)
    pages.fail_a_gate(cast.office, "office", checked.number)
    ends = [S.WITHDRAWN, S.LAPSED, S.INELIGIBLE, S.NOT_RECOMMENDED, S.INELIGIBLE]
    assert [state(number) for number in (back, late, unfit, weak, checked.number)] == ends
    letter = Letter.objects.get(case=checked, kind="ineligible")
    assert "行政复议" in letter.remedy
    assert letter.number in opened(cast.member2, "my_case", checked.number)


def _unsealed_by_an_answer(pages: MunicipalPages) -> None:
    answers = (("decline_sheet_aside", pages.second), ("withdraw_sheet_request", pages.cast.office))
    for ordinal, (verb, by) in enumerate(answers, start=38):
        case = filed_case(_in_batch(pages.cast, ordinal), 2)
        steps.recommend(pages.cast, case, pages.clock.at)
        steps.seat_panel(pages.cast, case, pages.clock.at)
        pages.wait_for_the_answer(case, verb, by)


def _accepted(pages: MunicipalPages, n: int, in_batch: int = 34) -> str:
    """Filed, then accepted on the page."""
    case = filed_case(_in_batch(pages.cast, in_batch), n)
    pages.send(pages.cast.jiading if n == 1 else pages.cast.pudong, "district_act", case.number, "accept")
    return case.number


def _in_batch(cast: Cast, ordinal: int) -> Cast:
    """The same people with the batch of that number."""
    first, at = cast.batch, cast.at
    batch = Batch.objects.filter(ordinal=ordinal).first() or open_batch(
        cast.programme, first.rule_set, ordinal=ordinal, year=first.year, procedure=EDITION, opens_at=first.opens_at,
        closes_at=first.closes_at, base_date=first.base_date, by=cast.office, at=at,
    )  # fmt: skip
    return replace(cast, batch=batch)


# --- the case that is recognised ------------------------------------------------------------------------------------
def _through_the_desks(pages: MunicipalPages) -> str:
    cast, year = pages.cast, pages.batch.reporting_year
    number = pages.open(0)
    pages.hand_in(number)
    pages.file(number)
    pages.send(cast.pudong, "district_act", number, "accept")
    pages.send(cast.pudong, "district_act", number, "pause_clock", ground="expert_opinion", remark="等待专家意见")
    pages.send(cast.pudong, "district_act", number, "resume_clock")
    pages.send(cast.pudong, "district_verify", number, "rd_staff", year, value="80", reason="依据花名册核定")
    pages.give_back(cast.pudong, "district", number)
    assert "缺附注页" in opened(cast.member0, "my_case", number)
    early = pages.refused(cast.member0, "my_check", number, verb="correct", declaration="on", insists="on")
    assert "尚未补正：缺附注页" in early
    pages.correct(number)
    assert state(number) == S.UNDER_FIRST_REVIEW
    assert number in opened(cast.pudong, "district_inbox")
    pages.answer_gates(cast.pudong, "district", number)
    pages.send(cast.pudong, "district_review", number, **TICKED, decision="recommend")
    pages.give_back(cast.office, "office", number)
    pages.correct(number)
    assert state(number) == S.UNDER_COMPLETENESS_CHECK
    pages.send(cast.office, "office_review", number, **TICKED, decision="pass_completeness_check")
    return number


def _before_the_experts(pages: MunicipalPages, number: str) -> None:
    office = pages.cast.office
    pages.seat(number)
    pages.stop_the_experts(number)
    *others, last = sitting(number)
    pages.review(number, others)
    pages.set_aside(number, others[-1])
    successor = next(seat for seat in sitting(number) if seat not in (*others, last))
    pages.review(number, [successor])
    assert "同意认定本件" not in opened(office, "office_panel", number)  # sealed until the last is in
    pages.review(number, [last])
    assert state(number) == S.UNDER_OVERALL_REVIEW
    assert opened(office, "office_panel", number).count("同意认定本件") >= len(others) + 1
    pages.adopt(number)


def _before_the_committee(pages: MunicipalPages, main: str) -> str:
    """Postponed once, tabled again and proposed with another; a third is refused."""
    cast, clock = pages.cast, pages.clock
    refused, other = (filed_case(cast, n) for n in (2, 1))
    for case in (refused, other):
        steps.to_committee(cast, case, clock.at)
    meeting = pages.meet([(main, Choice.POSTPONE), (refused.number, Choice.REFUSE)], "first")
    assert (state(main), state(refused.number)) == (S.POSTPONED, S.REFUSED)
    assert meeting.minutes_sha256 in Letter.objects.get(case=refused, kind="refusal").body
    pages.send(cast.office, "office_act", main, "table_again", reason="暂缓的原因已经消除")
    pages.meet([(main, Choice.RECOGNISE), (other.number, Choice.RECOGNISE)], "second")
    assert (state(main), state(other.number)) == (S.PROPOSED, S.PROPOSED)
    return other.number


def _under_notice(pages: MunicipalPages, main: str, quiet: str) -> None:
    """Two objections are dismissed, the second after the days of its case; meanwhile the other case goes on."""
    cast, listed = pages.cast, [main, quiet]
    form = {"cases": listed, "body": "现予公示。", "confirmed": "1", "request_key": "notice"}
    pages.send(cast.publisher, "batch_notice", pages.batch.code, **form)
    notice = Notice.objects.get(batch=pages.batch)
    assert cast.enterprises[0].name in Client().get(reverse("notice", args=[notice.number])).content.decode()
    first = pages.object_to(main)
    pages.send(cast.office, "office_objection_extend", first.number, days="10", reason="须实地核查人员")
    pages.settle(first, "dismiss_objection")
    pages.wait_until(notice.ends_at + SOON)
    assert [state(number) for number in listed] == [S.UNDER_NOTICE, S.NOTICE_COMPLETED]
    second = pages.object_to(main)  # its own days still run
    pages.ask(second)  # the applicant says nothing within the time for it
    pages.wait_until(Deadline.objects.get(case__number=main, kind=DeadlineKind.OBJECTION_STATEMENT).due_at + SOON)
    pages.wait_until(Deadline.objects.get(case__number=main, kind="notice", state="running").due_at + SOON)
    assert state(main) == S.UNDER_NOTICE
    pages.settle(second, "dismiss_objection")
    assert state(main) == S.NOTICE_COMPLETED


def _objected_to_with_reason(pages: MunicipalPages) -> None:
    """In a batch of its own, brought to its notice by the door."""
    cast, at = _in_batch(pages.cast, 38), pages.clock.at
    case = filed_case(cast, 0)
    steps.to_committee(cast, case, at)
    steps.hold_meeting(cast, [case], at)
    steps.publish(cast, [case], at)
    objection = pages.object_to(case.number)
    pages.ask(objection)
    pages.send(cast.member0, "my_statement", case.number, objection.number, text=STATEMENT, gives_up_rest="on")
    for reasons, answer in (("经核查处理。", "decline_upholding"), ("另据社保记录核查。", "withdraw_upholding")):
        pages.propose(objection, reasons)
        pages.settle(objection, answer)
    pages.propose(objection, "经实地核查，人员与事实不符。")
    pages.settle(objection, "uphold_objection")
    assert state(case.number) == S.OBJECTION_UPHELD
    assert "周示例" not in Letter.objects.get(case=case, kind="objection_upheld").body


def _back_before_the_committee(pages: MunicipalPages) -> None:
    """Facts are found late: before, under and after the notice; and an applicant gives up at each of these places."""
    cast = pages.cast
    early, back = (_decided(pages, ordinal) for ordinal in (42, 43))
    listed, taken_off, given_up, late = (_noticed(pages, ordinal) for ordinal in (44, 45, 46, 47))
    for case in (back, listed):
        _sent_back(pages, case)
    _sent_back(pages, listed, **{"ground": "wrong_figure", "figure-rd_expenditure-2025": "20000"})  # set right there
    _name_corrected_and_taken_off(pages, taken_off)
    first, second = officers(early, pages.clock.at)
    _put_forward(pages, early, first)
    pages.send(first, "office_act", early.number, "withdraw_reopening", **reopenings.answer(early))
    _put_forward(pages, early, first, why_again="来函所附明细已经补齐，可以核对。")
    due = Deadline.objects.filter(case=early, kind=DeadlineKind.REOPENING_STATEMENT).latest("pk").due_at
    pages.wait_until(due + SOON)
    drop = reopenings.answer(early)
    assert "另一人" in pages.refused(first, "office_act", early.number, "drop_reopening", **drop)
    pages.send(second, "office_act", early.number, "drop_reopening", **drop)
    assert state(early.number) == S.PROPOSED
    pages.wait_until(Notice.objects.get(batch__ordinal=47).ends_at + SOON)
    assert state(late.number) == S.NOTICE_COMPLETED
    _sent_back(pages, late)
    for case in (early, given_up, back):  # the last of them before the committee once more
        pages.send(cast.member1, "my_give_up", case.number, reason=reopenings.GIVEN_UP, understood="on")
    ends = [
        S.WITHDRAWN,
        S.WITHDRAWN,
        S.UNDER_OVERALL_REVIEW,
        S.WITHDRAWN,
        S.WITHDRAWN,
        S.UNDER_OVERALL_REVIEW,
    ]
    assert [state(case.number) for case in (early, back, listed, taken_off, given_up, late)] == ends


def _decided(pages: MunicipalPages, ordinal: int) -> Case:
    """The committee is for it, in a batch of its own."""
    cast, at = _in_batch(pages.cast, ordinal), pages.clock.at
    case = filed_case(cast, 1)
    steps.to_committee(cast, case, at)
    steps.hold_meeting(cast, [case], at)
    return case


def _noticed(pages: MunicipalPages, ordinal: int) -> Case:
    case = _decided(pages, ordinal)
    steps.publish(_in_batch(pages.cast, ordinal), [case], pages.clock.at)
    return case


def _put_forward(pages: MunicipalPages, case: Case, by: User, **more: str) -> None:
    found = {"ground": "false_material", "facts": reopenings.FACTS, "file": pdf("来函.pdf")} | more
    pages.send(by, "office_act", case.number, "propose_reopening", **found)


def _sent_back(pages: MunicipalPages, case: Case, **more: str) -> None:
    """The applicant needs no more time; the committee decides anew, and the former minutes support nothing."""
    first, second = officers(case, pages.clock.at)
    _put_forward(pages, case, first, **more)
    said = {"text": reopenings.STATEMENT, "gives_up_rest": "on"}
    pages.send(
        pages.cast.member1,
        "my_reopening",
        case.number,
        Reopening.objects.get(application__case=case, answer="").pk,
        **said,
    )
    pages.send(second, "office_act", case.number, "return_to_committee", **reopenings.answer(case))
    assert Application.objects.get(case=case).decision is None


def _name_corrected_and_taken_off(pages: MunicipalPages, case: Case) -> None:
    entry, publisher = NoticeEntry.objects.get(application__case=case), pages.cast.publisher
    correct = {"body": "更正如下。", f"name-{entry.pk}": "更正后的名称", "confirmed": "1"}
    pages.send(publisher, "notice_adjust", entry.notice.number, **correct)
    pages.send(pages.cast.member1, "my_waiver", case.number, reason=WAIVED, understood="on")
    pages.send(
        publisher,
        "notice_adjust",
        entry.notice.number,
        **{"body": "应申请撤下该单位。", f"off-{entry.pk}": "on", "confirmed": "1"},
    )
    assert state(case.number) == S.WITHDRAWN


def _held_before_the_announcement(pages: MunicipalPages) -> None:
    """One case waits for its public notice and one is under it when the title comes by a list of older certificates."""
    at, reason, ended = pages.clock.at, {"reason": "既有证书已登记", "confirmed": "1"}, []
    for ordinal in (40, 41):
        cast = _in_batch(pages.cast, ordinal)
        case = filed_case(cast, 2)
        steps.to_committee(cast, case, at)
        steps.hold_meeting(cast, [case], at)
        ended.append((case, cast.batch.code))
    notice = steps.publish(cast, [case], at)
    held = municipal_title(pages.cast, 2)
    for case, code in ended:
        pages.send(cast.publisher, "batch_end_held", code, case.number, **reason)
        assert state(case.number) == S.HELD_OTHERWISE
    assert held.number in notice.adjustments.get().body


def _announced_and_certified(pages: MunicipalPages, number: str) -> None:
    cast, clock = pages.cast, pages.clock
    form = {"cases": [number], "number": "示例〔2026〕1号", "dated": clock.on.isoformat(), "body": "现予公布。"}
    pages.send(cast.publisher, "batch_announce", pages.batch.code, **form, confirmed="1", request_key="announce")
    title = Title.objects.get(announcement_number=form["number"])
    assert (title.holder, state(number)) == (cast.enterprises[0], S.RECOGNISED)
    assert sign_pending(limit=5, at=clock.at, keys=open_keys(at=clock.at)) == 1
    pages.wait_until(clock.at + SOON)
    assert Case.objects.get(number=number).closed_at == clock.at
    _is_verified_by_anybody(Certificate.objects.get())


def _held_meanwhile(pages: MunicipalPages, number: str) -> None:
    """The other enterprise has come to hold the title by a list of older certificates."""
    cast, held = pages.cast, municipal_title(pages.cast, 1)
    assert held.number in opened(cast.publisher, "batch_end_held", pages.batch.code, number)
    reason = {"reason": "既有证书已登记", "confirmed": "1"}
    pages.send(cast.publisher, "batch_end_held", pages.batch.code, number, **reason)
    assert state(number) == S.HELD_OTHERWISE
    assert held.number in Letter.objects.get(case__number=number, kind="ended_as_held").body


def _is_verified_by_anybody(certificate: Certificate) -> None:
    shown = Client().get(reverse("certificates:shown", args=[certificate.code])).content.decode()
    assert (certificate.number in shown, certificate.snapshot["holder_zh"] in shown) == (True, True)
    content = certificate_file(certificate)
    spoilt = content.replace(b"%PDF-1", b"%PDF-2", 1)
    for file, is_accepted in ((content, True), (spoilt, False)):
        sent = SimpleUploadedFile("证书.pdf", file, content_type="application/pdf")
        said = Client().post(reverse("certificates:verify_file"), {"file": sent})
        assert (said.status_code, certificate.number in said.content.decode()) == (200, is_accepted)

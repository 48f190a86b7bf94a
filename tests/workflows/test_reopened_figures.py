"""A wrong figure comes right with the return to the committee: heard on, counted, placed; and nothing else moves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind
from accreditation.errors import Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    InitialScore,
    Letter,
    Meeting,
    MeetingItem,
    Message,
    Ranking,
    Reopening,
    ReopeningFigure,
    RevisedScore,
    VerifiedValue,
)
from accreditation.models.reopenings import ReopeningGround
from accreditation.services import meeting_course, meetings
from accreditation.services.evaluation import verified_evaluation, verified_facts
from accreditation.services.quota_places import quota_places
from accreditation.services.recognition_quota import places_left, standing_order
from tests.attacks.invariants import all_faults
from tests.attacks.municipal_states import MunicipalStates2026
from tests.clock import Clock
from tests.factories import late_recommending as late
from tests.factories import recognition
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.calling_up import called_up
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import officers
from tests.factories.reopenings import FACTS, GIVEN_UP, REASON, Figures, answer, named, proposal, put_forward, sent_back
from tests.factories.reopenings import stated as state_on
from tests.factories.steps import hold_meeting
from workflows import batch_acts, door, flow_tasks
from workflows.consistency import check_all
from workflows.exports.recommendation_findings import SCORE, findings_of
from workflows.forms.reopenings import ReopeningForm
from workflows.frozen import check_frozen
from workflows.presentation.ranking import official_place

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SPENT = ("rd_expenditure", 2025)
DAY = timedelta(days=1)
FORGED = {"revised score", "superseded score", "hash of superseded score"}
WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "none named": ({"figures": []}, {"figures_needed"}),
    "another ground": ({"ground": "other"}, {"figures_beside_ground"}),
    "no number": ({"figures": [{"code": "rd_expenditure", "year": 2025, "value": "约两万"}]}, {"value_needed"}),
    "as it counts": ({"figures": named({SPENT: 31000})}, {"value_unchanged"}),
    "named twice": ({"figures": [*named({SPENT: 20000}), *named({SPENT: 21000})]}, {"figure_twice"}),
    "no such year": ({"figures": named({("rd_expenditure", 2011): 80})}, {"unknown_figure"}),
    "no such field": ({"figures": named({("initial_score", 2025): 99})}, {"unknown_figure"}),
}


@pytest.fixture
def world(settings: LazySettings, var_dir: object, clock: Clock) -> MunicipalStates2026:
    settings.ACCREDITATION_DEMO = True
    return MunicipalStates2026(clock.at)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def row_of(case: Case) -> Application:
    return Application.objects.get(case=case)


def total_of(case: Case) -> Fraction:
    found = verified_evaluation(row_of(case))
    assert found is not None
    assert found.total is not None
    return found.total


def counted(case: Case, key: tuple[str, int]) -> Fraction:
    facts = verified_facts(row_of(case))
    assert facts is not None
    value = facts.value(*key)
    assert isinstance(value, Fraction)
    return value


# --- heard on, counted ------------------------------------------------------------------------------------------
def test_figure_is_heard_on_and_counts_from_the_return_on(world: MunicipalStates2026) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    old, before = counted(case, SPENT), total_of(case)
    first, second = put_forward(case, at=world.at, figures={SPENT: 20000})
    told = Letter.objects.get(case=case, kind=LetterKind.REOPENING).body
    assert f"（2025 年）：现核定 {old} 千元，拟改为 20000 千元" in told
    state_on(case, by=world.people["applicant"], at=world.at)
    assert (counted(case, SPENT), total_of(case), RevisedScore.objects.count()) == (old, before, 0)
    door.perform(case, "return_to_committee", by=second, at=world.at, form={"reason": REASON})
    assert counted(case, SPENT) == 20000
    row = ReopeningFigure.objects.get()
    assert (row.former, row.value, row.replaced) == (str(old), "20000", None)
    value = VerifiedValue.objects.get(is_current=True)
    assert (row.verified, value.proposed_by, value.adopted_by) == (value, first, second)
    assert FACTS in value.reason
    revised = RevisedScore.objects.get()
    found = verified_evaluation(row_of(case))
    assert found is not None
    assert (revised.former_total, Fraction(revised.total)) == (str(float(before)), total_of(case))
    assert (revised.digest, revised.evaluation) == (found.digest(), found.to_json())
    assert total_of(case) < before
    said = AuditEvent.objects.get(verb="return_to_committee").content
    assert (said["former_evaluation"], said["evaluation"]) == (revised.former_digest, revised.digest)
    assert said["figures"][0] == {
        "code": "rd_expenditure", "year": 2025, "former": str(old), "value": "20000", "verified": value.pk,
        "replaced": None,
    }  # fmt: skip
    assert "改正为 20000 千元" in Letter.objects.get(case=case, kind=LetterKind.REOPENED).body
    assert list(check_all()) == []
    assert list(all_faults()) == []
    with transaction.atomic():
        RevisedScore.objects.update(evaluation=revised.former_evaluation, former_digest="0" * 64)
        assert {fault.what.split(" is ")[0] for fault in check_frozen()} == FORGED
        RevisedScore.objects.update(evaluation=revised.evaluation, former_digest=revised.former_digest)
    again(world, case, row, revised)


def again(world: MunicipalStates2026, case: Case, row: ReopeningFigure, revised: RevisedScore) -> None:
    """The committee reads it; corrected once more, what was verified in between stays on record."""
    cast, at = world.local.cast, world.at + DAY
    here = Cast(cast.at, cast.programme, world.local.batch, cast.people, cast.enterprises, cast.experts, cast.members)
    meeting = hold_meeting(here, [case], at)
    assert f"原核定 {row.former} 千元，改正为 20000 千元" in meeting.minutes
    assert revised.digest in meeting.minutes
    assert "专家评分表按改正前的数据作出" in meeting.minutes
    page = log_in(Client(), cast.members[1]).get(reverse("meeting_item", args=[meeting.number, 1])).content.decode()
    assert "→" in page
    assert revised.digest[:16] in page
    assert row_of(case).state == S.PROPOSED
    sent_back(case, applicant=world.people["applicant"], at=at + DAY, figures={SPENT: 21000})
    newest = ReopeningFigure.objects.latest("pk")
    assert newest.replaced == row.verified
    assert RevisedScore.objects.latest("pk").former_digest == revised.digest
    values = VerifiedValue.objects.filter(code="rd_expenditure").order_by("pk").values_list("value", "is_current")
    assert list(values) == [("20000", False), ("21000", True)]


def test_what_is_not_sent_back_changes_no_figure(world: MunicipalStates2026) -> None:
    case = world.case_in(S.PROPOSED)
    before = total_of(case)
    for verb, place, why_again in (("withdraw_reopening", 0, ""), ("drop_reopening", 1, "撤回时尚未收到正式来函。")):
        people = put_forward(case, at=world.at, figures={SPENT: 20000}, why_again=why_again)
        door.perform(case, verb, by=people[place], at=world.at, form={"reason": REASON})
        assert (total_of(case), VerifiedValue.objects.count(), RevisedScore.objects.count()) == (before, 0, 0)
    letters = Letter.objects.filter(case=case, kind=LetterKind.REOPENED)
    assert ["不作改动" in letter.body for letter in letters] == [True, True]


def test_figures_that_cannot_be_are_refused_and_kept_out(world: MunicipalStates2026) -> None:
    case = world.case_in(S.PROPOSED)
    first, _second = officers(case, world.at)
    sound = proposal(world.at) | {"ground": "wrong_figure", "figures": named({SPENT: 20000})}
    for what, (change, codes) in WRONG.items():
        with pytest.raises(Refusal) as refused:
            door.perform(case, "propose_reopening", by=first, at=world.at, form=sound | change)
        assert {reason.code for reason in refused.value.reasons} == codes, what
    door.perform(case, "propose_reopening", by=first, at=world.at, form=sound)
    figure = ReopeningFigure.objects.get()
    for wrong in ({"value": figure.former}, {"replaced": VerifiedValue.objects.create(
        application=row_of(case), code="rd_expenditure", year=2025, value="1", reason="另行核定", proposed_by=first,
        proposed_at=world.at, is_current=False,
    )}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            ReopeningFigure.objects.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReopeningFigure.objects.create(
            reopening=Reopening.objects.get(), code="rd_expenditure", year=2025, former="1", value="2"
        )


def test_case_without_figures_is_not_offered_the_ground(world: MunicipalStates2026) -> None:
    with_figures, without = world.case_in(S.PROPOSED), Application(pk=0, batch=world.local.batch)
    for row, offered in ((row_of(with_figures), True), (without, False)):
        form = ReopeningForm(application=row)
        grounds = [radio.data["value"] for radio in form["ground"]]
        assert (ReopeningGround.WRONG_FIGURE in grounds, bool(form.figure_rows())) == (offered, offered)


def test_page_says_which_value_it_read_and_what_it_expects(world: MunicipalStates2026) -> None:
    case = world.case_in(S.PROPOSED)
    first, second = officers(case, world.at)
    client, address = log_in(Client(), first), reverse("office_act", args=[case.number, "propose_reopening"])
    shown = client.get(address).content.decode()
    assert 'name="figure-rd_expenditure-2025"' in shown
    assert "31,000 千元" in shown

    def sent(text: str) -> Any:
        paper = SimpleUploadedFile("来函.pdf", b"%PDF-1.4\nbody\n%%EOF\n", "application/pdf")
        told = {"ground": "wrong_figure", "facts": FACTS, "file": paper, "figure-rd_expenditure-2025": text}
        return client.post(address, told)

    for text, said in (
        ("两万", "读到“两万”"),
        ("31000", "与现核定的 31000 千元 相同"),
        ("-1", "不能小于零"),
        ("", "请写明有误的"),
    ):
        answered = sent(text)
        assert (answered.status_code, said in answered.content.decode()) == (422, True), text
    assert sent("20,000").status_code == 302
    assert named_in(Reopening.objects.get()) == {SPENT: "20000"}
    own = log_in(Client(), world.people["applicant"])
    page = own.get(reverse("my_reopening", args=[case.number, Reopening.objects.get().pk])).content.decode()
    assert "31,000 千元 → <strong>20,000 千元</strong>" in page
    state_on(case, by=world.people["applicant"], at=world.at)
    back = reverse("office_act", args=[case.number, "return_to_committee"])
    assert log_in(Client(), second).post(back, answer(case)).status_code == 302
    assert "改正前后得分" in own.get(reverse("my_score", args=[case.number])).content.decode()


def named_in(row: Reopening) -> dict[tuple[str, int | None], str]:
    return {(one.code, one.year): one.value for one in row.figures.all()}


# --- the place follows --------------------------------------------------------------------------------------------
def test_place_of_a_recommendation_follows_its_corrected_score(cast: Cast) -> None:
    batch, cases, at = recommended(cast)
    frozen = Ranking.objects.get().text
    given_back(cast, batch, cases[1], at, {SPENT: 95000})  # up, past the first: it has its place again
    assert [row_of(case).state for case in cases] == [S.TO_BE_RECOMMENDED, S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]
    assert official_place(row_of(cases[1]).ranking_line) == (
        f"排序 {Ranking.objects.get().number} 第 2 位，核定数据改正后应列首次排序第 1 位之前"
    )
    papers = {name: content for name, _what, content in findings_of(row_of(cases[1]))}
    assert SCORE in papers
    given_back(cast, batch, cases[0], at + 3 * DAY, {SPENT: 60000})  # down, beneath one that had no place
    assert [row_of(case).state for case in cases] == [S.NOT_IN_QUOTA, S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]
    letter = Letter.objects.get(case=cases[0], kind=LetterKind.NOT_IN_QUOTA).body
    assert "核定数据改正后按首次排序的同一次序，应列首次排序第 3 位之后" in letter
    assert "已不少于推荐名额" in letter
    assert Ranking.objects.get().text == frozen
    score = InitialScore.objects.get(application=row_of(cases[0]))
    assert RevisedScore.objects.get(reopening__application__case=cases[0]).former_digest == score.digest
    assert quota_places(batch).free == 1
    assert list(check_all()) == []
    row = called_up(cast, batch, at + 5 * DAY)  # the place that it lost is for the one that stands before it now
    assert (row.application.case, row.vacated_by.case) == (cases[2], cases[0])
    letter = Letter.objects.get(case=cases[2], kind=LetterKind.CALLED_UP).body
    assert ("顺位按改正后的得分确定" in letter, "名额已满" in letter, "第一家" in letter) == (True, False, False)


def recommended(cast: Cast) -> tuple[Batch, list[Case], datetime]:
    """Three ranked by what they spent, all approved, two places."""
    batch = steps.make_national(cast, quota=2)
    cases = [steps.filed(cast, batch, n, rd_expenditure=spent) for n, spent in ((0, 90000), (1, 80000), (2, 70000))]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch)
    return batch, cases, batch.closes_at + DAY


def given_back(cast: Cast, batch: Batch, case: Case, at: datetime, figures: Figures) -> None:
    """Sent back with these figures, and the committee is for it once more."""
    applicant = cast.people[f"member{cast.enterprises.index(case.enterprise)}"]
    sent_back(case, applicant=applicant, at=at, figures=figures)
    late.decide(cast, batch, at + DAY)


def test_committee_cannot_be_for_what_falls_beneath_the_least_score(cast: Cast) -> None:
    batch, cases, at = recommended(cast)
    fallen = {(code, 2025): value for code, value in steps.WEAK.items() if value != steps.STRONG.get(code)}
    figures = fallen | {SPENT: 1000}
    sent_back(cases[0], applicant=cast.member0, at=at, figures=figures)
    assert RevisedScore.objects.get().unmet == ["NG1", "NG10"]
    with pytest.raises(Refusal) as refused:
        late.decide(cast, batch, at + DAY)
    assert {reason.code for reason in refused.value.reasons} == {"condition_unmet"}
    assert "NG" not in str(refused.value.reasons[0])
    item = MeetingItem.objects.filter(is_open=True).get()
    page = log_in(Client(), cast.members[1]).get(reverse("meeting", args=[item.meeting.number])).content.decode()
    assert "不符合条件，不能同意" in page
    refuse(cast, item, at + DAY)
    assert row_of(cases[0]).state == S.NOT_RECOMMENDED
    assert "不能同意" in Meeting.objects.latest("pk").minutes


def refuse(cast: Cast, item: MeetingItem, at: datetime) -> None:
    """What the votes can say; the meeting does not stand still."""
    for member in cast.members:
        meetings.cast_vote(item, choice=Choice.REFUSE, remark="不符合条件", by=member, at=at)
    drafted = meetings.draft_minutes(item.meeting, reasons={1: "不符合条件"}, by=cast.office, at=at)
    for by in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(drafted, sha256=drafted.minutes_sha256, by=by, at=at)


def test_place_of_a_proposal_follows_its_corrected_score(cast: Cast) -> None:
    batch = recognition.make_municipal_2026(cast, quota=1)
    here = Cast(cast.at, cast.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    cases = [filed_case(here, n, rd_expenditure=spent) for n, spent in ((0, 40000), (1, 35000))]
    for case in cases:
        recognition.to_committee(here, case, cast.at)
    hold_meeting(here, cases, cast.at)
    assert [row_of(case).state for case in cases] == [S.PROPOSED, S.NOT_IN_QUOTA]
    for days, spent, expected in ((1, 45000, S.PROPOSED), (3, 30000, S.NOT_IN_QUOTA)):
        at = cast.at + days * DAY
        sent_back(cases[0], applicant=cast.member0, at=at, figures={SPENT: spent})
        meeting = hold_meeting(here, [cases[0]], at + DAY)
        assert row_of(cases[0]).state == expected
    assert "此前同意认定的申报中 1 件排在其前" in meeting.minutes
    assert "核定数据改正后" in Letter.objects.get(case=cases[0], kind=LetterKind.NOT_IN_QUOTA).body
    row = called_up(cast, batch, batch.closes_at + DAY)
    assert (row.application.case, row.vacated_by.case) == (cases[1], cases[0])


def test_corrected_proposal_is_placed_among_all_who_stand_and_nobody_twice(cast: Cast) -> None:
    batch = recognition.make_municipal_2026(cast, quota=2)
    here = Cast(cast.at, cast.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    cases = [filed_case(here, n, rd_expenditure=spent) for n, spent in ((0, 45000), (1, 40000), (2, 35000))]
    for case in cases:
        recognition.to_committee(here, case, cast.at)
    hold_meeting(here, cases, cast.at)
    at = cast.at + DAY
    for n, spent in ((0, 34000), (1, 33000)):
        sent_back(cases[n], applicant=cast.people[f"member{n}"], at=at, figures={SPENT: spent})
    meeting = hold_meeting(here, [cases[1]], at + DAY)
    assert "此前同意认定的申报中 2 件排在其前" in meeting.minutes  # one of them keeps its place while it is sent back
    assert [row_of(case).state for case in cases] == [S.UNDER_OVERALL_REVIEW, S.NOT_IN_QUOTA, S.NOT_IN_QUOTA]
    assert [place.application.case for place in standing_order(batch)] == [cases[2], *cases[:2]]
    late.set_aside(here, cases[2], at + DAY)  # it stands no more, whatever comes of it
    assert [place.application.case for place in standing_order(batch)] == cases[:2]
    meeting = hold_meeting(here, [cases[0]], at + 2 * DAY)
    assert "此前同意认定的申报中 0 件排在其前" in meeting.minutes
    assert row_of(cases[0]).state == S.PROPOSED


# --- given up before the committee --------------------------------------------------------------------------------
def test_what_came_back_is_given_up_and_taken_off_the_agenda(cast: Cast) -> None:
    batch = recognition.make_municipal_2026(cast, quota=2)
    here = Cast(cast.at, cast.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    cases = [filed_case(here, n) for n in (0, 1, 2)]
    for case in cases:
        recognition.to_committee(here, case, cast.at)
    assert given_up(here, cases[2], cast.at) == {"not_sent_back"}
    own = log_in(Client(), cast.people["member2"])
    address = reverse("my_give_up", args=[cases[2].number])
    assert address not in own.get(reverse("my_case", args=[cases[2].number])).content.decode()
    assert own.get(address).status_code == 404
    hold_meeting(here, cases[:2], cast.at)
    for case, by in zip(cases, ("member0", "member1"), strict=False):
        sent_back(case, applicant=cast.people[by], at=cast.at)
    at = cast.at + DAY
    meeting = called(here, cases, at)
    assert given_up(here, cases[0], at) == set()
    assert (row_of(cases[0]).state, item_of(meeting, 1).is_given_up) == (S.WITHDRAWN, True)
    assert list(flow_tasks.open_tasks(cases[0])) == []
    assert Message.objects.filter(kind="meeting_changed").count() == len(cast.members) + 1
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=at)
    for item in meeting.items.filter(is_open=True):
        meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=cast.members[0], at=at)
    own = log_in(Client(), cast.people["member1"])
    address = reverse("my_give_up", args=[cases[1].number])
    assert address in own.get(reverse("my_case", args=[cases[1].number])).content.decode()
    minutes = written(here, meeting, at)
    assert given_up(here, cases[1], at) == {"minutes_to_sign"}
    meeting_course.withdraw_minutes(minutes, reason="申报单位申请放弃", by=cast.office, at=at)
    assert given_up(here, cases[1], at) == set()
    again = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=at)
    assert again.minutes.count("申报单位已放弃，撤下本项，不再审议") == 2
    assert "已投 7 票不计" in again.minutes
    for by in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(again, sha256=again.minutes_sha256, by=by, at=at)
    assert [row_of(case).state for case in cases] == [S.WITHDRAWN, S.WITHDRAWN, S.PROPOSED]
    assert places_left(batch) == 1
    assert list(check_all()) == []


def written(cast: Cast, meeting: Meeting, at: datetime) -> Meeting:
    """All others have voted, and the minutes wait to be signed."""
    for item in meeting.items.filter(is_open=True):
        for member in cast.members[1:]:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=at)
    return meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=at)


def called(cast: Cast, cases: list[Case], at: datetime) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [row_of(case) for case in cases], held_at=at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=at,
    )  # fmt: skip


def item_of(meeting: Meeting, position: int) -> MeetingItem:
    return MeetingItem.objects.get(meeting=meeting, position=position)


def given_up(cast: Cast, case: Case, at: datetime) -> set[str]:
    """Codes of the reasons against it; done where there are none."""
    by = cast.people[f"member{cast.enterprises.index(case.enterprise)}"]
    try:
        door.perform(case, "give_up", by=by, at=at, form={"reason": GIVEN_UP})
    except Refusal as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()

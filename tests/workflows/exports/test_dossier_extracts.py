"""Extracts from trails over several cases: what concerns this one, bound to the chain, and nothing of others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import Choice
from accreditation.figure_check_words import CheckScope
from accreditation.meeting_words import Signer
from accreditation.models import Application, Batch, Case, Enterprise, Meeting, RoleGrant, Title
from accreditation.services import figure_plans, meeting_course, meetings, notices
from accreditation.services.meeting_signers import decline_minutes, replace_signer
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories import evaluating, local_evaluating, recommending
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows.exports.dossier_extracts import extracts
from workflows.exports.dossier_parts import Part
from workflows.exports.dossier_seals import faults_of_extract
from workflows.opening import open_application
from workflows.tick import clock_person, tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIE = "曾任该单位顾问（他案）"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def before_committee(cast: Cast, clock: Clock, count: int) -> list[Case]:
    found = [filed_case(cast, place) for place in range(count)]
    for case in found:
        to_committee(cast, case, clock.at)
    return found


def parts_of(case: Case) -> list[Part]:
    return list(extracts(Application.objects.select_related("case", "batch").get(case=case)))


def read(case: Case) -> dict[str, dict[str, Any]]:
    """By chain, as a court would read them."""
    found = [json.loads(part.content) for part in parts_of(case) if part.path.endswith(".json")]
    return {one["chain"]: one for one in found}


def check_bound(extract: dict[str, Any]) -> None:
    """Shown acts and gaps follow each other without a break, and the office finds them in its records."""
    assert list(faults_of_extract(extract)) == []
    gaps = {gap["first"]: gap["last"] for gap in extract["left_out"]}
    place = 1
    for one in extract["acts"]:
        place = gaps.pop(place, place - 1) + 1
        assert one["seq"] == place
        place += 1
    assert (gaps, extract["breaks"]) == ({}, [])


def words_of(case: Case) -> set[str]:
    """By what a case could be told: number, enterprise and credit code."""
    enterprise: Enterprise = case.enterprise
    return {case.number, enterprise.name, enterprise.uscc}


def contents(extract: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By verb; of several of one verb the last."""
    return {act["verb"]: act["content"] for act in extract["acts"]}


def plain(values: list[Any]) -> list[Any]:
    """What is not withheld."""
    return [value for value in values if not isinstance(value, dict)]


def call_meeting(cast: Cast, cases: list[Case], clock: Clock) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case) for case in cases], held_at=clock.at, place="示例会议室",
        chair=cast.members[0], secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip


def acts(extract: dict[str, Any]) -> list[tuple[str, str]]:
    return [(act["verb"], act["by_name"]) for act in extract["acts"]]


def test_meeting_notice_and_batch_are_told_as_far_as_they_concern_the_case(cast: Cast, clock: Clock) -> None:
    own, other, third = cases = before_committee(cast, clock, 3)
    choices = {other.number: Choice.REFUSE}
    meeting = hold_meeting(cast, cases, clock.at, choices)
    notice = publish(cast, [own, third], clock.at)
    notices.end_notice(notice, by=clock_person(), at=clock.at)
    found = read(own)
    assert set(found) == {chain_key(meeting), chain_key(notice), chain_key(cast.batch)}
    for extract in found.values():
        check_bound(extract)
    of_meeting = acts(found[chain_key(meeting)])
    assert [by for verb, by in of_meeting if verb == "cast_vote"] == [member.name for member in cast.members]
    assert {verb for verb, _by in of_meeting} == {"start_meeting", "cast_vote", "draft_minutes", "sign_minutes"}
    assert [verb for verb, _by in acts(found[chain_key(notice)])] == ["end_notice"]
    assert {verb for verb, _by in acts(found[chain_key(cast.batch)])} == {"call_meeting", "publish_notice"}


def test_nothing_of_another_case_stands_in_an_extract(cast: Cast, clock: Clock) -> None:
    own, other, third = cases = before_committee(cast, clock, 3)
    applications = [Application.objects.get(case=case) for case in cases]
    called = meetings.call_meeting(
        cast.batch, applications, held_at=clock.at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=clock.at,
    )  # fmt: skip
    items = {item.application.case.number: item for item in called.items.select_related("application__case")}
    meetings.declare_recusal(items[other.number], tie=TIE, by=cast.members[1], at=clock.at)
    meeting_course.adjourn_item(items[third.number], reason=f"材料待补，见 {third.number}", by=cast.office, at=clock.at)
    meeting_course.cancel_meeting(called, reason=f"因{other.enterprise.name}延期", by=cast.office, at=clock.at)
    held = hold_meeting(cast, cases, clock.at, {other.number: Choice.REFUSE})
    publish(cast, [own, third], clock.at)
    whole = b"".join(part.content for part in parts_of(own)).decode()
    for word in words_of(other) | words_of(third) | {TIE, Choice.REFUSE.value, "创新能力不足"}:
        assert word not in whole, word
    assert own.number in whole
    extract = read(own)[chain_key(held)]
    votes = [act["content"] for act in extract["acts"] if act["verb"] == "cast_vote"]
    assert {vote["case"] for vote in votes} == {own.number}
    call = next(act for act in read(own)[chain_key(cast.batch)]["acts"] if act["verb"] == "call_meeting")
    hidden = [one["withheld"] for one in call["content"]["items"] if isinstance(one, dict)]
    assert len(call["content"]["items"]) == 3
    assert len(hidden) == len(set(hidden)) == 2
    guesses = {hashlib.sha256(word.encode()).hexdigest() for case in cases for word in words_of(case)}
    assert guesses.isdisjoint(hidden)  # a plain hash of a number is found by trying numbers
    for each in read(own).values():
        check_bound(each)


def test_what_was_done_with_several_together_tells_the_own_share(cast: Cast, clock: Clock) -> None:
    cases = before_committee(cast, clock, 2)
    meeting = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case) for case in cases], held_at=clock.at, place="示例会议室",
        chair=cast.members[0], secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip
    (item, *_others) = meeting.items.order_by("position")
    meeting_course.adjourn_item(item, reason="材料待补", by=cast.office, at=clock.at)
    assert item.application.case == cases[0]
    content = read(cases[0])[chain_key(meeting)]["acts"][0]["content"]
    assert content == {"items": [1], "votes": [0], "reason": "材料待补"}
    assert chain_key(meeting) not in read(cases[1])


def test_who_has_voted_is_told_only_when_the_voting_is_over(cast: Cast, clock: Clock) -> None:
    (case,) = before_committee(cast, clock, 1)
    meeting = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=clock.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=clock.at)
    item = meeting.items.get()
    meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=cast.members[0], at=clock.at)
    assert acts(read(case)[chain_key(meeting)]) == [("start_meeting", cast.office.name)]
    for member in cast.members[1:]:
        meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    told = [by for verb, by in acts(read(case)[chain_key(meeting)]) if verb == "cast_vote"]
    assert told == [member.name for member in cast.members]


def test_acts_over_others_that_follow_change_no_byte(cast: Cast, clock: Clock) -> None:
    cases = before_committee(cast, clock, 2)
    hold_meeting(cast, cases[:1], clock.at)
    before = [part.sha256 for part in parts_of(cases[0])]
    hold_meeting(cast, cases[1:], clock.at)
    assert [part.sha256 for part in parts_of(cases[0])] == before
    assert Meeting.objects.count() == 2


def test_former_name_of_another_enterprise_stays_withheld(cast: Cast, clock: Clock) -> None:
    """Also where the text that gives it seems to be about this case alone, and whatever the other is called since."""
    cases = before_committee(cast, clock, 2)
    former = cases[0].enterprise.name
    meeting = call_meeting(cast, cases, clock)
    own = meeting.items.get(application__case=cases[1])
    meeting_course.adjourn_item(own, reason=f"与{former}的材料一并补核", by=cast.office, at=clock.at)
    before = [part.sha256 for part in parts_of(cases[1])]
    assert former not in b"".join(part.content for part in parts_of(cases[1])).decode()
    made.renamed(cast, "上海示例第二名称有限公司", at=clock.at, number="示例经技〔2026〕30号")
    assert [part.sha256 for part in parts_of(cases[1])] == before


def test_break_of_the_chain_is_told(cast: Cast, clock: Clock) -> None:
    cases = before_committee(cast, clock, 1)
    meeting = hold_meeting(cast, cases, clock.at)
    Meeting.objects.filter(pk=meeting.pk).update(audit_count=1)
    assert read(cases[0])[chain_key(meeting)]["breaks"] != []


def test_row_of_the_chain_that_was_read_before_others_acted_declares_no_break(cast: Cast, clock: Clock) -> None:
    cases = before_committee(cast, clock, 2)
    hold_meeting(cast, cases[:1], clock.at)
    stale = Application.objects.select_related("case", "batch").get(case=cases[0])
    hold_meeting(cast, cases[1:], clock.at)
    assert Batch.objects.get(pk=cast.batch.pk).audit_count > stale.batch.audit_count
    found = [json.loads(part.content) for part in extracts(stale) if part.path.endswith(".json")]
    assert [extract["breaks"] for extract in found] == [[], []]


def test_free_text_in_acts_over_several_cases_is_withheld(cast: Cast, clock: Clock) -> None:
    """Texts that tell of another case without its number or name."""
    cases = before_committee(cast, clock, 2)
    cancelled = call_meeting(cast, cases, clock)
    with act(cancelled, "adjourn_item", by=cast.office, at=clock.at, acting_as="secretary") as together:
        together.note(items=[1, 2], votes=[0, 0], reason="二号件那家老厂的材料有疑点")
    meeting_course.cancel_meeting(cancelled, reason="因江边那家企业涉案", by=cast.office, at=clock.at)
    meeting = meetings.start_meeting(
        call_meeting(cast, cases, clock), present=cast.members, by=cast.office, at=clock.at
    )
    meeting_course.note_presence(
        meeting, cast.members[2], is_present=False, reason="与二号件法定代表人系亲属", by=cast.office, at=clock.at
    )
    (own, _other) = meeting.items.order_by("position")
    meeting_course.adjourn_item(own, reason="本件材料待补", by=cast.office, at=clock.at)
    whole = b"".join(part.content for part in parts_of(cases[0])).decode()
    for word in ("老厂", "江边", "亲属"):
        assert word not in whole
    assert "本件材料待补" in whole
    told = contents(read(cases[0])[chain_key(meeting)])
    assert told["note_departure"]["reason"].keys() == {"withheld"}
    assert told["note_departure"]["member"] == cast.members[2].pk
    for each in read(cases[0]).values():
        check_bound(each)


def test_another_signer_is_told_and_the_reason_withheld(cast: Cast, clock: Clock) -> None:
    """The text of the minutes, which names the other cases, is withheld as well."""
    cases = before_committee(cast, clock, 2)
    meeting = meetings.start_meeting(
        call_meeting(cast, cases, clock), present=cast.members, by=cast.office, at=clock.at
    )
    for item in meeting.items.all():
        for member in cast.members:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    row = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=clock.at)
    RoleGrant.objects.filter(user=cast.members[0]).update(revoked_at=clock.at)
    replace_signer(row, Signer.CHAIR, cast.members[1], reason="涉二号件，已离任", by=cast.office, at=clock.at)
    extract = read(cases[0])[chain_key(meeting)]
    told = contents(extract)["replace_signer"]
    chair, successor = cast.members[0].pk, cast.members[1].pk
    assert (told["signer"], told["former"], told["successor"]) == ("chair", chair, successor)
    assert told["minutes"] == row.minutes_sha256
    assert [told[name].keys() for name in ("reason", "text")] == [{"withheld"}] * 2
    assert cases[1].enterprise.name not in b"".join(part.content for part in parts_of(cases[0])).decode()
    check_bound(extract)


def test_declined_minutes_are_told_and_the_reason_withheld(cast: Cast, clock: Clock) -> None:
    """Which signatures fell is said of the whole meeting; what was wrong may name another case."""
    cases = before_committee(cast, clock, 2)
    meeting = meetings.start_meeting(
        call_meeting(cast, cases, clock), present=cast.members, by=cast.office, at=clock.at
    )
    for item in meeting.items.all():
        for member in cast.members:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    row = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=clock.at)
    meetings.sign_minutes(row, sha256=row.minutes_sha256, by=cast.office, at=clock.at)
    decline_minutes(row, sha256=row.minutes_sha256, reason="二号件理由写错", by=cast.members[0], at=clock.at)
    extract = read(cases[0])[chain_key(meeting)]
    told = contents(extract)["decline_minutes"]
    assert (told["signer"], told["fallen"], told["minutes"]) == ("chair", ["secretary"], row.minutes_sha256)
    assert [told[name].keys() for name in ("reason", "text")] == [{"withheld"}] * 2
    assert "拒签纪要" in b"".join(part.content for part in parts_of(cases[0])).decode()
    check_bound(extract)


def test_acts_that_are_left_out_are_not_said_to_concern_others_alone(cast: Cast, clock: Clock) -> None:
    cases = before_committee(cast, clock, 1)
    meeting = meetings.start_meeting(
        call_meeting(cast, cases, clock), present=cast.members, by=cast.office, at=clock.at
    )
    meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=cast.members[0], at=clock.at)
    meeting_course.note_presence(
        meeting, cast.members[2], is_present=False, reason="另有公务", by=cast.office, at=clock.at
    )
    left_out = read(cases[0])[chain_key(meeting)]["left_out"]
    assert len(left_out) == 1  # the vote on this very case, while the voting runs
    tables = "".join(part.content.decode() for part in parts_of(cases[0]) if part.path.endswith(".csv"))
    assert "不涉及" not in tables
    assert "（未摘录）" in tables


def test_draw_of_a_sample_tells_whether_the_case_was_drawn(cast: Cast, clock: Clock) -> None:
    cases = [filed_case(cast, place) for place in range(3)]
    said: dict[str, Any] = {"scope": CheckScope.SAMPLE, "sample_size": 2, "check_days": 10, "answer_days": 5}
    figure_plans.set_plan(cast.batch, **said, ground="示例通知", by=cast.office, at=clock.at)
    late = cast.batch.closes_at + timedelta(minutes=1)
    drawn = figure_plans.draw_sample(cast.batch, by=cast.office, at=late).drawn
    for case in cases:
        found = read(case)[chain_key(cast.batch)]
        check_bound(found)
        told = contents(found)["draw_figure_sample"]
        assert (len(told["candidates"]), plain(told["candidates"])) == (3, [case.number])
        assert plain(told["drawn"]) == ([case.number] if case.number in drawn else [])
        assert told["seed"].keys() == {"withheld"}  # with it everybody could draw the others again


def test_ranking_and_result_of_the_nation_tell_the_own_share(cast: Cast) -> None:
    batch = recommending.make_national(cast, quota=2)
    own, other = cases = [recommending.filed(cast, batch, n) for n in range(2)]
    for case in cases:
        recommending.score(cast, case, cast.at)
    ranking = recommending.rank(cast, batch)
    recommending.decide(cast, batch)
    recommending.send(cast, batch)
    recommending.result(cast, batch, [own], {other: "未列入国家名单"})
    for case, listed, without in ((own, "recognised", "passed_over"), (other, "passed_over", "recognised")):
        found = read(case)[chain_key(batch)]
        check_bound(found)
        told = contents(found)
        assert (told["freeze_ranking"]["ranking"], told["freeze_ranking"]["quota"]) == (ranking.number, 2)
        assert plain(told["send_recommendation"]["cases"]) == [case.number]
        assert (plain(told["record_result"][listed]), plain(told["record_result"][without])) == ([case.number], [])


def named_in(extract: dict[str, Any], verb: str, name: str) -> list[object]:
    (said,) = [act["content"][name] for act in extract["acts"] if act["verb"] == verb]
    return [one for one in said if not isinstance(one, dict)]


def withheld_in(extract: dict[str, Any], verb: str, name: str) -> int:
    (said,) = [act["content"][name] for act in extract["acts"] if act["verb"] == verb]
    return len([one for one in said if isinstance(one, dict)])


def municipal_round(clock: Clock) -> tuple[Batch, list[Title], list[Case]]:
    """Three titles are called: one hands in, one begins and does not, one does nothing."""
    cast = make_cast(clock.at)
    titles = [evaluating.hold(cast, n) for n in range(3)]
    batch = evaluating.make_round(cast)
    evaluating.frozen_and_called(cast, batch)
    begun = open_application(cast.enterprises[1], batch, by=cast.people["member1"], at=cast.at)
    return batch, titles, [evaluating.filed(cast, batch, 0), begun]


def district_round(clock: Clock) -> tuple[Batch, list[Title], list[Case]]:
    """The same in a round of a district."""
    local = local_evaluating.make_jinshan(clock.at)
    for enterprise in local.cast.enterprises[:3]:
        enterprise.district = local_evaluating.JINSHAN.district
        enterprise.save(update_fields=["district"])
    titles = [*Title.objects.filter(programme="district_centre"), *(local_evaluating.hold(local, n) for n in (1, 2))]
    batch = local_evaluating.make_round(local)
    local_evaluating.frozen_and_called(local, batch)
    begun = open_application(local.cast.enterprises[1], batch, by=local.cast.people["member1"], at=clock.at)
    return batch, titles, [local_evaluating.filed(local, batch, 0), begun]


@pytest.mark.parametrize("make", [municipal_round, district_round])
def test_lists_of_a_round_of_evaluations_name_the_title_of_the_case_alone(
    settings: LazySettings, clock: Clock, var_dir: Path, make: Callable[[Clock], Any]
) -> None:
    settings.ACCREDITATION_DEMO = True
    batch, titles, cases = make(clock)
    tick(batch.closes_at + timedelta(days=1))
    chain = f"batch:{batch.code}"
    handed_in, begun = (read(case)[chain] for case in cases)
    assert named_in(handed_in, "call_holders", "called") == [titles[0].number]
    assert withheld_in(handed_in, "call_holders", "called") == 2
    assert "list_late" not in [act["verb"] for act in handed_in["acts"]], "it is not in that list"
    assert named_in(begun, "list_late", "late") == [titles[1].number]
    assert withheld_in(begun, "list_late", "late") == 1
    for extract, own in ((handed_in, titles[0]), (begun, titles[1])):
        check_bound(extract)
        text = json.dumps(extract, ensure_ascii=False)
        assert [title.number for title in titles if title.number in text] == [own.number]

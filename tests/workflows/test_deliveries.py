"""When a letter was served: who opened it, what an officer recorded, and from which day a challenge of it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.case_acts import people_with_opinion
from accreditation.delivery_words import DeliveryWay as W
from accreditation.enums import MemberState as M
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import (
    AuditEvent,
    Case,
    Delivery,
    Letter,
    Member,
    Message,
    OpeningCorrection,
    Reconsideration,
    User,
)
from accreditation.reconsideration_words import DeclineGround, ReconsiderationState
from accreditation.roles import Role
from accreditation.selectors.deliveries import service_of
from accreditation.services.reconsiderations import took_part
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.recommending_pages import words
from tests.factories.reconsidering import CLAIM, REASONS, declined, reconsiderers, revoked
from workflows import deliveries, door, opening_corrections
from workflows.deliveries import Recorded, note_opening, power_to_deliver, record_delivery
from workflows.opening_corrections import propose as propose_opening_correction
from workflows.opening_reconsiderations import open_reconsideration
from workflows.presentation.deliveries import delivery_words
from workflows.selectors.deliveries import unserved_letters

WHY_LATE = "主要负责人被隔离，四月底才返回单位。"
FOUND = "邮件回执载明三月五日由单位门卫签收。"
DAY = timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def by_post(on: date, **more: Any) -> Recorded:
    return Recorded(**{"way": W.POST, "done_on": on, "evidence": "EMS 1000 0001 示例", **more})


def codes(letter: Letter, said: Recorded, by: User, at: datetime) -> set[str]:
    with pytest.raises(Refusal) as found:
        record_delivery(letter, said, by=by, at=at)
    return {reason.code for reason in found.value.reasons}


def served(letter: Letter, on: datetime) -> tuple[str, date | None] | None:
    row = service_of(letter, on.date())
    return None if row is None else (row.way, row.served_on)


def filed(letter: Letter, cast: Cast, at: datetime, **more: Any) -> Reconsideration:
    said = {"known_on": letter.dated, "claim": CLAIM, "reasons": REASONS, "by": cast.member0} | more
    return Reconsideration.objects.get(case=open_reconsideration(letter, **said, at=at))


# --- the addressee --------------------------------------------------------------------------------------------------
def test_first_opening_by_the_addressee_is_recorded_once_and_by_nobody_else(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)  # dated 2 March 2026
    for other in (cast.office, cast.publisher, cast.people["member1"], cast.people["reconsiderer1"]):
        note_opening(letter, by=other, at=clock.at)
    assert (served(letter, clock.at), Delivery.objects.count()) == (None, 0)
    first = clock.at + 3 * DAY
    for at in (first, first + DAY):
        note_opening(letter, by=cast.member0, at=at)
    row = Delivery.objects.get()
    assert (row.recorded_by, row.recorded_at, row.served_on) == (cast.member0, first, date(2026, 3, 5))
    assert AuditEvent.objects.get(verb="open_letter").content == {"letter": letter.number, "served_on": "2026-03-05"}
    assert served(letter, clock.at) is None, "not yet on the second of March"
    with transaction.atomic(), pytest.raises(IntegrityError):
        Delivery.objects.create(
            letter=letter, way=W.OPENED, done_on=first.date(), served_on=first.date(), recorded_by=cast.member0,
            recorded_at=first,
        )  # fmt: skip


@pytest.mark.parametrize(("membership", "counts"), [
    ({"state": M.ACTIVE, "acts_from": 0}, True),
    ({"state": M.ACTIVE, "settled_at": 0}, True),  # from before such days were kept
    ({"state": M.ACTIVE, "acts_from": 4}, False),  # proven after the opening
    ({"state": M.ENDED, "acts_from": 0, "settled_at": 4}, True),  # ended after it
    ({"state": M.ENDED, "acts_from": 0, "settled_at": 2}, False),
    ({"state": M.REJECTED, "settled_at": 4}, False),
    ({"state": M.REQUESTED}, False),
    (None, False),  # a member of another enterprise
])  # fmt: skip
def test_opening_by_who_could_not_act_for_the_addressee_at_that_instant_serves_nothing(
    cast: Cast, clock: Clock, membership: dict[str, Any] | None, counts: bool
) -> None:
    letter, opened_at, week = revoked(cast, clock.at), clock.at + 3 * DAY, clock.at + 7 * DAY
    opener = person("opener", "打开人示例")
    days = {key: clock.at + value * DAY for key, value in (membership or {}).items() if key != "state"}
    enterprise = letter.case.enterprise if membership else cast.enterprises[1]
    Member.objects.create(
        enterprise=enterprise, user=opener, state=(membership or {}).get("state", M.ACTIVE),
        requested_at=clock.at - DAY, **{"settled_at": clock.at, **days},
    )  # fmt: skip
    opening = Delivery.objects.create(
        letter=letter, way=W.OPENED, done_on=opened_at.date(), served_on=opened_at.date(), recorded_by=opener,
        recorded_at=opened_at,
    )  # fmt: skip
    assert served(letter, week) == ((W.OPENED, date(2026, 3, 5)) if counts else None)
    assert [one.number for one in unserved_letters(cast.office, week.date())] == ([] if counts else [letter.number])
    rows = delivery_words(letter, cast.office, week)["deliveries"]
    assert [(row["stands"], row["no_authority"]) for row in rows] == [(counts, not counts)]
    note_opening(letter, by=cast.member0, at=week)
    last = Delivery.objects.latest("pk")
    assert (last.recorded_by, last == opening) == ((opener, True) if counts else (cast.member0, False))
    assert served(letter, week) == (W.OPENED, last.served_on)


def test_opening_is_not_recorded_once_the_membership_has_ended_meanwhile(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    Member.objects.filter(user=cast.member0).update(state=M.ENDED)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deliveries, "acts_for", lambda *_: True)  # as it was asked before the lock
        note_opening(letter, by=cast.member0, at=clock.at + DAY)
    assert not Delivery.objects.exists()
    assert not AuditEvent.objects.filter(verb="open_letter").exists()


WHY_NONE = "授权委托书经核实系伪造，该账号由他人使用。"


def test_two_officers_take_back_an_opening_by_a_member_whose_authority_was_forged(cast: Cast, clock: Clock) -> None:
    letter, at, second = revoked(cast, clock.at), clock.at + 3 * DAY, cast.people["reconsiderer2"]
    grant(second, Role.MUNICIPAL_OFFICER, at=cast.at)
    said = {"why": WHY_NONE, "evidence": "公安机关鉴定意见 示例1号"}
    with pytest.raises(Refusal, match="not_opened"):
        propose_opening_correction(letter, **said, by=cast.office, at=at)
    note_opening(letter, by=cast.member0, at=at)
    with pytest.raises(Refusal) as refused:
        propose_opening_correction(letter, why="伪造", evidence=" ", by=cast.office, at=at)
    assert [reason.code for reason in refused.value.reasons] == ["why_needed", "evidence_needed"]
    for stranger in (cast.pudong, cast.member0, cast.auditor):
        with pytest.raises(Denied):
            propose_opening_correction(letter, **said, by=stranger, at=at)
    propose_opening_correction(letter, **said, by=cast.office, at=at)
    row = OpeningCorrection.objects.get()
    assert served(letter, at) == (W.OPENED, at.date()), "until another confirms"
    with pytest.raises(Refusal, match="proposed_already"):
        propose_opening_correction(letter, **said, by=second, at=at)
    for by, attempt in (
        (cast.office, opening_corrections.confirm), (cast.pudong, opening_corrections.confirm),
        (second, opening_corrections.withdraw),
    ):  # fmt: skip
        with pytest.raises(Denied):
            attempt(row, by=by, at=at)
    opening_corrections.decline(row, reason="请先调取登录记录。", by=second, at=at)
    assert served(letter, at) == (W.OPENED, at.date())
    propose_opening_correction(letter, **said, by=cast.office, at=at)
    opening_corrections.confirm(OpeningCorrection.objects.latest("pk"), by=second, at=at + DAY)
    assert served(letter, at + DAY) is None
    taken_back = Delivery.objects.latest("pk")
    assert (taken_back.way, taken_back.corrects, taken_back.remark) == (
        W.NOT_SERVED,
        Delivery.objects.first(),
        WHY_NONE,
    )
    assert "not_correctable" in codes(letter, by_post(at.date(), corrects=taken_back.pk, remark="改回来吧"), second, at)
    with pytest.raises(AlreadyDone):
        opening_corrections.withdraw(OpeningCorrection.objects.latest("pk"), by=cast.office, at=at + DAY)
    kinds = (
        Message.objects.filter(kind__startswith="opening_correction").order_by("pk").values_list("recipient", "kind")
    )
    assert list(kinds) == [
        (second.pk, "opening_correction_proposed"), (cast.office.pk, "opening_correction_declined"),
        (second.pk, "opening_correction_proposed"), (cast.office.pk, "opening_correction_confirmed"),
    ]  # fmt: skip
    note_opening(letter, by=cast.member0, at=at + 2 * DAY)
    assert served(letter, at + 2 * DAY) is None, "the same membership"
    Member.objects.filter(user=cast.member0).update(acts_from=at + DAY + timedelta(hours=1))  # proven anew
    note_opening(letter, by=cast.member0, at=at + 2 * DAY)
    assert served(letter, at + 2 * DAY) == (W.OPENED, (at + 2 * DAY).date())
    assert not took_part(second, letter.case)
    assert verify_all()[1] == []


def test_page_of_the_services_takes_both_officers_through_the_correction(cast: Cast, clock: Clock) -> None:
    letter, second = revoked(cast, clock.at), cast.people["reconsiderer2"]
    grant(second, Role.MUNICIPAL_OFFICER, at=cast.at)
    note_opening(letter, by=cast.member0, at=clock.at)
    address, (one, other) = reverse("letter_delivery", args=[letter.number]), (
        log_in(Client(), cast.office), log_in(Client(), second),
    )  # fmt: skip
    form = {"opening-why": WHY_NONE, "opening-evidence": "鉴定意见 示例1号", "propose_opening_correction": "1"}
    lacking = one.post(address, form | {"opening-why": "伪造"})
    assert (lacking.status_code, "请写明打开人无权代表收件单位的经过" in words(lacking)) == (422, True)
    assert one.post(address, form).status_code == 302
    assert "由提请人以外的另一名经办人核对" in words(one.get(address))
    unsaid = other.post(address, {"answer_opening_correction": "1"})
    assert (unsaid.status_code, WHY_NONE in words(unsaid)) == (422, True)
    answer = {"answer_opening_correction": "1", "is_confirmed": "yes"}
    assert one.post(address, answer).status_code == 403
    assert other.post(address, answer).status_code == 302
    page = words(other.get(address))
    assert ("还没有送达记录" in page, "已确认" in page) == (True, True)
    own = words(
        log_in(Client(), cast.member0).get(reverse("my_matter_letter", args=[letter.case.number, letter.number]))
    )
    assert (WHY_NONE in own, second.name in own) == (True, False)


# --- the authority --------------------------------------------------------------------------------------------------
def test_only_the_body_that_wrote_the_letter_records_its_delivery(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    assert power_to_deliver(cast.office, letter, clock.at) is not None
    for name in ("member0", "pudong", "reconsiderer1", "clock"):
        with pytest.raises(Denied):
            record_delivery(letter, by_post(letter.dated), by=cast.people[name], at=clock.at)
    challenge = filed(letter, cast, clock.at)
    door.perform(challenge.case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=clock.at)
    accepted = Letter.objects.get(case=challenge.case)
    assert power_to_deliver(cast.people["reconsiderer1"], accepted, clock.at) is not None
    assert power_to_deliver(cast.office, accepted, clock.at) is None, "a letter of the authority that reconsiders"


def test_who_records_a_delivery_has_no_part_in_what_the_letter_says(cast: Cast, clock: Clock) -> None:
    decision, order, second = declined(cast, clock.at), revoked(cast, clock.at), cast.people["reconsiderer2"]
    before = people_with_opinion(decision.case)
    assert cast.pudong.pk in before, "the one who decided is counted for that"
    clerk = person("clerk", "区收发示例")
    grant(second, Role.MUNICIPAL_OFFICER, at=cast.at)
    grant(clerk, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    for officer in (second, cast.office):
        record_delivery(order, by_post(order.dated, evidence=f"EMS {officer}"), by=officer, at=clock.at)
    record_delivery(decision, by_post(decision.dated), by=clerk, at=clock.at)
    assert people_with_opinion(decision.case) == before
    assert took_part(cast.office, order.case)
    assert not took_part(second, order.case), "may still examine the challenge"


@pytest.mark.parametrize(("wrong", "wanted"), [
    ({"way": W.OPENED}, {"way"}),
    ({"way": W.NOT_SERVED}, {"way"}),
    ({"way": "by_pigeon"}, {"way"}),
    ({"evidence": " "}, {"evidence_needed"}),
    ({"done_on": date(2026, 3, 1)}, {"done_on"}),
    ({"done_on": date(2026, 3, 20)}, {"done_on"}),
    ({"way": W.PUBLIC_NOTICE}, {"remark_needed"}),
    ({"corrects": 4711}, {"not_correctable", "remark_needed"}),
])  # fmt: skip
def test_what_is_no_delivery_is_refused(cast: Cast, clock: Clock, wrong: dict[str, Any], wanted: set[str]) -> None:
    letter = revoked(cast, clock.at)
    said = by_post(letter.dated + DAY, **wrong) if "done_on" not in wrong else by_post(wrong["done_on"])
    assert codes(letter, said, cast.office, clock.at + 7 * DAY) == wanted
    assert not Delivery.objects.exists()


def test_first_service_counts_and_a_wrong_record_is_corrected_by_a_further_one(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at + 20 * DAY
    notice = by_post(date(2026, 3, 3), way=W.PUBLIC_NOTICE, remark="邮件两次退回，电话无人接听")
    record_delivery(letter, notice, by=cast.office, at=at)
    assert served(letter, at) is None, "thirty days have not passed"
    assert served(letter, at + 11 * DAY) == (W.PUBLIC_NOTICE, date(2026, 4, 2))
    record_delivery(letter, by_post(date(2026, 3, 9)), by=cast.office, at=at)
    assert codes(letter, by_post(date(2026, 3, 9)), cast.office, at) == {"recorded_before"}
    note_opening(letter, by=cast.member0, at=at)
    assert served(letter, at) == (W.POST, date(2026, 3, 9))
    wrong, opened = Delivery.objects.get(way=W.POST), Delivery.objects.get(way=W.OPENED)
    better = {"corrects": wrong.pk, "remark": "回执上的日期看错了"}
    record_delivery(letter, by_post(date(2026, 3, 12), **better), by=cast.office, at=at)
    assert served(letter, at) == (W.POST, date(2026, 3, 12))
    assert "not_correctable" in codes(letter, by_post(date(2026, 3, 13), **better), cast.office, at), "once"
    of_opening = better | {"corrects": opened.pk}
    assert "not_correctable" in codes(letter, by_post(date(2026, 3, 13), **of_opening), cast.office, at)
    last = Delivery.objects.latest("pk")
    gone = Recorded(W.NOT_SERVED, date(2026, 3, 15), remark="邮件实为退回，没有送达", corrects=last.pk)
    record_delivery(letter, gone, by=cast.office, at=at)
    assert served(letter, at) == (W.OPENED, at.date()), "what is left"
    assert Delivery.objects.count() == 5, "nothing is taken away"
    day = letter.dated
    posted = {"letter": letter, "way": W.POST, "evidence": "EMS 1", "done_on": day, "served_on": day}
    made = {"recorded_by": cast.office, "recorded_at": at}
    for change in (
        {"evidence": ""}, {"served_on": None}, {"way": W.NOT_SERVED}, {"way": "by_pigeon"}, {"letter": None},
        {"corrects": last}, {"way": W.OPENED}, {"corrects_id": last.pk + 9, "pk": last.pk + 9, "remark": "自己"},
    ):  # fmt: skip
        with transaction.atomic(), pytest.raises(IntegrityError):
            Delivery.objects.create(**posted | made | change)
    newest = Delivery.objects.latest("pk")
    rows, same = Delivery.objects.filter(pk=newest.pk), Delivery(pk=newest.pk, **posted, **made)
    for attempt in (lambda: rows.update(remark="改写"), rows.delete, same.save):
        with transaction.atomic(), pytest.raises(DatabaseError, match="append-only"):
            attempt()
    columns = [field.column for field in Delivery._meta.concrete_fields if field.column != "id"]
    said = ", ".join(columns)
    for replace in (
        f"REPLACE INTO accreditation_delivery SELECT * FROM accreditation_delivery WHERE id = {wrong.pk}",
        f"REPLACE INTO accreditation_delivery ({said}) SELECT {said} FROM accreditation_delivery"
        f" WHERE id = {opened.pk}",
    ):
        if connection.vendor == "sqlite":
            with transaction.atomic(), pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
                cursor.execute(replace)


def test_several_wrong_records_are_taken_back_in_the_same_words(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at + 20 * DAY
    for days in (1, 2):
        record_delivery(letter, by_post(letter.dated + days * DAY), by=cast.office, at=at)
    back = {"way": W.NOT_SERVED, "evidence": "", "remark": "邮件实为退回"}
    for row in list(Delivery.objects.order_by("pk")):
        record_delivery(letter, by_post(at.date(), corrects=row.pk, **back), by=cast.office, at=at)
        assert "not_correctable" in codes(letter, by_post(at.date(), corrects=row.pk, **back), cast.office, at)
    assert served(letter, at) is None
    again = by_post(letter.dated + DAY)
    record_delivery(letter, again, by=cast.office, at=at)
    assert codes(letter, again, cast.office, at) == {"recorded_before"}, "what was taken back does not stand, this does"


def test_adverse_letter_stays_listed_at_its_own_body_until_it_is_served(cast: Cast, clock: Clock) -> None:
    own, week = declined(cast, clock.at), clock.at + 7 * DAY
    letter = revoked(cast, clock.at)

    def listed(by: User, at: datetime) -> list[str]:
        return [one.number for one in unserved_letters(by, at.date())]

    assert listed(cast.office, week - DAY) == [], "not yet"
    assert listed(cast.office, week) == [letter.number], "and none that is not adverse"
    assert listed(cast.pudong, week) == [own.number], "the city's letter is not the district's"
    record_delivery(letter, by_post(letter.dated + DAY), by=cast.office, at=week)
    assert listed(cast.office, week) == []
    gone = {"way": W.NOT_SERVED, "evidence": "", "remark": "邮件实为退回", "corrects": Delivery.objects.get().pk}
    record_delivery(letter, by_post(letter.dated + DAY, **gone), by=cast.office, at=week)
    assert listed(cast.office, week) == [letter.number]
    note_opening(own, by=cast.member0, at=week)
    assert listed(cast.pudong, week) == []


# --- lateness -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("services", "stated", "filed_after", "late_days"), [
    ([], 0, 66, 1),  # from 2 March as stated; the sixtieth day is 1 May, offices work again on the 6th
    ([], 7, 66, 0),  # stated as 9 March, and nothing says otherwise
    ([7], 0, 66, 0),  # served on 9 March: the day of the letter is not held against the applicant
    ([7], 7, 68, 1),  # until 8 May
    ([1], 30, 66, 1),  # served on 3 March, though the applicant says April: 2 May is free as well
    ([30, 1], 30, 66, 1),  # of two services the first
])  # fmt: skip
def test_time_runs_from_the_service_on_record_else_from_the_day_that_is_stated(
    cast: Cast, clock: Clock, services: list[int], stated: int, filed_after: int, late_days: int
) -> None:
    letter, at = revoked(cast, clock.at), clock.at + filed_after * DAY
    for days in services:
        record_delivery(letter, by_post(letter.dated + days * DAY), by=cast.office, at=clock.at + 31 * DAY)
    known_on = letter.dated + stated * DAY
    if late_days:
        with pytest.raises(Refusal) as found:
            filed(letter, cast, at, known_on=known_on)
        assert [reason.code for reason in found.value.reasons] == ["late_reason"]
    row = filed(letter, cast, at, known_on=known_on, late_reason=WHY_LATE)
    assert row.late_days == late_days
    assert row.counted_from == (letter.dated + min(services) * DAY if services else known_on)


def decline(case: Case, cast: Cast, at: datetime, **more: Any) -> list[str]:
    form = {"decline_ground": DeclineGround.TIME, "reason": "超过期限，没有正当理由。"} | more
    reasons = door.reasons_against(case, "decline_reconsideration", by=cast.people["reconsiderer1"], at=at, form=form)
    return [reason.code for reason in reasons]


def test_examiner_establishes_the_day_with_reasons_in_the_decision_itself(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at + 75 * DAY  # 16 May 2026
    row = filed(letter, cast, at, known_on=letter.dated + 30 * DAY)
    case, first = row.case, cast.people["reconsiderer1"]
    assert row.late_days == 0
    day = {"established_on": date(2026, 3, 5)}
    assert decline(case, cast, at) == ["not_late"]
    assert decline(case, cast, at, **day) == ["text_needed", "lateness_unheard"]
    assert decline(case, cast, at, established_why=FOUND) == ["not_late", "established_on"]
    for outside in (date(2026, 3, 1), date(2026, 5, 17)):
        assert "established_on" in decline(case, cast, at, established_on=outside, established_why=FOUND)
    day |= {"established_why": FOUND}
    assert decline(case, cast, at, decline_ground=DeclineGround.CLAIM, **day) == [
        "lateness_unheard", "established_for_nothing",
    ]  # fmt: skip
    door.perform(case, "ask_for_supplement", by=first, at=at, form={"lacking": "请说明逾期申请的理由。"})
    said = {"claim": CLAIM, "reasons": f"{REASONS}门卫没有转交。"}
    door.perform(case, "supplement_reconsideration", by=cast.member0, at=at + DAY, form=said)
    form = {"decline_ground": DeclineGround.TIME, "reason": "单位内部的转交不是正当理由。", **day}
    door.perform(case, "decline_reconsideration", by=first, at=at + DAY, form=form)
    row.refresh_from_db(fields=["established_on", "established_why", "late_days", "served_on"])
    assert (row.established_on, row.established_why, row.late_days) == (date(2026, 3, 5), FOUND, 10)
    told = Letter.objects.get(case=case, kind="reconsideration_declined")
    assert "自2026年3月5日起知道或者应当知道该行为：" + FOUND in told.body
    assert "超过申请期限10日" in told.body
    entry = AuditEvent.objects.get(verb="decline_reconsideration").content
    assert (entry["established_on"], entry["late_days"], entry["known_on"]) == ("2026-03-05", 10, "2026-04-01")
    with transaction.atomic(), pytest.raises(IntegrityError):
        Reconsideration.objects.filter(pk=row.pk).update(established_why="")


def test_day_established_in_favour_of_the_applicant_makes_it_timely(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at + 75 * DAY
    row = filed(letter, cast, at, late_reason=WHY_LATE)
    assert row.late_days == 10
    form = {"established_on": date(2026, 3, 20), "established_why": "邮件改投两次，三月二十日方由该单位签收。"}
    door.perform(row.case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=at, form=form)
    row = Reconsideration.objects.get(pk=row.pk)
    assert (row.state, row.late_days, row.late_reason) == (ReconsiderationState.ANSWER_ASKED, 0, WHY_LATE)
    told = Letter.objects.get(case=row.case, kind="reconsideration_accepted")
    assert "符合法定条件，现予受理。经审查，认定你单位自2026年3月20日起" in told.body


@pytest.mark.parametrize(("evidence", "taken_back", "after"), [
    ({"late_reason": WHY_LATE}, True, 0),  # declined as late no more
    ({"late_reason": WHY_LATE}, False, 2),  # served on 10 March: until 9 May, a Saturday that is worked
    ({}, None, 0),  # in time as stated; what is recorded later makes nobody late unheard
])  # fmt: skip
def test_lateness_follows_from_the_services_as_they_are_on_record_at_the_examination(
    cast: Cast, clock: Clock, evidence: dict[str, str], taken_back: bool | None, after: int
) -> None:
    letter, at = revoked(cast, clock.at), clock.at + 70 * DAY
    posted, known_on = by_post(letter.dated + DAY), letter.dated + 40 * DAY
    if taken_back is not None:
        record_delivery(letter, posted, by=cast.office, at=at)
    row = filed(letter, cast, at, known_on=known_on, **evidence)
    filed_with = (posted.done_on, 5) if taken_back is not None else (None, 0)
    assert (row.served_on, row.late_days) == filed_with
    if taken_back is None:
        record_delivery(letter, posted, by=cast.office, at=at)
    else:
        wrong = {"corrects": Delivery.objects.get().pk, "remark": "邮件实为退回，没有送达"}
        way = {"way": W.NOT_SERVED, "evidence": ""} if taken_back else {}
        record_delivery(letter, by_post(letter.dated + 8 * DAY, **wrong, **way), by=cast.office, at=at)
    assert decline(row.case, cast, at) == ([] if after else ["not_late"])
    door.perform(row.case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=at)
    row = Reconsideration.objects.get(pk=row.pk)
    told = Letter.objects.get(case=row.case, kind="reconsideration_accepted").body
    assert (row.late_days, f"超过申请期限{after}日" in told) == (after, after > 0)
    noted = AuditEvent.objects.get(verb="accept_reconsideration").content
    assert (row.counted_from == known_on) == (after == 0)
    assert noted.get("late_days_before") == (5 if taken_back is not None else None)

"""Between the minutes and the grant a case goes back to the committee, or its applicant gives up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind, Level
from accreditation.errors import Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Letter,
    Message,
    NoticeAdjustment,
    Objection,
    Programme,
    Reopening,
    ReopeningStatement,
    User,
)
from accreditation.models.reopenings import ReopeningAnswer as A
from accreditation.services.recognition_quota import places_left
from tests.attacks.invariants import all_faults
from tests.attacks.municipal_states import MunicipalStates2026
from tests.attacks.national_states import NationalStates
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.hearings import dismiss, officers, waive
from tests.factories.reopenings import (
    FACTS,
    GIVEN_UP,
    REASON,
    STATEMENT,
    answer,
    forms,
    proposal,
    put_forward,
    sent_back,
    stated,
)
from tests.workflows.test_edition_change import NEW, OLD, mapping
from workflows import door
from workflows.consistency import check_all
from workflows.edition_change import change_case
from workflows.forms.reopenings import ReopeningForm
from workflows.moves import possible_moves
from workflows.procedures import procedure_of
from workflows.selectors.reopenings import reopenings_waiting_for
from workflows.tick import tick
from workflows.views.reopenings import ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANEW, BY_RANK = "重新审议后仍拟认定的，另行公示。", "重新审议后仍同意推荐的，按排序和名额办理。"
PROMISES = [
    (Level.MUNICIPAL, 7, ANEW),
    (Level.MUNICIPAL, 0, ""),
    (Level.NATIONAL, 7, BY_RANK),
    (Level.NATIONAL, 0, BY_RANK),
]


@pytest.fixture
def world(settings: LazySettings, var_dir: object, clock: Clock) -> MunicipalStates2026:
    settings.ACCREDITATION_DEMO = True
    return MunicipalStates2026(clock.at)


def row_of(case: Case) -> Application:
    return Application.objects.get(case=case)


def codes(world: MunicipalStates2026, case: Case, verb: str, by: User, **form: object) -> set[str]:
    """Codes of the reasons against the verb; done where there are none."""
    try:
        door.perform(case, verb, by=by, at=world.at, form=form)
    except Refusal as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()


def next_verbs(case: Case) -> set[str]:
    row = row_of(case)
    return {move.verb.code for move in possible_moves(procedure_of(case), row, row.state)}


def test_case_goes_back_from_the_notice_and_is_granted_on_new_minutes_and_a_new_notice(
    world: MunicipalStates2026,
) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    old, listed = row_of(case).decision, row_of(case).notice
    assert old is not None
    first, second = put_forward(case, at=world.at)
    applicant = world.people["applicant"]
    assert Message.objects.filter(recipient=applicant, kind="propose_reopening").count() == 1
    letter = Letter.objects.get(case=case, kind=LetterKind.REOPENING)
    assert FACTS in letter.body
    assert "已经开始的公示继续进行" in letter.body
    assert "参照" in letter.body
    assert codes(world, case, "return_to_committee", first, reason=REASON) == {"four_eyes", "applicant_not_heard"}
    stated(case, by=applicant, at=world.at, gives_up_rest=False)
    assert codes(world, case, "return_to_committee", second, reason=REASON) == {"applicant_not_heard"}
    stated(case, by=applicant, at=world.at)
    assert codes(world, case, "state_on_reopening", applicant, text=STATEMENT) == {"rest_given_up"}
    assert codes(world, case, "return_to_committee", second, reason=REASON) == set()
    row = row_of(case)
    assert (row.state, row.decision, row.notice) == (S.UNDER_OVERALL_REVIEW, None, None)
    assert (Reopening.objects.get().answer, Reopening.objects.get().decision) == (A.RETURNED, old)
    assert "重新审议" in NoticeAdjustment.objects.get(notice=listed).body
    assert REASON in Letter.objects.get(case=case, kind=LetterKind.REOPENED).body
    assert Message.objects.filter(recipient=first, kind="reopening_answered").count() == 1
    assert AuditEvent.objects.get(verb="return_to_committee").content["minutes"] == old.minutes_sha256
    assert list(check_all()) == []
    decide_anew(world, case)
    row = row_of(case)
    assert row.notice is not None
    assert row.notice != listed
    assert row.decision != old
    world.end_notice(case)
    world.announce(case)
    assert row_of(case).state == S.RECOGNISED
    assert list(all_faults()) == []


def decide_anew(world: MunicipalStates2026, case: Case) -> None:
    """The committee is for it once more; minutes that were set aside carry nothing any more."""
    world.at += timedelta(days=1)
    newest = world._decision(case, Choice.RECOGNISE)
    older = row_of(case).decisions.order_by("pk")[0]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "propose", by=world.people["committee"], at=world.at, form={"decision": older})
    assert [reason.code for reason in refused.value.reasons] == ["no_decision"]
    door.perform(case, "propose", by=world.people["committee"], at=world.at, form={"decision": newest})
    world.publish(case)


def test_what_waits_holds_back_the_grant_and_leaves_the_notice_its_days(world: MunicipalStates2026) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    ends = row_of(case).notice.ends_at  # type: ignore[union-attr]  # under notice
    assert "return_to_committee" not in next_verbs(case)
    first, second = put_forward(case, at=world.at)
    assert "return_to_committee" in next_verbs(case)
    assert [reopenings_waiting_for(by) for by in (first, second)] == [[], [Reopening.objects.get()]]
    assert codes(world, case, "propose_reopening", second, **proposal(world.at)) == {"reopening_waits"}
    world.at = ends + timedelta(days=1)
    tick(world.at)
    assert row_of(case).state == S.NOTICE_COMPLETED
    assert AuditEvent.objects.filter(verb="end_reopening_time").count() == 1
    assert codes(world, case, "state_on_reopening", world.people["applicant"], text=STATEMENT) == {"statement_late"}
    with pytest.raises(Refusal) as refused:
        world.announce(case)
    assert [reason.code for reason in refused.value.reasons] == ["reopening_waits"]
    assert codes(world, case, "drop_reopening", first, reason=REASON) == {"four_eyes"}
    assert codes(world, case, "drop_reopening", second, reason=REASON) == set()
    assert "不予重新审议" in Letter.objects.get(case=case, kind=LetterKind.REOPENED).body
    assert codes(world, case, "propose_reopening", second, **proposal(world.at)) == {"facts_dropped"}
    world.announce(case)
    assert list(all_faults()) == []


def test_who_proposed_takes_it_back_and_nothing_holds_the_case_any_more(world: MunicipalStates2026) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    first, second = put_forward(case, at=world.at)
    stated(case, by=world.people["applicant"], at=world.at)
    assert "why_again" not in ReopeningForm(application=row_of(case)).fields
    assert codes(world, case, "withdraw_reopening", second, reason=REASON) == {"not_proposer"}
    assert codes(world, case, "withdraw_reopening", first, reason=" ") == {"text_needed"}
    client, address = log_in(Client(), first), reverse("office_act", args=[case.number, "withdraw_reopening"])
    home, shown = reverse("office_case", args=[case.number]), []
    for by in (client, log_in(Client(), second)):
        shown.append(address in by.get(home).content.decode())
    assert shown == [True, False]
    assert client.post(address, answer(case)).status_code == 302
    row = Reopening.objects.get()
    assert (row.answer, row.answer_reason, row.answered_by, row.clock.state) == (A.WITHDRAWN, REASON, first, "met")
    letter = Letter.objects.get(case=case, kind=LetterKind.REOPENED).body
    assert [word in letter for word in ("提请人已撤回", REASON, "退回重新审议")] == [True, True, False]
    assert address not in client.get(home).content.decode()
    for by in (world.people["applicant"], second):
        assert Message.objects.filter(recipient=by, kind="withdraw_reopening").count() == 1
    assert codes(world, case, "withdraw_reopening", first, reason=REASON) == {"not_proposed"}
    assert "why_again" in ReopeningForm(application=row_of(case)).fields
    again = {"why_again": "撤回时误以为材料系复印件，现已取得原件。"}
    other = proposal(world.at) | {"facts": FACTS + "另有新的发现一项。"}
    assert codes(world, case, "propose_reopening", second, **other, **again) == {"not_again"}
    assert codes(world, case, "propose_reopening", second, **proposal(world.at)) == {"why_again_needed"}
    blanks = proposal(world.at) | {"facts": f" {FACTS} "}
    assert codes(world, case, "propose_reopening", second, **blanks, why_again="再提") == {"why_again_needed"}
    assert codes(world, case, "propose_reopening", second, **blanks, **again) == set()
    told = Letter.objects.filter(case=case, kind=LetterKind.REOPENING).latest("pk").body
    assert (again["why_again"] in told, "此前就该事实所作的陈述仍予考虑" in told) == (True, True)
    assert again["why_again"] in client.get(home).content.decode()
    assert codes(world, case, "withdraw_reopening", second, reason=REASON) == set()
    for by in (first, second):
        assert codes(world, case, "propose_reopening", by, **blanks, **again) == {"facts_taken_back_twice"}
    world.announce(case)
    assert row_of(case).state == S.RECOGNISED
    assert list(all_faults()) == []


def test_wish_to_be_off_the_list_is_carried_out_and_not_put_before_the_committee(world: MunicipalStates2026) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    first, second = put_forward(case, at=world.at)
    stated(case, by=world.people["applicant"], at=world.at)
    waive(case, by=world.people["applicant"], at=world.at)
    assert codes(world, case, "return_to_committee", second, reason=REASON) == {"waived"}
    assert codes(world, case, "drop_reopening", second, reason=REASON) == set()
    more = proposal(world.at) | {"facts": f"{FACTS}另查。"}
    assert codes(world, case, "propose_reopening", first, **more) == {"waived"}
    publisher = world.people["publisher"]
    form = forms(case, publisher, world.at)["take_off_notice"]()
    assert codes(world, case, "take_off_notice", publisher, **form) == set()
    assert row_of(case).state == S.WITHDRAWN


def test_applicant_gives_up_what_the_committee_is_for_and_its_place_is_free(world: MunicipalStates2026) -> None:
    case = world.case_in(S.PROPOSED)
    put_forward(case, at=world.at)
    assert places_left(world.local.batch) == 0
    assert codes(world, case, "publish_notice", world.people["publisher"], notice=None) == {"reopening_waits"}
    own = log_in(Client(), world.people["applicant"])
    address = reverse("my_give_up", args=[case.number])
    assert address in own.get(reverse("my_case", args=[case.number])).content.decode()
    assert own.post(address, {"reason": GIVEN_UP}).status_code == 422
    assert own.post(address, {"reason": GIVEN_UP, "understood": "on"}).status_code == 302
    assert (row_of(case).state, Reopening.objects.get().answer) == (S.WITHDRAWN, A.OVERTAKEN)
    assert places_left(world.local.batch) == 1
    assert Letter.objects.filter(case=case, kind=LetterKind.WITHDRAWAL).count() == 1
    assert Message.objects.filter(recipient=world.people["publisher"], kind="give_up").exists()
    assert own.get(address).status_code == 404
    assert list(all_faults()) == []


def test_objection_of_a_former_notice_extends_no_other(world: MunicipalStates2026) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    told = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
    raised = door.perform(case, "raise_objection", by=world.people["clock"], at=world.at, form=told)
    objection = Objection.objects.get(number=raised.answer["objection"])
    officer = dismiss(case, objection, at=world.at)
    client, address = log_in(Client(), officer), reverse("office_objection_extend", args=[objection.number])
    assert client.get(address).status_code == 200
    sent_back(case, applicant=world.people["applicant"], at=world.at)
    days = {"objection": objection, "days": 9, "reason": "须实地核查人员"}
    own = reverse("office_objection", args=[objection.number])
    for _notice in ("none", "another"):
        assert client.get(address).headers["Location"] == own
        assert address not in client.get(own).content.decode()
        if row_of(case).notice is None:
            decide_anew(world, case)
    assert codes(world, case, "extend_notice", officer, **days) == {"no_objection"}


def test_recommendation_goes_back_and_is_ranked_as_before(
    settings: LazySettings, var_dir: object, clock: Clock
) -> None:
    settings.ACCREDITATION_DEMO = True
    world = NationalStates(clock.at)
    case = world.case_in(S.TO_BE_RECOMMENDED)
    sent_back(case, applicant=world.people["applicant"], at=world.at)
    assert row_of(case).state == S.UNDER_OVERALL_REVIEW
    for letter in Letter.objects.filter(case=case, kind__in=[LetterKind.REOPENING, LetterKind.REOPENED]):
        assert "公示" not in letter.body
    assert list(check_all()) == []
    decision = world._decision(case, Choice.RECOGNISE)
    door.perform(case, "propose", by=world.people["committee"], at=world.at, form={"decision": decision})
    assert row_of(case).state == S.TO_BE_RECOMMENDED
    assert list(check_all()) == []


@pytest.mark.parametrize(("level", "days", "said"), PROMISES)
def test_only_where_there_is_a_notice_of_ours_a_new_one_is_promised(level: Level, days: int, said: str) -> None:
    batch = Batch(notice_days=days, programme=Programme(level=level))
    asked = ACTS["return_to_committee"].confirm_in(batch)
    assert asked is not None
    content = {"batch": batch, "row": Reopening(answer=A.RETURNED)}
    letter = render_to_string("accreditation/letters/reopened.txt", content)
    for text in ("".join(map(str, asked.consequences)), letter):
        assert [words for words in (ANEW, BY_RANK) if words in text] == ([said] if said else [])


def test_pages_lead_from_the_facts_to_the_answer(world: MunicipalStates2026, clock: Clock) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    clock.at = world.at
    first, second = (log_in(Client(), by) for by in officers(case, world.at))
    own, publisher = (log_in(Client(), world.people[name]) for name in ("applicant", "publisher"))
    home, act = reverse("office_case", args=[case.number]), "office_act"
    address = reverse(act, args=[case.number, "propose_reopening"])
    assert address in first.get(home).content.decode()
    sent = {"ground": "false_material", "facts": FACTS}
    assert first.post(address, sent).status_code == 422
    paper = SimpleUploadedFile("来函.pdf", b"%PDF-1.4\nbody\n%%EOF\n", "application/pdf")
    assert first.post(address, sent | {"file": paper}).status_code == 302
    row = Reopening.objects.get()
    back = reverse(act, args=[case.number, "return_to_committee"])
    assert [back in client.get(home).content.decode() for client in (first, second)] == [False, True]
    assert "待您答复的重新审议提请" in second.get(reverse("office_inbox")).content.decode()
    files = [reverse(name, args=[case.number, row.pk]) for name in ("staff_reopening_file", "my_reopening_file")]
    assert [second.get(files[0]).status_code, own.get(files[1]).status_code] == [200, 200]
    assert publisher.get(files[0]).status_code == 403
    shown = publisher.get(reverse("batch_announce", args=[world.local.batch.code])).content.decode()
    assert "已提请重新审议" in shown
    assert f'value="{case.number}" id="case-{case.number}" checked' not in shown
    page = reverse("my_reopening", args=[case.number, row.pk])
    assert page in own.get(reverse("my_case", args=[case.number])).content.decode()
    said = {"text": STATEMENT, "gives_up_rest": "on", "file": SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n%%EOF\n")}
    assert own.post(page, said).status_code == 302
    assert STATEMENT in own.get(page).content.decode()
    assert second.get(f"{files[0]}?statement=1").status_code == 200
    assert second.get(f"{files[0]}?statement=2").status_code == 404
    assert second.post(back, {"reason": REASON, "confirmed": "1"}).status_code == 422
    assert second.post(back, answer(case)).status_code == 302
    assert row_of(case).state == S.UNDER_OVERALL_REVIEW
    assert REASON in own.get(page).content.decode()
    assert list(all_faults()) == []


def test_pages_that_stand_open_act_on_no_other_proposal(world: MunicipalStates2026) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    first, second = put_forward(case, at=world.at)
    stale = answer(case)
    assert codes(world, case, "drop_reopening", second, reason=REASON) == set()
    found_later = proposal(world.at) | {"facts": f"{FACTS}另查。"}
    door.perform(case, "propose_reopening", by=second, at=timezone.now(), form=found_later)
    latest = Reopening.objects.latest("pk")
    officer, own = log_in(Client(), first), log_in(Client(), world.people["applicant"])
    drop = reverse("office_act", args=[case.number, "drop_reopening"])
    assert f'name="reopening" value="{latest.pk}"' in officer.get(drop).content.decode()
    answered = officer.post(drop, stale)
    assert (answered.status_code, "已另行提请重新审议" in answered.content.decode()) == (422, True)
    said = {"text": STATEMENT, "gives_up_rest": "on"}
    answered = own.post(reverse("my_reopening", args=[case.number, stale["reopening"]]), said)
    assert (answered.status_code, "已另行提请重新审议" in answered.content.decode()) == (422, True)
    assert not ReopeningStatement.objects.exists()
    old = {"reopening": stale["reopening"], "reason": REASON}
    assert codes(world, case, "return_to_committee", first, **old) == {"another_reopening", "applicant_not_heard"}
    assert own.post(reverse("my_reopening", args=[case.number, latest.pk]), said).status_code == 302
    assert officer.post(drop, answer(case)).status_code == 302
    assert [row.answer for row in Reopening.objects.order_by("pk")] == [A.DROPPED, A.DROPPED]


def test_database_keeps_proposer_and_answer_apart(world: MunicipalStates2026) -> None:
    case = world.case_in(S.PROPOSED)
    first, second = put_forward(case, at=world.at)
    told = {"answer": A.DROPPED, "answer_reason": REASON, "answered_at": world.at}
    for wrong in (
        told | {"answered_by": first},
        told | {"answered_by": second, "answer": A.WITHDRAWN},
        told | {"answered_by": second, "answer_reason": ""},
        {"answer": A.DROPPED},
        {"facts": ""},
        {"rest_waived_at": world.at},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reopening.objects.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReopeningStatement.objects.create(
            reopening=Reopening.objects.get(), text="", stated_by=world.people["applicant"], stated_at=world.at
        )


def test_case_of_which_a_proposal_waits_goes_over_where_it_stands_and_is_not_moved(world: MunicipalStates2026) -> None:
    case, old = world.case_in(S.NOTICE_COMPLETED), {"under_consultation": "under_completeness_check"}
    put_forward(case, at=world.at)

    def change(**more: str) -> None:
        by, seen = world.people["publisher"], S.NOTICE_COMPLETED
        change_case(case, mapping(NEW, OLD, **old, **more), "E1", by=by, at=world.at, acting_as="publisher", seen=seen)

    with pytest.raises(Refusal) as refused:
        change(notice_completed="proposed")
    assert [reason.code for reason in refused.value.reasons] == ["reopening_waits"]
    change()
    assert Case.objects.get(pk=case.pk).procedure == OLD
    assert row_of(case).reopenings.get().answer == ""
    assert list(check_all()) == []

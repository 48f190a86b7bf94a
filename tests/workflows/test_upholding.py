"""An objection is upheld by two officers, neither of whom checked the case; one alone dismisses it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import ObjectionState
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Message,
    Objection,
    ObjectionProposal,
    ObjectorLetter,
    RoleGrant,
    User,
)
from accreditation.models.objection_proposals import UpholdingAnswer as A
from accreditation.roles import Power, Role
from accreditation.selectors.messages import SENTENCES
from accreditation.services.delegations import delegate_powers
from accreditation.visibility import View
from tests.attacks.district_states import DistrictStates
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import grant, person
from tests.factories.hearings import dismiss, hear, officers, propose, uphold
from tests.workflows.test_objection_hearings import OBJECTOR, Objected, archived
from workflows import door
from workflows.consistency import check_all
from workflows.presentation.timeline import timeline
from workflows.procedures import PROCEDURES
from workflows.selectors.upholding import upholding_waiting_for
from workflows.upholding import CHECKS, UPHOLDING_VERBS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GROUNDS, AGAINST = "经核查属实，人员名册与社保记录不符。", "名册的口径尚未核对。"


@pytest.fixture
def heard(settings: LazySettings, clock: Clock) -> Objected:
    """The applicant was heard; two officers of the office did nothing in the case."""
    settings.ACCREDITATION_DEMO = True
    found = Objected(clock)
    hear(found.case, found.objection, office=found.office, applicant=found.applicant, at=found.at)
    return found


def act(heard: Objected, verb: str, by: User, **form: Any) -> set[str]:
    """Codes of the reasons against the verb; done where there are none."""
    try:
        door.perform(heard.case, verb, by=by, at=heard.at, form={"objection": heard.objection, **form})
    except Denied:
        return {"denied"}
    except Refusal as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()


def told(user: User, kind: str) -> int:
    return Message.objects.filter(recipient=user, kind=kind).count()


def test_one_proposes_and_another_confirms(heard: Objected) -> None:
    first, second = heard.office, heard.second
    assert act(heard, "uphold_objection", second) == {"not_proposed"}
    assert act(heard, "propose_upholding", first, reasons=GROUNDS) == set()
    assert heard.state == S.UNDER_NOTICE
    assert told(second, "propose_upholding") == 1
    assert act(heard, "propose_upholding", second, reasons=GROUNDS) == {"proposed_already"}
    assert act(heard, "dismiss_objection", second, reasons="不属实") == {"proposed_already"}
    assert act(heard, "uphold_objection", first) == {"four_eyes"}
    assert act(heard, "uphold_objection", second, reasons="换了一套理由") == set()
    assert heard.state == S.OBJECTION_UPHELD
    row, objection = ObjectionProposal.objects.get(), Objection.objects.get()
    assert (row.answer, row.answered_by, row.proposed_by) == (A.CONFIRMED, second, first)
    assert (objection.reasons, objection.settled_by) == (GROUNDS, second)
    assert GROUNDS in ObjectorLetter.objects.get().body
    assert AuditEvent.objects.get(verb="uphold_objection").content["proposed_by"] == str(first)
    assert told(first, "upholding_confirmed") == 1
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_declined_it_is_looked_into_further_and_needs_another_ground(heard: Objected) -> None:
    first, second = heard.office, heard.second
    propose(heard.case, heard.objection, at=heard.at, reasons=GROUNDS)
    assert act(heard, "decline_upholding", first, reason=AGAINST) == {"four_eyes"}
    assert act(heard, "decline_upholding", second, reason="不") == {"text_needed"}
    assert act(heard, "decline_upholding", second, reason=f"{OBJECTOR}所述不实。") == {"objector_revealed"}
    assert act(heard, "decline_upholding", second, reason=AGAINST) == set()
    assert (told(first, "decline_upholding"), Objection.objects.get().state) == (1, ObjectionState.RECEIVED)
    assert act(heard, "propose_upholding", second, reasons=f" {GROUNDS} ") == {"reason_declined"}
    assert act(heard, "propose_upholding", second, reasons=f"另查：{GROUNDS}") == set()  # now the other way round
    assert act(heard, "uphold_objection", first) == set()
    assert heard.state == S.OBJECTION_UPHELD
    assert list(check_all()) == []


def test_taken_back_it_is_as_if_nobody_had_proposed(heard: Objected) -> None:
    first, second = heard.office, heard.second
    propose(heard.case, heard.objection, at=heard.at)
    assert act(heard, "withdraw_upholding", second, reason="须补充核查") == {"not_proposer"}
    assert act(heard, "withdraw_upholding", first, reason=" ") == {"text_needed"}
    assert act(heard, "withdraw_upholding", first, reason="须补充核查") == set()
    assert told(second, "withdraw_upholding") == 1
    for verb in ("uphold_objection", "decline_upholding", "withdraw_upholding"):
        assert act(heard, verb, second, reason="须补充核查") == {"not_proposed"}
    assert act(heard, "dismiss_objection", second, reasons="经核查不实。") == set()
    assert heard.state == S.UNDER_NOTICE


@pytest.mark.parametrize("way", ["own", "in_place"])
def test_who_checked_the_case_answers_no_objection_to_it(heard: Objected, way: str) -> None:
    checker = by = heard.checker
    if way == "in_place":  # a colleague acts by the power of the one who checked
        by = person("deputy", "代办示例")
        grant(by, Role.PUBLISHER, at=heard.at)
        _lend(checker, by, heard)
    assert act(heard, "propose_upholding", by, reasons=GROUNDS) == {"checked_it"}
    assert act(heard, "dismiss_objection", by, reasons=GROUNDS) == {"checked_it"}
    propose(heard.case, heard.objection, at=heard.at)
    assert act(heard, "uphold_objection", by) == {"checked_it"}
    assert act(heard, "decline_upholding", by, reason=AGAINST) == {"checked_it"}
    assert act(heard, "uphold_objection", heard.second) == set()


def _lend(by: User, to: User, heard: Objected) -> None:
    row, ends_at = RoleGrant.objects.get(user=by, role=Role.MUNICIPAL_OFFICER), heard.at + timedelta(days=7)
    said = {"starts_at": None, "ends_at": ends_at, "reason": "年休假", "by": by, "at": heard.at - timedelta(hours=1)}
    delegate_powers(row, [Power.ANSWER_OBJECTIONS], to, **said)


def test_checks_are_verbs_of_the_procedures() -> None:
    known = {verb for procedure in PROCEDURES.values() for verb in procedure.verbs}
    assert set(CHECKS) <= known


def test_local_officers_confirm_for_each_other_and_nobody_of_the_city_does(
    settings: LazySettings, clock: Clock
) -> None:
    settings.ACCREDITATION_DEMO = True
    world = DistrictStates(clock.at)
    case = world.case_in(S.OBJECTION_UPHELD)
    row = ObjectionProposal.objects.get()
    held = RoleGrant.objects.filter(user__in=[row.proposed_by, row.answered_by])
    assert set(held.values_list("role", "district")) == {
        (Role.LOCAL_OFFICER, case.application.batch.authority.district)
    }
    assert row.proposed_by != row.answered_by


def test_proposal_about_an_objection_that_is_overtaken_ends_with_it(heard: Objected) -> None:
    other = heard.raise_objection("吴示例", "该单位的三项发明专利已经转让，请核查。")
    hear(heard.case, other, office=heard.office, applicant=heard.applicant, at=heard.at)
    propose(heard.case, other, at=heard.at, reasons="专利确已转让。")
    uphold(heard.case, heard.objection, at=heard.at)
    row = ObjectionProposal.objects.get(objection=other)
    assert (row.answer, row.answered_by, row.objection.state) == (A.OVERTAKEN, heard.second, ObjectionState.MOOT)
    assert upholding_waiting_for(heard.second) == []
    assert list(check_all()) == []


def test_desk_asks_the_trail_of_all_cases_at_once(heard: Objected) -> None:
    propose(heard.case, heard.objection, at=heard.at)
    with CaptureQueriesContext(connection) as one:
        assert len(upholding_waiting_for(fresh(heard.second))) == 1
    other = heard.raise_objection("吴示例", "该单位的三项发明专利已经转让，请核查。")
    hear(heard.case, other, office=heard.office, applicant=heard.applicant, at=heard.at)
    propose(heard.case, other, at=heard.at)
    with CaptureQueriesContext(connection) as two:
        assert len(upholding_waiting_for(fresh(heard.second))) == 2
    assert len(one) == len(two)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    "broken", ["answered", "by_nobody", "by_proposer", "for_proposer", "no_reason", "taken_back", "no_grounds"]
)
def test_database_keeps_what_the_guards_keep(heard: Objected, broken: str) -> None:
    first, second = heard.office, heard.second
    propose(heard.case, heard.objection, at=heard.at)
    whole: dict[str, Any] = {"answer": A.DECLINED, "answer_reason": AGAINST, "answered_by": second}
    change: dict[str, Any] = {
        "answered": {"answered_by": second},
        "by_nobody": {"answer": A.CONFIRMED},
        "by_proposer": whole | {"answered_by": first},
        "for_proposer": whole | {"answered_for": first},
        "no_reason": whole | {"answer_reason": ""},
        "taken_back": whole | {"answer": A.WITHDRAWN},
        "no_grounds": {"reasons": "", **whole},
    }[broken]
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionProposal.objects.update(**{"answered_at": heard.at} | change)


def test_database_takes_one_waiting_proposal(heard: Objected) -> None:
    propose(heard.case, heard.objection, at=heard.at)
    said = {"reasons": GROUNDS, "proposed_by": heard.second, "proposed_at": heard.at}
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionProposal.objects.create(objection=heard.objection, **said)


# --- pages ----------------------------------------------------------------------------------------------------------
def test_second_officer_finds_it_on_the_desk_and_the_page_offers_each_what_is_theirs(heard: Objected) -> None:
    page = reverse("office_objection", args=[heard.objection.number])
    first, second, checker = (log_in(Client(), user) for user in (heard.office, heard.second, heard.checker))
    assert second.post(page, {"decision": "propose_upholding", "reasons": GROUNDS}).status_code == 302
    for client, is_listed in ((first, True), (second, False), (checker, False)):
        assert ("waiting-upholding" in client.get(reverse("office_inbox")).content.decode()) == is_listed
    shown = {name: client.get(page).content.decode() for name, client in (("own", second), ("other", first))}
    offered = {name: {verb for verb in VERBS if f'value="{verb}"' in html} for name, html in shown.items()}
    assert offered == {"own": {"withdraw_upholding"}, "other": {"uphold_objection", "decline_upholding"}}
    assert GROUNDS in shown["other"]
    assert "须由另一经办人办理" in checker.get(page).content.decode()
    assert first.post(page, {"decision": "decline_upholding", "reason": ""}).status_code == 422
    assert first.post(page, {"reason": "没有选择"}).status_code == 422
    late = second.post(page, {"decision": "dismiss_objection", "reasons": "不属实"})
    assert (late.status_code, "正待另一人办理" in late.content.decode()) == (422, True)
    assert first.post(page, {"decision": "decline_upholding", "reason": AGAINST}).status_code == 302
    assert AGAINST in second.get(page).content.decode()
    assert 'value="propose_upholding"' in second.get(page).content.decode()


VERBS = ("dismiss_objection", "propose_upholding", "uphold_objection", "decline_upholding", "withdraw_upholding")


def test_applicant_and_objector_learn_nothing_of_a_proposal(heard: Objected) -> None:
    propose(heard.case, heard.objection, at=heard.at, reasons=GROUNDS)
    own = log_in(Client(), heard.applicant)
    for name in ("my_case", "my_progress"):
        assert GROUNDS not in own.get(reverse(name, args=[heard.case.number])).content.decode()
    assert told(heard.applicant, "propose_upholding") == 0
    assert GROUNDS not in str(timeline(heard.case, View.APPLICANT))
    assert GROUNDS in str(timeline(heard.case, View.OFFICE))


def test_dossier_tells_who_proposed_and_who_confirmed(heard: Objected) -> None:
    uphold(heard.case, heard.objection, at=heard.at, reasons=GROUNDS)
    table = archived(heard.case, with_objectors=False)["objections/proposals.csv"]
    assert (GROUNDS in table, str(heard.office.name) in table, str(heard.second.name) in table) == (True, True, True)
    assert OBJECTOR not in table


@pytest.mark.parametrize("kind", [*UPHOLDING_VERBS, "upholding_confirmed"])
def test_messages_have_both_languages(kind: str) -> None:
    sentence = SENTENCES[kind]
    chinese = str(sentence.text)
    with override("en"):
        assert str(sentence.text) != chinese


# --- the outcome, and until when ------------------------------------------------------------------------------------
def test_objection_is_answered_once_and_holds_the_case_until_it_is(heard: Objected) -> None:
    first, second = officers(heard.case, heard.at)
    propose(heard.case, heard.objection, at=heard.at)
    notice = Application.objects.get(case=heard.case).notice
    assert notice is not None
    heard.at = notice.ends_at + timedelta(days=1)
    clock = heard.world.people["clock"]
    with pytest.raises(Refusal, match="objection_open"):
        door.perform(heard.case, "complete_notice", by=clock, at=heard.at)
    assert act(heard, "decline_upholding", second, reason=AGAINST) == set()
    dismiss(heard.case, heard.objection, at=heard.at)
    assert ObjectorLetter.objects.filter(objection=heard.objection).count() == 1
    assert heard.state in (S.UNDER_NOTICE, S.NOTICE_COMPLETED)
    assert act(heard, "dismiss_objection", first, reasons="经核查不实。") in (
        {"objection_settled"}, {"already_done"},
    )  # fmt: skip

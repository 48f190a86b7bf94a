"""Nobody loses a recognition over an objection unheard, and whoever objected is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.enums import ObjectionState
from accreditation.errors import Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Deadline,
    Letter,
    Member,
    Message,
    Objection,
    ObjectionHearing,
    ObjectionStatement,
    ObjectorLetter,
)
from accreditation.services.hearings import answer_objector, code_of
from tests.attacks.municipal_states import MunicipalStates
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.hearings import FACTS, STATEMENT, ask, hear, officers, uphold
from workflows import door
from workflows.consistency import check_all
from workflows.exports.dossier_papers import decisions
from workflows.exports.dossier_rows import anchors_of, tables
from workflows.frozen import check_frozen
from workflows.tick import tick

pytestmark = [pytest.mark.django_db]
OBJECTOR, CONTACT = "周示例", "021-00000000"
TEXT = "本人曾任职于该单位，申报的研发人员与事实不符，请核查。"


class Objected:
    """A case in the notice with an objection against it."""

    def __init__(self, clock: Clock) -> None:
        self.world = MunicipalStates(clock.at)
        self.case: Case = self.world.case_in(S.UNDER_NOTICE)
        self.at = clock.at = self.world.at + timedelta(hours=1)
        self.checker, self.applicant = self.world.people["office"], self.world.people["applicant"]
        self.office, self.second = officers(self.case, self.at)
        self.world.people |= {"officer": self.office, "second": self.second}
        self.objection = self.raise_objection()

    def raise_objection(self, objector: str = OBJECTOR, text: str = TEXT) -> Objection:
        """By the public page's verb."""
        form = {"objector": objector, "contact": CONTACT, "text": text}
        done = door.perform(self.case, "raise_objection", by=self.world.people["clock"], at=self.at, form=form)
        return Objection.objects.get(number=done.answer["objection"])

    def refused(self, verb: str, *, by: str = "officer", **form: Any) -> list[str]:
        """Codes of the reasons against a verb."""
        with pytest.raises(Refusal) as refusal:
            door.perform(self.case, verb, by=self.world.people[by], at=self.at, form=form)
        return [reason.code for reason in refusal.value.reasons]

    def uphold(self) -> None:
        """The office finds it true."""
        uphold(self.case, self.objection, at=self.at)

    def clock_of(self, objection: Objection) -> Deadline:
        """The clock of its hearing."""
        return Deadline.objects.get(hearing__objection=objection)

    @property
    def state(self) -> str:
        """Of the application now."""
        return str(Application.objects.get(case=self.case).state)


@pytest.fixture
def objected(settings: LazySettings, clock: Clock) -> Objected:
    settings.ACCREDITATION_DEMO = True
    return Objected(clock)


def test_objection_is_upheld_after_the_applicant_was_heard(objected: Objected) -> None:
    said = {"objection": objected.objection, "reasons": "经核查属实。"}
    assert objected.refused("propose_upholding", **said) == ["applicant_not_heard"]
    ask(objected.case, objected.objection, office=objected.office, at=objected.at)
    assert objected.refused("propose_upholding", **said) == ["applicant_not_heard"]
    statement = {"objection": objected.objection, "text": STATEMENT}
    door.perform(objected.case, "state_on_objection", by=objected.applicant, at=objected.at, form=statement)
    assert objected.clock_of(objected.objection).state == DeadlineState.RUNNING
    assert objected.refused("propose_upholding", **said) == ["applicant_not_heard"]
    last = {"objection": objected.objection, "text": "补充：另附参保名单。", "gives_up_rest": True}
    door.perform(objected.case, "state_on_objection", by=objected.applicant, at=objected.at, form=last)
    assert objected.clock_of(objected.objection).state == DeadlineState.MET
    assert objected.refused("state_on_objection", by="applicant", **statement) == ["rest_given_up"]
    kept = ObjectionStatement.objects.filter(hearing__objection=objected.objection)
    assert [one.text for one in kept] == [STATEMENT, "补充：另附参保名单。"]
    objected.uphold()
    assert objected.state == S.OBJECTION_UPHELD
    assert objected.refused("state_on_objection", by="applicant", **statement)
    assert (list(check_all()), list(check_frozen()), verify_all()[1]) == ([], [], [])


def test_statement_is_added_to_while_the_time_runs_and_the_office_waits_for_its_end(objected: Objected) -> None:
    ask(objected.case, objected.objection, office=objected.office, at=objected.at)
    due = objected.clock_of(objected.objection).due_at
    for text in (STATEMENT, "补充：另附参保名单。"):
        form = {"objection": objected.objection, "text": text}
        door.perform(objected.case, "state_on_objection", by=objected.applicant, at=objected.at, form=form)
        objected.at = due
    said = {"objection": objected.objection, "reasons": "经核查属实。"}
    assert objected.refused("propose_upholding", **said) == ["applicant_not_heard"]
    objected.at = due + timedelta(seconds=1)
    assert tick(objected.at).fired == 1
    objected.uphold()
    assert ObjectionStatement.objects.count() == 2
    assert (list(check_all()), list(check_frozen())) == ([], [])


def test_database_knows_no_rest_given_up_without_a_statement(objected: Objected) -> None:
    ask(objected.case, objected.objection, office=objected.office, at=objected.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionHearing.objects.update(rest_waived_at=objected.at)


def test_time_that_runs_out_lets_the_office_go_on(objected: Objected) -> None:
    ask(objected.case, objected.objection, office=objected.office, at=objected.at)
    clock = objected.clock_of(objected.objection)
    assert (clock.kind, clock.working_days) == (DeadlineKind.OBJECTION_STATEMENT, 5)
    objected.at = clock.due_at
    assert objected.refused("end_statement_time", by="clock") == ["not_due"]
    objected.at = clock.due_at + timedelta(seconds=1)
    assert tick(objected.at).fired == 1
    assert Message.objects.filter(recipient=objected.office, kind="end_statement_time").exists()
    late = {"objection": objected.objection, "text": STATEMENT}
    assert objected.refused("state_on_objection", by="applicant", **late) == ["statement_late"]
    objected.uphold()
    assert objected.state == S.OBJECTION_UPHELD
    assert list(check_all()) == []


def test_each_objection_has_its_own_hearing_and_time(objected: Objected) -> None:
    other = objected.raise_objection("吴示例", "该单位的三项发明专利已经转让，请核查。")
    ask(objected.case, objected.objection, office=objected.office, at=objected.at)
    objected.at += timedelta(days=3)
    hear(objected.case, other, office=objected.office, applicant=objected.applicant, at=objected.at)
    assert objected.clock_of(objected.objection).state == DeadlineState.RUNNING
    objected.at = objected.clock_of(objected.objection).due_at
    said = {"objection": objected.objection, "reasons": "属实"}
    assert objected.refused("propose_upholding", **said) == ["applicant_not_heard"]
    dismissed = {"objection": objected.objection, "reasons": "经核查不实。"}
    door.perform(objected.case, "dismiss_objection", by=objected.office, at=objected.at, form=dismissed)
    assert objected.clock_of(objected.objection).state == DeadlineState.CANCELLED
    uphold(objected.case, other, at=objected.at, reasons="专利已转让。")
    assert ObjectorLetter.objects.filter(objection__in=[objected.objection, other]).count() == 2
    assert (list(check_all()), list(check_frozen())) == ([], [])


def test_objection_that_is_upheld_ends_the_others_and_every_objector_is_answered(objected: Objected) -> None:
    other = objected.raise_objection("吴示例", "该单位的三项发明专利已经转让，请核查。")
    ask(objected.case, other, office=objected.office, at=objected.at)
    hear(objected.case, objected.objection, office=objected.office, applicant=objected.applicant, at=objected.at)
    objected.uphold()
    rows = {row.number: row for row in Objection.objects.all()}
    assert rows[objected.objection.number].state == ObjectionState.UPHELD
    assert (rows[other.number].state, rows[other.number].settled_by) == (ObjectionState.MOOT, objected.second)
    assert objected.clock_of(other).state == DeadlineState.CANCELLED
    letter = ObjectorLetter.objects.get(objection=other)
    assert ("现予终止核查" in letter.body, "另一异议经核查成立" in letter.body) == (True, True)
    event = AuditEvent.objects.get(verb="uphold_objection")
    assert event.content["overtaken"] == [other.number]
    asked = {"number": other.number, "code": code_of(other.number)}
    assert "终止核查" in Client().post(reverse("objection_answer"), asked).content.decode()
    assert (list(check_all()), list(check_frozen()), verify_all()[1]) == ([], [], [])


def test_hash_in_the_trail_does_not_tell_who_objected(objected: Objected) -> None:
    form = {"objection": objected.objection, "reasons": "经核查不实。"}
    door.perform(objected.case, "dismiss_objection", by=objected.office, at=objected.at, form=form)
    letter = ObjectorLetter.objects.get()
    again = answer_objector_text(objected)
    assert (letter.body.splitlines()[0], letter.body == again) == (f"{OBJECTOR}：", False)


def answer_objector_text(objected: Objected) -> str:
    """The same answer, written by somebody who has guessed the objector."""
    objection = Objection.objects.get(pk=objected.objection.pk)
    ObjectorLetter.objects.all().delete()
    return answer_objector(objection, outcome="dismissed", issued_by="示例市经济与科技主管委员会", at=objected.at).body


@pytest.mark.parametrize("verb", ["dismiss_objection", "propose_upholding"])
def test_reasons_name_nobody_either(objected: Objected, verb: str) -> None:
    hear(objected.case, objected.objection, office=objected.office, applicant=objected.applicant, at=objected.at)
    form = {"objection": objected.objection, "reasons": f"{OBJECTOR}反映的情况经核查。"}
    assert objected.refused(verb, **form) == ["objector_revealed"]


def test_officer_tied_to_the_enterprise_does_not_learn_who_objected(objected: Objected) -> None:
    page = reverse("office_objection", args=[objected.objection.number])
    office = log_in(Client(), objected.office)
    assert OBJECTOR in office.get(page).content.decode()
    Member.objects.create(
        enterprise=objected.case.enterprise, user=objected.office, state="active", requested_at=objected.at,
        settled_at=objected.at,
    )  # fmt: skip
    assert office.get(page).status_code == 404
    assert objected.objection.number not in office.get(reverse("office_objections")).content.decode()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (f"{OBJECTOR}反映申报的研究开发人员人数与实际不符。", "objector_revealed"),
        (f"有人（电话 {CONTACT}）反映人数与实际不符。", "objector_revealed"),
        ("有人（电话 ０２１ 0000 0000）反映人数与实际不符。", "objector_revealed"),
        (f"收到反映：{TEXT}", "objection_copied"),
        ("请说明。", "text_needed"),
    ],
)
def test_facts_told_neither_name_the_objector_nor_repeat_the_objection(
    objected: Objected, facts: str, code: str
) -> None:
    assert objected.refused("ask_for_statement", objection=objected.objection, facts=facts) == [code]
    assert objected.refused("state_on_objection", by="applicant", text=STATEMENT) == ["unknown_hearing"]


def test_applicant_is_asked_and_answers_on_its_own_pages(objected: Objected) -> None:
    office, own = log_in(Client(), objected.office), log_in(Client(), objected.applicant)
    page = reverse("office_objection", args=[objected.objection.number])
    address = reverse("office_objection_hearing", args=[objected.objection.number])
    mine = reverse("my_statement", args=[objected.case.number, objected.objection.number])
    assert address in office.get(page).content.decode()
    assert own.get(mine).status_code == 404  # nobody has asked yet
    assert office.post(address, {"facts": FACTS}).status_code == 302
    assert office.post(address, {"facts": FACTS}).status_code == 422
    for shown in (reverse("my_cases"), reverse("my_case", args=[objected.case.number])):
        assert mine in own.get(shown).content.decode(), shown
    assert Message.objects.filter(recipient=objected.applicant, kind="ask_for_statement").exists()
    told = own.get(mine).content.decode()
    assert (FACTS in told, OBJECTOR in told, CONTACT in told, TEXT in told) == (True, False, False, False)
    assert own.post(mine, {"text": ""}).status_code == 422
    file = SimpleUploadedFile("参保证明.pdf", b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")
    assert own.post(mine, {"text": STATEMENT, "file": file}).status_code == 302
    assert "已陈述，期限内可以补充" in own.get(mine).content.decode()
    assert "checked" not in own.get(mine).content.decode()
    added = SimpleUploadedFile("名单.pdf", b"%PDF-1.7\nLIST\n%%EOF\n", content_type="application/pdf")
    assert own.post(mine, {"text": "补充名单。", "file": added, "gives_up_rest": "on"}).status_code == 302
    assert own.post(mine, {"text": STATEMENT}).status_code == 422
    answered = office.get(page).content.decode()
    assert (STATEMENT in answered, "参保证明.pdf" in answered) == (True, True)
    kept = office.get(reverse("office_statement_file", args=[objected.objection.number]))
    assert kept.status_code == 200
    sent = reverse("my_statement_file", args=[objected.case.number, objected.objection.number])
    assert sent in own.get(mine).content.decode()
    again = own.get(sent)
    assert again.getvalue() == kept.getvalue() == b"%PDF-1.7\n%%EOF\n"
    assert "attachment" in again["Content-Disposition"]
    assert b"LIST" in own.get(f"{sent}?statement=2").getvalue()
    assert {own.get(f"{sent}?statement={wrong}").status_code for wrong in ("0", "3", "x", "-1")} == {404}
    for other in ("other_applicant", "district"):
        if other in objected.world.people:
            assert log_in(Client(), objected.world.people[other]).get(sent).status_code in (403, 404)
    district = log_in(Client(), objected.world.people["district"])
    assert district.get(address).status_code == 403


def test_objector_reads_the_answer_by_number_and_code_and_nobody_else_does(objected: Objected) -> None:
    public, address, number = Client(), reverse("objection_answer"), objected.objection.number
    asked = {"number": number.lower(), "code": code_of(number).upper()}
    assert "核查中" in public.post(address, asked).content.decode()
    assert public.post(address, asked | {"code": "a" * 12}).status_code == 422
    assert public.post(address, asked | {"number": "OBJ-2026-9999"}).status_code == 422
    hear(objected.case, objected.objection, office=objected.office, applicant=objected.applicant, at=objected.at)
    objected.uphold()
    office = log_in(Client(), objected.office)
    page = reverse("office_objection", args=[number])
    assert "已答复，异议人尚未查看" in office.get(page).content.decode()
    letter = ObjectorLetter.objects.get(objection=objected.objection)
    found = public.post(address, asked).content.decode()
    assert ("经核查属实。" in found, OBJECTOR in found, letter.sha256 in found) == (True, True, True)
    assert "异议人已查看" in office.get(page).content.decode()
    event = AuditEvent.objects.get(verb="uphold_objection")
    assert event.content["objector_letter_sha256"] == letter.sha256
    assert OBJECTOR not in str(event.content)
    own = log_in(Client(), objected.applicant)
    for shown in ("my_case", "my_progress"):
        assert letter.number not in own.get(reverse(shown, args=[objected.case.number])).content.decode()
    assert own.get(reverse("my_letter", args=[objected.case.number, letter.number])).status_code == 404
    assert OBJECTOR not in "".join(Letter.objects.filter(case=objected.case).values_list("body", flat=True))


def archived(case: Case, *, with_objectors: bool) -> dict[str, str]:
    """The papers of the dossier that tell of objections, by their path."""
    found = decisions(Application.objects.get(case=case), with_objectors=with_objectors)
    parts = [*found, *(part for part in tables(anchors_of(case), []) if part.path.startswith("objections/"))]
    return {part.path: part.content.decode("utf-8-sig") for part in parts}


def test_dossier_holds_the_hearing_and_the_answer_only_with_the_objectors(objected: Objected) -> None:
    hear(objected.case, objected.objection, office=objected.office, applicant=objected.applicant, at=objected.at)
    objected.uphold()
    number, letter = objected.objection.number, ObjectorLetter.objects.get()
    plain, full = (archived(objected.case, with_objectors=named) for named in (False, True))
    assert FACTS in plain["objections/hearings.csv"]
    assert STATEMENT in plain["objections/statements.csv"]
    answers = [name for name in full if name.endswith(f"{number}-answer.txt")]
    assert [letter.body in full[name] for name in answers] == [True]
    assert OBJECTOR in full[answers[0]]
    assert not [name for name, text in plain.items() if OBJECTOR in text or CONTACT in text]


def test_answer_that_was_altered_is_found(objected: Objected) -> None:
    form = {"objection": objected.objection, "reasons": "经核查不实。"}
    door.perform(objected.case, "dismiss_objection", by=objected.office, at=objected.at, form=form)
    assert list(check_frozen()) == []
    letter = ObjectorLetter.objects.get()
    ObjectorLetter.objects.filter(pk=letter.pk).update(body=letter.body + "另附")
    assert [letter.number in str(fault) for fault in check_frozen()] == [True]

"""The letter of a department as a file: required or numbered, read by the authorities alone, kept where corrected."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import chain_key
from accreditation.enums import MemberState
from accreditation.errors import NotFound, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Consultation,
    DepartmentLetter,
    Member,
    StoredFile,
    User,
    WorkbookUpload,
)
from accreditation.models.applications import Evidence
from accreditation.services.consultations import standing_letter
from accreditation.services.files import keep_file, path_of
from accreditation.visibility import department_letter_for
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.recognition import ask, make_municipal_2026
from tests.factories.steps import recommend
from workflows import door
from workflows.demo.material import sample_pdf
from workflows.exports.dossier import write_dossier
from workflows.views.consulting import departments

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """All departments are asked, none has answered."""
    cast.batch = make_municipal_2026(cast)
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    ask(cast, case, clock.at)
    return case


def typed(**more: Any) -> dict[str, Any]:
    """The form as the office fills it; without a number and without a file."""
    return {
        "department": "tax", "position": "no_objection", "text": "经查无异常", "document_number": "",
        "dated": timezone.localdate().isoformat(), **more,
    }  # fmt: skip


def scan(name: str = "税务部门复函.pdf", words: str = "TAX") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sample_pdf(words), content_type="application/pdf")


def send(cast: Cast, case: Case, **form: Any) -> tuple[int, str]:
    """Status and text of the page after the answer was sent with it."""
    address = reverse("office_act", args=[case.number, "record_answer"])
    answer = log_in(Client(), cast.office).post(address, typed(**form))
    return answer.status_code, answer.content.decode()


def question(case: Case) -> Consultation:
    return Consultation.objects.get(application__case=case, department="tax")


def fetch(user: User, letter: DepartmentLetter) -> Any:
    return log_in(Client(), user).get(reverse("department_letter", args=[letter.pk]))


def test_answer_from_outside_has_a_number_or_a_file(cast: Cast, case: Case) -> None:
    status, page = send(cast, case)
    assert (status, "请填写来文文号，或者上传来文。" in page) == (422, True)
    assert question(case).position == ""
    assert send(cast, case, document_number="示例函〔2026〕7号")[0] == 302
    assert standing_letter(question(case)) is None
    assert send(cast, case, file=scan(), correction="补传来文")[0] == 302
    letter = standing_letter(question(case))
    assert letter is not None
    assert (letter.file_name, letter.recorded_by) == ("税务部门复函.pdf", cast.office)
    entry = AuditEvent.objects.filter(chain=chain_key(case), verb="record_answer").latest("seq").content
    assert (entry["department_letter"], entry["file"]) == (letter.pk, letter.file_id)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("复函.docx", b"PK\x03\x04", "不在允许范围内"),
        ("复函.pdf", b"<html>", "内容与扩展名不符"),
        ("复函.pdf", b"%PDF-1.4" + b"0" * (21 * 1024 * 1024), "超过"),
    ],
)
def test_file_is_checked_as_every_other(
    cast: Cast, case: Case, settings: LazySettings, name: str, content: bytes, said: str
) -> None:
    settings.EVIDENCE_MAX_BYTES = 20 * 1024 * 1024
    before = StoredFile.objects.count()
    status, page = send(cast, case, file=SimpleUploadedFile(name, content))
    assert (status, said in page) == (422, True)
    assert (question(case).position, StoredFile.objects.count()) == ("", before)


def test_form_at_the_door_takes_no_file_that_is_not_stored(cast: Cast, case: Case, clock: Clock) -> None:
    form = typed(file="复函.pdf", name="复函.pdf", dated=timezone.localdate(clock.at))
    with pytest.raises(Refusal) as refused:
        door.perform(case, "record_answer", by=cast.office, at=clock.at, form=form)
    assert [(one.code, one.place) for one in refused.value.reasons] == [("letter_needed", "document_number")]


def test_page_of_the_case_names_the_file_in_both_languages(cast: Cast, case: Case) -> None:
    send(cast, case, file=scan())
    letter = question(case).letters.get()
    assert letter.file.size == len(sample_pdf("TAX"))
    browser = log_in(Client(), cast.office)
    for language in ("zh-hans", "en"):
        browser.cookies["django_language"] = language
        page = browser.get(reverse("office_case", args=[case.number])).content.decode()
        assert page.count(reverse("department_letter", args=[letter.pk])) == 2  # beside the answer, and on the way
        assert ("Letter: " in page) == (language == "en")
    shown = fetch(cast.office, letter)
    assert (b"".join(shown), shown["Content-Type"]) == (sample_pdf("TAX"), "application/pdf")
    assert "no-store" in shown["Cache-Control"]


def test_only_office_and_auditor_fetch_it(cast: Cast, case: Case) -> None:
    send(cast, case, file=scan())
    letter = question(case).letters.get()
    people = cast.people
    assert [fetch(user, letter).status_code for user in (cast.office, cast.auditor)] == [200, 200]
    barred = [people[name] for name in ("member0", "member1", "pudong", "jiading", "publisher", "stranger")]
    assert {fetch(user, letter).status_code for user in [*barred, *cast.experts[:2], *cast.members[:2]]} == {403}
    assert Client().get(reverse("department_letter", args=[letter.pk])).status_code == 302
    for user in barred[:4]:
        with pytest.raises(NotFound):
            department_letter_for(user, letter.pk)
    assert log_in(Client(), cast.office).get(reverse("department_letter", args=[9999])).status_code == 404


@pytest.mark.parametrize("state", [MemberState.ACTIVE, MemberState.REQUESTED, MemberState.ENDED])
def test_officer_who_has_to_do_with_the_enterprise_does_not(cast: Cast, case: Case, state: MemberState) -> None:
    send(cast, case, file=scan())
    letter = question(case).letters.get()
    settled = None if state == MemberState.REQUESTED else cast.at
    Member.objects.create(
        user=cast.office, enterprise=case.enterprise, state=state, requested_at=cast.at, settled_at=settled
    )
    assert fetch(cast.office, letter).status_code == 404
    assert fetch(cast.auditor, letter).status_code == 200


def corrected(cast: Cast, case: Case, **form: Any) -> tuple[DepartmentLetter, DepartmentLetter | None]:
    """The letter that came first, and the one on which the corrected answer rests."""
    send(cast, case, file=scan("他件复函.pdf", "OTHER"))
    first = question(case).letters.get()
    assert send(cast, case, correction="误传他件的来文", **form)[0] == 302
    first.refresh_from_db()
    return first, standing_letter(question(case))


def test_former_file_stays_with_whoever_reads_the_trail(cast: Cast, case: Case) -> None:
    first, second = corrected(cast, case, file=scan())
    assert second is not None
    assert (first.replaced_at is not None, second.replaced_at, second.file_name) == (True, None, "税务部门复函.pdf")
    entry = AuditEvent.objects.filter(chain=chain_key(case), verb="record_answer").latest("seq").content
    assert entry["replaced"]["department_letter"] == first.pk
    assert (entry["replaced"]["file"], entry["file"]) == (first.file_id, second.file_id)
    addresses = [reverse("department_letter", args=[one.pk]) for one in (first, second)]
    pages = [(cast.office, "office_case"), (cast.office, "office_trail"), (cast.auditor, "audit_case")]
    for user, name in pages:
        page = log_in(Client(), user).get(reverse(name, args=[case.number])).content.decode()
        assert all(address in page for address in addresses), name
        assert "撤下" in page
    assert [fetch(user, first).status_code for user in (cast.office, cast.auditor)] == [200, 200]
    (row,) = [row for row in departments(case.application) if row["letter"]]
    assert row["letter"]["href"] == addresses[1]


def test_correction_keeps_the_file_unless_it_is_taken_away(cast: Cast, case: Case) -> None:
    first, second = corrected(cast, case, text="更正后的内容")
    assert second == first
    assert first.replaced_at is None
    status, page = send(cast, case, without_file="on", correction="文件不是本件的")
    assert (status, "请填写来文文号，或者上传来文。" in page) == (422, True)
    form = {"without_file": "on", "correction": "文件不是本件的", "document_number": "示例函〔2026〕7号"}
    assert send(cast, case, **form)[0] == 302
    assert standing_letter(question(case)) is None
    assert (
        "他件复函.pdf"
        in log_in(Client(), cast.office).get(reverse("office_trail", args=[case.number])).content.decode()
    )


def test_dossier_holds_both_files_with_their_hashes(cast: Cast, case: Case) -> None:
    first, second = corrected(cast, case, file=scan())
    assert second is not None
    blank = keep_file(sample_pdf("X"), media_type="application/pdf", at=cast.at)
    Evidence.objects.filter(application__case=case).update(file=blank)
    WorkbookUpload.objects.filter(application__case=case).update(file=blank)
    stream = io.BytesIO()
    write_dossier(Case.objects.get(pk=case.pk), stream)
    archive = zipfile.ZipFile(stream)
    index = archive.read("index.csv").decode()
    for letter in (first, second):
        name = f"consultation/letters/{letter.pk}-{letter.file_name}"
        assert hashlib.sha256(archive.read(name)).hexdigest() == letter.file_id
        assert any(name in line and letter.file_id in line for line in index.splitlines())


def test_stored_file_cannot_go_while_an_answer_names_it(cast: Cast, case: Case) -> None:
    first, _second = corrected(cast, case, file=scan())
    with pytest.raises(ProtectedError):
        first.file.delete()
    assert path_of(first.file_id).exists()


def test_answer_has_one_standing_file(cast: Cast, case: Case) -> None:
    send(cast, case, file=scan())
    letter = question(case).letters.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentLetter.objects.create(
            consultation=letter.consultation, file=letter.file, file_name="二.pdf", recorded_by=cast.office,
            recorded_at=cast.at,
        )  # fmt: skip
    assert Application.objects.get(case=case).consultations.filter(letters__isnull=False).count() == 1

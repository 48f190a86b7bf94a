"""An upload through the chain: read, checked whole, refused or recorded; evidence checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.errors import Refusal
from accreditation.models import Application, Batch, Case, Enterprise, Evidence, StoredFile, WorkbookUpload
from accreditation.services.files import path_of
from accreditation.services.rule_sets import rules_of, template_of
from criteria.facts import Facts, Scalar
from criteria.workbook import Faults, Template
from criteria.workbook.samples import faulty_workbook, sample_facts
from criteria.workbook.sheets import fill, plan_of
from criteria.workbook.template import render
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from workflows import door
from workflows.intake import remove_evidence, upload_evidence, upload_workbook
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PDF = b"%PDF-1.4\nbody\n%%EOF\n"
REFUSED = {
    "pdf": PDF,
    "empty_file": b"",
    "csv": "指标,数值\n研发费用,1\n".encode(),
    "damaged": b"PK\x03\x04 not a zip",
}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


def workbook(
    enterprise: Enterprise, template: Template, changed: dict[tuple[str, int | None], Scalar] | None = None
) -> bytes:
    """A filled workbook of an enterprise with some answers changed."""
    facts = sample_facts(template, 7, "strong")
    values: dict[tuple[str, int | None], Scalar] = {
        ("uscc", None): enterprise.uscc,
        ("registered_district", None): enterprise.district,
        **(changed or {}),
    }
    figures = {key: replace(fact, value=values.get(key, fact.value)) for key, fact in facts.figures.items()}
    book = plan_of(template)
    fill(book, template, Facts(facts.reporting_year, figures, facts.annexes), tinted=False)
    return render(book)


Sender = Callable[..., bytes]


@pytest.fixture
def book(cast: Cast) -> Sender:
    template = template_of(Batch.objects.select_related("rule_set", "programme").get())

    def filled(**changed: tuple[int | None, Scalar]) -> bytes:
        return workbook(cast.enterprises[0], template, {(k, year): value for k, (year, value) in changed.items()})

    return filled


def returned(cast: Cast, case: Case, book: Sender, points: list[dict[str, object]]) -> None:
    """Filed and sent back with these points."""
    upload_workbook(case, book(), "数据表.xlsx", by=cast.member0, at=cast.at)
    for kind in rules_of(cast.batch).evidence:
        if kind.required:
            upload_evidence(case, kind.code, PDF, f"{kind.code}.pdf", by=cast.member0, at=cast.at)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": points})


def test_clean_workbook_is_accepted_and_kept_before_the_row(cast: Cast, case: Case, book: Sender) -> None:
    content = book()
    taken = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at)
    assert taken.faults == ()
    assert taken.number == 1
    row = WorkbookUpload.objects.get(application__case=case)
    assert row.is_accepted
    assert row.file is not None
    assert path_of(row.file.sha256).read_bytes() == content


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_file_of_another_kind_is_refused_and_nothing_is_stored(cast: Cast, case: Case, code: str) -> None:
    taken = upload_workbook(case, REFUSED[code], "数据表.xlsx", by=cast.member0, at=cast.at)
    assert taken.refusal is not None
    assert taken.refusal.code == code
    assert taken.number is None
    assert not WorkbookUpload.objects.exists()
    assert not StoredFile.objects.exists()


def test_template_of_another_batch_is_refused_and_nothing_is_stored(cast: Cast, case: Case) -> None:
    other = replace(template_of(cast.batch), id="shetc-2026-99:x:2025", batch_code="shetc-2026-99")
    taken = upload_workbook(case, workbook(cast.enterprises[0], other), "数据表.xlsx", by=cast.member0, at=cast.at)
    assert taken.refusal is not None
    assert taken.refusal.code == "other_batch"
    assert taken.refusal.message_zh != taken.refusal.message_en
    assert not WorkbookUpload.objects.exists()


def test_faulty_workbook_is_recorded_with_every_fault_and_no_file(cast: Cast, case: Case) -> None:
    content = faulty_workbook(template_of(cast.batch))
    taken = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at)
    row = WorkbookUpload.objects.get(application__case=case)
    assert not row.is_accepted
    assert not row.facts
    assert Faults.from_json(row.faults).errors == taken.faults
    assert len(taken.faults) >= 6
    assert not StoredFile.objects.exists()


def test_workbook_of_another_enterprise_is_refused_at_both_cells(cast: Cast, case: Case, book: Sender) -> None:
    content = book(uscc=(None, cast.enterprises[1].uscc), registered_district=(None, "310114"))
    taken = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at)
    found = {fault.code: fault for fault in taken.faults}
    assert set(found) == {"other_uscc", "other_registered_district"}
    assert all(fault.cell and fault.sheet for fault in taken.faults)
    assert found["other_uscc"].expected_zh == cast.enterprises[0].uscc


def test_correction_that_changes_another_cell_is_refused_by_its_address(cast: Cast, case: Case, book: Sender) -> None:
    point = {"target": "figure", "code": "awards_2y", "year": 2025, "remark": "请核对"}
    returned(cast, case, book, [point])
    content = book(awards_2y=(2025, Fraction(2)), doctors=(2025, Fraction(9)))
    taken = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at)
    refused = [fault for fault in taken.faults if fault.code == "change_not_allowed"]
    assert [fault.field for fault in refused] == ["doctors"]
    assert refused[0].cell
    assert not WorkbookUpload.objects.order_by("-number")[0].is_accepted


def test_correction_within_its_points_is_accepted(cast: Cast, case: Case, book: Sender) -> None:
    point = {"target": "figure", "code": "awards_2y", "year": 2025, "remark": "请核对"}
    returned(cast, case, book, [point])
    content = book(awards_2y=(2025, Fraction(2)))
    assert upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at).faults == ()
    outcome = door.perform(case, "correct", by=cast.member0, at=cast.at, form={"declaration": True})
    assert outcome.after == "under_first_review"


def test_correction_takes_evidence_of_the_named_kinds_only(cast: Cast, case: Case, book: Sender) -> None:
    returned(cast, case, book, [{"target": "evidence", "code": "audit_report", "remark": "缺页"}])
    later = cast.at + timedelta(minutes=5)
    with pytest.raises(Refusal) as caught:
        upload_evidence(case, "licence", PDF, "a.pdf", by=cast.member0, at=later)
    assert [reason.code for reason in caught.value.reasons] == ["closed_kind"]
    licence = Evidence.objects.get(application__case=case, kind="licence")
    with pytest.raises(Refusal):
        remove_evidence(case, licence.pk, by=cast.member0, at=later)
    upload_evidence(case, "audit_report", PDF + b"2", "a.pdf", by=cast.member0, at=later)
    assert Evidence.objects.filter(application__case=case, kind="audit_report").count() == 2


def test_bad_evidence_is_refused_with_every_reason_and_not_kept(cast: Cast, case: Case) -> None:
    with pytest.raises(Refusal) as caught:
        upload_evidence(case, "nothing", b"", "a.exe", by=cast.member0, at=cast.at)
    assert {reason.code for reason in caught.value.reasons} == {"unknown_kind", "file_empty", "file_kind"}
    assert not StoredFile.objects.exists()
    assert not Evidence.objects.exists()


def test_upload_sent_twice_with_one_key_is_recorded_once(cast: Cast, case: Case, book: Sender) -> None:
    content = book()
    first = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at, request_key="k" * 20)
    second = upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at, request_key="k" * 20)
    assert first.number == second.number == 1
    assert Application.objects.get(case=case).uploads.count() == 1

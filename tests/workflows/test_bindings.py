"""Evidence bound to figures: through the door only, within the file and the form, frozen into what is filed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accreditation.audit import chain_key
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.models import Application, AuditEvent, Binding, Case, Evidence, StoredFile
from accreditation.services.bindings import Provable, needs, provable_of, standing_bindings, unproven
from accreditation.services.evaluation import draft_facts
from accreditation.services.material import content_hash, evidence_entries
from accreditation.services.rule_sets import rules_of
from criteria.facts import AnnexRow, Facts
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, stored_file, with_material
from workflows import door
from workflows.intake import bind_evidence, remove_evidence, unbind_evidence
from workflows.opening import open_application
from workflows.selectors.figures import differences, figure_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
YEAR = 2025
REVENUE = f"figure.revenue_main.{YEAR}"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A draft with figures and every required file."""
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    return case


def file_of(case: Case, kind: str = "audit_report") -> Evidence:
    return Evidence.objects.filter(application__case=case, kind=kind, removed_at__isnull=True).latest("pk")


def bind(cast: Cast, case: Case, target: str = REVENUE, page: int | None = 3, kind: str = "audit_report") -> Binding:
    outcome = bind_evidence(case, file_of(case, kind).pk, target, page, by=cast.member0, at=cast.at)
    return Binding.objects.get(pk=outcome.answer["binding"])


def reasons(
    cast: Cast, case: Case, target: str = REVENUE, page: int | None = 3, kind: str = "audit_report"
) -> list[str]:
    with pytest.raises(Refusal) as caught:
        bind(cast, case, target, page, kind)
    return [reason.code for reason in caught.value.reasons]


def returned(cast: Cast, *points: dict[str, Any]) -> Case:
    """Filed with one binding and sent back with these points."""
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    bind(cast, case)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": list(points)})
    return case


FIGURE = {"target": "figure", "code": "profit_total", "year": YEAR, "remark": "请核对"}
KIND = {"target": "evidence", "code": "audit_report", "remark": "缺页"}


# --- keys -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "provable",
    [Provable("figure", "uscc"), Provable("figure", "revenue_main", year=2025), Provable("annex", "ip_rights"),
     Provable("annex", "ip_rights", line=12)],
)  # fmt: skip
def test_key_of_what_is_proven_reads_back(provable: Provable) -> None:
    assert provable_of(provable.key) == provable


@pytest.mark.parametrize(
    "key", ["", "figure", "figure.", "gate.MG1", "figure.a.0", "figure.a.x", "annex.a.1.2", "annex.a.²"]
)
def test_other_text_is_no_key(key: str) -> None:
    assert provable_of(key) is None


# --- the act --------------------------------------------------------------------------------------------------------
def test_one_file_proves_many_figures_and_one_figure_has_several_files(cast: Cast, case: Case) -> None:
    for target, page in (
        (REVENUE, 3),
        (f"figure.profit_total.{YEAR}", 3),
        (REVENUE, 4),
        (f"figure.revenue_main.{YEAR - 1}", 3),
    ):
        bind(cast, case, target, page)
    bind(cast, case, REVENUE, 1, kind="form_107_2")
    rows = standing_bindings(Application.objects.get(case=case))
    assert [(row.evidence.kind, row.code, row.year, row.page) for row in rows] == [
        ("audit_report", "revenue_main", 2025, 3), ("audit_report", "profit_total", 2025, 3),
        ("audit_report", "revenue_main", 2025, 4), ("audit_report", "revenue_main", 2024, 3),
        ("form_107_2", "revenue_main", 2025, 1),
    ]  # fmt: skip


def test_act_is_in_the_trail_with_file_figure_and_page(cast: Cast, case: Case) -> None:
    row = bind(cast, case)
    unbind_evidence(case, row.pk, by=cast.member0, at=cast.at)
    events = AuditEvent.objects.filter(chain=chain_key(case), verb__in=["bind_evidence", "unbind_evidence"])
    for event in events.order_by("seq"):
        noted = {name: event.content[name] for name in ("sha256", "target", "code", "year", "line", "page")}
        assert noted == {
            "sha256": row.evidence.file_id, "target": "figure", "code": "revenue_main", "year": YEAR, "line": None,
            "page": 3,
        }  # fmt: skip
    assert events.count() == 2
    row.refresh_from_db()
    assert row.removed_at == cast.at


@pytest.mark.parametrize(
    ("target", "at_page", "wanted"),
    [
        (REVENUE, 0, ["page_outside"]),
        (REVENUE, -1, ["page_outside"]),
        (REVENUE, None, ["page_outside"]),
        (REVENUE, 10**6, ["page_outside"]),
        ("figure.nothing.2025", 1, ["unknown_figure"]),
        ("figure.revenue_main.2022", 1, ["unknown_figure"]),
        ("figure.revenue_main", 1, ["unknown_figure"]),
        ("figure.uscc.2025", 1, ["unknown_figure"]),
        ("figure.industry_2007", 1, ["unknown_figure"]),
        ("annex.ip_rights.1", 1, ["unknown_figure"]),
        ("figure.nothing.2025", 0, ["unknown_figure", "page_outside"]),
    ],
)
def test_what_the_form_does_not_ask_or_the_file_does_not_have_is_refused(
    cast: Cast, case: Case, target: str, at_page: int | None, wanted: list[str]
) -> None:
    assert reasons(cast, case, target, at_page) == wanted
    assert not Binding.objects.exists()


def test_page_beyond_the_end_of_a_counted_file_is_refused(cast: Cast, case: Case) -> None:
    StoredFile.objects.filter(pk=file_of(case).file_id).update(pages=4)
    assert reasons(cast, case, page=5) == ["page_outside"]
    assert bind(cast, case, page=4).page == 4


def test_same_binding_is_refused_until_it_was_taken_back(cast: Cast, case: Case) -> None:
    row = bind(cast, case)
    assert reasons(cast, case) == ["bound_already"]
    unbind_evidence(case, row.pk, by=cast.member0, at=cast.at)
    assert bind(cast, case).pk != row.pk


def test_binding_taken_back_twice_is_refused_and_of_another_case_not_found(cast: Cast, case: Case) -> None:
    row = bind(cast, case)
    other = filed_case(cast, 1)
    with pytest.raises(NotFound):
        unbind_evidence(other, row.pk, by=cast.member1, at=cast.at)
    unbind_evidence(case, row.pk, by=cast.member0, at=cast.at)
    with pytest.raises(Refusal) as caught:
        unbind_evidence(case, row.pk, by=cast.member0, at=cast.at)
    assert [reason.code for reason in caught.value.reasons] == ["binding_gone"]


def test_file_of_another_application_or_taken_out_is_not_found(cast: Cast, case: Case) -> None:
    away = file_of(filed_case(cast, 1))
    with pytest.raises(NotFound):
        bind_evidence(case, away.pk, REVENUE, 1, by=cast.member0, at=cast.at)
    own = file_of(case)
    remove_evidence(case, own.pk, by=cast.member0, at=cast.at)
    with pytest.raises(NotFound):
        bind_evidence(case, own.pk, REVENUE, 1, by=cast.member0, at=cast.at)


def test_file_that_goes_takes_its_bindings_along(cast: Cast, case: Case) -> None:
    row = bind(cast, case)
    remove_evidence(case, row.evidence_id, by=cast.member0, at=cast.at)
    row.refresh_from_db()
    assert row.removed_at == cast.at
    assert standing_bindings(Application.objects.get(case=case)) == []


def test_file_taken_out_between_page_and_lock_is_told(cast: Cast, case: Case) -> None:
    row = file_of(case)
    Evidence.objects.filter(pk=row.pk).update(removed_at=cast.at)
    provable = Provable("figure", "revenue_main", year=YEAR)
    with pytest.raises(Refusal) as caught:
        door.perform(
            case, "bind_evidence", by=cast.member0, at=cast.at, form={"evidence": row, "provable": provable, "page": 1}
        )
    assert [reason.code for reason in caught.value.reasons] == ["evidence_gone"]


@pytest.mark.parametrize("who", ["member1", "pudong", "office", "stranger", "auditor"])
def test_nobody_else_binds_or_takes_back(cast: Cast, case: Case, who: str) -> None:
    row = bind(cast, case)
    with pytest.raises(Denied):
        bind_evidence(case, row.evidence_id, REVENUE, 9, by=cast.people[who], at=cast.at)
    with pytest.raises(Denied):
        unbind_evidence(case, row.pk, by=cast.people[who], at=cast.at)


def test_line_of_an_annex_is_bound_where_the_annex_has_it(cast: Cast, case: Case) -> None:
    upload = Application.objects.get(case=case).uploads.get()
    facts = Facts.from_json(upload.facts)
    rows = {"ip_rights": (AnnexRow(1, {"number": "2021SR0001"}), AnnexRow(2, {"number": "2021SR0002"}))}
    upload.facts = replace(facts, annexes=rows).to_json()
    upload.save()
    assert bind(cast, case, "annex.ip_rights.2", kind="ip_proof").line == 2
    assert reasons(cast, case, "annex.ip_rights.3", kind="ip_proof") == ["unknown_figure"]
    assert bind(cast, case, "annex.ip_rights", kind="ip_proof").line is None


@pytest.mark.parametrize(
    "values",
    [
        {"page": 0},
        {"target": "gate"},
        {"line": 1},
        {"target": "annex", "line": 0},
        {"target": "annex", "line": 1},
        {"code": ""},
    ],
)
def test_database_holds_the_shape_of_a_binding(cast: Cast, case: Case, values: dict[str, Any]) -> None:
    row = bind(cast, case)
    fresh = {"target": "figure", "code": "x", "year": YEAR, "line": None, "page": 1} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        Binding.objects.create(evidence=row.evidence, bound_by=cast.member0, bound_at=cast.at, **fresh)


@pytest.mark.parametrize("year", [YEAR, None])
def test_database_holds_that_the_same_is_said_once(cast: Cast, case: Case, year: int | None) -> None:
    same = {"evidence": file_of(case), "target": "figure", "code": "uscc", "year": year, "page": 1}
    said = {"bound_by": cast.member0, "bound_at": cast.at}
    Binding.objects.create(**same, **said)
    with pytest.raises(IntegrityError), transaction.atomic():
        Binding.objects.create(**same, **said)
    Binding.objects.create(**same, **said, removed_at=cast.at)


# --- in a correction ------------------------------------------------------------------------------------------------
def test_correction_binds_to_the_named_figure_with_any_file(cast: Cast) -> None:
    case = returned(cast, FIGURE)
    bind(cast, case, f"figure.profit_total.{YEAR}", kind="form_107_2")
    assert reasons(cast, case, f"figure.profit_total.{YEAR - 1}") == ["closed_binding"]
    assert reasons(cast, case, REVENUE, 9) == ["closed_binding"]
    with pytest.raises(Refusal):
        unbind_evidence(case, Binding.objects.get(code="revenue_main").pk, by=cast.member0, at=cast.at)


def test_correction_binds_files_of_the_named_kind_to_anything(cast: Cast) -> None:
    case = returned(cast, KIND)
    bind(cast, case, f"figure.profit_total.{YEAR}")
    unbind_evidence(case, Binding.objects.get(code="revenue_main").pk, by=cast.member0, at=cast.at)
    assert reasons(cast, case, f"figure.profit_total.{YEAR}", 1, kind="form_107_2") == ["closed_binding"]


def test_filed_application_is_bound_no_more(cast: Cast) -> None:
    case = filed_case(cast)
    with pytest.raises(AlreadyDone):
        bind(cast, case)


# --- what is filed --------------------------------------------------------------------------------------------------
def test_filed_version_freezes_bindings_and_its_hash_depends_on_them(cast: Cast, case: Case) -> None:
    row = bind(cast, case)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    application = Application.objects.get(case=case)
    submission = application.submissions.get()
    entry = next(each for each in submission.evidence if each["kind"] == "audit_report")
    assert entry["bindings"] == [{"target": "figure", "code": "revenue_main", "year": YEAR, "line": None, "page": 3}]
    assert submission.content_sha256 == content_hash(application, submission.upload, submission.evidence)
    other = json.loads(json.dumps(submission.evidence))
    next(each for each in other if each["kind"] == "audit_report")["bindings"][0]["page"] = 4
    assert content_hash(application, submission.upload, other) != submission.content_sha256
    Binding.objects.filter(pk=row.pk).update(removed_at=cast.at)
    assert evidence_entries(application) != submission.evidence


def test_difference_between_versions_shows_bindings_that_came_and_went(cast: Cast) -> None:
    case = returned(cast, KIND)
    later = cast.at + timedelta(minutes=1)
    unbind_evidence(case, Binding.objects.get(code="revenue_main").pk, by=cast.member0, at=later)
    form = {"kind": "audit_report", "file": stored_file(b"second", later), "name": "审计报告（补）.pdf"}
    door.perform(case, "attach_evidence", by=cast.member0, at=later, form=form)
    bind(cast, case, f"figure.profit_total.{YEAR}", 7)
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})
    (found,) = differences(Application.objects.get(case=case))
    assert [(row.provable.key, row.page) for row in found.unbound] == [(REVENUE, 3)]
    assert [(row.name, row.provable.key, row.page) for row in found.bound] == [
        ("审计报告（补）.pdf", f"figure.profit_total.{YEAR}", 7)
    ]
    assert found.old.figures == found.new.figures


def test_version_from_before_there_were_bindings_is_read(cast: Cast) -> None:
    case = returned(cast, KIND)
    application = Application.objects.get(case=case)
    old = application.submissions.get()
    old.evidence = [
        {k: v for k, v in entry.items() if k != "bindings"} | {"page": None, "proves": ""} for entry in old.evidence
    ]
    old.save()
    later = cast.at + timedelta(minutes=1)
    form = {"kind": "audit_report", "file": stored_file(b"second", later), "name": "补.pdf"}
    door.perform(case, "attach_evidence", by=cast.member0, at=later, form=form)
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})
    (found,) = differences(Application.objects.get(case=case))
    assert [row.provable.key for row in found.bound] == [REVENUE]


# --- what needs proof -----------------------------------------------------------------------------------------------
def test_figures_with_something_to_prove_need_proof(cast: Cast, case: Case) -> None:
    application = Application.objects.get(case=case)
    rules, facts = rules_of(cast.batch), draft_facts(application)
    wanted = {need.provable.key: [kind.code for kind in need.kinds] for need in needs(rules, facts)}
    assert wanted[REVENUE] == ["audit_report"]
    assert wanted["figure.uscc"] == ["licence"]
    assert wanted[f"figure.awards_2y.{YEAR}"] == ["award_proof"]
    assert f"figure.pharma_equivalents_3y.{YEAR}" not in wanted  # zero
    assert not [key for key in wanted if key.startswith("figure.doctors")]  # no kind proves it
    assert needs(rules, None) == []


def test_annex_that_a_kind_proves_needs_proof_once_it_has_lines(cast: Cast, case: Case) -> None:
    application = Application.objects.get(case=case)
    rules, facts = rules_of(cast.batch), draft_facts(application)
    assert facts is not None
    kind = next(kind for kind in rules.evidence if kind.code == "standards_proof")
    rules = replace(rules, evidence=(replace(kind, proves=("standards",)),))
    assert needs(rules, facts) == []
    full = replace(facts, annexes={"standards": (AnnexRow(1, {"number": "GB/T 1-2020"}),)})
    (need,) = needs(rules, full)
    assert need.provable.key == "annex.standards"
    line = Binding(target="annex", code="standards", line=1, page=1)
    assert unproven([need], [line]) == []
    assert unproven([need], [Binding(target="annex", code="ip_rights", page=1)]) == [need]


def test_bound_figure_is_proven_for_its_year_only(cast: Cast, case: Case) -> None:
    application = Application.objects.get(case=case)
    wanted = needs(rules_of(cast.batch), draft_facts(application))
    bind(cast, case)
    left = {need.provable.key for need in unproven(wanted, standing_bindings(application))}
    assert REVENUE not in left
    assert f"figure.revenue_main.{YEAR - 1}" in left
    assert len(left) == len(wanted) - 1


def test_figure_rows_ask_the_same_number_of_queries_for_one_and_for_many_bindings(cast: Cast, case: Case) -> None:
    bind(cast, case)
    counts = []
    for page in (0, 10, 11, 12):
        if page:
            bind(cast, case, page=page)
        application = Application.objects.select_related("batch__rule_set", "current").get(case=case)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = figure_rows(application)
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    revenue = next(row for row in rows if row.spec.code == "revenue_main")
    assert [row.page for row in revenue.bindings] == [3, 10, 11, 12]
    assert revenue.evidence == ()

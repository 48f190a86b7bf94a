"""Running cases go over to another edition: two persons, a complete mapping, each case whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from viewflow.workflow.models import Process, Task

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.errors import Refusal
from accreditation.models import Application, AuditEvent, Case, Deadline, EditionChange, Message
from tests.attacks.municipal_states import MunicipalStates, MunicipalStates2026
from tests.attacks.test_transitions import TABLE, WORLDS
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.recognition import make_municipal_2026
from tests.factories.steps import recommend
from workflows import door, flow_tasks
from workflows.consistency import check_all, rebuild_flow
from workflows.edition_change import carry_on, rehearse
from workflows.edition_mapping import EditionMapping, read_mapping
from workflows.edition_proposals import confirm, propose
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db]
OLD, NEW = "municipal_recognition/2022", "municipal_recognition/2026"
WAITING = [(edition, state) for edition in TABLE for state in PROCEDURES[edition].node_of_state]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def mapping_text(edition: str, changed: Mapping[str, str] | None = None, reason: str = "管理办法修订") -> str:
    """Every state stays, but for those named."""
    goals = {state: str(state) for state in PROCEDURES[edition].node_of_state} | dict(changed or {})
    return f"reason: {reason}\nstates:\n" + "".join(f"  {state}: {goal}\n" for state, goal in goals.items())


def mapping(before: str = OLD, after: str = NEW, **changed: str) -> EditionMapping:
    return read_mapping(mapping_text(before, changed), before, after)


def change(cast: Cast, wanted: EditionMapping, clock: Clock) -> EditionChange:
    row = propose(wanted, by=cast.office, at=clock.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=clock.at)
    return carry_on(row.number, at=clock.at)


def clocks(case: Case) -> list[tuple[str, str, Any]]:
    return list(Deadline.objects.filter(case=case).order_by("pk").values_list("kind", "state", "due_at"))


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def sound() -> bool:
    return list(check_all()) == [] and verify_all()[1] == []


# --- open cases ---------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_case_goes_over_with_its_clock_and_goes_on_by_the_new_table(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    before = clocks(case)
    row = change(cast, mapping(), clock)
    found = Case.objects.get(pk=case.pk)
    assert (found.procedure, found.state, clocks(case)) == (NEW, S.SUBMITTED, before)
    assert found.flow.flow_class is PROCEDURES[NEW].flow
    assert row.report == [{"case": case.number, "before": "submitted", "after": "submitted", "reasons": []}]
    event = AuditEvent.objects.get(verb="change_edition")
    assert (event.content["change"], event.content["reason"]) == (row.number, "管理办法修订")
    assert event.content["clocks"][0]["what"] == "kept"
    assert Message.objects.filter(kind="change_edition", recipient=cast.member0).count() == 1
    recommend(cast, found, clock.at)
    assert Case.objects.get(pk=case.pk).state == S.UNDER_COMPLETENESS_CHECK
    assert sound()


@pytest.mark.slow
@pytest.mark.parametrize("state", ["returned", "under_expert_review", "under_notice", "recognised"])
def test_case_finds_its_task_under_the_new_edition(settings: LazySettings, clock: Clock, state: str) -> None:
    settings.ACCREDITATION_DEMO = True
    world = MunicipalStates(clock.at)
    case = world.case_in(state)
    before = sorted((task.flow_task.name, task.owner_permission) for task in flow_tasks.open_tasks(case))
    clock.at = world.at
    report = change(world.local.cast, mapping(), clock).report
    assert [(row["after"], row["reasons"]) for row in report] == [(state, [])]
    found = Case.objects.get(pk=case.pk)
    assert sorted((task.flow_task.name, task.owner_permission) for task in flow_tasks.open_tasks(found)) == before
    assert sound()


@pytest.mark.slow
def test_state_that_the_other_edition_lacks_goes_back_with_a_clock_of_its_own(
    settings: LazySettings, clock: Clock
) -> None:
    settings.ACCREDITATION_DEMO = True
    world = MunicipalStates2026(clock.at)
    case = world.case_in(S.UNDER_CONSULTATION)
    text = mapping_text(NEW).replace(
        "under_consultation: under_consultation",
        "under_consultation: {to: under_completeness_check, starts: {completeness_check: {days: check_days}}}",
    )
    office, called_off = world.people["office"], {"reason": "更换办理程序"}
    door.perform(case, "call_off_figure_check", by=office, at=clock.at, form=called_off)
    report = change(world.local.cast, read_mapping(text, NEW, OLD), clock).report
    assert report[0]["after"] == S.UNDER_COMPLETENESS_CHECK
    kinds = {(kind, state) for kind, state, _due in clocks(case)}
    assert {("consultation", DeadlineState.CANCELLED), ("completeness_check", DeadlineState.RUNNING)} <= kinds
    door.perform(Case.objects.get(pk=case.pk), "pass_completeness_check", by=world.people["office"], at=clock.at)
    assert Application.objects.get(case=case).state == S.AWAITING_PANEL
    assert sound()


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("edition", "state"), WAITING)
def test_lost_flow_and_changed_edition_of_every_procedure_in_every_state(
    edition: str, state: str, settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    copy = f"{edition.split('/')[0]}/9999"
    monkeypatch.setitem(PROCEDURES, copy, PROCEDURES[edition])  # type: ignore[arg-type]  # a dict
    world = WORLDS[edition](clock.at)
    case = Case.objects.get(pk=world.case_in(state).pk)
    Task.objects.all().delete()
    Process.objects.all().delete()
    assert case.number in {found.case_number for found in check_all()}
    rebuild_flow(case)
    assert list(check_all()) == []
    clock.at = world.at
    cast = world.cast if hasattr(world, "cast") else world.local.cast
    report = change(cast, mapping(edition, copy), clock).report
    assert [(row["case"], row["reasons"]) for row in report] == [(case.number, [])]
    assert (Case.objects.get(pk=case.pk).procedure, sound()) == (copy, True)


# --- refused ------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_refused_case_keeps_its_edition_and_the_others_go_over(cast: Cast, clock: Clock) -> None:
    good, torn = filed_case(cast), filed_case(cast, 1)
    Task.objects.filter(process__caseflow__case=torn).delete()
    report = change(cast, mapping(), clock).report
    assert [row["case"] for row in report if row["reasons"]] == [torn.number]
    assert "open tasks" in report[1]["reasons"][0]
    kept, gone = Case.objects.get(pk=torn.pk), Case.objects.get(pk=good.pk)
    assert (kept.procedure, gone.procedure) == (OLD, NEW)
    assert not AuditEvent.objects.filter(verb="change_edition", chain__endswith=f":{torn.pk}").exists()


@pytest.mark.slow
def test_closed_case_is_left_alone(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "withdraw", by=cast.member0, at=clock.at)
    with pytest.raises(Refusal) as refused:
        change(cast, mapping(), clock)
    assert codes(refused) == ["nothing_possible"]
    assert Case.objects.get(pk=case.pk).procedure == OLD


WRONG = ["wrong_clock"]
FAULTS: list[tuple[str, str, str, dict[str, str], list[str]]] = [
    ("reason", OLD, NEW, {}, ["reason_needed"]),
    ("", OLD, "municipal_recognition/1999", {}, ["unknown_edition"]),
    ("", OLD, OLD, {}, ["same_edition"]),
    ("", OLD, "title_proceeding/2026", {}, ["other_kind"]),
    ("", OLD, "district_recognition/2022", {}, ["other_kind"]),
    ("", OLD, NEW, {"draft": "nowhere"}, ["no_such_state"]),
    ("", OLD, NEW, {"draft": "submitted"}, ["goes_forward"]),
    ("", OLD, NEW, {"under_forwarding": "draft"}, ["unknown_state"]),
    ("", NEW, OLD, {}, ["no_such_state"]),  # the older edition knows no consultation
    ("", OLD, NEW, {"returned": "{to: returned, starts: {notice: {days: notice_days}}}"}, ["wrong_clock"]),
    ("", OLD, NEW, {"returned": "{to: returned, starts: {correction: {days: forever}}}"}, ["wrong_clock"]),
    (
        "",
        OLD,
        NEW,
        {"returned": "{to: returned, starts: {correction: {days: check_days, fires: x}}}"},
        ["wrong_clock"],
    ),
]


@pytest.mark.parametrize(("without", "before", "after", "changed", "wanted"), FAULTS)
def test_mapping_is_refused(without: str, before: str, after: str, changed: dict[str, str], wanted: list[str]) -> None:
    text = mapping_text(before, changed, reason='""' if without else "管理办法修订")
    with pytest.raises(Refusal) as refused:
        read_mapping(text, before, after)
    assert codes(refused) == wanted


def test_mapping_names_every_state(cast: Cast) -> None:
    text = mapping_text(OLD).replace("  returned: returned\n", "").replace("  draft: draft\n", "")
    with pytest.raises(Refusal) as refused:
        read_mapping(text, OLD, NEW)
    assert codes(refused) == ["state_missing", "state_missing"]


# --- the command --------------------------------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = StringIO()
    call_command("migrate_edition", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_dry_run_tells_every_case_and_changes_nothing(cast: Cast, clock: Clock, tmp_path: Path) -> None:
    case = filed_case(cast)
    file = tmp_path / "mapping.yaml"
    file.write_text(mapping_text(OLD), encoding="utf-8")
    before = (AuditEvent.objects.count(), Task.objects.count(), clocks(case))
    said = run(OLD, NEW, "--mapping", str(file), "--dry-run")
    assert f"{case.number} submitted -> submitted" in said
    assert "1 cases changed, 0 refused" in said
    assert (AuditEvent.objects.count(), Task.objects.count(), clocks(case)) == before
    assert (Case.objects.get(pk=case.pk).procedure, EditionChange.objects.count()) == (OLD, 0)
    with pytest.raises(CommandError, match="在页面上办理"):
        run(OLD, NEW, "--mapping", str(file))
    row = propose(mapping(), by=cast.office, at=clock.at)
    with pytest.raises(CommandError, match="不能办理"):
        run("--carry-on", row.number)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=clock.at)
    assert "1 cases changed" in run("--carry-on", row.number)
    with pytest.raises(CommandError):
        run("--carry-on", row.number)
    assert (Case.objects.get(pk=case.pk).procedure, sound()) == (NEW, True)


def test_batch_that_lacks_what_the_other_edition_needs_holds_its_cases_back(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed_case(cast)
    plain = PROCEDURES[NEW]
    stricter = type(plain)(plain.flow, plain.verbs, plain.node_of_state, needs=plain.needs | {"consultation_days"})
    monkeypatch.setitem(PROCEDURES, NEW, stricter)  # type: ignore[arg-type]  # a dict
    found = rehearse(mapping(), by=cast.publisher, at=clock.at + timedelta(hours=1))
    assert "consultation_days" in found[0].reasons[0]
    assert Case.objects.get(pk=case.pk).procedure == OLD


def test_batch_of_the_other_edition_is_not_touched(cast: Cast, clock: Clock) -> None:
    filed_case(cast)
    batch = make_municipal_2026(cast)
    change(cast, mapping(), clock)
    assert (batch.procedure, cast.batch.procedure) == (NEW, OLD)

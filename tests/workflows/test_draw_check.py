"""Draws worked out again from the trail: sound ones pass, every way of tampering is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accreditation.models import Application, AuditEvent, Case, PanelDraw
from accreditation.services import draws
from accreditation.services.expert_pool import pool_of
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import recommend
from workflows import door
from workflows.draw_check import checked_draws

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, committee=0)


@pytest.fixture
def case(cast: Cast) -> Case:
    """Drawn, and seated as drawn."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    for verb in ("pass_completeness_check", "draw_panel"):
        door.perform(case, verb, by=cast.office, at=cast.at)
    application = Application.objects.get(case=case)
    panel = draws.due_panel(application, pool_of(application, on=cast.at.date()))
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": panel})
    return case


def rewrite(case: Case, verb: str, change: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the trail would say: the table itself refuses to be changed, so the reading is changed."""
    event = AuditEvent.objects.get(chain=f"case:{case.number}", verb=verb)
    changed = json.loads(json.dumps(event.content))
    change(changed)
    init = AuditEvent.from_db.__func__  # type: ignore[attr-defined]  # a class method

    def from_db(cls: type[AuditEvent], *args: Any) -> AuditEvent:
        row: AuditEvent = init(cls, *args)
        if row.pk == event.pk:
            row.content = changed
        return row

    monkeypatch.setattr(AuditEvent, "from_db", classmethod(from_db))


def faults(case: Case) -> tuple[str, ...]:
    return next(iter(checked_draws(case.number))).faults


def test_sound_draw_comes_out(case: Case) -> None:
    found = list(checked_draws())
    assert [(one.number, one.faults, one.way) for one in found] == [(case.number, (), "as drawn")]


def test_command_tells_each_draw(case: Case) -> None:
    out = StringIO()
    call_command("recompute_draws", stdout=out)
    assert f"{case.number}  the same  as drawn" in out.getvalue()
    with pytest.raises(CommandError, match="no draw"):
        call_command("recompute_draws", "SHETC-2026-9999", stdout=StringIO())


def _swap_seats(content: dict[str, Any]) -> None:
    content["draw"]["seats"] = content["draw"]["seats"][::-1]


def _drop_candidate(content: dict[str, Any]) -> None:
    content["draw"]["candidates"].pop()


def _other_seed(content: dict[str, Any]) -> None:
    content["draw"]["seed"] = "0" * 64


def _other_commitment(content: dict[str, Any]) -> None:
    content["draw_commitment"] = "0" * 64


def _other_panel(content: dict[str, Any]) -> None:
    content["experts"] = content["experts"][1:]


def _no_record(content: dict[str, Any]) -> None:
    del content["draw"]


@pytest.mark.parametrize(
    ("verb", "change", "words"),
    [
        ("draw_panel", _swap_seats, "seats comes out differently"),
        ("draw_panel", _drop_candidate, "order comes out differently"),
        ("draw_panel", _other_seed, "the seed is not the one that was fixed beforehand"),
        ("pass_completeness_check", _other_commitment, "the seed is not the one that was fixed beforehand"),
        ("appoint_panel", _other_panel, "the panel is not the drawn one and no reason is given"),
        ("draw_panel", _no_record, "no record of a draw"),
    ],
)
def test_tampering_is_named(
    case: Case, verb: str, change: Callable[[dict[str, Any]], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(case, verb, change, monkeypatch)
    assert words in faults(case)
    with pytest.raises(CommandError, match="1 of 1 draws"):
        call_command("recompute_draws", stdout=StringIO())


def test_row_changed_behind_the_trail_is_found(case: Case) -> None:
    row = PanelDraw.objects.get()
    row.record = row.record.replace('"load":0', '"load":1', 1)
    row.save()
    assert faults(case) == ("the kept record is not the one in the trail",)


def test_panel_left_for_a_reason_passes_and_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(content: dict[str, Any]) -> None:
        _other_panel(content)
        content.update(as_drawn=False, reason="需要财务专家")

    rewrite(case, "appoint_panel", change, monkeypatch)
    found = next(iter(checked_draws(case.number)))
    assert (found.faults, found.way) == ((), "otherwise: 需要财务专家")

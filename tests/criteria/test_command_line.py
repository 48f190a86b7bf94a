"""The command line over rule sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from criteria.__main__ import main
from criteria.loading import thaw
from criteria.ruleset import RuleSet
from tests.criteria.builders import facts


def test_check_prints_status_and_checksum_of_a_sound_set(
    municipal: RuleSet, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", municipal.ref]) == 0
    assert capsys.readouterr().out == f"{municipal.ref}: complete {municipal.checksum}\n"


def test_check_fails_on_a_set_that_is_not_there_and_on_one_with_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.yaml").write_text("programme: p\nprogramme: q\n", encoding="utf-8")
    assert main(["check", "p/a", "p/b", "--directory", str(tmp_path), "--lang", "en"]) == 1
    assert capsys.readouterr().out == "p/a.yaml:2: duplicate key: programme\np/b: not found\n"


def test_check_live_lists_what_bars_a_live_batch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "demo/2026", "--live"]) == 1
    assert "  scoring.total：可信度为“演示用，非法规”\n" in capsys.readouterr().out


def test_explain_prints_gates_indicators_and_the_total(
    municipal: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(facts(municipal.fields).to_json(), encoding="utf-8")
    assert main(["explain", municipal.ref, "--facts", str(path), "--on", "2026-03-01"]) == 0
    shown = capsys.readouterr().out
    assert "\n  代入: 24000 ÷ 500000 × 100 × 1 = 4.8%\n" in shown
    assert shown.endswith("总分: 80.30 良好\n")


def test_freeze_prints_a_text_that_thaws_to_the_same_set(
    municipal: RuleSet, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["freeze", municipal.ref]) == 0
    assert thaw(capsys.readouterr().out).checksum == municipal.checksum


def test_an_unknown_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["guess"])
    assert left.value.code == 2
    assert "invalid choice" in capsys.readouterr().err

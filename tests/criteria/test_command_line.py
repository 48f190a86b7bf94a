"""The command line over rule sets."""

from __future__ import annotations

import subprocess
import sys
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


def test_check_refuses_a_set_that_is_not_there_and_one_with_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.yaml").write_text("programme: p\nprogramme: q\n", encoding="utf-8")
    assert main(["check", "p/a", "p/b", "--directory", str(tmp_path), "--lang", "en"]) == 2
    assert capsys.readouterr().out == "p/a.yaml:2: duplicate key: programme\np/b: no such rule set\n"


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


def test_explain_reads_what_is_known_of_the_holder(
    municipal: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    application, known = tmp_path / "facts.json", tmp_path / "standing.json"
    application.write_text(facts(municipal.fields).to_json(), encoding="utf-8")
    known.write_text('{"titles": {"district_centre": "2024-01-01"}}', encoding="utf-8")
    command = ["explain", municipal.ref, "--facts", str(application), "--on", "2026-03-01", "--lang", "en"]
    assert main(command) == 0
    assert "Outcome: undetermined" in _of_gate("MG6", capsys.readouterr().out)
    assert main([*command, "--standing", str(known)]) == 0
    assert "Outcome: met" in _of_gate("MG6", capsys.readouterr().out)


def _of_gate(code: str, shown: str) -> str:
    return shown.split(f"\n{code} ", 1)[1].split("\nMG", 1)[0]


# --- what cannot be used ------------------------------------------------------------------------------------------
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nprogramme: p\n"
BAD_FACTS = {
    "{": ":1:2: not valid JSON",
    "[]": ": must be an object",
    "[" * 100_000: ": nested too deeply",
    '{"reporting_year": 2025}': ": figures: must be a list",
    '{"reporting_year": 20255, "figures": []}': ": reporting_year: not a likely year: 20255",
    '{"reporting_year": 1e999999999, "figures": []}': ": not a plain decimal: 1e999999999",
    '{"reporting_year": 2025, "figures": [{"code": "employees", "year": 2025, "value": "many"}]}': (
        ": figures[0].value: of the wrong kind, must be integer"
    ),
    '{"reporting_year": 2025, "figures": [{"code": "employees", "year": 2025, "value": {"n": "9e9"}}]}': (
        ": figures[0].value: not an exact number"
    ),
}


@pytest.mark.parametrize("text", BAD_FACTS, ids=range(len(BAD_FACTS)))
@pytest.mark.parametrize("verb", ["explain", "what-if", "score"])
def test_facts_that_are_none_are_refused_with_file_and_place(
    verb: str, text: str, municipal: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    named = [str(path)] if verb == "score" else ["--facts", str(path)]
    assert main([verb, municipal.ref, *named, "--on", "2026-03-01", "--lang", "en"]) == 2
    assert capsys.readouterr().out.startswith(f"{path}{BAD_FACTS[text]}")


def test_facts_that_are_no_text_and_facts_that_are_missing_are_refused(
    municipal: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, absent = tmp_path / "odd.json", tmp_path / "absent.json"
    odd.write_bytes(b"\xff\xfe{")
    for path, told in ((odd, "不是 UTF-8 文本"), (absent, "没有这个文件"), (tmp_path, "是文件夹，不是文件")):
        assert main(["explain", municipal.ref, "--facts", str(path), "--on", "2026-03-01"]) == 2
        assert capsys.readouterr().out == f"{path}: {told}\n"


@pytest.mark.parametrize("on", ["2026-13-01", "20260301", "yesterday", ""])
def test_day_that_is_none_is_refused(on: str, municipal: RuleSet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", municipal.ref, "--facts", "f.json", "--on", on]) == 2
    assert capsys.readouterr().out == f"--on {on}: 不是日期（YYYY-MM-DD）\n"


@pytest.mark.parametrize(
    "command",
    [
        ["check", "{set}"],
        ["explain", "{set}", "--facts", "f.json", "--on", "2026-03-01"],
        ["freeze", "{set}"],
        ["test", "{set}"],
        ["page", "{set}"],
        ["diff", "{set}", "demo/2026"],
        ["score", "{set}", "f.json", "--on", "2026-03-01"],
        ["simulate", "demo/2026", "{set}", "--history", "h.jsonl"],
        ["what-if", "{set}", "--facts", "f.json", "--on", "2026-03-01"],
        ["template", "{set}", "--batch", "B-1", "--year", "2025", "--out", "t.xlsx"],
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_verb_refuses_sets_that_cannot_be_used(
    command: list[str], lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb, binary = tmp_path / "bomb.yaml", tmp_path / "binary.yaml"
    bomb.write_text(BOMB, encoding="utf-8")
    binary.write_bytes(b"\xff\xfe")
    words = {
        str(bomb): ":1: ",
        str(binary): {"zh": ": 不是 UTF-8 文本", "en": ": not a text in UTF-8"}[lang],
        str(tmp_path / "absent.yaml"): {"zh": ": 没有这个文件", "en": ": no such file"}[lang],
        "nothing/1": {"zh": ": 没有这个规则集", "en": ": no such rule set"}[lang],
        "../../etc/passwd": {"zh": ": 没有这个规则集", "en": ": no such rule set"}[lang],
    }
    for name, told in words.items():
        assert main([word.format(set=name) for word in command] + ["--lang", lang]) == 2
        assert capsys.readouterr().out.startswith(f"{name}{told}")


def test_rule_file_of_ones_own_may_rest_on_shipped_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    assert main(["check", str(own)]) == 0
    assert capsys.readouterr().out.startswith(f"{own}: complete ")
    assert main(["diff", "demo/2026", str(own), "--lang", "en"]) == 1
    assert "excellent" in capsys.readouterr().out


OWN = """\
programme: own
edition: "1"
name_zh: 自拟
name_en: Own
status: complete
demonstration: true
effective_from: null
effective_confidence: demo
extends: demo/2026
bands:
  - {code: excellent, name_zh: 优秀, name_en: excellent, least: {value: 91, unit: point, confidence: demo},
     below: null, consequence: none, consequence_zh: 保留, consequence_en: kept, confidence: demo}
  - {code: good, name_zh: 良好, name_en: good, least: {value: 65, unit: point, confidence: demo},
     below: {value: 91, unit: point, confidence: demo},
     consequence: none, consequence_zh: 保留, consequence_en: kept, confidence: demo}
"""


@pytest.mark.slow
def test_answer_that_nobody_reads_to_the_end_is_no_fault() -> None:
    command = f"{sys.executable} -m criteria freeze demo/2026 | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=60)
    assert (len(done.stdout), done.stderr) == (10, b"")


def test_an_unknown_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["guess"])
    assert left.value.code == 2
    assert "invalid choice" in capsys.readouterr().err

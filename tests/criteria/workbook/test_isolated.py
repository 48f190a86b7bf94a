"""Reading in a child process: the same answer, and a typed refusal whatever becomes of the child."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from criteria.fork_client import Allowance, Ended, ForkClient
from criteria.workbook import Faults, Template, examine, template_from_json
from criteria.workbook import isolated as module
from criteria.workbook.child import answer
from criteria.workbook.isolated import examine_isolated, read_isolated, refusal_of, request
from criteria.workbook.planting import plant
from criteria.workbook.samples import long_workbook
from tests.criteria.workbook.books import book

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_child_answers_the_same_as_the_direct_reading(good: bytes, template: Template) -> None:
    assert examine_isolated(good, template) == examine(good, template)


@pytest.mark.slow
def test_child_hands_back_faults_questions_and_entries(good: bytes, template: Template) -> None:
    content = plant("text_in_number", template, ("employees", 2025), good).workbook
    assert examine_isolated(content, template) == examine(content, template)
    assert isinstance(read_isolated(content, template), Faults)


@pytest.mark.slow
def test_many_threads_may_read_at_once(good: bytes, template: Template) -> None:
    expected, answers = examine(good, template), []
    threads = [threading.Thread(target=lambda: answers.append(examine_isolated(good, template))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4


def test_wrong_kind_is_refused_without_a_child(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.READERS, "ask", lambda *_: pytest.fail("a child was asked"))
    for content, code in ((b"", "empty_file"), (b"%PDF", "pdf")):
        faults = read_isolated(content, template)
        assert isinstance(faults, Faults)
        assert faults.refusal is not None
        assert faults.refusal.code == code


@pytest.mark.parametrize(
    ("ended", "refusal"),
    [
        (Ended(None, -signal.SIGKILL, False, 0.1), "too_slow"),
        (Ended(None, -signal.SIGKILL, True, 0.1), "too_slow"),
        (Ended(None, -signal.SIGXCPU, False, 15.0), "too_slow"),
        (Ended(None, -signal.SIGABRT, False, 0.1), "too_much_memory"),
        (Ended(None, 1, False, 0.1), "unreadable"),
        (Ended(None, 0, False, 0.1), "unreadable"),
    ],
)
def test_death_of_the_child_is_a_typed_refusal(
    ended: Ended, refusal: str, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.READERS, "ask", lambda *_: ended)
    assert refusal_code(template) == refusal


@pytest.mark.slow
def test_child_that_never_answers_is_ended(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READERS", ForkClient("tests.criteria.fork_job"))
    monkeypatch.setattr(module, "request", lambda *_: b"sleep 60")
    reading = examine_isolated(book(), template, allowed=Allowance(wait=0.3, cpu=1))
    assert reading.faults.refusal is not None
    assert reading.faults.refusal.code == "too_slow"
    module.READERS.close()


@pytest.mark.slow
def test_helper_that_cannot_live_is_a_typed_refusal(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READERS", ForkClient("tests.criteria.no_such_job"))
    assert refusal_code(template) == "unreadable"
    module.READERS.close()


@pytest.mark.slow
def test_rows_are_told_on_the_way(template: Template) -> None:
    told: list[tuple[int, int]] = []
    content = long_workbook(template, "equipment", 3000)
    reading = examine_isolated(content, template, progress=lambda done, known: told.append((done, known)))
    assert reading.faults.refusal is None
    done, known = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert done[0] == 0
    assert len(set(known)) == 1
    assert len(done) > 3
    assert done[-1] == known[0] > 3000


def refusal_code(template: Template) -> str:
    faults = read_isolated(book(), template)
    assert isinstance(faults, Faults)
    assert faults.refusal is not None
    return faults.refusal.code


def child(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def limited(code: str) -> int:
    start = f"from criteria.workbook.child import limit; limit(1, memory=300 * 1024 * 1024); {code}"
    done = subprocess.run(child(start), cwd=ROOT, capture_output=True, timeout=30, check=False)
    return done.returncode


@pytest.mark.slow
def test_limits_hold_for_time_memory_and_files(tmp_path: Path) -> None:
    assert refusal_of(limited("\nwhile True: pass")) == "too_slow"
    assert limited("x = b'x' * (400 * 1024 * 1024)") == 1
    target = tmp_path / "written"
    written = f"import os; os.write(os.open({str(target)!r}, os.O_CREAT | os.O_WRONLY), b'x')"
    assert limited(written) == 1
    assert not target.exists() or target.stat().st_size == 0


@pytest.mark.slow
def test_child_does_not_load_the_writer() -> None:
    code = "import criteria.workbook.child, sys; sys.exit('openpyxl' in sys.modules or 'yaml' in sys.modules)"
    assert subprocess.run(child(code), cwd=ROOT, check=False).returncode == 0


def test_request_carries_template_and_upload_unchanged(template: Template) -> None:
    line, _, content = request(b"\n\x00a\nb", template).partition(b"\n")
    assert template_from_json(line.decode()) == template
    assert content == b"\n\x00a\nb"


def test_answer_is_json_of_facts_and_faults(template: Template) -> None:
    assert b"empty_file" in answer(request(b"", template), lambda told: None)


@pytest.mark.parametrize(
    ("returncode", "code"),
    [
        (-signal.SIGKILL, "too_slow"),
        (-signal.SIGXCPU, "too_slow"),
        (-signal.SIGABRT, "too_much_memory"),
        (-signal.SIGSEGV, "too_much_memory"),
        (1, "unreadable"),
        (-signal.SIGTERM, "unreadable"),
    ],
)
def test_way_of_ending_names_the_refusal(returncode: int, code: str) -> None:
    assert refusal_of(returncode) == code
    assert os.name == "posix"

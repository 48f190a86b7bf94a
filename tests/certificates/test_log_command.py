"""`python -m certificates log`: verdicts and exit codes from files and over HTTP, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from certificates.__main__ import main
from certificates.issuing import Issued
from certificates.proofs import head_values
from certificates.transparency import entry
from tests.certificates.conftest import House
from tests.certificates.logs import Log, log_with
from tests.certificates.samples import AT

pytestmark = pytest.mark.slow


@pytest.fixture
def log(house: House, issued: Issued) -> Log:
    return log_with(house, issued)


@pytest.fixture
def keys(house: House) -> list[str]:
    trust = house.keys / "trust"
    return ["--key", str(trust / "log.pem"), "--tsa-root", str(trust / "tsa-root.pem")]


def _kept(path: Path, values: object) -> str:
    path.write_text(json.dumps(values))
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, dict[str, Any]]:
    code = main(["log", *given, "--json"])
    return code, json.loads(capsys.readouterr().out or "{}")


def test_published_status_is_proved(
    log: Log, issued: Issued, keys: list[str], pdf_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = _kept(tmp_path / "status.json", log.status(issued, 3, 7))
    head = _kept(tmp_path / "head.json", head_values(log.head(7)))
    code, told = _run(capsys, "verify", status, *keys, "--pdf", str(pdf_file), "--head", head)
    assert (code, told["accepted"], told["entries"]) == (0, True, 7)
    assert told["identifier"] == issued.identifier
    assert told["time_stamp"] == AT.astimezone(UTC).isoformat()


def test_forged_status_gives_exit_code_1_and_the_name_of_the_breach(
    log: Log, issued: Issued, keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = log.status(issued, 3, 7)
    status["record"]["holder_zh"] = "冒名顶替有限公司"
    assert main(["log", "verify", _kept(tmp_path / "status.json", status), *keys]) == 1
    assert "refused 不通过: entry_differs" in capsys.readouterr().out


def test_consistency_from_one_file_and_from_three(
    log: Log, keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = log.consistency(3, 7)
    assert _run(capsys, "consistency", _kept(tmp_path / "proof", proof), *keys)[0] == 0
    old, new = (_kept(tmp_path / name, proof.pop(f"{name}_head")) for name in ("old", "new"))
    given = ["consistency", _kept(tmp_path / "proof", proof), *keys]
    assert _run(capsys, *given, "--old", old, "--new", new)[0] == 0
    assert _run(capsys, *given)[1]["breach"] == "unreadable"
    assert _run(capsys, *given, "--old", new, "--new", old)[1]["breach"] == "shrunk"


def test_monitor_follows_a_growing_log_and_stops_at_a_rewritten_one(
    log: Log, keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"

    def watch(offer: object) -> tuple[int, dict[str, Any]]:
        return _run(capsys, "monitor", str(state), "--from", _kept(tmp_path / "offer", offer), *keys)

    assert watch(head_values(log.head(3)))[1]["added"] == 3
    assert watch(log.consistency(3, 7))[1]["added"] == 4
    assert watch(head_values(log.head(7)))[1]["added"] == 0
    kept = state.read_bytes()
    rewritten = Log(log.house, [log.leaves[1], *log.leaves[1:], log.leaves[0]])
    assert watch(rewritten.consistency(7, 8))[1]["breach"] == "not_continued"
    assert watch(head_values(rewritten.head(7)))[1]["breach"] == "head_differs"
    assert watch(head_values(log.head(5)))[1]["breach"] == "shrunk"
    assert state.read_bytes() == kept


class _Site(BaseHTTPRequestHandler):
    """The log's interface over a `Log`; `misled` answers everything in its own way."""

    log: Log
    size: int
    misled: bytes | None = None
    shown: list[str] | None = None
    at_once = 3

    def do_GET(self) -> None:
        parts = self.path.removesuffix(".json").split("/")
        if self.misled == b"away":
            self.send_response(302)
            self.send_header("Location", "http://localhost:9/log/head.json")
            self.end_headers()
            return
        answer: Any = head_values(self.log.head(self.size))
        if parts[2] == "entries":
            given = self.shown or [leaf.decode() for leaf in self.log.leaves]
            answer = {"entries": given[int(parts[3]) : int(parts[4])][: self.at_once]}
        if parts[2] == "consistency":
            answer = self.log.consistency(int(parts[3]), int(parts[4]))
        content = json.dumps(answer).encode() if self.misled is None else self.misled
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def site(log: Log) -> Iterator[tuple[type[_Site], str]]:
    handler = type("Site", (_Site,), {"log": log, "size": 3})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield handler, f"http://127.0.0.1:{server.server_port}/log"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_monitor_asks_the_site_for_head_and_proof(
    site: tuple[type[_Site], str], keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler, address = site
    given = ["monitor", str(tmp_path / "state"), "--from", address, *keys]
    assert _run(capsys, *given)[1]["added"] == 3
    handler.size = 7
    assert _run(capsys, *given)[1]["added"] == 4
    handler.log = Log(
        handler.log.house, [*handler.log.leaves[1:], entry("issue", identifier="1", pdf="", record="", at=AT)]
    )
    assert _run(capsys, *given)[1]["breach"] == "head_differs"


def test_audit_computes_the_root_from_all_entries(
    site: tuple[type[_Site], str], keys: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    handler, address = site
    handler.size = 7
    code, told = _run(capsys, "audit", "--from", address, *keys)
    assert (code, told["entries"], told["issue"]) == (0, 7, 7)


def _hidden(leaves: list[str]) -> list[str]:
    return leaves[:-1]


def _rewritten(leaves: list[str]) -> list[str]:
    return [leaves[0].replace("issue", "revoke"), *leaves[1:]]


def _swapped(leaves: list[str]) -> list[str]:
    return [leaves[1], leaves[0], *leaves[2:]]


@pytest.mark.parametrize("forge", [_hidden, _rewritten, _swapped])
def test_audit_finds_entries_that_do_not_give_the_root(
    site: tuple[type[_Site], str],
    keys: list[str],
    forge: Callable[[list[str]], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler, address = site
    handler.size = 7
    handler.shown = forge([leaf.decode() for leaf in handler.log.leaves])
    code, told = _run(capsys, "audit", "--from", address, *keys)
    assert (code, told["breach"]) == (1, "entries_differ")


@pytest.mark.parametrize("shown", [["{"], ["[]"], [7]], ids=str)
def test_audit_of_entries_that_are_none_is_refused(
    site: tuple[type[_Site], str], keys: list[str], shown: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    handler, address = site
    handler.shown = shown
    assert _run(capsys, "audit", "--from", address, *keys)[1]["breach"] == "unreadable"


def test_audit_needs_an_address(keys: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "audit", "--from", "head.json", *keys]) == 2
    assert "not an address" in capsys.readouterr().err


MISLEADING = {
    "page": (b"<html>", 1),
    "nesting": (b"[" * 100_000, 1),
    "flood": (b" " * (4 * 1024 * 1024 + 1), 1),
    "redirect": (b"away", 2),
    "bytes": (b"\xff", 1),
}


@pytest.mark.parametrize(("answer", "code"), MISLEADING.values(), ids=MISLEADING)
def test_misleading_site_is_refused_without_a_traceback(
    site: tuple[type[_Site], str], keys: list[str], tmp_path: Path, answer: bytes, code: int
) -> None:
    handler, address = site
    handler.misled = answer
    assert main(["log", "monitor", str(tmp_path / "state"), "--from", address, *keys]) == code
    assert not (tmp_path / "state").exists()


def test_site_that_does_not_answer_gives_exit_code_2(
    keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "monitor", str(tmp_path / "state"), "--from", "http://127.0.0.1:9/log", *keys]) == 2
    assert "cannot read 无法读取" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["/nonexistent", "proof"])
def test_missing_or_odd_key_gives_exit_code_2(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("proof").write_text("{}")
    assert main(["log", "verify", "proof", "--key", key]) == 2
    assert capsys.readouterr().err


def test_command_imports_no_framework_and_gives_no_traceback(keys: list[str], tmp_path: Path) -> None:
    home = Path(__file__).resolve().parents[2]
    hostile = _kept(tmp_path / "status.json", {"schema": "certificate-status/1", "log": {"leaf": "x"}})
    code = (
        "import sys; from certificates.__main__ import main; "
        f"print(main(['log', 'verify', {hostile!r}, *{keys!r}])); "
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment, check=True
    )
    assert told.stdout.splitlines()[1:] == ["1", "[]"]
    assert told.stderr == ""

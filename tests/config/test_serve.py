"""`manage.py serve` with real children: answers, ends cleanly, keeps the key from the web, survives a killed child."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.core.management.base import CommandError

from config.management.commands.serve import check_address_is_free
from tests.architecture.sources import ROOT

PATIENCE = 60
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def command_of(one: psutil.Process) -> str:
    try:
        return " ".join(one.cmdline())
    except psutil.Error:  # it has ended
        return ""


class Served:
    """A running site in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.var, self.port, self.log = folder / "var", free_port(), folder / "log"
        self.url = f"http://127.0.0.1:{self.port}"
        cleared = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTEST_XDIST_WORKER"}
        }
        self.environment = {
            **cleared,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ACCREDITATION_VAR": str(self.var),
            "PUBLIC_BASE_URL": self.url,
            "SIGNER_PASSWORD": "of the key",
        }
        self.call("migrate", "--verbosity=0")
        self.process = self.start()

    def call(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True)

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        with self.log.open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code
        except OSError:
            return 0

    def children(self, word: str) -> list[psutil.Process]:
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in family if word in command_of(one)]

    def key_exists(self) -> bool:
        return (self.var / "keys" / "signing").exists()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = Served(tmp_path_factory.mktemp("served"))
    wait_until(lambda: site.status("/verify/") == 200 and site.key_exists())
    yield site
    if site.process.poll() is None:
        site.process.terminate()
        site.process.wait(PATIENCE)


def test_says_where_it_is(served: Served) -> None:
    wait_until(lambda: served.url in served.log.read_text())


def test_taken_address_is_refused_with_the_address_named(served: Served) -> None:
    with pytest.raises(CommandError, match=f"127.0.0.1:{served.port}"):
        check_address_is_free("127.0.0.1", served.port)


def test_web_has_neither_an_open_key_nor_the_signers_settings(served: Served) -> None:
    web, signer = served.children("gunicorn"), served.children("manage.py signer")
    assert (len(web), len(signer)) == (2, 1)
    assert ["SIGNER_PASSWORD" in one.environ() for one in [*web, *signer]] == [False, False, True]
    opened = [file.path for one in web for file in one.open_files()]
    assert [path for path in opened if "keys/signing" in path] == []


def test_keys_are_readable_by_their_owner_only(served: Served) -> None:
    keys = served.var / "keys" / "signing"
    secrets = [path for path in keys.rglob("*.key*") if path.is_file()]
    assert secrets != []
    assert {path.stat().st_mode & 0o077 for path in [keys, *secrets]} == {0}


def test_killed_signer_is_started_again_while_the_web_answers(served: Served) -> None:
    (before,) = served.children("manage.py signer")
    before.kill()
    wait_until(lambda: [one.pid for one in served.children("manage.py signer")] not in ([], [before.pid]))
    assert served.status("/verify/") == 200


def test_sigterm_ends_all_processes_with_code_0(served: Served) -> None:
    family = psutil.Process(served.process.pid).children(recursive=True)
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0
    wait_until(lambda: not any(one.is_running() and one.status() != "zombie" for one in family))
    assert served.status("/verify/") == 0

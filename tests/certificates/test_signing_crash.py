"""Kill the signer at every durable step: after restart each certificate exists once, and all records agree."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from certificates.installation import store_folder
from certificates.models import Certificate, LogEntry
from certificates.numbering import NumberForm
from certificates.services import signing
from certificates.services.checking import differences
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.standing import Standing
from tests.certificates.samples import AT, particulars

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DURABLE_STEPS = ((os, "fsync"), (os, "replace"), (BaseDatabaseWrapper, "_commit"))
MOST_STEPS = 80


def _die_before_step(number: int) -> None:
    """From here on the process kills itself just before its `number`-th durable step."""
    left = [number]

    def watched(step: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*args)

        return call

    for owner, name in DURABLE_STEPS:
        setattr(owner, name, watched(getattr(owner, name)))


def _killed_at(number: int, work: Callable[[], object]) -> bool:
    """Run `work` in a child that dies before its `number`-th durable step; False when it had fewer."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_before_step(number)
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _row_before_file(keys: Keys) -> None:
    """The naive order, as a control: the row is committed before the file is in the store."""
    kept: list[tuple[Path, bytes]] = []
    keep = signing.keep
    signing.keep = lambda folder, content: kept.append((folder, content)) or ""
    sign_pending(limit=10, at=AT, keys=keys)
    for folder, content in kept:
        keep(folder, content)


def _request(number: int) -> Certificate:
    return request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key=f"title-{number}", by="示例委员会", at=AT
    )


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


def test_signer_killed_before_any_durable_step_and_restarted_issues_once(keys: Keys) -> None:
    steps = 0
    for step in range(1, MOST_STEPS):
        made = _request(step)
        was_killed = _killed_at(step, lambda: sign_pending(limit=10, at=AT, keys=keys))
        sign_pending(limit=10, at=AT, keys=keys)
        assert Certificate.objects.get(pk=made.pk).standing is Standing.IN_FORCE
        assert list(differences()) == [], f"after a kill before step {step}"
        if not was_killed:
            steps = step - 1
            break
    assert steps >= 12
    assert LogEntry.objects.count() == Certificate.objects.count() == steps + 1
    assert len(list(store_folder().rglob("*.pdf"))) == steps + 1


def test_naive_order_loses_files_so_the_harness_can_see_it(keys: Keys) -> None:
    broken = 0
    for step in range(1, MOST_STEPS):
        _request(step)
        was_killed = _killed_at(step, lambda: _row_before_file(keys))
        sign_pending(limit=10, at=AT, keys=keys)
        broken += any("file:" in line for line in differences())
        if not was_killed:
            break
    assert broken > 0

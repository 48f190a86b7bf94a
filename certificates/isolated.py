"""Verification of a stranger's file in a child process with little time, little memory and no network.

The children are forked from a helper process that has the verifier loaded: they begin at once and share its memory.
"""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from threading import BoundedSemaphore

from certificates.child import plain_trust
from certificates.container import LIMIT
from certificates.refusals import Rule
from certificates.verify import Trust, Verdict
from criteria.fork_client import Allowance, ForkClient, HelperDied

ALLOWED = Allowance(wait=20, cpu=5)
VERIFIERS = ForkClient("certificates.child")
_AT_ONCE = BoundedSemaphore(2)
_log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Too many files are being verified at the moment; try again."""


def verify_isolated(content: bytes, trust: Trust, *, patience: float = 10.0, allowed: Allowance = ALLOWED) -> Verdict:
    """The verdict of `verify`, reached in a limited child process.

    At most two run at a time; Busy when none becomes free within `patience` seconds. A child that exceeds its limits
    gives the refusal `overrun`.
    """
    if len(content) > LIMIT:
        return Verdict(Rule.TOO_LARGE, f"{len(content)} bytes", sha256(content).hexdigest())
    if not _AT_ONCE.acquire(timeout=patience):
        raise Busy("all verification places are taken")
    try:
        return _in_child(content, trust, allowed)
    finally:
        _AT_ONCE.release()


def _in_child(content: bytes, trust: Trust, allowed: Allowance) -> Verdict:
    overrun = Verdict(Rule.OVERRUN, "the child process gave no answer", sha256(content).hexdigest())
    try:
        ended = VERIFIERS.ask(request(content, trust), allowed)
    except HelperDied:
        _log.exception("no helper process stays alive to verify a file")
        return overrun
    if ended.answer is None or ended.code:
        _log.warning("verifying a file ended with %s after %.1f s of processor time", ended.code, ended.cpu)
        return overrun
    answer = json.loads(ended.answer)
    return Verdict(**{**answer, "rule": Rule(answer["rule"]) if answer["rule"] else None})


def request(content: bytes, trust: Trust) -> bytes:
    """What the child reads: the trust as one line of JSON, then the file."""
    return json.dumps(plain_trust(trust)).encode() + b"\n" + content

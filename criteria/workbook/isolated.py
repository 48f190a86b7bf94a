"""Reading in a child process with limits on time and memory: a hostile file can end only the child."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

from criteria.facts import Facts
from criteria.workbook.faults import Faults, Refused, Severity, fault_of
from criteria.workbook.gate import check_kind, check_size
from criteria.workbook.intake import Reading, refused
from criteria.workbook.layout import Template

WAIT_SECONDS = 30
_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = [sys.executable, "-E", "-s", "-m", "criteria.workbook.child"]
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}
_OUT_OF_MEMORY = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}

log = logging.getLogger(__name__)


def read_isolated(content: bytes, template: Template) -> Facts | Faults:
    """As `intake.read`, in a child process; never raises for bad content."""
    return examine_isolated(content, template).outcome


def examine_isolated(content: bytes, template: Template) -> Reading:
    """As `intake.examine`, in a child process; a child that dies or takes too long becomes a typed refusal."""
    try:
        check_size(content)
        check_kind(content)
    except Refused as refusal:
        return refused(template, refusal.fault)
    try:
        done = subprocess.run(
            _COMMAND,
            input=request(content, template),
            capture_output=True,
            cwd=_ROOT,
            timeout=WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return refused(template, fault_of("too_slow", severity=Severity.REFUSAL))
    if done.returncode:
        log.error("reading a workbook ended with %s: %s", done.returncode, done.stderr[-2000:].decode(errors="replace"))
        return refused(template, fault_of(refusal_of(done.returncode), severity=Severity.REFUSAL))
    plain = json.loads(done.stdout)
    return Reading(Facts.from_json(plain["facts"]), Faults.from_json(plain["faults"]))


def request(content: bytes, template: Template) -> bytes:
    """What the child reads: the template as one line of JSON, then the upload."""
    return template.to_json().encode() + b"\n" + content


def refusal_of(returncode: int) -> str:
    """Refusal code for the way in which a child ended."""
    if returncode in _OUT_OF_TIME:
        return "too_slow"
    return "too_much_memory" if returncode in _OUT_OF_MEMORY else "unreadable"

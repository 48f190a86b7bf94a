"""Reading in a child process with limits on time and memory: a hostile file can end only the child."""

from __future__ import annotations

import json
import logging
import signal

from criteria.facts import Facts
from criteria.fork_client import Allowance, ForkClient, HelperDied
from criteria.workbook.child import ROWS
from criteria.workbook.faults import Faults, Refused, Severity, fault_of
from criteria.workbook.gate import check_kind, check_size
from criteria.workbook.intake import Reading, refused
from criteria.workbook.layout import Template
from criteria.workbook.pace import Progress

AT_ONCE = Allowance(wait=30, cpu=15)
IN_BACKGROUND = Allowance(wait=150, cpu=60)
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}
_OUT_OF_MEMORY = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}

READERS = ForkClient("criteria.workbook.child")
log = logging.getLogger(__name__)


def read_isolated(content: bytes, template: Template) -> Facts | Faults:
    """As `intake.read`, in a child process; never raises for bad content."""
    return examine_isolated(content, template).outcome


def examine_isolated(
    content: bytes, template: Template, *, progress: Progress | None = None, allowed: Allowance = AT_ONCE
) -> Reading:
    """As `intake.examine`, in a child process; a child that dies or takes too long becomes a typed refusal."""
    try:
        check_size(content)
        check_kind(content)
    except Refused as refusal:
        return refused(template, refusal.fault)
    try:
        ended = READERS.ask(
            request(content, template),
            allowed,
            None if progress is None else lambda told: progress(*ROWS.unpack(told)),
        )
    except HelperDied:
        log.exception("no helper process stays alive to read a workbook")
        return refused(template, fault_of("unreadable", severity=Severity.REFUSAL))
    if ended.answer is None or ended.code:
        log.error("reading a workbook ended with %s after %.1f s of processor time", ended.code, ended.cpu)
        return refused(template, fault_of(refusal_of(ended.code), severity=Severity.REFUSAL))
    plain = json.loads(ended.answer)
    return Reading(Facts.from_json(plain["facts"]), Faults.from_json(plain["faults"]))


def request(content: bytes, template: Template) -> bytes:
    """What the child reads: the template as one line of JSON, then the upload."""
    return template.to_json().encode() + b"\n" + content


def refusal_of(returncode: int) -> str:
    """Refusal code for the way in which a child ended."""
    if returncode in _OUT_OF_TIME:
        return "too_slow"
    return "too_much_memory" if returncode in _OUT_OF_MEMORY else "unreadable"

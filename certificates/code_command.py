"""`python -m certificates qr IMAGE|TEXT --keys keys.json`: a printed code checked without database or network."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from certificates.printed import PrintedRule, PrintedVerdict, check_printed
from certificates.printed_keys import KeysRefused, PublicKeys, keys_of
from certificates.scanning import can_scan, texts_in


def add_code_command(commands: Any) -> None:
    """Enter `qr` among the subcommands."""
    check: ArgumentParser = commands.add_parser("qr", help="check the QR code of a printed certificate")
    check.add_argument("code", metavar="IMAGE|TEXT", help="an image file with the code, or the text of the code")
    check.add_argument("--keys", type=Path, required=True, help="the issuer's keys.json (a JWK set)")
    check.add_argument("--json", action="store_true", help="a JSON object instead of text")


def run_code(options: Namespace) -> int:
    """0 when the code is sound, 1 when it is refused, 2 when the keys cannot be read."""
    try:
        keys = keys_of(options.keys.read_bytes())
    except (OSError, KeysRefused) as fault:
        sys.stderr.write(f"cannot read 无法读取: {fault}\n")
        return 2
    verdict = _verdict(options.code, keys)
    answer = json.dumps(verdict.plain(), ensure_ascii=False) if options.json else _sentence(verdict)
    sys.stdout.write(answer + "\n")
    return 0 if verdict.accepted else 1


def _verdict(code: str, keys: PublicKeys) -> PrintedVerdict:
    """The verdict on the text, or on the codes of an image: one that is refused refuses the image."""
    if not os.path.isfile(code):
        return check_printed(code, keys)
    if not can_scan():
        return PrintedVerdict(PrintedRule.NO_READER)
    verdicts = [check_printed(text, keys) for text in texts_in(Path(code))]
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    return next(iter([*refused, *verdicts]), PrintedVerdict(PrintedRule.NO_IMAGE))


def _sentence(verdict: PrintedVerdict) -> str:
    said = verdict.statement
    if verdict.rule is not None or said is None:
        rule = verdict.rule or PrintedRule.NO_CODE
        remark = f" [{verdict.detail}]" if verdict.detail else ""
        return f"refused 不通过: {rule.value}: {rule.wording.en} {rule.wording.zh}{remark}"
    specimen = " (specimen 样张)" if said.specimen else ""
    return (
        f"accepted 通过: {said.number} v{said.version} {said.holder} {said.programme} "
        f"{said.valid_from} – {said.valid_until}{specimen}\n{verdict.address}"
    )

"""`python -m certificates verify|credential|qr|log|status`: the verifiers alone, without database or settings."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.code_command import add_code_command, run_code
from certificates.container import LIMIT
from certificates.credential_command import add_credential_command, run_credential
from certificates.log_command import add_log_commands, run_log
from certificates.signature_parts import as_issued
from certificates.signers import fingerprint
from certificates.status_command import add_status_command, run_status
from certificates.verify import Trust, Verdict, verify


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m certificates", description="Verify certificates offline.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="verify PDF certificates")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--root", type=Path, required=True, help="PEM file with the issuer's root certificate")
    check.add_argument("--signers", type=Path, help="PEM file with the certificates that may sign; others are refused")
    check.add_argument("--tsa-root", type=Path, help="PEM file with the roots of the time-stamp authority")
    check.add_argument("--issued", type=Path, metavar="OUT", help="write the accepted file as it was issued and logged")
    check.add_argument("--json", action="store_true", help="one JSON object per file instead of text")
    add_credential_command(commands)
    add_code_command(commands)
    add_log_commands(commands)
    add_status_command(commands)
    return parser.parse_args(given)


def _trust(options: argparse.Namespace) -> Trust:
    listed = None
    if options.signers:
        listed = frozenset(map(fingerprint, x509.load_pem_x509_certificates(options.signers.read_bytes())))
    clocks = _certificates(options.tsa_root) if options.tsa_root else None
    return Trust(_certificates(options.root), listed, clocks=clocks)


def _certificates(path: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file one by one."""
    return tuple(one.public_bytes(Encoding.PEM) for one in x509.load_pem_x509_certificates(path.read_bytes()))


def _read(path: Path) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    with path.open("rb") as file:
        return file.read(LIMIT + 1)


def _sentence(path: Path, verdict: Verdict) -> str:
    if verdict.rule is None:
        record = verdict.record or {}
        stamped = f", 时间戳 time-stamped {verdict.stamped_at}" if verdict.stamped_at else ""
        whose = f"{record.get('number')} {record.get('holder_zh')} ({verdict.signer_name})"
        return f"{path}: accepted 通过: {whose}{stamped}"
    wording = verdict.rule.wording
    remark = f" [{verdict.detail}]" if verdict.detail else ""
    return f"{path}: refused 不通过: {verdict.rule.value}: {wording.en} {wording.zh}{remark}"


def main(given: list[str] | None = None) -> int:
    """Run the command; 0 when every file is accepted, 1 when any is refused, 2 when something cannot be read."""
    options = _arguments(given)
    others = {"credential": run_credential, "qr": run_code, "log": run_log, "status": run_status}
    if options.command in others:
        return others[options.command](options)
    try:
        trust = _trust(options)
        contents = [(path, _read(path)) for path in options.files]
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"cannot read 无法读取: {fault}\n")
        return 2
    accepted = True
    for path, content in contents:
        verdict = verify(content, trust)
        accepted = accepted and verdict.accepted
        answer = {"file": str(path), "accepted": verdict.accepted, **asdict(verdict)}
        line = json.dumps(answer, ensure_ascii=False) if options.json else _sentence(path, verdict)
        sys.stdout.write(line + "\n")
        if options.issued and verdict.accepted:
            options.issued.write_bytes(as_issued(content))
    return 0 if accepted else 1


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())

"""`python -m certificates credential FILE... --keys keys.json`: are credentials genuine and in force?"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from certificates.credential_check import LONGEST, CredentialTrust, CredentialVerdict, check_credential
from certificates.credential_keys import read_keys


def add_credential_command(commands: Any) -> None:
    """Add `credential` to the parser's commands."""
    credential = commands.add_parser("credential", help="verify credentials (.jwt: VC 2.0, Open Badges 3.0)")
    credential.add_argument("files", nargs="+", type=Path, metavar="FILE")
    trust = credential.add_mutually_exclusive_group(required=True)
    trust.add_argument("--keys", type=Path, help="JWK set with the issuer's public keys")
    trust.add_argument("--root", type=Path, help="PEM file with the root of the certificates in the credential")
    credential.add_argument("--status", nargs="+", type=Path, default=[], help="downloaded status lists (.jwt)")
    credential.add_argument("--status-key", type=Path, help="PEM file with the public key of the status lists")
    credential.add_argument("--json", action="store_true", help="one JSON object per file instead of text")


def run_credential(options: argparse.Namespace) -> int:
    """Carry out a parsed `credential`: 0 when every file is accepted, 1 when any is refused, 2 when unreadable."""
    try:
        trust = _trust(options)
        lists = [_read(path) for path in options.status]
        tokens = [(path, _read(path)) for path in options.files]
        if lists and trust.status_key is None:
            raise ValueError("--status needs --status-key")
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"cannot read 无法读取: {fault}\n")
        return 2
    at = datetime.now(UTC)
    verdicts = [(path, check_credential(token, trust, at=at, lists=lists)) for path, token in tokens]
    for path, verdict in verdicts:
        answer = {"file": str(path), **verdict.plain()}
        sys.stdout.write((json.dumps(answer, ensure_ascii=False) if options.json else _sentence(path, verdict)) + "\n")
    return 0 if all(verdict.accepted for _path, verdict in verdicts) else 1


def _trust(options: argparse.Namespace) -> CredentialTrust:
    key = load_pem_public_key(options.status_key.read_bytes()) if options.status_key else None
    if key is not None and not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"{options.status_key}: not an elliptic-curve key")
    if options.keys:
        return CredentialTrust(keys=read_keys(options.keys.read_bytes()), status_key=key)
    return CredentialTrust(roots=tuple(x509.load_pem_x509_certificates(options.root.read_bytes())), status_key=key)


def _read(path: Path) -> str:
    """The file, or as much of it as shows that it is too large."""
    with path.open("rb") as file:
        return file.read(LONGEST + 1).decode("ascii", "replace")


def _sentence(path: Path, verdict: CredentialVerdict) -> str:
    if verdict.rule is not None:
        wording = verdict.rule.wording
        remark = f" [{verdict.detail}]" if verdict.detail else ""
        return f"{path}: refused 不通过: {verdict.rule.value}: {wording.en} {wording.zh}{remark}"
    open_questions = [purpose for purpose, is_set in verdict.status.items() if is_set is None]
    remark = f"; status not checked 未查状态: {', '.join(open_questions)}" if open_questions else ""
    return f"{path}: accepted 通过: {verdict.number} {verdict.holder} ({verdict.issuer}){remark}"

"""`python -m certificates status LIST... --key status.pem --index N`: what signed status lists say of a certificate."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from certificates.status_list import StatusListRefused, read_list

_LARGEST = 64 * 1024


def add_status_command(commands: Any) -> None:
    """Add `status` to the parser's commands."""
    status = commands.add_parser("status", help="is the certificate on a signed list of the revoked or suspended?")
    status.add_argument("lists", nargs="+", type=Path, metavar="LIST", help="downloaded status lists (.jwt)")
    status.add_argument("--key", type=Path, required=True, help="PEM file with the public key of the lists")
    status.add_argument("--index", type=int, required=True, help="statusListIndex of the certificate in these lists")
    status.add_argument("--json", action="store_true", help="one JSON object per list instead of text")


def run_status(options: argparse.Namespace) -> int:
    """Carry out a parsed `status`: 0 when no bit is set, 1 when one is or a list is refused, 2 when unreadable."""
    try:
        key = load_pem_public_key(options.key.read_bytes())
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError(f"{options.key}: not an elliptic-curve key")
        contents = [(path, path.open("rb").read(_LARGEST + 1)) for path in options.lists]
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"cannot read 无法读取: {fault}\n")
        return 2
    answers = [_answer(path, content, key, options.index) for path, content in contents]
    for answer in answers:
        sys.stdout.write((json.dumps(answer, ensure_ascii=False) if options.json else _sentence(answer)) + "\n")
    return 1 if any(answer.get("is_set", True) for answer in answers) else 0


def _answer(path: Path, content: bytes, key: ec.EllipticCurvePublicKey, index: int) -> dict[str, Any]:
    try:
        found = read_list(content.decode("ascii", "replace"), key, at=datetime.now(UTC))
        is_set = found.is_set(index)
    except (StatusListRefused, IndexError) as refusal:
        return {"file": str(path), "refused": str(refusal)}
    until = found.valid_until.isoformat()
    return {"file": str(path), "purpose": found.purpose.value, "is_set": is_set, "valid_until": until}


def _sentence(answer: dict[str, Any]) -> str:
    if "refused" in answer:
        return f"{answer['file']}: refused 不通过: {answer['refused']}"
    word = "listed 在列" if answer["is_set"] else "not listed 不在列"
    return f"{answer['file']}: {answer['purpose']}: {word} (until {answer['valid_until']})"

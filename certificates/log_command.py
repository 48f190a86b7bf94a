"""`python -m certificates log verify|consistency|monitor|audit`: the log checked without database or settings."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from certificates.container import LIMIT
from certificates.durable import write_durably
from certificates.proofs import (
    Breach,
    Keys,
    ProofRefused,
    Proven,
    SignedHead,
    check_consistency,
    check_head,
    check_inclusion,
    read_entries,
    read_head,
    read_path,
)
from certificates.snapshot import canonical
from certificates.transparency import Frontier, leaf_hash

ACCEPTED, REFUSED, UNREACHABLE = 0, 1, 2
_LARGEST = 4 * 1024 * 1024
_PATIENCE = 30
_RANGE = 1000  # entries asked for at once, the most that a log gives


def add_log_commands(commands: Any) -> None:
    """Add `log` with its three forms to the parser's commands."""
    log = commands.add_parser("log", help="check the public log of certificates")
    kinds = log.add_subparsers(dest="kind", required=True)
    verify = kinds.add_parser("verify", help="is this certificate in the signed log?")
    verify.add_argument("proof", type=Path, help="a certificate's status.json, or an inclusion proof of the interface")
    verify.add_argument("--pdf", type=Path, help="the certificate's file, to be the one in the log")
    verify.add_argument("--head", type=Path, help="a head obtained in another way, which must not contradict the proof")
    between = kinds.add_parser("consistency", help="does the newer head continue the older one?")
    between.add_argument("proof", type=Path, help="a consistency proof of the interface")
    between.add_argument("--old", type=Path, help="the older head, when it is kept in a file of its own")
    between.add_argument("--new", type=Path, help="the newer head, when it is kept in a file of its own")
    watch = kinds.add_parser("monitor", help="keep a head; prove that the next one only added to it")
    watch.add_argument("state", type=Path, help="file in which the last proven head is kept; made on the first run")
    watch.add_argument("--from", dest="source", required=True, help="address of the log (https://host/log), or a file")
    audit = kinds.add_parser("audit", help="do all entries together give the signed root?")
    audit.add_argument("--from", dest="source", required=True, help="address of the log (https://host/log)")
    for kind in (verify, between, watch, audit):
        kind.add_argument("--key", type=Path, required=True, help="PEM file with the log's public key")
        kind.add_argument("--tsa-root", type=Path, help="PEM file with the roots of the time-stamp authority")
        kind.add_argument("--json", action="store_true", help="a JSON object instead of text")


def run_log(options: argparse.Namespace) -> int:
    """Carry out a parsed `log` command: 0 proven, 1 refused, 2 when something cannot be read or reached."""
    checks: Mapping[str, Callable[[argparse.Namespace, Keys], dict[str, Any]]] = {
        "verify": _verify,
        "consistency": _consistency,
        "monitor": _monitor,
        "audit": _audit,
    }
    try:
        answer = {"accepted": True, **checks[options.kind](options, _keys(options))}
    except ProofRefused as refusal:
        answer = {"accepted": False, "breach": refusal.breach.value, "detail": refusal.detail}
        return _tell(options, answer, refusal.breach)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"cannot read 无法读取: {fault}\n")
        return UNREACHABLE
    return _tell(options, answer, None)


def _tell(options: argparse.Namespace, answer: dict[str, Any], breach: Breach | None) -> int:
    if options.json:
        line = json.dumps(answer, ensure_ascii=False)
    elif breach:
        remark = f" [{answer['detail']}]" if answer["detail"] else ""
        line = f"refused 不通过: {breach.value}: {breach.wording.en} {breach.wording.zh}{remark}"
    else:
        line = "accepted 通过: " + ", ".join(f"{name} {value}" for name, value in answer.items() if name != "accepted")
    sys.stdout.write(line + "\n")
    return REFUSED if breach else ACCEPTED


def _keys(options: argparse.Namespace) -> Keys:
    key = load_pem_public_key(options.key.read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"{options.key}: not an elliptic-curve key")
    if options.tsa_root is None:
        return Keys(key)
    return Keys(key, tuple(x509.load_pem_x509_certificates(options.tsa_root.read_bytes())))


def _verify(options: argparse.Namespace, keys: Keys) -> dict[str, Any]:
    pdf = _read(options.pdf, LIMIT) if options.pdf else None
    held = read_head(_load(options.head)) if options.head else None
    if held is not None:
        check_head(held, Keys(keys.log))
    proven, entry = check_inclusion(_load(options.proof), keys, pdf=pdf, held=held)
    return {**_told(proven), **{name: entry.get(name) for name in ("event", "identifier", "at")}}


def _consistency(options: argparse.Namespace, keys: Keys) -> dict[str, Any]:
    proof = _object(_load(options.proof))
    old = read_head(_load(options.old) if options.old else proof.get("old_head"))
    new = read_head(_load(options.new) if options.new else proof.get("new_head"))
    return _told(check_consistency(old, new, read_path(proof), keys))


def _monitor(options: argparse.Namespace, keys: Keys) -> dict[str, Any]:
    """Prove the next head against the kept one, then keep it; a first head is believed once it is signed."""
    kept = read_head(_load(options.state)) if options.state.exists() else None
    new, path = _next(options.source, kept)
    proven = check_consistency(kept, new, path, keys) if kept else check_head(new, keys)
    before = kept.head.size if kept else 0
    if kept is None or new.head.size > before:
        write_durably(options.state.absolute(), canonical(new.values))
    return {**_told(proven), "added": new.head.size - before}


def _next(source: str, kept: SignedHead | None) -> tuple[SignedHead, list[bytes]]:
    """The head that the source offers now, and its proof from the kept head (empty where none is needed)."""
    if not _is_address(source):
        offered = _object(_load(Path(source)))
        new = read_head(offered.get("new_head", offered))
        return new, read_path(offered) if "path" in offered else []
    address = source.rstrip("/")
    new = read_head(_fetch(f"{address}/head.json"))
    if kept is None or new.head.size <= kept.head.size:
        return new, []
    return new, read_path(_fetch(f"{address}/consistency/{kept.head.size}/{new.head.size}.json"))


def _audit(options: argparse.Namespace, keys: Keys) -> dict[str, Any]:
    """Fetch every entry and compute the root anew: what the issuer shows is then all that the head covers."""
    if not _is_address(options.source):
        raise ValueError(f"{options.source}: not an address of a log")
    address = options.source.rstrip("/")
    proven = check_head(read_head(_fetch(f"{address}/head.json")), keys)
    head, frontier = proven.signed.head, Frontier()
    events: Counter[str] = Counter()
    while frontier.size < head.size:
        end = min(frontier.size + _RANGE, head.size)
        leaves = read_entries(_fetch(f"{address}/entries/{frontier.size}/{end}.json"))
        if not 0 < len(leaves) <= end - frontier.size:
            raise ProofRefused(Breach.ENTRIES_DIFFER, f"{len(leaves)} entries from {frontier.size}")
        for leaf in leaves:
            frontier.append(leaf_hash(leaf))
            events[_event(leaf)] += 1
    if frontier.root() != head.root:
        raise ProofRefused(Breach.ENTRIES_DIFFER, frontier.root().hex())
    return {**_told(proven), **events}


def _event(leaf: bytes) -> str:
    """What an entry says happened; ProofRefused when it is no entry."""
    return str(_object(_parsed(leaf, "entry")).get("event"))


def _is_address(source: str) -> bool:
    return urlsplit(source).scheme in {"http", "https"}


class _NoDetour(HTTPRedirectHandler):
    """A redirect may not lead from the address the user gave to another host or kind of address."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        """The next request; URLError when it would leave the host."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.hostname != before.hostname or after.scheme not in {before.scheme, "https"}:
            raise URLError(f"{req.full_url} leads away to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(address: str) -> object:
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - the caller admits http and https only
    with build_opener(_NoDetour).open(request, timeout=_PATIENCE) as answer:
        return _parsed(answer.read(_LARGEST + 1), address)


def _load(path: Path) -> object:
    return _parsed(_read(path, _LARGEST), str(path))


def _read(path: Path, limit: int) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def _parsed(content: bytes, name: str) -> object:
    try:
        if len(content) > _LARGEST:
            raise ValueError("larger than 4 MiB")
        return json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise ProofRefused(Breach.UNREADABLE, f"{name}: {fault}") from fault


def _object(values: object) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise ProofRefused(Breach.UNREADABLE, "not a JSON object")
    return values


def _told(proven: Proven) -> dict[str, Any]:
    """What is printed of a proven head."""
    head = proven.signed.head
    seen = proven.seen_at.isoformat() if proven.seen_at else "not checked"
    return {"log": head.origin, "entries": head.size, "root": head.root.hex(), "time_stamp": seen}

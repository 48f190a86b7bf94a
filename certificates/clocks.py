"""Who stamps time on certificates: the local authority, or a service after RFC 3161 that is asked over HTTP."""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from asn1crypto import algos, tsp
from cryptography import x509

from certificates.seal import time_stamp
from certificates.signers import KeyRefused, Signer
from certificates.time_stamps import StampRefused, stamped_at

_LARGEST = 64 * 1024
_ABOVE_LOG_HEADS = 1 << 127  # serial numbers below are those of the log, which are its sizes


class ClockFailed(OSError):
    """No usable time-stamp could be had; the message says why."""


class Clock(Protocol):
    """An authority for time."""

    def stamp(self, digest: bytes) -> bytes:
        """An RFC 3161 token over the SHA-256 `digest`, DER; ClockFailed where none could be had."""


@dataclass(frozen=True)
class LocalClock:
    """The time-stamp authority whose key is in this process. `at` is the instant to state, None for now."""

    signer: Signer
    at: datetime | None = None

    def stamp(self, digest: bytes) -> bytes:
        """A token over the digest, with a serial number that never repeats."""
        serial = _ABOVE_LOG_HEADS | secrets.randbits(126)
        return time_stamp(digest, self.signer, serial=serial, at=self.at or datetime.now(UTC))


@dataclass(frozen=True)
class RemoteClock:
    """A service at `url`; its tokens are believed only under `roots`. `patience` is in seconds.

    `authority` is a PEM file with the root of the service's TLS certificate, when it is not a public one.
    """

    url: str
    roots: Sequence[x509.Certificate]
    patience: float = 10.0
    authority: Path | None = None

    def stamp(self, digest: bytes) -> bytes:
        """The token of the service, checked before anybody sees it: about this digest, for this question, trusted."""
        nonce = secrets.randbits(63)
        question = Request(  # noqa: S310 - http and https only, see `read_clock`
            self.url, _question(digest, nonce), {"Content-Type": "application/timestamp-query"}, method="POST"
        )
        try:
            with self._opener.open(question, timeout=self.patience) as answer:
                content = _read(answer, until=time.monotonic() + self.patience)
            token = _token(content, nonce)
            stamped_at(token, digest, self.roots)
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as fault:
            raise ClockFailed(f"{self.url}: {fault}") from fault
        return token

    @cached_property
    def _opener(self) -> Any:
        trust = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        return build_opener(ProxyHandler({}), HTTPSHandler(context=trust))


def read_clock(options: Mapping[str, str], local: Signer, roots: Sequence[x509.Certificate]) -> Clock:
    """The service of the settings (`url`, `patience`, `authority`), the local authority without; KeyRefused if wrong.

    Plain http will do: a token proves itself, and holds no secret.
    """
    url = options.get("url", "")
    if not url:
        return LocalClock(local)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise KeyRefused(f"{url}: a time-stamp service is reached by http or https")
    authority = options.get("authority")
    try:
        patience = float(options.get("patience", "10"))
    except ValueError as fault:
        raise KeyRefused(f"patience of the time-stamp service: {fault}") from fault
    return RemoteClock(url, roots, patience, Path(authority) if authority else None)


def _question(digest: bytes, nonce: int) -> bytes:
    imprint = tsp.MessageImprint(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    )
    asked = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    content: bytes = asked.dump()
    return content


def _token(content: bytes, nonce: int) -> bytes:
    """The token in an answer; StampRefused when the service refused or answers another question."""
    answer = tsp.TimeStampResp.load(content, strict=True)
    status = answer["status"]["status"].native
    if status not in {"granted", "granted_with_mods"}:
        raise StampRefused(f"the service answers {status}")
    token = answer["time_stamp_token"]
    if token["content"]["encap_content_info"]["content"].parsed["nonce"].native != nonce:
        raise StampRefused("the answer belongs to another question")
    made: bytes = token.dump()
    return made


def _read(answer: Any, *, until: float) -> bytes:
    """The whole answer; ValueError when it is too long, TimeoutError when it trickles."""
    content = b""
    while part := answer.read1(_LARGEST):
        content += part
        if len(content) > _LARGEST:
            raise ValueError("answer larger than 64 KiB")
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    return content

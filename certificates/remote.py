"""The key back-end `remote`: a signing service over HTTP that is sent a digest and answers with a signature.

`POST url` with `Authorization: Bearer token` and `{"key": name, "algorithm": "ES256", "digest": hexadecimal}`; the
answer is `{"signature": base64 of the DER}`.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from cryptography import x509

from certificates.signers import KeyRefused, read_chain

_LARGEST = 16 * 1024


@dataclass(frozen=True)
class RemoteSigner:
    """A key of a signing service. Document and record never leave this machine, only the digest does."""

    url: str
    key: str
    token: str = field(repr=False)
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()
    patience: float = 10.0
    authority: Path | None = None

    def sign(self, message: bytes) -> bytes:
        """ECDSA signature over SHA-256 of `message`, DER; KeyRefused when the service does not give one in time."""
        asked = {"key": self.key, "algorithm": "ES256", "digest": sha256(message).hexdigest()}
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = Request(self.url, json.dumps(asked).encode(), headers, method="POST")  # noqa: S310 - http and https only
        try:
            with self._opener.open(request, timeout=self.patience) as answer:
                content = _read(answer, until=time.monotonic() + self.patience)
            return base64.b64decode(json.loads(content)["signature"], validate=True)
        except (OSError, HTTPException, ValueError, KeyError, TypeError, RecursionError) as fault:
            raise KeyRefused(f"{self.url}: {fault}") from fault

    @cached_property
    def _opener(self) -> Any:
        trust = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        return build_opener(ProxyHandler({}), HTTPSHandler(context=trust), _NoDetour)


def _read(answer: Any, *, until: float) -> bytes:
    """The whole answer; ValueError when it is too long, TimeoutError when it trickles."""
    content = b""
    while part := answer.read1(_LARGEST):
        content += part
        if len(content) > _LARGEST:
            raise ValueError("answer larger than 16 KiB")
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    return content


class _NoDetour(HTTPRedirectHandler):
    """The access token goes to the configured address alone: a redirect is a refusal."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """No next request."""


def open_remote_signer(
    url: str, *, key: str, token: str, chain: Path, patience: float = 10.0, authority: Path | None = None
) -> RemoteSigner:
    """The signer of a service; `chain` is PEM with the pinned certificate first, against which answers are checked."""
    certificate, *issuers = read_chain(chain)
    return RemoteSigner(url, key, token, certificate, tuple(issuers), patience, authority)

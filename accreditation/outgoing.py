"""The one way out by HTTP: small signed JSON bodies to addresses that whoever runs the installation has named.

Only https with the certificate checked; no redirect, no proxy. How far it reaches is set for the installation: public
addresses, also private networks, or (for demonstrations) also this very machine, and plain http only there. A name is
resolved once and the connection goes to the address that was looked at, so that a name which changes its mind between
check and use leads nowhere. Of the answer only the status counts. No error repeats body, key, name or path.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from accreditation.effects import Hopeless

SIGNATURE, SENT_AT, KEY = "X-Accreditation-Signature", "X-Accreditation-Timestamp", "Idempotency-Key"
PORTS = {"https": 443, "http": 80}
PUBLIC, PRIVATE, LOCAL = REACHES = ("public", "private", "local")
COME_BACK = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class AddressRefused(Hopeless):
    """An address to which nothing is sent; the text says why and never repeats it."""


class NotTaken(Hopeless):
    """The other side read it and will not have it, so it is not sent again."""


class NotDelivered(OSError):
    """The other side could not be reached in time, or asks to be called later."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to send, the key of the signatures, how many seconds all of it may take, how far calls may reach."""

    url: str
    secret: str = field(repr=False)
    seconds: float = 10.0
    reach: str = PUBLIC


def signature_of(secret: str, sent_at: str, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA-256 in hexadecimal of the time stamp, a full stop and the body."""
    return "sha256=" + hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_address(url: str, reach: str) -> SplitResult:
    """The parts of an address that may be used; raises AddressRefused. Names are looked up only when it is used."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise AddressRefused("the address cannot be read") from fault
    if any(not 32 < ord(letter) < 127 for letter in url):
        raise AddressRefused("an address is written in plain letters without blanks")
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise AddressRefused("only https addresses are used")
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused("an address holds no account and no fragment")
    if parts.scheme == "http" and not (reach == LOCAL and _is_this_machine(parts.hostname)):
        raise AddressRefused("only https addresses are used")
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def send(endpoint: Endpoint, body: Mapping[str, Any], *, key: str) -> None:
    """Post one body; the other side knows by `key` what it has taken already.

    Raises NotDelivered when it may be tried again, AddressRefused or NotTaken when it may not.
    """
    parts = check_address(endpoint.url, endpoint.reach)
    until = time.monotonic() + endpoint.seconds
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    sent_at = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "accreditation",
        "Connection": "close",
        KEY: key,
        SENT_AT: sent_at,
        SIGNATURE: signature_of(endpoint.secret, sent_at, content),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    _judge(_status(parts, endpoint, until, (path, content, headers)))


def _judge(status: int) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in COME_BACK:
        raise NotDelivered(f"answered {status}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotTaken(f"answered {status}")


def _status(parts: SplitResult, endpoint: Endpoint, until: float, post: tuple[str, bytes, dict[str, str]]) -> int:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = _allowed(host, port, endpoint.reach)
    try:
        line = socket.create_connection((address, port), timeout=max(until - time.monotonic(), 0.001))
        connection = _connection(parts.scheme, host, port, line)
    except OSError as fault:
        raise NotDelivered(f"no connection: {type(fault).__name__}") from None
    # The time-out of a socket is per piece; an answer that trickles is cut off as a whole.
    watch = threading.Timer(max(until - time.monotonic(), 0.001), _cut, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        path, content, headers = post
        connection.request("POST", path, content, headers)
        status = connection.getresponse().status
        if time.monotonic() >= until:  # a head that was cut off reads like one that ended
            raise TimeoutError
        return status
    except (OSError, HTTPException, ValueError) as fault:
        raise NotDelivered(f"no answer: {type(fault).__name__}") from None
    finally:
        watch.cancel()
        connection.close()


def _connection(scheme: str, host: str, port: int, line: socket.socket) -> HTTPConnection:
    """Over the open line; the certificate must be that of the name."""
    if scheme == "http":
        plain = HTTPConnection(host, port)
        plain.sock = line
        return plain
    context = ssl.create_default_context()
    secure = HTTPSConnection(host, port, context=context)
    secure.sock = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    return secure


def _cut(line: socket.socket) -> None:
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:  # it ended by itself
        return


def _allowed(host: str, port: int, reach: str) -> str:
    """The first address of a name, provided that all of them may be used."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotDelivered(f"unknown name: {type(fault).__name__}") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not all(_is_in_reach(address, reach) for address in addresses):
        raise AddressRefused("the address lies outside of what this installation may call")
    return addresses[0]


def _is_in_reach(address: str, reach: str) -> bool:
    where = ipaddress.ip_address(address.partition("%")[0])
    where = getattr(where, "ipv4_mapped", None) or where
    if where.is_loopback:
        return reach == LOCAL
    if where.is_multicast or where.is_unspecified or where.is_link_local or where.is_reserved:
        return False  # link-local holds the metadata services of clouds
    return where.is_global or (where.is_private and reach in (PRIVATE, LOCAL))

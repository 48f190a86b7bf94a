"""Which key back-end signs, as typed values read from plain settings; anything unknown or missing is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never
from urllib.parse import urlsplit

from certificates.hardware import open_hardware_signer
from certificates.remote import open_remote_signer
from certificates.signers import CheckedSigner, KeyRefused, Signer, open_file_signer, read_private


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key in a file: PEM with its chain, or PKCS#12."""

    key: Path
    chain: Path | None = None
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class HardwareKey:
    """A key in a module behind PKCS#11: the library, the labels of token and key, a file with the PIN."""

    library: Path
    token: str
    key: str
    pin_file: Path
    chain: Path


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """A key of a signing service: its address, the key's name there, a file with the access token, seconds to wait.

    `authority` is a PEM file with the root of the service's TLS certificate, when it is not a public one.
    """

    url: str
    key: str
    token_file: Path
    chain: Path
    patience: float = 10.0
    authority: Path | None = None


KeySettings = FileKey | HardwareKey | RemoteKey


def read_key_settings(options: Mapping[str, Any]) -> KeySettings:
    """The typed form of `{"backend": "file" | "pkcs11" | "remote", ...}`; KeyRefused names what is wrong."""
    backend = options.get("backend")
    given = {name: str(value) for name, value in options.items() if name not in {"backend", "organisation"} and value}
    readers: Mapping[object, Callable[[dict[str, str]], KeySettings]] = {
        "file": _file,
        "pkcs11": _hardware,
        "remote": _remote,
    }
    if backend not in readers:
        raise KeyRefused(f"unknown key back-end {backend!r}; there are: {', '.join(map(str, readers))}")
    found = readers[backend](given)
    if given:
        raise KeyRefused(f"the key back-end {backend} does not know: {', '.join(sorted(given))}")
    return found


def open_signer(settings: KeySettings) -> Signer:
    """The signer of the settings, each of its signatures checked before anybody sees it; KeyRefused when it is none."""
    match settings:
        case FileKey():
            password = read_secret(settings.password_file) if settings.password_file else None
            return CheckedSigner(open_file_signer(settings.key, chain=settings.chain, password=password))
        case HardwareKey():
            return CheckedSigner(
                open_hardware_signer(
                    settings.library,
                    token=settings.token,
                    key=settings.key,
                    pin=read_secret(settings.pin_file).decode(),
                    chain=settings.chain,
                )
            )
        case RemoteKey():
            return CheckedSigner(
                open_remote_signer(
                    settings.url,
                    key=settings.key,
                    token=read_secret(settings.token_file).decode(),
                    chain=settings.chain,
                    patience=settings.patience,
                    authority=settings.authority,
                )
            )
        case _:
            assert_never(settings)


def read_secret(path: Path) -> bytes:
    """The first line of a file that only its owner may read; KeyRefused when it is empty or open to others."""
    lines = read_private(path).splitlines()
    if not lines or not lines[0].strip():
        raise KeyRefused(f"{path}: empty")
    return lines[0].strip()


def _file(given: dict[str, str]) -> FileKey:
    return FileKey(Path(_need(given, "key")), _path(given, "chain"), _path(given, "password_file"))


def _hardware(given: dict[str, str]) -> HardwareKey:
    return HardwareKey(
        library=Path(_need(given, "library")),
        token=_need(given, "token"),
        key=_need(given, "key"),
        pin_file=Path(_need(given, "pin_file")),
        chain=Path(_need(given, "chain")),
    )


def _remote(given: dict[str, str]) -> RemoteKey:
    url = _need(given, "url")
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}
    if parts.scheme != "https" and not is_here:
        raise KeyRefused(f"{url}: a signing service is reached by https, or by http on this machine only")
    return RemoteKey(
        url=url,
        key=_need(given, "key"),
        token_file=Path(_need(given, "token_file")),
        chain=Path(_need(given, "chain")),
        patience=_seconds(given.pop("patience", "10")),
        authority=_path(given, "authority"),
    )


def _need(given: dict[str, str], name: str) -> str:
    try:
        return given.pop(name)
    except KeyError as fault:
        raise KeyRefused(f"the key back-end needs {name}") from fault


def _path(given: dict[str, str], name: str) -> Path | None:
    value = given.pop(name, None)
    return Path(value) if value else None


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError as fault:
        raise KeyRefused(f"patience {value!r} is no number of seconds") from fault
    if not 0 < seconds <= 120:
        raise KeyRefused(f"patience {value} is not between 0 and 120 seconds")
    return seconds

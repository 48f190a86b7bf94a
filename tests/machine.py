"""Which Debian package each group of tests needs, and whether this machine has it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.with_postgresql import programs

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Group:
    """Tests that carry a marker of this name: the package they need and the check for it."""

    marker: str
    package: str
    present: Callable[[], bool]


def _programs(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def nginx_program() -> str | None:
    """Where nginx is, which Debian keeps out of the path of ordinary users."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def _softhsm() -> bool:
    return bool(shutil.which("softhsm2-util")) and any(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))


GROUPS = {
    group.marker: group
    for group in (
        Group("browser", "chromium", lambda: any(shutil.which(name) for name in CHROMIUM_NAMES)),
        Group("postgresql", "postgresql", lambda: programs() is not None),
        Group("libreoffice", "libreoffice-calc", _programs("soffice")),
        Group("softhsm", "softhsm2", _softhsm),
        Group("poppler", "poppler-utils", _programs("pdfsig", "pdftotext", "pdffonts", "pdftoppm")),
        Group("qpdf", "qpdf", _programs("qpdf")),
        Group("faketime", "faketime", _programs("faketime")),
        Group("nginx", "nginx-light", lambda: nginx_program() is not None),
    )
}


def missing() -> list[Group]:
    """The groups that cannot run here."""
    return [group for group in GROUPS.values() if not group.present()]

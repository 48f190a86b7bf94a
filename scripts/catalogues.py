"""Compile the message catalogues that are newer than their compiled form; gettext need not be installed."""

from __future__ import annotations

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write each .mo beside its .po, whole or not at all."""
    for source in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        partial = source.with_suffix(f".{os.getpid()}.partial")
        polib.pofile(str(source)).save_as_mofile(str(partial))
        partial.replace(target)


if __name__ == "__main__":
    main()

"""`python -m bench [--json FILE] [--only NAME] [--table FILE]`, in a folder that lasts for one run."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django
from django.test.utils import override_settings

OUTSIDE = ("DATABASE_URL", "PUBLIC_BASE_URL", "EMAIL_URL", "DJANGO_DEBUG", "DJANGO_ALLOWED_HOSTS")
# The cast is made, not timed: its passwords need not cost what they cost in an installation.
QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


def prepare(folder: str) -> None:
    """The product's own settings, on a scratch database in the folder."""
    for name in OUTSIDE:
        os.environ.pop(name, None)
    os.environ |= {
        "ACCREDITATION_VAR": folder,
        "ACCREDITATION_DEMO": "1",  # the shipped rule set rests on demo figures
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    Path(folder, "static").mkdir()
    django.setup()


def main() -> int:
    """Exit code 1 when a figure misses its target."""
    with tempfile.TemporaryDirectory(prefix="accreditation-bench-") as folder:
        prepare(folder)
        with override_settings(**QUICK):
            return int(import_module("bench.command").main())  # importable only now that Django is set up


if __name__ == "__main__":
    sys.exit(main())

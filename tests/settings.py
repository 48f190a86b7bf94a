"""Settings of the tests: the product's own, in a folder that lasts for one run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "ACCREDITATION_TEST_ROOT" not in os.environ:
    os.environ["ACCREDITATION_TEST_ROOT"] = tempfile.mkdtemp(prefix="accreditation-tests-")
    atexit.register(shutil.rmtree, os.environ["ACCREDITATION_TEST_ROOT"], ignore_errors=True)

# Each worker of a parallel run has a folder of its own; children that a test starts inherit it.
_own = Path(os.environ["ACCREDITATION_TEST_ROOT"], os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ["ACCREDITATION_VAR"] = str(_own)
for _name in (
    "ACCREDITATION_DEMO",
    "PUBLIC_BASE_URL",
    "EMAIL_URL",
    "DJANGO_DEBUG",
    "DJANGO_ALLOWED_HOSTS",
    "TEXT_GATEWAY_URL",
    "WEBHOOKS",
):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403 - the folder above must be known before the settings are read
from config.settings import DATABASES, STATIC_ROOT, VAR_DIR  # noqa: E402 - the same

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

if DATABASES["default"]["ENGINE"] == "config.sqlite_gate":
    # A file, not memory: threads, WAL and the write gate behave as they do in an installation.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # threads of a test leave no session that would hold the database

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

"""Child processes that work on the same rows and files as the process that starts them."""

from __future__ import annotations

import os
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def environment_of_children() -> dict[str, str]:
    """The environment in which `python manage.py` of a child process works on the committed rows and files of here."""
    here = connection.settings_dict
    url = f"sqlite:///{here['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{here['USER']}@/{here['NAME']}?host={quote(here['OPTIONS']['host'])}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ACCREDITATION_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": url,
    }

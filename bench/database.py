"""A scratch database, made once by the migrations and handed out empty to each benchmark."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.core.management import call_command
from django.db import connection


class Scratch:
    """The SQLite file of the settings, and its empty state beside it."""

    def __init__(self) -> None:
        self._file = Path(str(connection.settings_dict["NAME"]))
        self._empty = self._file.with_suffix(".empty")

    def renew(self) -> None:
        """An empty database with all tables and triggers."""
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        if self._empty.exists():
            shutil.copyfile(self._empty, self._file)
            return
        call_command("migrate", verbosity=0)
        connection.close()
        shutil.copyfile(self._file, self._empty)

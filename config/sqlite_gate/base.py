"""Django's SQLite backend with IMMEDIATE transactions behind the write gate of this process."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base

from config.sqlite_gate.gate import WriteGate

_gates: defaultdict[str, WriteGate] = defaultdict(WriteGate)


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the gate before BEGIN IMMEDIATE and gives it back when the transaction ends, however it ends."""

    _holds_gate = False

    def _gate(self) -> WriteGate:
        return _gates[str(self.settings_dict["NAME"])]

    def _start_transaction_under_autocommit(self) -> None:
        self._gate().acquire()
        self._holds_gate = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # absent from the stubs
        except BaseException:
            self._leave_gate()
            raise

    def _leave_gate(self) -> None:
        if self._holds_gate:
            self._holds_gate = False
            self._gate().release()

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        """Autocommit returns when the outermost transaction is over."""
        super().set_autocommit(autocommit, *args, **kwargs)
        if autocommit:
            self._leave_gate()

    def close(self) -> None:
        """A closed connection holds nothing."""
        try:
            super().close()
        finally:
            if not self.in_atomic_block:
                self._leave_gate()

"""The column of a legal state: a state machine to the program, plain text to the database and its migrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """A state that only its transitions move.

    Migrations see text. A state machine in them listens to every model that is rendered, and each rendering adds one
    more listener: setting up an empty database took most of its time for that.
    """

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """As a `CharField`: name, path, arguments, options."""
        name, _path, args, options = super().deconstruct()
        options.pop("protected", None)
        return name, "django.db.models.CharField", args, options

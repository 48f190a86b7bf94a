"""The site's static files, looked through once for a whole run, as a server does when it starts.

Each client of the tests begins with middleware of its own, which would read and describe all of them anew.
"""

from __future__ import annotations

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

_described: dict[str, dict[str, Any]] = {}
_describe = WhiteNoiseMiddleware.add_files_from_finders


def _describe_once(self: WhiteNoiseMiddleware) -> None:
    if self.static_prefix not in _described:
        _describe(self)
        _described[self.static_prefix] = dict(self.files)
    self.files.update(_described[self.static_prefix])


def describe_once() -> None:
    """Let every client after the first take over what the first has found."""
    WhiteNoiseMiddleware.add_files_from_finders = _describe_once

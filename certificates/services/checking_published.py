"""Compare the published head and the signed status lists with the register; what is on its way is no difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from certificates.installation import public_folder
from certificates.models import StatusList
from certificates.selectors import indices_in_states, log_size, status_indices, status_lists
from certificates.services.log_answers import head_at
from certificates.services.status_lists import LISTED
from certificates.services.verification import status_key
from certificates.status_list import LEAST_BITS, Purpose, StatusListRefused, read_list


def published_differences() -> Iterator[str]:
    """One line per difference."""
    yield from _head(public_folder() / "log" / "head.json")
    yield from _indices()
    for row in status_lists():
        yield from _list(row)


def _head(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        published = json.loads(path.read_bytes())
        fits = published == head_at(int(published["size"]))
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        yield "the published log head is none that was signed"


def _indices() -> Iterator[str]:
    indices = status_indices()
    if indices != list(range(len(indices))):
        yield "indices of status lists have gaps"


def _list(row: StatusList) -> Iterator[str]:
    """A list that knows the whole log has exactly the bits of the register."""
    if row.covers != log_size():
        return
    try:
        found = read_list(row.token, status_key(), at=row.valid_from)
    except (StatusListRefused, ValueError) as refusal:
        yield f"status list {row}: {refusal}"
        return
    start = row.number * LEAST_BITS
    wanted = {index - start for index in indices_in_states(LISTED[Purpose(row.purpose)], start, start + LEAST_BITS)}
    if wanted != {place for place in range(LEAST_BITS) if found.is_set(place)}:
        yield f"status list {row}: its bits are not those of the register"

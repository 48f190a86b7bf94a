"""What stands in an extract in the place of hashes and of what is said of others: codes under the key of the office.

A plain hash of an act is found again by trying what was withheld from it, as all else is printed. So each act has a
seal, the keyed hash of its hash. It proves nothing to a reader without the key: the office checks an extract against
its own records (`faults_of_extract`), under former keys too. The hash binds all that came before the act.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accreditation.audit import canonical, event_hash
from accreditation.models import AuditEvent
from workflows.exports.dossier_parts import json_part, row_of

COLUMNS = (
    "chain", "seq", "at", "verb", "by_id", "by_name", "acting_as", "state_before", "state_after", "code_revision",
)  # fmt: skip
SEAL, WITHHELD = "workflows.exports.dossier_seals.seal", "workflows.exports.dossier_seals.withheld"


def seal_of(event: AuditEvent) -> str:
    """Of one act and, by its hash, of everything before it in the chain; hexadecimal."""
    return _codes(SEAL, event.hash)[0]


def withheld(value: Any, place: str) -> dict[str, str]:
    """In the place of a value; `place` keeps equal values apart."""
    return {"withheld": _codes(WITHHELD, _said(value, place))[0]}


def place_of(event: AuditEvent, name: str) -> str:
    """Where a value stands: chain, number of the act, name."""
    return f"{event.chain}#{event.seq}/{name}"


def _said(value: Any, place: str) -> str:
    return f"{place}={canonical({'': value})}"


def _codes(salt: str, text: str) -> list[str]:
    """Under the key of the installation, then under its former ones."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(salt, text, secret=key, algorithm="sha256").hexdigest() for key in keys]


def _is_code(code: Any, salt: str, text: str) -> bool:
    return any([constant_time_compare(str(code), known) for known in _codes(salt, text)])


# --- The check by the office ----------------------------------------------------------------------------------------
def faults_of_extract(extract: Mapping[str, Any]) -> Iterator[str]:
    """Where an extract, read from its JSON, is not what the records of the office give.

    Acts cut off at its end are not seen here: the hash of the whole dossier stands in the trail of the case.
    """
    kept = {event.seq: event for event in AuditEvent.objects.filter(chain=extract["chain"])}
    place = 1
    left_out = {gap["first"]: gap["last"] for gap in extract["left_out"]}
    for said in extract["acts"]:
        place = left_out.pop(place, place - 1) + 1
        if said["seq"] != place or place not in kept:
            yield f"act {said['seq']} stands where {place} is due, or is not in the records"
            return
        yield from (f"act {place}: {fault}" for fault in _faults_of_act(said, kept[place]))
        place += 1
    if not extract["acts"]:
        yield "there is no act in it"
    if left_out:
        yield f"acts left out that no act follows: {sorted(left_out)}"


def _faults_of_act(said: Mapping[str, Any], kept: AuditEvent) -> Iterator[str]:
    if kept.hash != event_hash(kept):
        yield "the record does not match its own hash"
    if not _is_code(said["seal"], SEAL, kept.hash):
        yield "the seal is not that of the record"
    plain = json.loads(json_part("", "", row_of(kept, COLUMNS)).content)
    yield from (f"{name} is not that of the record" for name in COLUMNS if said.get(name) != plain[name])
    if said["content"].keys() != kept.content.keys():
        yield "the content has other parts than the record"
        return
    for name, value in said["content"].items():
        if not _agrees(value, kept.content[name], place_of(kept, name)):
            yield f"{name} is not that of the record"


def _agrees(said: Any, kept: Any, place: str) -> bool:
    if isinstance(said, dict) and said.keys() == {"withheld"}:
        return _is_code(said["withheld"], WITHHELD, _said(kept, place))
    if isinstance(said, list) and isinstance(kept, list) and len(said) == len(kept):
        return all(_agrees(one, other, f"{place}/{n}") for n, (one, other) in enumerate(zip(said, kept, strict=True)))
    return bool(said == kept)

"""Seals of extracts: nothing to try guesses on, checked by the office under its former keys, by command too."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils.crypto import salted_hmac

from accreditation.audit import event_hash
from accreditation.models import Application, AuditEvent, Case
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, to_committee
from workflows.exports.dossier_extracts import extracts
from workflows.exports.dossier_parts import Part
from workflows.exports.dossier_seals import SEAL, WITHHELD, faults_of_extract

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cases(settings: LazySettings, clock: Clock, var_dir: Path) -> list[Case]:
    """Two cases that one meeting has decided; the extracts of the first are looked at."""
    settings.ACCREDITATION_DEMO = True
    cast: Cast = make_cast(clock.at)
    found = [filed_case(cast, place) for place in range(2)]
    for case in found:
        to_committee(cast, case, clock.at)
    hold_meeting(cast, found, clock.at)
    return found


def parts_of(case: Case) -> list[Part]:
    return list(extracts(Application.objects.select_related("case", "batch").get(case=case)))


def printed(case: Case) -> str:
    return "\n".join(part.content.decode() for part in parts_of(case))


def read(case: Case) -> list[dict[str, Any]]:
    return [json.loads(part.content) for part in parts_of(case) if part.path.endswith(".json")]


def guessed(said: dict[str, Any], kept: AuditEvent, numbers: list[str]) -> set[str]:
    """Hashes of the act for every order of the cases in its list, by one who has got hold of the hash before it too."""
    width = len(said["content"]["items"])
    found = set()
    for order in permutations(numbers, width):
        event = AuditEvent(**{name: said[name] for name in said if name not in ("content", "is_whole", "seal", "at")})
        event.at, event.previous_hash = kept.at, kept.previous_hash
        event.content = said["content"] | {"items": list(order)}
        found.add(event_hash(event))
    return found


def test_guesses_of_what_is_withheld_meet_nothing_that_is_printed(cases: list[Case]) -> None:
    text = printed(cases[0])
    codes = set(re.findall(r"[0-9a-f]{64}", text))
    (act,) = [act for extract in read(cases[0]) for act in extract["acts"] if act["verb"] == "call_meeting"]
    kept = AuditEvent.objects.get(chain=act["chain"], seq=act["seq"])
    strangers = [f"SHETC-2026-{n:04d}" for n in range(40)]
    hashes = guessed(act, kept, sorted({*strangers, *(case.number for case in cases)}))
    assert kept.hash in hashes  # the guess is right, and there is nothing to see it by
    assert codes.isdisjoint(hashes)
    tried = {
        made
        for one in hashes
        for made in (hashlib.sha256(one.encode()).hexdigest(), _keyed(SEAL, one, ""), _keyed(WITHHELD, one, ""))
    }
    assert codes.isdisjoint(tried)


def _keyed(salt: str, text: str, key: str) -> str:
    return salted_hmac(salt, text, secret=key, algorithm="sha256").hexdigest()


def test_no_hash_of_a_chain_is_printed(cases: list[Case]) -> None:
    text = printed(cases[0])
    chains = {extract["chain"] for extract in read(cases[0])}
    kept = AuditEvent.objects.filter(chain__in=chains)
    assert kept.count() > len(chains)
    assert [event.seq for event in kept if event.hash in text or event.previous_hash in text] == []


def test_seals_are_checked_under_former_keys(cases: list[Case], settings: LazySettings) -> None:
    found = read(cases[0])
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the house"
    assert {fault.partition(": ")[2] for fault in faults_of_extract(found[0])} >= {"the seal is not that of the record"}
    settings.SECRET_KEY_FALLBACKS = ["one between", former]
    assert [fault for extract in found for fault in faults_of_extract(extract)] == []


def other_name(extract: dict[str, Any]) -> None:
    extract["acts"][0]["by_name"] = "别人示例"


def other_content(extract: dict[str, Any]) -> None:
    extract["acts"][0]["content"]["meeting"] = "MEET-2026-999"


def other_withheld(extract: dict[str, Any]) -> None:
    (hidden,) = [one for one in extract["acts"][0]["content"]["items"] if isinstance(one, dict)]
    hidden["withheld"] = "0" * 64


def fewer_named(extract: dict[str, Any]) -> None:
    extract["acts"][0]["content"]["items"].pop()


def part_removed(extract: dict[str, Any]) -> None:
    del extract["acts"][0]["content"]["items"]


def other_seal(extract: dict[str, Any]) -> None:
    extract["acts"][0]["seal"] = "0" * 64


def act_removed(extract: dict[str, Any]) -> None:
    extract["acts"].pop(0)


def act_invented(extract: dict[str, Any]) -> None:
    extract["acts"].append(extract["acts"][0] | {"seq": extract["acts"][-1]["seq"] + 1})


TAMPERS = (
    other_name, other_content, other_withheld, fewer_named, part_removed, other_seal, act_removed, act_invented,
)  # fmt: skip


def test_extract_that_was_changed_is_found(cases: list[Case]) -> None:
    (extract,) = [one for one in read(cases[0]) if one["chain"].startswith("batch:")]
    assert list(faults_of_extract(extract)) == []
    for tamper in TAMPERS:
        changed = copy.deepcopy(extract)
        tamper(changed)
        assert list(faults_of_extract(changed)) != [], tamper.__name__

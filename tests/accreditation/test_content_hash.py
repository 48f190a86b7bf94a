"""The content hash is that of the canonical JSON of the whole, though the facts are not parsed for it."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace
from typing import Any

from accreditation.services.material import content_hash
from criteria.facts import Fact, Facts


def test_hash_is_of_the_canonical_whole() -> None:
    facts = Facts(2025, {("name", None): Fact("name", None, '引号“"”与\\', "text")}).to_json()
    evidence: list[dict[str, Any]] = [{"kind": "audit_report", "name": "审计.pdf", "page": None}]
    application: Any = SimpleNamespace(case=SimpleNamespace(number="SHETC-2026-0001"))
    upload: Any = SimpleNamespace(facts=facts, sha256="0" * 64)
    whole = {"case": "SHETC-2026-0001", "facts": json.loads(facts), "workbook": "0" * 64, "evidence": evidence}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content_hash(application, upload, evidence) == hashlib.sha256(text.encode()).hexdigest()

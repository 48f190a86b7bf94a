"""Stored editions of rule sets: taken into use once, never changed, thawed for every evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from accreditation.errors import Reason
from accreditation.models import Batch, RuleSetEdition
from accreditation.selectors.stored_rules import rules_of as rules_of
from accreditation.selectors.stored_rules import rules_of_edition as rules_of_edition
from criteria.faults import Fault
from criteria.golden import cases_text, shipped_cases
from criteria.live import live_faults
from criteria.loading import load
from criteria.workbook import Template, template_for


def store_edition(reference: str, *, at: datetime) -> RuleSetEdition:
    """Keep the resolved text of `programme/edition` as it stands now; the same text is stored once."""
    rules = load(reference)
    known = RuleSetEdition.objects.filter(checksum=rules.checksum).first()
    if known is not None:
        return known
    edition, _is_new = RuleSetEdition.objects.get_or_create(
        checksum=rules.checksum,
        defaults={
            "reference": reference,
            "text": rules.frozen_text,
            "live_faults": len(live_faults(rules)),
            "stored_at": at,
            "cases": cases_text(shipped_cases(reference)),
        },
    )
    return edition


def faults_as_reasons(faults: Iterable[Fault], place: str = "") -> list[Reason]:
    """Faults of a rule file as reasons in the active language, each with file, line and place."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [Reason("rule_fault", fault.text(language), place) for fault in faults]


def rule_text(of: Any, name: str) -> str:
    """The half of a pair of a rule set (`name_zh`, `name_en`) in the active language; the Chinese one where none is."""
    return str(getattr(of, f"{name}_{rule_language()}") or getattr(of, f"{name}_zh"))


def rule_language() -> str:
    """Which half of the pairs of a rule set fits the active language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def template_of(batch: Batch) -> Template:
    """The workbook template of the batch."""
    rules = rules_of(batch)
    assert rules.form is not None, "a batch opens only on a rule set with a form"
    return template_for(
        rules.form,
        rules.ref,
        rules.checksum,
        batch.code,
        batch.reporting_year,
        f"{rules.name_zh}（{batch.year} 年第 {batch.ordinal} 批）",
    )

"""The rule set that a batch pinned, thawed from its stored text."""

from __future__ import annotations

from functools import lru_cache

from accreditation.models import Batch, RuleSetEdition
from criteria.loading import thaw
from criteria.ruleset import RuleSet


@lru_cache(maxsize=16)
def _thawed(checksum: str) -> RuleSet:
    rules = thaw(RuleSetEdition.objects.get(checksum=checksum).text)
    if rules.checksum != checksum:
        raise ValueError(f"stored rule set {checksum} does not match its checksum")
    return rules


def rules_of(batch: Batch) -> RuleSet:
    """The rule set that the batch pinned."""
    return _thawed(batch.rule_set.checksum)


def rules_of_edition(edition: RuleSetEdition) -> RuleSet:
    """The rule set of a stored edition."""
    return _thawed(edition.checksum)

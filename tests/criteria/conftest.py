"""The shipped rule sets, loaded once."""

from __future__ import annotations

import pytest

from criteria.loading import load
from criteria.ruleset import RuleSet


@pytest.fixture(scope="session")
def municipal() -> RuleSet:
    """The demonstration edition of the municipal centre, the set that the whole procedure runs on."""
    return load("shanghai_municipal_centre/2022-demo")


@pytest.fixture(scope="session")
def partial() -> RuleSet:
    """The municipal edition of 2022 as far as it was read: gates without indicators."""
    return load("shanghai_municipal_centre/2022")


@pytest.fixture(scope="session")
def demo() -> RuleSet:
    """The demonstration indicators alone."""
    return load("demo/2026")

"""Every kind of attack gets the verdict written beside it, by the rule written beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certificates.issuing import Issued
from certificates.verify import verify
from tests.certificates.conftest import House
from tests.certificates.kinds import OWN, PUBLISHED, Kind, Material
from tests.certificates.long_term_kinds import LONG_TERM
from tests.certificates.upgrades import upgraded

pytestmark = pytest.mark.slow

# Accepted by form where no time-stamp authority is known, refused by a verifier that knows it.
ONLY_FORM = {"long-term file, junk among the validation data", "long-term file, stamped by a stranger"}


@pytest.fixture(scope="module")
def material(issued: Issued, house: House, other_house: House) -> Material:
    return Material(issued, house, other_house)


@pytest.fixture(scope="module")
def upgraded_material(issued: Issued, house: House, other_house: House) -> Material:
    """The forger has the upgraded file alone."""
    return Material(replace(issued, pdf=upgraded(issued.pdf, house)), house, other_house)


def test_all_published_kinds_and_twenty_of_our_own_are_here() -> None:
    assert len({kind.name for kind in PUBLISHED}) == 37
    assert len({kind.name for kind in OWN} - {kind.name for kind in PUBLISHED}) >= 20
    assert sum(kind.rule is None for kind in PUBLISHED) == 5


@pytest.mark.parametrize("kind", [*PUBLISHED, *OWN, *LONG_TERM], ids=lambda kind: kind.name)
def test_verdict_is_the_one_in_the_table(material: Material, kind: Kind) -> None:
    content = kind.attack(material)
    verdict = verify(content, material.house.trust)
    assert (verdict.rule, verdict.detail if verdict.rule is not kind.rule else "") == (kind.rule, "")
    assert (verdict.record is not None) is (kind.rule is None)
    if kind.rule is None:
        assert verdict.record_sha256 == material.issued.record_sha256
    else:
        assert content != material.pdf


@pytest.mark.parametrize("kind", [*PUBLISHED, *OWN, *LONG_TERM], ids=lambda kind: kind.name)
def test_what_is_refused_stays_refused_against_an_upgraded_certificate(upgraded_material: Material, kind: Kind) -> None:
    content = kind.attack(upgraded_material)
    rule = verify(content, upgraded_material.house.full_trust).rule
    assert (rule is None) == (kind.rule is None and kind.name not in ONLY_FORM)
    assert verify(content, upgraded_material.house.trust).accepted == (kind.rule is None)

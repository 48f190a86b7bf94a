"""Every address x role x own/other object x GET/POST against the table that people decided."""

from __future__ import annotations

import pytest

from config.access import ACCESS
from tests.attacks.browsing import wrong_cells
from tests.attacks.stages import ORDER
from tests.attacks.table import load, names_of_site
from tests.attacks.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("short_refusals")]
TABLE = load()
CELLS = [
    pytest.param(row.stage, row.name, id=f"{row.stage}-{row.name}")
    for row in sorted(TABLE.values(), key=lambda row: ORDER.index(row.stage))
]


def test_every_address_of_the_site_is_decided_in_the_table_and_has_a_policy() -> None:
    names = names_of_site()
    assert names - TABLE.keys() == set(), "addresses that nobody decided"
    assert TABLE.keys() - names == set(), "rows without an address"
    assert names - ACCESS.keys() == set(), "addresses without a policy"


@pytest.mark.slow
@pytest.mark.parametrize(("world", "name"), CELLS, indirect=["world"], scope="module")
def test_address_answers_each_person_as_the_table_says(world: World, name: str) -> None:
    faults = wrong_cells(TABLE[name], world)
    assert faults == [], "\n".join(faults)

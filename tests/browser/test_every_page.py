"""Every address of the site that shows a page, once: accessible, no wider than a phone, quiet, with one heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest

from tests.attacks.browsing import call
from tests.attacks.journey import Journey, journey_begun
from tests.attacks.stages import ORDER
from tests.attacks.table import Row, names_of_site
from tests.attacks.world import World
from tests.browser.every_page import TABLE, Visit, is_page, may_be_seen, visit_in, without_page
from tests.browser.scenes import AT_STAGE, SCENES, SHOWN_AT_STAGE

Visitor = Callable[[Visit], list[str]]
EXCUSED = without_page()
IN_SCENES = {name for names in (*SCENES.values(), *SHOWN_AT_STAGE.values()) for name in names}
NO_GET = 405

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(scope="module")
def journey(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    """The world of the attacks, to be led from stage to stage."""
    with django_db_blocker.unblock(), journey_begun(tmp_path_factory.mktemp("world")) as begun:
        yield begun


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, journey: Journey) -> World:
    """The world at the stage that the test names."""
    return journey.go(request.param)


def rows_at(stage: str) -> list[Row]:
    """What is called when the cases stand there, as the table of access has it."""
    return [row for row in TABLE.values() if row.stage == stage]


@pytest.mark.parametrize("world", ORDER, indirect=True, scope="module")
def test_pages_of_each_stage(visitor: Visitor, world: World) -> None:
    visits = [visit_in(world, row) for row in rows_at(world.stage) if row.name not in {*EXCUSED, *IN_SCENES}]
    extra = AT_STAGE[world.stage](world) if world.stage in AT_STAGE else ()
    opened, faults = [], wrongly_excused(world)
    for visit in chain(visits, extra):
        opened.append(visit.name)
        faults += visitor(visit)
    assert not faults, "\n".join(faults)
    assert tuple(opened[len(visits) :]) == SHOWN_AT_STAGE.get(world.stage, ())


def wrongly_excused(world: World) -> list[str]:
    """Addresses that show a page all the same."""
    rows = [row for row in rows_at(world.stage) if row.name in EXCUSED and may_be_seen(row)]
    visits = [visit_in(world, row) for row in rows]
    return [f"{visit.name} is a page" for visit in visits if is_page(call(visit.person, "get", visit.address))]


def test_every_address_is_opened_or_has_its_reason() -> None:
    """Nothing is excused that opens, nothing that is gone; the reasons are true where the table of access knows."""
    assert names_of_site() == TABLE.keys()
    assert EXCUSED.keys() - TABLE.keys() == set(), "gone"
    assert EXCUSED.keys() & IN_SCENES == set(), "opened all the same"
    assert [name for name in EXCUSED if (TABLE[name].answers["get"] == NO_GET) != ("POST" in EXCUSED[name])] == []
    unseen = [row.name for row in TABLE.values() if not may_be_seen(row) and row.name not in {*EXCUSED, *IN_SCENES}]
    assert unseen == [], "nobody of the world opens them: add a scene, or the reason why there is no page"

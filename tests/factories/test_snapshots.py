"""A remembered step comes back as it was taken, and only where everything is as it was then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from accreditation.models import AuditEvent, Batch, RoleGrant, User
from tests.clock import MONDAY
from tests.factories.cast import make_cast, person
from tests.factories.snapshots import building_anew, remembered

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
built: list[str] = []


def _rows() -> list[list[Any]]:
    return [list(model._default_manager.order_by("pk").values_list()) for model in (User, RoleGrant, Batch, AuditEvent)]


@remembered
def _somebody(username: str) -> User:
    built.append(username)
    return person(username, "某人示例")


@remembered
def _renamed(held: dict[str, User], name: str) -> dict[str, User]:
    built.append(name)
    held["who"].name = name
    held["who"].save()
    return held


@remembered
def _copied(_folder: str) -> None:
    built.append("copied")
    folder = Path(settings.VAR_DIR)
    (folder / "made.txt").write_text((folder / "given.txt").read_text())


def test_rows_come_back_with_their_keys_and_new_ones_get_others(settings: Any, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    with transaction.atomic():
        first, rows = make_cast(MONDAY, panel=1, committee=1), _rows()
        first.batch.name = first.people["office"].name = "改过"
        transaction.set_rollback(True)
    again = make_cast(MONDAY, panel=1, committee=1)
    assert all(rows)
    assert _rows() == rows
    assert again.people["office"].name == User.objects.get(username="office").name != "改过"
    assert person("later", "后来示例").pk > max(user.pk for user in again.people.values())


def test_it_is_built_once_and_anew_where_there_is_anything(var_dir: Path) -> None:
    built.clear()
    for _turn in range(2):
        with transaction.atomic():
            assert _somebody("one").pk == User.objects.get().pk
            transaction.set_rollback(True)
    assert built == ["one"]
    person("two", "他人示例")
    _somebody("one")
    assert built == ["one", "one"]
    assert User.objects.count() == 2


def test_step_is_put_in_after_the_same_steps_and_taken_after_others(var_dir: Path) -> None:
    def three(last: str) -> list[list[Any]]:
        with transaction.atomic():
            _somebody("first")
            person("by hand", "手工示例")
            renamed = _renamed({"who": User.objects.get(username="first")}, last)
            assert renamed["who"].name == User.objects.get(username="first").name == last
            left = _rows()
            transaction.set_rollback(True)
        return left

    built.clear()
    three("甲示例")  # numbers of PostgreSQL go back with the first step that is put in
    once, again = three("甲示例"), three("甲示例")
    assert once == again
    assert built.count("甲示例") <= 2
    assert built.count("first") == 1
    taken = len(built)
    assert three("乙示例") != once
    assert len(built) == taken + 1


def test_file_comes_back_and_another_file_in_its_place_is_another_world(var_dir: Path) -> None:
    def write(content: str) -> str:
        with transaction.atomic():
            (var_dir / "given.txt").write_text(content)
            _copied(var_dir.name)
            said = (var_dir / "made.txt").read_text()
            (var_dir / "made.txt").unlink()
            transaction.set_rollback(True)
        return said

    built.clear()
    assert [write("一"), write("一"), write("二")] == ["一", "一", "二"]
    assert len(built) == 2


def test_whoever_measures_has_it_built_anew(var_dir: Path) -> None:
    built.clear()
    for _turn in range(2):
        with transaction.atomic(), building_anew():
            _somebody("measured")
            transaction.set_rollback(True)
    assert built == ["measured", "measured"]


def test_nothing_is_remembered_while_something_is_replaced(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        _somebody("known")
        transaction.set_rollback(True)
    built.clear()
    monkeypatch.setattr("tests.factories.test_snapshots.person", lambda username, name: User(username="replaced"))
    assert _somebody("known").username == "replaced"
    assert built == ["known"]


def test_another_time_of_the_site_is_another_world(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built.clear()
    for at in (MONDAY, MONDAY, MONDAY + timedelta(days=1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda at=at: at)
        with transaction.atomic():
            _somebody("timely")
            transaction.set_rollback(True)
    assert built == ["timely", "timely"]

"""A remembered world comes back as it was built, and only into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accreditation.models import AuditEvent, Batch, RoleGrant, User
from tests.clock import MONDAY
from tests.factories.cast import make_cast, person
from tests.factories.snapshots import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
built: list[str] = []


def _rows() -> list[list[Any]]:
    return [list(model._default_manager.order_by("pk").values_list()) for model in (User, RoleGrant, Batch, AuditEvent)]


@remembered
def _somebody(username: str) -> User:
    built.append(username)
    return person(username, "某人示例")


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

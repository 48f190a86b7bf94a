"""Requests for a further return of a matter that were kept as one text, before points named its fields."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import Owner
from accreditation.models import Case, FurtherReturn
from accreditation.roles import Role
from accreditation.services.further_returns import allowed, latest
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.returns import ANOTHER, returned
from tests.factories.titles import municipal_title
from workflows import door, further_returns

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "首次退回时该决议尚未作出"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    cast.people["chief"] = person("chief", "chief示例")
    grant(cast.people["chief"], Role.DISTRICT_SUPERVISOR, "310115", at=clock.at)
    municipal_title(cast)
    return cast


def at_desk_again(cast: Cast) -> Case:
    case = made.led_to(made.opened(cast, ChangeKind.RENAME), ChangeState.RETURNED, cast)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    return Case.objects.get(pk=case.pk)


def kept_formerly(case: Case, cast: Cast, answer: str) -> FurtherReturn:
    said: dict[str, Any] = {"answered_by": cast.chief, "answered_at": cast.at, "answer_reason": WHY} if answer else {}
    return FurtherReturn.objects.create(
        matter=case, by_owner=Owner.DISTRICT, state=case.state, points=[], remark="请补充决议原件。", reason=WHY,
        asked_by=cast.pudong, asked_at=cast.at, answer=answer, **said,
    )  # fmt: skip


def carry_over() -> None:
    """What the migration does to the rows."""
    migration = import_module("accreditation.migrations.0045_further_returns_without_points")
    migration.settle(apps, SimpleNamespace(connection=connection))


@pytest.mark.parametrize("answer", ["allowed", "refused"])
def test_answered_request_without_points_stands_in_nobodys_way(cast: Cast, answer: str) -> None:
    case = at_desk_again(cast)
    kept_formerly(case, cast, answer)
    assert allowed(case, Owner.DISTRICT) is None
    assert latest(case, Owner.DISTRICT) is None
    said = returned(ANOTHER)
    further_returns.ask(case, **said, reason=WHY, by=cast.pudong, at=cast.at)
    row = FurtherReturn.objects.latest("pk")
    further_returns.answer(case, row.pk, is_allowed=True, reason="确有必要，同意", by=cast.chief, at=cast.at)
    door.perform(case, "return_change", by=cast.pudong, at=cast.at, form=said)
    row.refresh_from_db()
    assert row.spent_at == cast.at


def test_carrying_over_spends_what_was_allowed_and_frees_the_place_of_what_waits(cast: Cast) -> None:
    case = at_desk_again(cast)
    granted, refused = kept_formerly(case, cast, "allowed"), kept_formerly(case, cast, "refused")
    waits = kept_formerly(case, cast, "")
    carry_over()
    granted.refresh_from_db()
    refused.refresh_from_db()
    assert granted.spent_at is not None
    assert refused.spent_at is None
    assert not FurtherReturn.objects.filter(pk=waits.pk).exists()
    further_returns.ask(case, **returned(ANOTHER), reason=WHY, by=cast.pudong, at=cast.at)
    carry_over()
    assert FurtherReturn.objects.filter(matter=case, answer="").count() == 1

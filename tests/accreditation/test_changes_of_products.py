"""Titles of products by a succession: each passes by itself, only the one of the very product stands in its way."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings

from accreditation.change_words import ChangeKind, TitleOutcome
from accreditation.models import ChangeRequest, Enterprise, Programme, Title
from accreditation.services.changes import possible_outcomes
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def product_title(programme: Programme, holder: Enterprise, product: str, number: int) -> Title:
    return Title.objects.create(
        number=f"SHPNP-T-2025-{number:05d}", programme=programme, holder=holder, product=product,
        granted_on=date(2025, 6, 1), valid_from=date(2025, 6, 1), valid_until=date(2028, 5, 31),
        announcement_number="示例〔2025〕1号", provenance="测试",
    )  # fmt: skip


def test_title_of_a_product_passes_unless_the_successor_holds_that_of_the_same_product(
    settings: LazySettings, clock: Clock
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    change = ChangeRequest.objects.get(case=made.opened(cast, ChangeKind.MERGER))
    holder, successor = cast.enterprises[:2]
    product_title(cast.programme, successor, "产品甲", 1)
    same, other = (product_title(cast.programme, holder, name, n) for n, name in ((2, "产品甲"), (3, "产品乙")))
    assert possible_outcomes(change, same) == [(TitleOutcome.ENDS, None)]
    assert possible_outcomes(change, other) == [(TitleOutcome.PASSES, successor), (TitleOutcome.ENDS, None)]

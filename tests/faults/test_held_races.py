"""A case that waits for its grant is granted or ended, never both, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Batch, Case, Title, User
from accreditation.roles import Role
from accreditation.services.titles import HELD, import_title
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.held import REASON, hold_meanwhile, past_its_notice
from tests.faults.racing import REFUSED, act, all_agrees, at_once, colleague, done_once, one_won
from workflows import batch_acts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Its notice is over."""
    row, clock.at = past_its_notice(cast, clock.at)
    cast.at = clock.at
    return row


def ending(case: Case, by: User, cast: Cast) -> Callable[[], object]:
    return act(case, "end_as_held", by, cast, reason=REASON)


def announcing(case: Case, by: User, cast: Cast) -> Callable[[], object]:
    values = {"number": "示例〔2026〕9号", "dated": cast.at.date(), "body": "公布", "by": by, "at": cast.at}
    batch, listed = Batch.objects.get(pk=cast.batch.pk), [Application.objects.get(case=case)]
    return lambda: batch_acts.announce(batch, listed, **values)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_case_is_ended_once_by_two(cast: Cast, case: Case) -> None:
    hold_meanwhile(case)
    second = colleague(cast, Role.PUBLISHER)
    one_won(at_once([ending(case, cast.publisher, cast), ending(case, second, cast)]))
    done_once(case, "end_as_held")


def test_case_is_announced_or_ended(cast: Cast, case: Case) -> None:
    hold_meanwhile(case)
    second = colleague(cast, Role.PUBLISHER)
    assert one_won(at_once([announcing(case, cast.publisher, cast), ending(case, second, cast)])) == 1
    assert state(case) == S.HELD_OTHERWISE
    done_once(case, "announce", "end_as_held")


def test_title_entered_as_the_case_is_announced_leaves_one_title(cast: Cast, case: Case) -> None:
    second, enterprise = colleague(cast, Role.PUBLISHER), cast.enterprises[0]
    results = at_once([
        announcing(case, cast.publisher, cast),
        lambda: import_title(
            cast.programme, enterprise, granted_on=date(2025, 6, 1), valid_until=date(2028, 5, 31),
            announcement_number="示例〔2025〕9号", provenance="测试", by=cast.office, at=cast.at,
        ),
        ending(case, second, cast),
    ])  # fmt: skip
    assert all(isinstance(found, REFUSED) or not isinstance(found, BaseException) for found in results), results
    held = Title.objects.filter(programme=cast.programme, holder=enterprise, state__in=HELD)
    assert held.count() == 1
    by_announcement = held.filter(provenance="").exists()
    assert state(case) in ((S.RECOGNISED,) if by_announcement else (S.NOTICE_COMPLETED, S.HELD_OTHERWISE))
    all_agrees()

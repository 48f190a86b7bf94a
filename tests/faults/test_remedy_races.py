"""Two officers at the same moment over one judgment: put forward once, carried out or not, and never twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.models import Reconsideration, Title
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, revoked
from tests.factories.remedies import correction, judgment, put_forward
from tests.factories.titles import second_officer
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, one_won

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def test_judgment_and_correction_put_forward_at_once_are_one_and_it_is_settled_once(cast: Cast) -> None:
    letter = revoked(cast, cast.at)
    second, third = second_officer(cast), colleague(cast, Role.MUNICIPAL_OFFICER)
    found = judgment(cast.at), correction(cast.at)
    one_won(at_once([
        lambda: put_forward(cast, letter, found[0], cast.at),
        lambda: put_forward(cast, letter, found[1], cast.at),
    ]))  # fmt: skip
    case = Reconsideration.objects.get().case
    won = one_won(at_once([
        act(case, "carry_out_remedy", second, cast),
        act(case, "discard_remedy", third, cast, reason="录入的案号有误。"),
    ]))  # fmt: skip
    assert Reconsideration.objects.get().state == (S.CARRIED_OUT, S.DISCARDED)[won]
    assert Title.objects.get(proceedings__case=letter.case).state == ("in_force", "revoked")[won]
    done_once(case, "carry_out_remedy", "discard_remedy")
    all_agrees()


def test_correction_and_a_challenge_at_once_are_one(cast: Cast) -> None:
    letter, second = revoked(cast, cast.at), second_officer(cast)
    case = put_forward(cast, letter, correction(cast.at), cast.at)
    one_won(at_once([
        act(case, "carry_out_remedy", second, cast),
        lambda: challenged(cast, letter, cast.at),
    ]))  # fmt: skip
    states = set(Reconsideration.objects.values_list("state", flat=True))
    assert states in ({S.CARRIED_OUT}, {S.PREPARED, S.FILED})
    all_agrees()

"""Two officers at the same moment over one judgment: put forward once, carried out or not, and never twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.models import Application, Reconsideration, Title, User
from accreditation.reconsideration_words import Outcome
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, declined, revoked
from tests.factories.remedies import carried_out, correction, judgment, put_forward
from tests.factories.titles import second_officer
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, one_won
from workflows.opening import open_ordered_again
from workflows.opening_remedies import Prepared

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


def later(cast: Cast, outcome: str, number: str) -> Prepared:
    """On appeal or retrial, in the place of the one that was carried out."""
    return judgment(cast.at, outcome, number=number, court="示例中级人民法院", is_later=True)


def test_of_two_later_judgments_entered_at_once_one_comes_into_the_place_of_the_earlier(cast: Cast) -> None:
    letter, third = revoked(cast, cast.at), colleague(cast, Role.MUNICIPAL_OFFICER)
    first = carried_out(cast, letter, judgment(cast.at, Outcome.ANNULLED), cast.at)
    second = User.objects.get(username="office2")
    found = later(cast, Outcome.UPHELD, "（2026）沪03行终9号"), later(cast, Outcome.MODIFIED, "（2026）沪行再3号")
    entered = one_won(at_once([
        lambda: put_forward(cast, letter, found[0], cast.at),
        lambda: put_forward(cast, letter, found[1], cast.at, third),
    ]))  # fmt: skip
    row = Reconsideration.objects.get(state=S.PREPARED)
    assert (row.decision_number, row.replaces) == (found[entered].number, Reconsideration.objects.get(case=first))
    confirmers = (second, (third, cast.office)[entered])
    one_won(at_once([act(row.case, "carry_out_remedy", by, cast) for by in confirmers]))
    states = dict(Reconsideration.objects.values_list("case", "state"))
    assert states == {first.pk: S.REPLACED, row.case_id: S.CARRIED_OUT}
    assert Title.objects.get(proceedings__case=letter.case).state == ("revoked", "warned")[entered]
    done_once(row.case, "carry_out_remedy")
    done_once(first, "give_way_to_judgment")


def test_judgment_gives_way_or_is_filed_upon(cast: Cast) -> None:
    """The applicant files anew on the judgment, at the moment in which a later one upholds the act after all."""
    letter, second = declined(cast, cast.at), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    first = carried_out(cast, letter, judgment(cast.at, Outcome.REDO), cast.at, cast.pudong, second)
    said = later(cast, Outcome.UPHELD, "（2026）沪03行终9号")
    case = put_forward(cast, letter, said, cast.at, cast.pudong)
    row = Reconsideration.objects.select_related("case").get(case=first)
    won = one_won(at_once([
        act(case, "carry_out_remedy", second, cast),
        lambda: open_ordered_again(row, by=cast.member0, at=cast.at),
    ]))  # fmt: skip
    assert Reconsideration.objects.get(case=first).state == (S.REPLACED, S.CARRIED_OUT)[won]
    assert Application.objects.exclude(case=letter.case).count() == won
    all_agrees()

"""A plan of succession that an order overtakes: what it says of a title that is revoked meanwhile does not happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import ProceedingKind, TitleState
from accreditation.models import AuditEvent, Case, ChangedTitle, ChangeSuccessor, Letter, Title
from accreditation.reconsideration_words import Outcome
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.titles import municipal_title, ordered
from tests.workflows.test_title_change import district_title, plan
from workflows import door
from workflows.consistency import check_all
from workflows.presentation.successions import summary

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def overtaken(cast: Cast, **outcomes: str) -> tuple[Case, Title, Title]:
    """A merger confirmed after the municipal title of its plan was revoked; both titles as they were before."""
    titles = {"municipal": municipal_title(cast), "district": district_title(cast)}
    successor = cast.enterprises[1]
    case = made.led_to(made.opened(cast, ChangeKind.MERGER), ChangeState.UNDER_CONFIRMATION, cast)
    Title.objects.filter(holder=successor).delete()
    planned = {
        titles[name]: (outcome, successor.uscc if outcome == "passes" else "") for name, outcome in outcomes.items()
    }
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=plan(planned))
    ordered(cast, titles["municipal"], cast.at, ProceedingKind.REVOCATION)
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    return case, titles["municipal"], titles["district"]


@pytest.mark.parametrize(("municipal", "district"), [("ends", "passes"), ("passes", "ends")])
def test_letter_and_page_say_nothing_of_a_title_that_was_revoked_meanwhile(
    cast: Cast, municipal: str, district: str
) -> None:
    case, revoked, other = overtaken(cast, municipal=municipal, district=district)
    letter = Letter.objects.get(case=case, kind="change_confirmed")
    assert revoked.number not in letter.body
    assert other.number in letter.body
    assert bool(letter.remedy) == (district == "ends")
    assert ChangedTitle.objects.filter(change__case=case, outcome="", successor=None).get().title == revoked
    (row,) = ChangeSuccessor.objects.filter(change__case=case)
    assert not any(revoked.number in str(line["value"]) for line in summary(row))
    planned = AuditEvent.objects.get(chain=f"case:{case.number}", verb="put_succession_forward").content["plan"]
    assert planned[revoked.number][0] == municipal
    confirmed = AuditEvent.objects.get(chain=f"case:{case.number}", verb="confirm_succession").content
    assert confirmed["no_longer_held"] == [revoked.number]
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_annulled_change_gives_back_what_it_ended_and_nothing_that_an_order_took(cast: Cast) -> None:
    case, revoked, other = overtaken(cast, municipal="passes", district="ends")
    # As a change confirmed before plans were forgotten may have left it.
    ChangedTitle.objects.filter(change__case=case, title=revoked).update(outcome="ends", successor=None)
    letter = Letter.objects.get(case=case, kind="change_confirmed")
    decided(cast, challenged(cast, letter, cast.at), Outcome.ANNULLED, cast.at + timedelta(hours=1))
    assert Title.objects.get(pk=revoked.pk).state == TitleState.REVOKED
    assert Title.objects.get(pk=other.pk).state == TitleState.IN_FORCE
    assert [list(check_all()), verify_all()[1]] == [[], []]

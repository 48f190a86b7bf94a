"""A certificate given back by a decision names its holder as it is called then, under the centre it belongs to then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import ProceedingKind, TitleState
from accreditation.errors import Refusal
from accreditation.models import Case, Enterprise, Letter, Title
from accreditation.reconsideration_words import Outcome
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.titles import municipal_title, ordered
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def revoked(cast: Cast) -> tuple[Title, Case]:
    """A title with a certificate, revoked, and the challenge of that."""
    title = municipal_title(cast)
    made.issued_certificate(title, cast.at)
    order = ordered(cast, title, cast.at, ProceedingKind.REVOCATION)
    return title, challenged(cast, Letter.objects.get(case=order.case, kind="order"), cast.at)


def test_restored_certificate_names_the_holder_as_renamed_meanwhile(cast: Cast) -> None:
    title, challenge = revoked(cast)
    case = made.led_to(made.opened(cast, ChangeKind.RENAME), ChangeState.UNDER_CONFIRMATION, cast)
    door.perform(case, "confirm_change", by=cast.pudong, at=cast.at, form=made.confirmation(cast.at))
    decided(cast, challenge, Outcome.ANNULLED, cast.at + timedelta(hours=1))
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    said = Certificate.objects.get(version=2).snapshot
    holder = Enterprise.objects.get(pk=title.holder_id)
    assert (said["holder_zh"], said["holder_en"]) == (made.NEW_NAME, "Example Equipment Group")
    assert (said["uscc"], said["occasion"]) == (holder.uscc, "reissue")
    assert list(check_all()) == []


def test_restored_certificate_states_parent_and_last_day_of_today(cast: Cast) -> None:
    title, challenge = revoked(cast)
    parent = municipal_title(cast, 1)
    assert title.valid_until is not None
    until = title.valid_until + timedelta(days=365)
    Title.objects.filter(pk=title.pk).update(parent=parent, valid_until=until)
    decided(cast, challenge, Outcome.ANNULLED, cast.at + timedelta(hours=1))
    said = Certificate.objects.get(version=2).snapshot
    assert (said["parent_zh"], said["valid_until"]) == (parent.holder.name, until.isoformat())


def test_decision_waits_where_the_certificate_cannot_be_made_out(cast: Cast) -> None:
    title, challenge = revoked(cast)
    Enterprise.objects.filter(pk=title.holder_id).update(name="示例" * 60)
    with pytest.raises(Refusal) as refused:
        decided(cast, challenge, Outcome.ANNULLED, cast.at + timedelta(hours=1))
    assert [reason.code for reason in refused.value.reasons] == ["certificate_refused"]
    assert Title.objects.get(pk=title.pk).state == TitleState.REVOKED

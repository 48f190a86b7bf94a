"""Two people at the same moment over one certificate to be made out again: one effect, the other told."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.models import Reissue, ReissueLetter, Title
from accreditation.reconsideration_words import Outcome
from accreditation.reissue_words import ReissueState
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.changes import issued_certificate
from tests.factories.reconsidering import CLAIM, REASONS, proposed, reconsiderers
from tests.factories.reissues import asked
from tests.factories.titles import municipal_title, second_officer
from tests.faults.racing import all_agrees, at_once, one_won
from workflows import door
from workflows.opening_reconsiderations import open_reconsideration
from workflows.reissuing import allow_reissue, refuse_reissue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def test_two_requests_and_two_answers_at_once_are_one_each(cast: Cast) -> None:
    second = second_officer(cast)
    first = municipal_title(cast)
    issued_certificate(first, cast.at)
    one_won(at_once([lambda: asked(cast, Title.objects.get(pk=first.pk), at=cast.at)] * 2))
    row = Reissue.objects.get()
    one_won(
        at_once(
            [
                lambda: allow_reissue(row, by=cast.office, at=cast.at),
                lambda: refuse_reissue(row, reason="未附遗失声明。", by=second, at=cast.at),
            ]
        )
    )
    row = Reissue.objects.get()
    made = Certificate.objects.filter(version=2).count()
    assert made == (1 if row.state == ReissueState.ALLOWED else 0)
    assert ReissueLetter.objects.count() == 1
    all_agrees()


def test_decision_and_a_request_at_once_leave_one_waiting(cast: Cast) -> None:
    reconsiderers(cast)
    title = municipal_title(cast)
    issued_certificate(title, cast.at)
    row = refuse_reissue(asked(cast, title, at=cast.at), reason="未附遗失声明。", by=cast.office, at=cast.at)
    case = open_reconsideration(
        row.letter, known_on=row.letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=cast.at
    )
    form = proposed(cast, case, Outcome.ANNULLED, cast.at)
    one_won(
        at_once(
            [
                lambda: door.perform(
                    case, "decide_reconsideration", by=cast.people["reconsiderer2"], at=cast.at, form=form
                ),
                lambda: asked(cast, Title.objects.get(pk=title.pk), at=cast.at),
            ]
        )
    )
    assert Reissue.objects.filter(title=title, state=ReissueState.WAITING).count() == 1
    all_agrees()

"""What is frozen stays what it was: a text, a version, sealed marks or the state of a title changed in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind, TitleState
from accreditation.models import Letter, Meeting, Review, Submission, Title, WorkbookUpload
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.reconsidering import revoked
from tests.factories.steps import hold_meeting, to_committee
from workflows.frozen import check_frozen

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Tamper = Callable[[], Any]
CHANGES: dict[str, Tamper] = {
    "minutes is not": lambda: Meeting.objects.update(minutes="改写的纪要"),
    "hash of minutes is in no event": lambda: Meeting.objects.update(minutes_sha256="0" * 64),
    "letter is not": lambda: Letter.objects.filter(kind="receipt").update(body="改写的回执"),
    "version 1 is not": lambda: WorkbookUpload.objects.update(facts="{}"),
    "hash of version 1 is in no event": lambda: Submission.objects.update(content_sha256="1" * 64),
    "review is not": lambda: Review.objects.update(opinion="不同意"),
}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=5, committee=5)


def test_every_frozen_text_that_was_changed_is_found(cast: Cast) -> None:
    case = filed_case(cast)
    to_committee(cast, case, cast.at)
    hold_meeting(cast, [case], cast.at)
    assert list(check_frozen()) == []
    call_command("check_consistency")
    for what, tamper in CHANGES.items():
        with transaction.atomic():
            tamper()
            assert any(what in found.what for found in check_frozen()), what
            transaction.set_rollback(True)
    Review.objects.update(opinion="不同意")
    with pytest.raises(SystemExit):
        call_command("check_consistency")


def test_title_set_back_in_the_database_breaks_its_chain(cast: Cast) -> None:
    revoked(cast, cast.at, kind=ProceedingKind.REVOCATION)
    assert verify_all()[1] == []
    title = Title.objects.filter(state=TitleState.REVOKED)
    assert title.update(state=TitleState.IN_FORCE) == 1
    assert [found.what for found in verify_all()[1]] == ["events end in revoked, the row says in_force"]

"""A renewal filed in the last second of a title's term, at the moment in which the clock ends the title."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import TitleState as T
from accreditation.errors import AlreadyDone
from accreditation.models import Application, AuditEvent, Case, Title
from accreditation.selectors.renewals import pending_renewal
from accreditation.services import material
from accreditation.services.titles import expire_title
from tests.accreditation.test_renewals import batch_of, held
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.snapshots import remembered
from tests.faults.racing import act, all_agrees, at_once, refused_or_done
from workflows import door
from workflows.opening import open_application
from workflows.tick import clock_person, tick
from workflows.workdays import END_OF_DAY, SHANGHAI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LAST = date(2026, 3, 12)
LAST_SECOND = datetime.combine(LAST, END_OF_DAY, SHANGHAI)
FILED: dict[str, Any] = {"declaration": True, "insists": True}
FILE = material.file_submission
PATIENCE = 1  # seconds that the one waits for the other, who may be waiting for it


@remembered
def drafted(at: datetime) -> tuple[Cast, Title, Case]:
    """A title in its last days, the draft that would renew it, complete."""
    cast = make_cast(at)
    batch = batch_of(cast, at, is_renewed=True)
    title = held(cast, batch, LAST)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=at)
    with_material(case, cast.member0, at)
    cast.at = LAST_SECOND
    return cast, title, case


def test_title_ends_or_is_renewed_by_what_is_filed_at_the_moment(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast, title, case = drafted(clock.at)
    submit = act(case, "submit", cast.member0, cast, **FILED)
    filed, ended = at_once([submit, lambda: tick(LAST_SECOND + timedelta(seconds=1)).titles_expired])
    assert refused_or_done(filed)
    assert Application.objects.get(case=case).state == S.SUBMITTED
    _stands_as_the_trail_says(title, is_over=bool(ended))


def test_title_is_not_ended_beneath_a_renewal_that_is_just_being_filed(
    settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conditions were met while the title stood; the clock comes before the filing is written."""
    settings.ACCREDITATION_DEMO = True
    cast, title, case = drafted(clock.at)
    after = LAST_SECOND + timedelta(seconds=1)
    ended: list[object] = []
    thread = threading.Thread(target=lambda: ended.extend(at_once([lambda: _end(title, after)])))

    @wraps(material.file_submission)
    def late(*args: Any, **kwargs: Any) -> Any:
        thread.start()
        thread.join(PATIENCE)
        return FILE(*args, **kwargs)

    monkeypatch.setattr(material, "file_submission", late)
    door.perform(case, "submit", by=cast.member0, at=LAST_SECOND, form=FILED)
    thread.join(60)
    assert [type(result) for result in ended] == [AlreadyDone]
    _stands_as_the_trail_says(title, is_over=False)
    assert tick(after).titles_expired == 0
    assert AuditEvent.objects.filter(verb="keep_for_renewal").count() == 1
    all_agrees()


def _end(title: Title, at: datetime) -> bool:
    return expire_title(title, on=at.astimezone(SHANGHAI).date(), by=clock_person(), at=at)


def _stands_as_the_trail_says(title: Title, *, is_over: bool) -> None:
    row = Title.objects.get(pk=title.pk)
    assert row.state == (T.EXPIRED if is_over else T.IN_FORCE)
    assert (pending_renewal(row) is None) == is_over
    assert AuditEvent.objects.filter(verb="expire").count() == is_over
    all_agrees()

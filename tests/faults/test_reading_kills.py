"""kill -9 of the worker in the middle of a long reading: taken up again, exactly one upload, nothing left behind."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import EffectState, ReadingState
from accreditation.models import AuditEvent, Effect, Message, RequestKey, WorkbookReading, WorkbookUpload
from accreditation.services import spool
from criteria.facts import Facts
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.faults.test_kills import run_and_kill
from workflows.consistency import check_all
from workflows.demo.material import workbook_for
from workflows.intake import send_workbook
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SEED = 20260303
LINES = 4500
KILLS = 5


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def long_book(cast: Cast) -> bytes:
    return workbook_for(cast.enterprises[0], cast.batch, seed=7, profile="strong", lines={"equipment": LINES})


def test_killed_workers_leave_exactly_one_upload(cast: Cast, clock: Clock, child_environment: dict[str, str]) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    send_workbook(case, long_book(cast), "长表.xlsx", by=cast.member0, at=clock.at)
    chance = random.Random(SEED)
    kills = 0
    for turn in range(40):
        later = clock.at + timedelta(minutes=5 * (turn + 1))  # past the time after which the row is taken up again
        chosen = turn * 0.6 if turn < KILLS else 30.0
        ended = run_and_kill(["run_effects", "--at", later.isoformat()], child_environment, chance, int(chosen))
        kills += not ended
        if not Effect.objects.filter(kind="read_workbook").exclude(state=EffectState.DONE).exists():
            break
    assert kills > 0
    reading, upload = WorkbookReading.objects.get(), WorkbookUpload.objects.get()
    assert (reading.state, reading.upload, reading.rows_done) == (ReadingState.DONE, upload, reading.rows_known)
    assert upload.is_accepted
    assert len(Facts.from_json(upload.facts).annexes["equipment"]) == LINES
    assert RequestKey.objects.filter(key=f"read_workbook:{reading.pk}").count() == 1
    assert AuditEvent.objects.filter(verb="upload_workbook").count() == 1
    assert Message.objects.filter(kind="workbook_accepted").count() == 1
    assert list(spool.spool_folder().iterdir()) == []
    assert list(check_all()) == []
    assert verify_all()[1] == []

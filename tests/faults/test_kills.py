"""kill -9 of `tick` and of the worker at random points over sixty due cases: sixty effects, none twice, none lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import EffectState, LetterKind
from accreditation.models import Application, AuditEvent, Effect, Enterprise, Letter, Member, Message
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, person
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CASES = 60
SEED = 20260302


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def returned_cases(cast: Cast, at: datetime) -> None:
    """Sixty cases whose correction is due on the same day."""
    for n in range(CASES):
        place = len(cast.enterprises)
        enterprise = Enterprise.objects.create(
            uscc=f"TEST{n:014d}", name=f"示例{n}有限公司", district="310115", registered_at=at
        )
        member = person(f"m{n}", f"申报人{n}")
        Member.objects.create(enterprise=enterprise, user=member, state="active", requested_at=at, settled_at=at)
        cast.enterprises.append(enterprise)
        cast.people[f"member{place}"] = member
        case = filed_case(cast, place)
        door.perform(case, "accept", by=cast.pudong, at=at)
        point = {"target": "figure", "code": "rd_staff", "year": cast.batch.reporting_year, "remark": "请核对"}
        door.perform(case, "return_for_correction", by=cast.pudong, at=at, form={"points": [point]})


def run_and_kill(command: list[str], environment: dict[str, str], chance: random.Random, turn: int = 0) -> bool:
    """Start a command and kill it at a random moment, later at each turn; whether it ended by itself before that."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        _, said = process.communicate(timeout=1.5 + 0.4 * turn + chance.random() * 2.5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return False
    assert process.returncode == 0, said.decode()
    return True


def kill_midway(command: list[str], environment: dict[str, str], is_midway: Callable[[], bool]) -> None:
    """Kill a command while part of its work is done, however fast the machine is."""
    process = subprocess.Popen([sys.executable, "manage.py", *command], env=environment)
    while process.poll() is None and not is_midway():
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert is_midway(), "ended before it could be killed"


def keep_killing(command: list[str], environment: dict[str, str], chance: random.Random) -> int:
    """Until a run gets to its end; how many were killed."""
    kills = 0
    started = time.monotonic()
    while not run_and_kill(command, environment, chance, kills):
        kills += 1
        assert time.monotonic() - started < 300, "no progress"
    return kills


def test_killed_ticks_end_each_due_case_once(cast: Cast, clock: Clock, child_environment: dict[str, str]) -> None:
    returned_cases(cast, clock.at)
    late = clock.at + timedelta(days=60)
    chance = random.Random(SEED)
    first = subprocess.Popen([sys.executable, "manage.py", "tick", "--at", late.isoformat()], env=child_environment)
    keep_killing(["tick", "--at", late.isoformat()], child_environment, chance)
    first.wait(120)
    assert Application.objects.filter(state=S.LAPSED).count() == CASES
    assert AuditEvent.objects.filter(verb="lapse").count() == CASES
    assert Letter.objects.filter(kind=LetterKind.LAPSE).count() == CASES
    told = Message.objects.filter(kind="lapse").values_list("case_number", "recipient")
    assert len(told) == len(set(told)) >= CASES
    assert list(check_all()) == []
    assert verify_all()[1] == []
    kill_the_worker(late, child_environment, chance)


def kill_the_worker(at: datetime, environment: dict[str, str], chance: random.Random) -> None:
    """Every promised mail is written once, whatever becomes of the workers."""
    promised = set(Effect.objects.filter(kind="mail").values_list("key", flat=True))
    for turn in range(60):
        later = at + timedelta(minutes=11 * (turn + 1))  # past the time after which a dead worker's row is taken up
        run_and_kill(["run_effects", "--limit", "1000", "--at", later.isoformat()], environment, chance, turn)
        if not Effect.objects.exclude(state=EffectState.DONE).exists():
            break
    assert Effect.objects.filter(kind="mail", state=EffectState.DONE).count() == len(promised)
    mails = list((Path(environment["ACCREDITATION_VAR"]) / "mail").glob("*.eml"))
    assert len(mails) == len(promised)

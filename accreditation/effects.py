"""Side effects after the commit: rows with a unique key are the truth, the task library only wakes the worker.

A handler is given the key and the payload and must be idempotent by the key. A worker killed in the middle leaves a
row that another takes up again after `STUCK_AFTER`. Long effects (the reading of a long workbook) and those that wait
for somebody outside (a silent receiver) have lanes of their own, so that no mail and no clock waits for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accreditation.enums import EffectState
from accreditation.models import Effect


class Lane(StrEnum):
    """Effects that wait for each other, and for none of another lane."""

    ORDINARY = "ordinary"
    LONG = "long"
    OUTSIDE = "outside"


Handler = Callable[[str, Mapping[str, Any]], None]

HANDLERS: dict[str, Handler] = {}
LANES: dict[str, Lane] = {}  # of the kinds that are not in the ordinary one
STUCK_AFTER = timedelta(minutes=10)
LONG_STUCK_AFTER = timedelta(minutes=4)  # somebody looks at its progress; beyond every limit of a reading
MOST_ATTEMPTS = 8
log = logging.getLogger(__name__)


def handles(kind: str, *, lane: Lane = Lane.ORDINARY) -> Callable[[Handler], Handler]:
    """Register the one handler of a kind of effect, in its lane."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"two handlers for {kind}")
        HANDLERS[kind] = handler
        if lane is not Lane.ORDINARY:
            LANES[kind] = lane
        return handler

    return register


class Hopeless(Exception):
    """What a handler raises when trying again is of no use; a person may still put the effect back."""


@dataclass(frozen=True, slots=True)
class Report:
    """How many effects were done, put off, and given up in one run."""

    done: int = 0
    put_off: int = 0
    given_up: int = 0


@task()
def run_due_effects() -> None:
    """What the task library runs when it is woken."""
    run_due(timezone.now())


def wake() -> None:
    """Tell the worker that there is something to do, unless it has been told; losing this call costs only time."""
    if not _calls_waiting().exists():
        run_due_effects.enqueue()


def forget_calls() -> None:
    """Drop calls that a worker which looks by itself has already answered."""
    _calls_waiting().delete()


def _calls_waiting() -> QuerySet[Any]:
    return DBTaskResult.objects.filter(task_path=run_due_effects.module_path, status=TaskResultStatus.READY)


def run_due(at: datetime, limit: int = 50, *, lane: Lane | None = None) -> Report:
    """Do up to `limit` due effects, oldest first; each in its own transactions.

    `lane` picks one of the lanes, None means all. All of one run are taken as begun `at`: a run must be over long
    before `STUCK_AFTER`.
    """
    done = put_off = given_up = 0
    for _turn in range(limit):
        effect = _take(at, lane)
        if effect is None:
            break
        state = _do(effect, at)
        done += state == EffectState.DONE
        put_off += state == EffectState.PENDING
        given_up += state == EffectState.FAILED
    return Report(done, put_off, given_up)


def _kinds(lane: Lane) -> Q:
    named = [kind for kind, own in LANES.items() if own is lane]
    return ~Q(kind__in=list(LANES)) if lane is Lane.ORDINARY else Q(kind__in=named)


def _due(at: datetime, lane: Lane | None) -> Q:
    running = Q(state=EffectState.RUNNING)
    stuck = Q(started_at__lte=at - STUCK_AFTER) | (Q(started_at__lte=at - LONG_STUCK_AFTER) & _kinds(Lane.LONG))
    due = Q(state=EffectState.PENDING, due_at__lte=at) | (running & stuck)
    return due if lane is None else due & _kinds(lane)


def _take(at: datetime, lane: Lane | None) -> Effect | None:
    """Mark the oldest due effect as running and commit that, so that no other worker takes it."""
    with transaction.atomic():
        rows = Effect.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        effect = rows.filter(_due(at, lane)).order_by("due_at", "pk").first()
        if effect is not None:
            effect.state, effect.started_at, effect.attempts = EffectState.RUNNING, at, effect.attempts + 1
            effect.save(update_fields=["state", "started_at", "attempts"])
    return effect


def _do(effect: Effect, at: datetime) -> str:
    try:
        HANDLERS[effect.kind](effect.key, effect.payload)
    except Exception as error:  # any failure of the outside world is put off, never lost
        log.warning("effect %s failed: %s", effect.key, error)
        effect.last_error = f"{type(error).__name__}: {error}"[:2000]
        is_over = isinstance(error, Hopeless) or effect.attempts >= MOST_ATTEMPTS
        effect.state = EffectState.FAILED if is_over else EffectState.PENDING
        effect.due_at = at + timedelta(minutes=2**effect.attempts)
    else:
        effect.state, effect.done_at, effect.last_error = EffectState.DONE, at, ""
    effect.save(update_fields=["state", "done_at", "due_at", "last_error"])
    return effect.state

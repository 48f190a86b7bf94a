"""Several people at the same moment: jobs that start together, what each of them got, and that everything agrees."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from accreditation.audit import chain_key, verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Case, User
from accreditation.roles import Role
from tests.factories.cast import Cast, grant, person
from workflows import door
from workflows.consistency import check_all

REFUSED = (AlreadyDone, Denied, Refusal)
# `forward` or `backward`: one after the other instead. A race may hide for long what one of the orders always shows.
IN_TURN = os.environ.get("ACCREDITATION_RACES", "")


def at_once(jobs: Sequence[Callable[[], object]]) -> list[object]:
    """Run all jobs in threads that start together; what each returned, or the exception it raised."""
    gate = threading.Barrier(1 if IN_TURN else len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in reversed(threads) if IN_TURN == "backward" else threads:
        thread.start()
        if IN_TURN:
            thread.join(60)
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def kinds(results: list[object]) -> Counter[str]:
    """How many results there are of each type."""
    return Counter(type(result).__name__ for result in results)


def colleague(cast: Cast, role: Role, district: str = "", name: str = "") -> User:
    """A second person in an office; a further one by name."""
    user = person(name or f"second_{role}", name or f"第二人{role}")
    grant(user, role, district, at=cast.at)
    return user


def act(case: Case, verb: str, by: User, cast: Cast, **form: Any) -> Callable[[], object]:
    """The act as a job, with rows of its own."""
    return lambda: door.perform(case.number, verb, by=by, at=cast.at, form=form)


def done_once(case: Case, *verbs: str) -> None:
    """The trail holds one of these acts, and everything agrees."""
    assert AuditEvent.objects.filter(chain=chain_key(case), verb__in=verbs).count() == 1
    all_agrees()


def entered_once(*verbs: str) -> None:
    """All trails together hold one of these acts, and everything agrees."""
    assert AuditEvent.objects.filter(verb__in=verbs).count() == 1
    all_agrees()


def all_agrees() -> None:
    """Every audit chain is whole and no row contradicts another."""
    assert verify_all()[1] == []
    assert list(check_all()) == []


def one_won(results: list[object]) -> int:
    """The place of the one that won; the other was refused with a reason, not with a fault of the machine."""
    refused = [result for result in results if isinstance(result, REFUSED)]
    won = [place for place, result in enumerate(results) if not isinstance(result, BaseException)]
    assert (len(won), len(refused)) == (1, 1), results
    assert str(refused[0].reasons[0])
    return won[0]


def refused_or_done(result: object) -> bool:
    """Whether the act was done; if not, it was refused with a reason."""
    assert not isinstance(result, BaseException) or isinstance(result, REFUSED), repr(result)
    return not isinstance(result, BaseException)

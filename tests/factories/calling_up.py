"""A batch with one place and those below it, the place given up, and the next in order called up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, CallingUp, Case, User
from accreditation.recommendation_words import ResultState
from tests.clock import SHANGHAI
from tests.factories import recommending as steps
from tests.factories.cast import Cast
from tests.factories.reopenings import GIVEN_UP
from workflows import door
from workflows.calling_up import confirm_calling_up, propose_calling_up


def decided(
    cast: Cast, *, quota: int = 1, choices: Mapping[int, Choice] | None = None
) -> tuple[Batch, list[Case]]:  # fmt: skip
    """A national batch with three of whom the committee was in favour, in the order of their places.

    `choices` are what it says of others of the three, by their order from 0.
    """
    batch = steps.make_national(cast, quota=quota)
    cases = [steps.filed(cast, batch, n, rd_expenditure=90000 - 10000 * n) for n in range(3)]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    if choices is not None:
        steps.decide(cast, batch, {cases[n].number: choice for n, choice in choices.items()})
        return batch, cases
    steps.decide(cast, batch)
    assert [state(case) for case in cases] == [S.TO_BE_RECOMMENDED] * quota + [S.NOT_IN_QUOTA] * (3 - quota)
    return batch, cases


def after(batch: Batch) -> datetime:
    """A day after the meeting, by the city's clock."""
    return batch.closes_at.astimezone(SHANGHAI) + timedelta(days=1)


def state(case: Case) -> str:
    """Legal state now."""
    return str(Application.objects.get(case=case).state)


def give_up(cast: Cast, case: Case, at: datetime, n: int = 0) -> None:
    """Enterprise n does not want its place."""
    door.perform(case, "give_up", by=cast.people[f"member{n}"], at=at, form={"reason": GIVEN_UP})


def called_up(cast: Cast, batch: Batch, at: datetime, **ground: Any) -> CallingUp:
    """Put forward by one officer and confirmed by another."""
    row = propose_calling_up(batch, by=cast.office, at=at, **ground)
    return confirm_calling_up(row, by=steps.colleague(cast), at=at)


def form_of(case: Case, by: User, at: datetime) -> dict[str, Any]:
    """What is sent with the verb: a proposal of that officer, whoever is next and whether a place is free or not."""
    application = Application.objects.select_related("batch").get(case=case)
    CallingUp.objects.filter(application=application, state=ResultState.WAITING).delete()
    if application.decision is None:
        return {}
    lender = by.stands_in_for
    row = CallingUp.objects.create(
        batch=application.batch, application=application, decision=application.decision, recorded_by=by,
        recorded_at=at, recorded_for_id=lender.person if lender else None,
    )  # fmt: skip
    return {"calling_up": row}

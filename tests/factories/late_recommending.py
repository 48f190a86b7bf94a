"""Cases that come to be ranked after the ranking of their batch: an act set aside, the application decided again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accreditation.models import Application, Batch, Case, Letter, Meeting, Ranking, Reconsideration
from accreditation.services.supplementary_rankings import Statement
from tests.factories import recommending as steps
from tests.factories.cast import Cast, with_material
from tests.factories.remedies import carried_out, correction
from tests.factories.steps import hold_meeting
from workflows import door
from workflows.opening import open_ordered_again
from workflows.supplementary_ranking import freeze_supplementary_ranking

ALLOWED = Statement(extra_quota=1, extra_ground="示例国家主管部门函〔2026〕3号")


def set_aside(cast: Cast, case: Case, at: datetime) -> Reconsideration:
    """The body takes back what its adverse letter told in the case."""
    letter = Letter.objects.filter(case=case).exclude(remedy="").latest("pk")
    said = correction(at, number=f"示例纠〔2026〕{case.pk}号")
    return Reconsideration.objects.get(case=carried_out(cast, letter, said, at))


def filed_again(cast: Cast, case: Case, at: datetime, n: int = 0, **changed: int) -> Case:
    """Set aside and filed anew by enterprise n."""
    by = cast.people[f"member{n}"]
    again = open_ordered_again(set_aside(cast, case, at), by=by, at=at)
    with_material(again, by, at, **steps.STRONG | changed)
    door.perform(again, "submit", by=by, at=at, form={"declaration": True, "insists": True})
    return again


def decided_again(cast: Cast, case: Case, at: datetime, n: int = 0, **changed: int) -> Case:
    """The same, checked and scored: it waits for the ranking."""
    again = filed_again(cast, case, at, n, **changed)
    steps.score(cast, again, at)
    return again


def supplement(cast: Cast, batch: Batch, at: datetime, said: Statement | None = None) -> Ranking:
    """Frozen with what the office states, nothing unless said otherwise."""
    return freeze_supplementary_ranking(batch, said or Statement(), by=cast.office, at=at)


def decide(cast: Cast, batch: Batch, at: datetime, choices: dict[str, Any] | None = None) -> Meeting:
    """The committee decides on whoever is before it."""
    waiting = Case.objects.filter(batch=batch, state="under_overall_review").order_by("pk")
    here = Cast(cast.at, batch.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    hold_meeting(here, list(waiting), at, choices)
    return Meeting.objects.filter(batch=batch).latest("pk")


def line_of(case: Case) -> tuple[int | None, int | None]:
    """Between which places of the first ranking its line stands."""
    line = Application.objects.get(case=case).ranking_line
    return line.stands_after, line.stands_before

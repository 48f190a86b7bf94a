"""A change of edition in the demo: running municipal cases are to go over to the edition of 2026, not yet confirmed."""

from __future__ import annotations

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, EditionChange
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story
from workflows.edition_goals import choices, draw_up
from workflows.edition_mapping import read_mapping
from workflows.edition_proposals import propose

OLD, NEW = "municipal_recognition/2022", "municipal_recognition/2026"
REASON = "管理办法修订（演示），在办件自本批起按 2026 年版办理。"
PROPOSED_BACK = 2
GO_OVER = (S.SUBMITTED, S.UNDER_FIRST_REVIEW)  # of the newest open batch of the old edition


def propose_change(story: Story) -> EditionChange:
    """Tried on the cases that wait for a district; the publisher has to confirm."""
    story.tell.step("办理程序换版：在办件改按新版程序办理，已预演，待第二人确认")
    mapping = read_mapping(draw_up(NEW, REASON, {row.state: row.goals[0] for row in choices(OLD, NEW)}), OLD, NEW)
    rows = Application.objects.filter(case__procedure=OLD, state__in=GO_OVER)
    numbers = list(rows.order_by("case__number").values_list("case__number", flat=True))
    office = story.world.people["banshi"]
    at = DemoClock(story.world.calendar, story.now, PROPOSED_BACK).minutes(45)
    row = propose(mapping, by=office, at=at, numbers=numbers)
    story.tell.line(at, office, f"{row.number} {OLD} → {NEW}，{len(numbers)} 件")
    return row

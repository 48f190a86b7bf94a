"""Of the people whom a verb names, who is told: of officials nobody with a tie to the case, who could not open it."""

from __future__ import annotations

from collections.abc import Iterable

from accreditation.models import User
from workflows import audiences, change_audiences
from workflows.doing import Audience, Doing
from workflows.parties import untied

# The enterprise itself. Each other audience is asked in an office, so that a new one is held to the rule unasked.
PARTIES: frozenset[Audience] = frozenset(
    {audiences.applicants, audiences.heard_holder, change_audiences.holder},
)


def people_of(audience: Audience, doing: Doing) -> Iterable[User]:
    """Whom the audience stands for in this attempt, but for officials with a tie to the case (回避)."""
    found = audience(doing)
    return found if audience in PARTIES else untied(found, doing.case)

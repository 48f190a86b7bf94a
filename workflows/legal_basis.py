"""What an adverse letter rests on: the instruments of the rules that apply, and the ground of the step taken."""

from __future__ import annotations

from accreditation.models import Application
from accreditation.services.rule_sets import rules_of
from workflows.doing import Doing

IN_THE_RULES = "该称号的认定依据（见项目和规则集）"  # a ground that only points to the rule set


def legal_basis(doing: Doing) -> str:
    """Instruments by full name and number, then the ground, as the letter prints them."""
    named = _instruments(doing.subject) if isinstance(doing.subject, Application) else []
    ground = doing.verb.ground
    is_named = ground == IN_THE_RULES or any(ground in one for one in named)
    return "；".join(named if is_named and named else [*named, ground])


def _instruments(application: Application) -> list[str]:
    rows = rules_of(application.batch).instruments
    return [f"《{row.title_zh}》（{row.number}）" if row.number else f"《{row.title_zh}》" for row in rows]

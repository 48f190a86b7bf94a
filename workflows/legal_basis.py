"""What an adverse letter rests on: instruments of the rules, the ground of the step taken, conditions not met."""

from __future__ import annotations

from fractions import Fraction

from accreditation.models import Application
from accreditation.services.rule_sets import rules_of
from criteria.evaluate import Evaluation
from criteria.page_marks import SIGNS
from criteria.units import plain_amount
from workflows.doing import Doing

IN_THE_RULES = "该称号的认定依据（见项目和规则集）"  # a ground that only points to the rule set
# What a request that somebody step aside is answered on. The first is of civil servants, the others of punishments and
# of hearings, so that all are followed by analogy; one wording, since it must not tell in which quality a person acts.
RECUSAL = (
    "参照《中华人民共和国公务员法》第七十六条、第七十七条，《中华人民共和国行政许可法》第四十八条，"
    "《中华人民共和国行政处罚法》第四十三条关于回避的规定"
)


def legal_basis(doing: Doing) -> str:
    """Instruments by full name and number, then the ground, as the letter prints them."""
    named = instruments_of(doing.subject) if isinstance(doing.subject, Application) else []
    ground = doing.verb.ground
    is_named = ground == IN_THE_RULES or any(ground in one for one in named)
    return "；".join(named if is_named and named else [*named, ground])


def instruments_of(application: Application) -> list[str]:
    """Those that the rules of its batch name, by full name and number; none where they name none."""
    rows = rules_of(application.batch).instruments
    return [f"《{row.title_zh}》（{row.number}）" if row.number else f"《{row.title_zh}》" for row in rows]


def failed_conditions(found: Evaluation) -> list[dict[str, str]]:
    """For the letter: `text_zh`, `shown` (the verified value), `limit_shown` (with its sign); empty without number."""
    return [
        {
            "text_zh": gate.text_zh,
            "shown": plain_amount(gate.value, gate.unit) if gate.value is not None else "",
            "limit_shown": _limit(gate.operator, gate.limit, gate.unit) if gate.limit is not None else "",
        }
        for gate in found.failed_gates
    ]


def _limit(operator: str, limit: Fraction, unit: str) -> str:
    return f"{SIGNS[operator]} {plain_amount(limit, unit)}"

"""Computing a stored evaluation again: the same rules and facts must give the same bytes."""

from __future__ import annotations

from criteria.evaluate import Evaluation, evaluate
from criteria.facts import Facts
from criteria.ruleset import RuleSet
from criteria.scope import NOTHING_KNOWN, Standing

_PARTS = (
    ("checksum", "规则集", "rule set"),
    ("facts_digest", "填报数据", "facts"),
    ("standing_digest", "资格与记录信息", "standing"),
)


class ReplayDiffers(ValueError):
    """A stored evaluation that cannot be had again; `reasons` holds pairs (zh, en)."""

    def __init__(self, reasons: tuple[tuple[str, str], ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(en for _, en in reasons))


def replay(text: str, rule_set: RuleSet, facts: Facts, standing: Standing = NOTHING_KNOWN) -> Evaluation:
    """The evaluation of a stored text, computed anew on its date; ReplayDiffers when anything is not the same.

    A text from before a field was added counts as having that field's default.
    """
    stored = Evaluation.from_json(text)
    again = evaluate(rule_set, facts, stored.on, standing)
    reasons = tuple(
        (f"{zh}与评价时不同", f"the {en} is not that of the evaluation")
        for name, zh, en in _PARTS
        if getattr(stored, name) != getattr(again, name)
    )
    if not reasons and stored.to_json() != again.to_json():
        reasons = (("重新计算的结果与存档不同", "computed again, the result differs from the stored one"),)
    if reasons:
        raise ReplayDiffers(reasons)
    return again

"""Marks as rows: an expert's own, and those of an opened panel with their spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from django.utils.translation import gettext as _

from accreditation.models import Application, User, VerifiedValue
from accreditation.services.evaluation import reported_facts
from accreditation.services.rule_sets import rules_of
from criteria.exact import fixed_text, shown_text
from criteria.panel import HeadingResult, PanelResult
from criteria.ruleset import ExpertReview
from workflows.presentation.figures import shown_value
from workflows.presentation.words import Words, amount, either, quoted, scalar
from workflows.selectors.panel_room import MarkRow, OpenedMarks

TRADE_FIELDS = ("industry_class", "industry_code")


def mark_rows(section: ExpertReview, marks: Mapping[str, Mapping[str, str]]) -> list[Words]:
    """One person's marks: `name`, `points`, `most`, `reason`."""
    return [
        {
            "name": either(heading, "name"),
            "points": shown_text(Fraction(marks[heading.code]["points"])),
            "most": shown_text(heading.most.amount()),
            "reason": quoted(marks[heading.code]["reason"]),
        }
        for heading in section.headings
    ]


def total_of(section: ExpertReview, marks: Mapping[str, Mapping[str, str]]) -> str:
    """Total of one person's marks out of the most, in words."""
    total = sum((Fraction(marks[heading.code]["points"]) for heading in section.headings), Fraction(0))
    return _("%(points)s / %(most)s 分") % {"points": shown_text(total), "most": shown_text(section.most)}


def opened_table(opened: OpenedMarks, *, with_names: bool) -> Words:
    """Opened marks: `experts`, `rows` (`name`, `marks`, `result`, `working`, `spread`, `divergent`, `share`), `total`,
    `spread`, `totals`, `method`, `sum`, `opinions`. Without names the experts are told by their places."""
    places = opened.result.places
    experts = [_expert(review.seat.expert, n, with_names) for n, review in enumerate(opened.reviews, start=1)]
    return {
        "experts": experts,
        "rows": [_opened_row(row, opened.section.method, places, experts) for row in opened.rows],
        "method": method_words(opened.section),
        "sum": _sum(opened.result),
        "totals": [shown_text(total) for total in opened.result.totals],
        "total": fixed_text(opened.result.rounded, places),
        "most": shown_text(opened.result.most),
        "spread": shown_text(opened.result.spread),
        "has_divergence": bool(opened.result.divergent),
        "opinions": [
            {"expert": expert, "text": quoted(review.opinion)}
            for expert, review in zip(experts, opened.reviews, strict=True)
        ],
    }


def _expert(person: User, place: int, with_names: bool) -> str:
    return quoted(person.name) if with_names else _("专家 %(n)d") % {"n": place}


def method_words(section: ExpertReview) -> str:
    """How the rule set combines marks, in a sentence."""
    words = {"n": shown_text(section.trim_from.amount()), "places": shown_text(section.places.amount())}
    sentences = {
        "mean": _("按规则集取各专家评分的平均，保留 %(places)s 位小数。"),
        "trimmed_mean": _(
            "按规则集取截尾平均：专家满 %(n)s 名时每项去掉一个最高分和一个最低分，取平均，保留 %(places)s 位小数。"
        ),
        "median": _("按规则集取各专家评分的中位数，保留 %(places)s 位小数。"),
    }
    return sentences[section.method] % words


def _working(result: HeadingResult, method: str, places: int) -> str:
    """The figures of one heading worked out: what is dropped, what is averaged, what comes out."""
    ordered = sorted(result.marks)
    kept = ordered[1:-1] if result.dropped else ordered
    shown = [shown_text(mark) for mark in kept]
    rounded = fixed_text(result.rounded, places)
    if method == "median":
        return _("排序 %(marks)s，中位数 %(result)s") % {"marks": _("、").join(shown), "result": rounded}
    sign = "=" if result.exact == result.rounded else "≈"
    text = f"({' + '.join(shown)}) ÷ {len(kept)} {sign} {rounded}"
    if not result.dropped:
        return text
    words = {"high": shown_text(ordered[-1]), "low": shown_text(ordered[0]), "text": text}
    return _("去掉 %(high)s 和 %(low)s；%(text)s") % words


def _sum(result: PanelResult) -> str:
    """The total as the sum of the headings; rounded once, from the exact figures."""
    parts = " + ".join(fixed_text(heading.rounded, result.places) for heading in result.headings)
    rounded = fixed_text(result.rounded, result.places)
    is_plain = sum((heading.rounded for heading in result.headings), Fraction(0)) == result.rounded
    return f"{parts} {'=' if is_plain else '≈'} {rounded}"


def _opened_row(row: MarkRow, method: str, places: int, experts: Iterable[str]) -> Words:
    return {
        "name": either(row.heading, "name"),
        "most": row.result.most,
        "marks": [shown_text(points) for points, _reason in row.marks],
        "reasons": [
            {"expert": expert, "points": shown_text(points), "text": quoted(reason)}
            for expert, (points, reason) in zip(experts, row.marks, strict=True)
        ],
        "exact": row.result.exact,
        "result": fixed_text(row.result.rounded, places),
        "working": _working(row.result, method, places),
        "dropped": row.result.dropped,
        "spread": shown_text(row.result.spread),
        "divergent": row.result.is_divergent,
    }


def trade_of(application: Application) -> str:
    """The trade as filed: class and code."""
    facts, rules = reported_facts(application), rules_of(application.batch)
    if facts is None:
        return "—"
    parts = []
    for code in TRADE_FIELDS:
        fact = facts.figures.get((code, None))
        if fact is not None and code in rules.fields:
            parts.append(str(shown_value(fact, rules.fields[code])))
    return " ".join(parts) or "—"


def proposal_rows(application: Application, proposals: Iterable[VerifiedValue]) -> list[Words]:
    """Proposed values: `label`, `year`, `reported`, `value`, `reason`, `at`, `state`, `tone`."""
    facts, rules = reported_facts(application), rules_of(application.batch)
    rows = []
    for row in proposals:
        spec = rules.fields[row.code]
        fact = facts.figures.get((row.code, row.year)) if facts else None
        adopted = row.adopted_at is not None
        rows.append(
            {
                "label": either(spec, "name"),
                "year": row.year,
                "reported": scalar(fact.value, spec.unit) if fact else "—",
                "value": amount(Fraction(row.value), spec.unit),
                "reason": quoted(row.reason),
                "at": row.proposed_at,
                "state": _("已采纳") if adopted else _("待办公室采纳"),
                "tone": "green" if adopted else "amber",
            }
        )
    return rows

"""Explanations that can be redone with a hand calculator from the printed page, as `explanation.html` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from criteria.evaluate import Evaluation
from criteria.exact import fixed_text, shown_text
from criteria.explain import Explanation, explanation, explanation_of_gate
from criteria.facts import exact_text
from criteria.gates import GateOutcome
from criteria.ruleset import RuleSet
from criteria.trace import Input, Trace, UsedFigure
from criteria.units import amount_text, shown_amount
from workflows.presentation.words import Words, cited, coded, confidence_mark, either, lang

Used = Mapping[tuple[str, int | None], SafeString]
SHOWN_ELSEWHERE = {"input", "figure", "ground"}  # inputs stand in a table, figures among the sources
ROLE_NAMES = {
    "weight": gettext_lazy("权重"),
    "basic": gettext_lazy("基本要求"),
    "full": gettext_lazy("满分要求"),
    "basic_share": gettext_lazy("达到基本要求得权重的比例"),
    "points_each": gettext_lazy("每项得分"),
    "least_count": gettext_lazy("起计数量"),
    "limit": gettext_lazy("限值"),
    "lookback": gettext_lazy("追溯期"),
}


def explanations(evaluation: Evaluation, rules: RuleSet, used: Used | None = None) -> list[Words]:
    """Every indicator and bonus explained, in the order of the rules; `used`: what replaced which reported figure."""
    return [trace_explanation(trace, rules, used) for trace in (*evaluation.indicators, *evaluation.bonus)]


def trace_explanation(trace: Trace, rules: RuleSet, used: Used | None = None) -> Words:
    """One indicator: `key`, `title`, `points`, `weight`, `met`, `inputs`, `lines`, `sources`."""
    below = trace.value is not None and trace.basic is not None and trace.value < trace.basic
    return {
        "key": f"indicator-{trace.code}",
        "title": coded(trace.code, either(trace, "name")),
        "points": points_text(trace),
        "weight": "?" if trace.weight is None else shown_text(trace.weight),
        "met": not below,
        "inputs": _inputs(trace.inputs, used),
        "lines": _lines(explanation(trace, lang())),
        "sources": [figure_source(figure, rules) for figure in trace.figures],
    }


def gate_explanation(gate: GateOutcome, rules: RuleSet) -> Words:
    """One gate: `inputs`, `lines`, `sources` for `workflows/parts/calculation.html`."""
    own = {"text": _source_text(_("条文依据"), "", gate.source, rules), **_mark(gate)}
    return {
        "inputs": _inputs(gate.inputs),
        "lines": _lines(explanation_of_gate(gate, lang())),
        "sources": [*(figure_source(figure, rules) for figure in gate.figures), own],
    }


def points_text(trace: Trace) -> str:
    """The points as they count, with the places of the rules; a dash while undetermined."""
    if trace.points is None:
        return "—"
    return fixed_text(trace.points, trace.places) if trace.rounds else shown_text(trace.points)


def figure_source(figure: UsedFigure, rules: RuleSet) -> Words:
    """A figure of the rules: value, where it was read, how sure it is."""
    value = "?" if figure.value is None else amount_text(figure.value, figure.unit, lang())
    return {"text": _source_text(figure_name(figure), value, figure.source, rules), **_mark(figure)}


def figure_name(figure: UsedFigure) -> str:
    """What a figure is called: its own name, or that of its role."""
    own = either(figure, "name") if figure.name_zh or figure.name_en else ""
    return own or role_name(figure.role)


def role_name(role: str) -> str:
    """The part that a figure plays."""
    return str(ROLE_NAMES[role]) if role in ROLE_NAMES else role


def _mark(of: UsedFigure | GateOutcome) -> Words:
    mark = confidence_mark(of.confidence)
    return {"confidence": mark["text"], "tone": mark["tone"]}


def _source_text(name: str, value: str, source: Iterable[str], rules: RuleSet) -> SafeString:
    return format_html("{} {}{}{}", name, value, _("；出处：") if value else _("出处："), cited(source, rules))


def _inputs(inputs: Iterable[Input], used: Used | None = None) -> list[Words]:
    return [
        {
            "label": either(given, "name"),
            "year": given.year,
            "value": _value(given),
            "cell": f"{given.sheet} {given.cell}".strip(),
            "source": (used or {}).get((given.code, given.year), ""),
        }
        for given in inputs
    ]


def _value(given: Input) -> str:
    """The value used; the text as typed where it differs."""
    label = given.shown_zh if lang() == "zh" else given.shown_en
    shown = label or shown_amount(given.value, given.unit, lang())
    plain = given.value if isinstance(given.value, str) else None
    typed = given.raw and given.raw not in (plain, given.shown_zh, given.shown_en, shown, _number(given))
    return _("%(value)s（原填 %(typed)s）") % {"value": shown, "typed": given.raw} if typed else shown


def _number(given: Input) -> str:
    value = given.value
    return "" if value is None or isinstance(value, str | bool) else exact_text(value)


def _lines(found: Explanation) -> list[Words]:
    return [{"label": line.label, "text": line.text} for line in found.lines if line.kind not in SHOWN_ELSEWHERE]

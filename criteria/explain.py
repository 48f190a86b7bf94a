"""Explanations that an officer can redo with a hand calculator: the same content as structure and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from criteria.exact import fixed_text, plain, shown_text
from criteria.facts import exact_text
from criteria.gates import GateOutcome, Outcome
from criteria.trace import Input, Segment, Trace, UsedFigure
from criteria.units import amount_text, shown_amount

_LABELS = {
    "input": ("填报数", "Reported"),
    "formula": ("公式", "Formula"),
    "numbers": ("代入", "With numbers"),
    "condition": ("条件", "Condition"),
    "scale": ("要求", "Requirements"),
    "segment": ("判定", "Segment"),
    "working": ("计算", "Points"),
    "figure": ("数值依据", "Figure"),
    "ground": ("条文依据", "Ground"),
    "note": ("说明", "Note"),
    "result": ("得分", "Result"),
    "other_way": ("另一算法", "Other way"),
    "outcome": ("结论", "Outcome"),
    "alternative": ("可选条件", "Alternative"),
    "remedy": ("补救", "Remedy"),
}
_SEGMENTS = {
    Segment.BELOW_BASIC: ("未达到基本要求，得0分", "below the basic requirement: 0 points"),
    Segment.PROPORTIONAL: ("按比例计分", "in proportion"),
    Segment.BETWEEN: ("达到基本要求，未达到满分要求，按比例计分", "between basic and full: in proportion"),
    Segment.FULL: ("达到满分要求，得全部权重", "full requirement reached: the whole weight"),
    Segment.STEP: ("按达到的最高档计分", "points of the highest step reached"),
    Segment.GRADED: ("按评定等级计分", "points of the grade that was given"),
    Segment.COUNTED: ("按数量计分", "so many points for each"),
    Segment.CAPPED: ("超过上限，按上限计分", "above the cap: the cap counts"),
    Segment.TOO_FEW: ("未达到起算数，得0分", "fewer than the least that counts: 0 points"),
    Segment.EXEMPT: ("按规则给固定得分", "a fixed share by the rule"),
    Segment.ZERO_DENOMINATOR: ("分母不适用，按规则处理", "the denominator is not usable: the rule decides"),
    Segment.UNDETERMINED: ("无法确定", "cannot be determined"),
}
_OUTCOMES = {
    Outcome.PASSED: ("符合", "met"),
    Outcome.FAILED: ("不符合", "not met"),
    Outcome.UNDETERMINED: ("待核实", "undetermined"),
}
_ROLES = {
    "weight": ("权重", "weight"),
    "basic": ("基本要求", "basic requirement"),
    "full": ("满分要求", "full requirement"),
    "basic_share": ("达到基本要求得权重的比例", "share of the weight at the basic requirement"),
    "points_each": ("每项得分", "points for each"),
    "least_count": ("起算数", "least count"),
    "exempt_share": ("固定得分占权重的比例", "fixed share of the weight"),
    "grade": ("等级得分", "points of the grade"),
    "limit": ("限值", "limit"),
    "lookback": ("追溯期", "look-back"),
}
_SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `kind` tells what it says (`input`, `formula`, `numbers`, `scale` ...), in one language."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One indicator or gate explained in one language: title and lines in reading order."""

    code: str
    title: str
    lines: tuple[Line, ...]

    def text(self) -> tuple[str, ...]:
        """The explanation as lines of text, the title first."""
        return (self.title, *(f"{line.label}: {line.text}" for line in self.lines))


def explain(trace: Trace, lang: str) -> tuple[str, ...]:
    """The explanation of an indicator as lines of text, `lang` being `zh` or `en`."""
    return explanation(trace, lang).text()


def explanation(trace: Trace, lang: str) -> Explanation:
    """An indicator explained: inputs with cells, formula with numbers, requirements, step to points, sources."""
    name = trace.name_zh if lang == "zh" else trace.name_en
    return Explanation(trace.code, f"{trace.code} {name}", tuple(_trace_lines(trace, lang)))


def explanation_of_gate(gate: GateOutcome, lang: str) -> Explanation:
    """A gate explained: inputs with cells, formula with numbers against the limit, outcome, sources, remedy."""
    text = gate.text_zh if lang == "zh" else gate.text_en
    return Explanation(gate.code, f"{gate.code} {text}", tuple(_gate_lines(gate, lang)))


def _trace_lines(trace: Trace, lang: str) -> Iterator[Line]:
    yield from (_line("input", lang, _input(given, lang)) for given in trace.inputs)
    if trace.formula:
        yield _line("formula", lang, trace.formula_zh if lang == "zh" else trace.formula_en)
        value = "?" if trace.value is None else amount_text(trace.value, trace.unit, lang)
        yield _line("numbers", lang, f"{trace.formula_numbers} = {value}")
    yield _line("scale", lang, _scale(trace, lang))
    yield _line("segment", lang, _SEGMENTS[trace.segment][lang != "zh"])
    if trace.working and trace.unrounded is not None:
        capped = exact_text(trace.weight) if trace.weight is not None and trace.segment is Segment.CAPPED else ""
        shown = f"{trace.working} > {capped}" if capped else f"{trace.working} = {shown_text(abs(trace.unrounded))}"
        yield _line("working", lang, shown)
    yield from (_line("figure", lang, _figure(figure, lang)) for figure in trace.figures)
    yield from _note(trace.note_zh if lang == "zh" else trace.note_en, lang)
    for other in trace.outdone:
        yield _line("other_way", lang, other.name_zh if lang == "zh" else other.name_en)
        yield from _trace_lines(other, lang)
    yield _line("result", lang, _points(trace, lang))


def _gate_lines(gate: GateOutcome, lang: str) -> Iterator[Line]:
    yield from (_line("input", lang, _input(given, lang)) for given in gate.inputs)
    for number, other in enumerate(gate.alternatives, start=1):
        text = other.text_zh if lang == "zh" else other.text_en
        yield _line("alternative", lang, f"{number}. {text}")
        yield from _gate_lines(other, lang)
    if gate.formula:
        yield _line("formula", lang, gate.formula_zh if lang == "zh" else gate.formula_en)
    if gate.operator:
        value, limit = (
            "?" if amount is None else amount_text(amount, gate.unit, lang) for amount in (gate.value, gate.limit)
        )
        yield _line("numbers", lang, f"{gate.formula_numbers} = {value}")
        yield _line("condition", lang, f"{_SIGNS.get(gate.operator, gate.operator)} {limit}")
    yield from (_line("figure", lang, _figure(figure, lang)) for figure in gate.figures)
    yield _line("ground", lang, _marks(gate.source, gate.confidence.name_in(lang), lang))
    yield from _note(gate.note_zh if lang == "zh" else gate.note_en, lang)
    yield _line("outcome", lang, _OUTCOMES[gate.outcome][lang != "zh"])
    remedy = gate.remedy_zh if lang == "zh" else gate.remedy_en
    if remedy and gate.outcome is Outcome.FAILED:
        yield _line("remedy", lang, remedy)


def _line(kind: str, lang: str, text: str) -> Line:
    return Line(kind, _LABELS[kind][lang != "zh"], text)


def _note(text: str, lang: str) -> list[Line]:
    return [_line("note", lang, text)] if text else []


def _input(given: Input, lang: str) -> str:
    """`Main business revenue (2025) = 500 thousand yuan [B!D7]`; the typed text where it differs."""
    name = given.name_zh if lang == "zh" else given.name_en
    year = f" ({given.year})" if given.year else ""
    typed = _typed(given, lang)
    place = f" [{given.place}{typed}]" if given.place else ""
    value = (given.shown_zh if lang == "zh" else given.shown_en) or shown_amount(given.value, given.unit, lang)
    return f"{name}{year} = {value}{place}"


def _typed(given: Input, lang: str) -> str:
    value = exact_text(plain(given.value)) if isinstance(given.value, Fraction) else str(given.value)
    if not given.raw or given.raw == value:
        return ""
    return f"，原填 {given.raw}" if lang == "zh" else f", typed {given.raw}"


def _scale(trace: Trace, lang: str) -> str:
    weight = "?" if trace.weight is None else amount_text(trace.weight, "point", lang)
    parts = [f"{_role('weight', lang)} {weight}"]
    if trace.basic is not None and trace.full is not None:
        parts.insert(0, f"{_role('full', lang)} {amount_text(trace.full, trace.unit, lang)}")
        parts.insert(0, f"{_role('basic', lang)} {amount_text(trace.basic, trace.unit, lang)}")
    return ("；" if lang == "zh" else "; ").join(parts)


def _role(role: str, lang: str) -> str:
    return _ROLES[role][lang != "zh"]


def _figure(figure: UsedFigure, lang: str) -> str:
    """A figure of the rules with value, confidence and source."""
    role = _ROLES.get(figure.role, (figure.role, figure.role))[lang != "zh"]
    name = (figure.name_zh if lang == "zh" else figure.name_en) or role
    value = "?" if figure.value is None else amount_text(figure.value, figure.unit, lang)
    return f"{name} {value} · {_marks(figure.source, figure.confidence.name_in(lang), lang)}"


def _marks(source: tuple[str, ...], confidence: str, lang: str) -> str:
    cited = ", ".join(source) or "—"
    return f"可信度：{confidence}；出处：{cited}" if lang == "zh" else f"confidence: {confidence}; source: {cited}"


def _points(trace: Trace, lang: str) -> str:
    if trace.points is None:
        return _SEGMENTS[Segment.UNDETERMINED][lang != "zh"]
    shown = fixed_text(trace.points, trace.places) if trace.rounds else shown_text(trace.points)
    return f"{shown} {'分' if lang == 'zh' else 'points'}"

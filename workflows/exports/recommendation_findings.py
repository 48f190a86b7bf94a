"""What the city found itself of a recommended enterprise, as tables of the package for the national authority.

Verified figures with the reasons (the audited figures that the method scores), the frozen initial score, the
conditions, and what the departments answered. Whoever did it is named in the dossier of the case, not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from accreditation.clocks import SHANGHAI
from accreditation.models import Application, Consultation, GateAnswer, InitialScore, RevisedScore, VerifiedValue
from accreditation.services.evaluation import evaluate_application, reported_facts, verified_facts
from accreditation.services.reopened_figures import points_text, revised_points, revised_score
from accreditation.services.rule_sets import rules_of
from criteria.evaluate import Evaluation
from criteria.exact import fixed_text, shown_text
from criteria.facts import Facts, Scalar
from criteria.fields import FieldSpec
from criteria.gates import GateOutcome
from criteria.ruleset import RuleSet
from criteria.trace import Trace
from criteria.units import amount_text, unit_name
from criteria.workbook.plan import Content
from criteria.workbook.template import write_list
from workflows.presentation.gates import SIGNS, outcome_name

Paper = tuple[str, str, bytes]
Line = list[Content]
FIGURES, SCORE, CONDITIONS, ANSWERS = "核定数据.xlsx", "初评得分表.xlsx", "认定条件核查表.xlsx", "部门意见.xlsx"
FIGURE_HEADS = ("行号", "数据项", "年度", "计量单位", "申报数", "核定数", "是否核减或者更正", "核定理由")
SCORE_HEADS = (
    "一级指标", "二级指标", "指标", "计量单位", "指标值", "基本要求", "满分要求", "分值", "得分",
    "计算公式", "代入核定数据",
)  # fmt: skip
CONDITION_HEADS = ("认定条件", "核定值", "要求", "核查结果", "是否约束性", "核查意见", "核查日期")
ANSWER_HEADS = ("部门", "意见", "答复内容", "复函文号", "复函日期")


def findings_of(application: Application) -> Iterator[Paper]:
    """Name, what it is and bytes of each table; of a table of which there is nothing, nothing."""
    rules = rules_of(application.batch)
    reported, verified = reported_facts(application), verified_facts(application)
    if reported is None or verified is None:
        return
    yield FIGURES, "核定数据（申报数、核定数和理由）", _figures(application, rules, reported, verified)
    score = InitialScore.objects.filter(application=application).first()
    if score is None:
        found = evaluate_application(application, verified)
    else:
        revised = revised_score(application)
        found = Evaluation.from_json(revised.evaluation if revised else score.evaluation)
        yield SCORE, "初评得分表（按核定数据）", _score(score, revised, found)
    yield CONDITIONS, "认定条件核查表", _conditions(application, found)
    answers = application.consultations.order_by("pk")
    if answers:
        yield ANSWERS, "部门意见", write_list("部门意见", ANSWER_HEADS, map(_answer, answers))


def _figures(application: Application, rules: RuleSet, reported: Facts, verified: Facts) -> bytes:
    rows = VerifiedValue.objects.filter(application=application, is_current=True, adopted_at__isnull=False)
    reasons = {(row.code, row.year): row.reason for row in rows}
    return write_list("核定数据", FIGURE_HEADS, _figure_lines(rules, reported, verified, reasons), [
        "“核定数”为评分所用的数值；“核定理由”空白的，核定数与申报数一致。",
    ])  # fmt: skip


def _figure_lines(
    rules: RuleSet, reported: Facts, verified: Facts, reasons: dict[tuple[str, int | None], str]
) -> Iterator[Line]:
    specs = [*rules.form.basics, *rules.form.table] if rules.form else []
    for spec in specs:
        facts = [fact for fact in reported.figures.values() if fact.code == spec.code]
        for fact in sorted(facts, key=lambda fact: -(fact.year or 0)):
            key = (fact.code, fact.year)
            counted = verified.figures[key].value
            changed = "是" if counted != fact.value else "否"
            yield [
                spec.row, spec.name_zh, fact.year, unit_name(spec.unit, "zh"), _shown(fact.value, spec),
                _shown(counted, spec), changed, reasons.get(key, ""),
            ]  # fmt: skip


def _shown(value: Scalar, spec: FieldSpec) -> Content:
    """A number as a number where it is a short decimal, a choice by its name, yes and no in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        text = shown_text(value)
        return text if "/" in text else value
    named = {choice.code: choice.name_zh for choice in spec.choices}
    return named.get(str(value), str(value)) if value is not None else None


def _score(score: InitialScore, revised: RevisedScore | None, found: Evaluation) -> bytes:
    lines = [_indicator(trace) for trace in found.indicators] + [_indicator(trace) for trace in found.bonus]
    lines += [_total(label, value) for label, value in _totals(found)]
    notes = [f"初评意见：{score.opinion}"]
    if score.without_answer_for:
        notes.append(f"部门未答复而确认得分的说明：{score.without_answer_for}")
    if found.band is not None:
        notes.append(f"评价等次：{found.band.name_zh}")
    notes += [
        f"得分确认日期：{_day(score.scored_at)}",
        f"规则集：{found.programme}/{found.edition}，校验码（SHA-256）：{found.checksum}",
        f"评分结果校验码（SHA-256）：{revised.digest if revised else score.digest}",
    ]
    if revised is not None:
        notes += [
            f"核定数据经重新审议改正（{_day(revised.frozen_at)}），上表为改正后的得分："
            f"{points_text(revised.former_total)} 改为 {revised_points(revised)}。",
            f"改正前的评分结果校验码（SHA-256）：{revised.former_digest}",
        ]
    return write_list("初评得分表", SCORE_HEADS, lines, notes)


def _indicator(trace: Trace) -> Line:
    return [
        trace.group_zh, trace.subgroup_zh, trace.name_zh, unit_name(trace.unit, "zh"), _exact(trace.value),
        _exact(trace.basic), _exact(trace.full), _exact(trace.weight), _points(trace.points, trace.places),
        trace.formula_zh, trace.formula_numbers,
    ]  # fmt: skip


def _totals(found: Evaluation) -> list[tuple[str, str]]:
    return [
        ("指标得分", _points(found.indicator_total, found.places)),
        ("加分", _points(found.bonus_total, found.places)),
        ("合计", _points(found.total, found.places)),
    ]


def _total(label: str, points: str) -> Line:
    return [label, "", "", "分", "", "", "", "", points, "", ""]


def _exact(value: Fraction | None) -> str:
    return "" if value is None else shown_text(value)


def _points(value: Fraction | None, places: int) -> str:
    return "" if value is None else fixed_text(value, places)


def _conditions(application: Application, found: Evaluation) -> bytes:
    answers = {row.gate: row for row in application.gate_answers.all()}
    lines = (_condition(gate, answers.get(gate.code)) for gate in found.gates)
    return write_list("认定条件核查表", CONDITION_HEADS, lines)


def _condition(gate: GateOutcome, answer: GateAnswer | None) -> Line:
    value = amount_text(gate.value, gate.unit, "zh") if gate.value is not None else ""
    limit = amount_text(gate.limit, gate.unit, "zh") if gate.limit is not None else ""
    return [
        gate.text_zh, value, f"{SIGNS.get(gate.operator, gate.operator)} {limit}" if limit else "",
        outcome_name(gate.outcome, is_binding=gate.is_binding), "是" if gate.is_binding else "否",
        answer.reason if answer else gate.note_zh, _day(answer.answered_at) if answer else "",
    ]  # fmt: skip


def _day(at: datetime) -> str:
    """The day of Shanghai."""
    return at.astimezone(SHANGHAI).date().isoformat()


def _answer(row: Consultation) -> Line:
    position = str(row.get_position_display()) if row.position else "未答复"
    return [
        str(row.get_department_display()), position, row.text, row.document_number,
        row.dated.isoformat() if row.dated else "",
    ]  # fmt: skip

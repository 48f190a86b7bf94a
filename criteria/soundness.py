"""Static checks of a whole rule set: names, units, weights, limits, bands, policies. Adds a fault per finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from criteria.banding import anomalies_of
from criteria.cursor import FaultList
from criteria.expressions import Expression
from criteria.facts import exact_text
from criteria.indicator_checks import check_indicator, check_policy
from criteria.live import SECTIONS, marked_parts
from criteria.reachability import check_reachable
from criteria.ruleset import CrossCheck, ExpertReview, Figure, Gate, GateKind, RuleSet, Variant
from criteria.vocabulary import PLACEHOLDER, Vocabulary, unmet_needs
from criteria.ways import ways_of

RENEWAL, RENEWAL_MONTHS = "renewal", "renewal_months"
ENDS = "ends"  # a title, with its last day, whatever was filed
MOST_STEPS = 1000  # marks that an expert can choose from
# Sections that decide nothing and still quote texts; an instrument is a text itself.
_CITING = ("evidence", "anomalies", "remarks")
# Sections whose oddities may be kept; those without rows of their own are named whole.
_ANNOTATED = frozenset({"gates", "indicators", "bonus", "bands", "band_overrides", "checks", "instruments", "evidence"})


def check_soundness(rules: RuleSet, faults: FaultList) -> None:
    """Check everything that one section alone cannot show; faults are added, nothing is raised."""
    vocabulary = Vocabulary(rules, faults)
    for gate in rules.gates:
        _check_gate(gate, f"gates[{gate.code}]", vocabulary, faults)
    for section, rows in (("indicators", rules.indicators), ("bonus", rules.bonus)):
        for indicator in rows:
            check_indicator(indicator, f"{section}[{indicator.code}]", vocabulary, faults)
            if indicator.is_deduction and section == "indicators":
                zh, en = "扣分项应列在 bonus 中", "a deduction belongs under bonus"
                faults.add(f"{section}[{indicator.code}].deduction", zh, en)
    _check_weights(rules, faults)
    _check_bands(rules, faults)
    _check_checks(rules, vocabulary, faults)
    _check_references(rules, faults)
    _check_anomalies(rules, faults)
    _check_completeness(rules, faults)
    _check_sources(rules, faults)
    _check_renewal(rules, faults)
    if rules.expert_review:
        _check_expert_review(rules.expert_review, faults)


def _check_renewal(rules: RuleSet, faults: FaultList) -> None:
    """A title that is renewed on application says how long before its end, which is within its own term."""
    is_renewed, figure = rules.cycle is not None and rules.cycle.until == RENEWAL, rules.parameters.get(RENEWAL_MONTHS)
    if is_renewed and (figure is None or figure.value is None):
        zh, en = "可以续期的须写明届满前多少个月起受理", "a title that is renewed needs the months before its end"
        faults.add(f"parameters.{RENEWAL_MONTHS}", zh, en)
    if figure is not None and not is_renewed:
        zh, en = f"只有 cycle.until 为 {RENEWAL} 的才有这个参数", f"only where cycle.until is {RENEWAL}"
        faults.add(f"parameters.{RENEWAL_MONTHS}", zh, en)
    if rules.cycle is not None and rules.cycle.pending == ENDS and not is_renewed:
        zh, en = f"只有 cycle.until 为 {RENEWAL} 的才有续期", f"only where cycle.until is {RENEWAL}"
        faults.add("cycle.pending", zh, en)
    years = rules.parameters.get("validity_years")
    if figure is not None and figure.value and years is not None and years.value and figure.value >= years.value * 12:
        zh, en = "应短于有效期", "must be shorter than the title runs"
        faults.add(f"parameters.{RENEWAL_MONTHS}.value", zh, en)


def _check_sources(rules: RuleSet, faults: FaultList) -> None:
    """What is said to stand in a text names the text."""
    for section in (*SECTIONS, *_CITING):
        for path, part in marked_parts(section, getattr(rules, section)):
            if part.confidence.is_live and not part.source:
                name = part.confidence.name_in("zh"), part.confidence.name_in("en")
                faults.add(f"{path}.source", f"标为“{name[0]}”的须注明出处", f"{name[1]}: the source must be named")


def _check_gate(gate: Gate, path: str, vocabulary: Vocabulary, faults: FaultList) -> None:
    needs = {
        GateKind.NUMERIC: gate.formula is not None and gate.limit is not None,
        GateKind.CONDITION: gate.formula is not None,
        GateKind.NEGATIVE_RECORD: bool(gate.record) and gate.window is not None,
        GateKind.RECORD_EXISTS: bool(gate.record),
        GateKind.EXCLUSION_LIST: bool(gate.record),
    }
    if not needs.get(gate.kind, True):
        faults.add(path, f"{gate.kind} 条件缺少必需的内容", f"a {gate.kind} gate lacks what it is decided by")
    formulas = _checked_variants(gate.variants, path, vocabulary)
    if gate.formula:
        vocabulary.check(gate.formula, f"{path}.formula")
        wants_truth = gate.kind is GateKind.CONDITION
        (vocabulary.check_truth if wants_truth else vocabulary.check_number)(gate.formula, f"{path}.formula")
        formulas.append(gate.formula)
    check_policy(gate.zero_denominator, any(formula.divides for formula in formulas), path, faults)
    _check_alternatives(gate, path, vocabulary, faults)
    _check_limits(gate.unit, (gate.limit, *(variant.limit for variant in gate.variants)), path, vocabulary, faults)


def _check_limits(
    unit: str, limits: Iterable[Figure | None], path: str, vocabulary: Vocabulary, faults: FaultList
) -> None:
    """Limits stand in the unit of the gate, with a figure for every class where they differ."""
    for limit in limits:
        if limit:
            vocabulary.check_cases(limit, f"{path}.limit")
        if limit and limit.unit != unit:
            faults.add(f"{path}.limit.unit", f"单位应为 {unit}", f"unit must be {unit}")


def _check_alternatives(gate: Gate, path: str, vocabulary: Vocabulary, faults: FaultList) -> None:
    """Two at least, each a number against its limit; two of one formula are one condition."""
    if gate.kind is not GateKind.EITHER:
        if gate.alternatives:
            faults.add(
                f"{path}.alternatives", "只有 either 条件可以列出可选条件", "only an either gate has alternatives"
            )
        return
    if len(gate.alternatives) < 2:
        faults.add(path, "至少要有两个可选条件", "an either gate needs two alternatives at least")
    seen: set[str] = set()
    for number, one in enumerate(gate.alternatives):
        place = f"{path}.alternatives[{number}]"
        vocabulary.check(one.formula, f"{place}.formula")
        vocabulary.check_number(one.formula, f"{place}.formula")
        divides = any(expression.divides for expression in _checked_variants(one.variants, place, vocabulary))
        check_policy(one.zero_denominator, one.formula.divides or divides, place, faults)
        _check_limits(one.unit, (one.limit, *(variant.limit for variant in one.variants)), place, vocabulary, faults)
        if one.formula.text in seen:
            zh, en = (
                "与前一个可选条件的公式相同，其中一个不起作用",
                "the formula of another alternative: one of them is idle",
            )
            faults.add(f"{place}.formula", zh, en)
        seen.add(one.formula.text)


def _checked_variants(variants: tuple[Variant, ...], path: str, vocabulary: Vocabulary) -> list[Expression]:
    """The formulas of variants, each checked together with the condition that it stands under."""
    for number, variant in enumerate(variants):
        vocabulary.check(variant.when, f"{path}.variants[{number}].when")
        vocabulary.check_truth(variant.when, f"{path}.variants[{number}].when")
        if variant.formula:
            vocabulary.check(variant.formula, f"{path}.variants[{number}].formula")
            vocabulary.check_number(variant.formula, f"{path}.variants[{number}].formula")
    check_reachable(variants, vocabulary.fields, path, vocabulary.faults)
    return [variant.formula for variant in variants if variant.formula]


def _check_weights(rules: RuleSet, faults: FaultList) -> None:
    if not rules.indicators or rules.scoring is None or any(i.weight.value is None for i in rules.indicators):
        return
    total = sum((i.weight.value or Fraction(0) for i in rules.indicators), Fraction(0))
    if total != rules.scoring.total.value:
        text = exact_text(total)
        faults.add("indicators", f"权重之和为 {text}，不等于总分", f"weights sum to {text}, not to the total")


def _check_bands(rules: RuleSet, faults: FaultList) -> None:
    known = [
        band for band in rules.bands if not any(f and f.value is None for f in (band.least, band.below, band.most))
    ]
    if not known or len(known) < len(rules.bands):
        return
    ordered = sorted(known, key=lambda band: (band.least is not None, band.least.amount() if band.least else 0))
    for lower, upper in pairwise(ordered):
        is_apart = _limit(lower.below) is None or _limit(lower.below) != _limit(upper.least)
        if is_apart and not anomalies_of(rules, lower.code, upper.code):
            zh, en = f"等级“{lower.name_zh}”与“{upper.name_zh}”之间有空档或重叠", "a gap or overlap between bands"
            faults.add(f"bands[{upper.code}]", zh, f"{en}: {lower.name_en}, {upper.name_en}")
    for band in known:
        if band.below and band.most:
            faults.add(f"bands[{band.code}]", "below 与 most 只能写一个", "below and most exclude each other")
    if ordered[0].least is not None or ordered[-1].below is not None or ordered[-1].most is not None:
        faults.add("bands", "最低和最高等级必须不设端点", "the lowest and the highest band must be open")


def _limit(figure: Figure | None) -> Fraction | None:
    return None if figure is None else figure.value


def _check_checks(rules: RuleSet, vocabulary: Vocabulary, faults: FaultList) -> None:
    for check in rules.checks:
        path = f"checks[{check.code}]"
        if check.condition is None and not check.needs:
            faults.add(path, "缺少 condition 或 needs", "condition or needs is missing")
        if check.condition and not unmet_needs(rules, check):
            _check_condition(check, check.condition, path, vocabulary, faults)
        for code in check.each:
            if code not in rules.fields:
                faults.add(f"{path}.each", f"没有这个字段：{code}", f"no such field: {code}")


def _check_condition(
    check: CrossCheck, condition: Expression, path: str, vocabulary: Vocabulary, faults: FaultList
) -> None:
    pair = frozenset({"this", "last"}) if check.each else frozenset()
    vocabulary.check(condition, f"{path}.condition", pair)
    vocabulary.check_truth(condition, f"{path}.condition")
    if condition.divides:
        faults.add(f"{path}.condition", "校验不得使用除法", "a check may not divide")
    calls = {f"{call.function}({', '.join(map(str, call.arguments))})" for call in condition.calls}
    known = condition.names | calls | ({"field", "year", "last_year"} if check.each else {"year"})
    for name in sorted(set(PLACEHOLDER.findall(check.message_zh + check.message_en)) - known):
        faults.add(f"{path}.message_zh", f"消息中没有这个数值：{name}", f"the message names an unknown figure: {name}")


def _check_references(rules: RuleSet, faults: FaultList) -> None:
    gates, bands = {gate.code for gate in rules.gates}, {band.code for band in rules.bands}
    annexes = {annex.code for annex in rules.form.annexes} if rules.form else set()
    references: Iterator[tuple[str, str, set[str]]] = (
        *((f"band_overrides[{o.code}]", name, gates) for o in rules.band_overrides for name in o.gates),
        *((f"band_overrides[{o.code}]", o.band, bands) for o in rules.band_overrides),
        *((f"band_overrides[{o.code}]", o.when_band, bands) for o in rules.band_overrides if o.when_band),
        *((f"evidence[{e.code}]", name, set(rules.fields) | annexes) for e in rules.evidence for name in e.proves),
    ).__iter__()
    for path, name, known in references:
        if name not in known:
            faults.add(path, f"引用不存在：{name}", f"refers to something unknown: {name}")


def _check_anomalies(rules: RuleSet, faults: FaultList) -> None:
    """An anomaly concerns a section of the set, or a row of it."""
    for anomaly in rules.anomalies:
        section, _mark, row = anomaly.concerns.rstrip("]").partition("[")
        rows = getattr(rules, section, None) if section in _ANNOTATED else None
        is_known = rows is not None and (not row or any(getattr(one, "code", "") == row for one in rows))
        if not is_known:
            zh, en = "没有这个部分或条目", "no such section or row"
            faults.add(f"anomalies[{anomaly.code}].concerns", f"{zh}：{anomaly.concerns}", f"{en}: {anomaly.concerns}")


def _check_completeness(rules: RuleSet, faults: FaultList) -> None:
    if rules.conditions_only:
        _check_conditions_only(rules, faults)
    elif rules.is_complete and not (rules.indicators and rules.scoring and rules.bands):
        faults.add("status", "完整的规则集必须有指标、计分和等级", "a complete set needs indicators, scoring and bands")
    if rules.is_complete:
        for path, is_known in _deciding(rules):
            if not is_known:
                faults.add(path, "完整的规则集不得有未查明的内容", "a complete set may leave nothing unknown here")
    if rules.effective_from and rules.effective_to and rules.effective_from > rules.effective_to:
        faults.add("effective_to", "失效日期早于生效日期", "effective_to lies before effective_from")


def _check_conditions_only(rules: RuleSet, faults: FaultList) -> None:
    """A set that gives no points has conditions, and nothing that points are made of."""
    if not any(gate.is_binding for gate in rules.gates):
        faults.add("gates", "只按条件认定的规则集须有条件", "a set of conditions only needs conditions")
    for section in ("scoring", "indicators", "bonus", "bands", "band_overrides"):
        if getattr(rules, section):
            zh, en = "只按条件认定的规则集没有这一部分", "a set of conditions only has no such section"
            faults.add(section, zh, en)


def _deciding(rules: RuleSet) -> Iterator[tuple[str, bool]]:
    """What a total needs, by path, and whether it is known."""
    if rules.scoring:
        for key in ("total", "basic_share", "rounding"):
            yield f"scoring.{'places' if key == 'rounding' else key}", getattr(rules.scoring, key).value is not None
    for section, rows in (("indicators", rules.indicators), ("bonus", rules.bonus)):
        for row in rows:
            yield f"{section}[{row.code}].weight", row.weight.value is not None
            yield f"{section}[{row.code}].method", all(way.method != "unknown" for way in ways_of(row))


def _check_expert_review(review: ExpertReview, faults: FaultList) -> None:
    for heading in review.headings:
        most, step = heading.most.amount(), heading.step.amount()
        if step <= 0 or most <= 0 or (most / step).denominator != 1:
            path = f"expert_review.headings[{heading.code}]"
            faults.add(path, "满分必须是步长的整数倍", "the most must be a whole number of steps")
        elif most / step > MOST_STEPS:
            path = f"expert_review.headings[{heading.code}].step"
            faults.add(path, f"步数不得超过 {MOST_STEPS}", f"there must be no more than {MOST_STEPS} steps")
    if not review.headings:
        faults.add("expert_review.headings", "缺少评审项目", "there are no headings")

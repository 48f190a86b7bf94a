"""A rule set for people: every gate, indicator and figure with its value, source and confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from criteria.exact import shown_text
from criteria.ruleset import Alternative, Band, Figure, Gate, Indicator, RuleSet, Variant
from criteria.ways import ways_of
from criteria.wording import formula_words
from workflows.presentation.explanations import role_name
from workflows.presentation.gates import SIGNS
from workflows.presentation.words import Words, amount, cited, confidence_mark, either, lang, quoted


def rule_set_page(rules: RuleSet) -> Words:
    """Everything that the page of a rule set shows."""
    return {
        "name": either(rules, "name"),
        "reference": rules.ref,
        "checksum": rules.checksum,
        "is_demonstration": rules.demonstration,
        "authority": either(rules, "authority"),
        "effective_from": rules.effective_from,
        "instruments": [_instrument(entry, rules) for entry in rules.instruments],
        "gates": [gate_of_rules(gate, rules) for gate in rules.gates],
        "groups": _groups(rules.indicators, rules),
        "bonus": [indicator_of_rules(row, rules) for row in rules.bonus],
        "bands": [_band(band) for band in rules.bands],
        "headings": _headings(rules),
        "parameters": [_named(code, figure, rules) for code, figure in rules.parameters.items()],
        "coefficients": [_named(code, figure, rules) for code, figure in rules.coefficients.items()],
        "scoring": _scoring(rules),
        "cycle": either(rules.cycle, "text") if rules.cycle else "",
        "sources": source_rows(rules),
    }


def source_rows(rules: RuleSet) -> list[Words]:
    """Where the figures of a rule set were read: `code`, `title`, `url`, for `workflows/parts/sources.html`."""
    return [
        {"code": source.code, "title": source.title_for(lang()), "url": source.url} for source in rules.sources.values()
    ]


def _instrument(entry: object, rules: RuleSet) -> Words:
    return {"title": either(entry, "title"), "number": quoted(getattr(entry, "number", "")), **_mark(entry, rules)}


def _mark(of: object, rules: RuleSet) -> Words:
    """Source and confidence of a row of the rules."""
    return {
        "sources": cited(getattr(of, "source", ()), rules),
        "confidence": confidence_mark(getattr(of, "confidence", None) or rules.effective_confidence),
    }


def gate_of_rules(gate: Gate, rules: RuleSet) -> Words:
    """A gate as the rules state it."""
    return {
        "code": gate.code,
        "text": either(gate, "text"),
        "formula": formula_words(rules, gate.formula, lang()) if gate.formula else "",
        "limit": _compared(gate.operator, gate.limit, rules) if gate.limit else "",
        "variants": [_variant(variant, rules) for variant in gate.variants],
        "alternatives": [line for one in gate.alternatives for line in _alternative(one, rules)],
        "lookback": amount_of(gate.window_years, rules) if gate.window_years else "",
        "article": quoted(gate.article),
        "is_binding": gate.is_binding,
        **_mark(gate, rules),
    }


def _compared(operator: str, limit: Figure | None, rules: RuleSet) -> str:
    return f"{SIGNS.get(operator, operator)} {amount_of(limit, rules)}"


def _variant(variant: Variant, rules: RuleSet) -> str:
    """For whom something else holds, and what: another formula, another limit, or both."""
    held = [formula_words(rules, variant.formula, lang())] if variant.formula else []
    held += [amount_of(variant.limit, rules)] if variant.limit else []
    return f"{formula_words(rules, variant.when, lang())}{_('：')}{' '.join(held)}"


def _alternative(one: Alternative, rules: RuleSet) -> Iterator[str]:
    """One of several conditions with what it compares, then what else holds for some."""
    formula = formula_words(rules, one.formula, lang())
    yield f"{either(one, 'text')}{_('：')}{formula} {_compared(one.operator, one.limit, rules)}"
    yield from (_variant(variant, rules) for variant in one.variants)


def _groups(indicators: Iterable[Indicator], rules: RuleSet) -> list[Words]:
    groups: dict[str, list[Words]] = {}
    for row in indicators:
        name = _("、").join(part for part in (either(row, "group"), either(row, "subgroup")) if part)
        groups.setdefault(name, []).append(indicator_of_rules(row, rules))
    return [{"label": label, "rows": rows} for label, rows in groups.items()]


def indicator_of_rules(row: Indicator, rules: RuleSet) -> Words:
    """An indicator as the rules state it: formula in words and every figure with its own source."""
    first, *others = ways_of(row)
    figures = [_figure(role_name("weight"), row.weight, rules), *_figures(first, rules)]
    for other in others:
        words = formula_words(rules, other.formula, lang())
        figures.append(
            {"label": _("另一算法"), "value": f"{either(other, 'name')}{_('：')}{words}", **_mark(row, rules)}
        )
        figures += _figures(other, rules)
    if row.exempt:
        figures.append(_figure(either(row.exempt, "note"), row.exempt.share, rules))
    return {
        "code": row.code,
        "label": either(row, "name"),
        "unit": row.unit,
        "formula": "" if row.method == "grade" else formula_words(rules, row.formula, lang()),
        "figures": figures,
        **_mark(row, rules),
    }


def _figures(way: Indicator, rules: RuleSet) -> Iterator[Words]:
    """What decides the points of one way: requirements, points for each, steps, grades."""
    for role in ("basic", "full", "points_each", "least_count"):
        figure = getattr(way, role)
        if figure is not None:
            yield _figure(role_name(role), figure, rules)
    yield from (_figure(_compared(">=", step.least, rules), step.points, rules) for step in way.steps)
    yield from (_figure(either(grade, "name"), grade.points, rules) for grade in way.grades)


def _figure(name: str, figure: Figure, rules: RuleSet) -> Words:
    return {"label": name, "value": amount_of(figure, rules), **_mark(figure, rules)}


def _named(code: str, figure: Figure, rules: RuleSet) -> Words:
    return _figure(either(figure, "name") if figure.name_zh else code, figure, rules)


def amount_of(figure: Figure | None, rules: RuleSet) -> str:
    """A figure's value; by class where it differs; said to be unknown where it is."""
    if figure is None:
        return "—"
    if figure.cases:
        return _("；").join(
            f"{_case(figure.by, code, rules)} {amount(value, figure.unit)}" for code, value in figure.cases.items()
        )
    if figure.value is None:
        return _("未知（按 1 显示）") if figure.shown_as is not None else _("未知")
    return amount(figure.value, figure.unit)


def _case(by: str | None, code: str, rules: RuleSet) -> str:
    spec = rules.fields.get(by or "")
    labels: Mapping[str, str] = {choice.code: either(choice, "name") for choice in spec.choices} if spec else {}
    return labels.get(code, code)


def _band(band: Band) -> Words:
    ends = ((_("%(n)s 分及以上"), band.least), (_("低于 %(n)s 分"), band.below), (_("不超过 %(n)s 分"), band.most))
    known = [words % {"n": shown_text(one.value)} for words, one in ends if one is not None and one.value is not None]
    return {
        "label": either(band, "name"),
        "range": _("，").join(known),
        "consequence": either(band, "consequence"),
        "confidence": confidence_mark(band.confidence),
    }


def _headings(rules: RuleSet) -> list[Words]:
    if rules.expert_review is None:
        return []
    return [
        {
            "code": heading.code,
            "label": either(heading, "name"),
            "most": amount_of(heading.most, rules),
            "step": amount_of(heading.step, rules),
            "guidance": either(heading, "guidance"),
            "confidence": confidence_mark(heading.most.confidence),
        }
        for heading in rules.expert_review.headings
    ]


def _scoring(rules: RuleSet) -> list[Words]:
    if rules.scoring is None:
        return []
    names = {
        "total": _("满分"),
        "basic_share": _("达到基本要求得权重的比例"),
        "rounding": _("保留小数"),
    }
    return [_figure(name, getattr(rules.scoring, role), rules) for role, name in names.items()]

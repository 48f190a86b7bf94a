"""The sections of a rule file into frozen classes: gates, scoring, indicators, bands, expert review, sources."""

from __future__ import annotations

from criteria.cursor import Cursor, figure_from
from criteria.expressions import Expression, parse
from criteria.ruleset import (
    Alternative,
    Anomaly,
    Band,
    BandOverride,
    CrossCheck,
    Cycle,
    EvidenceKind,
    Exemption,
    ExpertReview,
    Figure,
    Gate,
    GateKind,
    Grade,
    Heading,
    Indicator,
    Instrument,
    Policy,
    Remark,
    Scoring,
    Severity,
    Source,
    Step,
    Variant,
    Way,
)
from criteria.windows import Anchor, Window, is_month_day

METHODS = (
    "linear_60_100", "linear_60_proportional", "linear_0_100", "threshold_proportional", "steps", "per_unit", "grade",
    "unknown",
)  # fmt: skip
WAY_METHODS = tuple(method for method in METHODS if method != "grade")
OPERATORS = (">=", "<=", ">", "<")
STAGES = ("indicator", "total", "none")
COMBINATIONS = ("mean", "trimmed_mean", "median")
SHOWN_PLACES = 2  # how points are shown while the official rounding is unknown
CONSEQUENCES = ("none", "exempt_from_next_evaluation", "warning", "warning_and_rectification", "revocation")


def read_gate(row: Cursor) -> Gate:
    """One gate with its variants, window and zero policy."""
    text_zh, text_en = row.pair("text")
    remedy_zh, remedy_en = row.pair("remedy", "")
    window, window_years = _window(row)
    return Gate(
        code=row.text("code"),
        kind=GateKind(row.choice("kind", tuple(GateKind))),
        text_zh=text_zh,
        text_en=text_en,
        confidence=row.confidence(),
        source=row.texts("source"),
        article=row.text("article", ""),
        note=row.text("note", ""),
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
        unit=row.text("unit", ""),
        operator=row.choice("operator", OPERATORS, ">="),
        formula=row.expression("formula"),
        limit=row.figure("limit"),
        variants=row.each("variants", _variant),
        zero_denominator=_policy(row),
        record=row.text("record", ""),
        window=window,
        window_years=window_years,
        alternatives=row.each("alternatives", _alternative),
    )


def _alternative(row: Cursor) -> Alternative:
    text_zh, text_en = row.pair("text")
    unit, operator = row.text("unit"), row.choice("operator", OPERATORS, ">=")
    formula, limit = row.needed_expression("formula"), row.needed_figure("limit", unit)
    policy, variants = _policy(row), row.each("variants", _variant)
    return Alternative(text_zh, text_en, unit, operator, formula, limit, policy, variants)


def _variant(row: Cursor) -> Variant:
    return Variant(row.needed_expression("when"), row.expression("formula"), row.figure("limit"))


def _window(row: Cursor) -> tuple[Window | None, Figure | None]:
    section = row.below("lookback")
    if section is None:
        return None, None
    years = section.needed_figure("years", "year")
    if years.value is not None and years.value.denominator != 1:
        section.fault("years", "应为整年", "must be whole years")
    anchor = Anchor(section.choice("anchor", tuple(Anchor)))
    month_day = section.text("month_day", "")
    if (anchor is Anchor.DATE_IN_YEAR) is not bool(month_day) or (month_day and not is_month_day(month_day)):
        zh, en = "date_in_year 必须且只有它要写明 month_day，如 05-15", "date_in_year, and only it, says a month_day"
        section.fault("month_day", zh, f"{en} such as 05-15")
    section.done()
    return Window(int(years.value or 0), anchor, month_day), years


def _policy(row: Cursor) -> Policy | None:
    section = row.below("zero_denominator")
    if section is None:
        return None
    note_zh, note_en = section.pair("note")
    outcome = section.choice("outcome", ("zero", "failed", "undetermined"))
    positive = section.choice("when", ("zero", "not_positive"), "zero") == "not_positive"
    policy = Policy(outcome, positive, note_zh, note_en, section.confidence(), section.texts("source"))
    section.done()
    return policy


def read_scoring(section: Cursor) -> Scoring:
    """The scoring section."""
    stage = section.choice("stage", STAGES)
    rounding = section.stated_figure("places", "place")
    scoring = Scoring(
        stage=stage,
        places=SHOWN_PLACES if rounding.value is None else int(rounding.value),
        total=section.stated_figure("total", "point"),
        basic_share=section.stated_figure("basic_share", "pct"),
        rounding=rounding,
        bonus_cap=section.figure("bonus_cap", "point"),
        deduction_cap=section.figure("deduction_cap", "point"),
    )
    section.done()
    return scoring


def read_indicator(row: Cursor) -> Indicator:
    """One indicator or bonus."""
    group_zh, group_en = row.pair("group", "")
    subgroup_zh, subgroup_en = row.pair("subgroup", "")
    name_zh, name_en = row.pair("name")
    unit = row.text("unit")
    return Indicator(
        code=row.text("code"),
        group_zh=group_zh,
        group_en=group_en,
        subgroup_zh=subgroup_zh,
        subgroup_en=subgroup_en,
        name_zh=name_zh,
        name_en=name_en,
        unit=unit,
        formula=_formula(row),
        method=row.choice("method", METHODS),
        weight=row.stated_figure("weight", "point"),
        confidence=row.confidence(),
        source=row.texts("source"),
        note=row.text("note", ""),
        basic=row.figure("basic", unit),
        full=row.figure("full", unit),
        steps=_steps(row, unit),
        points_each=row.figure("points_each", "point"),
        zero_denominator=_policy(row),
        least_count=row.figure("least_count", unit),
        or_better=row.each("or_better", _way),
        exempt=_exemption(row),
        is_deduction=row.flag("deduction", False),
        grades=row.each("grades", _grade),
    )


def _formula(row: Cursor) -> Expression:
    """What is scored; a grade is given by a person and has no formula."""
    if row.content.get("method") != "grade":
        return row.needed_expression("formula")
    if row.expression("formula") is not None:
        row.fault("formula", "评定等级没有公式", "a grade has no formula")
    return parse("0")


def _grade(row: Cursor) -> Grade:
    name_zh, name_en = row.pair("name")
    return Grade(row.text("code"), name_zh, name_en, row.needed_figure("points", "point"))


def _steps(row: Cursor, unit: str) -> tuple[Step, ...]:
    return row.each(
        "steps", lambda step: Step(step.needed_figure("least", unit), step.needed_figure("points", "point"))
    )


def _way(row: Cursor) -> Way:
    name_zh, name_en = row.pair("name")
    unit = row.text("unit")
    return Way(
        name_zh, name_en, unit, row.needed_expression("formula"), row.choice("method", WAY_METHODS),
        row.figure("basic", unit), row.figure("full", unit), _steps(row, unit), row.figure("points_each", "point"),
        row.figure("least_count", unit), _policy(row),
    )  # fmt: skip


def _exemption(row: Cursor) -> Exemption | None:
    section = row.below("exempt")
    if section is None:
        return None
    note_zh, note_en = section.pair("note")
    exempt = Exemption(section.needed_expression("when"), section.needed_figure("share", "pct"), note_zh, note_en)
    section.done()
    return exempt


def read_band(row: Cursor) -> Band:
    """One band; an absent limit is open."""
    name_zh, name_en = row.pair("name")
    consequence_zh, consequence_en = row.pair("consequence", "")
    return Band(
        code=row.text("code"),
        name_zh=name_zh,
        name_en=name_en,
        least=row.figure("least", "point"),
        below=row.figure("below", "point"),
        most=row.figure("most", "point"),
        consequence=row.choice("consequence", CONSEQUENCES, "none"),
        consequence_zh=consequence_zh,
        consequence_en=consequence_en,
        confidence=row.confidence(),
        source=row.texts("source"),
        note=row.text("note", ""),
    )


def read_anomaly(row: Cursor) -> Anomaly:
    """One oddity of the official text."""
    text_zh, text_en = row.pair("text")
    return Anomaly(row.text("code"), row.text("concerns"), text_zh, text_en, row.confidence(), row.texts("source"))


def read_remark(row: Cursor) -> Remark:
    """One thing that was found and decides nothing."""
    text_zh, text_en = row.pair("text")
    return Remark(row.text("code"), text_zh, text_en, row.confidence(), row.texts("source"))


def read_band_override(row: Cursor) -> BandOverride:
    """One override of the score by failed gates."""
    text_zh, text_en = row.pair("text")
    return BandOverride(
        row.text("code"), row.texts("gates"), row.text("band"), text_zh, text_en, row.confidence(), row.texts("source"),
        row.text("record", ""), row.text("when_band", ""),
    )  # fmt: skip


def read_expert_review(section: Cursor) -> ExpertReview:
    """The expert review section."""
    review = ExpertReview(
        method=section.choice("method", COMBINATIONS),
        confidence=section.confidence(),
        headings=section.each("headings", _heading),
        panel_size=section.needed_figure("panel_size", "person"),
        trim_from=section.needed_figure("trim_from", "person"),
        places=section.needed_figure("places", "place"),
        spread_limit=section.needed_figure("spread_limit", "pct"),
        source=section.texts("source"),
    )
    section.done()
    return review


def _heading(row: Cursor) -> Heading:
    name_zh, name_en = row.pair("name")
    guidance_zh, guidance_en = row.pair("guidance")
    most, step = row.needed_figure("most", "point"), row.needed_figure("step", "point")
    return Heading(row.text("code"), name_zh, name_en, most, step, guidance_zh, guidance_en)


def read_check(row: Cursor) -> CrossCheck:
    """One cross-field check."""
    message_zh, message_en = row.pair("message")
    return CrossCheck(
        code=row.text("code"),
        severity=Severity(row.choice("severity", tuple(Severity))),
        condition=row.expression("condition"),
        message_zh=message_zh,
        message_en=message_en,
        basis=row.confidence("basis"),
        source=row.texts("source"),
        each=row.texts("each"),
        needs=row.texts("needs"),
        note=row.text("note", ""),
    )


def read_evidence(row: Cursor) -> EvidenceKind:
    """One kind of evidence."""
    name_zh, name_en = row.pair("name")
    hint_zh, hint_en = row.pair("hint", "")
    return EvidenceKind(
        row.text("code"),
        name_zh,
        name_en,
        row.flag("required", False),
        row.texts("proves"),
        row.confidence(),
        row.texts("source"),
        hint_zh,
        hint_en,
    )


def read_instrument(row: Cursor) -> Instrument:
    """One legal text."""
    title_zh, title_en = row.pair("title")
    return Instrument(title_zh, title_en, row.text("number", ""), row.confidence(), row.texts("source"))


UNTIL = ("next_evaluation", "renewal", "unlimited")
PENDING = ("stays", "ends")


def read_cycle(section: Cursor) -> Cycle:
    """How long a title runs."""
    text_zh, text_en = section.pair("text")
    cycle = Cycle(
        section.choice("until", UNTIL),
        text_zh,
        text_en,
        section.named("figures", figure_from),
        section.choice("pending", PENDING, "stays"),
    )
    section.done()
    return cycle


def read_sources(content: Cursor) -> dict[str, Source]:
    """The sources by code."""
    section = content.below("sources")
    sources: dict[str, Source] = {}
    for code in section.content if section else ():
        entry = section.below(code) if section else None
        if entry is not None:
            sources[code] = Source(code, entry.text("title"), entry.text("url", ""), entry.text("title_zh", ""))
            entry.done()
    return sources

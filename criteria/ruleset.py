"""A rule set: frozen classes for gates, indicators, bands, expert review, evidence; each figure with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from criteria.expressions import Expression
from criteria.fields import FieldSpec, FormSpec
from criteria.windows import Window


class Confidence(StrEnum):
    """How sure a figure is; the scale of the regulations file."""

    SEED = "seed"
    FOUND = "found"
    FOUND_PARTIAL = "found_partial"
    MEMORY_HIGH = "memory_high"
    MEMORY_MEDIUM = "memory_medium"
    MEMORY_LOW = "memory_low"
    DERIVED = "derived"
    DEMO = "demo"
    UNKNOWN = "unknown"

    @property
    def is_live(self) -> bool:
        """Whether a live batch may rest on it: read in a text, not remembered, reasoned or invented."""
        return self in (Confidence.SEED, Confidence.FOUND, Confidence.FOUND_PARTIAL)

    def name_in(self, lang: str) -> str:
        """The mark shown beside a figure."""
        zh, en = _CONFIDENCE_NAMES[self]
        return zh if lang == "zh" else en


_CONFIDENCE_NAMES = {
    Confidence.SEED: ("规划原文", "planning text"),
    Confidence.FOUND: ("已查到原文", "read in a text"),
    Confidence.FOUND_PARTIAL: ("查到部分原文", "read in part"),
    Confidence.MEMORY_HIGH: ("凭记忆（较可靠）", "remembered (rather sure)"),
    Confidence.MEMORY_MEDIUM: ("凭记忆（待核实）", "remembered (to be verified)"),
    Confidence.MEMORY_LOW: ("凭记忆（不可靠）", "remembered (unsure)"),
    Confidence.DERIVED: ("推算", "derived"),
    Confidence.DEMO: ("演示用，非法规", "demonstration, not a regulation"),
    Confidence.UNKNOWN: ("未知", "unknown"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a regulation with its unit, source and confidence.

    `value` is None while unknown; `shown_as` is what an unknown factor is shown as. A figure that differs by class
    holds `cases` (code of the field `by` to value) instead of one value.
    """

    value: Fraction | None
    unit: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    article: str = ""
    note: str = ""
    name_zh: str = ""
    name_en: str = ""
    by: str | None = None
    cases: Mapping[str, Fraction] = field(default_factory=dict)
    shown_as: Fraction | None = None

    def amount(self) -> Fraction:
        """The value of a known figure; LookupError while it is unknown or differs by class."""
        if self.value is None:
            raise LookupError(self.name_en or "unknown figure")
        return self.value


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens when a denominator is not acceptable: `outcome` is `zero`, `failed` or `undetermined`.

    `positive` widens the case from zero to everything not above zero, for ratios whose denominator may be negative.
    """

    outcome: str
    positive: bool
    note_zh: str
    note_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()


class GateKind(StrEnum):
    """How a gate is decided."""

    NUMERIC = "numeric"
    CONDITION = "condition"
    NEGATIVE_RECORD = "negative_record"
    EXCLUSION_LIST = "exclusion_list"
    QUALITATIVE = "qualitative"
    PREFERENCE = "preference"  # told to people, decides nothing


@dataclass(frozen=True, slots=True)
class Variant:
    """Another formula or limit for some enterprises."""

    when: Expression
    formula: Expression | None
    limit: Figure | None


@dataclass(frozen=True, slots=True)
class Gate:
    """An eligibility condition; `operator` compares the formula with the limit, `least` being "not less than"."""

    code: str
    kind: GateKind
    text_zh: str
    text_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    article: str = ""
    note: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""
    unit: str = ""
    operator: str = ">="
    formula: Expression | None = None
    limit: Figure | None = None
    variants: tuple[Variant, ...] = ()
    zero_denominator: Policy | None = None
    record: str = ""
    window: Window | None = None
    window_years: Figure | None = None

    @property
    def is_binding(self) -> bool:
        """Whether failing it makes an enterprise ineligible."""
        return self.kind is not GateKind.PREFERENCE


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a step scale: from `least` on, `points`."""

    least: Figure
    points: Figure


@dataclass(frozen=True, slots=True)
class Indicator:
    """One scored figure. `method` names how the value becomes points; `weight` is what can be reached."""

    code: str
    group_zh: str
    group_en: str
    subgroup_zh: str
    subgroup_en: str
    name_zh: str
    name_en: str
    unit: str
    formula: Expression
    method: str
    weight: Figure
    confidence: Confidence
    source: tuple[str, ...] = ()
    note: str = ""
    basic: Figure | None = None
    full: Figure | None = None
    steps: tuple[Step, ...] = ()
    points_each: Figure | None = None
    zero_denominator: Policy | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """How points add up: share of the weight at the basic requirement, total, rounding stage and places."""

    stage: str  # indicator, total, none
    places: int
    total: Figure
    basic_share: Figure
    rounding: Figure


@dataclass(frozen=True, slots=True)
class Band:
    """A result band from `least` (included) to `below` (excluded); None is open, a figure without value unknown."""

    code: str
    name_zh: str
    name_en: str
    least: Figure | None
    below: Figure | None
    consequence: str
    consequence_zh: str
    consequence_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BandOverride:
    """Beats the score: when any of the gates fails (all binding gates when none is named), the band is `band`."""

    code: str
    gates: tuple[str, ...]
    band: str
    text_zh: str
    text_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading that experts mark, from 0 to `most` in steps of `step`."""

    code: str
    name_zh: str
    name_en: str
    most: Figure
    step: Figure
    guidance_zh: str
    guidance_en: str


@dataclass(frozen=True, slots=True)
class ExpertReview:
    """What experts mark and how marks combine: `mean`, `median`, or `trimmed_mean`.

    The trimmed mean drops one high and one low mark per heading from `trim_from` experts on.
    """

    method: str
    confidence: Confidence
    headings: tuple[Heading, ...]
    panel_size: Figure
    trim_from: Figure
    places: Figure
    spread_limit: Figure  # percent of the heading's most

    def heading(self, code: str) -> Heading:
        """The heading of that code; KeyError when there is none."""
        return {heading.code: heading for heading in self.headings}[code]

    @property
    def most(self) -> Fraction:
        """The highest total."""
        return sum((heading.most.amount() for heading in self.headings), Fraction(0))


class Severity(StrEnum):
    """`error` stops submission, `warning` asks for a reason."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A check across cells.

    `needs` names what must be in the form for it to apply by machine; `each` repeats it per field, as `this` and
    `last`. Messages may hold `{field_code}` for a figure.
    """

    code: str
    severity: Severity
    condition: Expression | None
    message_zh: str
    message_en: str
    basis: Confidence
    source: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """One kind of evidence the programme asks for and the fields it proves."""

    code: str
    name_zh: str
    name_en: str
    required: bool
    proves: tuple[str, ...]
    confidence: Confidence
    source: tuple[str, ...] = ()
    hint_zh: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal text with its number."""

    title_zh: str
    title_en: str
    number: str
    confidence: Confidence
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """How long a title runs; `until` is `next_evaluation`."""

    until: str
    text_zh: str
    text_en: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read."""

    code: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """One edition of one programme's rules; immutable, known by `checksum` over everything it rests on."""

    programme: str
    edition: str
    name_zh: str
    name_en: str
    status: str  # complete or partial
    demonstration: bool
    effective_from: date | None
    effective_to: date | None
    effective_confidence: Confidence
    authority_zh: str
    authority_en: str
    note: str
    instruments: tuple[Instrument, ...]
    gates: tuple[Gate, ...]
    scoring: Scoring | None
    indicators: tuple[Indicator, ...]
    bonus: tuple[Indicator, ...]
    bands: tuple[Band, ...]
    band_overrides: tuple[BandOverride, ...]
    coefficients: Mapping[str, Figure]
    parameters: Mapping[str, Figure]
    cycle: Cycle | None
    expert_review: ExpertReview | None
    form: FormSpec | None
    fields: Mapping[str, FieldSpec]
    evidence: tuple[EvidenceKind, ...]
    checks: tuple[CrossCheck, ...]
    sources: Mapping[str, Source]
    checksum: str
    frozen_text: str = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleSet) and self.checksum == other.checksum

    def __hash__(self) -> int:
        return hash(self.checksum)

    @property
    def ref(self) -> str:
        """`programme/edition`."""
        return f"{self.programme}/{self.edition}"

    @property
    def is_complete(self) -> bool:
        """Whether the set can give a total."""
        return self.status == "complete"

    def gate(self, code: str) -> Gate:
        """The gate of that code; KeyError when there is none."""
        return {gate.code: gate for gate in self.gates}[code]

    def indicator(self, code: str) -> Indicator:
        """The indicator or bonus of that code; KeyError when there is none."""
        return {indicator.code: indicator for indicator in (*self.indicators, *self.bonus)}[code]

    def band(self, code: str) -> Band:
        """The band of that code; KeyError when there is none."""
        return {band.code: band for band in self.bands}[code]

    def parameter(self, code: str) -> Figure:
        """A figure of the procedure, such as `notice_working_days`; KeyError when the set has none."""
        return self.parameters[code]

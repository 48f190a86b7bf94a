"""A rule set: frozen classes for gates, indicators, bands, expert review, evidence; each figure with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from criteria.bands import Anomaly, Band, BandOverride, Remark
from criteria.expressions import Expression
from criteria.fields import FieldSpec, FormSpec
from criteria.figures import Confidence, Figure, Policy
from criteria.windows import Window

__all__ = [
    "Alternative", "Anomaly", "Band", "BandOverride", "Confidence", "CrossCheck", "Cycle", "EvidenceKind", "Exemption",
    "ExpertReview", "Figure", "Gate", "GateKind", "Grade", "Heading", "Indicator", "Instrument", "Policy", "Remark",
    "RuleSet", "Scoring", "Severity", "Source", "Step", "Variant", "Way",
]  # fmt: skip


class GateKind(StrEnum):
    """How a gate is decided."""

    NUMERIC = "numeric"
    EITHER = "either"  # one of several numeric conditions does
    CONDITION = "condition"
    NEGATIVE_RECORD = "negative_record"
    RECORD_EXISTS = "record_exists"
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
class Alternative:
    """One of several numeric conditions of which one does: "or growth not below 20 %"."""

    text_zh: str
    text_en: str
    unit: str
    operator: str
    formula: Expression
    limit: Figure
    zero_denominator: Policy | None = None
    variants: tuple[Variant, ...] = ()


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
    alternatives: tuple[Alternative, ...] = ()

    @property
    def is_binding(self) -> bool:
        """Whether failing it makes an enterprise ineligible."""
        return self.kind is not GateKind.PREFERENCE

    @property
    def is_answered(self) -> bool:
        """Whether a person answers it, because no figure decides it."""
        return self.formula is None and not self.alternatives


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a step scale: from `least` on, `points`."""

    least: Figure
    points: Figure


@dataclass(frozen=True, slots=True)
class Exemption:
    """A fixed share of the weight, in percent, for enterprises of whom the figure is not asked."""

    when: Expression
    share: Figure
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade that a person may give, and its points."""

    code: str
    name_zh: str
    name_en: str
    points: Figure


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to the points of an indicator: its own formula and figures; what gives more points counts."""

    name_zh: str
    name_en: str
    unit: str
    formula: Expression
    method: str
    basic: Figure | None = None
    full: Figure | None = None
    steps: tuple[Step, ...] = ()
    points_each: Figure | None = None
    least_count: Figure | None = None
    zero_denominator: Policy | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One scored figure. `method` names how the value becomes points; `weight` is what can be reached.

    With the method `grade` a person chooses one of `grades` and the formula says nothing. A deduction takes its points
    away. `or_better` are other ways of which the best counts, `exempt` a share for those of whom the figure is not
    asked, `least_count` the number below which counting gives nothing.
    """

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
    least_count: Figure | None = None
    or_better: tuple[Way, ...] = ()
    exempt: Exemption | None = None
    is_deduction: bool = False
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoring:
    """How points add up: share of the weight at the basic requirement, total, rounding stage and places.

    `bonus_cap` and `deduction_cap` limit all bonus and all deductions together.
    """

    stage: str  # indicator, total, none
    places: int
    total: Figure
    basic_share: Figure
    rounding: Figure
    bonus_cap: Figure | None = None
    deduction_cap: Figure | None = None


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
    source: tuple[str, ...] = ()

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
    """How long a title runs: `until` its `next_evaluation`, a `renewal` that its holder applies for, or `unlimited`.

    `pending`: whether it `stays` or `ends` with its last day while a renewal that was filed in time is undecided.
    """

    until: str
    text_zh: str
    text_en: str
    figures: Mapping[str, Figure]
    pending: str = "stays"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read; `title_zh` for Chinese readers where the title is not an official one."""

    code: str
    title: str
    url: str = ""
    title_zh: str = ""

    def title_for(self, language: str) -> str:
        """The title as readers of `zh` or `en` are shown it."""
        return (self.title_zh or self.title) if language.startswith("zh") else self.title


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
    anomalies: tuple[Anomaly, ...] = ()
    remarks: tuple[Remark, ...] = ()
    district: str = ""  # whose district the set belongs to, by GB/T 2260; empty where the whole city or state grants
    conditions_only: bool = False  # decided by conditions and people, without points

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
        """Whether the set can carry a batch: it gives a total, or says that it needs none."""
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

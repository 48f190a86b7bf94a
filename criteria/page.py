"""A rule set as one page for people, ready to be printed on A4: everything that decides, each figure with its mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape

from criteria.bands import Anomaly, Band, BandOverride, Remark
from criteria.difference_words import LABELS
from criteria.exact import shown_text
from criteria.holes import Hole, holes
from criteria.page_marks import MARKS, SIGNS, Writer, listed, table, tone
from criteria.page_style import STYLE
from criteria.ruleset import (
    Alternative,
    CrossCheck,
    EvidenceKind,
    Figure,
    Gate,
    GateKind,
    Indicator,
    Instrument,
    RuleSet,
    Source,
    Variant,
)
from criteria.units import unit_name
from criteria.ways import ways_of
from criteria.wording import label

_TITLES = {
    "instruments": ("政策依据", "Legal texts"),
    "gates": ("申报条件", "Conditions"),
    "indicators": ("评价指标", "Indicators"),
    "bonus": ("加分和扣分", "Bonus and deductions"),
    "scoring": ("计分", "Scoring"),
    "bands": ("评价等次", "Bands"),
    "overrides": ("等次的例外", "What beats the score"),
    "cycle": ("有效期和评价周期", "Validity and cycle"),
    "parameters": ("程序参数", "Periods and numbers of the procedure"),
    "coefficients": ("系数", "Coefficients"),
    "experts": ("专家评审", "Expert review"),
    "checks": ("数据校验", "Checks of the data"),
    "evidence": ("证明材料", "Evidence"),
    "holes": ("尚缺的内容", "What is missing"),
    "anomalies": ("原文的疑点", "Oddities of the official text"),
    "remarks": ("其他规定和说明", "Further provisions and remarks"),
    "notes": ("编者注", "Notes of the editors"),
    "sources": ("出处", "Sources"),
}
# Where nothing is compared, what is asked instead of a limit.
_ASKED = {
    GateKind.CONDITION: ("须符合", "must hold"),
    GateKind.NEGATIVE_RECORD: ("不得有记录", "no record"),
    GateKind.RECORD_EXISTS: ("须有记录", "record needed"),
    GateKind.EXCLUSION_LIST: ("不在名单", "not on the list"),
    GateKind.QUALITATIVE: ("由工作人员判断", "decided by an officer"),
    GateKind.PREFERENCE: ("仅供参考", "shown only"),
}

_ROLES = ("basic", "full", "points_each", "least_count")


def rule_page(rules: RuleSet, lang: str) -> str:
    """A whole HTML page, `lang` being `zh` or `en`; no script, nothing from elsewhere, every text escaped."""
    return _Page(rules, lang).html()


class _Page(Writer):
    """One page in one language."""

    def html(self) -> str:
        """The whole page; parts of which the set has nothing are left out."""
        title, body = self.either(self.rules, "name"), "\n".join(self._parts())
        tongue = self.say("zh-CN", "en")
        return (
            f'<!DOCTYPE html>\n<html lang="{tongue}"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,"><style>{STYLE}</style></head>'
            f"<body><main>{body}</main></body></html>\n"
        )

    def _parts(self) -> Iterator[str]:
        rules = self.rules
        bodies = {
            "instruments": listed(map(self._instrument, rules.instruments)),
            "holes": listed(map(self._hole, _grouped(holes(rules)).items())),
            "anomalies": listed(map(self._sentence, rules.anomalies)),
            "gates": self._gates(),
            "indicators": self._indicators(rules.indicators),
            "bonus": self._indicators(rules.bonus),
            "scoring": self._scoring(),
            "bands": self._bands(),
            "overrides": listed(map(self._sentence, rules.band_overrides)),
            "cycle": self._cycle(),
            "coefficients": self.rows(self.named(rules.coefficients)),
            "parameters": self.rows(self.named(rules.parameters)),
            "experts": self._experts(),
            "checks": table(self._heads("code", "severity", "message"), map(self._check, rules.checks), "checks"),
            "evidence": listed(map(self._evidence, rules.evidence)),
            "remarks": listed(map(self._sentence, rules.remarks)),
            "notes": self._notes(),
            "sources": self._sources(),
        }
        yield self._head()
        for key, body in bodies.items():
            if body:
                yield f'<section id="{key}"><h2>{_TITLES[key][self.place]}</h2>{body}</section>'
        yield self._foot()

    def _heads(self, *names: str) -> list[str]:
        """Heads of columns by the names of attributes."""
        return [self.say("代码", "code") if name == "code" else LABELS[name][self.place] for name in names]

    # --- the parts -----------------------------------------------------------------------------------------------
    def _head(self) -> str:
        rules = self.rules
        told = [
            (self.say("版本", "edition"), self.code(rules.ref)),
            (self.say("主管部门", "authority"), self.either(rules, "authority") or "—"),
            (self.say("生效", "in force"), escape(self._span())),
            (self.say("完整程度", "status"), self.words(rules.status)),
        ]
        if rules.conditions_only:
            way = self.say("只按条件认定，不计分", "by conditions, without points")
            told.append((self.say("认定方式", "decided"), way))
        rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in told)
        warning = self.say("演示用，不是法规", "For demonstration, not a regulation") if rules.demonstration else ""
        band = f'<p class="warning">{warning}</p>' if warning else ""
        heading = f"<h1>{self.either(rules, 'name')}</h1>"
        return f"<header>{heading}{band}<dl>{rows}</dl>{self._legend()}</header>"

    def _span(self) -> str:
        first, last = self.rules.effective_from, self.rules.effective_to
        if first is None:
            return self.words_unknown
        return self.say(f"{first} 起", f"from {first}") + (self.say(f"，至 {last}", f" until {last}") if last else "")

    def _legend(self) -> str:
        marks = "".join(
            f'<li><span class="mark {tone(one)}">{mark[self.place]}</span> {escape(one.name_in(self.lang))}</li>'
            for one, mark in MARKS.items()
        )
        lead = self.say(
            "可信度标记（正式批次只能使用前三种）", "Marks of confidence (a live batch may rest on the first three)"
        )
        return f'<section class="legend"><h2>{lead}</h2><ul>{marks}</ul></section>'

    def _instrument(self, row: Instrument) -> str:
        return f"{self.either(row, 'title')} {escape(row.number)}{self.mark(row)}"

    def _hole(self, held: tuple[str, list[Hole]]) -> str:
        """A missing thing in its own words; what a row lacks in one line."""
        place, rows = held
        if not place.endswith("]"):
            return escape(self.say(rows[0].zh, rows[0].en))
        lacking = self.say("、", ", ").join(self.words(row.path.rpartition(".")[2]) for row in rows)
        return f"{self.code(place)} {escape(self._row_name(place))}{self.colon}{lacking}{self.say('未知', ' unknown')}"

    def _row_name(self, place: str) -> str:
        """What the row at a place such as `indicators[I2]` is called."""
        section, _, code = place.rstrip("]").partition("[")
        rows = getattr(self.rules, section, ())
        found = next((row for row in rows if getattr(row, "code", "") == code), None) if code else None
        return str(getattr(found, f"name_{self.lang}", "") or getattr(found, f"text_{self.lang}", ""))

    def _sentence(self, row: Anomaly | Remark | BandOverride) -> str:
        return f"{self.either(row, 'text')}{self.mark(row)}"

    def _gates(self) -> str:
        return table(self._heads("code", "text", "limit"), map(self._gate, self.rules.gates), "gates")

    def _gate(self, gate: Gate) -> tuple[str, str, str]:
        text = self.either(gate, "text") + self.mark(gate)
        if gate.formula:
            text += f'<p class="formula">{self.formula(gate.formula)}</p>'
        text += self.policy(gate.zero_denominator) + "".join(map(self._alternative, gate.alternatives))
        limits = [f"{SIGNS.get(gate.operator, gate.operator)}\u00a0{self.amount(gate.limit)}"] if gate.limit else []
        limits += [self._variant(one) for one in gate.variants]
        limits += [one for row in gate.alternatives for one in self._limits(row)]
        limits = limits or [self.say(*_ASKED[gate.kind])]
        limits += [self._window(gate)] if gate.window_years else []
        return self.code(gate.code), text, "<br>".join(limits)

    def _variant(self, variant: Variant) -> str:
        """What else holds, and for whom: another limit, another formula, or both."""
        held = [self.formula(variant.formula)] if variant.formula else []
        held += [self.amount(variant.limit)] if variant.limit else []
        return f"{self.formula(variant.when)}{self.colon}{' '.join(held)}"

    def _alternative(self, one: Alternative) -> str:
        told = f"{self.either(one, 'text')}{self.colon}{self.formula(one.formula)}"
        return f'<p class="formula">{told}</p>{self.policy(one.zero_denominator)}'

    def _limits(self, one: Alternative) -> list[str]:
        least = f"{SIGNS.get(one.operator, one.operator)}\u00a0{self.amount(one.limit)}"
        return [f"{self.either(one, 'text')}{self.colon}{least}", *map(self._variant, one.variants)]

    def _window(self, gate: Gate) -> str:
        anchor = ""
        if gate.window:
            day = gate.window.month_day or self.words(gate.window.anchor.value)
            anchor = self.say(f"，自{day}回溯", f", back from {day}")
        return f"{self.words('window')} {self.amount(gate.window_years)}{anchor}"

    def _indicators(self, rows: Sequence[Indicator]) -> str:
        heads = [self.say("代码", "code"), self.say("指标和计算", "indicator and formula"), *self._heads("weight"),
                 self.say("计分", "points")]  # fmt: skip
        groups: dict[str, list[Sequence[str]]] = {}
        for row in rows:
            names = (self.either(row, "group"), self.either(row, "subgroup"))
            groups.setdefault(" · ".join(part for part in names if part), []).append(self._indicator(row))
        titles = {group: f"<h3>{group}</h3>" if group else "" for group in groups}
        return "".join(titles[group] + table(heads, held, "points") for group, held in groups.items())

    def _indicator(self, row: Indicator) -> Sequence[str]:
        name = f"{self.either(row, 'name')}{self.mark(row)}"
        if row.method != "grade":
            name += f'<p class="formula">{self.formula(row.formula)}</p>'
        name += self.policy(row.zero_denominator)
        better = self.say("或者，得分高者计", "or, whichever gives more")
        joined = f"<hr>{better}<br>".join(map(self._way, ways_of(row)))
        if row.exempt:
            share = f"{self.words('share')} {self.amount(row.exempt.share)}"
            joined += f"<hr>{self.formula(row.exempt.when)}{self.colon}{self.either(row.exempt, 'note')} {share}"
        sign = self.say("扣分", "deduction") + " " if row.is_deduction else ""
        return self.code(row.code), name, sign + self.amount(row.weight), joined

    def _way(self, way: Indicator) -> str:
        lines = [f'<span class="method">{self.words(way.method)}</span>']
        figures = {role: getattr(way, role) for role in _ROLES if getattr(way, role) is not None}
        classed = {role: figure for role, figure in figures.items() if figure.cases}
        lines += [f"{self.words(role)} {self.amount(one)}" for role, one in figures.items() if role not in classed]
        lines += [f"≥ {self.amount(step.least)} → {self.amount(step.points)}" for step in way.steps]
        lines += [f"{self.either(grade, 'name')} → {self.amount(grade.points)}" for grade in way.grades]
        return "<br>".join(lines) + self._classed(classed)

    def _classed(self, figures: Mapping[str, Figure]) -> str:
        """Figures that differ by class, side by side."""
        if not figures:
            return ""
        codes = {code: name for figure in figures.values() for code, name in self.classes(figure).items()}
        heads = [
            f"{self.words(role)}{self.say('（', ' (')}{unit_name(figure.unit, self.lang)}{self.say('）', ')')}"
            + self.mark(figure)
            for role, figure in figures.items()
        ]
        rows = [(name, *(self.of_class(figure, code) for figure in figures.values())) for code, name in codes.items()]
        by = escape(label(self.rules, next(iter(figures.values())).by or "", self.lang))
        return table([by, *heads], rows, "classes")

    def _scoring(self) -> str:
        scoring = self.rules.scoring
        if scoring is None:
            return ""
        roles = ("total", "basic_share", "rounding", "bonus_cap", "deduction_cap")
        held = {LABELS[role][self.place]: getattr(scoring, role) for role in roles if getattr(scoring, role)}
        stage = f"<dl><div><dt>{self.words('stage')}</dt><dd>{self.words(scoring.stage)}</dd></div></dl>"
        return stage + self.rows(held)

    def _bands(self) -> str:
        heads = (self.say("等次", "band"), self.say("总分", "total"), self.say("后果", "consequence"))
        return table(heads, map(self._band, self.rules.bands), "bands")

    def _band(self, band: Band) -> tuple[str, str, str]:
        ends = (("≥", band.least), ("&lt;", band.below), ("≤", band.most))
        span = "<br>".join(f"{sign}\u00a0{self.amount(end)}" for sign, end in ends if end)
        return self.either(band, "name") + self.mark(band), span or "—", self.either(band, "consequence") or "—"

    def _cycle(self) -> str:
        cycle = self.rules.cycle
        return f"<p>{self.either(cycle, 'text')}</p>{self.rows(self.named(cycle.figures))}" if cycle else ""

    def _experts(self) -> str:
        review = self.rules.expert_review
        if review is None:
            return ""
        rows = (
            (self.either(one, "name"), self.either(one, "guidance"), self.amount(one.most), self.amount(one.step))
            for one in review.headings
        )
        heads = self._heads("headings", "guidance", "most", "step")
        method = f"<p>{self.words(review.method)}{self.mark(review)}</p>"
        roles = ("panel_size", "trim_from", "spread_limit")
        numbers = {LABELS[role][self.place]: getattr(review, role) for role in roles}
        return method + table(heads, rows, "experts") + self.rows(numbers)

    def _check(self, row: CrossCheck) -> tuple[str, str, str]:
        message = self.filled(self.say(row.message_zh, row.message_en))
        return self.code(row.code), self.words(row.severity.value), f"{message}{self.mark(row)}"

    def _evidence(self, row: EvidenceKind) -> str:
        need = self.say("（必交）", " (required)") if row.required else ""
        return f"{self.either(row, 'name')}{need}{self.mark(row)}"

    def _notes(self) -> str:
        """What the authors of the file remarked, in the one language they wrote."""
        rules = self.rules
        rows: tuple[Gate | Indicator | Band, ...] = (*rules.gates, *rules.indicators, *rules.bonus, *rules.bands)
        lines = [("", rules.note), *((row.code, row.note) for row in rows)]
        return listed(map(self._note, [line for line in lines if line[1]]))

    def _note(self, held: tuple[str, str]) -> str:
        code, text = held
        return (self.code(code) + " " if code else "") + self.foreign(text)

    def _sources(self) -> str:
        """Where the figures above were read."""
        lines = "".join(self._source(one) for code, one in self.rules.sources.items() if code in self.cited)
        return f"<dl>{lines}</dl>" if lines else ""

    def _source(self, one: Source) -> str:
        told = f"{self.foreign(one.title_for(self.lang))} <small>{escape(one.url)}</small>"
        return f'<div id="source-{escape(one.code)}"><dt>{self.code(one.code)}</dt><dd>{told}</dd></div>'

    def _foot(self) -> str:
        money = f"1 {unit_name('wCNY', self.lang)} = {shown_text(Fraction(10))} {unit_name('kCNY', self.lang)}"
        checksum = self.say("校验码", "checksum")
        return f"<footer><p>{escape(money)}</p><p>{checksum} {self.code(self.rules.checksum)}</p></footer>"


def _grouped(found: Iterable[Hole]) -> dict[str, list[Hole]]:
    """What one row lacks together, keyed by the row as `indicators[I2]`; everything else by itself under its path."""
    groups: dict[str, list[Hole]] = {}
    for hole in found:
        row, _, role = hole.path.rpartition("].")
        groups.setdefault(f"{row}]" if role and row else hole.path, []).append(hole)
    return groups

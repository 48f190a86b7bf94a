"""Sample workbooks: a plausible one in three strengths, and one with the seven faults that applicants make most."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from stdnum.cn import uscc

from criteria.facts import AnnexRow, Fact, Facts, Scalar, facts_of
from criteria.fields import AnnexSpec, FieldSpec, Kind
from criteria.workbook.layout import TABLE_SHEET, Template
from criteria.workbook.planting import Planted, edit_sheet, plant, replace_cell, spot_of
from criteria.workbook.sheets import fill, plan_of
from criteria.workbook.template import render


@dataclass(frozen=True, slots=True)
class Profile:
    """The size and strength of a sample enterprise; money in 千元, shares in 1/1000 of main business revenue."""

    revenue: int
    rd_share: int
    employees: int
    rd_staff: int
    seniors: int
    doctors: int
    externals: int
    projects: int
    research: int
    equipment: int
    rights: int
    standards: int
    new_share: int
    profit_share: int
    platforms: int
    awards: int


PROFILES = {
    "strong": Profile(520_000, 72, 760, 118, 9, 8, 6, 24, 4, 26, 32, 7, 480, 120, 3, 3),
    "middling": Profile(260_000, 48, 520, 74, 3, 2, 3, 12, 1, 18, 14, 3, 300, 70, 1, 0),
    "weak": Profile(64_000, 21, 210, 21, 1, 0, 1, 3, 0, 6, 4, 0, 120, 12, 0, 0),
}

_NAMES = ("星河示例", "云岭示例", "海棠示例", "长风示例", "青禾示例", "远山示例")
_TRADES = ("智能装备", "新材料", "生物医药", "精密仪器", "工业软件", "节能环保")
_TOPICS = ("控制系统", "传感器", "检测方法", "材料工艺", "数据平台", "核心部件")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def correct_workbook(template: Template, seed: int = 1, profile: str = "strong") -> bytes:
    """A filled workbook without faults; the same seed and profile give the same answers. All names are fictional."""
    book = plan_of(template)
    fill(book, template, sample_facts(template, seed, profile), tinted=False)
    return render(book)


def long_workbook(template: Template, annex: str, lines: int, seed: int = 1) -> bytes:
    """As `correct_workbook`, with that many lines in one annex."""
    book = plan_of(template)
    fill(book, template, sample_facts(template, seed, lines={annex: lines}), tinted=False)
    return render(book)


def faulty_workbook(template: Template, seed: int = 1) -> bytes:
    """A filled workbook with seven planted faults, as told by `planted_faults`."""
    return planted_faults(template, seed)[-1].workbook


def planted_faults(template: Template, seed: int = 1) -> list[Planted]:
    """The seven faults, planted one after the other; the last workbook holds them all.

    Text in a number cell, parts above the total, 万元 typed for 千元, wrong credit code, missing required, hidden row,
    edited template. The second and third are found by the rule set's cross checks, not by the reader. KeyError when
    the form lacks a field that they need.
    """
    planted: list[Planted] = []
    workbook = correct_workbook(template, seed, "middling")
    wrong_unit = partial(_wrong_unit, seed=seed)
    for step in (_text_in_number, _parts_above_total, wrong_unit, _wrong_code, _missing, _hidden, _edited):
        planted.append(step(template, workbook))
        workbook = planted[-1].workbook
    return planted


def sample_facts(
    template: Template, seed: int = 1, profile: str = "strong", lines: Mapping[str, int] | None = None
) -> Facts:
    """The answers of a sample workbook; consistent across fields, years and annexes. `lines` lengthens annexes."""
    sample = _Sample(template, seed, PROFILES[profile])
    annexes = {annex.code: sample.annex(annex, (lines or {}).get(annex.code)) for annex in template.form.annexes}
    newest = sample.newest(annexes)
    figures = [
        Fact(spec.code, year, sample.value(spec, year, newest), spec.unit)
        for spec in (*template.form.basics, *template.form.table)
        for year in template.years(spec)
    ]
    return facts_of(template.reporting_year, figures, annexes)


def sample_credit_code(number: int) -> str:
    """A credit code that passes GB 32100 and belongs to nobody: the organisation code inside fails its own check."""
    body = f"YL{number % 1_000_000:06d}"
    total = sum(_ALPHABET.index(sign) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    right = "0123456789X0"[11 - total % 11]
    start = f"91310115{body}{'1' if right != '1' else '2'}"
    return start + uscc.calc_check_digit(start)


class _Sample:
    """Draws the answers of one enterprise from seed and profile."""

    def __init__(self, template: Template, seed: int, profile: Profile) -> None:
        self.template, self.seed, self.profile = template, seed, profile
        self.year = template.reporting_year
        self.revenue = profile.revenue * self.draw(900, 1100, "revenue") // 1000

    def draw(self, low: int, high: int, *key: object) -> int:
        """A number between both bounds, fixed by seed and key."""
        digest = hashlib.sha256(repr((self.seed, key)).encode()).digest()
        return low + int.from_bytes(digest[:6]) % (high - low + 1)

    def pick(self, words: tuple[str, ...], *key: object) -> str:
        return words[self.draw(0, len(words) - 1, *key)]

    def value(self, spec: FieldSpec, year: int | None, newest: Mapping[str, Scalar]) -> Scalar:
        known = self.basics().get(spec.code) if year is None else newest.get(spec.code)
        if known is None:
            return self.plain(spec, "field", spec.code)
        if year is None or not isinstance(known, Fraction):
            return known
        return self.earlier(known, spec, self.year - year)

    def earlier(self, value: Fraction, spec: FieldSpec, back: int) -> Fraction:
        """A figure some years ago, when the enterprise was a tenth smaller each year."""
        past = value * Fraction(9, 10) ** back
        places = 0 if spec.kind is Kind.INTEGER else min(spec.places, 2)
        return Fraction(int(past * 10**places), 10**places)

    def basics(self) -> dict[str, Scalar]:
        name = f"上海{self.pick(_NAMES, 'name')}{self.pick(_TRADES, 'trade')}有限公司"
        person, phone = "示例联系人", f"021-5555{self.draw(1000, 9999, 'phone')}"
        return {
            "enterprise_name": name,
            "uscc": sample_credit_code(self.draw(1, 999_999, "uscc")),
            "address": f"上海市示例路{self.draw(1, 999, 'address')}号",
            "industry_code": "C3569",
            "industry_class": "manufacturing",
            "enterprise_size": "medium",
            "registered_district": "310115",
            "head_name": "示例负责人",
            "head_phone": phone,
            "centre_head_name": "示例主任",
            "centre_head_phone": phone,
            "contact_name": person,
            "contact_phone": phone,
            "contact_email": "lianxi@example.com",
        }

    def newest(self, annexes: dict[str, tuple[AnnexRow, ...]]) -> dict[str, Scalar]:
        """Figures of the reporting year; what annexes add up to is taken from them."""
        profile, money = self.profile, self.money()
        return {**money, **_counts(profile), **_sums(annexes)}

    def money(self) -> dict[str, Scalar]:
        revenue, profile = Fraction(self.revenue), self.profile
        profit = revenue * profile.profit_share / 1000
        spending = revenue * profile.rd_share / 1000
        return {
            "revenue_main": revenue,
            "rd_expenditure": spending,
            "rd_expense_stat": spending * Fraction(104, 100),
            "rd_software_purchase": spending * Fraction(3, 100),
            "new_product_revenue": revenue * profile.new_share / 1000,
            "new_product_profit": profit * profile.new_share / 1000,
            "profit_total": profit,
        }

    def annex(self, annex: AnnexSpec, lines: int | None = None) -> tuple[AnnexRow, ...]:
        lines = lines or {
            "rd_projects": self.profile.projects,
            "ip_rights": self.profile.rights,
            "standards": self.profile.standards,
            "equipment": self.profile.equipment,
            "experts": self.profile.seniors + self.profile.doctors + self.profile.externals,
        }.get(annex.code, 2)
        return tuple(AnnexRow(line, self.line(annex, line)) for line in range(1, lines + 1))

    def line(self, annex: AnnexSpec, line: int) -> dict[str, Scalar]:
        values = {column.code: self.plain(column, annex.code, column.code, line) for column in annex.columns}
        known = _LINES.get(annex.code, _unknown_line)(self, line)
        return {**values, **{code: value for code, value in known.items() if code in values}}

    def plain(self, spec: FieldSpec, *key: object) -> Scalar:
        """Any plausible answer by the kind of the field."""
        if spec.kind is Kind.ENUM:
            return spec.choices[self.draw(0, len(spec.choices) - 1, *key)].code
        if spec.kind is Kind.DATE:
            return f"{self.year - 1}-{self.draw(1, 12, *key, 'm'):02d}-{self.draw(1, 28, *key, 'd'):02d}"
        if spec.kind is Kind.USCC:
            return sample_credit_code(self.draw(1, 999_999, *key))
        if spec.kind is Kind.BOOLEAN:
            return True
        if spec.kind is Kind.TEXT:
            return f"示例{spec.name_zh}{self.draw(100, 999, *key)}"
        return Fraction(self.draw(1, 6, *key))


def _counts(profile: Profile) -> dict[str, Scalar]:
    counts = {
        "rd_staff": profile.rd_staff,
        "rd_staff_stat": profile.rd_staff + 2,
        "employees": profile.employees,
        "rd_projects_basic_applied": profile.research,
        "platforms_provincial_up": profile.platforms,
        "certified_labs": profile.platforms // 2,
        "invention_patents_valid": profile.rights // 2,
        "patents_transferred_or_licensed": profile.awards,
        "ip_applications_year": profile.rights,
        "overseas_rd_units": profile.platforms // 3,
        "joint_rd_units": profile.platforms,
        "national_special_projects_2y": profile.awards,
        "awards_2y": profile.awards,
        "pharma_equivalents_3y": 0,
    }
    return {code: Fraction(count) for code, count in counts.items()}


def _sums(annexes: dict[str, tuple[AnnexRow, ...]]) -> dict[str, Scalar]:
    experts, rights = annexes.get("experts", ()), annexes.get("ip_rights", ())
    kinds = [row.values.get("kind") for row in experts]
    return {
        "rd_projects": Fraction(len(annexes.get("rd_projects", ()))),
        "ip_obtained_3y": Fraction(len(rights)),
        "ip_self_developed_3y": Fraction(sum(row.values.get("self_developed") is True for row in rights)),
        "standards_3y": Fraction(len(annexes.get("standards", ()))),
        "equipment_original_value": _total(annexes.get("equipment", ()), "original_value"),
        "senior_experts": Fraction(kinds.count("senior")),
        "doctors": Fraction(kinds.count("doctor")),
        "external_expert_months": _total([row for row in experts if row.values.get("kind") == "external"], "months"),
    }


def _total(rows: list[AnnexRow] | tuple[AnnexRow, ...], column: str) -> Fraction:
    values = (row.values.get(column) for row in rows)
    return sum((value for value in values if isinstance(value, Fraction)), Fraction(0))


def _unknown_line(_sample: _Sample, _line: int) -> dict[str, Scalar]:
    return {}


def _project(sample: _Sample, line: int) -> dict[str, Scalar]:
    kind = "basic" if line == 1 and sample.profile.research else "development"
    share = Fraction(sample.revenue * sample.profile.rd_share, 1000 * sample.profile.projects)
    spent = share * sample.draw(60, 95, "spent", line) // 10  # tens of 千元, below R&D expenses in all
    return {
        "name": f"示例{sample.pick(_TRADES, 'trade')}{sample.pick(_TOPICS, 'project', line)}研发项目{line}",
        "kind": "applied" if 1 < line <= sample.profile.research else kind,
        "start": f"{sample.year - 1}-0{sample.draw(1, 9, 'start', line)}-01",
        "end": f"{sample.year}-12-31",
        "budget": Fraction(spent * 100 // sample.draw(30, 70, "budget", line)),
        "spent": Fraction(spent, 10),
        "partner": "示例大学" if line % 3 == 0 else None,
    }


def _right(sample: _Sample, line: int) -> dict[str, Scalar]:
    kind = ("invention", "utility_model", "software")[line % 3]
    return {
        "kind": kind,
        "number": f"示例{sample.year - line % 3}{sample.seed:03d}{line:05d}",
        "name": f"示例{sample.pick(_TOPICS, 'right', line)}{line}",
        "granted": f"{sample.year - line % 3}-0{line % 9 + 1}-15",
        "self_developed": line % 5 != 0,
    }


def _standard(sample: _Sample, line: int) -> dict[str, Scalar]:
    return {
        "number": f"T/SL {line:03d}-{sample.year - line % 3}",
        "name": f"示例{sample.pick(_TOPICS, 'standard', line)}技术规范",
        "level": ("group", "industry", "national")[line % 3],
        "role": "led" if line % 4 == 0 else "joined",
        "issued": f"{sample.year - line % 3}-06-01",
    }


def _equipment(sample: _Sample, line: int) -> dict[str, Scalar]:
    return {
        "name": f"示例{sample.pick(_TOPICS, 'equipment', line)}试验台",
        "model": f"SL-{line:03d}",
        "original_value": Fraction(sample.draw(60_000, 140_000, "value", line), 100),
        "bought": f"{sample.year - 1 - line % 4}-05-20",
        "place": "示例研发楼",
    }


def _expert(sample: _Sample, line: int) -> dict[str, Scalar]:
    profile = sample.profile
    kinds = ["senior"] * profile.seniors + ["doctor"] * profile.doctors + ["external"] * profile.externals
    kind = kinds[line - 1]
    title = {"senior": "正高级工程师", "doctor": "博士", "external": "教授"}[kind]
    months = sample.draw(3, 9, "months", line) if kind == "external" else 12
    return {
        "name": f"示例专家{line}",
        "title": title,
        "field": sample.pick(_TRADES, "expert", line),
        "kind": kind,
        "months": Fraction(months),
    }


_LINES: dict[str, Callable[[_Sample, int], dict[str, Scalar]]] = {
    "rd_projects": _project,
    "ip_rights": _right,
    "standards": _standard,
    "equipment": _equipment,
    "experts": _expert,
}


def _text_in_number(template: Template, workbook: bytes) -> Planted:
    return plant("text_in_number", template, ("employees", template.reporting_year), workbook)


def _parts_above_total(template: Template, workbook: bytes) -> Planted:
    """The first line of the equipment annex is raised above the total of the data table."""
    spot = spot_of(template, ("equipment.original_value", 1))
    edited = edit_sheet(workbook, template, spot.sheet, replace_cell(spot.cell, "|<v>900000</v>"))
    return Planted(
        edited, TABLE_SHEET, spot_of(template, ("equipment_original_value", template.reporting_year)).cell, "AX06"
    )


def _wrong_unit(template: Template, workbook: bytes, seed: int) -> Planted:
    """New-product revenue of the newest year in 万元 where 千元 is asked: a tenth of the truth."""
    newest, asked = template.reporting_year, template.form.field("new_product_revenue")
    spot = spot_of(template, (asked.code, newest))
    value = sample_facts(template, seed, "middling").value("new_product_revenue", newest)
    assert isinstance(value, Fraction)
    tenth = Fraction(int(value * 10), 100)
    edited = edit_sheet(workbook, template, spot.sheet, replace_cell(spot.cell, f"|<v>{float(tenth):.2f}</v>"))
    return Planted(edited, spot.sheet, spot.cell, "CC11")


def _wrong_code(template: Template, workbook: bytes) -> Planted:
    return plant("wrong_check_digit", template, ("uscc", None), workbook)


def _missing(template: Template, workbook: bytes) -> Planted:
    return plant("missing", template, ("contact_name", None), workbook)


def _hidden(template: Template, workbook: bytes) -> Planted:
    return plant("hidden_row", template, ("awards_2y", template.reporting_year), workbook)


def _edited(template: Template, workbook: bytes) -> Planted:
    return plant("label_changed", template, ("profit_total", template.reporting_year), workbook)

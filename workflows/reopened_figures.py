"""The figures of 重新审议 at the door: what the proposer may name, and what the act that sends a case back notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.models import Reopening
from accreditation.models.reopenings import ReopeningGround
from accreditation.services import reopened_figures as kept
from accreditation.services.rule_sets import rule_language, rule_text, rules_of
from criteria.facts import exact_text
from criteria.units import UNITS, amount_text
from workflows.doing import Doing

WRONG_FIGURE = ReopeningGround.WRONG_FIGURE


def figures_are_named(doing: Doing) -> Iterable[Reason]:
    """Form: ground, figures (of each code, year, value). A wrong figure is named with the right one; nothing else is.

    What is said can so be answered, and what is decided can be counted.
    """
    figures, ground = list(doing.form.get("figures") or ()), doing.form.get("ground")
    if ground != WRONG_FIGURE:
        if figures:
            yield Reason("figures_beside_ground", _("以“核定数据有误”为由的，才能写明改正的数据。"), "ground")
        return
    counted = kept.counted_figures(doing.application)
    if not counted:
        yield Reason("no_figures", _("本件没有核定数据，请选择其他事由。"), "ground")
    elif not figures:
        yield Reason("figures_needed", _("请写明有误的核定数据和正确的数值。"), "figures")
    else:
        yield from _faults(doing, figures, counted)


def _faults(
    doing: Doing, figures: Iterable[Mapping[str, Any]], counted: Mapping[kept.Key, Fraction]
) -> Iterable[Reason]:
    specs = kept.specs_of(rules_of(doing.batch))
    seen: set[kept.Key] = set()
    for one in figures:
        code, year, value = str(one.get("code")), one.get("year"), one.get("value")
        spec, now, place = specs.get(code), counted.get((code, year)), f"figure-{code}-{year or 0}"
        if spec is None or now is None:
            text = _("没有这一项核定数据：%(code)s（%(year)s）。")
            yield Reason("unknown_figure", text % {"code": code, "year": year or "—"}, place)
            continue
        words = {
            "name": rule_text(spec, "name"), "year": year or "—", "unit": rule_text(UNITS[spec.unit], "name"),
            "now": amount_text(now, spec.unit, rule_language()), "read": value,
        }  # fmt: skip
        if not isinstance(value, Fraction):
            text = _("%(name)s（%(year)s）：读到“%(read)s”，应为数字，单位：%(unit)s。")
            yield Reason("value_needed", text % words, place)
        elif value == now:
            text = _("%(name)s（%(year)s）：读到“%(read)s”，与现核定的 %(now)s 相同；应为改正后的数值。")
            yield Reason("value_unchanged", text % (words | {"read": exact_text(value)}), place)
        if (code, year) in seen:
            yield Reason("figure_twice", _("%(name)s（%(year)s）：同一数据只能写明一个数值。") % words, place)
        seen.add((code, year))


def keep(doing: Doing, row: Reopening) -> None:
    """What the proposer named, in the trail as well."""
    values = {(one["code"], one["year"]): one["value"] for one in doing.form.get("figures") or ()}
    if figures := kept.keep_figures(row, values):
        doing.act.note(
            figures=[{"code": one.code, "year": one.year, "former": one.former, "value": one.value} for one in figures]
        )


def take_effect(doing: Doing, row: Reopening) -> None:
    """The corrected figures count, and the score on them stands in place of the former one: both digests are noted."""
    revised = kept.take_effect(row, by=doing.by, at=doing.at)
    if revised is None:
        return
    doing.act.note(
        figures=[
            {"code": one.code, "year": one.year, "former": one.former, "value": one.value, "verified": one.verified_id,
             "replaced": one.replaced_id}
            for one in kept.figures_of(row)
        ],
        former_score=revised.former_total, former_evaluation=revised.former_digest, score=revised.total,
        evaluation=revised.digest, unmet=revised.unmet,
    )  # fmt: skip

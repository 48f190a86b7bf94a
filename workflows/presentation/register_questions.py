"""What the register of standings asks of the figures of an application: which entries count, which do not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from accreditation.models import Application, Standing
from accreditation.seeds.standings import FieldEntry, catalogue
from accreditation.selectors.standings import Fault, entries_asked, weighed
from accreditation.services.evaluation import reported_facts
from accreditation.services.rule_sets import rules_of
from workflows.presentation.standings import kind_name, level_name
from workflows.presentation.words import Words, quoted


def register_questions(application: Application) -> dict[str, Words]:
    """By figure that a kind answers: `words` (register says, application says), `tone`, `rows`; one query.

    A row has `name`, `counts` and `why`: the conditions it does not meet, or what has changed since the figure's year.
    A question and never an answer: the figure stays as it was filed until an officer verifies it.
    """
    rules, reported = rules_of(application.batch), reported_facts(application)
    year, on = application.batch.reporting_year, application.batch.base_date
    asked = entries_asked(application.enterprise.uscc, [spec.code for spec in (rules.form.table if rules.form else ())])
    return {
        code: _question(
            [
                _weighed(catalogue().fields[code], year, row, faults, on)
                for row, faults in weighed(catalogue().fields[code], year, rows)
            ],
            _figure(reported, code, year),
        )
        for code, rows in asked.items()
    }


def _figure(reported: object, code: str, year: int) -> Fraction | None:
    figures = getattr(reported, "figures", {})
    fact = figures.get((code, year))
    return fact.value if fact is not None and isinstance(fact.value, Fraction) else None


def _question(rows: list[Words], reported: Fraction | None) -> Words:
    counted = [row for row in rows if row["counts"]]
    values = {"n": len(counted), "k": len(rows) - len(counted), "m": "—" if reported is None else str(reported)}
    if not rows:
        return {"words": _("资质登记簿没有相关记录，填报 %(m)s 项") % values, "tone": "grey", "rows": []}
    if values["k"]:
        words = _("资质登记簿 %(n)s 项（另有 %(k)s 项不计），填报 %(m)s 项") % values
    else:
        words = _("资质登记簿 %(n)s 项，填报 %(m)s 项") % values
    agrees = reported == len(counted) and not any(row["why"] for row in counted)
    return {"words": words, "tone": "green" if agrees else "amber", "rows": sorted(rows, key=_counted_first)}


def _counted_first(row: Words) -> bool:
    return not row["counts"]


def _weighed(field: FieldEntry, year: int, row: Standing, faults: list[Fault], on: date) -> Words:
    said = [_fault(fault, field, year, row) for fault in faults] if faults else list(_since(field, row, on))
    name = quoted(f"{row.name or kind_name(row.kind)}（{row.year}）")
    return {"name": name, "counts": not faults, "why": _("；").join(said)}


def _fault(fault: Fault, field: FieldEntry, year: int, row: Standing) -> str:
    """A condition that is not met, with the facts of the entry."""
    if fault is Fault.LEVEL:
        levels = _("、").join(level_name(level) for level in field.levels)
        return _("为%(level)s，本项只计%(levels)s") % {"level": level_name(row.level), "levels": levels}
    texts = {
        Fault.UNCONFIRMED: _("尚待第二人复核"),
        Fault.YEAR: _("本项只计 %(first)s 至 %(year)s 年"),
        Fault.LATER: _("自 %(begins)s 起，%(year)s 年末尚未取得"),
        Fault.EXPIRED: _("有效期至 %(until)s，%(year)s 年末已失效"),
        Fault.ENDED: _("自 %(ended)s 起终止"),
        Fault.DOUBLE: _("同名同级的已计一次"),
    }
    return texts[fault] % {
        "first": year - field.years + 1,
        "year": year,
        "begins": row.begins,
        "until": row.valid_until,
        "ended": row.ended_on,
    }


def _since(field: FieldEntry, row: Standing, on: date) -> Iterator[str]:
    """What an officer must look at in an entry that counts: ended, or out of force, by the base date.

    What is counted by the year in which it began need not last.
    """
    days = (row.ended_on, None if field.years else row.valid_until)
    until = min((day for day in days if day is not None), default=None)
    if until is not None and row.begins <= on and (until < on or until == on == row.ended_on):
        yield _("至基准日 %(on)s 已失效（%(until)s）") % {"on": on, "until": until}

"""The figures that need proof beside the files that prove them, and what the applicant may still bind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.models import Binding, Evidence
from accreditation.services.bindings import ANNEX, Need, Provable, binds, provable_of
from criteria.facts import Facts
from criteria.fields import AnnexSpec, FieldSpec
from criteria.ruleset import RuleSet
from criteria.units import unit_name
from workflows.presentation.coverage import section_of
from workflows.presentation.figures import shown_value
from workflows.presentation.provable import proof, provable_name
from workflows.presentation.words import Words, either, lang

Allowed = Collection[tuple[str, int | None] | str]


@dataclass(frozen=True, slots=True)
class OpenTo:
    """What may be bound now: nothing, everything, or in a correction named figures, annexes and kinds of evidence."""

    is_open: bool
    points: Allowed | None = None  # None where all are open
    kinds: Collection[str] = ()

    def allows(self, provable: Provable, kind: str) -> bool:
        """Whether a file of that kind may be bound to it or taken away."""
        if not self.is_open or self.points is None:
            return self.is_open
        return (provable.code, provable.year) in self.points or provable.code in self.points or kind in self.kinds


def row_key(code: str) -> str:
    """Anchor of the line of a field or annex on the page."""
    return f"prove-{code}"


def binding_sections(
    wanted: Iterable[Need],
    bound: Iterable[Binding],
    files: Iterable[Evidence],
    facts: Facts,
    rules: RuleSet,
    *,
    number: str,
    may: OpenTo,
) -> list[Words]:
    """Sections of the form: `label`, `rows`: `key`, `mark`, `name`, `unit`, `kinds`, `cells`, `options`, `state`.

    A cell has `target`, `year`, `value`, `place` (sheet, cell), `proofs`; an option a kind with its `files`.
    """
    bound, files = list(bound), list(files)
    rows: dict[str, list[Need]] = {}
    for need in wanted:
        rows.setdefault(need.provable.code, []).append(need)
    sections: dict[str, list[Words]] = {}
    for needs in rows.values():
        row = _row(needs, bound, files, facts, rules, number, may)
        sections.setdefault(section_of(needs[0]), []).append(row)
    return [{"label": label, "rows": found} for label, found in sections.items()]


def _row(
    needs: list[Need],
    bound: list[Binding],
    files: list[Evidence],
    facts: Facts,
    rules: RuleSet,
    number: str,
    may: OpenTo,
) -> Words:
    spec, code = needs[0].spec, needs[0].provable.code
    cells = [_cell(need, bound, facts, number, may) for need in needs]
    left = sum(not cell["proofs"] for cell in cells)
    options = list(_options(needs, files, rules, may))
    return {
        "key": row_key(code),
        "mark": spec.letter if isinstance(spec, AnnexSpec) else spec.row,
        "name": either(spec, "name"),
        "unit": "" if isinstance(spec, AnnexSpec) else _unit(spec),
        "kinds": [either(kind, "name") for kind in needs[0].kinds],
        "asked": "" if isinstance(spec, AnnexSpec) or not spec.evidence_zh else either(spec, "evidence"),
        "cells": cells,
        "options": options,
        "state": _("未标注 %(n)d 项") % {"n": left} if left else _("已标注"),
        "tone": "amber" if left else "green",
    }


def _unit(spec: FieldSpec) -> str:
    return "" if spec.unit in ("text", "code", "bool", "date") else unit_name(spec.unit, lang())


def _cell(need: Need, bound: list[Binding], facts: Facts, number: str, may: OpenTo) -> Words:
    provable, spec = need.provable, need.spec
    fact = None if isinstance(spec, AnnexSpec) else facts.figures.get((provable.code, provable.year))
    count = len(facts.annexes.get(provable.code, ()))
    lines = ngettext("%(n)d 行", "%(n)d 行", count) % {"n": count}
    return {
        "target": provable.key,
        "year": provable.year,
        "value": shown_value(fact, spec) if fact and isinstance(spec, FieldSpec) else lines,
        "place": str(fact.origin) if fact and fact.origin else "",
        "proofs": [
            proof(row, number, "my_evidence") | {"is_open": may.allows(provable, row.evidence.kind)}
            for row in bound
            if _is_of(binds(row), provable)
        ],
    }


def _is_of(bound: Provable, provable: Provable) -> bool:
    """A bound line of an annex stands with its annex."""
    return bound == provable or (provable.target == ANNEX == bound.target and bound.code == provable.code)


def _options(needs: list[Need], files: list[Evidence], rules: RuleSet, may: OpenTo) -> Iterator[Words]:
    """Files that may be bound to one of these, by kind; kinds that prove it come first."""
    fitting = {kind.code for kind in needs[0].kinds}
    kinds = sorted(rules.evidence, key=lambda kind: kind.code not in fitting)
    for kind in kinds:
        rows = [row for row in files if row.kind == kind.code]
        if rows and any(may.allows(need.provable, kind.code) for need in needs):
            yield {"label": either(kind, "name"), "files": [{"pk": row.pk, "name": _option(row)} for row in rows]}


def _option(row: Evidence) -> str:
    if row.file.pages is None:
        return row.name
    return _("%(name)s（%(n)d 页）") % {"name": row.name, "n": row.file.pages}


def other_bindings(
    wanted: Iterable[Need], bound: Iterable[Binding], rules: RuleSet, number: str, may: OpenTo
) -> list[Words]:
    """Bindings of what needs no proof (any more): `label`, `proof`."""
    needed = [need.provable for need in wanted]
    return [
        {
            "label": provable_name(binds(row), rules),
            "proof": proof(row, number, "my_evidence") | {"is_open": may.allows(binds(row), row.evidence.kind)},
        }
        for row in bound
        if not any(_is_of(binds(row), provable) for provable in needed)
    ]


def code_of(targets: Iterable[str]) -> str:
    """Field or annex of the first target of a form that is one."""
    return next((found.code for key in targets if (found := provable_of(key)) is not None), "")

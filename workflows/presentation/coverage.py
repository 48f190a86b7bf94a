"""How much of what was handed in is proven: required kinds that are there, figures that a file proves, by section."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from accreditation.models import Application
from accreditation.services.bindings import ANNEX, Need, needs, standing_bindings, unproven
from criteria.facts import Facts
from criteria.fields import AnnexSpec
from criteria.ruleset import RuleSet
from workflows.presentation.provable import provable_name
from workflows.presentation.words import Words, either

Address = Callable[[Need], str]


def coverage(
    application: Application,
    rules: RuleSet,
    facts: Facts | None,
    kinds: Iterable[Words],
    address: Address | None = None,
) -> Words:
    """Both measures of the evidence: kinds as in `kinds_there`, figures as in `figures_proven`; one query."""
    wanted = needs(rules, facts)
    left = unproven(wanted, standing_bindings(application)) if wanted else []
    return kinds_there(kinds) | figures_proven(wanted, left, rules, address)


def kinds_there(kinds: Iterable[Words]) -> Words:
    """How many required kinds are there: `required`, `handed_in`, `missing` (names), `is_complete`."""
    required = [kind for kind in kinds if kind["required"]]
    missing = [kind["label"] for kind in required if not kind["files"]]
    return {
        "required": len(required),
        "handed_in": len(required) - len(missing),
        "missing": missing,
        "is_complete": not missing,
    }


def figures_proven(wanted: Iterable[Need], left: Iterable[Need], rules: RuleSet, address: Address | None) -> Words:
    """`needed`, `proven`, `is_proven`, `sections`: `label`, `needed`, `proven`, `open` (`label`, `href`)."""
    wanted, open_ = list(wanted), set(left)
    sections: dict[str, list[Need]] = {}
    for need in wanted:
        sections.setdefault(section_of(need), []).append(need)
    return {
        "needed": len(wanted),
        "proven": len(wanted) - len(open_),
        "is_proven": not open_,
        "sections": [_section(label, rows, open_, rules, address) for label, rows in sections.items()],
    }


def _section(label: str, rows: list[Need], left: set[Need], rules: RuleSet, address: Address | None) -> Words:
    open_ = [need for need in rows if need in left]
    return {
        "label": label,
        "needed": len(rows),
        "proven": len(rows) - len(open_),
        "open": [
            {"label": provable_name(need.provable, rules), "href": address(need) if address else ""} for need in open_
        ],
    }


def section_of(need: Need) -> str:
    """Part of the form in which a figure stands."""
    if need.provable.target == ANNEX or isinstance(need.spec, AnnexSpec):
        return _("附表")
    if need.provable.year is None:
        return _("基本情况")
    return either(need.spec, "group") if need.spec.group_zh else _("评价数据")

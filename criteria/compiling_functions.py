"""Functions out of written source: the code object alone, bound to a name space without builtins but two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from types import CodeType, FunctionType
from typing import Any

from criteria.facts import Facts
from criteria.ruleset import RuleSet
from criteria.scope import FactScope, Standing
from criteria.slots import Cell, Gatherer, OffGrid, Slot, cell_of

_CLASSES = {"number": "Fraction", "text": "str", "flag": "bool"}


def built(source: str, names: dict[str, Any]) -> Callable[..., Any]:
    """The one function of a written source; it sees the given names, `abs` and `TypeError`."""
    module = compile(source, "<rules>", "exec", dont_inherit=True)
    code = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    return FunctionType(code, names | {"__builtins__": {"abs": abs, "TypeError": TypeError}})


def gathering(
    rules: RuleSet, gatherer: Gatherer, slots: tuple[Slot, ...], kinds: tuple[tuple[str, int], ...]
) -> Callable[[Facts, date, Standing], tuple[Cell, ...]]:
    """A function that reads all slots of an application as whole numbers of steps; OffGrid or KeyError."""
    names: dict[str, Any] = {
        "Fraction": Fraction,
        "str": str,
        "bool": bool,
        "OffGrid": OffGrid,
        "asked": _asked(gatherer),
    }
    lines = ["def made(facts, on, standing):", "    get, year = facts.figures.get, facts.reporting_year"]
    for number, (slot, (kind, scale)) in enumerate(zip(slots, kinds, strict=True)):
        if slot.asked is not None:
            lines.append(f"    s{number} = asked({number}, facts, on, standing)")
            continue
        names[f"f{number}"] = slot.code
        lines += _reading(number, slot, bool(rules.fields[slot.code].years))
        names[f"g{number}"] = {step: scale // step for step in range(1, scale + 1) if scale % step == 0}
        lines += _converting(number, kind)
    cells = "".join(f"s{number}, " for number in range(len(slots)))
    return built("\n".join([*lines, f"    return ({cells})"]), names)


def _reading(number: int, slot: Slot, has_years: bool) -> list[str]:
    """The fact of a field: of its year, or of a basic field as `Facts.fact` finds it."""
    year = f"year - {slot.back}" if slot.back else "year"
    lines = [f"    fact = get((f{number}, {year}))"]
    return lines if has_years else [*lines, "    if fact is None:", f"        fact = get((f{number}, None))"]


def _converting(number: int, kind: str) -> list[str]:
    lines = [
        f"    s{number} = None if fact is None else fact.value",
        f"    if s{number} is not None:",
        f"        if s{number}.__class__ is not {_CLASSES[kind]}:",
        f"            raise OffGrid(f{number})",
    ]
    if kind == "number":
        lines += [f"        n, d = s{number}.as_integer_ratio()", f"        s{number} = n * g{number}[d]"]
    return lines


def _asked(gatherer: Gatherer) -> Callable[[int, Facts, date, Standing], Cell]:
    """Reads a slot that looks into annexes or the register."""

    def asked(number: int, facts: Facts, on: date, standing: Standing) -> Cell:
        scope = FactScope(gatherer.rules, facts, on, standing)
        return cell_of(gatherer.scalar(gatherer.slots[number], facts, scope), *gatherer.kinds[number])

    return asked

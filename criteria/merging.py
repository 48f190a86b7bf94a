"""`extends` and `takes`: one rule set built on others, every figure keeping its own source and confidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from criteria.cursor import Cursor, FaultList
from criteria.faults import RuleSetFaults
from criteria.rulefile import RuleText, read_text

Resolve = Callable[[str], str]
MAX_CHAIN = 5
MAX_TAKEN = 20  # sets that one file takes sections from
# What names one edition is never inherited.
IDENTITY = frozenset(
    {
        "programme", "edition", "name_zh", "name_en", "status", "demonstration", "conditions_only", "note",
        "district", "effective_from", "effective_to", "effective_confidence", "extends", "takes",
    }
)  # fmt: skip


def merged(text: str, file: str, resolve: Resolve, chain: tuple[str, ...] = ()) -> RuleText:
    """The rule text with everything it extends and takes merged in; RuleSetFaults when a reference fails."""
    return overlaid(read_text(text, file), resolve, chain)


def overlaid(own: RuleText, resolve: Resolve, chain: tuple[str, ...] = ()) -> RuleText:
    """The same of plain values that were read before."""
    faults = FaultList(own)
    cursor = Cursor(own.content, "", faults)
    base = _base(cursor, resolve, chain)
    rows = cursor.rows("takes")
    if len(rows) > MAX_TAKEN:
        cursor.fault("takes", f"不得超过 {MAX_TAKEN} 项", f"there must be no more than {MAX_TAKEN}")
        rows = rows[:0]
    for row in rows:
        _take(row, base, resolve, chain)
    if faults.found:
        raise RuleSetFaults(tuple(faults.found))
    content = {key: value for key, value in own.content.items() if key not in ("extends", "takes")}
    return RuleText(own.file, _overlay(base.content, content), base.places | own.places)


def _base(cursor: Cursor, resolve: Resolve, chain: tuple[str, ...]) -> RuleText:
    if not cursor.has("extends"):
        return RuleText("", {})
    base = _fetch(cursor, "extends", resolve, chain)
    return RuleText(base.file, {k: v for k, v in base.content.items() if k not in IDENTITY}, dict(base.places))


def _take(row: Cursor, base: RuleText, resolve: Resolve, chain: tuple[str, ...]) -> None:
    """Put the named sections of another set in place of those of the base."""
    other, sections = _fetch(row, "from", resolve, chain), row.texts("sections")
    row.done()
    for section in sections:
        if section in IDENTITY or section not in other.content:
            row.fault("sections", f"没有可取用的部分：{section}", f"no such section to take: {section}")
            continue
        base.content[section] = other.content[section]
        within = (section, f"{section}.", f"{section}[")
        places = {p: at for p, at in other.places.items() if p == section or p.startswith(within[1:])}
        base.places.update(places)


def _fetch(cursor: Cursor, key: str, resolve: Resolve, chain: tuple[str, ...]) -> RuleText:
    ref = cursor.text(key)
    if ref in chain or len(chain) >= MAX_CHAIN:
        cursor.fault(key, f"引用成环或过深：{ref}", f"references form a circle or go too deep: {ref}")
        return RuleText("", {})
    try:
        text = resolve(ref)
    except (LookupError, OSError, ValueError):
        cursor.fault(key, f"找不到规则集：{ref}", f"no such rule set: {ref}")
        return RuleText("", {})
    return merged(text, f"{ref}.yaml", resolve, (*chain, ref))


def _overlay(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Own values over base values: mappings key by key, coded rows by code, everything else replaced."""
    result = dict(base)
    for key, value in own.items():
        below = base.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = below | value
        elif _is_coded(below) and _is_coded(value):
            result[key] = _overlay_rows(below, value)
        else:
            result[key] = value
    return result


def _is_coded(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(isinstance(row, dict) and isinstance(row.get("code"), str) for row in rows)
    )


def _overlay_rows(base: Any, own: Any) -> list[Any]:
    """Own rows replace base rows of the same code; doubled own codes stay doubled, for the reader to refuse."""
    replaced = {row["code"] for row in own}
    kept = [row for row in base if row["code"] not in replaced]
    order = {row["code"]: number for number, row in enumerate(base)} if len(kept) < len(base) else {}
    rows = [*kept, *own]
    return sorted(rows, key=lambda row: order.get(row["code"], len(base)))

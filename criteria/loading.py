"""Rule files to `RuleSet`: safe, complete or refused with every fault; freezing and thawing of self-contained texts."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from criteria.cursor import Cursor, FaultList, figure_from
from criteria.faults import RuleSetFaults
from criteria.fields import FieldSpec, FormSpec
from criteria.formfile import read_field, read_form, resolve_form
from criteria.merging import Resolve, merged, overlaid
from criteria.rulefile import RuleText, canonical, read_text, thawed
from criteria.ruleset import RuleSet
from criteria.sections import (
    read_anomaly,
    read_band,
    read_band_override,
    read_check,
    read_cycle,
    read_evidence,
    read_expert_review,
    read_gate,
    read_indicator,
    read_instrument,
    read_remark,
    read_scoring,
    read_sources,
)
from criteria.soundness import check_soundness

PROGRAMMES = Path(__file__).parent / "programmes"
_REF = re.compile(r"[a-z][a-z0-9_]*(/[a-z0-9][a-z0-9-]*)?")


def resolver(directory: Path) -> Resolve:
    """From a reference (`demo/2026`, `fields`, `sources`) to the text below a directory; LookupError when absent."""

    def resolve(ref: str) -> str:
        path = directory / f"{ref}.yaml"
        if not _REF.fullmatch(ref) or not path.is_file():
            raise LookupError(ref)
        return path.read_text(encoding="utf-8")

    return resolve


def load(ref: str, directory: Path = PROGRAMMES) -> RuleSet:
    """The rule set `programme/edition` below a directory; LookupError when absent, RuleSetFaults when unsound."""
    resolve = resolver(directory)
    return load_text(resolve(ref), resolve=resolve, file=f"{ref}.yaml")


def load_text(text: str, resolve: Resolve | None = None, file: str = "rules.yaml") -> RuleSet:
    """A rule set from text; `resolve` gives the texts it refers to (default: the shipped files). RuleSetFaults."""
    resolve = resolve or resolver(PROGRAMMES)
    return _load(merged(text, file, resolve), resolve)


def load_values(values: RuleText) -> RuleSet:
    """A rule set from plain values with their places, the shipped files being what it may refer to. RuleSetFaults."""
    resolve = resolver(PROGRAMMES)
    return _load(overlaid(values, resolve), resolve)


def _load(rules: RuleText, resolve: Resolve) -> RuleSet:
    faults = FaultList(rules)
    _resolve_fields(rules, _catalogue(resolve, "fields"), faults)
    _resolve_sources(rules, _catalogue(resolve, "sources"), faults)
    return _assemble(rules, faults)


def freeze(ref: str, directory: Path = PROGRAMMES) -> str:
    """One self-contained text of a rule set: canonical JSON with all it extends, its fields and its sources."""
    return load(ref, directory).frozen_text


def thaw(text: str) -> RuleSet:
    """The rule set of a frozen text, with the same checksum; RuleSetFaults when the text is not sound."""
    rules = thawed(text, "frozen.json")
    return _assemble(rules, FaultList(rules))


def _catalogue(resolve: Resolve, name: str) -> RuleText:
    """A shared file; sets that cite nothing and have no form need none."""
    try:
        return _catalogue_text(resolve(name), f"{name}.yaml")
    except LookupError:
        return RuleText(f"{name}.yaml", {})


@lru_cache(maxsize=8)
def _catalogue_text(text: str, file: str) -> RuleText:
    """Shared files are read once per text; nothing below changes what it is given."""
    return read_text(text, file)


def _resolve_fields(rules: RuleText, catalogue: RuleText, faults: FaultList) -> None:
    """Put full field definitions where the file names codes; a set without form carries the whole catalogue."""
    form = rules.content.get("form")
    if form is None:
        rules.content["fields"] = catalogue.content.get("fields", [])
        rules.places.update(catalogue.places)
        return
    rules.content["form"] = resolve_form(form, catalogue.content, Cursor(form, "form", faults))
    for path, place in catalogue.places.items():
        section, mark, rest = path.partition("[")
        if mark:
            for key in ("basics", "table") if section == "fields" else (section,):
                rules.places.setdefault(f"form.{key}[{rest}", place)


def _resolve_sources(rules: RuleText, catalogue: RuleText, faults: FaultList) -> None:
    """Carry the definition of every cited source."""
    own = rules.content.get("sources", {})
    if not isinstance(own, dict):
        return  # refused when the section is read
    known = catalogue.content.get("sources", {}) | own
    cited = _cited(rules.content)
    rules.content["sources"] = {code: known[code] for code in sorted(cited) if code in known}


def _cited(content: Any) -> set[str]:
    """Every source code named anywhere below; walked without recursion."""
    codes: set[str] = set()
    waiting = [content]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            own = held.get("source")
            if isinstance(own, list):
                codes.update(code for code in own if isinstance(code, str))
            waiting += held.values()
        elif isinstance(held, list):
            waiting += held
    return codes


def _assemble(rules: RuleText, faults: FaultList) -> RuleSet:
    """Read every section, then check the whole; raises RuleSetFaults with all faults of both passes."""
    cursor = Cursor(rules.content, "", faults)
    rule_set = _read(cursor, canonical(rules.content))
    cursor.done()
    if not faults.found:
        check_soundness(rule_set, faults)
    for code in sorted(_cited(rules.content) - set(rule_set.sources)):
        faults.add("sources", f"出处没有登记：{code}", f"cited source is not listed: {code}")
    if faults.found:
        raise RuleSetFaults(tuple(faults.found))
    return rule_set


def _read(cursor: Cursor, text: str) -> RuleSet:
    name_zh, name_en = cursor.pair("name")
    authority_zh, authority_en = cursor.pair("authority", "")
    scoring, cycle, review = cursor.below("scoring"), cursor.below("cycle"), cursor.below("expert_review")
    form, fields = _read_fields(cursor)
    return RuleSet(
        programme=cursor.text("programme"),
        edition=cursor.text("edition"),
        name_zh=name_zh,
        name_en=name_en,
        status=cursor.choice("status", ("complete", "partial")),
        demonstration=cursor.flag("demonstration", False),
        effective_from=cursor.day("effective_from"),
        effective_to=cursor.day("effective_to"),
        effective_confidence=cursor.confidence("effective_confidence"),
        authority_zh=authority_zh,
        authority_en=authority_en,
        note=cursor.text("note", ""),
        instruments=cursor.each("instruments", read_instrument),
        gates=cursor.each("gates", read_gate),
        scoring=read_scoring(scoring) if scoring else None,
        indicators=cursor.each("indicators", read_indicator),
        bonus=cursor.each("bonus", read_indicator),
        bands=cursor.each("bands", read_band),
        band_overrides=cursor.each("band_overrides", read_band_override),
        coefficients=cursor.named("coefficients", figure_from),
        parameters=cursor.named("parameters", figure_from),
        cycle=read_cycle(cycle) if cycle else None,
        expert_review=read_expert_review(review) if review else None,
        form=form,
        fields=fields,
        evidence=cursor.each("evidence", read_evidence),
        checks=cursor.each("checks", read_check),
        sources=read_sources(cursor),
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        frozen_text=text,
        anomalies=cursor.each("anomalies", read_anomaly),
        remarks=cursor.each("remarks", read_remark),
        district=cursor.text("district", ""),
        conditions_only=cursor.flag("conditions_only", False),
    )


def _read_fields(cursor: Cursor) -> tuple[FormSpec | None, dict[str, FieldSpec]]:
    """The form, and the fields that formulas may name: those of the form, or the catalogue where there is no form."""
    section = cursor.below("form")
    others = cursor.each("fields", read_field)
    form = read_form(section) if section else None
    fields = (*form.basics, *form.table) if form else others
    return form, {field.code: field for field in fields}

"""A draft of rules for people: its rows and parts with value, source and confidence; cases and trial in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.templatetags.dates import day as day_text
from accreditation.templatetags.language import zh
from criteria.editing import Content, Part, opened, parts
from criteria.exact import shown_text
from criteria.figures import Confidence
from criteria.golden import limit_words, limits_of
from workflows.presentation.explanations import ROLE_NAMES
from workflows.presentation.words import Words, amount, confidence_mark, lang, quoted

if TYPE_CHECKING:
    from accreditation.models import RuleDraft, RuleTrial
    from accreditation.services.rule_publishing import Readiness
    from criteria.golden import CaseResult, Limit
    from criteria.ruleset import RuleSet

SECTION_NAMES = {
    "coefficients": gettext_lazy("系数"),
    "gates": gettext_lazy("申报条件"),
    "scoring": gettext_lazy("计分"),
    "indicators": gettext_lazy("评价指标"),
    "bonus": gettext_lazy("加分"),
    "bands": gettext_lazy("评价等次"),
    "band_overrides": gettext_lazy("等次的例外"),
    "cycle": gettext_lazy("有效期和评价周期"),
    "parameters": gettext_lazy("程序参数"),
    "expert_review": gettext_lazy("专家评审"),
}
PART_NAMES = ROLE_NAMES | {
    "": gettext_lazy("条文"),
    "zero_denominator": gettext_lazy("分母为零时"),
    "total": gettext_lazy("满分"),
    "places": gettext_lazy("保留小数"),
    "least": gettext_lazy("起点（含）"),
    "below": gettext_lazy("上限（不含）"),
    "points": gettext_lazy("得分"),
    "years": gettext_lazy("追溯年数"),
    "most": gettext_lazy("满分"),
    "step": gettext_lazy("评分步长"),
    "least_count": gettext_lazy("起计数量"),
    "share": gettext_lazy("权重比例"),
    "bonus_cap": gettext_lazy("加分总上限"),
    "deduction_cap": gettext_lazy("扣分总上限"),
    "panel_size": gettext_lazy("专家组人数"),
    "spread_limit": gettext_lazy("分歧提示界限"),
    "trim_from": gettext_lazy("去掉最高分和最低分的起始人数"),
}
_BRANCHES = {
    "variants": gettext_lazy("另有规定"),
    "alternatives": gettext_lazy("或者"),
    "or_better": gettext_lazy("另一算法"),
    "steps": gettext_lazy("分档"),
    "headings": gettext_lazy("评审项目"),
}
_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")


def rows_of(content: Content) -> list[Words]:
    """Sections with their rows: `label`, `rows`: `path`, `code`, `label`, `parts`, `open` (parts to be compared)."""
    sections: dict[str, dict[str, list[Part]]] = {}
    for part in parts(content):
        sections.setdefault(part.section, {}).setdefault(part.row, []).append(part)
    return [
        {"label": SECTION_NAMES[section], "rows": [_row(content, path, held) for path, held in rows.items()]}
        for section, rows in sections.items()
    ]


def _row(content: Content, path: str, held: list[Part]) -> Words:
    shown = [part_words(content, part) for part in held]
    code, label = row_name(content, path)
    return {
        "path": path,
        "code": code,
        "label": label,
        "parts": shown,
        "open": sum(not part["is_live"] for part in shown),
    }


def row_name(content: Content, path: str) -> tuple[str, str]:
    """Code and name of a row."""
    held = list(_walk(content, path))[-1]
    code = held.get("code") if isinstance(held.get("code"), str) else path.rpartition(".")[2]
    return ("" if path in SECTION_NAMES else str(code), _pair(held) or str(SECTION_NAMES.get(path, "")))


def part_words(content: Content, part: Part) -> Words:
    """A part: `path`, `label`, `value`, `source`, `article`, `note`, `confidence`, `is_live`."""
    confidence = Confidence(part.entry["confidence"])
    return {
        "path": part.path,
        "label": part_name(content, part),
        "value": value_words(content, part.entry) if part.is_figure else "",
        "source": _("、").join(part.entry.get("source", ())),
        "article": quoted(part.entry.get("article", "")),
        "note": quoted(part.entry.get("note", "")),
        "confidence": confidence_mark(confidence),
        "is_live": confidence.is_live,
    }


def part_name(content: Content, part: Part) -> str:
    """What a part is within its row: the figure's own name, or that of its role, behind the branch it stands in."""
    own = _pair(part.entry) if part.is_figure else ""
    words = [own or str(PART_NAMES.get(_last(part.role), _last(part.role)))]
    for name, number in re.findall(r"(\w+)\[([^\]]+)\]", part.role):
        held = next((row for row in _walk(content, f"{part.row}.{part.role}") if row.get("code") == number), {})
        which = _pair(held) or (str(int(number) + 1) if number.isdecimal() else number)
        words.insert(0, f"{_BRANCHES.get(name, name)} {which}")
    return _(" · ").join(words)


def _last(role: str) -> str:
    return role.rpartition(".")[2].partition("[")[0]


def value_words(content: Content, entry: Mapping[str, Any]) -> str:
    """The number with its unit, one for each class where it differs, or that it is unknown."""
    unit = str(entry["unit"])
    if cases := entry.get("cases"):
        names = choice_names(content, str(entry.get("by", "")))
        return _("；").join(f"{names.get(code, code)} {amount(value, unit)}" for code, value in cases.items())
    value = entry.get("value")
    return amount(value, unit) if isinstance(value, Fraction) else _("未知")


def choice_names(content: Content, field: str) -> dict[str, str]:
    """Codes and names of the choices of a field."""
    form = content.get("form") or {}
    rows = [*form.get("basics", ()), *form.get("table", ()), *content.get("fields", ())]
    found = next((row for row in rows if isinstance(row, dict) and row.get("code") == field), {})
    return {choice["code"]: _pair(choice) for choice in found.get("choices", ())}


def _pair(held: Mapping[str, Any]) -> str:
    for name in ("name", "text"):
        text = held.get(f"{name}_{lang()}") or held.get(f"{name}_zh")
        if text:
            return str(text)
    return ""


def _walk(content: Content, path: str) -> Iterator[dict[str, Any]]:
    """Every mapping on the way to a path, the last one last."""
    held: Any = content
    for key, name in _STEP.findall(path):
        if name:
            rows = enumerate(held if isinstance(held, list) else ())
            held = next((row for number, row in rows if row.get("code", str(number)) == name), {})
        else:
            held = held.get(key, {}) if isinstance(held, dict) else {}
        if isinstance(held, dict):
            yield held


def number_text(value: object) -> str:
    """A plain value of a figure as an input shows it."""
    return shown_text(value) if isinstance(value, Fraction) else ""


# --- Overview ---------------------------------------------------------------------------------------------------
def overview(draft: RuleDraft, ready: Readiness) -> Words:
    """What stands against publishing, check by check: `label`, `href`, `state`, `tone`, `words`."""
    rules = ready.checked.rule_set
    checks = list(_checks(draft, ready)) if rules else [_faulty(draft, ready)]
    return {"checks": checks, "effective_from": _day(opened(draft.text))}


def _day(content: Content) -> Any:
    day = content.get("effective_from")
    return day_text(date.fromisoformat(day)) if isinstance(day, str) else ""


def _checks(draft: RuleDraft, ready: Readiness) -> Iterator[Words]:
    number, lacking = draft.number, len(ready.uncovered) + ready.strays
    yield _check(_("规则文本"), reverse("office_rule_rows", args=[number]), True, _("没有错误"))
    yield _check(
        _("出处和可信度"), reverse("office_rule_confirm", args=[number]), not ready.live,
        ngettext("%(n)d 处来源不足", "%(n)d 处来源不足", len(ready.live)) % {"n": len(ready.live)}
        if ready.live else _("每个数值都有可靠出处"),
    )  # fmt: skip
    passed = not ready.failed and not lacking
    told = _("共 %(n)d 个案例，%(failed)d 个不符，%(lacking)d 个界限缺案例")
    yield _check(
        _("边界案例"), reverse("office_rule_cases", args=[number]), passed,
        told % {"n": len(ready.cases), "failed": len(ready.failed), "lacking": lacking},
    )  # fmt: skip
    trial = ready.trial
    done = trial is not None and trial.finished_at is not None
    words = _("已完成") if done else _("正在试算") if trial else _("当前文本尚未试算")
    yield _check(_("历史试算"), reverse("office_rule_trial", args=[number]), done, words)


def _check(label: str, href: str, passed: bool, words: str) -> Words:
    state, tone = (_("通过"), "green") if passed else (_("待完成"), "amber")
    return {"label": label, "href": href, "state": state, "tone": tone, "words": words}


def _faulty(draft: RuleDraft, ready: Readiness) -> Words:
    count = len(ready.checked.faults)
    words = ngettext("%(n)d 处错误，改正后才能继续检查", "%(n)d 处错误，改正后才能继续检查", count) % {"n": count}
    href = reverse("office_rule_rows", args=[draft.number])
    return {"label": _("规则文本"), "href": href, "state": _("有错误"), "tone": "red", "words": words}


# --- Boundary cases -----------------------------------------------------------------------------------------------
SIDES = {"below": gettext_lazy("略低于界限"), "at": gettext_lazy("正好在界限"), "above": gettext_lazy("略高于界限")}
OUTCOMES = {
    "passed": gettext_lazy("符合"),
    "failed": gettext_lazy("不符合"),
    "undetermined": gettext_lazy("不能判定"),
}


def case_rows(rules: RuleSet, ready: Readiness) -> list[Words]:
    """Limits with their cases: `key`, `label`, `passed`, `cases`: `side`, `given`, `expected`, `words`."""
    held: dict[Limit, list[CaseResult]] = {limit: [] for limit in limits_of(rules)}
    for result in ready.cases:
        held[result.case.limit].append(result)
    return [
        {
            "key": limit.key,
            "label": limit_words(rules, limit, lang()),
            "missing": limit in ready.uncovered,
            "passed": limit not in ready.uncovered and all(result.passed for result in results),
            "cases": [_case(result) for result in sorted(results, key=lambda one: list(SIDES).index(one.case.side))],
        }
        for limit, results in held.items()
    ]


def _case(result: CaseResult) -> Words:
    shown = {key: value for key, value in result.case.expected.items() if key != "segment"}
    return {
        "side": SIDES[result.case.side],
        "given": shown_text(result.case.given),
        "expected": _("，").join(_expected(key, value) for key, value in shown.items()),
        "passed": result.passed,
        "words": result.text(lang()),
    }


def _expected(key: str, value: object) -> str:
    if key == "points":
        return _("得 %(n)s 分") % {"n": shown_text(value) if isinstance(value, Fraction) else "—"}
    if key == "outcome":
        return str(OUTCOMES[str(value)])
    return shown_text(value) if isinstance(value, Fraction) else str(value)


# --- The trial ----------------------------------------------------------------------------------------------------
MOVES = {
    "gains": (gettext_lazy("取得资格"), "green"),
    "loses": (gettext_lazy("失去资格"), "red"),
    "keeps": (gettext_lazy("保持资格"), "grey"),
    "stays_out": (gettext_lazy("仍不符合"), "grey"),
    "cannot_tell": (gettext_lazy("不能判定"), "amber"),
}
GROUPS = {"district": gettext_lazy("区"), "industry": gettext_lazy("行业"), "size": gettext_lazy("企业规模")}


def trial_words(trial: RuleTrial) -> Words | None:
    """A finished trial: `summary`, `counts`, `groups`, `bands`, `moves`; None while it is not finished."""
    held = trial.figures
    if not held:
        return None
    count, place = held["applicants"], 0 if lang() == "zh" else 1
    bands = {code: names[place] for code, names in held["band_names"].items()}
    return {
        "summary": ngettext("共试算 %(n)d 件以往申报。", "共试算 %(n)d 件以往申报。", count) % {"n": count},
        "has_total": held["before"]["has_total"] and held["after"]["has_total"],
        "counts": [{"label": MOVES[move][0], "count": n} for move, n in held["counts"].items()],
        "holders_losing": held["holders_losing"],
        "heads": [label for label, _tone in MOVES.values()],
        "groups": [_trial_group(group, rows, place) for group, rows in held["groups"].items() if rows],
        "bands": [
            {"before": bands.get(old, _("无等次")), "after": bands.get(new, _("无等次")), "count": n}
            for old, new, n in held["bands"]
        ],
        "moves": [_move(row) for row in held["moves"]],
    }


def _trial_group(group: str, rows: list[Words], place: int) -> Words:
    shown = [
        {
            "label": zh(row["label"][place] or _("未填")),
            "cells": [{"head": head, "count": row[move]} for move, (head, _tone) in MOVES.items()],
        }
        for row in rows
    ]
    return {"label": GROUPS[group], "rows": shown}


def _move(row: Words) -> Words:
    label, tone = MOVES[row["move"]]
    totals = {side: row[side]["total"] or "—" for side in ("before", "after")}
    causes = _("、").join(row["causes"])
    return row | {"move": label, "tone": tone, "causes": causes} | totals

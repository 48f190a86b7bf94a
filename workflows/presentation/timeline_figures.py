"""What entries about the verification of figures by a third party say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from workflows.presentation.words import amount, either, quoted

if TYPE_CHECKING:
    from criteria.ruleset import RuleSet

Content = Mapping[str, Any]


def _words(name: str) -> Callable[[Content, RuleSet | None], str | SafeString]:
    def tell(content: Content, rules: RuleSet | None) -> str | SafeString:
        return quoted(content.get(name) or "")

    return tell


def _handed_in(content: Content, rules: RuleSet | None) -> SafeString:
    counts = content["counts"]
    said = _("一致 %(same)d 项，有差异 %(other)d 项，无法核实 %(open)d 项。") % {
        "same": counts["confirmed"], "other": counts["differs"], "open": counts["unverifiable"],
    }  # fmt: skip
    return format_html("{} {} {}", quoted(content["name"]), quoted(content["report"]), said)


def _recorded(content: Content, rules: RuleSet | None) -> str:
    return _("共 %(n)d 项") % {"n": len(content["findings"])}


def _figure(content: Content, rules: RuleSet | None) -> SafeString:
    spec = rules.fields.get(content["code"]) if rules else None
    year = _("（%(year)s 年）") % {"year": content["year"]} if content.get("year") else ""
    return format_html("{}{}", either(spec, "name") if spec else content["code"], year)


def _answered(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html("{}{}{}", _figure(content, rules), _("："), quoted(content["text"]))


def _decided(content: Content, rules: RuleSet | None) -> SafeString:
    spec = rules.fields.get(content["code"]) if rules else None
    reported, value = (
        amount(Fraction(content[name]), spec.unit) if spec else content[name] for name in ("reported", "value")
    )
    stays = content.get("stays", "")  # an officer's own value, which goes on counting
    if content["is_adopted"]:
        outcome = _("采用核查数 %(value)s（填报 %(reported)s）。")
    elif stays:
        outcome = _("不采用核查数 %(value)s，仍按审核核定数 %(stays)s（填报 %(reported)s）。")
        stays = amount(Fraction(stays), spec.unit) if spec else stays
    else:
        outcome = _("不采用核查数 %(value)s，仍按填报 %(reported)s。")
    said = outcome % {"value": value, "reported": reported, "stays": stays}
    return format_html("{}{}{}{}", _figure(content, rules), _("："), said, quoted(content["reason"]))


TELLERS = {
    "commission_figure_check": _words("name"),
    "call_off_figure_check": _words("reason"),
    "refuse_figure_check": _words("reason"),
    "record_figures": _recorded,
    "hand_in_figure_check": _handed_in,
    "answer_figure": _answered,
    "decide_figure": _decided,
}

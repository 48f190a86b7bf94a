"""What the way of an evaluation tells beside the lines that it shares with a recognition, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.presentation.words import amount, either, quoted

Content = Mapping[str, Any]
PARTIES = frozenset({View.OFFICE, View.AUDITOR, View.APPLICANT, View.DISTRICT, View.COMMITTEE})
READERS: Mapping[str, frozenset[View]] = {
    "fix_result": PARTIES - {View.APPLICANT, View.DISTRICT},  # the holder learns score and band with the notice
    "report_rectification": PARTIES,
    "miss_rectification": PARTIES,
    "accept_rectification": PARTIES,
    "find_unrectified": PARTIES,
    "set_result_aside": PARTIES,
}


def _result(content: Content, rules: RuleSet | None) -> SafeString:
    names = {band.code: either(band, "name") for band in rules.bands} if rules else {}
    values = {
        "points": amount(Fraction(content["score"]), "point"),
        "band": names.get(content["band"], content["band"]),
    }
    said = _("评价得分 %(points)s，等次为“%(band)s”。") % values
    return format_html("{} {}", said, quoted(content.get("opinion")))


def _text(name: str) -> Callable[[Content, RuleSet | None], str | SafeString]:
    return lambda content, rules: quoted(content.get(name)) if content.get(name) else ""


TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = {
    "fix_result": _result,
    "report_rectification": _text("report"),
    "accept_rectification": _text("remark"),
    "find_unrectified": _text("remark"),
    "set_result_aside": _text("reason"),
}

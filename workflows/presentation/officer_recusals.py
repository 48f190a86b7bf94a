"""Recusals of officers in words: rows of the lists, who acts instead, and how the way of a case tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.models import Case, OfficerRecusal
from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.presentation.words import Words, quoted
from workflows.selectors import recusals

Content = Mapping[str, Any]
# Who of an authority steps aside is the authorities' own affair, the reason that of the superior and the auditor.
RECUSAL_READERS: Mapping[str, frozenset[View]] = dict.fromkeys(
    ("declare_own_tie", "order_officer_recusal", "lift_officer_recusal"),
    frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT, View.FORWARDER, View.RECONSIDERER}),
)


def recusal_rows(rows: Iterable[OfficerRecusal], who: recusals.Reader) -> list[Words]:
    """`row`, `officer`, `enterprise`, `scope`, `way`, `is_standing`, `may_lift` of each."""
    return [
        {
            "row": row,
            "officer": quoted(row.officer),
            "enterprise": quoted(row.enterprise.name),
            "number": row.case.number if row.case else "",
            "way": _("本人申请") if row.is_declared else _("责令回避"),
            "by": quoted(row.recorded_by),
            "reason": quoted(row.reason),
            "is_standing": row.lifted_at is None,
            "lifted_by": quoted(row.lifted_by) if row.lifted_by else "",
            "lifted_for": quoted(row.lifted_for),
            "may_lift": who.may_lift(row),
            "nobody_lifts": row.lifted_at is None and not who.line.who_lift(row.officer),
        }
        for row in rows
    ]


def who_acts(case: Case, who: recusals.Reader) -> Words | None:
    """`people` who can act on the case at its desk; `above` whom to turn to where nobody can. None at no desk."""
    people = recusals.remaining(case)
    if people is None:
        return None
    above = {one.pk: one for one in [*who.line.superiors(who.person), *who.line.heads_of_city()]}
    return {
        "people": [quoted(one) for one in people],
        "above": [] if people else [quoted(one) for _key, one in sorted(above.items())],
    }


def _told(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("{name}：{what}。"), name=quoted(content["officer_name"]), what=_scope(content))


def _scope(content: Content) -> str:
    return _("该单位的全部办件") if content.get("whole_enterprise") else _("本办件")


RECUSAL_TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = dict.fromkeys(
    RECUSAL_READERS, _told
)

"""The same file or number in another application, in words, for whoever may know of that application."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.models import Case
from accreditation.permissions import Person
from accreditation.services.bindings import ANNEX, Provable
from accreditation.services.recurrences import Recurrence
from accreditation.visibility import visible_cases
from criteria.ruleset import RuleSet
from workflows.presentation.cases import batch_name
from workflows.presentation.provable import provable_name
from workflows.presentation.words import Words, state_label, state_tone

SHOWN, SHOWN_CASES = 50, 10


def recurrence_rows(found: Iterable[Recurrence], rules: RuleSet, *, by: Person, address: str) -> Words:
    """For a reviewer: `count`, `shown` (how many are listed, at most 50), `groups`: what the same cases report as well.

    A group: `items` (`what`, `shown`, `place`), `cases` (at most 10), `more` (how many are not listed), `hidden` (how
    many are not for this person). What other enterprises report comes first.
    A case that the person may not see is counted and not named. `address` is the URL name of a case's page.
    """
    found = list(found)
    keys = {case.pk for row in found for case in row.cases}
    seen = set(visible_cases(by).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    groups = _groups(found[:SHOWN], rules, seen, address)
    return {"count": len(found), "shown": len(found[:SHOWN]), "groups": groups}


def own_recurrence_rows(found: Iterable[Recurrence], rules: RuleSet) -> Words:
    """For the applicant: `count` and `groups`, of cases of the own enterprise."""
    found = list(found)
    seen = {case.pk for row in found for case in row.cases}
    return {"count": len(found), "groups": _groups(found[:SHOWN], rules, seen, "my_case")}


def _groups(found: Iterable[Recurrence], rules: RuleSet, seen: set[int], address: str) -> list[Words]:
    alike: dict[tuple[Case, ...], list[Recurrence]] = {}
    for row in found:
        alike.setdefault(row.cases, []).append(row)
    # The same things in one other application are one question, however many they are.
    ordered = sorted(alike.items(), key=lambda each: all(row.is_own for row in each[1]))
    return [_group(cases, rows, rules, seen, address) for cases, rows in ordered]


def _group(every: tuple[Case, ...], rows: list[Recurrence], rules: RuleSet, seen: set[int], address: str) -> Words:
    cases = [case for case in every if case.pk in seen]
    return {
        "items": [_item(row, rules) for row in rows],
        "is_own": all(row.is_own for row in rows),
        "cases": [_case(case, address) for case in cases[:SHOWN_CASES]],
        "more": len(cases[SHOWN_CASES:]),
        "hidden": len(every) - len(cases),
    }


def _item(row: Recurrence, rules: RuleSet) -> Words:
    return {
        "what": _("同一文件") if row.is_file else _("同一编号"),
        "shown": row.shown,
        "place": provable_name(Provable(ANNEX, row.annex, line=row.line), rules) if row.annex else "",
    }


def _case(case: Case, address: str) -> Words:
    return {
        "number": case.number,
        "href": reverse(address, args=[case.number]),
        "enterprise": case.enterprise.name,
        "batch": batch_name(case.batch) if case.batch else "",
        "state": state_label(case.state),
        "tone": state_tone(case.state),
    }

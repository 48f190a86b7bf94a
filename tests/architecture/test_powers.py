"""Every act outside the door of the cases asks for a power, or says here why it needs to ask nobody."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tests.architecture.sources import PACKAGES, python

ASKING = re.compile(r"Denied|\bdemand_|\bhas_power|\bacts_for|_role\(|\bpower_at|\bcheck_\w+\([^)]*\bby\b|_power\(")
IMPORTING = re.compile(r"from accreditation\.acts import [^\n]*\bact\b")
CLOCK = "the clock acts"
WITHIN = "part of an act of the door, which has asked"
APPLICANT = "whoever is signed in asks for itself"
CHECKED = "asked by every function that calls it"
WITHOUT = {  # module and function: why nobody's power is asked there
    "accreditation/services/batches.py close_batch": CLOCK,
    "accreditation/services/evaluation_rounds.py list_late": CLOCK,
    "accreditation/services/notices.py end_notice": CLOCK,
    "accreditation/services/titles.py expire_title": CLOCK,
    "accreditation/services/renewals.py remind_of_renewal": CLOCK,
    "accreditation/services/renewals.py note_kept": CLOCK,
    "accreditation/services/titles.py remind_of_end": CLOCK,
    "workflows/evaluation_acts.py conclude": CLOCK,
    "workflows/goal_keeping.py _begin": CLOCK,
    "workflows/reminding.py _remind_case": CLOCK,
    "workflows/reminding_ahead.py _batch": CLOCK,
    "workflows/intake.py end_reading": "the worker ends what the applicant began",
    "accreditation/services/changes.py change_holder": WITHIN,
    "accreditation/services/changes.py end_title": WITHIN,
    "accreditation/services/changes.py hang_under": WITHIN,
    "accreditation/services/changes.py note_change": WITHIN,
    "accreditation/services/changes.py pass_title": WITHIN,
    "accreditation/services/evaluation_results.py move_title": WITHIN,
    "accreditation/services/outside_titles.py bring_back": WITHIN,
    "accreditation/services/outside_titles.py end_wrong_entry": WITHIN,
    "accreditation/services/evaluation_results.py prolong_title": WITHIN,
    "accreditation/services/proceedings.py carry_order_out": WITHIN,
    "accreditation/services/reconsiderations.py move_title": WITHIN,
    "accreditation/services/reexaminations.py renew_term": WITHIN,
    "accreditation/services/renewals.py renew_title": WITHIN,
    "accreditation/services/titles.py change_beneath": WITHIN,
    "accreditation/services/meeting_course.py take_off_given_up": WITHIN,
    "workflows/edition_change.py change_case": "part of a change that a second person has confirmed",
    "workflows/edition_change.py _finish": "part of a change that a second person has confirmed",
    "workflows/reexamination_rounds.py propose_of_failed": "part of a result that a second person has confirmed",
    "workflows/bulk_acts.py _finish": "part of an act that is carried out case by case through the door",
    "workflows/held_already.py take_off": WITHIN,
    "workflows/reissues_reopened.py reopen_refused": WITHIN,
    "accreditation/services/enterprises.py _request": APPLICANT,
    "accreditation/services/text_consent.py set_text_consent": APPLICANT,
    "config/refusals.py keep_refusal": "the site keeps what it refused",
    "accreditation/services/expert_import.py _keep": CHECKED,
    "accreditation/services/members.py _settling": CHECKED,
    "accreditation/services/titles.py import_title": CHECKED,
    "workflows/announcement_corrections.py _answering": CHECKED,
    "workflows/bulk_acts.py _answering": CHECKED,
    "workflows/calendar_import.py _recompute": CHECKED,
    "workflows/calendar_import.py _recompute_corrected": CHECKED,
    "workflows/calendar_import.py _recompute_notice": CHECKED,
    "workflows/officer_recusals.py _take_out_of_hands": CHECKED,
    "workflows/officer_recusals.py carry_out": CHECKED,
    "workflows/opening.py _create": CHECKED,
    "workflows/opening_changes.py _create": CHECKED,
    "workflows/opening_proceedings.py _create": CHECKED,
    "workflows/opening_proceedings.py _open": CHECKED,
    "workflows/opening_reconsiderations.py _create": CHECKED,
    "workflows/opening_remedies.py _create": CHECKED,
    "workflows/opening_reexaminations.py _create_case": CHECKED,
    "workflows/opening_yearly_reports.py _create_case": CHECKED,
    "workflows/reissuing.py _ask": CHECKED,
    "workflows/views/audit.py case_dossier": "whoever may read the case takes it away; `accreditation.visibility` asks",
}


def _acts() -> Iterator[tuple[str, str]]:
    """Module and function of every act, with the text of the function and of those of its module that it calls."""
    for source in python(*PACKAGES):
        if "/demo/" in source.path or not IMPORTING.search(source.text):
            continue
        functions = {node.name: node for node in source.functions()}
        for name, node in functions.items():
            if any(_called(call) == "act" for call in ast.walk(node)):
                yield f"{source.path} {name}", _reached(name, functions)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _reached(name: str, functions: Mapping[str, ast.AST]) -> str:
    seen: set[str] = set()
    left = [name]
    while left:
        if (one := left.pop()) not in seen:
            seen.add(one)
            left += [found for call in ast.walk(functions[one]) if (found := _called(call)) in functions]
    return "\n".join(ast.unparse(functions[one]) for one in sorted(seen))


def test_every_act_asks_for_a_power() -> None:
    found = dict(_acts())
    assert len(found) > 100
    silent = {name for name, text in found.items() if not ASKING.search(text)}
    assert silent == set(WITHOUT)

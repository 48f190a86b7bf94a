"""Editions of rules for everybody: the list, one edition with every figure's source, to be printed, its file."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accreditation.selectors import rule_drafts
from accreditation.services.rule_sets import rules_of_edition
from criteria.editing import opened, yaml_text
from criteria.page import rule_page
from criteria.page_style import STYLE_SOURCE
from workflows.presentation.rules import rule_set_page
from workflows.presentation.words import either, lang
from workflows.views.answers import page
from workflows.views.guide import evidence_of_rules


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Every stored edition, by programme."""
    rows = []
    for row in rule_drafts.editions():
        rules = rules_of_edition(row)
        rows.append(
            {
                "row": row,
                "programme": rules.programme,
                "edition": rules.edition,
                "label": either(rules, "name"),
                "effective_from": rules.effective_from,
                "is_demonstration": rules.demonstration,
            }
        )
    return render(request, "workflows/rules/editions.html", {"rows": rows})


@require_safe
@page
def edition(request: HttpRequest, programme: str, edition: str) -> HttpResponse:
    """One edition: conditions, indicators, bands, with source and confidence of every figure."""
    row = rule_drafts.edition(programme, edition)
    rules = rules_of_edition(row)
    context = {"row": row, "rules": rule_set_page(rules), "evidence": evidence_of_rules(rules), "set": rules}
    return render(request, "workflows/rules/edition.html", context)


@csp_replace({"style-src": [STYLE_SOURCE]})
@require_safe
@page
def edition_print(request: HttpRequest, programme: str, edition: str) -> HttpResponse:
    """The edition as one page to be printed or kept; it brings its own style and needs nothing else."""
    return HttpResponse(rule_page(rules_of_edition(rule_drafts.edition(programme, edition)), lang()))


@require_safe
@page
def edition_file(request: HttpRequest, programme: str, edition: str) -> HttpResponse:
    """The edition as a rule file that anybody can check and run."""
    row = rule_drafts.edition(programme, edition)
    answer = HttpResponse(yaml_text(opened(row.text)), content_type="application/yaml; charset=utf-8")
    name = f"{programme}-{edition}.yaml"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

"""Addresses of drafts of rules at the office, and of published editions for everybody."""

from __future__ import annotations

from django.urls import path

from workflows.views import rules_cases, rules_desk, rules_parts, rules_public

DRAFT = "office/rules/<str:number>/"

urlpatterns = [
    path("office/rules/", rules_desk.office_rules, name="office_rules"),
    path("office/rules/new/", rules_desk.office_rules_new, name="office_rules_new"),
    path(DRAFT, rules_desk.office_rule_draft, name="office_rule_draft"),
    path(f"{DRAFT}identity/", rules_parts.office_rule_identity, name="office_rule_identity"),
    path(f"{DRAFT}rows/", rules_parts.office_rule_rows, name="office_rule_rows"),
    path(f"{DRAFT}rows/<str:row>/", rules_parts.office_rule_row, name="office_rule_row"),
    path(f"{DRAFT}confirm/", rules_parts.office_rule_confirm, name="office_rule_confirm"),
    path(f"{DRAFT}sources/", rules_parts.office_rule_sources, name="office_rule_sources"),
    path(f"{DRAFT}cases/", rules_cases.office_rule_cases, name="office_rule_cases"),
    path(f"{DRAFT}cases/<str:limit>/", rules_cases.office_rule_case, name="office_rule_case"),
    path(f"{DRAFT}cases.yaml", rules_cases.office_rule_cases_file, name="office_rule_cases_file"),
    path(f"{DRAFT}difference/", rules_desk.office_rule_difference, name="office_rule_difference"),
    path(f"{DRAFT}trial/", rules_desk.office_rule_trial, name="office_rule_trial"),
    path(f"{DRAFT}trial.xlsx", rules_desk.office_rule_trial_file, name="office_rule_trial_file"),
    path(f"{DRAFT}rules.yaml", rules_desk.office_rule_file, name="office_rule_file"),
    path(f"{DRAFT}acts/<str:verb>/", rules_desk.office_rule_decide, name="office_rule_decide"),
    path("editions/", rules_public.editions, name="editions"),
    path("editions/<slug:programme>/<slug:edition>/", rules_public.edition, name="edition"),
    path("editions/<slug:programme>/<slug:edition>/print/", rules_public.edition_print, name="edition_print"),
    path("editions/<slug:programme>/<slug:edition>/rules.yaml", rules_public.edition_file, name="edition_file"),
]

"""Addresses of the auditor and the operator."""

from __future__ import annotations

from django.urls import path

from workflows.views import audit, calendar_proposals, operations, recipients

urlpatterns = [
    path("audit/", audit.trail, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("audit/cases/<str:number>/", audit.case, name="audit_case"),
    path("dossiers/<str:number>/", audit.case_dossier, name="case_dossier"),
    path("ops/", operations.health, name="operations"),
    path("ops/recipients/", recipients.recipients, name="recipients"),
    path("ops/effects/retry/", operations.retry, name="effects_retry"),
    path("ops/calendar/", operations.calendar, name="operations_calendar"),
    path("ops/calendar/<int:year>/", operations.calendar_year, name="operations_year"),
    path("ops/calendar/proposals/<str:number>/", calendar_proposals.calendar_proposal, name="calendar_proposal"),
    path(
        "ops/calendar/proposals/<str:number>/<slug:verb>/",
        calendar_proposals.calendar_proposal_act,
        name="calendar_proposal_act",
    ),
]

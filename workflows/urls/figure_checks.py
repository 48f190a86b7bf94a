"""Addresses of the verification of figures: the office, the verifying body, the applicant."""

from __future__ import annotations

from django.urls import path

from workflows.views import figure_checks, verifier

CASE = "verifier/cases/<str:number>/"

urlpatterns = [
    path("office/verifiers/", figure_checks.office_verifiers, name="office_verifiers"),
    path("office/batches/<slug:code>/figure-checks/", figure_checks.office_figure_plan, name="office_figure_plan"),
    path("office/cases/<str:number>/figure-check/", figure_checks.office_figure_check, name="office_figure_check"),
    path(
        "office/cases/<str:number>/figure-check/<int:pk>/report/",
        figure_checks.office_figure_report,
        name="office_figure_report",
    ),
    path("my/cases/<str:number>/figure-check/", figure_checks.my_figure_check, name="my_figure_check"),
    path("verifier/", verifier.checks, name="verifier_checks"),
    path("verifier/reports/<int:pk>/", verifier.report, name="verifier_report"),
    path(CASE, verifier.case, name="verifier_case"),
    path(f"{CASE}refuse/", verifier.refuse, name="verifier_refuse"),
    path(f"{CASE}figures/<str:code>/<int:year>/", verifier.figure, name="verifier_figure"),
    path(f"{CASE}hand-in/", verifier.hand_in, name="verifier_hand_in"),
    path(f"{CASE}evidence/<int:pk>/", verifier.evidence, name="verifier_evidence"),
]

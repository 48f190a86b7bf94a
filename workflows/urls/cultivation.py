"""Addresses of the cultivation list: the office's, the enterprise's own, everybody's."""

from __future__ import annotations

from django.urls import path

from workflows.views import cultivation_desk, cultivation_own, gap_reports

LIST = "office/cultivation/"
ENTRY = f"{LIST}<str:number>/"
OWN = "my/cultivation/<str:number>/"
REPORT = "reports/<int:ordinal>/"

urlpatterns = [
    path("cultivation/", gap_reports.cultivation, name="cultivation"),
    path(LIST, cultivation_desk.office_cultivation, name="office_cultivation"),
    path(f"{LIST}new/", cultivation_desk.office_cultivation_new, name="office_cultivation_new"),
    path(f"{LIST}export/", cultivation_desk.office_cultivation_export, name="office_cultivation_export"),
    path(f"{LIST}releases/", cultivation_desk.office_cultivation_releases, name="office_cultivation_releases"),
    path(ENTRY, cultivation_desk.office_cultivation_entry, name="office_cultivation_entry"),
    path(f"{ENTRY}{REPORT}", gap_reports.office_gap_report, name="office_gap_report"),
    path(f"{ENTRY}{REPORT}print/", gap_reports.office_gap_report_print, name="office_gap_report_print"),
    path(f"{ENTRY}<str:verb>/", cultivation_desk.office_cultivation_settle, name="office_cultivation_settle"),
    path("my/cultivation/", cultivation_own.my_cultivation, name="my_cultivation"),
    path(OWN, cultivation_own.my_cultivation_entry, name="my_cultivation_entry"),
    path(f"{OWN}report/", cultivation_own.my_cultivation_report, name="my_cultivation_report"),
    path(f"{OWN}figures/", cultivation_own.my_cultivation_figures, name="my_cultivation_figures"),
    path(f"{OWN}{REPORT}", gap_reports.my_gap_report, name="my_gap_report"),
    path(f"{OWN}{REPORT}print/", gap_reports.my_gap_report_print, name="my_gap_report_print"),
]

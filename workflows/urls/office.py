"""Addresses of the municipal office and the publisher, and of files and letters for both levels."""

from __future__ import annotations

from django.urls import path

from workflows.views import (
    batches,
    certificates_desk,
    notices_desk,
    objections_desk,
    office,
    panel_desk,
    papers,
    recommendations,
)

CASE = "office/cases/<str:number>/"
RECOMMENDATION = "office/batches/<slug:code>/recommendation/"

urlpatterns = [
    path("office/", office.office_inbox, name="office_inbox"),
    path("office/cases/", office.office_cases, name="office_cases"),
    path(CASE, office.office_case, name="office_case"),
    path(f"{CASE}figures/", office.office_figures, name="office_figures"),
    path(f"{CASE}figures/<str:code>/<int:year>/", office.office_verify, name="office_verify"),
    path(f"{CASE}gates/<str:gate>/", office.office_gate, name="office_gate"),
    path(f"{CASE}review/", office.office_review, name="office_review"),
    path(f"{CASE}return/", office.office_return, name="office_return"),
    path(f"{CASE}changes/", office.office_changes, name="office_changes"),
    path(f"{CASE}acts/<str:verb>/", office.office_act, name="office_act"),
    path(f"{CASE}panel/", panel_desk.office_panel, name="office_panel"),
    path(f"{CASE}panel/seats/<int:seat>/", panel_desk.office_replace, name="office_replace"),
    path(f"{CASE}proposals/<int:pk>/", panel_desk.office_adopt, name="office_adopt"),
    path(f"{CASE}trail/", office.office_trail, name="office_trail"),
    path("office/batches/", batches.office_batches, name="office_batches"),
    path("office/batches/new/", batches.office_batch_new, name="office_batch_new"),
    path("office/batches/<slug:code>/", batches.office_batch, name="office_batch"),
    path("office/batches/<slug:code>/notice/", notices_desk.batch_notice, name="batch_notice"),
    path("office/batches/<slug:code>/announce/", notices_desk.batch_announce, name="batch_announce"),
    path(f"{RECOMMENDATION}", recommendations.office_recommendation, name="office_recommendation"),
    path(f"{RECOMMENDATION}quota/", recommendations.office_quota, name="office_quota"),
    path(f"{RECOMMENDATION}ranking/", recommendations.office_ranking, name="office_ranking"),
    path(f"{RECOMMENDATION}letter/", recommendations.batch_recommend, name="batch_recommend"),
    path(f"{RECOMMENDATION}package/", recommendations.office_package, name="office_package"),
    path(f"{RECOMMENDATION}result/", recommendations.office_result, name="office_result"),
    path(f"{RECOMMENDATION}public-notice/", recommendations.office_public_notice, name="office_public_notice"),
    path(f"{RECOMMENDATION}notices/<int:pk>/", recommendations.office_notice_file, name="office_notice_file"),
    path("office/titles/", recommendations.outside_titles_page, name="outside_titles"),
    path("office/titles/<str:number>/", recommendations.outside_title, name="outside_title"),
    path("office/publishing/", notices_desk.publishing, name="publishing"),
    path("office/objections/", objections_desk.office_objections, name="office_objections"),
    path("office/objections/<str:number>/", objections_desk.office_objection, name="office_objection"),
    path("office/objections/<str:number>/file/", objections_desk.office_objection_file, name="office_objection_file"),
    path("office/certificates/", certificates_desk.office_certificates, name="office_certificates"),
    path("casework/<str:number>/evidence/<int:pk>/", papers.staff_evidence, name="staff_evidence"),
    path("casework/<str:number>/workbooks/<int:upload>/", papers.staff_workbook, name="staff_workbook"),
    path("casework/<str:number>/letters/<str:letter>/", papers.staff_letter, name="staff_letter"),
    path("cases/<str:number>/", papers.case, name="case"),
]

"""Addresses of the municipal office and the publisher, and of files and letters for both levels."""

from __future__ import annotations

from django.urls import path

from workflows.views import (
    batches,
    calibration,
    certificates_desk,
    expert_pool,
    notices_desk,
    objections_desk,
    office,
    panel_desk,
    paper_desk,
    papers,
)

CASE = "office/cases/<str:number>/"

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
    path(f"{CASE}panel/draw.json", panel_desk.office_draw_file, name="office_draw_file"),
    path(f"{CASE}panel/seats/<int:seat>/", panel_desk.office_replace, name="office_replace"),
    path(f"{CASE}panel/seats/<int:seat>/recuse/", panel_desk.office_recuse, name="office_recuse"),
    path(f"{CASE}proposals/<int:pk>/", panel_desk.office_adopt, name="office_adopt"),
    path(f"{CASE}trail/", office.office_trail, name="office_trail"),
    path("office/batches/", batches.office_batches, name="office_batches"),
    path("office/batches/new/", batches.office_batch_new, name="office_batch_new"),
    path("office/batches/<slug:code>/", batches.office_batch, name="office_batch"),
    path("office/batches/<slug:code>/calibration/", calibration.office_calibration, name="office_calibration"),
    path(
        "office/batches/<slug:code>/calibration.csv",
        calibration.office_calibration_file,
        name="office_calibration_file",
    ),
    path("office/batches/<slug:code>/notice/", notices_desk.batch_notice, name="batch_notice"),
    path("office/batches/<slug:code>/announce/", notices_desk.batch_announce, name="batch_announce"),
    path("office/publishing/", notices_desk.publishing, name="publishing"),
    path("office/objections/", objections_desk.office_objections, name="office_objections"),
    path("office/objections/<str:number>/", objections_desk.office_objection, name="office_objection"),
    path("office/objections/<str:number>/file/", objections_desk.office_objection_file, name="office_objection_file"),
    path("office/experts/", expert_pool.office_experts, name="office_experts"),
    path("office/experts/import/", expert_pool.office_experts_import, name="office_experts_import"),
    path("office/experts/template.csv", expert_pool.office_experts_template, name="office_experts_template"),
    path("office/experts/links/", expert_pool.office_links, name="office_links"),
    path("office/experts/links/<int:pk>/", expert_pool.office_link_withdraw, name="office_link_withdraw"),
    path("office/experts/<int:pk>/", expert_pool.office_expert, name="office_expert"),
    path("office/experts/<int:pk>/ties/", expert_pool.office_expert_tie, name="office_expert_tie"),
    path("office/experts/<int:pk>/ties/<int:tie>/", expert_pool.office_tie_withdraw, name="office_tie_withdraw"),
    path("office/certificates/", certificates_desk.office_certificates, name="office_certificates"),
    path("office/paper/", paper_desk.office_paper, name="office_paper"),
    path("office/paper/template.xlsx", paper_desk.office_paper_template, name="office_paper_template"),
    path("office/paper/titles/<str:number>/", paper_desk.office_paper_title, name="office_paper_title"),
    path("office/paper/<str:number>/", paper_desk.office_paper_import, name="office_paper_import"),
    path("office/paper/<str:number>/file/", paper_desk.office_paper_file, name="office_paper_file"),
    path("office/paper/<str:number>/<str:verb>/", paper_desk.office_paper_decide, name="office_paper_decide"),
    path("office/certificates/<str:number>/plaque/", certificates_desk.office_plaque, name="office_plaque"),
    path("casework/<str:number>/evidence/<int:pk>/", papers.staff_evidence, name="staff_evidence"),
    path("casework/<str:number>/workbooks/<int:upload>/", papers.staff_workbook, name="staff_workbook"),
    path("casework/<str:number>/letters/<str:letter>/", papers.staff_letter, name="staff_letter"),
    path("cases/<str:number>/", papers.case, name="case"),
]

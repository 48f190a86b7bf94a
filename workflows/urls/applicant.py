"""Pages of the applicant under `/my/`."""

from __future__ import annotations

from django.urls import path

from workflows.views import (
    applicant,
    applicant_bindings,
    applicant_filing,
    applicant_form,
    applicant_material,
    applicant_reading,
    applicant_versions,
    applicant_what_if,
    evaluations,
    hearings,
    recommendation_case,
    reopenings,
)

CASE = "my/cases/<str:number>/"

urlpatterns = [
    path("my/", applicant.my_cases, name="my_cases"),
    path("my/new/", applicant.my_new, name="my_new"),
    path(CASE, applicant.my_case, name="my_case"),
    path(f"{CASE}objections/<str:objection>/", hearings.my_statement, name="my_statement"),
    path(f"{CASE}objections/<str:objection>/file/", hearings.my_statement_file, name="my_statement_file"),
    path(f"{CASE}waiver/", hearings.my_waiver, name="my_waiver"),
    path(f"{CASE}reopenings/<int:pk>/", reopenings.my_reopening, name="my_reopening"),
    path(f"{CASE}reopenings/<int:pk>/file/", reopenings.my_reopening_file, name="my_reopening_file"),
    path(f"{CASE}give-up/", reopenings.my_give_up, name="my_give_up"),
    path(f"{CASE}workbook/", applicant_material.my_workbook, name="my_workbook"),
    path(f"{CASE}workbook/difference/", applicant_versions.my_difference, name="my_difference"),
    path(f"{CASE}workbook/<int:upload>/", applicant_material.my_upload, name="my_upload"),
    path(f"{CASE}workbook/<int:upload>/annotated/", applicant_material.my_upload_annotated, name="my_upload_annotated"),
    path(f"{CASE}workbook/<int:upload>/file/", applicant_material.my_upload_file, name="my_upload_file"),
    path(f"{CASE}readings/<int:reading>/", applicant_reading.my_reading, name="my_reading"),
    path(f"{CASE}readings/<int:reading>/cancel/", applicant_reading.my_reading_cancel, name="my_reading_cancel"),
    path(f"{CASE}template.xlsx", applicant_form.my_template, name="my_template"),
    path(f"{CASE}form/", applicant_form.my_form, name="my_form"),
    path(f"{CASE}form/<slug:section>/", applicant_form.my_form_section, name="my_form_section"),
    path(f"{CASE}form/<slug:section>/<int:part>/", applicant_form.my_form_section, name="my_form_part"),
    path(f"{CASE}materials/", applicant_material.my_materials, name="my_materials"),
    path(f"{CASE}evidence/<int:evidence>/", applicant_material.my_evidence, name="my_evidence"),
    path(f"{CASE}evidence/<int:evidence>/remove/", applicant_material.my_evidence_remove, name="my_evidence_remove"),
    path(f"{CASE}bindings/", applicant_bindings.my_bindings, name="my_bindings"),
    path(f"{CASE}bindings/<int:binding>/remove/", applicant_bindings.my_binding_remove, name="my_binding_remove"),
    path(f"{CASE}score/", applicant.my_score, name="my_score"),
    path(f"{CASE}what-if/", applicant_what_if.my_what_if, name="my_what_if"),
    path(f"{CASE}check/", applicant_filing.my_check, name="my_check"),
    path(f"{CASE}done/", applicant_filing.my_done, name="my_done"),
    path(f"{CASE}return/", applicant_filing.my_return, name="my_return"),
    path(f"{CASE}letters/<str:letter>/", applicant.my_letter, name="my_letter"),
    path(f"{CASE}parent/", recommendation_case.my_parent, name="my_parent"),
    path(f"{CASE}rectification/", evaluations.my_rectification, name="my_rectification"),
    path(f"{CASE}withdraw/", applicant_filing.my_withdraw, name="my_withdraw"),
    path(f"{CASE}certificate/", applicant.my_certificate, name="my_certificate"),
    path(f"{CASE}certificate/english/", applicant.my_certificate_english, name="my_certificate_english"),
    path("my/titles/<str:number>/certificate/", applicant.my_title_certificate, name="my_title_certificate"),
    path(f"{CASE}progress/", applicant.my_progress, name="my_progress"),
]

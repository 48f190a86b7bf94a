"""Addresses of the district bureau."""

from __future__ import annotations

from django.urls import path, re_path

from workflows.views import (
    bulk,
    district,
    district_evaluations,
    own_batches,
    panel_desk,
    recipients,
    time_limits,
    visits,
)

BATCH = "district/batches/<slug:code>/"
CASE = "district/cases/<str:number>/"

urlpatterns = [
    path("district/", district.district_inbox, name="district_inbox"),
    path("district/bulk/", bulk.district_bulk, name="district_bulk"),
    path("district/done/", district.district_done, name="district_done"),
    path("district/time-limits/", time_limits.district_time_limits, name="district_time_limits"),
    re_path(
        r"^district/time-limits/(?P<part>limits|goals)\.csv$",
        time_limits.district_time_limits_file,
        name="district_time_limits_file",
    ),
    path("district/batches/", own_batches.district_batches, name="district_batches"),
    path(f"{BATCH}calibration/", own_batches.district_calibration, name="district_calibration"),
    path(f"{BATCH}calibration.csv", own_batches.district_calibration_file, name="district_calibration_file"),
    path(f"{BATCH}evaluation/", district_evaluations.district_evaluation, name="district_evaluation"),
    path(
        f"{BATCH}evaluation/earlier/",
        district_evaluations.district_evaluation_earlier,
        name="district_evaluation_earlier",
    ),
    re_path(
        r"^district/batches/(?P<code>[-\w]+)/evaluation/list\.(?P<kind>csv|xlsx)$",
        district_evaluations.district_evaluation_file,
        name="district_evaluation_file",
    ),
    re_path(
        r"^district/batches/(?P<code>[-\w]+)/evaluation/(?P<verb>freeze|call)/$",
        district_evaluations.district_evaluation_act,
        name="district_evaluation_act",
    ),
    path("district/experts/", own_batches.district_experts, name="district_experts"),
    path(CASE, district.district_case, name="district_case"),
    path(f"{CASE}figures/", district.district_figures, name="district_figures"),
    path(f"{CASE}figures/<str:code>/<int:year>/", district.district_verify, name="district_verify"),
    path(f"{CASE}gates/<str:gate>/", district.district_gate, name="district_gate"),
    path(f"{CASE}review/", district.district_review, name="district_review"),
    path(f"{CASE}return/", district.district_return, name="district_return"),
    path(f"{CASE}changes/", district.district_changes, name="district_changes"),
    path(f"{CASE}recipients/", recipients.district_recipients, name="district_recipients"),
    path(f"{CASE}acts/<str:verb>/", district.district_act, name="district_act"),
    path(f"{CASE}panel/", panel_desk.district_panel, name="district_panel"),
    path(f"{CASE}panel/draw.json", panel_desk.district_draw_file, name="district_draw_file"),
    path(f"{CASE}panel/seats/<int:seat>/", panel_desk.district_replace, name="district_replace"),
    path(f"{CASE}panel/seats/<int:seat>/recuse/", panel_desk.district_recuse, name="district_recuse"),
    path(f"{CASE}proposals/<int:pk>/", panel_desk.district_adopt, name="district_adopt"),
    path(f"{CASE}visit/", visits.district_visit, name="district_visit"),
    path("visits/<str:number>/files/<int:pk>/", visits.visit_file, name="visit_file"),
]

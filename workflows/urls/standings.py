"""Addresses of the register of standings, the plan, the history of holders and the report for the joint conference."""

from __future__ import annotations

from django.urls import path

from workflows.views import conference, holders, plan, standings_desk, standings_files

REGISTER = "office/standings/"
FILE = f"{REGISTER}files/<str:number>/"

urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("holders/<str:uscc>/", holders.holder, name="holder"),
    path(REGISTER, standings_desk.office_standings, name="office_standings"),
    path(f"{REGISTER}new/", standings_desk.office_standing_new, name="office_standing_new"),
    path(f"{REGISTER}export/", standings_desk.office_standings_export, name="office_standings_export"),
    path(f"{REGISTER}template.xlsx", standings_desk.office_standings_template, name="office_standings_template"),
    path(f"{REGISTER}files/", standings_files.office_standing_files, name="office_standing_files"),
    path(FILE, standings_files.office_standing_file, name="office_standing_file"),
    path(f"{FILE}<str:verb>/", standings_files.office_standing_file_settle, name="office_standing_file_settle"),
    path(f"{REGISTER}<str:number>/", standings_desk.office_standing, name="office_standing"),
    path(f"{REGISTER}<str:number>/<str:verb>/", standings_desk.office_standing_settle, name="office_standing_settle"),
    path("office/ladder/", plan.office_ladder, name="office_ladder"),
    path("office/plan/<slug:code>/", plan.office_plan_figure, name="office_plan_figure"),
    path("office/holders/<str:uscc>/", holders.office_holder, name="office_holder"),
    path("office/conference/", conference.office_conference, name="office_conference"),
    path("office/conference/report.xlsx", conference.office_conference_file, name="office_conference_file"),
]

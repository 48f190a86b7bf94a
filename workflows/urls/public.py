"""Addresses for everybody: notices, objections, the register, progress."""

from __future__ import annotations

from django.urls import path

from workflows.views import objectors, public

urlpatterns = [
    path("notices/", public.notices, name="notices"),
    path("notices/announcements/<path:number>/", public.announcement, name="announcement"),
    path("notices/<str:number>/", public.notice, name="notice"),
    path("notices/<str:number>/object/<str:case_number>/", public.objection_new, name="objection_new"),
    path("notices/<str:number>/object/<str:case_number>/done/", public.objection_done, name="objection_done"),
    path("objections/answer/", objectors.objection_answer, name="objection_answer"),
    path("centres/", public.centres, name="centres"),
    path("centres/export.csv", public.centres_csv, name="centres_csv"),
    path("centres/<str:number>/", public.centre, name="centre"),
    path("track/", public.track, name="track"),
]

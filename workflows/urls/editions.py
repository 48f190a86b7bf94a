"""Addresses of changes of edition at the office: the list, a new proposal, one of them and what becomes of it."""

from __future__ import annotations

from django.urls import path

from workflows.views import editions_desk as desk

CHANGE = "office/edition-changes/<str:number>/"

urlpatterns = [
    path("office/edition-changes/", desk.office_edition_changes, name="office_edition_changes"),
    path("office/edition-changes/new/", desk.office_edition_change_new, name="office_edition_change_new"),
    path(CHANGE, desk.office_edition_change, name="office_edition_change"),
    path(f"{CHANGE}mapping.yaml", desk.office_edition_change_file, name="office_edition_change_file"),
    path(f"{CHANGE}acts/<str:verb>/", desk.office_edition_change_act, name="office_edition_change_act"),
]

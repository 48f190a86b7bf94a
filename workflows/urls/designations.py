"""Addresses of further designations at the office: the list, a new file, a proposal and what becomes of it."""

from __future__ import annotations

from django.urls import path

from workflows.views import designations_desk as desk

PROPOSAL = "office/designations/<str:number>/"

urlpatterns = [
    path("office/designations/", desk.office_designations, name="office_designations"),
    path("office/designations/new/", desk.office_designation_new, name="office_designation_new"),
    path("office/designations/example.yaml", desk.office_designation_example, name="office_designation_example"),
    path(PROPOSAL, desk.office_designation, name="office_designation"),
    path(f"{PROPOSAL}designation.yaml", desk.office_designation_file, name="office_designation_file"),
    path(f"{PROPOSAL}acts/<str:verb>/", desk.office_designation_decide, name="office_designation_decide"),
]

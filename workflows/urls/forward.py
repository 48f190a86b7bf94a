"""Addresses of towns and parks that pass applications on."""

from __future__ import annotations

from django.urls import path

from workflows.views import forward

CASE = "forward/cases/<str:number>/"

urlpatterns = [
    path("forward/", forward.forward_inbox, name="forward_inbox"),
    path("forward/done/", forward.forward_done, name="forward_done"),
    path(CASE, forward.forward_case, name="forward_case"),
    path(f"{CASE}figures/", forward.forward_figures, name="forward_figures"),
    path(f"{CASE}return/", forward.forward_return, name="forward_return"),
    path(f"{CASE}changes/", forward.forward_changes, name="forward_changes"),
    path(f"{CASE}acts/<str:verb>/", forward.forward_act, name="forward_act"),
]

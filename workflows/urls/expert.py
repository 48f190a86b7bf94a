"""Addresses of the experts."""

from __future__ import annotations

from django.urls import path

from workflows.views import expert, expert_profile

urlpatterns = [
    path("expert/", expert.tasks, name="expert_tasks"),
    path("expert/history/", expert.history, name="expert_history"),
    path("expert/profile/", expert_profile.profile, name="expert_profile"),
    path("expert/profile/ties/", expert_profile.declare_tie, name="expert_tie"),
    path("expert/cases/<str:number>/", expert.case, name="expert_case"),
    path("expert/cases/<str:number>/declare/", expert.declare, name="expert_declare"),
    path("expert/cases/<str:number>/recuse/", expert.recuse, name="expert_recuse"),
    path("expert/cases/<str:number>/confirm/", expert.confirm, name="expert_confirm"),
    path("expert/cases/<str:number>/evidence/<int:pk>/", expert.evidence, name="expert_evidence"),
    path("expert/cases/<str:number>/values/<str:code>/<int:year>/", expert.value, name="expert_value"),
]

"""Addresses of the recusals of officers: the list, the page at a case, the end of one."""

from __future__ import annotations

from django.urls import path

from workflows.views import officer_recusals as views

urlpatterns = [
    path("recusals/", views.recusals, name="recusals"),
    path("recusals/<int:pk>/lift/", views.recusal_lift, name="recusal_lift"),
    path("cases/<str:number>/recusals/", views.case_recusals, name="case_recusals"),
]

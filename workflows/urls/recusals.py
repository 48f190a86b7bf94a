"""Addresses of the recusals of officers: the list, the page at a case, the end of one."""

from __future__ import annotations

from django.urls import path

from workflows.views import officer_recusals as views
from workflows.views import recusal_requests as requests

urlpatterns = [
    path("recusals/", views.recusals, name="recusals"),
    path("recusals/<int:pk>/lift/", views.recusal_lift, name="recusal_lift"),
    path("recusals/requests/<int:pk>/", requests.recusal_request, name="recusal_request"),
    path("recusals/requests/<int:pk>/file/", requests.recusal_request_file, name="recusal_request_file"),
    path("my/cases/<str:number>/recusals/", requests.my_recusals, name="my_recusals"),
    path("my/cases/<str:number>/recusals/<int:pk>/file/", requests.my_recusal_file, name="my_recusal_file"),
    path("cases/<str:number>/recusals/", views.case_recusals, name="case_recusals"),
]

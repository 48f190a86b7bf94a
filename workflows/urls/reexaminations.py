"""Addresses of the three-yearly re-examination of demonstration enterprises; a single one is a matter."""

from __future__ import annotations

from django.urls import path

from workflows.views import reexaminations as views

urlpatterns = [
    path("office/reexaminations/", views.office_reexaminations, name="office_reexaminations"),
    path("office/reexaminations/<int:year>/", views.office_reexamination, name="office_reexamination"),
    path(
        "office/reexaminations/<int:year>/result/", views.office_reexamination_result,
        name="office_reexamination_result",
    ),
    path(
        "office/reexaminations/results/<int:pk>/", views.office_reexamination_entry,
        name="office_reexamination_entry",
    ),
    path(
        "office/reexaminations/<int:year>/propose/", views.office_reexamination_propose,
        name="office_reexamination_propose",
    ),
    path(
        "office/reexaminations/<int:year>/notices/<int:pk>/", views.office_reexamination_notice,
        name="office_reexamination_notice",
    ),
    path("publishing/reexaminations/<int:year>/", views.reexamination_forward, name="reexamination_forward"),
]  # fmt: skip

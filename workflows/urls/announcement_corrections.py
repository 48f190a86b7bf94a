"""Addresses of corrections of announcements at the authority; everybody reads them beside the announcement."""

from __future__ import annotations

from django.urls import path

from workflows.views import announcement_corrections as views

urlpatterns = [
    path("office/announcements/<int:pk>/corrections/", views.announcement_corrections, name="announcement_corrections"),
    path("office/corrections/<int:pk>/", views.announcement_correction, name="announcement_correction"),
]

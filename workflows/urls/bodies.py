"""Addresses of the bodies that recognise by themselves or pass applications on."""

from __future__ import annotations

from django.urls import path

from workflows.views import bodies_desk

urlpatterns = [
    path("office/bodies/", bodies_desk.office_bodies, name="office_bodies"),
    path("office/bodies/<slug:code>/", bodies_desk.office_body, name="office_body"),
]

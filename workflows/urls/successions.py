"""Address of what a successor agrees to."""

from __future__ import annotations

from django.urls import path

from workflows.views import successions

urlpatterns = [path("my/successions/<str:number>/", successions.my_succession, name="my_succession")]

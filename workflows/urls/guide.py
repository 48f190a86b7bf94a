"""What anybody may read before applying: guides of programmes, rules and templates of batches."""

from __future__ import annotations

from django.urls import path

from workflows.views import guide

urlpatterns = [
    path("guide/", guide.guide, name="guide"),
    path("guide/<slug:programme>/", guide.guide_programme, name="guide_programme"),
    path("rules/<slug:batch>/", guide.batch_rules, name="batch_rules"),
    path("rules/<slug:batch>/template.xlsx", guide.batch_template, name="batch_template"),
]

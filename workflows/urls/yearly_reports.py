"""Addresses of the yearly reports of demonstration enterprises at the office; a single report is a matter."""

from __future__ import annotations

from django.urls import path

from workflows.views import yearly_reports

urlpatterns = [
    path("office/yearly-reports/", yearly_reports.office_yearly_reports, name="office_yearly_reports"),
    path("office/yearly-reports/<int:year>/", yearly_reports.office_yearly_call, name="office_yearly_call"),
]

"""All addresses of the site; each name needs a policy in `config.access`."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from config.demo_login import demo_login
from config.home import home

urlpatterns = [
    path("", home, name="home"),
    path("login/demo/", demo_login, name="demo_login"),
    path("", include("config.styleguide")),
    path("", include("accreditation.urls")),
    path("", include("certificates.urls")),
    path("", include("workflows.urls.applicant")),
    path("", include("workflows.urls.guide")),
    path("", include("workflows.urls.district")),
    path("", include("workflows.urls.forward")),
    path("", include("workflows.urls.office")),
    path("", include("workflows.urls.figure_checks")),
    path("", include("workflows.urls.bodies")),
    path("", include("workflows.urls.rules")),
    path("", include("workflows.urls.designations")),
    path("", include("workflows.urls.editions")),
    path("", include("workflows.urls.matters")),
    path("", include("workflows.urls.recusals")),
    path("", include("workflows.urls.expert")),
    path("", include("workflows.urls.committee")),
    path("", include("workflows.urls.standings")),
    path("", include("workflows.urls.cultivation")),
    path("", include("workflows.urls.yearly_reports")),
    path("", include("workflows.urls.reexaminations")),
    path("", include("workflows.urls.reissues")),
    path("", include("workflows.urls.successions")),
    path("", include("workflows.urls.announcement_corrections")),
    path("", include("workflows.urls.public")),
    path("", include("workflows.urls.oversight")),
    path("language/", set_language, name="set_language"),
]

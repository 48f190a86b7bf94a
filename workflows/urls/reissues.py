"""Addresses of certificates made out again, at the authorities and at the holder."""

from __future__ import annotations

from django.urls import path

from workflows.views import reissues

urlpatterns = [
    path("reissues/", reissues.reissues, name="reissues"),
    path("reissues/titles/<str:number>/new/", reissues.reissue_new, name="reissue_new"),
    path("reissues/<str:number>/", reissues.reissue, name="reissue"),
    path("my/titles/<str:number>/reissue/", reissues.my_reissue, name="my_reissue"),
    path("my/titles/<str:number>/reissue-withdrawal/", reissues.my_reissue_withdraw, name="my_reissue_withdraw"),
    path("my/titles/<str:number>/reissue/<str:letter>/", reissues.my_reissue_letter, name="my_reissue_letter"),
]

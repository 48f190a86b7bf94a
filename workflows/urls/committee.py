"""Addresses of committee meetings."""

from __future__ import annotations

from django.urls import path

from workflows.views import calibration, meeting_course, meetings, minutes

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("office/meetings/new/", meetings.call, name="meeting_new"),
    path("meetings/cases/<str:number>/", meetings.committee_case, name="committee_case"),
    path("meetings/<str:number>/", meetings.meeting, name="meeting"),
    path("meetings/<str:number>/start/", meetings.start, name="meeting_start"),
    path("meetings/<str:number>/cancel/", meeting_course.cancel, name="meeting_cancel"),
    path("meetings/<str:number>/presence/<int:pk>/", meeting_course.presence, name="meeting_presence"),
    path("meetings/<str:number>/items/<int:position>/adjourn/", meeting_course.adjourn, name="meeting_adjourn"),
    path("meetings/<str:number>/items/<int:position>/deadlock/", meeting_course.deadlock, name="meeting_deadlock"),
    path("meetings/<str:number>/items/<int:position>/", meetings.item, name="meeting_item"),
    path("meetings/<str:number>/items/<int:position>/vote/", meetings.vote, name="meeting_vote"),
    path("meetings/<str:number>/items/<int:position>/recuse/", meetings.recuse, name="meeting_recuse"),
    path("meetings/<str:number>/items/<int:position>/evidence/<int:pk>/", meetings.evidence, name="meeting_evidence"),
    path(
        "meetings/<str:number>/items/<int:position>/reopenings/<int:pk>/",
        meetings.reopening_file,
        name="meeting_reopening_file",
    ),
    path("meetings/<str:number>/calibration/", calibration.meeting_calibration, name="meeting_calibration"),
    path(
        "meetings/<str:number>/calibration.csv", calibration.meeting_calibration_file, name="meeting_calibration_file"
    ),
    path("meetings/<str:number>/signers/<str:which>/", meeting_course.signer, name="meeting_signer"),
    path("meetings/<str:number>/minutes/", minutes.minutes, name="meeting_minutes"),
    path("meetings/<str:number>/minutes/withdraw/", meeting_course.withdraw, name="meeting_withdraw_minutes"),
    path("meetings/<str:number>/minutes/sign/", minutes.sign, name="meeting_sign"),
]

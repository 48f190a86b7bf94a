"""Public addresses of verification; the QR code holds them in capital letters."""

from __future__ import annotations

from django.urls import path, re_path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/root.pem", views.root, name="root"),
    path("verify/keys.json", views.printed_keys, name="printed_keys"),
    path("verify/offline/", views.offline, name="offline"),
    path("verify/offline/<str:name>", views.offline, name="offline_file"),
    path("v/<str:code>/status.json", views.status_json, name="status_json"),
    path("v/<str:code>/", views.shown, name="shown"),
    re_path(r"^[vV]/(?P<code>[^/]{1,1200})/?$", views.shown, name="scanned"),
]

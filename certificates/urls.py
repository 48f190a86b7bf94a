"""Public addresses of verification; the QR code holds them in capital letters."""

from __future__ import annotations

from django.urls import path, re_path

from certificates import api, views

app_name = "certificates"

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/root.pem", views.root, name="root"),
    path("verify/keys.json", views.printed_keys, name="printed_keys"),
    path("crl/<str:name>.crl", api.revoked_list, name="revoked_list"),
    path("verify/offline/", views.offline, name="offline"),
    path("verify/offline/<str:name>", views.offline, name="offline_file"),
    path("v/<str:code>/status.json", views.status_json, name="status_json"),
    path("v/<str:code>/certificate.json", api.record, name="record"),
    path("v/<str:code>/certificate.json.sm2", api.second_signature, name="second_signature"),
    path("v/<str:code>/credential.jwt", api.credential, name="credential"),
    path("v/<str:code>/english.pdf", views.english, name="english"),
    path("v/<str:code>/", views.shown, name="shown"),
    path("log/", views.log, name="log"),
    path("log/log.pem", api.log_key, name="log_key"),
    path("log/tsa-root.pem", api.clock_root, name="log_clock_root"),
    path("log/head.json", api.head, name="log_head"),
    path("log/head/<int:size>.json", api.head_of_size, name="log_head_of_size"),
    path("log/inclusion/<str:number>/<int:version>.json", api.inclusion, name="log_inclusion"),
    re_path(r"^log/leaf/(?P<leaf_hash>[0-9a-fA-F]{64})\.json$", api.inclusion_of_leaf, name="log_inclusion_of_leaf"),
    path("log/consistency/<int:old>/<int:new>.json", api.consistency, name="log_consistency"),
    path("log/entries/<int:start>/<int:end>.json", api.entries, name="log_entries"),
    path("log/feed.json", api.json_feed, name="json_feed"),
    path("log/atom.xml", api.atom_feed, name="atom_feed"),
    path("credentials/keys.json", api.credential_keys, name="credential_keys"),
    path("credentials/sm2.pem", api.second_certificate, name="second_certificate"),
    path(".well-known/did.json", api.issuer_document, name="issuer_document"),
    path("status/keys.json", api.status_keys, name="status_keys"),
    path("status/status.pem", api.status_key, name="status_key"),
    path("status/<str:purpose>/<int:number>.jwt", api.status_list, name="status_list"),
    re_path(r"^[vV]/(?P<code>[^/]{1,1200})/?$", views.shown, name="scanned"),
]

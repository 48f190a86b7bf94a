"""Addresses of accounts, members, roles, messages and drafts; each name has a policy in `config.access`."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import path, re_path

from accreditation.views import accounts, delegations, drafts, grants, members, messages, outgoing, registration

urlpatterns = [
    path("login/", accounts.LoginView.as_view(), name="account_login"),
    path("login/closed/", allauth_views.account_inactive, name="account_inactive"),
    path("login/second-factor/", accounts.second_factor, name="second_factor"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("me/security/", accounts.account_security, name="account_security"),
    path("me/texts/", outgoing.account_texts, name="account_texts"),
    path("ops/webhooks/", outgoing.webhook_list, name="webhooks"),
    path("me/recovery-codes/", accounts.recovery_codes, name="recovery_codes"),
    path("register/", registration.register, name="register"),
    path("register/done/", registration.register_done, name="register_done"),
    path("members/", members.inbox, name="members"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/proof/", members.member_proof, name="member_proof"),
    path("members/<int:pk>/confirm/", members.member_confirm, name="member_confirm"),
    path("members/<int:pk>/reject/", members.member_reject, name="member_reject"),
    path("members/<int:pk>/end/", members.member_end, name="member_end"),
    path("org/members/", members.org_members, name="org_members"),
    path("org/members/<int:pk>/proof/", members.org_member_proof, name="org_member_proof"),
    path("org/members/<int:pk>/confirm/", members.org_member_confirm, name="org_member_confirm"),
    path("org/members/<int:pk>/reject/", members.org_member_reject, name="org_member_reject"),
    path("org/members/<int:pk>/hand-over/", members.org_member_hand_over, name="org_member_hand_over"),
    path("org/members/<int:pk>/end/", members.org_member_end, name="org_member_end"),
    path("org/<int:pk>/invite/", members.org_member_invite, name="org_member_invite"),
    path("org/<int:pk>/english-name/", members.org_english_name, name="org_english_name"),
    path("grants/", grants.grant_list, name="grants"),
    path("grants/proposals/<int:pk>/confirm/", grants.grant_confirm, name="grant_confirm"),
    path("grants/proposals/<int:pk>/decline/", grants.grant_decline, name="grant_decline"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("me/delegations/", delegations.delegation_list, name="delegations"),
    path("me/delegations/<int:pk>/revoke/", delegations.delegation_revoke, name="delegation_revoke"),
    path("people/", grants.people_list, name="people"),
    path("people/new/", grants.person_create, name="person_create"),
    path("people/<int:pk>/close/", grants.person_close, name="person_close"),
    path("people/<int:pk>/second-factor/clear/", grants.second_factor_clear, name="second_factor_clear"),
    path("messages/", messages.messages_list, name="messages_list"),
    path("messages/<int:pk>/", messages.message_open, name="message_open"),
    path("messages/read/", messages.messages_read, name="messages_read"),
    path("drafts/", drafts.draft_save, name="draft_save"),
]

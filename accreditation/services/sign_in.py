"""How allauth is bent to this site: who may be locked out, where a log-in leads, how secrets and reset mails leave."""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes

from accreditation.models import User
from accreditation.permissions import has_second_factor
from accreditation.services import account_mail
from accreditation.services.second_factor import needs_second_factor

log = logging.getLogger("accreditation.security")
KEPT_MESSAGES = frozenset({"account/messages/password_changed.txt"})


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and password reset."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Account and address together: failures from one address never shut out the owner at another (ASVS V6.1.1).
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}|{self.get_client_ip(request)}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a line in the security log; never the password."""
        log.warning("log-in failed for %r from %s", credentials.get("username", ""), self.get_client_ip(request))

    def get_login_stages(self) -> list[str]:
        """None: the second factor is asked by the page `second_factor`, whose codes count across processes."""
        return []

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **particulars: Any) -> HttpResponse:
        """Lead on to the page that was asked for, by way of the second factor where one is needed."""
        response: HttpResponse = super().post_login(request, user, **particulars)
        log.info("%s logged in from %s", user, self.get_client_ip(request))
        if isinstance(user, User) and needs_second_factor(user) and not has_second_factor(request):
            onward = urlencode({"next": response.headers.get("Location", "/")})
            return HttpResponseRedirect(f"{reverse('second_factor')}?{onward}")
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page from which passwords are changed."""
        return reverse("account_security")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only the messages that tell a person something that the page does not show."""
        if message_template in KEPT_MESSAGES:
            super().add_message(request, messages.SUCCESS, message_template, *args, **kwargs)

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Through the outbox, so that the answer takes as long for an unknown address; the key is made when sent."""
        if isinstance(user, User):
            account_mail.promise_password_mail(user, reason="reset", at=timezone.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticators lie encrypted in the database."""

    def encrypt(self, text: str) -> str:
        """The text under a key derived from the site's secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again; also under an earlier secret key named in SECRET_KEY_FALLBACKS."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """The user name: shown in the authenticator app beside the site's name."""
        return str(user.get_username())


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret))) for secret in secrets])


def _derived(secret: str | bytes) -> bytes:
    return hashlib.sha256(b"second-factor:" + force_bytes(secret)).digest()

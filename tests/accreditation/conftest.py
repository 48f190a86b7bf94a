"""The cast of the demo, made through the services, and browsers signed in as one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accreditation.models import User
from accreditation.permissions import SECOND_FACTOR_KEY
from accreditation.seeds.accounts import seed_accounts
from accreditation.services.enterprises import Proof

SignIn = Callable[..., Client]


@pytest.fixture
def people(db: None, settings: LazySettings, var_dir: Path) -> dict[str, User]:
    """Everybody of the demo by user name; the site itself is no demo."""
    settings.ACCREDITATION_DEMO = True
    made = seed_accounts(timezone.now())
    settings.ACCREDITATION_DEMO = False
    return made


@pytest.fixture
def sign_in(people: dict[str, User]) -> SignIn:
    """A browser signed in as a person of the cast, with the second factor unless told otherwise."""

    def make(username: str, *, with_second_factor: bool = True) -> Client:
        client = Client()
        client.force_login(people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        if with_second_factor:
            session = client.session
            session[SECOND_FACTOR_KEY] = timezone.now().isoformat()
            session.save()
        return client

    return make


@pytest.fixture
def proof() -> Proof:
    """A small file that looks like a PDF."""
    return Proof(b"%PDF-1.4\n%%EOF\n", "授权书.pdf")

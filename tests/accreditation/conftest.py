"""The cast of the demo, made through the services, and browsers signed in as one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accreditation.models import User
from accreditation.permissions import SECOND_FACTOR_KEY
from accreditation.seeds import accounts
from accreditation.services.enterprises import Proof
from tests.clock import STARTED
from tests.factories.snapshots import remembered

SignIn = Callable[..., Client]


LEFT_OUT = re.compile(
    r"(zhuanjia|weiyuan)[2-8]|qiye[356]|(xinpian|jituan).*|(pudong|jinhe|banshi|songhe)2|song(chang|he)"
)  # more of the same cost time in every test


@remembered
def _few(at: datetime) -> dict[str, User]:
    """One person per part of the demo's cast."""
    few = tuple(entry for entry in accounts.ACCOUNTS if not LEFT_OUT.fullmatch(entry.username))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(accounts, "ACCOUNTS", few)
        return accounts.seed_accounts(at)


_all = remembered(accounts.seed_accounts)


@pytest.fixture
def people(db: None, settings: LazySettings, var_dir: Path) -> dict[str, User]:
    """One person per part of the demo's cast by user name; the site itself is no demo."""
    settings.ACCREDITATION_DEMO = True
    made = _few(min(timezone.now(), STARTED))
    settings.ACCREDITATION_DEMO = False
    return made


@pytest.fixture
def whole_cast(db: None, settings: LazySettings, var_dir: Path) -> dict[str, User]:
    """Everybody, on a site in demo mode."""
    settings.ACCREDITATION_DEMO = True
    return _all(min(timezone.now(), STARTED))


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

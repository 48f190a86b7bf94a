"""kill -9 of the signer at random moments of an announcement: sixty certificates, none twice, none missing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.utils import timezone

from bench.issuing import SEED, faults_of, issue_with_kills, request_many
from certificates.models import Certificate, Translation, TreeHead
from certificates.services.progress import progress_of_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CERTIFICATES, KILLS, AT_ONCE = 60, 5, 10


def test_killed_signers_issue_each_certificate_once(var_dir: Path, child_environment: dict[str, str]) -> None:
    request_many(CERTIFICATES, at=timezone.now())
    chance = random.Random(SEED)
    run = issue_with_kills(kills=KILLS, limit=AT_ONCE, environment=child_environment, chance=chance)
    assert list(faults_of(CERTIFICATES)) == []
    found = progress_of_all(at=timezone.now())
    assert (found.total, found.issued, found.failed, found.remaining) == (CERTIFICATES, CERTIFICATES, 0, 0)
    # one head and one time-stamp for a round of certificates or of English editions, never one for each
    assert 1 <= run.heads <= 2 * (CERTIFICATES // AT_ONCE) + 1
    assert not TreeHead.objects.filter(time_stamp="").exists()


def test_check_sees_what_a_lost_certificate_leaves_behind(var_dir: Path, child_environment: dict[str, str]) -> None:
    request_many(3, at=timezone.now())
    issue_with_kills(kills=0, limit=AT_ONCE, environment=child_environment, chance=random.Random(SEED))
    assert list(faults_of(3)) == []
    lost = Certificate.objects.get(log_index=1)
    Translation.objects.filter(certificate=lost).delete()
    Certificate.objects.filter(pk=lost.pk).delete()
    assert len(list(faults_of(3))) >= 3  # too few rows, one entry and one file too many

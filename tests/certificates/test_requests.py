"""Asking for certificates: numbers without gap, one per key, refusal of what cannot be printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from certificates.models import Certificate, NumberSeries
from certificates.numbering import NumberForm
from certificates.services.requests import RequestRefused, request_certificate, request_new_version
from certificates.services.waking import last_woken
from certificates.snapshot import SnapshotRefused, plain
from tests.certificates.samples import AT, particulars

FORM = NumberForm("SHETC")

pytestmark = [pytest.mark.django_db]


def _request(key: str = "title-1", **changes: object) -> Certificate:
    return request_certificate(particulars=particulars(**changes), form=FORM, request_key=key, by="示例委员会", at=AT)


def test_request_freezes_a_snapshot_with_number_code_and_address(var_dir: Path, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    settings.PUBLIC_BASE_URL = "https://verify.example.cn"
    certificate = _request()
    content = certificate.content
    assert (certificate.number, content.number, content.version) == ("SHETC-2026-00001", "SHETC-2026-00001", 1)
    assert content.url == f"HTTPS://VERIFY.EXAMPLE.CN/V/{certificate.code}"
    assert content.demo
    assert content.issued_at == AT
    assert not certificate.standing.is_issued


def test_numbers_of_a_series_follow_each_other(var_dir: Path) -> None:
    assert [_request(str(n)).number[-5:] for n in range(3)] == ["00001", "00002", "00003"]


def test_same_key_gives_the_first_certificate_again(var_dir: Path) -> None:
    assert _request("title-1").pk == _request("title-1", holder_zh="另一家公司").pk
    assert NumberSeries.objects.get(name="SHETC-2026").value == 1


@pytest.mark.django_db(transaction=True)
def test_failed_caller_gives_the_number_back(var_dir: Path) -> None:
    def fail() -> None:
        with transaction.atomic():
            _request("lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _request("kept").number == "SHETC-2026-00001"


def test_faulty_particulars_take_no_number(var_dir: Path) -> None:
    with pytest.raises(SnapshotRefused, match="uscc"):
        _request(uscc="91350211M0000XUF46")
    assert not Certificate.objects.exists()
    assert not NumberSeries.objects.exists()


def test_every_certificate_has_a_code_of_its_own(var_dir: Path) -> None:
    assert len({_request(str(n)).code for n in range(5)}) == 5


@pytest.mark.django_db(transaction=True)
def test_request_wakes_the_signer_after_commit(var_dir: Path) -> None:
    with transaction.atomic():
        _request()
        assert last_woken() == 0
    assert last_woken() > 0


def test_new_version_of_a_certificate_not_yet_issued_is_refused(var_dir: Path) -> None:
    certificate = _request()
    with pytest.raises(RequestRefused, match="requested"):
        request_new_version(
            certificate=certificate, particulars=particulars(), request_key="change-1", by="示例委员会", at=AT
        )


@pytest.mark.parametrize(
    "change",
    [
        {"state": "in_force"},
        {"state": "forged"},
        {"sha256": "0" * 64},
        {"version": 0},
        {"valid_until": "2026-12-01"},
        {"published_revision": 1},
    ],
    ids=["issued without facts", "unknown state", "file before issue", "version 0", "ends at once", "page of nothing"],
)
def test_database_refuses_rows_that_contradict_themselves(var_dir: Path, change: dict[str, object]) -> None:
    certificate = _request()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**change)


def test_database_refuses_a_second_row_for_number_and_version(var_dir: Path) -> None:
    first, second = _request("a"), _request("b")
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=second.pk).update(number=first.number)


def test_stored_snapshot_is_what_the_content_says(var_dir: Path) -> None:
    certificate = _request()
    assert Certificate.objects.get(pk=certificate.pk).snapshot == plain(certificate.content)

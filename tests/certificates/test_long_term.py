"""Upgrades for the long term, as other programs judge them, today and after the signer's certificate has ended."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from certificates import authority
from certificates.authority import make_authority
from certificates.clocks import LocalClock
from certificates.evidence import NoEvidence
from certificates.issuing import Issued, issue
from certificates.later_revisions import TIME_STAMP_FIELD
from certificates.long_term import NotExtended, extended
from certificates.refusals import Rule
from certificates.revocation import Revoked, make_list
from certificates.signers import DOCUMENT_SIGNING, FileSigner
from certificates.verify import verify
from tests.certificates.conftest import House
from tests.certificates.samples import AT, snapshot
from tests.certificates.upgrades import certificates_of, sources, tried, upgraded

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def long_term(issued: Issued, house: House) -> bytes:
    return upgraded(issued.pdf, house)


@pytest.fixture(scope="module")
def long_term_file(long_term: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upgraded") / "certificate.pdf"
    path.write_bytes(long_term)
    return path


def test_upgrade_adds_one_update_and_changes_nothing_before_it_but_the_hole(issued: Issued, long_term: bytes) -> None:
    hole = re.search(rb"/Contents <([0-9a-f]+)>", issued.pdf)
    assert hole
    start, end = hole.span(1)
    assert long_term[:start] == issued.pdf[:start]
    assert long_term[end : len(issued.pdf)] == issued.pdf[end:]
    assert long_term.count(b"%%EOF") == 2
    used = issued.pdf[start:end].rstrip(b"0")
    assert long_term[start:end] != issued.pdf[start:end]
    assert used[-200:] in long_term[start:end]


def test_upgrade_stays_small(issued: Issued, long_term: bytes) -> None:
    assert len(long_term) - len(issued.pdf) < 16_000
    assert len(long_term) < 125_000


def test_strict_policy_accepts_it_with_and_without_the_authority_for_time(long_term: bytes, house: House) -> None:
    for trust in (house.trust, house.full_trust):
        verdict = verify(long_term, trust)
        assert (verdict.rule, verdict.detail) == (None, "")
    assert verify(long_term, house.trust).stamped_at is None
    assert verify(long_term, house.full_trust).stamped_at == AT.astimezone(UTC).isoformat()


def test_certificate_outlives_its_signer_where_the_authority_for_time_is_known(
    issued: Issued, long_term: bytes, house: House
) -> None:
    late = AT + 11 * YEAR
    assert verify(issued.pdf, replace(house.full_trust, at=late)).rule is Rule.SIGNER_EXPIRED
    assert verify(long_term, replace(house.trust, at=late)).rule is Rule.SIGNER_EXPIRED
    assert verify(long_term, replace(house.full_trust, at=late)).accepted
    assert verify(long_term, replace(house.full_trust, at=AT + 16 * YEAR)).rule is Rule.SIGNER_EXPIRED


def test_renewed_upgrade_continues_the_first(long_term: bytes, house: House) -> None:
    again = upgraded(long_term, house, at=AT + YEAR)
    assert again.startswith(long_term)
    assert again.count(f"({TIME_STAMP_FIELD}2)".encode()) == 1
    later = replace(house.full_trust, at=AT + 2 * YEAR)
    assert verify(again, later).stamped_at == (AT + YEAR).astimezone(UTC).isoformat()
    assert verify(again, house.full_trust).accepted


def test_information_and_metadata_stay_as_signed(issued: Issued, long_term: bytes) -> None:
    with pikepdf.open(io.BytesIO(issued.pdf)) as old, pikepdf.open(io.BytesIO(long_term)) as new:
        assert dict(old.trailer.Info) == dict(new.trailer.Info)
        assert old.Root.Metadata.read_bytes() == new.Root.Metadata.read_bytes()
        assert set(new.Root.keys()) - set(old.Root.keys()) == {"/DSS", "/Extensions"}


def test_store_holds_both_paths_three_lists_and_an_answer(long_term: bytes) -> None:
    with pikepdf.open(io.BytesIO(long_term)) as pdf:
        store = pdf.Root.DSS
        assert [len(store[name]) for name in ("/Certs", "/CRLs", "/OCSPs")] == [6, 3, 1]
        (_, stamp) = pdf.Root.AcroForm.Fields
        assert stamp.V.SubFilter == "/ETSI.RFC3161"
        assert [float(side) for side in stamp.Rect] == [0, 0, 0, 0]
        assert int(stamp.F) & 0b110 == 0b100  # printed, not hidden: PDF/A-3, 6.3.2


def test_revoked_signer_is_not_upgraded(issued: Issued, house: House, tmp_path: Path) -> None:
    held = sources(house)
    serial = house.signer.certificate.serial_number
    revoked = authority_list(house, "issuing", serial)
    folder = tmp_path / "lists"
    folder.mkdir()
    for path in house.lists.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "issuing.crl").write_bytes(revoked)
    with pytest.raises(NoEvidence, match="revoked"):
        extended(issued.pdf, replace(held, folder=folder), LocalClock(house.clock, AT), tried(house))


def authority_list(house: House, name: str, serial: int) -> bytes:
    """A list that names one certificate."""
    told = {serial: Revoked(AT.astimezone(UTC), x509.ReasonFlags.key_compromise)}
    return make_list(house.keys, name, told, at=AT)


def test_clock_under_the_authority_of_the_signer_is_refused(issued: Issued, house: House) -> None:
    trial = tried(house)
    shared = replace(trial, stamp=replace(trial.stamp, path=(trial.stamp.path[0], *house.signer.issuers)))
    with pytest.raises(NoEvidence, match="under an authority of the signer"):
        extended(issued.pdf, sources(house), LocalClock(house.clock, AT), shared)


def test_token_too_large_for_the_hole_is_refused(issued: Issued, house: House) -> None:
    class Talkative:
        def stamp(self, digest: bytes) -> bytes:
            return bytes((0x30, 0x82, 0x20, 0x00)) + bytes(8192)

    with pytest.raises(NotExtended, match="room for"):
        extended(issued.pdf, sources(house), Talkative(), tried(house))


@pytest.mark.poppler
@pytest.mark.slow
def test_pdfsig_still_finds_the_certification_valid(long_term_file: Path) -> None:
    told = subprocess.run(["pdfsig", str(long_term_file)], capture_output=True, text=True).stdout
    first, second = told.split("Signature #")[1:]
    assert "Signature Field Name: IssuerSeal" in first
    assert "Signature is Valid." in first
    assert f"Signature Field Name: {TIME_STAMP_FIELD}1" in second
    assert "Total document signed" in second


@pytest.mark.qpdf
@pytest.mark.slow
def test_qpdf_finds_no_fault(long_term_file: Path) -> None:
    checked = subprocess.run(["qpdf", "--check", str(long_term_file)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "WARNING" not in checked.stdout + checked.stderr


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, FileSigner]:
    """A house whose signer's certificate ends after three years; valid now."""
    folder = tmp_path_factory.mktemp("short")
    now = datetime.now(UTC)
    make_authority(folder / "signing", organisation="示例", at=now)
    house = House(folder / "signing")
    key = load_pem_private_key((house.keys / "issuing.key").read_bytes(), None)
    issuing = authority._Party(key, house.signer.issuers[0])
    made = authority._leaf(issuing, "短期签章人", "示例", now - YEAR / 365, years=3, purpose=DOCUMENT_SIGNING)
    return house, FileSigner(made.key, made.certificate, house.signer.issuers)


@pytest.fixture(scope="module")
def in_time(short_lived: tuple[House, FileSigner]) -> Path:
    """A folder with a plain and an upgraded certificate, and the roots to judge them by."""
    house, signer = short_lived
    now = datetime.now(UTC).astimezone(AT.tzinfo)
    plain = issue(snapshot(issued_at=now), signer).pdf
    folder = house.keys.parent
    (folder / "plain.pdf").write_bytes(plain)
    (folder / "upgraded.pdf").write_bytes(upgraded(plain, house, at=now))
    roots = [
        *certificates_of(house.keys / "trust" / "root.pem"),
        *certificates_of(house.keys / "trust" / "tsa-root.pem"),
    ]
    (folder / "roots.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in roots))
    return folder


def _judged(folder: Path, name: str, day: str) -> str:
    """The verdict of another program at another time, with the list that the clock's authority publishes then."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    lists = folder / f"{day}.crl"
    lists.write_bytes(make_list(folder / "signing", "tsa-root", {}, at=at - timedelta(hours=1)))
    program = [sys.executable, "-m", "tests.certificates.judge"]
    command = ["faketime", f"{day} 00:00:00", *program, str(folder / name), str(folder / "roots.pem"), str(lists)]
    ended = subprocess.run(command, capture_output=True, text=True, **_FROM_HERE)
    return ended.stdout or ended.stderr


_FROM_HERE: Any = {"env": {"TZ": "UTC", "PATH": "/usr/bin:/bin"}, "cwd": Path(__file__).parents[2]}


@pytest.mark.faketime
@pytest.mark.slow
@pytest.mark.parametrize("day", ["2031-01-01", "2035-01-01"])
def test_stranger_passes_it_years_after_the_signer_has_ended(in_time: Path, day: str) -> None:
    assert _judged(in_time, "upgraded.pdf", day).startswith("AdESPassed.OK")
    assert _judged(in_time, "plain.pdf", day).startswith("AdESIndeterminate.")


@pytest.mark.faketime
@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("upgraded.pdf", 0), ("plain.pdf", 1)])
def test_own_command_passes_it_years_after_the_signer_has_ended(in_time: Path, name: str, code: int) -> None:
    trust = in_time / "signing" / "trust"
    command = ["faketime", "2035-01-01 00:00:00", sys.executable, "-m", "certificates", "verify", str(in_time / name)]
    options = ["--root", str(trust / "root.pem"), "--tsa-root", str(trust / "tsa-root.pem")]
    ended = subprocess.run([*command, *options], capture_output=True, text=True, **_FROM_HERE)
    assert ended.returncode == code, ended.stdout + ended.stderr

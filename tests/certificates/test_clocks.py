"""Clocks: the local authority, and a real service over HTTP, honest and not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from certificates.clocks import ClockFailed, LocalClock, RemoteClock, read_clock
from certificates.issuing import issue
from certificates.long_term import extended, try_clock
from certificates.signers import KeyRefused
from certificates.time_stamps import certificates_in, read_stamp
from certificates.verify import verify
from tests.certificates.clock_service import ClockService, ticking
from tests.certificates.conftest import House
from tests.certificates.samples import AT, snapshot
from tests.certificates.upgrades import certificates_of, sources

DIGEST = sha256(b"what is to be stamped").digest()


def _roots(house: House) -> list[x509.Certificate]:
    return certificates_of(house.keys / "trust" / "tsa-root.pem")


@pytest.fixture
def service(house: House, tmp_path: Path) -> Iterator[ClockService]:
    with ticking(ClockService(house, tmp_path)) as running:
        yield running


def test_local_clock_tells_the_time_with_serial_numbers_above_those_of_the_log(house: House) -> None:
    clock = LocalClock(house.clock)
    tokens = [clock.stamp(DIGEST) for _ in range(2)]
    assert tokens[0] != tokens[1]
    stamp = read_stamp(tokens[0], DIGEST, _roots(house))
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(seconds=5)
    assert stamp.path == (house.clock.certificate, *_roots(house))
    assert stamp.until == house.clock.certificate.not_valid_after_utc
    assert certificates_in(tokens[0]) == (house.clock.certificate,)


@pytest.mark.slow
def test_service_over_http_stamps_a_whole_upgrade(house: House, service: ClockService) -> None:
    now = datetime.now(UTC).astimezone(AT.tzinfo)
    clock = RemoteClock(service.url, _roots(house))
    content = issue(snapshot(issued_at=now), house.signer).pdf
    made = extended(content, sources(house), clock, try_clock(clock, _roots(house)))
    assert len(service.asked) == 3
    verdict = verify(made, replace(house.full_trust, at=now + timedelta(minutes=1)))
    assert (verdict.rule, verdict.detail) == (None, "")
    assert verdict.stamped_at


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "why"), [("failing", "500"), ("garbage", "."), ("flood", "larger than 64 KiB"), ("old", "question|else")]
)
def test_service_that_answers_badly_gives_no_time_stamp(
    house: House, service: ClockService, mode: str, why: str
) -> None:
    clock = RemoteClock(service.url, _roots(house))
    clock.stamp(sha256(b"an earlier question").digest())
    service.mode = mode
    with pytest.raises(ClockFailed, match=why):
        clock.stamp(DIGEST)


@pytest.mark.slow
def test_service_under_another_root_is_not_believed(house: House, other_house: House, service: ClockService) -> None:
    with pytest.raises(ClockFailed, match="not under the given roots"):
        RemoteClock(service.url, _roots(other_house)).stamp(DIGEST)


def test_service_that_is_not_there_gives_no_time_stamp(house: House) -> None:
    with pytest.raises(ClockFailed, match="refused"):
        RemoteClock("http://127.0.0.1:9/", _roots(house), patience=1).stamp(DIGEST)


def test_settings_choose_the_clock(house: House) -> None:
    local = house.clock
    assert read_clock({}, local, ()) == LocalClock(local)
    chosen = read_clock({"url": "http://clock/", "patience": "3"}, house.clock, ())
    assert chosen == RemoteClock("http://clock/", (), 3.0)


@pytest.mark.parametrize("options", [{"url": "file:///etc/passwd"}, {"url": "http://clock", "patience": "long"}])
def test_settings_that_make_no_sense_are_refused(house: House, options: dict[str, str]) -> None:
    with pytest.raises(KeyRefused):
        read_clock(options, house.clock, ())

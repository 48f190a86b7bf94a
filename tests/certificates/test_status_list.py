"""Status lists against a decoder written from the recommendation alone; stale, foreign and damaged lists refused."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certificates.__main__ import main
from certificates.status_list import (
    LEAST_BITS,
    ListName,
    Purpose,
    StatusListRefused,
    decode,
    encode,
    place_of,
    public_keys,
    read_list,
    sign_list,
)
from tests.certificates.samples import AT

KEY = ec.generate_private_key(ec.SECP256R1())
NAME = ListName("https://verify.example.cn/status/revocation/0.jwt", "https://verify.example.cn", Purpose.REVOCATION)
UNTIL = AT + timedelta(hours=24)


def _signed(positions: list[int], *, key: ec.EllipticCurvePrivateKey = KEY, at: datetime = AT) -> str:
    return sign_list(NAME, encode(positions), valid_from=at, valid_until=at + timedelta(hours=24), key=key)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _independent(token: str, key: ec.EllipticCurvePublicKey) -> tuple[dict[str, object], str]:
    """Claims of the token and its bits as a text of 0 and 1: RFC 7515 and the recommendation, nothing of ours."""
    header, payload, signature = token.split(".")
    r, s = (int.from_bytes(_bytes(signature)[half : half + 32], "big") for half in (0, 32))
    key.verify(encode_dss_signature(r, s), f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(_bytes(header))["alg"] == "ES256"
    claims = json.loads(_bytes(payload))
    encoded = claims["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    return claims, "".join(f"{byte:08b}" for byte in gzip.decompress(_bytes(encoded[1:])))


@pytest.mark.parametrize("positions", [[], [0], [1], [7, 8], [LEAST_BITS - 1], [0, 3, 94_567, 131_071]])
def test_independent_decoder_finds_the_bits_that_were_set(positions: list[int]) -> None:
    claims, bits = _independent(_signed(positions), KEY.public_key())
    assert len(bits) == 131_072
    assert [place for place, bit in enumerate(bits) if bit == "1"] == positions
    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert claims["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert claims["validFrom"] == "2026-12-01T01:30:00Z"
    assert claims["credentialSubject"]["statusPurpose"] == "revocation"


def test_reader_finds_the_same_bits() -> None:
    found = read_list(_signed([5, 131_071]), KEY.public_key(), at=AT)
    assert [place for place in range(LEAST_BITS) if found.is_set(place)] == [5, 131_071]
    assert (found.address, found.purpose, found.valid_until) == (NAME.address, Purpose.REVOCATION, UNTIL)
    for place in (-1, LEAST_BITS):
        with pytest.raises(IndexError):
            found.is_set(place)


OUT_OF_TIME = [
    (timedelta(hours=24), "stale"),
    (timedelta(days=300), "stale"),
    (-timedelta(hours=1), "not valid before"),
]


@pytest.mark.parametrize(("after", "reason"), OUT_OF_TIME)
def test_list_out_of_its_time_is_refused(after: timedelta, reason: str) -> None:
    with pytest.raises(StatusListRefused, match=reason):
        read_list(_signed([1]), KEY.public_key(), at=AT + after)


def test_last_second_still_holds() -> None:
    assert read_list(_signed([1]), KEY.public_key(), at=UNTIL - timedelta(seconds=1)).is_set(1)


def test_list_of_another_key_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(StatusListRefused, match="not a signed status list"):
        read_list(_signed([1], key=other), KEY.public_key(), at=AT)


def _unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def _swapped(token: str) -> str:
    """The signature of the list with a bit, over the list without."""
    return ".".join([*_signed([]).split(".")[:2], token.split(".")[2]])


FORGERIES: dict[str, Callable[[str], str]] = {
    "unsigned": _unsigned,
    "swapped": _swapped,
    "cut": lambda token: token[:-4],
    "flood": lambda token: "x" * 70_000,
    "empty": lambda token: "",
    "letters": lambda token: "a.b.c",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_token_is_refused(forge: Callable[[str], str]) -> None:
    with pytest.raises(StatusListRefused):
        read_list(forge(_signed([1])), KEY.public_key(), at=AT)


def _encoded(content: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(content)).rstrip(b"=").decode()


NO_LISTS = {
    "empty": "",
    "base": "z123",
    "letters": "u!!",
    "no gzip": "uAAAA",
    "no bits": _encoded(b""),
    "short": _encoded(bytes(16_383)),
    "long": _encoded(bytes(16_385)),
    "bomb": _encoded(bytes(50_000_000)),
    "cut": _encoded(bytes(16_384))[:-9],
}


@pytest.mark.parametrize("encoded", NO_LISTS.values(), ids=NO_LISTS)
def test_text_that_is_no_list_of_the_right_size_is_refused(encoded: str) -> None:
    with pytest.raises(StatusListRefused):
        decode(encoded)


def test_indices_fill_one_list_after_the_other() -> None:
    assert [place_of(index) for index in (0, 131_071, 131_072, 300_000)] == [(0, 0), (0, 131_071), (1, 0), (2, 37_856)]


@pytest.mark.parametrize(("share", "limit"), [(0, 100), (1000, 800), (100, 3600)])
def test_list_stays_small(share: int, limit: int) -> None:
    """Published at 0, 0.1 and 1 per cent set: bytes of the encoded list."""
    positions = [] if not share else [place * 7919 % LEAST_BITS for place in range(LEAST_BITS // share)]
    assert len(encode(positions)) <= limit


def test_key_set_names_the_key_by_its_thumbprint() -> None:
    (key,) = public_keys(KEY.public_key())["keys"]
    header = json.loads(_bytes(_signed([]).split(".")[0]))
    assert (key["kty"], key["crv"], key["kid"], key["alg"]) == ("EC", "P-256", header["kid"], "ES256")
    assert "d" not in key


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A fresh list, a stale one, and the key."""
    now = datetime.now(UTC)
    (tmp_path / "fresh").write_text(_signed([4], at=now))
    (tmp_path / "stale").write_text(_signed([4], at=now - timedelta(hours=25)))
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "status.pem").write_bytes(public)
    return tmp_path


@pytest.mark.parametrize(
    ("lists", "index", "code", "words"),
    [
        (["fresh"], 5, 0, "not listed 不在列"),
        (["fresh"], 4, 1, "revocation: listed 在列"),
        (["fresh", "stale"], 5, 1, "stale since"),
        (["fresh"], -1, 1, "refused 不通过: no bit -1"),
        (["status.pem"], 5, 1, "refused 不通过"),
        (["missing"], 5, 2, "cannot read 无法读取"),
    ],
)
def test_command_tells_what_the_lists_say(
    kept: Path, lists: list[str], index: int, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(kept / name) for name in lists]
    assert main(["status", *given, "--key", str(kept / "status.pem"), "--index", str(index)]) == code
    told = capsys.readouterr()
    assert words in told.out + told.err

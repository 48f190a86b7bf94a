"""COSE_Sign1: the public examples, and what is refused before any signature is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cbor2
import pytest
import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.cose import SIGN1, CoseRefused, decoded, is_signed, parse_sign1, sign1
from certificates.printed_keys import _public_key

VECTORS = yaml.safe_load((Path(__file__).parent / "cose_vectors.yaml").read_text())
KEY = _public_key(VECTORS["key"])


@pytest.mark.parametrize("vector", VECTORS["messages"], ids=lambda vector: vector["name"])
def test_public_examples_have_the_verdict_of_their_source(vector: dict[str, Any]) -> None:
    message = parse_sign1(bytes.fromhex(vector["cbor"]))
    assert message.key_id == b"11"
    assert is_signed(message, KEY, bytes.fromhex(vector.get("external", ""))) is vector["valid"]
    assert message.payload.startswith(b"This is the content")


def test_own_message_is_proved_with_its_external_data_only() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made = sign1(
        b"payload", key_id=b"12345678", external=b"there", sign=lambda m: key.sign(m, ec.ECDSA(hashes.SHA256()))
    )
    message = parse_sign1(made)
    assert (message.payload, message.key_id, message.unprotected_header) == (b"payload", b"12345678", {})
    assert is_signed(message, key.public_key(), b"there")
    assert not is_signed(message, key.public_key(), b"elsewhere")
    assert not is_signed(message, KEY, b"there")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no CBOR"),
        (b"\xff", "no COSE_Sign1 tag"),
        (b"\x01\x01", "after the value"),
        (cbor2.dumps(1), "no COSE_Sign1 tag"),
        (cbor2.dumps(cbor2.CBORTag(998, [b"", {}, b"", b""])), "no COSE_Sign1 tag"),
        (cbor2.dumps(cbor2.CBORTag(SIGN1, [b"", {}, b""])), "array of four"),
        (cbor2.dumps(cbor2.CBORTag(SIGN1, {})), "array of four"),
        (cbor2.dumps(cbor2.CBORTag(SIGN1, ["", {}, b"", b""])), "no byte string"),
        (cbor2.dumps(cbor2.CBORTag(SIGN1, [b"", {}, None, b""])), "no byte string"),
        (cbor2.dumps(cbor2.CBORTag(SIGN1, [b"\x01", {}, b"", b""])), "no map"),
        (b"\xd2" * 200_000, "no"),
        (b"\x81" * 100_000, "no CBOR"),
        (b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff", "no CBOR"),
        (b"\xc0\x63abc", "no CBOR"),
    ],
)  # fmt: skip
def test_other_bytes_are_refused(content: bytes, why: str) -> None:
    with pytest.raises(CoseRefused, match=why):
        parse_sign1(content)


def test_value_is_read_once() -> None:
    assert decoded(cbor2.dumps({1: [2, "三"]})) == {1: [2, "三"]}

"""GB/T 36904 identifiers and GB 32100 credit codes against public examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from certificates.identifiers import (
    ALPHABET,
    IdentifierRefused,
    check_character,
    identifier_of,
    is_credit_code,
    parse_identifier,
)

VECTORS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "vectors.yaml").read_text())
VALID = VECTORS["identifiers"]["valid"]


@pytest.mark.parametrize("code", VECTORS["credit_codes"]["valid"])
def test_credit_code_of_a_public_body_is_valid(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize("code", [*VECTORS["credit_codes"]["invalid"], "", "91350100m000100y43", "91350100M000100Y4"])
def test_credit_code_with_wrong_check_case_or_length_is_invalid(code: str) -> None:
    assert not is_credit_code(code)


@pytest.mark.parametrize("text", VALID)
def test_public_identifier_is_read_and_written_back(text: str) -> None:
    assert str(parse_identifier(text)) == text


@pytest.mark.parametrize("text", VECTORS["identifiers"]["check_fails"])
def test_public_identifier_with_wrong_check_character_is_refused(text: str) -> None:
    with pytest.raises(IdentifierRefused, match="check character"):
        parse_identifier(text)


@pytest.mark.parametrize("text", ["", "1.2.156", VALID[0].lower(), VALID[0] + ".1", VALID[0].replace("3005", "3006")])
def test_identifier_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(IdentifierRefused, match="form"):
        parse_identifier(text)


def test_every_single_wrong_character_of_an_identifier_is_caught() -> None:
    body = parse_identifier(VALID[0]).body
    right = check_character(body)
    missed = [
        (place, wrong)
        for place, character in enumerate(body)
        for wrong in ALPHABET
        if wrong != character and check_character(body[:place] + wrong + body[place + 1 :]) == right
    ]
    assert missed == []


def test_identifier_takes_its_serial_from_the_printed_number() -> None:
    identifier = identifier_of(
        kind="11100000000013338W011", issuer="11430000006122244L", number="SHETC-2026-00001", version=2
    )
    assert (identifier.serial, identifier.version) == ("SHETC202600001", 2)


def test_identifier_with_a_type_code_of_wrong_length_is_refused() -> None:
    with pytest.raises(IdentifierRefused):
        identifier_of(kind="11100000000013338W01", issuer="11430000006122244L", number="A-1", version=1)


def test_check_character_of_a_small_letter_is_refused() -> None:
    with pytest.raises(IdentifierRefused, match="'a'"):
        check_character("1a")

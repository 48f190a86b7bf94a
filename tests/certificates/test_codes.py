"""Verification codes: randomness, check character, and what a person may type."""

from __future__ import annotations

import pytest

from certificates.codes import ALPHABET, LENGTH, CodeRefused, grouped, new_code, parse_code
from tests.certificates.samples import CODE


def test_new_codes_differ_and_read_back() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {parse_code(code) for code in codes} == codes


def test_new_codes_use_every_character_of_the_alphabet() -> None:
    assert {character for _ in range(100) for character in new_code()[:26]} == set(ALPHABET)


def test_code_has_130_random_bits_and_one_check_character() -> None:
    assert LENGTH == 27
    assert len(ALPHABET) == 2**5


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        grouped(CODE),
        f"  {CODE}\n",
        CODE[:9] + " " + CODE[9:],
        grouped(CODE).replace("-", "–"),
        CODE.replace("1", "l"),
    ],
)
def test_code_typed_loosely_is_understood(typed: str) -> None:
    assert parse_code(typed) == CODE


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = next(code for code in iter(new_code, "") if "0" in code and "1" in code)
    assert parse_code(code.replace("0", "O").replace("1", "I")) == code


def test_every_single_wrong_character_is_caught() -> None:
    for place in range(LENGTH):
        for wrong in set(ALPHABET) - {CODE[place]}:
            with pytest.raises(CodeRefused, match="check"):
                parse_code(CODE[:place] + wrong + CODE[place + 1 :])


def test_every_swap_of_two_characters_is_caught() -> None:
    for first in range(LENGTH):
        for second in range(first + 1, LENGTH):
            swapped = list(CODE)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            if "".join(swapped) != CODE:
                with pytest.raises(CodeRefused, match="check"):
                    parse_code("".join(swapped))


@pytest.mark.parametrize(
    ("typed", "why"), [("", "0 characters"), (CODE[:-1], "26 characters"), ("U" + CODE[1:], "not used")]
)
def test_code_that_cannot_be_one_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(CodeRefused, match=why):
        parse_code(typed)


def test_printed_code_stands_in_groups_of_three() -> None:
    assert grouped(CODE) == "7K2-M9Q-X4T-8VW-Z3A-BCD-E5F-6GH-JRZ"

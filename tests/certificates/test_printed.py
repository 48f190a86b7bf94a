"""The statement in the printed code: what it says, what breaks it, and that no text makes the check stumble."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.cose import encoded, sign1
from certificates.issuing import Issued
from certificates.printed import PrintedRule, Statement, check_printed, printed_text, shortened
from certificates.printed_keys import PrintedKey, jwk, keys_of
from tests.certificates.conftest import House
from tests.certificates.samples import CODE, HOLDER, snapshot

DIGEST = "ab" * 32


def _signed(claims: object, key: PrintedKey, address: str = snapshot().url) -> str:
    message = sign1(encoded(claims), key_id=key.key_id, external=address.encode(), sign=key.sign)
    return f"{address}.{base64.b32encode(message).decode().rstrip('=')}"


def _claims(**changes: object) -> dict[int, object]:
    names = {"number": 1, "version": 2, "holder": 3, "programme": 4, "valid_from": 5, "valid_until": 6, "digest": 7}
    claims: dict[int, object] = {1: "N", 2: 1, 3: "甲", 4: "乙", 5: 20000, 6: 21000, 7: bytes(16)}
    return claims | {names[name]: value for name, value in changes.items()}


def test_code_states_what_the_certificate_says(issued: Issued, house: House) -> None:
    verdict = check_printed(issued.printed, house.printed_keys)
    assert verdict.rule is None
    assert verdict.address == snapshot().url
    assert verdict.statement == Statement(
        "SHETC-2026-00001", 1, HOLDER, "上海市企业技术中心", date(2026, 12, 1), date(2029, 11, 30),
        issued.record_sha256[:32], specimen=True,
    )  # fmt: skip


def test_code_is_alphanumeric_and_short_enough_for_the_print(issued: Issued) -> None:
    assert re.fullmatch(r"[0-9A-Z $%*+./:-]+", issued.printed)
    assert len(issued.printed) <= 419  # version 12 at level M


def test_code_in_small_letters_is_the_same_code(issued: Issued, house: House) -> None:
    assert check_printed(f" {issued.printed.lower()}\n", house.printed_keys).accepted


def test_same_certificate_always_gets_the_same_code(house: House) -> None:
    assert printed_text(snapshot(), DIGEST, house.printed) == printed_text(snapshot(), DIGEST, house.printed)


def test_short_form_is_the_address_and_says_that_it_proves_nothing(house: House) -> None:
    short = printed_text(snapshot(), DIGEST, None)
    assert short == snapshot().url
    assert check_printed(short, house.printed_keys).rule is PrintedRule.NO_STATEMENT
    dotted = f"HTTPS://VERIFY.EXAMPLE.CN/V/{CODE}"
    assert check_printed(dotted, house.printed_keys).rule is PrintedRule.NO_STATEMENT


def _other_code(text: str, other: str) -> str:
    return text.replace(CODE, CODE[::-1])


def _other_host(text: str, other: str) -> str:
    return text.replace("127.0.0.1", "127.0.0.2")


def _other_statement(text: str, other: str) -> str:
    return text.rpartition(".")[0] + "." + other.rpartition(".")[2]


def _flipped(text: str, other: str) -> str:
    place = len(text) - 150
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (_other_code, {PrintedRule.CODE_ALTERED}),
        (_other_host, {PrintedRule.CODE_ALTERED}),
        (_other_statement, {PrintedRule.CODE_ALTERED}),
        (_flipped, {PrintedRule.CODE_ALTERED, PrintedRule.STATEMENT_UNREADABLE}),
        (lambda text, other: text + "A", {PrintedRule.STATEMENT_UNREADABLE}),
        (lambda text, other: text[:-1], {PrintedRule.STATEMENT_UNREADABLE}),
        (lambda text, other: text.rpartition(".")[0] + ".", {PrintedRule.STATEMENT_UNREADABLE}),
        (lambda text, other: text.replace("/V/", "/W/"), {PrintedRule.NO_CODE}),
        (lambda text, other: "FTP" + text, {PrintedRule.NO_CODE}),
        (lambda text, other: "", {PrintedRule.NO_CODE}),
        (lambda text, other: text + " " * 5000, {PrintedRule.NO_CODE}),
        (lambda text, other: text.replace("A", "Ａ"), {PrintedRule.NO_CODE}),
    ],
)
def test_altered_code_is_refused_by_name(
    issued: Issued, house: House, change: Callable[[str, str], str], rules: set[PrintedRule]
) -> None:
    other = printed_text(snapshot(code=CODE[::-1], url=snapshot().url[:-27] + CODE[::-1]), DIGEST, house.printed)
    assert check_printed(change(issued.printed, other), house.printed_keys).rule in rules


def test_every_changed_letter_of_the_statement_is_refused(issued: Issued, house: House) -> None:
    start = issued.printed.rindex(".") + 1
    accepted = []
    for place in range(start, len(issued.printed)):
        wrong = "A" if issued.printed[place] != "A" else "Q"
        text = issued.printed[:place] + wrong + issued.printed[place + 1 :]
        if check_printed(text, house.printed_keys).accepted:
            accepted.append(place)
    assert accepted == []


def test_code_of_another_house_names_an_unknown_key(issued: Issued, other_house: House) -> None:
    assert check_printed(issued.printed, other_house.printed_keys).rule is PrintedRule.UNKNOWN_KEY


@pytest.mark.parametrize(
    "claims",
    [
        [],
        {},
        _claims() | {9: 1},
        {key: value for key, value in _claims().items() if key != 7},
        _claims(number=1),
        _claims(version=True),
        _claims(version=1.0),
        _claims(valid_from=-1),
        _claims(valid_until=10**9),
        _claims(digest="text"),
        _claims() | {8: 1},
    ],
)
def test_signed_statement_of_another_form_is_unreadable(house: House, claims: object) -> None:
    assert check_printed(_signed(claims, house.printed), house.printed_keys).rule is PrintedRule.STATEMENT_UNREADABLE


def test_statement_of_the_expected_form_is_read(house: House) -> None:
    assert check_printed(_signed(_claims(), house.printed), house.printed_keys).accepted


@given(
    st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: "HTTP://X/V/Y." + base64.b32encode(raw).decode())
)
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_check_stumble(text: str) -> None:
    assert not check_printed(text, {}).accepted


@pytest.mark.parametrize(("text", "size", "expected"), [("甲乙", 6, "甲乙"), ("甲乙丙", 8, "甲…"), ("abc", 3, "abc")])
def test_long_names_are_cut_between_characters(text: str, size: int, expected: str) -> None:
    assert shortened(text, size) == expected


def test_longest_names_still_give_a_code_that_fits_the_print(house: House) -> None:
    longest = snapshot(holder_zh="汇" * 60, programme_zh="心" * 30, url=f"HTTPS://{'A' * 40}.CN/V/{CODE}")
    assert len(printed_text(longest, DIGEST, house.printed)) <= 600  # version 15 at level M


@pytest.mark.parametrize("rule", PrintedRule)
def test_every_rule_has_a_text_in_both_languages(rule: PrintedRule) -> None:
    assert rule.wording.zh
    assert rule.wording.en.isascii()


def test_verdict_as_json_names_rule_and_claims(issued: Issued, house: House) -> None:
    plain = check_printed(issued.printed, house.printed_keys).plain()
    assert (plain["accepted"], plain["valid_until"], plain["specimen"]) == (True, "2029-11-30", True)
    assert check_printed("x", {}).plain()["rule"] == "no_code"


def test_keys_are_published_as_a_set_that_keeps_retired_ones(tmp_path: Path) -> None:
    from certificates.printed_keys import open_printed_key

    (tmp_path / "trust").mkdir()
    first = open_printed_key(tmp_path)
    assert open_printed_key(tmp_path).key_id == first.key_id
    (tmp_path / "qr.key").rename(tmp_path / "old.key")
    second = open_printed_key(tmp_path)
    content = (tmp_path / "trust" / "qr-keys.json").read_bytes()
    assert list(keys_of(content)) == [second.key_id, first.key_id]
    assert b'"d"' not in content
    assert jwk(first.key.public_key())["kid"] == first.key_id.hex()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.key", "qr.key", "trust"]
    assert (tmp_path / "qr.key").stat().st_mode & 0o777 == 0o600

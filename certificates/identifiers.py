"""Identifiers of a certificate and its parties: GB/T 36904 with ISO 7064 MOD 37,36, and GB 32100 credit codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.cn import uscc as gb32100

ROOT = "1.2.156.3005.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_SHAPE = re.compile(
    r"1\.2\.156\.3005\.2\.(?P<kind>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{1,18})\.(?P<serial>[0-9A-Z]{1,32})"
    r"\.(?P<version>[0-9]{3})\.(?P<check>[0-9A-Z])"
)


class IdentifierRefused(ValueError):
    """The text is not an identifier of GB/T 36904, or its check character does not fit."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One electronic-certificate identifier, its segments as GB/T 36904 names them.

    `kind` is the type code (21 characters: credit code of the defining body and three digits), `issuer` the credit
    code of the issuing body, `serial` the issuer's running number, `version` 1 to 999.
    """

    kind: str
    issuer: str
    serial: str
    version: int

    @property
    def body(self) -> str:
        """The segments after the root without dots, over which the check character is taken."""
        return f"{self.kind}{self.issuer}{self.serial}{self.version:03d}"

    def __str__(self) -> str:
        segments = (ROOT, self.kind, self.issuer, self.serial, f"{self.version:03d}", check_character(self.body))
        return ".".join(segments)


def check_character(body: str) -> str:
    """Check character of ISO 7064 MOD 37,36 over `body` (digits and capital letters).

    ValueError on any other character.
    """
    product = 36
    for character in body:
        if character not in _VALUE:
            raise IdentifierRefused(f"not a digit or capital letter: {character!r}")
        product = ((product + _VALUE[character]) % 36 or 36) * 2 % 37
    return ALPHABET[(37 - product) % 36]


def identifier_of(*, kind: str, issuer: str, number: str, version: int) -> Identifier:
    """Identifier of a certificate whose printed number is `number`; its letters and digits become the serial."""
    serial = "".join(character for character in number.upper() if character in _VALUE)
    identifier = Identifier(kind=kind, issuer=issuer, serial=serial, version=version)
    return parse_identifier(str(identifier))


def parse_identifier(text: str) -> Identifier:
    """Read a printed identifier; IdentifierRefused when its form or its check character is wrong."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise IdentifierRefused(f"not of the form {ROOT}.type.issuer.serial.version.check: {text!r}")
    identifier = Identifier(found["kind"], found["issuer"], found["serial"], int(found["version"]))
    if check_character(identifier.body) != found["check"]:
        raise IdentifierRefused(f"check character {found['check']} does not fit {text!r}")
    return identifier


def is_credit_code(text: str) -> bool:
    """True when `text` is a unified social credit code (GB 32100-2015): 18 characters, right check character."""
    return len(text) == 18 and text == text.upper() and bool(gb32100.is_valid(text))

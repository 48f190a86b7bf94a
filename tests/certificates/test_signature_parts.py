"""Parts of a signature, and the file as it was issued, from any revision and from anything else."""

from __future__ import annotations

import pytest
from asn1crypto import cms

from certificates.issuing import Issued
from certificates.seal import sign_detached
from certificates.signature_parts import as_issued, parts_of
from tests.certificates.attacks import HOLE
from tests.certificates.conftest import House
from tests.certificates.upgrades import upgraded


def test_every_revision_leads_back_to_the_file_as_issued(issued: Issued, house: House) -> None:
    once = upgraded(issued.pdf, house)
    for content in (issued.pdf, once, upgraded(once, house)):
        assert as_issued(content) == issued.pdf


def test_changed_file_does_not_lead_back(issued: Issued, house: House) -> None:
    once = upgraded(issued.pdf, house)
    assert as_issued(once.replace(b"/Lang (zh", b"/Lang (xh", 1)) != issued.pdf


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"/Contents <00> /ByteRange [ 0 1 2 3 ]", b"/Contents <3003020101>\n/ByteRange [ 0 10 22 20 ]"],
)
def test_anything_else_is_left_as_it_is(content: bytes) -> None:
    assert as_issued(content) == content


def test_hole_without_a_message_is_left_as_it_is(issued: Issued) -> None:
    hole = HOLE.search(issued.pdf)
    assert hole
    damaged = issued.pdf[: hole.start(1)] + b"f" * len(hole[1]) + issued.pdf[hole.end(1) :]
    assert as_issued(damaged) == damaged


def test_message_without_its_signers_certificate_has_no_parts(house: House) -> None:
    message = cms.ContentInfo.load(sign_detached(bytes(32), house.signer))["content"]
    message["certificates"] = [one for one in message["certificates"] if one.chosen.subject != one.chosen.issuer][:0]
    with pytest.raises(ValueError, match="not in the signature"):
        parts_of(message, bytes(32))

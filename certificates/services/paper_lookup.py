"""The public's answer for a paper certificate: what the register says of it, and never that it was signed.

Who asks must know its number and its holder's whole credit code. Both stand in the public register of titles: the code
is no secret, it makes sure that the answer is about the holder that is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from certificates.models import PaperCertificate
from certificates.paper import number_key, record_of
from certificates.selectors import Inclusion, inclusion_of, paper_certificate
from certificates.services.verification import is_proved
from certificates.standing import Standing

_MOST = 60


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """A paper certificate in the register: its standing on the day, whether register and log agree, their proof."""

    certificate: PaperCertificate
    standing: Standing
    agrees: bool
    inclusion: Inclusion | None
    at: datetime


def look_up_paper(number: str, uscc: str, *, at: datetime) -> PaperAnswer | None:
    """The answer when number and holder belong together; None otherwise, at the cost of the same query."""
    wanted, holder = number_key(number[:_MOST]), "".join(uscc[:_MOST].split()).replace("-", "").upper()
    found = paper_certificate(wanted, holder)
    return paper_answer(found, at=at) if found else None


def paper_answer(certificate: PaperCertificate, *, at: datetime) -> PaperAnswer:
    """What the register says of a paper certificate on the day."""
    inclusion = inclusion_of(certificate)
    agrees = sha256(record_of(certificate.content)).hexdigest() == certificate.record_sha256
    if inclusion is not None:
        agrees = agrees and is_proved(certificate, inclusion)
    standing = certificate.standing
    if standing is Standing.IN_FORCE and timezone.localdate(at) > certificate.valid_until:
        standing = Standing.EXPIRED
    return PaperAnswer(certificate, standing, agrees, inclusion, at)

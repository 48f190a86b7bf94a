"""What is signed and published beside a certificate's page: its record, its credential, its second signature."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from certificates.durable import write_durably
from certificates.installation import public_folder
from certificates.models import Certificate
from certificates.services.credentials import write_credential
from certificates.services.keys import Keys
from certificates.services.published import CREDENTIAL, RECORD, SECOND_SIGNATURE
from certificates.services.second_signatures import write_second_signature
from certificates.services.verification import Answer
from certificates.signers import KeyRefused
from certificates.snapshot import record_of

_log = logging.getLogger(__name__)


@dataclass
class ProofWriter:
    """Writes the files of one round; after a key has failed it is not asked again before the next round."""

    keys: Keys
    has_failed: bool = False

    def write(self, certificate: Certificate, answer: Answer) -> bool:
        """Write what is missing or not as it should be; False when it could not be, and is to be tried again.

        Only what the signed log proves is signed: a row that was changed behind its back gets no new signature.
        """
        if answer.lights[0].tone != "good":
            _log.error("certificate %s does not fit the signed log: nothing is signed for it", certificate)
            return False
        try:
            self._write(certificate, public_folder() / "v" / certificate.code)
        except KeyRefused:
            _log.exception("not everything could be signed for certificate %s", certificate)
            self.has_failed = True
        return not self.has_failed

    def _write(self, certificate: Certificate, folder: Path) -> None:
        record = record_of(certificate.content)
        put(folder / RECORD, record)
        if self.has_failed:
            return
        if self.keys.credential:
            write_credential(certificate, folder / CREDENTIAL, self.keys.credential)
        if self.keys.second:
            write_second_signature(record, folder / SECOND_SIGNATURE, self.keys.second)


def put(path: Path, content: bytes) -> bool:
    """Write a file that is missing or different; whether it was."""
    if not content or (path.is_file() and path.read_bytes() == content):
        return False
    write_durably(path, content)
    return True

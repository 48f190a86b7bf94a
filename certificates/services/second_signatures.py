"""The second signature of an issued certificate, over its record, where one is configured."""

from __future__ import annotations

from pathlib import Path

from certificates.durable import write_durably
from certificates.second_signature import SecondSigner
from certificates.sm2 import is_signed


def write_second_signature(record: bytes, path: Path, signer: SecondSigner) -> bool:
    """Sign and write, unless a signature over this record by this key is there; whether it was written.

    KeyRefused when the key does not sign.
    """
    if path.is_file() and is_signed(record, path.read_bytes(), signer.certificate):
        return False
    write_durably(path, signer.sign(record))
    return True

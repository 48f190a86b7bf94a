"""A stranger's judgement: `python -m tests.certificates.judge FILE ROOTS CRL...` prints pyHanko's verdict for AdES LTA.

A program of its own, so that it can run at another time. ROOTS is a PEM file with the trusted roots; the lists of
revoked certificates are those that a verifier would fetch at that time.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from asn1crypto import crl, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer


def judged(file: Path, roots: Path, lists: list[Path]) -> str:
    """The sub-indication, and why."""
    trusted = [x509.Certificate.load(content) for _, _, content in pem.unarmor(roots.read_bytes(), multiple=True)]
    known = [CRLContainer(crl.CertificateList.load(path.read_bytes())) for path in lists]
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build(trusted), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    spec = SignatureValidationSpec(
        policy,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(known_crls=known),
    )
    with file.open("rb") as content:
        (signature,) = PdfFileReader(content).embedded_regular_signatures
        result = asyncio.run(ades_lta_validation(signature, PdfSignatureValidationSpec(spec)))
    return f"{type(result.ades_subindic).__name__}.{result.ades_subindic.name} {result.failure_msg or ''}"


if __name__ == "__main__":
    sys.stdout.write(judged(Path(sys.argv[1]), Path(sys.argv[2]), [Path(each) for each in sys.argv[3:]]) + "\n")

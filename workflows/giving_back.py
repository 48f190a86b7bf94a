"""The certificate of a title that came back: reinstated where it was suspended, made out anew where it was ended."""

from __future__ import annotations

from accreditation.errors import Refusal
from accreditation.models import Title
from certificates.services.restoring import request_restored_version
from certificates.services.standing import change_standing
from certificates.snapshot import SnapshotRefused
from certificates.standing import Standing
from workflows.certification import fault_of, newest_certificate_of_title, request_key_of, stated_today
from workflows.doing import Doing


def give_certificate_back(
    doing: Doing, title: Title, *, number: str, ground: str, by: str, is_for_time: bool = False
) -> None:
    """A suspended certificate is reinstated; a revoked one stays so for ever, and a new version is made out.

    `number` is that of the decision, which a new version names. Nothing happens while the title does not stand. What is
    given back for a time only (`is_for_time`) says so under its state. Refusal where it cannot be made out so.
    """
    certificate = newest_certificate_of_title(title)
    if certificate is None or not title.is_standing:
        return
    if certificate.standing is Standing.SUSPENDED:
        said = ground if is_for_time else f"{number}，{ground}"
        change_standing(certificate=certificate, verb="reinstate", ground=said, at=doing.at)
    elif certificate.standing in (Standing.REVOKED, Standing.CANCELLED):
        key = f"{request_key_of(title)}:{doing.case.number}"
        try:
            certificate = request_restored_version(
                certificate=certificate, request_key=key, announcement=number,
                stated=stated_today(title, certificate.content), by=by, at=doing.at,
                ground=ground if is_for_time else "",
            )  # fmt: skip
        except SnapshotRefused as refusal:
            raise Refusal([fault_of(title.number, fault) for fault in refusal.faults]) from refusal
    doing.act.note(certificate=certificate.number, certificate_version=certificate.version)

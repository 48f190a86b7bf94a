"""The signer's work: render, sign, store, log and publish what was requested.

Safe to kill and to run again at any point.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from certificates.durable import keep
from certificates.installation import faces, store_folder
from certificates.issuing import Issued, issue
from certificates.models import Certificate
from certificates.selectors import certificates_waiting
from certificates.services.keys import Keys, open_keys
from certificates.services.log import append_event, seal_log
from certificates.services.offline import publish_offline
from certificates.services.publishing import (
    publish_credential_keys,
    publish_log,
    publish_pending,
    publish_revocation,
    publish_status_lists,
)
from certificates.services.requests import next_in
from certificates.services.standing import republish_versions, supersede_earlier
from certificates.services.status_lists import refresh_status_lists
from certificates.services.translating import order_translation
from certificates.signals import certificate_issued
from certificates.snapshot import SnapshotRefused

_log = logging.getLogger(__name__)


def sign_pending(*, limit: int, at: datetime, keys: Keys | None = None) -> int:
    """Issue up to `limit` requested certificates, seal the log, publish the pages; how many were issued.

    Every step finds by itself what an earlier run left undone: the file is durable before the row that names it, the
    row and its log entry are one transaction, head and pages follow from the rows.
    """
    keys = keys or open_keys(at=at)
    issued = sum(_sign_one(certificate, keys, at) for certificate in certificates_waiting()[:limit])
    seal_log(keys=keys, at=at)
    publish_log()
    refresh_status_lists(keys=keys, at=at)
    publish_status_lists()
    publish_credential_keys()
    publish_revocation()
    publish_pending(at=at, keys=keys)
    publish_offline()
    return issued


def _sign_one(certificate: Certificate, keys: Keys, at: datetime) -> bool:
    """Sign one certificate from its stored snapshot; False when it was refused or somebody else was faster."""
    try:
        made = issue(certificate.content, keys.signer, faces=faces(), printed_key=keys.printed)
    except SnapshotRefused as refusal:
        _log.error("certificate %s refused: %s", certificate, refusal)
        reasons = "\n".join(f"{fault.field}：{fault.reason.zh}" for fault in refusal.faults)
        Certificate.objects.filter(pk=certificate.pk).update(refusal=reasons)
        return False
    keep(store_folder(), made.pdf)
    return _enter(certificate.pk, made, at)


@transaction.atomic
def _enter(pk: int, made: Issued, at: datetime) -> bool:
    certificate = Certificate.objects.select_for_update().get(pk=pk)
    if certificate.standing.is_issued:
        return False
    supersede_earlier(certificate, at=at)
    certificate.identifier = made.identifier
    certificate.sha256 = made.sha256
    certificate.record_sha256 = made.record_sha256
    certificate.unsigned_sha256 = made.unsigned_sha256
    certificate.signer = made.signer
    certificate.fonts = dict(made.fonts)
    certificate.printed = made.printed
    certificate.issued_at = certificate.content.issued_at
    certificate.log_index = append_event(certificate, "issue", at=certificate.issued_at).index
    certificate.status_index = next_in("status") - 1  # after the log's series: always in this order, so no deadlock
    certificate.issue()
    certificate.state_since = at
    certificate.revision += 1
    certificate.save()
    order_translation(certificate)
    republish_versions(certificate)
    transaction.on_commit(lambda: certificate_issued.send_robust(Certificate, certificate=certificate))
    return True

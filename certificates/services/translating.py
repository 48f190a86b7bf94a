"""English editions: ordered with each certificate, made when no certificate waits, signed and logged like it."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from certificates.durable import keep
from certificates.installation import faces, store_folder
from certificates.issuing import Translated, translate
from certificates.layout import LAYOUTS
from certificates.models import Certificate, Translation
from certificates.selectors import translations_waiting
from certificates.services.keys import Keys
from certificates.services.log import append_translation, seal_log
from certificates.services.publishing import publish_log, publish_pending
from certificates.snapshot import SnapshotRefused

_log = logging.getLogger(__name__)


def order_translation(certificate: Certificate) -> None:
    """Ask for the English edition, where the layout has one, in the transaction that issues the certificate."""
    if LAYOUTS[certificate.content.layout].english is not None:
        Translation.objects.create(certificate=certificate)


def translate_pending(*, limit: int, at: datetime, keys: Keys) -> int:
    """Make up to `limit` English editions, seal the log and publish the pages that offer them; how many were made.

    Safe to kill and to run again: the file is durable before the row that names it, row and log entry are one
    transaction.
    """
    made = sum(_make(translation, keys, at) for translation in list(translations_waiting()[:limit]))
    if made:
        seal_log(keys=keys, at=at)
        publish_log()
        publish_pending(at=at, keys=keys)
    return made


def _make(translation: Translation, keys: Keys, at: datetime) -> bool:
    certificate = translation.certificate
    printed = certificate.printed or certificate.content.url
    try:
        made = translate(certificate.content, keys.signer, printed=printed, faces=faces())
    except SnapshotRefused as refusal:
        _log.error("English edition of %s refused: %s", certificate, refusal)
        reasons = "\n".join(f"{fault.field}：{fault.reason.zh}" for fault in refusal.faults)
        Translation.objects.filter(pk=translation.pk).update(refusal=reasons)
        return False
    keep(store_folder(), made.pdf)
    return _enter(translation.pk, made, at)


@transaction.atomic
def _enter(pk: int, made: Translated, at: datetime) -> bool:
    """Note what was made; False when somebody else was faster."""
    translation = Translation.objects.select_for_update().select_related("certificate").get(pk=pk)
    if translation.sha256 is not None:
        return False
    translation.sha256 = made.sha256
    translation.unsigned_sha256 = made.unsigned_sha256
    translation.signer = made.signer
    translation.fonts = dict(made.fonts)
    translation.made_at = at
    translation.log_index = append_translation(translation.certificate, sha256=made.sha256, at=at).index
    translation.save()
    Certificate.objects.filter(pk=translation.certificate_id).update(revision=F("revision") + 1)
    return True

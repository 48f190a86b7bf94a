"""The certificate of a title whose evaluation prolonged it: the next version, or the first one of an older title."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from accreditation.errors import Refusal
from accreditation.models import EvaluationCall, Title
from certificates.numbering import NumberForm
from certificates.occasions import RENEWAL
from certificates.services.requests import RequestRefused, request_certificate, request_new_version
from certificates.snapshot import SnapshotRefused
from certificates.standing import Standing
from workflows.certification import (
    certificate_of_title,
    fault_of,
    particulars_of,
    renewal_key,
    request_key_of,
    standing_certificate_of_title,
)


def renew_certificate(title: Title, call: EvaluationCall, *, at: datetime) -> str:
    """Ask for the renewed certificate in the running transaction; its number, empty where none may be made now.

    That is while one is being made, and while title or old one is suspended: a new one would be in force.
    """
    application, announcement = call.application, call.announcement
    assert application is not None
    assert announcement is not None
    particulars = replace(
        particulars_of(title, application, announcement),
        occasion=RENEWAL,
        recognised_on=title.granted_on,
        batch_zh=f"{call.round.year} 年度",
        batch_en=str(call.round.year),
        result_zh=call.band_zh,
        result_en=call.band_en,
    )
    by, standing = particulars.issuer_zh, standing_certificate_of_title(title)
    try:
        if standing is not None and standing.standing is Standing.IN_FORCE:
            key = renewal_key(title.number, call.round.year)
            made = request_new_version(certificate=standing, particulars=particulars, request_key=key, by=by, at=at)
        elif standing is None and title.is_standing and certificate_of_title(title) is None:
            form, key = NumberForm(prefix=title.programme.number_prefix), request_key_of(title)
            made = request_certificate(particulars=particulars, form=form, request_key=key, by=by, at=at)
        else:
            return ""
    except RequestRefused:
        return ""
    except SnapshotRefused as refusal:
        raise Refusal([fault_of(application.case.number, fault) for fault in refusal.faults]) from refusal
    return str(made.number)

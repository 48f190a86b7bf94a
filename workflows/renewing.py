"""The certificate of a title that was prolonged: the next version, or the first one of an older title."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from accreditation.errors import Reason, Refusal
from accreditation.models import Announcement, Application, EvaluationCall, Title
from accreditation.models.titles import HELD
from accreditation.selectors.renewals import pending_renewal
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.occasions import RENEWAL
from certificates.selectors import first_keys_of_remarked
from certificates.services.requests import Particulars, RequestRefused, request_certificate, request_new_version
from certificates.services.standing import restate_ground
from certificates.snapshot import SnapshotRefused
from certificates.standing import RENEWAL_PENDING, Standing
from workflows.certification import (
    certificate_of_title,
    fault_of,
    newest_certificate_of_title,
    particulars_of,
    renewal_key,
    request_key,
    request_key_of,
    standing_certificate_of_title,
)


def renew_certificate(title: Title, call: EvaluationCall, *, at: datetime) -> str:
    """Ask for the certificate after an evaluation in the running transaction; its number, empty where none may be made.

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
    return _request(title, particulars, application, renewal_key(title.number, call.round.year), at)


def request_renewed(title: Title, application: Application, announcement: Announcement, *, at: datetime) -> str:
    """Ask for the certificate of a title that its holder applied to renew, in the running transaction; its number.

    Refusal while another version is being made: the holder is not left without the one of the new term.
    """
    stated = particulars_of(title, application, announcement)
    particulars = replace(stated, occasion=RENEWAL, recognised_on=title.granted_on, granted_on=announcement.dated)
    number = _request(title, particulars, application, renewal_key(title.number, application.case.number), at)
    if not number:
        text = _("称号 %(no)s 的证书现在不能换发。") % {"no": title.number}
        raise Refusal([Reason("certificate_pending", text)])
    return number


def remark_pending(title: Title, *, at: datetime) -> None:
    """Say beside the certificate, whose printed term is over, that the title goes on until its renewal is decided."""
    newest = newest_certificate_of_title(title)
    if newest is not None and newest.standing in (Standing.IN_FORCE, Standing.EXPIRED):
        restate_ground(certificate=newest, ground=RENEWAL_PENDING.zh, at=at)


def forget_pending(title: Title) -> None:
    """Take that back: the renewal is decided, or the title is lost."""
    newest = newest_certificate_of_title(title)
    if newest is not None and newest.state_ground == RENEWAL_PENDING.zh:
        restate_ground(certificate=newest, ground="", at=newest.state_since)


def remarks_outdated() -> list[Title]:
    """Titles beside whose certificates it is still said, although no renewal of them is undecided any more."""
    keys = first_keys_of_remarked(RENEWAL_PENDING.zh)
    rows = Title.objects.filter(number__in=[key.removeprefix(request_key("")) for key in keys])
    return [row for row in rows.order_by("pk") if row.state not in HELD or pending_renewal(row) is None]


def _run_out(title: Title) -> Certificate | None:
    """The certificate whose stated term has ended while its title ran on until its evaluation or renewal is decided."""
    newest = newest_certificate_of_title(title) if title.is_standing else None
    return newest if newest is not None and newest.standing is Standing.EXPIRED else None


def _request(title: Title, particulars: Particulars, application: Application, key: str, at: datetime) -> str:
    """The number of the version asked for under the key, or of the first one; empty where none may be made."""
    by, standing = particulars.issuer_zh, standing_certificate_of_title(title)
    try:
        if standing is not None and standing.standing is Standing.IN_FORCE:
            made = request_new_version(certificate=standing, particulars=particulars, request_key=key, by=by, at=at)
        elif standing is None and (over := _run_out(title)) is not None:
            made = request_new_version(
                certificate=over, particulars=particulars, request_key=key, by=by, at=at, after_its_term=True
            )
        elif standing is None and title.is_standing and certificate_of_title(title) is None:
            form, first = NumberForm(prefix=title.programme.number_prefix), request_key_of(title)
            made = request_certificate(particulars=particulars, form=form, request_key=first, by=by, at=at)
        else:
            return ""
    except RequestRefused:
        return ""
    except SnapshotRefused as refusal:
        raise Refusal([fault_of(application.case.number, fault) for fault in refusal.faults]) from refusal
    return str(made.number)

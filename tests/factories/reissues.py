"""A certificate that the signer really issued for a title, and a request to make it out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accreditation.models import Reissue, Title
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.services.keys import Keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from tests.certificates.samples import particulars
from tests.factories.cast import OFFICE_USCC, Cast
from workflows.certification import request_key_of
from workflows.reissuing import ask_for_reissue

STATEMENT = "证书原件在搬迁中遗失，多方查找未果。"


def signed_certificate(title: Title, at: datetime, keys: Keys) -> Certificate:
    """The first version of a title's certificate with its file, log entry and page."""
    holder = title.holder
    content = particulars(
        kind=f"{OFFICE_USCC}001", issuer_uscc=OFFICE_USCC, holder_zh=holder.name, holder_en=holder.name_en,
        uscc=holder.uscc, granted_on=title.granted_on, valid_from=title.valid_from, valid_until=title.valid_until,
        announcement=title.announcement_number,
    )  # fmt: skip
    form = NumberForm(prefix="SHETC")
    asked = request_certificate(particulars=content, form=form, request_key=request_key_of(title), by="测试", at=at)
    assert sign_pending(limit=5, at=at, keys=keys) == 1
    return Certificate.objects.get(pk=asked.pk)


def asked(cast: Cast, title: Title, *, at: datetime, reason: str = "lost", **more: Any) -> Reissue:
    """What the first enterprise asks for."""
    return ask_for_reissue(title, reason=reason, statement=STATEMENT, by=cast.member0, at=at, **more)

"""The first electronic certificate of a title from the time of paper, made out because its holder was renamed."""

from __future__ import annotations

from datetime import date, datetime

from accreditation.enums import Level
from accreditation.errors import Refusal
from accreditation.models import Body, Enterprise, Programme, Title
from accreditation.selectors.granting import OWN_TITLES, body_of_code, granting_body, place_of
from certificates.layout import LAYOUTS, NoLayout, newest_layout
from certificates.numbering import NumberForm
from certificates.occasions import RENAME
from certificates.services.requests import Particulars, request_certificate
from certificates.snapshot import SnapshotRefused
from workflows.certification import (
    DESIGNATION_LAYOUTS,
    OWN_LAYOUTS,
    certificate_of_title,
    fault_of,
    request_key_of,
    standing_paper_of_title,
    title_name,
)


def request_first(title: Title, *, document: str, dated: date, former: Enterprise, at: datetime) -> str:
    """Ask for it in the running transaction; its number, "" where none is made out.

    That is for a title that has or had an electronic one or rests on no paper entered here, for what the nation granted
    (its departments make out their own), where no layout knows the occasion, and where nobody can make it out for the
    district of the title. Refusal with every fault of its text.
    """
    if certificate_of_title(title) is not None or standing_paper_of_title(title) is None or title.last_day is None:
        return ""
    body = _issuer(title)
    layout = _layout(title.programme, body) if body else ""
    if body is None or not layout:
        return ""
    particulars = _particulars(title, body, layout, document=document, dated=dated, former=former)
    try:
        made = request_certificate(
            particulars=particulars, form=NumberForm(prefix=title.programme.number_prefix),
            request_key=request_key_of(title), by=body.name_zh, at=at,
        )  # fmt: skip
    except SnapshotRefused as refusal:
        raise Refusal([fault_of(title.number, fault) for fault in refusal.faults]) from refusal
    return str(made.number)


def _issuer(title: Title) -> Body | None:
    """Who granted it; of a district's title on paper, whose programme is the city's, the body of that district.

    None where that district has no body here, or one without the credit code that a certificate states.
    """
    body = granting_body(title)
    if title.programme.level != Level.DISTRICT or body.level in (Level.DISTRICT, *OWN_TITLES):
        return body
    local = body_of_code(place_of(title) or "")
    return local if local is not None and local.uscc else None


def _layout(programme: Programme, body: Body) -> str:
    own = OWN_LAYOUTS.get(Level(body.level))
    if programme.procedure:
        own = DESIGNATION_LAYOUTS[programme.is_of_product]
    try:
        layout = newest_layout(own or programme.code)
    except NoLayout:
        return ""
    return layout if RENAME in LAYOUTS[layout].occasions else ""


def _particulars(
    title: Title, body: Body, layout: str, *, document: str, dated: date, former: Enterprise
) -> Particulars:
    programme, holder, last = title.programme, title.holder, title.last_day
    parent, named = title.parent.holder if title.parent else None, title_name(programme, body)
    assert last is not None
    return Particulars(
        kind=f"{body.uscc}{programme.certificate_kind}",
        programme=programme.code,
        programme_zh=named.zh,
        programme_en=named.en,
        holder_zh=holder.name,
        holder_en=holder.name_en,
        uscc=holder.uscc,
        centre_name="",
        batch_zh=f"{title.granted_on.year} 年度",
        batch_en=str(title.granted_on.year),
        ground_zh=programme.ground_zh,
        ground_en=programme.ground_en,
        granted_on=dated,
        recognised_on=title.granted_on,
        valid_from=title.valid_from,
        valid_until=last,
        issuer_zh=body.name_zh,
        issuer_en=body.name_en,
        issuer_uscc=body.uscc,
        announcement=document,
        layout=layout,
        occasion=RENAME,
        formerly_zh=former.name,
        formerly_en=former.name_en,
        parent_zh=parent.name if parent else "",
        parent_en=parent.name_en if parent else "",
        product_zh=title.product,
    )

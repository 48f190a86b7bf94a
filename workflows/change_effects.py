"""What a confirmed change does, in the transaction that confirms it: register, titles, certificates."""

from __future__ import annotations

from datetime import datetime

from accreditation.change_words import ChangeKind, TitleOutcome
from accreditation.models import ChangedTitle, ChangeRequest, Enterprise, Title
from accreditation.services import changes
from certificates.occasions import EXCHANGE, RENAME
from certificates.services.paper import change_paper_standing
from certificates.services.standing import change_standing
from workflows.certification import request_again, standing_certificate_of_title, standing_paper_of_title
from workflows.change_who import change_of
from workflows.doing import Doing
from workflows.first_certificates import request_first


def carry_out(doing: Doing) -> None:
    """Holder first, then every title that still stands; what was done is noted title by title."""
    change = change_of(doing)
    former = Enterprise.objects.get(pk=change.holder_id)
    change.holder = changes.change_holder(change, by=doing.by, at=doing.at)
    doing.case.enterprise = change.holder
    touched = {title.pk for title in changes.titles_touched(change.holder, change.kind)}
    overtaken = []
    for row in changes.rows_of(change):
        if row.title_id in touched:
            _carry_out_on(doing, change, row, former)
        elif row.outcome:
            overtaken.append(row.title.number)
            _forget_plan(row)
    rows = changes.rows_of(change)
    doing.act.note(
        titles={row.title.number: row.outcome for row in rows if row.outcome},
        certificates=[row.certificate_number for row in rows if row.certificate_number],
        **({"no_longer_held": overtaken} if overtaken else {}),
    )


def _forget_plan(row: ChangedTitle) -> None:
    """An order has meanwhile taken the title; what was planned for it stays in the trail of the plan only."""
    row.outcome, row.successor = "", None
    row.save(update_fields=["outcome", "successor"])


def _carry_out_on(doing: Doing, change: ChangeRequest, row: ChangedTitle, former: Enterprise) -> None:
    if not row.outcome:
        row.outcome = TitleOutcome.KEEPS
    if row.outcome == TitleOutcome.ENDS:
        _end(doing, change, row.title)
    elif row.outcome == TitleOutcome.PASSES:
        assert row.successor is not None
        title = changes.pass_title(change, row.title, row.successor, by=doing.by, at=doing.at)
        row.certificate_number = _renew(doing, change, title, EXCHANGE, former)
        _close_paper(doing, change, title)
    else:
        row.certificate_number = _keep(doing, change, row.title, former)
    row.save(update_fields=["outcome", "certificate_number"])


def _keep(doing: Doing, change: ChangeRequest, title: Title, former: Enterprise) -> str:
    """A certificate is made out again where something that it states has changed."""
    if change.kind == ChangeKind.BRANCH:
        title = changes.hang_under(change, title, by=doing.by, at=doing.at)
        return _take_place_of_paper(doing, change, title, _renew(doing, change, title, EXCHANGE, former))
    number = ""
    if change.holder.name != former.name:
        number = _renew(doing, change, title, RENAME, former) or _first(change, title, former, doing.at)
        _take_place_of_paper(doing, change, title, number)
    changes.note_change(change, title, by=doing.by, at=doing.at, certificate=number)
    return number


def _take_place_of_paper(doing: Doing, change: ChangeRequest, title: Title, number: str) -> str:
    """The paper ends where a certificate with the new facts is made out; elsewhere it is what the holder has."""
    if number:
        _close_paper(doing, change, title)
    return number


def _renew(doing: Doing, change: ChangeRequest, title: Title, occasion: str, former: Enterprise) -> str:
    fresh = Title.objects.select_related("holder", "parent__holder", "programme").get(pk=title.pk)
    assert change.document_on is not None
    return request_again(
        fresh, occasion=occasion, request_key=f"title:{fresh.number}:{change.case.number}",
        document=change.document_number, dated=change.document_on, former=former, at=doing.at,
    )  # fmt: skip


def _first(change: ChangeRequest, title: Title, former: Enterprise, at: datetime) -> str:
    """From paper to an electronic certificate."""
    fresh = Title.objects.select_related("holder", "parent__holder", "programme__granted_by").get(pk=title.pk)
    assert change.document_on is not None
    return request_first(fresh, document=change.document_number, dated=change.document_on, former=former, at=at)


def _ground(change: ChangeRequest) -> str:
    return f"{change.document_number}，{ChangeKind(change.kind).label}"


def _end(doing: Doing, change: ChangeRequest, title: Title) -> None:
    changes.end_title(change, title, ground=_ground(change), by=doing.by, at=doing.at)
    signed = standing_certificate_of_title(title)
    if signed is not None:
        change_standing(certificate=signed, verb="cancel", ground=_ground(change), at=doing.at)
    _close_paper(doing, change, title)


def _close_paper(doing: Doing, change: ChangeRequest, title: Title) -> None:
    """The paper names a holder who no longer has the title or is called otherwise now, or another parent."""
    paper = standing_paper_of_title(title)
    if paper is not None:
        change_paper_standing(certificate=paper, verb="cancel", ground=_ground(change), at=doing.at)

"""Public notice, objections and announcement as rows; the cases themselves move through the door."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import NoticeState, ObjectionState
from accreditation.errors import AlreadyDone, Reason
from accreditation.models import (
    Announcement,
    Application,
    Batch,
    Enterprise,
    Notice,
    NoticeEntry,
    Objection,
    StoredFile,
    User,
)
from accreditation.services.numbers import next_number_at


def create_notice(
    batch: Batch,
    applications: Iterable[Application],
    *,
    body: str,
    ends_at: datetime,
    is_provisional: bool,
    by: User,
    at: datetime,
) -> Notice:
    """Publish the list of a batch, names as they stand today."""
    notice = Notice.objects.create(
        number=next_number_at("NOTICE", at, 3),
        batch=batch,
        body=body,
        published_at=at,
        working_days=batch.notice_days,
        ends_at=ends_at,
        is_provisional=is_provisional,
        published_by=by,
    )
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=notice,
            application=application,
            position=position,
            enterprise_name=application.enterprise.name,
            district=application.enterprise.district,
            product=application.product_name,
        )
        for position, application in enumerate(applications, start=1)
    )
    return notice


def end_notice(notice: Notice, *, by: User, at: datetime) -> Notice:
    """Its working days are over; AlreadyDone when somebody ended it before."""
    with act(notice, "end_notice", by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Notice)
        if row.state != NoticeState.PUBLISHED:
            raise AlreadyDone(Reason("notice_ended", _("公示已结束。")), done_by="", done_at=row.ended_at)
        row.end()
        row.ended_at = at
        row.save()
        doing.moved(NoticeState.PUBLISHED, row.state)
    return row


def raise_objection(
    application: Application,
    *,
    objector: str,
    contact: str,
    text: str,
    at: datetime,
    file: StoredFile | None = None,
    file_name: str = "",
) -> Objection:
    """Keep a signed objection; who raised it is known to the officers who look into it, to nobody else."""
    assert application.notice is not None
    return Objection.objects.create(
        notice=application.notice,
        application=application,
        number=next_number_at("OBJ", at, 4),
        objector=objector,
        contact=contact,
        text=text,
        file=file,
        file_name=file_name,
        raised_at=at,
    )


def objection_digest(objection: Objection) -> str:
    """SHA-256 of what was objected and by whom, for the audit entry, which itself names nobody."""
    return hashlib.sha256("\n".join([objection.objector, objection.contact, objection.text]).encode()).hexdigest()


def open_objections(application: Application) -> list[Objection]:
    """Objections not settled yet."""
    return list(application.objections.filter(state=ObjectionState.RECEIVED).order_by("pk"))


def settle_objection(objection: Objection, *, is_upheld: bool, reasons: str, by: User, at: datetime) -> Objection:
    """Answer an objection with reasons."""
    if is_upheld:
        objection.uphold()
    else:
        objection.dismiss()
    objection.reasons, objection.settled_by, objection.settled_at = reasons, by, at
    objection.save()
    return objection


def drop_objection(objection: Objection, *, reasons: str, by: User, at: datetime) -> Objection:
    """End an objection that another one has overtaken."""
    objection.drop()
    objection.reasons, objection.settled_by, objection.settled_at = reasons, by, at
    objection.save()
    return objection


def create_announcement(batch: Batch, *, number: str, dated: date, body: str, by: User, at: datetime) -> Announcement:
    """The announcement under its document number."""
    return Announcement.objects.create(
        number=number, batch=batch, dated=dated, body=body, announced_by=by, announced_at=at
    )


def list_in(announcement: Announcement, application: Application) -> None:
    """The announcement lists the enterprise under the name that it bears in this moment; the caller saves the row."""
    name = Enterprise.objects.values_list("name", flat=True).get(pk=application.enterprise_id)
    application.announcement, application.announced_name = announcement, name

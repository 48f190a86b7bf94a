"""Titles that a national authority grants: its notices as received, the title on record, its branch centres."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import TitleState
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Batch, ExternalNotice, StoredFile, Title, User
from accreditation.models.titles import STANDING
from accreditation.permissions import demand_power, demand_unconnected
from accreditation.roles import Power
from accreditation.services.titles import next_title_number

HELD = [*STANDING, TitleState.SUSPENDED]


def keep_notice(
    batch: Batch | None,
    *,
    number: str,
    dated: date,
    authority: str,
    file: StoredFile,
    file_name: str,
    by: User,
    at: datetime,
) -> ExternalNotice:
    """Enter a notice of a national authority with its scanned file."""
    return ExternalNotice.objects.create(
        batch=batch,
        number=number,
        dated=dated,
        authority=authority,
        file=file,
        file_name=file_name,
        recorded_by=by,
        recorded_at=at,
    )


def enter_title(application: Application, notice: ExternalNotice) -> Title:
    """The title that the notice grants, in force from its day until the authority takes it away."""
    batch = application.batch
    return Title.objects.create(
        number=next_title_number(batch.programme, notice.dated.year),
        programme=batch.programme,
        holder=application.enterprise,
        edition=batch.rule_set.reference,
        granted_on=notice.dated,
        valid_from=notice.dated,
        valid_until=None,
        announcement_number=notice.number,
        granted_above=notice,
        parent=application.parent_title,
    )


def branches_left(title: Title) -> list[Title]:
    """Branch centres that are still held under a title that is lost, by number; none while it is held itself."""
    if title.state in HELD:
        return []
    rows = Title.objects.filter(parent=title, state__in=HELD).select_related("holder")
    return list(rows.order_by("number"))


def possible_parents(title: Title) -> list[Title]:
    """Titles held under which a branch centre that came without its parent may stand, by holder."""
    if title.programme.branch_of_id is None or title.parent_id is not None:
        return []
    rows = Title.objects.filter(programme=title.programme.branch_of, state__in=HELD).exclude(pk=title.pk)
    return list(rows.select_related("holder").order_by("holder__name", "number"))


def enter_parent(title: Title, parent: Title, *, by: User, at: datetime) -> Title:
    """Enter the parent of a branch centre that was imported without it. Denied, Refusal where it can have none."""
    with act(title, "enter_parent", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        row = doing.chain
        assert isinstance(row, Title)
        demand_unconnected(by, row.holder_id)
        if parent not in possible_parents(row):
            raise Refusal([Reason("no_parent", _("该称号已登记母公司，或所选称号不能作为母公司。"), "parent")])
        row.parent = parent
        row.save(update_fields=["parent"])
        doing.moved(row.state, row.state)
        doing.note(title=row.number, parent=parent.number)
    return row


def standing_parents(batch: Batch) -> list[Title]:
    """Titles under which a branch centre may be recommended in this batch; none where it is for no branches."""
    rows = Title.objects.filter(programme=batch.programme.branch_of, state__in=STANDING)
    return list(rows.select_related("holder").order_by("holder__name")) if batch.programme.branch_of_id else []

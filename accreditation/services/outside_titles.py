"""Titles that a national authority grants: its notices as received, the title on record, its branch centres."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import TitleState
from accreditation.errors import Reason, Refusal
from accreditation.models import (
    Application,
    Batch,
    Enterprise,
    ExternalNotice,
    OutsideList,
    Reconsideration,
    StoredFile,
    Title,
    User,
)
from accreditation.models.titles import MOVED, STANDING
from accreditation.permissions import demand_power, demand_unconnected
from accreditation.roles import Power
from accreditation.selectors.people import active_people_of
from accreditation.services.reconsiderations import (
    END_WRONG_ENTRY,
    LOST,
    is_ended_by_correction_alone,
    losses,
    undone_loss,
)
from accreditation.services.titles import next_title_number

HELD = [*STANDING, TitleState.SUSPENDED]
BRING_BACK = "bring_title_back"  # of one that was granted after all


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


def end_wrong_entry(title: Title, entry: OutsideList, listed: Enterprise, *, by: User, at: datetime) -> Title:
    """A title that nobody granted: a confirmed list was misread. It ends as of its first day and stays on record.

    One that was lost meanwhile stays lost. Whoever holds it by now is told, where that is not the listed enterprise.
    """
    with act(title, END_WRONG_ENTRY, by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.state
        if row.state in HELD:
            row.cancel()
        row.entered_wrongly = True
        row.save(update_fields=[*MOVED, "entered_wrongly"])
        doing.moved(before, row.state)
        doing.note(title=row.number, **_ground(entry))
        if row.holder_id != listed.pk:
            doing.tell(active_people_of(row.holder), "title_entered_wrongly", title=row.number)
    return row


def bring_back(title: Title, entry: OutsideList, *, by: User, at: datetime) -> Title:
    """It was granted after all: the correction was the error. It stands as before, unless it was lost before.

    What it was lost by may have been undone since: the decision left the title as it was, as one that nobody granted.
    """
    with act(title, BRING_BACK, by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        was_held, undone = _before_wrong_entry(row)
        before = row.state
        row.entered_wrongly = False
        if was_held or undone:
            row.restore()
        if undone:
            doing.note(reconsideration=undone.case.number, order=undone.decision_number)
        row.save(update_fields=[*MOVED, "entered_wrongly"])
        doing.moved(before, row.state)
        doing.note(title=row.number, **_ground(entry))
    return row


def number_of_loss(title: Title) -> str:
    """By which order, or in which case, a title was lost that no correction of a list gives back; else empty."""
    lost = losses(chain_key(title)).order_by("-seq").first() if title.state in LOST else None
    if lost is None or would_come_back(title):
        return ""
    return str(lost.content.get("challenged_order") or lost.content.get("order") or lost.content.get("case", ""))


def would_come_back(title: Title) -> bool:
    """Whether a title that was entered wrongly stands once that turns out to have been the error."""
    return title.entered_wrongly and any(_before_wrong_entry(title))


def _before_wrong_entry(title: Title) -> tuple[bool, Reconsideration | None]:
    """Whether only the correction ended it; else the decision that has undone since what had ended it as well."""
    if is_ended_by_correction_alone(title):
        return True, None
    return False, undone_loss(title)


def _ground(entry: OutsideList) -> dict[str, str]:
    notice = entry.notice
    return {"notice": notice.number, "dated": notice.dated.isoformat(), "file": notice.file.sha256, "reason": entry.why}


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

"""Renewal of a title on its holder's application: prolonging it, telling from when it may be filed, that it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI
from accreditation.errors import AlreadyDone, Reason
from accreditation.models import Announcement, Application, AuditEvent, Programme, RuleSetEdition, Title, User
from accreditation.models.titles import HELD
from accreditation.selectors.renewals import kept_by_a_renewal, last_day_renewed, months_of, opens_on, pending_renewal
from accreditation.selectors.stored_rules import rules_of_edition

REMIND_OF_RENEWAL = "remind_of_renewal"
KEEP_FOR_RENEWAL = "keep_for_renewal"


def renew_title(title: Title, application: Application, announcement: Announcement, *, by: User, at: datetime) -> Title:
    """Enter the new last day in the title's chain. Within an act."""
    with act(title, "prolong", by=by, at=at, acting_as="publisher") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.valid_until
        row.valid_until = last_day_renewed(row, application.batch)
        row.save(update_fields=["valid_until"])
        doing.moved(row.state, row.state)
        doing.note(
            title=row.number, before=str(before), until=str(row.valid_until), case=application.case.number,
            announcement=announcement.number,
        )  # fmt: skip
    return row


# --- Undecided at the end of the term -----------------------------------------------------------------------------
def titles_to_keep(on: date) -> list[Title]:
    """Titles that go on after their last day, and of which nobody was told so yet."""
    return _untold(kept_by_a_renewal(Title.objects.filter(state__in=HELD, valid_until__lt=on)), KEEP_FOR_RENEWAL)


def note_kept(title: Title, recipients: Iterable[User], *, on: date, by: User, at: datetime) -> None:
    """Enter in the title's chain that it goes on, and tell so; AlreadyDone where that was entered of this last day."""
    with act(title, KEEP_FOR_RENEWAL, by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        asked = pending_renewal(row)
        if asked is None or row not in titles_to_keep(on):
            raise AlreadyDone(Reason("already_done", _("已登记续期待决。")), done_by="", done_at=None)
        doing.note(title=row.number, valid_until=str(row.valid_until), case=asked.case.number)
        doing.tell(recipients, "title_kept", title=row.number, case_number=asked.case.number)


# --- Reminding ----------------------------------------------------------------------------------------------------
def titles_to_renew(on: date) -> list[Title]:
    """Titles that may be renewed from that day or an earlier one, and whose holders were not told so yet.

    By the newest rules of each programme, under which the next batch opens.
    """
    found: list[Title] = []
    for programme in Programme.objects.exclude(procedure="").order_by("code"):
        months = _months_now(programme)
        if months is not None:
            found += _to_renew(programme, months, on)
    return _untold(found, REMIND_OF_RENEWAL)


def _months_now(programme: Programme) -> int | None:
    editions = RuleSetEdition.objects.filter(reference__startswith=f"{programme.code}/")
    newest = editions.order_by("-stored_at", "-pk").first()
    return months_of(rules_of_edition(newest)) if newest is not None else None


def _to_renew(programme: Programme, months: int, on: date) -> list[Title]:
    latest = on + timedelta(days=31 * (months + 1))
    rows = Title.objects.filter(programme=programme, state__in=HELD, valid_until__range=(on, latest))
    rows = rows.select_related("holder", "programme").order_by("pk")
    return [row for row in rows if row.valid_until is not None and opens_on(row.valid_until, months) <= on]


def _untold(titles: Iterable[Title], verb: str) -> list[Title]:
    rows = list(titles)
    events = AuditEvent.objects.filter(chain__in=[chain_key(row) for row in rows], verb=verb)
    told = {(event.chain, event.content["valid_until"]) for event in events}
    return [row for row in rows if (chain_key(row), str(row.valid_until)) not in told]


def remind_of_renewal(title: Title, recipients: Iterable[User], *, by: User, at: datetime) -> None:
    """Tell that the title may be renewed from now on; AlreadyDone where that was told of this last day."""
    with act(title, REMIND_OF_RENEWAL, by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        if not _untold([row], REMIND_OF_RENEWAL):
            raise AlreadyDone(Reason("already_done", _("已提醒过可以续期。")), done_by="", done_at=None)
        assert row.valid_until is not None
        ends_at = datetime.combine(row.valid_until, time(23, 59), SHANGHAI).isoformat()
        doing.note(title=row.number, valid_until=str(row.valid_until))
        doing.tell(recipients, "title_renewable", title=row.number, ends_at=ends_at)

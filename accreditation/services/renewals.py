"""Renewal of a title on its holder's application: from when it may be filed, what it renews, the new last day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI, years_on
from accreditation.errors import AlreadyDone, Reason
from accreditation.models import Announcement, Application, AuditEvent, Batch, Programme, RuleSetEdition, Title, User
from accreditation.models.titles import STANDING
from accreditation.services.rule_sets import rules_of, rules_of_edition
from criteria.ruleset import RuleSet
from criteria.soundness import RENEWAL, RENEWAL_MONTHS

REMIND_OF_RENEWAL = "remind_of_renewal"


def months_of(rules: RuleSet) -> int | None:
    """Months before its last day from which a title may be renewed; None where none is renewed on application."""
    if rules.cycle is None or rules.cycle.until != RENEWAL:
        return None
    return int(rules.parameter(RENEWAL_MONTHS).amount())


def are_renewed(batch: Batch) -> bool:
    """Whether titles are renewed on application in a batch."""
    return months_of(rules_of(batch)) is not None


def opens_on(last_day: date, months: int) -> date:
    """First day on which a renewal may be filed: so many months before, the month's last day where it is shorter."""
    year, month = divmod(last_day.year * 12 + last_day.month - 1 - months, 12)
    return date(year, month + 1, min(last_day.day, monthrange(year, month + 1)[1]))


def opens_for(title: Title, batch: Batch) -> date | None:
    """From when a title may be renewed in a batch; None where never: by the batch's rules, or as it is suspended."""
    months = months_of(rules_of(batch))
    if months is None or title.valid_until is None or not title.is_standing:
        return None
    return opens_on(title.valid_until, months)


def is_renewable(title: Title, batch: Batch, on: date) -> bool:
    """Whether an application filed in that batch on that day renews the title."""
    first = opens_for(title, batch)
    return first is not None and title.valid_until is not None and first <= on <= title.valid_until


def is_renewed_by(title: Title, application: Application, *, on: date | None = None) -> bool:
    """Whether an application that is filed on that day, or was filed already, asks to renew the title.

    What was filed within the time goes on as a renewal however long it takes, while the title is held.
    """
    if opens_for(title, application.batch) is None:
        return False
    first = application.submissions.order_by("number").first()
    day = first.filed_at.astimezone(SHANGHAI).date() if first is not None else on
    return day is not None and is_renewable(title, application.batch, day)


def last_day_renewed(title: Title, batch: Batch) -> date:
    """The new last day: the term is added to the one that runs, so that nobody loses by filing early."""
    assert title.valid_until is not None
    return years_on(title.valid_until, int(rules_of(batch).parameter("validity_years").amount()))


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
    return _untold(found)


def _months_now(programme: Programme) -> int | None:
    editions = RuleSetEdition.objects.filter(reference__startswith=f"{programme.code}/")
    newest = editions.order_by("-stored_at", "-pk").first()
    return months_of(rules_of_edition(newest)) if newest is not None else None


def _to_renew(programme: Programme, months: int, on: date) -> list[Title]:
    latest = on + timedelta(days=31 * (months + 1))
    rows = Title.objects.filter(programme=programme, state__in=STANDING, valid_until__range=(on, latest))
    rows = rows.select_related("holder", "programme").order_by("pk")
    return [row for row in rows if row.valid_until is not None and opens_on(row.valid_until, months) <= on]


def _untold(titles: Iterable[Title]) -> list[Title]:
    rows = list(titles)
    events = AuditEvent.objects.filter(chain__in=[chain_key(row) for row in rows], verb=REMIND_OF_RENEWAL)
    told = {(event.chain, event.content["valid_until"]) for event in events}
    return [row for row in rows if (chain_key(row), str(row.valid_until)) not in told]


def remind_of_renewal(title: Title, recipients: Iterable[User], *, by: User, at: datetime) -> None:
    """Tell that the title may be renewed from now on; AlreadyDone where that was told of this last day."""
    with act(title, REMIND_OF_RENEWAL, by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        if not _untold([row]):
            raise AlreadyDone(Reason("already_done", _("已提醒过可以续期。")), done_by="", done_at=None)
        assert row.valid_until is not None
        ends_at = datetime.combine(row.valid_until, time(23, 59), SHANGHAI).isoformat()
        doing.note(title=row.number, valid_until=str(row.valid_until))
        doing.tell(recipients, "title_renewable", title=row.number, ends_at=ends_at)

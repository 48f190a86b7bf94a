"""Renewal of a title on its holder's application: from when it may be filed, what it renews, the new last day.

A title whose renewal was filed in time goes on after its last day until that is decided, unless its file says that it
ends: 行政许可法第五十条 by analogy, as remembered; the article was not read, and of titles no source says so.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI, years_on
from accreditation.enums import states_where
from accreditation.errors import AlreadyDone, Reason
from accreditation.models import Announcement, Application, AuditEvent, Batch, Programme, RuleSetEdition, Title, User
from accreditation.models.titles import HELD
from accreditation.products import same_product
from accreditation.services.rule_sets import rules_of, rules_of_edition
from criteria.ruleset import RuleSet
from criteria.soundness import ENDS, RENEWAL, RENEWAL_MONTHS

REMIND_OF_RENEWAL = "remind_of_renewal"
KEEP_FOR_RENEWAL = "keep_for_renewal"
DECIDED = states_where(is_final=True)


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
    """From when a title may be renewed in a batch; None where never: by the batch's rules, or as it is lost.

    A suspended one may be applied for, so that a suspension does not take the term with it; the grant waits.
    """
    months = months_of(rules_of(batch))
    if months is None or title.valid_until is None or title.state not in HELD:
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


# --- Undecided at the end of the term -----------------------------------------------------------------------------
def pending_renewal(title: Title) -> Application | None:
    """The application filed in time that asks to renew a title and is not decided; None where its file lets it end."""
    rows = _undecided().filter(batch__programme=title.programme_id, enterprise=title.holder_id)
    rows = rows.select_related("batch__rule_set", "case").order_by("pk")
    return next((row for row in rows if goes_on_for(title, row)), None)


def _undecided() -> QuerySet[Application]:
    return Application.objects.filter(submitted_at__isnull=False).exclude(state__in=DECIDED)


def goes_on_for(title: Title, application: Application) -> bool:
    """Whether the title goes on after its last day while this application is undecided."""
    cycle = rules_of(application.batch).cycle
    is_kept = cycle is not None and cycle.pending != ENDS and same_product(title.product, application.product_name)
    return is_kept and is_renewed_by(title, application)


def prolongs(title: Title, application: Application, *, on: date) -> bool:
    """Whether a grant of that day prolongs the title that was to be renewed; else it is a new title."""
    return (title.valid_until is not None and on <= title.valid_until) or goes_on_for(title, application)


def kept_by_a_renewal(rows: QuerySet[Title]) -> list[Title]:
    """Of these titles the ones that go on after their last day, as a renewal filed in time is undecided."""
    asked = _undecided().filter(batch__programme=OuterRef("programme"), enterprise=OuterRef("holder"))
    return [title for title in rows.filter(Exists(asked)) if pending_renewal(title) is not None]


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

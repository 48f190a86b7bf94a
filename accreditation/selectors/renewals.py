"""Which titles are renewed on application: from when one may be filed, the new last day, what an undecided one keeps.

A title whose renewal was filed in time goes on after its last day until that is decided, unless its file says that it
ends: 行政许可法第五十条 by analogy, as remembered; the article was not read, and of titles no source says so.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from accreditation.clocks import SHANGHAI, years_on
from accreditation.enums import states_where
from accreditation.models import Application, Batch, Title
from accreditation.models.titles import HELD
from accreditation.products import same_product
from accreditation.selectors.stored_rules import rules_of
from criteria.ruleset import RuleSet
from criteria.soundness import ENDS, RENEWAL, RENEWAL_MONTHS

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

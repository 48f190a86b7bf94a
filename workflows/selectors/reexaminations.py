"""Re-examinations as they are read: rounds, the cases of a round by column, what a title went through."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q

from accreditation.audit import chain_key
from accreditation.errors import NotFound
from accreditation.models import (
    AuditEvent,
    Case,
    ExternalNotice,
    Reexamination,
    ReexaminationReport,
    ReexaminationRound,
    Title,
)
from accreditation.reexamination_words import LOST, ReexaminationReason
from accreditation.reexamination_words import ReexaminationState as S
from accreditation.selectors.cultivation import rules_for_readiness
from accreditation.services.reexaminations import Listed, cycle_years, population
from accreditation.services.rule_sets import rules_of_edition

WAITING, LATE, REVIEW, ABOVE, PASSED_PART, LOST_PART, DROPPED = (
    "waiting", "late", "review", "above", "passed", "lost", "dropped",
)  # fmt: skip
PARTS = (WAITING, LATE, REVIEW, ABOVE, PASSED_PART, LOST_PART, DROPPED)
PART_OF = {
    S.CALLED: WAITING, S.SENT_BACK: WAITING, S.LATE: LATE, S.UNDER_REVIEW: REVIEW, S.REVIEWED: REVIEW,
    S.FORWARDED: ABOVE, S.PASSED: PASSED_PART, **dict.fromkeys(LOST, LOST_PART), S.DROPPED: DROPPED,
}  # fmt: skip


def rounds() -> list[tuple[ReexaminationRound, Counter[str]]]:
    """Every round with the number of its cases by column, the newest first."""
    found: dict[int, Counter[str]] = {}
    for round_pk, state in Reexamination.objects.values_list("round_id", "state"):
        found.setdefault(round_pk, Counter())[PART_OF[S(state)]] += 1
    return [(row, found.get(row.pk, Counter())) for row in ReexaminationRound.objects.order_by("-year")]


def round_of(year: int) -> ReexaminationRound:
    """One round; NotFound when there is none."""
    row = ReexaminationRound.objects.select_related("opened_by").filter(year=year).first()
    if row is None:
        raise NotFound(str(year))
    return row


def cases_of(round_: ReexaminationRound) -> list[Reexamination]:
    """Its cases by number."""
    rows = Reexamination.objects.filter(round=round_)
    related = ("case__enterprise", "title__programme", "round", "proposal", "notice", "report")
    return list(rows.select_related(*related).order_by("case__number"))


def figures_handed_in(case: Case) -> dict[str, str]:
    """The figures as they were handed in last, whatever the holder saved since; none where nothing was handed in."""
    rows = AuditEvent.objects.filter(chain=chain_key(case), verb="hand_in_reexamination").order_by("-seq")
    last = rows.first()
    return dict(last.content["figures"]) if last else {}


def in_part(row: Reexamination, part: str) -> bool:
    """Whether a case stands in a column; the late list keeps those who reported after it was made."""
    return PART_OF[S(row.state)] == part or (part == LATE and row.late_at is not None)


def in_state(round_: ReexaminationRound, state: str) -> list[Reexamination]:
    """Cases of a round in one state."""
    return [row for row in cases_of(round_) if row.state == state]


def reports_of(round_: ReexaminationRound) -> list[ReexaminationReport]:
    """Letters to the ministry, the newest first."""
    return list(round_.reports.select_related("sent_by").order_by("-sent_at"))


def notices_of(round_: ReexaminationRound) -> list[ExternalNotice]:
    """The ministry's notices entered for a round, the newest first."""
    rows = ExternalNotice.objects.filter(reexaminations__round=round_).select_related("recorded_by", "file")
    return list(rows.distinct().order_by("-recorded_at"))


def notice_of(round_: ReexaminationRound, pk: int) -> ExternalNotice:
    """One of them; NotFound for any other."""
    of_round = Q(reexaminations__round=round_) | Q(reexamination_results__round=round_)
    row = ExternalNotice.objects.filter(of_round, pk=pk).select_related("file").first()
    if row is None:
        raise NotFound(str(pk))
    return row


def to_forward() -> list[ReexaminationRound]:
    """Rounds with opinions that the publisher has to send up."""
    rows = ReexaminationRound.objects.filter(cases__state=S.REVIEWED)
    return list(rows.distinct().order_by("year"))


def would_call(year: int) -> list[Listed]:
    """Whom a round of that year would name or leave out; nobody where no rules set a cycle."""
    edition = rules_for_readiness()
    every = cycle_years(rules_of_edition(edition)) if edition else None
    return population(year, every) if every else []


def reasons_counted(listed: list[Listed]) -> Counter[ReexaminationReason]:
    """How many are called, and left out for which reason."""
    return Counter(one.reason for one in listed)


def results_of(title: Title) -> list[Reexamination]:
    """What the ministry found of a title, the newest first."""
    rows = Reexamination.objects.filter(title=title, state__in=[S.PASSED, S.FAILED])
    return list(rows.select_related("round", "notice").order_by("-round__year"))

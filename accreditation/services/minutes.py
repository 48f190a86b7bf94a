"""The text of minutes: agenda, attendance, recusals, votes and outcomes as an official text in Chinese."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Meeting, MeetingItem, Ranking, Reopening
from accreditation.selectors.granting import title_names
from accreditation.selectors.reopened import sent_back_before_each
from accreditation.selectors.signers import replacements
from accreditation.services.reopened_figures import official_figures, official_score
from accreditation.services.tallies import tally, voting_rules


def minutes_text(meeting: Meeting, items: list[MeetingItem], places: list[str]) -> str:
    """Of the items decided in a meeting; `places` name how each is referred to."""
    attendance = meeting.attendance.select_related("member").prefetch_related("changes").order_by("pk")
    with override("zh-hans"):  # minutes are an official text
        sent_back = {pk: [_sent_back(row) for row in found] for pk, found in sent_back_before_each(items).items()}
        rows = [
            {
                "item": item,
                "sent_back": sent_back.get(item.pk, ()),
                "tally": tally(item),
                "votes": item.votes.select_related("member"),
                "recusals": item.recusals.select_related("member").order_by("pk"),
                "outcome": item.outcome_label(),
            }
            for item in items
        ]
        recommends = meeting.batch.is_recommendation
        labels = {choice.value: str(label) for choice, label in meeting.batch.choice_words.items()}
        named = title_names(meeting.batch.programme, meeting.batch.granting_body)[0]
        words = {"labels": labels, "recommends": recommends, "title_name": named}
        rankings = Ranking.objects.filter(lines__application__meeting_items__in=items).distinct().order_by("pk")
        return render_to_string(
            "accreditation/minutes.txt",
            {
                "meeting": meeting,
                "began_at": _began_at(meeting),
                "rows": rows,
                "attendance": attendance,
                "absent": [row.member for row in attendance if not row.is_present and not row.changes.all()],
                "rankings": rankings,
                "places": places,
                "counts_revised": _counts_revised(rows),
                "rule": voting_rules(meeting.batch),
                "signers": replacements(meeting),
                **words,
            },
        ).strip()


def _sent_back(row: Reopening) -> dict[str, Any]:
    """What sent a case back, the figures that were corrected with it, and both scores."""
    return {
        "decision": row.decision, "answered_at": row.answered_at, "facts": row.facts,
        "get_ground_display": row.get_ground_display(), "named": official_figures(row), "scored": official_score(row),
    }  # fmt: skip


def _counts_revised(rows: list[dict[str, Any]]) -> bool:
    """Whether an item that is decided counts by another score than the one that was ranked."""
    decided = [row for row in rows if row["item"].adjourned_at is None]
    return any(former["scored"] and former["scored"]["now"] for row in decided for former in row["sent_back"])


def _began_at(meeting: Meeting) -> datetime:
    return AuditEvent.objects.filter(chain=chain_key(meeting), verb="start_meeting").latest("seq").at

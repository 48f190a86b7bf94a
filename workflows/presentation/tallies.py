"""Counts of votes as the pages of a meeting show them."""

from __future__ import annotations

from accreditation.enums import Choice
from accreditation.models import MeetingItem
from accreditation.services.tallies import Tally, tally
from workflows.presentation.words import Words


def tally_rows(tallies: list[tuple[MeetingItem, Tally]]) -> list[Words]:
    """The rows of the count before the minutes; of a secret vote dashes until all have voted."""
    return [
        {
            "item": row,
            "name": row.application.enterprise.name,
            "present": counted.present,
            "recused": counted.recused,
            "cast": [counted.cast[choice] if counted.cast else "—" for choice in Choice],
            "missing": counted.present - counted.votes,
            "has_quorum": counted.has_quorum,
            "outcome": row.meeting.batch.choice_words[Choice(counted.outcome)],
            "tone": {"recognise": "green", "refuse": "red"}.get(counted.outcome, "amber"),
        }
        for row, counted in tallies
    ]


def choice_counts(row: MeetingItem) -> list[tuple[str, int]]:
    """Votes on an item by choice, in the words of the batch."""
    cast = tally(row).cast
    return [(str(word), cast[choice]) for choice, word in row.meeting.batch.choice_words.items()]

"""A batch as it would be opened, and what became of it since, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from accreditation.batch_words import BatchAct, BatchState, ProposalState
from accreditation.models import Batch, BatchProposal
from accreditation.services.batches import OPTIONAL, PARAMETERS, WORDS
from accreditation.services.rule_sets import rules_of
from workflows.presentation.cases import batch_name
from workflows.presentation.rules import rule_set_page
from workflows.presentation.words import Words

S = ProposalState
TONES = {S.WAITING: "amber", S.CONFIRMED: "green", S.DECLINED: "red", S.WITHDRAWN: "grey"}
FIELDS = PARAMETERS | OPTIONAL | {field: name for field, (name, _words) in WORDS.items()}


def mark_of(state: str) -> Words:
    """State of a proposal: `text` and `tone`."""
    return {"text": S(state).label, "tone": TONES[S(state)]}


def proposal_row(row: BatchProposal) -> Words:
    """A line of a list."""
    return {"row": row, "kind": BatchAct(row.kind).label, "state": mark_of(row.state)}


def pinned_rows(batch: Batch) -> list[Words]:
    """Every parameter as the batch pins it: `label`, `value`, `sources`, of those that its rules state `confidence`."""
    return [*_stated(batch), *_silent(batch)]


def _stated(batch: Batch) -> Iterator[Words]:
    rules = rules_of(batch)
    shown = dict(zip(rules.parameters, rule_set_page(rules)["parameters"], strict=True))
    for field, name in FIELDS.items():
        figure = rules.parameters.get(name)
        if figure is None or figure.value is None:
            continue
        row, pinned = shown[name], getattr(batch, field)
        if field in WORDS:
            yield row | {"value": getattr(batch, f"get_{field}_display")()}
        elif pinned == figure.value:
            yield row
        else:
            yield row | {"value": _("本程序不使用")}


def _silent(batch: Batch) -> Iterator[Words]:
    """What holds where the rules do not say otherwise."""
    rules = rules_of(batch)
    quorum = f"{batch.quorum_numerator}/{batch.quorum_denominator}"
    rows = {
        "committee_quorum_numerator": (_("法定人数占应到人数的比例"), quorum),
        "committee_secret_ballot": (_("表决方式"), batch.get_ballot_display()),
        "committee_deadlock_rule": (_("票数未过半时"), batch.get_deadlock_rule_display()),
        "tie_years": (_("专家利害关系回溯年数"), str(batch.tie_years)),
        "quota": (_("名额"), _("由承办人员另行登记")),
    }
    for name, (label, value) in rows.items():
        if name not in rules.parameters:
            yield {"label": label, "value": value, "sources": _("规则集未规定"), "confidence": None}


def history_rows(rows: Iterable[BatchProposal]) -> list[Words]:
    """What everybody may read of batches since they were opened: `name`, `kind`, `text`, days, reason, document."""
    return [
        {
            "name": batch_name(row.batch),
            "kind": BatchAct(row.kind).label,
            "is_called_off": row.kind == BatchAct.CALL_OFF,
            "before": row.closes_before,
            "until": row.closes_at,
            "on": row.settled_at,
            "reason": row.reason,
            "document": row.document,
        }
        for row in rows
        if row.batch is not None
    ]


def is_called_off(batch: Batch) -> bool:
    """Whether it takes nothing any more and never comes to a result."""
    return bool(batch.state == BatchState.CALLED_OFF)

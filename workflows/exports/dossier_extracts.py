"""Extracts for a dossier from trails that speak of several cases: of its meetings, of its notices and of its batch.

An act that concerns the case stands with its seal, which the office alone can check; no hash of the chain is printed,
as whoever knows all else of an act could try what was withheld from it. What is said of other cases, and free text in
an act that is not about this case alone, is replaced by a keyed hash. All other acts are left out, votes while the
voting runs among them. The extract says whether the whole chain was intact when the copy was made. It ends with the
last act that it shows, so that it does not change when others are dealt with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accreditation.audit import breaks_among, canonical, chain_key, read_chain
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    EvaluationCall,
    HolderRecord,
    Meeting,
    Notice,
    NoticeAdjustment,
)
from accreditation.selectors.holders import FORMER_NAME
from workflows.exports.dossier_parts import Part, csv_part, json_part, row_of, safe
from workflows.exports.dossier_seals import COLUMNS, place_of, seal_of, withheld
from workflows.presentation.oversight import act_labels, office_labels

HEADS = ("序号", "时间（UTC）", "事项", "办理人", "身份", "全文或摘录", "核验码（由办理机关核对）")
NAMING = (  # lists of those whom an act is about: numbers of cases or titles, or positions on the agenda
    "cases", "items", "recognised", "passed_over", "candidates", "drawn", "called", "late",
)  # fmt: skip
COLUMNS_TOLD = (  # by which another case of the batch is known: by the first three one of the same enterprise too
    "case__number", "product_name", "title__number", "enterprise__name", "enterprise__uscc",
    "announced_name", "notice_entries__enterprise_name", "enterprise",
)  # fmt: skip
BESIDE = "votes"  # a list of the same order as the one above
SHOWN = frozenset(  # what is said of the whole meeting, notice or ranking, or of the one case that the act is about
    {
        "adjustment", "after", "announcement", "before", "case", "choice", "dated", "ends_at", "entitled",
        "extra_quota", "fallen",
        "former", "item", "meeting", "member", "minutes", "notice", "on_behalf_of", "present", "provisional", "quota",
        "ranking", "restarts", "signer", "successor", "supplements", "tie_rule",
    }
)  # fmt: skip
NONE: frozenset[str] = frozenset()
FREE = frozenset({"reason", "tie"})  # free text: it may tell of any case that the act is about


@dataclass(frozen=True, slots=True)
class Own:
    """What a case is called in the trail of one meeting, notice or batch, and whether all of that trail concerns it."""

    names: frozenset[object]  # its number and, at a meeting, its position, in a round of evaluations its title
    adjustments: frozenset[str]  # adjustment notices that touch it
    rankings: frozenset[str]  # numbers of the rankings that it has a place in
    is_voted: bool  # whether the voting on it is over: nobody learns before who has voted
    shares_all: bool
    others: frozenset[str]  # words by which other cases of the batch could be told


def extracts(application: Application) -> Iterator[Part]:
    """An extract from the trail of each meeting and notice that the application was on, and of its batch."""
    others = _others(application)
    number = application.case.number
    for item in application.meeting_items.select_related("meeting").order_by("pk"):
        names = frozenset({number, item.position})
        yield from _extract(item.meeting, Own(names, NONE, NONE, item.voted_at is not None, True, others))
    adjusted = NoticeAdjustment.objects.filter(lines__entry__application=application)
    touching = frozenset(adjusted.values_list("number", flat=True))
    own = Own(frozenset({number}), touching, _rankings(application), False, True, others)
    for notice in Notice.objects.filter(entries__application=application).order_by("pk"):
        yield from _extract(notice, own)
    in_round = own.names | _names_in_round(application)
    yield from _extract(application.batch, replace(own, names=in_round, shares_all=False))


def _names_in_round(application: Application) -> frozenset[object]:
    """Where a round of evaluations called for it: its title, and the proceeding that the round proposed over it."""
    call = EvaluationCall.objects.filter(application=application).select_related("title", "proposal").first()
    if call is None:
        return NONE
    return frozenset({call.title.number, *([call.proposal.number] if call.proposal else [])})


def _rankings(application: Application) -> frozenset[str]:
    line = getattr(application, "ranking_line", None)
    return NONE if line is None else frozenset({line.ranking.number})


def _others(application: Application) -> frozenset[str]:
    """Numbers, titles, names of today and of before, credit codes and products of the other cases of the batch."""
    rows = Application.objects.filter(batch=application.batch_id).exclude(pk=application.pk)
    found = rows.values_list(*COLUMNS_TOLD)
    words = {
        word for *named, enterprise in found for word in named[: None if enterprise != application.enterprise_id else 3]
    }
    others = rows.exclude(enterprise=application.enterprise_id).values("enterprise")
    words |= set(HolderRecord.objects.filter(kind=FORMER_NAME, enterprise__in=others).values_list("note", flat=True))
    return frozenset(words - {"", None, application.product_name})


def _extract(chain: Meeting | Notice | Batch, own: Own) -> Iterator[Part]:
    """The row of the chain may be stale: what is verified is read together with the acts."""
    events = list(read_chain(chain))
    shown = [event for event in events if _concerns(event, own)]
    if not shown:
        return
    key = chain_key(chain)
    kind, _colon, number = key.partition(":")
    path = f"extracts/{kind}-{safe(number)}"
    said = {event.seq: _visible(event, own) for event in shown}
    gaps = _gaps(shown)
    whole = {
        "chain": key,
        "acts": [_row(event, said[event.seq]) for event in shown],
        "left_out": gaps,
        "breaks": [each.what for each in breaks_among(chain, events)],
    }
    yield json_part(f"{path}.json", "会议、公示、批次日志中涉及本办件的摘录", whole)
    yield csv_part(f"{path}.csv", "会议、公示、批次日志中涉及本办件的摘录", _lines(shown, said, gaps))


def _concerns(event: AuditEvent, own: Own) -> bool:
    content = event.content
    if "case" in content:
        return content["case"] in own.names and (event.verb != "cast_vote" or own.is_voted)
    if any(name in content for name in NAMING):
        return not own.names.isdisjoint(_named(content))
    if "adjustment" in content:
        return content["adjustment"] in own.adjustments
    return own.shares_all or content.get("ranking") in own.rankings


def _named(content: Mapping[str, Any]) -> list[Any]:
    """Everybody in the lists of an act."""
    return [one for name in NAMING for one in content.get(name, ())]


def _is_alone(content: Mapping[str, Any], own: Own) -> bool:
    """Whether the act is about this case and no other."""
    named = [content["case"]] if "case" in content else _named(content)
    return bool(named) and own.names.issuperset(named)


def _gaps(shown: list[AuditEvent]) -> list[dict[str, int]]:
    """Runs of acts left out before one that is shown: first and last number."""
    before, found = 0, []
    for event in shown:
        if event.seq > before + 1:
            found.append({"first": before + 1, "last": event.seq - 1})
        before = event.seq
    return found


def _row(event: AuditEvent, content: Mapping[str, Any]) -> dict[str, Any]:
    return row_of(event, COLUMNS) | {
        "content": content, "is_whole": content == event.content, "seal": seal_of(event)
    }  # fmt: skip


# --- What is said of others -----------------------------------------------------------------------------------------
def _visible(event: AuditEvent, own: Own) -> dict[str, Any]:
    """The content with everything that is not of this case replaced by its keyed hash."""
    content = event.content
    return {name: _value(name, value, content, own, place_of(event, name)) for name, value in content.items()}


def _value(name: str, value: Any, content: Mapping[str, Any], own: Own, place: str) -> Any:
    if name in NAMING:
        return [one if one in own.names else withheld(one, f"{place}/{n}") for n, one in enumerate(value)]
    if name == BESIDE:
        named: list[Any] = next((content[each] for each in NAMING if each in content), [])
        mine = [one in own.names for one in named]
        return [one if mine[n : n + 1] == [True] else withheld(one, f"{place}/{n}") for n, one in enumerate(value)]
    is_shown = name in SHOWN or (name in FREE and _is_alone(content, own))
    return value if is_shown and not _tells_of_others(value, own) else withheld(value, place)


def _tells_of_others(value: Any, own: Own) -> bool:
    text = canonical({"": value})
    return any(word in text for word in own.others)


# --- As a person reads it -------------------------------------------------------------------------------------------
def _lines(
    shown: list[AuditEvent], said: Mapping[int, Mapping[str, Any]], gaps: list[dict[str, int]]
) -> Iterator[list[Any]]:
    acts, offices = act_labels(), office_labels()
    left_out = {gap["last"]: gap for gap in gaps}
    yield list(HEADS)
    for event in shown:
        if (gap := left_out.get(event.seq - 1)) is not None:
            yield [f"{gap['first']}-{gap['last']}", "", "（未摘录）", "", "", "", ""]
        extent = "全文" if said[event.seq] == event.content else "摘录"
        office = offices.get(event.acting_as, event.acting_as)
        yield [
            event.seq, event.at.isoformat(), acts.get(event.verb, event.verb), event.by_name, office, extent,
            seal_of(event),
        ]  # fmt: skip

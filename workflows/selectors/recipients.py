"""Who is told what: by the verb tables for each edition, and person by person for a case as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from accreditation.acts import Act
from accreditation.models import Case, Message, Reconsideration, User, Webhook
from accreditation.models.cases import CaseSubject
from accreditation.selectors.messages import render_message
from accreditation.services.webhooks import concerned
from accreditation.visibility import View, may_see_experts
from workflows.doing import Audience, Doing, Verb
from workflows.moves import moves
from workflows.presentation.audiences import AUDIENCE_LABELS, EXPERTS
from workflows.procedures import Procedure, procedure_of
from workflows.telling import people_of

SAMPLE = "SHETC-2026-0001"
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is read, with the language it is in."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A verb, whom it tells in words, in which sentences, and whether systems of authorities are called."""

    verb: Verb
    audiences: tuple[Promise, ...]
    said: tuple[Said, ...]
    is_called: bool


@dataclass(frozen=True, slots=True)
class Addressed:
    """A person who would be told, and the channels beside the site."""

    person: User
    by_mail: bool
    by_text: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One audience and its people; only their number where the reader may not know who they are."""

    label: Promise
    people: tuple[Addressed, ...]
    count: int
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Future:
    """What a verb would tell if it were done now, with the state it leads to."""

    verb: Verb
    state: str
    said: Said
    told: tuple[Told, ...]
    systems: tuple[str, ...]


def lines_of(procedure: Procedure) -> list[Line]:
    """Every verb of an edition, in the order of its table."""
    ends = moves(procedure)
    return [
        Line(
            verb,
            tuple(AUDIENCE_LABELS[audience] for audience in verb.tells),
            tuple(said(verb, SAMPLE, language) for language in LANGUAGES) if verb.tells else (),
            _is_called(procedure, ends[verb.code]),
        )
        for verb in procedure.verbs.values()
    ]


def said(verb: Verb, number: str, language: str) -> Said:
    """The message of a verb about a case in a language."""
    with override(language):
        shown = render_message(Message(kind=verb.message, case_number=number, params={}))
    return Said(language, shown.title, shown.text)


def _is_called(procedure: Procedure, pairs: list[tuple[str, str]]) -> bool:
    return procedure.subject.model is not Reconsideration and any(source != target for source, target in pairs)


def futures(case: Case, *, by: User, at: datetime, language: str) -> list[Future]:
    """What each verb that is possible in the state of the case would tell, one for each state that it can lead to."""
    procedure, may_know = procedure_of(case), may_see_experts(by, case)
    return list(_futures(case, procedure, procedure.verbs.values(), by, at, language, may_know))


def may_preview(subject: CaseSubject, view: View) -> bool:
    """Of a challenge only who decides on it and the auditor learn who has it in hand; of the holder's side nobody."""
    if isinstance(subject, Reconsideration):
        return view in (View.RECONSIDERER, View.AUDITOR)
    return view is not View.APPLICANT


def futures_of_list(cases: Iterable[Case], code: str, *, by: User, at: datetime, language: str) -> list[Future]:
    """What one verb would tell if it were done to all of these cases: for each state it can lead to, everybody once.

    Experts stay a number: who publishes a list need not be one who may know them.
    """
    found: dict[str, list[Future]] = {}
    for case in cases:
        procedure = procedure_of(case)
        for future in _futures(case, procedure, [procedure.verbs[code]], by, at, language, may_know=False):
            found.setdefault(future.state, []).append(future)
    return [_together(rows) for rows in found.values()]


def _together(rows: Sequence[Future]) -> Future:
    """Several of one verb and state as one, said of the first case."""
    told: dict[Promise, list[Told]] = {}
    for one in chain.from_iterable(row.told for row in rows):
        told.setdefault(one.label, []).append(one)
    systems = tuple(dict.fromkeys(name for row in rows for name in row.systems))
    return replace(rows[0], told=tuple(_merged(parts) for parts in told.values()), systems=systems)


def _merged(parts: Sequence[Told]) -> Told:
    people = {row.person.pk: row for part in parts for row in part.people}
    shown = tuple(sorted(people.values(), key=lambda row: (row.person.name, row.person.pk)))
    return replace(
        parts[0], people=shown, count=sum(part.count for part in parts) if parts[0].is_sealed else len(shown)
    )


def _futures(
    case: Case, procedure: Procedure, verbs: Iterable[Verb], by: User, at: datetime, language: str, may_know: bool
) -> Iterator[Future]:
    ends = moves(procedure)
    for verb in verbs:
        pairs = ends[verb.code]
        stays = not pairs and procedure.node_of_state.get(case.state) in verb.nodes
        targets = [target for source, target in pairs if source == case.state] or ([case.state] if stays else [])
        for state in sorted(set(targets)) if verb.tells else ():
            doing = _as_if(case, verb, state, by, at)
            told = tuple(_told(doing, audience, may_know) for audience in verb.tells)
            systems = _systems(case) if state != case.state and _is_called(procedure, pairs) else ()
            yield Future(verb, procedure.subject.label(state), said(verb, case.number, language), told, systems)


def _as_if(case: Case, verb: Verb, state: str, by: User, at: datetime) -> Doing:
    """The doing after the move: a copy of the subject in memory in the state to come, which nobody saves."""
    kind = procedure_of(case).subject
    row = kind.of(case)
    values = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    after = kind.model(**values | {"state": state})
    return Doing(verb, by, at, {}, Act(case, verb.code, by, at, verb.who.code), case, kind, after)


def _told(doing: Doing, audience: Audience, may_know: bool) -> Told:
    people = {person.pk: person for person in people_of(audience, doing) if not person.is_system}
    is_sealed = audience is EXPERTS and not may_know
    shown = [] if is_sealed else sorted(people.values(), key=lambda person: (person.name, person.pk))
    texts = bool(settings.TEXT_GATEWAY_URL)
    rows = tuple(Addressed(person, bool(person.email), texts and person.takes_texts) for person in shown)
    return Told(AUDIENCE_LABELS[audience], rows, len(people), is_sealed)


def _systems(case: Case) -> tuple[str, ...]:
    if not settings.WEBHOOKS:
        return ()
    return tuple(Webhook.objects.filter(concerned(case)).values_list("body__name_zh", flat=True))

"""Each verb that a person does, posted from its page: done once, refused once in another state, once to a stranger."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.messages import ERROR, WARNING, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case, User
from tests.attacks import pages_of_matters, pages_of_recommendations, pages_of_verbs
from tests.attacks.pages_of_verbs import DESKS, Asked, Page
from tests.attacks.test_transitions import TABLE, WORLDS
from tests.clock import MONDAY
from tests.factories.browser import log_in
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db]
SETS = (pages_of_verbs, pages_of_recommendations, pages_of_matters)
PAGES: Mapping[str, Mapping[str, Page]] = {edition: pages for one in SETS for edition, pages in one.PAGES.items()}
NO_PAGE = {verb: reason for one in SETS for verb, reason in one.NO_PAGE.items()}
YEARS = 10 * 365 * 24 * 3600
REFUSED, NOT_FOR_YOU = range(400, 500), (403, 404)
STRANGERS = {
    "office": "district", "publisher": "office", "checker": "other_officer", "local_officer": "other_officer",
    "holder": "other_enterprise", "orderer": "preparer", "preparer": "district", "reconsiderer": "took_part",
    "decider": "took_part", "respondent": "district", "own_district": "receiving_district",
    "receiving_district": "own_district", "confirmer": "own_district", "second": "own_district",
}  # fmt: skip  # beside whoever holds the same office elsewhere


@dataclass(frozen=True, slots=True)
class Try:
    """A verb by an office in a state: what becomes of it, or nothing where it is to be refused."""

    verb: str
    role: str
    state: str
    to: str = ""


def test_every_procedure_has_its_pages() -> None:
    assert set(PAGES) == set(TABLE)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a page that was sent: the answer, new verbs on record, the state before and after."""

    answer: Any
    new: list[str]
    before: str
    after: str


@pytest.mark.parametrize("edition", PAGES)
def test_each_verb_has_its_page_or_a_reason_to_have_none(edition: str) -> None:
    verbs = set(PROCEDURES[edition].verbs)
    assert set(PAGES[edition]) <= verbs
    assert verbs - set(PAGES[edition]) <= set(NO_PAGE)
    done = {one.verb for one in _done(edition)}
    assert done == {verb for verb, page in PAGES[edition].items() if not page.refused}


@pytest.mark.slow
@pytest.mark.parametrize("edition", PAGES)
def test_each_verb_is_done_and_refused_on_its_page(
    edition: str,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    var_dir: Path,
    short_refusals: None,
) -> None:
    settings.ACCREDITATION_DEMO = True
    settings.SESSION_COOKIE_AGE = YEARS
    world, browser = WORLDS[edition](MONDAY), Client()
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)
    done = list(_done(edition))
    tries = [*done, *_refused(edition, done)]
    faults: list[str] = []
    for state in dict.fromkeys(one.state for one in tries):
        with transaction.atomic():
            case = Case.objects.get(pk=world.case_in(state).pk)
            assert case.state == state
            for one in (one for one in tries if one.state == state):
                faults += _faults(browser, Asked(world, case, one.verb, one.role), one, PAGES[edition][one.verb])
            transaction.set_rollback(True)
        _forget(world)
    assert faults == [], "\n".join(faults)


# --- what is tried where --------------------------------------------------------------------------------------------
def _done(edition: str) -> Iterator[Try]:
    """Each verb by each office that has it, in the first state in which the table lets that office do it."""
    said, seen = TABLE[edition], set()
    for state in said["states"]:
        for verb, role, answer in _answers(edition, state):
            page = PAGES[edition].get(verb)
            if page is None or page.refused or (verb, role) in seen:
                continue
            wanted = (page.to if state in (page.state, *page.also) else "") if page.to else answer
            if wanted == "=" or wanted in said["states"]:
                seen.add((verb, role))
                yield Try(verb, role, state, wanted)


def _answers(edition: str, state: str) -> Iterator[tuple[str, str, str]]:
    """Verb, office and answer of the table for each verb that the state names."""
    said = TABLE[edition]
    offices = {verb: office for office, verbs in said["offices"].items() for verb in verbs}
    for verb, answer in said["states"][state].items():
        role, wanted = next(iter(answer.items())) if isinstance(answer, dict) else (offices[verb], answer)
        yield verb, role, wanted


def _refused(edition: str, done: list[Try]) -> Iterator[Try]:
    """Each of them in a state that refuses the verb: one that is visited anyway and comes later where there is one."""
    said, states = TABLE[edition], list(dict.fromkeys(one.state for one in done))
    for one in done:
        place = states.index(one.state)
        others = [*states[place + 1 :], *states[:place], *said["states"]]
        yield Try(one.verb, one.role, next(state for state in others if not _lets(said, state, one.verb)))
    roles = {verb: role for role, verbs in said["offices"].items() for verb in verbs}
    yield from (Try(verb, roles[verb], page.refused) for verb, page in PAGES[edition].items() if page.refused)


def _lets(said: Mapping[str, Any], state: str, verb: str) -> bool:
    """Whether anybody may do the verb there, now or once something else was done."""
    return verb in said["states"][state] and said["states"][state][verb] not in ("already_done", "denied")


def _forget(world: Any) -> None:
    """What the way to a state left in memory."""
    world.at = MONDAY
    batch = world.local.batch if hasattr(world, "local") else getattr(world, "batch", None)
    if batch is not None:
        batch.refresh_from_db(fields=["notice_days", "quota"])


# --- one try --------------------------------------------------------------------------------------------------------
def _faults(browser: Client, asked: Asked, one: Try, page: Page) -> list[str]:
    """First the page as a stranger sends it, then as the person of the office. Nothing of it lasts."""
    name, moment, found = f"{one.verb} by {one.role} in {one.state}", asked.at, []
    with transaction.atomic():
        if page.before and one.to:
            page.before(asked)
        address, fields = reverse(_name(page, one.role), args=page.args(asked)), dict(page.fields(asked))
        if one.to and not page.is_public:
            stranger = _stranger(asked.world.people, one.role)
            sent = _post(browser, asked, asked.world.people[stranger], address, fields)
            found += [f"{name}, asked by {stranger}: {fault}" for fault in _faults_of_refusal(sent, NOT_FOR_YOU)]
        person = None if page.is_public else page.by(asked) if page.by else asked.by
        sent = _post(browser, asked, person, address, fields)
        transaction.set_rollback(True)
    asked.world.at = moment
    faults = _faults_of_act(sent, one) if one.to else _faults_of_refusal(sent, REFUSED)
    return found + [f"{name}: {fault}" for fault in faults]


def _stranger(people: Mapping[str, User], role: str) -> str:
    """Somebody who holds the same office elsewhere, or another one in the same case."""
    named = (f"other_{role}", STRANGERS.get(role, "stranger"), "stranger", "other_applicant")
    return next(name for name in named if name in people)


def _post(browser: Client, asked: Asked, person: User | None, address: str, fields: dict[str, Any]) -> Sent:
    """Send the page as a person, or as anybody at all, and see what is different."""
    for value in fields.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    browser.cookies.clear()
    if person is not None:
        log_in(browser, person)
    trail, state = _trail(asked.case), _state(asked.case)
    answer = browser.post(address, fields)
    return Sent(answer, _trail(asked.case)[len(trail) :], state, _state(asked.case))


def _faults_of_act(sent: Sent, one: Try) -> list[str]:
    """What is wrong where the verb was to be done."""
    expected = sent.before if one.to == "=" else one.to
    if one.verb in sent.new and sent.after == expected:
        return []
    said = f"{sent.answer.status_code} {sent.new} {sent.after}, expected {expected}"
    return [f"{said}; {_reasons(sent.answer)}"]


def _faults_of_refusal(sent: Sent, allowed: Container[int]) -> list[str]:
    """What is wrong where nothing was to be done; that it was too late may be told on the next page."""
    if sent.new or sent.after != sent.before:
        return [f"was done: {sent.new} {sent.after}"]
    status = sent.answer.status_code
    is_told = allowed is REFUSED and _is_told(sent.answer)
    return [] if status in allowed or is_told else [f"answered with {status} and no reason"]


def _name(page: Page, role: str) -> str:
    """The URL name of the page for an office."""
    return page.address.format(desk=DESKS.get(role, role), side="my_" if role == "holder" else "")


def _trail(case: Case) -> list[str]:
    """The verbs on record, in order."""
    return list(AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq").values_list("verb", flat=True))


def _state(case: Case) -> str:
    return str(PROCEDURES[case.procedure].subject.of(Case.objects.get(pk=case.pk)).state)


def _is_told(answer: Any) -> bool:
    """Whether the next page will say that it was too late."""
    return any(one.level in (WARNING, ERROR) for one in get_messages(answer.wsgi_request))


def _reasons(answer: Any) -> list[str]:
    """What the page says is wrong."""
    context = answer.context or {}
    found = [str(text) for texts in (context["form"].errors.values() if "form" in context else ()) for text in texts]
    for name in ("errors", "fault_links", "faults"):
        found += [str(row.get("text", row) if isinstance(row, dict) else row) for row in context.get(name) or ()]
    return list(dict.fromkeys(found))

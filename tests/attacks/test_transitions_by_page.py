"""Each verb that a person does, posted from its page: done once, refused in other states and to everybody else."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as of_the_site
from django.contrib.messages import ERROR, WARNING, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case, User
from tests.attacks.pages_of_verbs import Asked
from tests.attacks.refusals_by_page import NO_PAGE, PAGES, Try, answer_in, is_refused, name_of, others, refused_tries
from tests.attacks.test_transitions import TABLE, WORLDS
from tests.clock import MONDAY
from tests.factories.browser import log_in
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db]
SESSION_COOKIE = of_the_site.SESSION_COOKIE_NAME
YEARS = 10 * 365 * 24 * 3600
REFUSED, NOT_FOR_YOU = range(400, 500), (403, 404)


def test_every_procedure_has_its_pages() -> None:
    assert set(PAGES) == set(TABLE)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a page that was sent: the answer, new verbs on record, the state before and after."""

    answer: Any
    new: list[str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a case, verbs on record, the number of the last of them."""

    state: str
    verbs: list[str]
    last: int


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
    tries = [*done, *refused_tries(edition)]
    signed_in = {person.pk: _session(browser, person) for person in world.people.values()}
    faults: list[str] = []
    for state in dict.fromkeys(one.state for one in tries):
        with transaction.atomic():
            case = Case.objects.get(pk=world.case_in(state).pk)
            assert case.state == state
            for one in (one for one in tries if one.state == state):
                asked = Asked(world, case, one.verb, one.role)
                faults += _faults(Browser(browser, signed_in, asked), edition, one)
            transaction.set_rollback(True)
        _forget(world)
    assert faults == [], "\n".join(faults)


# --- what is tried where --------------------------------------------------------------------------------------------
def _done(edition: str) -> Iterator[Try]:
    """Each verb by each office that has it, in the first state in which the table lets that office do it."""
    said, seen = TABLE[edition], set[tuple[str, str]]()
    for state in said["states"]:
        for verb in said["states"][state]:
            page, (role, answer) = PAGES[edition].get(verb), answer_in(edition, state, verb)
            if page is None or page.refused or (verb, role) in seen:
                continue
            wanted = (page.to if state in (page.state, *page.also) else "") if page.to else answer
            if wanted and not is_refused(edition, wanted):
                seen.add((verb, role))
                yield Try(verb, role, state, wanted)


def _forget(world: Any) -> None:
    """What the way to a state left in memory."""
    world.at = MONDAY
    batch = world.local.batch if hasattr(world, "local") else getattr(world, "batch", None)
    if batch is not None:
        batch.refresh_from_db(fields=["notice_days", "quota"])


# --- one try --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which one of several people is signed in at a time, and what is asked of the site in it."""

    client: Client
    signed_in: Mapping[int, str]  # session by person
    asked: Asked

    def post(self, person: User | None, address: str, fields: dict[str, Any], stood: Standing) -> Sent:
        """Send the page as a person, or as anybody at all, and see what is different from how the case stood."""
        for value in fields.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        self.client.cookies.clear()  # what the page before had to tell as well
        if person is not None:
            session = self.signed_in.get(person.pk) or _session(self.client, person)
            self.client.cookies[SESSION_COOKIE] = session
        answer = self.client.post(address, fields)
        stands = _standing(self.asked.case, since=stood.last)
        return Sent(answer, stands.verbs, stood.state, stands.state)


def _session(client: Client, person: User) -> str:
    client.cookies.clear()
    return str(log_in(client, person).cookies[SESSION_COOKIE].value)


def _faults(browser: Browser, edition: str, one: Try) -> list[str]:
    """First the page as everybody else sends it, then as the person of the office. Nothing of it lasts."""
    asked, page = browser.asked, PAGES[edition][one.verb]
    name, moment, found = f"{one.verb} by {one.role} in {one.state}", asked.at, []
    with transaction.atomic():
        if page.before and one.to:
            page.before(asked)
        address, fields = reverse(name_of(page, one.role), args=page.args(asked)), dict(page.fields(asked))
        person = None if page.is_public else page.by(asked) if page.by and one.to else asked.by
        people, stood = asked.world.people, _standing(asked.case)
        for stranger in others(edition, people, one) if one.to and not page.is_public else ():
            with transaction.atomic():
                sent = browser.post(people[stranger], address, fields, stood)
                transaction.set_rollback(True)
            found += [f"{name}, asked by {stranger}: {fault}" for fault in _faults_of_refusal(sent, NOT_FOR_YOU)]
        sent = browser.post(person, address, fields, stood)
        transaction.set_rollback(True)
    asked.world.at = moment
    faults = _faults_of_act(sent, one) if one.to else _faults_of_refusal(sent, REFUSED)
    return found + [f"{name}: {fault}" for fault in faults]


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


def _standing(case: Case, since: int = 0) -> Standing:
    """How a case stands in the tables: its state, the verbs that were put on record after an entry, in order."""
    rows = AuditEvent.objects.filter(chain=chain_key(case), seq__gt=since).order_by("seq")
    entries = list(rows.values_list("seq", "verb"))
    subject = PROCEDURES[case.procedure].subject
    state = subject.model._default_manager.values_list("state", flat=True).get(case=case)
    return Standing(str(state), [verb for _seq, verb in entries], entries[-1][0] if entries else since)


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

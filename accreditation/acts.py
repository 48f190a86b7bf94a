"""The wrapper around every change by a person or the clock.

    with act(case, "recommend", by=officer, at=now, acting_as="district_officer") as doing:
        ...                                  # doing.chain is the locked, fresh row
        doing.moved("under_first_review", "under_completeness_check")
        doing.note(opinion=...)
        doing.tell(person, "recommended")
        doing.promise("mail", key, {...})

One transaction: request key claimed first, row locked and reloaded, then the body, then one audit entry, the messages
and the effects. Nothing leaves the building before the commit; after it the worker is only woken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation import audit, effects
from accreditation.errors import KeyReused, Reason
from accreditation.models import Case, Effect, Ledger, Lender, Message, RequestKey, User
from accreditation.models.audit import Chained

MOST_KEY = 80  # characters


class Replayed(Exception):
    """This very request was carried out before; `answer` is what was answered then."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.answer = dict(answer)
        super().__init__("replayed")


class Act:
    """What is being done: the locked row, what to record, whom to tell, what to do after the commit."""

    def __init__(self, chain: Chained, verb: str, by: User, at: datetime, acting_as: str) -> None:
        self.chain, self.verb, self.by, self.at, self.acting_as = chain, verb, by, at, acting_as
        self.content: dict[str, Any] = {}
        self.states = ("", "")
        self.answer: dict[str, Any] = {}
        self._rests_on: tuple[Lender | None] | None = None
        self._messages: list[tuple[User, str, str, dict[str, Any]]] = []
        self._effects: list[tuple[str, str, dict[str, Any]]] = []

    def note(self, **content: Any) -> None:
        """Record in the audit entry."""
        self.content.update(content)

    def moved(self, before: str, after: str) -> None:
        """Record the legal state before and after."""
        self.states = (before, after)

    def reply(self, **answer: Any) -> None:
        """What a repeated request gets as well; plain JSON."""
        self.answer.update(answer)

    def tell(self, recipients: User | Iterable[User], kind: str, *, case_number: str = "", **params: Any) -> None:
        """An in-site message to each person, and a mail that carries number and link only."""
        people = [recipients] if isinstance(recipients, User) else recipients
        self._messages += [(person, kind, case_number, params) for person in people if not person.is_system]

    def rests_on(self, lender: Lender | None) -> None:
        """Whose power it is done by, None for one's own; unless told so, the last check of power decides."""
        self._rests_on = (lender,)

    def promise(self, kind: str, key: str, **payload: Any) -> None:
        """A side effect to be done once after the commit; `key` makes it unique for ever."""
        self._effects.append((kind, key, payload))

    def _is_told_outside(self) -> bool:
        """Only that a filed case moved is told to other systems."""
        before, after = self.states
        return isinstance(self.chain, Case) and bool(before) and before != after

    def _keyed(self, event: str) -> Iterator[tuple[str, User, str, str, dict[str, Any]]]:
        """Each message under a key of its own, from the second of a kind to one person on with its ordinal.

        What one person would be told twice in the same words, acting for two enterprises, is told once.
        """
        said: dict[tuple[int, str], list[tuple[str, dict[str, Any]]]] = {}
        for person, kind, case_number, params in self._messages:
            before = said.setdefault((person.pk, kind), [])
            if (case_number, params) in before:
                continue
            before.append((case_number, params))
            ordinal = f":{len(before)}" if len(before) > 1 else ""
            yield f"{event}:{kind}:{person.pk}{ordinal}", person, kind, case_number, params

    def _finish(self) -> None:
        lender = self.by.stands_in_for if self._rests_on is None else self._rests_on[0]
        if lender is not None:
            self.note(on_behalf_of=lender.plain())
        event = audit.append(
            self.chain,
            verb=self.verb,
            by=self.by,
            acting_as=self.acting_as,
            at=self.at,
            states=self.states,
            content=self.content,
        )
        for key, person, kind, case_number, params in self._keyed(f"{event.chain}#{event.seq}"):
            Message.objects.create(
                recipient=person, kind=kind, case_number=case_number, params=params, created_at=self.at, key=key
            )
            if person.email:
                self.promise("mail", f"mail:{key}", message=key)
            if settings.TEXT_GATEWAY_URL and person.takes_texts:
                self.promise("text_message", f"text:{key}", message=key)
        if settings.WEBHOOKS and self._is_told_outside():
            self.promise("webhooks", f"webhooks:{event.chain}#{event.seq}", chain=event.chain, seq=event.seq)
        Effect.objects.bulk_create(
            Effect(kind=kind, key=key, payload=payload, due_at=self.at) for kind, key, payload in self._effects
        )


def fingerprint(*parts: object) -> str:
    """SHA-256 of what a request says, so that one key cannot serve two requests."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


@contextmanager
def act(
    chain: Chained | str,
    verb: str,
    *,
    by: User,
    at: datetime,
    acting_as: str,
    request_key: str | None = None,
    request: str = "",
) -> Iterator[Act]:
    """Carry out one act on a chain (a row, or the key of a ledger). See the module for what happens in which order.

    Raises Replayed when `request_key` was already carried out, KeyReused when it came with another `request`.
    """
    with transaction.atomic():
        claim = _claim(request_key, by, request, at) if request_key else None
        doing = Act(_lock(chain), verb, by, at, acting_as)
        yield doing
        doing._finish()
        if claim is not None:
            claim.answer = doing.answer
            claim.save(update_fields=["answer"])
        transaction.on_commit(effects.wake)


def hold(ledger: str) -> None:
    """Within an act on another chain: lock a ledger as well, so that what is read under it holds to the commit."""
    _lock(ledger)


def _claim(key: str, by: User, request: str, at: datetime) -> RequestKey:
    if len(key) > MOST_KEY or "\0" in key:  # not one of ours, and no key that a database could keep
        key = hashlib.sha256(key.encode()).hexdigest()
    claim, is_new = RequestKey.objects.get_or_create(
        key=key, defaults={"user": by, "fingerprint": request, "claimed_at": at}
    )
    if is_new:
        return claim
    if claim.user_id != by.pk or claim.fingerprint != request:
        raise KeyReused([Reason("key_reused", _("同一请求编号已用于另一份内容，请重新打开页面后再提交。"))])
    raise Replayed(claim.answer or {})


def _lock(chain: Chained | str) -> Chained:
    """The fresh row under its lock; a protected state is never refreshed in place."""
    if isinstance(chain, str):
        Ledger.objects.get_or_create(key=chain)
        return Ledger.objects.select_for_update().get(key=chain)
    return type(chain)._default_manager.select_for_update().get(pk=chain.pk)

"""A whole season: thousands of cases inserted in bulk, each a copy of a real one with its own audit chain.

The copies count only if the consistency check finds no disagreement and the audit trail no break among them. Mails,
files and long texts are not copied: no list reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import count, islice
from typing import Any, cast

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from accreditation.audit import verify_all
from accreditation.enums import DISTRICTS, MemberState
from accreditation.models import AuditEvent, Enterprise, Member, Message, User
from accreditation.roles import Role
from bench.copies import Copy, Place, credit_code
from bench.moments import ROWS, TABLES, Moment, moments
from bench.tables import Raw
from tests.factories.cast import Cast, grant, make_cast, person
from workflows.calendar import current_calendar
from workflows.consistency import check_all
from workflows.models import CaseFlow

CHUNK = 500  # cases held in memory at a time
# How the season is spread over the moments, in their order: most cases wait for somebody, some have ended.
SHARES = (5, 3, 4, 2, 1, 1, 2, 2)
KEYED: tuple[type[Model], ...] = (User, Enterprise, *(model for model in TABLES if model is not CaseFlow))


class Unsound(RuntimeError):
    """The inserted cases contradict each other or their audit trail; figures over them would mean nothing."""


class Season:
    """A cast with an officer in every district, and as many cases as asked for; grows, never shrinks."""

    def __init__(self, at: datetime) -> None:
        self.at, self.size = at, 0
        self.cast: Cast = make_cast(at)
        taken = list(moments(self.cast, at))
        self._plan = [moment for moment, share in zip(taken, SHARES, strict=True) for _turn in range(share)]
        self.officers = [(code, self._officer(code)) for code in DISTRICTS]

    def _officer(self, district: str) -> User:
        known = {"310115": self.cast.pudong, "310114": self.cast.jiading}
        if district in known:
            return cast(User, known[district])
        officer = person(f"officer{district}", f"初审员{district}示例")
        grant(officer, Role.DISTRICT_OFFICER, district, at=self.at)
        return officer

    def grow(self, size: int) -> None:
        """Insert copies until there are `size` of them, then check everything; Unsound with the first faults."""
        with transaction.atomic():
            for start in range(self.size, size, CHUNK):
                self._insert(range(start, min(size, start + CHUNK)))
            set_sequences()
        self.size = size
        check_sound()

    def _insert(self, numbers: Iterable[int]) -> None:
        chunk = Chunk(self.at)
        for number in numbers:
            turn, district = divmod(number, len(self.officers))
            moment = self._plan[(7 * turn + district) % len(self._plan)]  # every district gets every state
            chunk.add(moment, number, *self.officers[district])
        chunk.write()


class Chunk:
    """Copies under keys that are free, written table by table."""

    def __init__(self, at: datetime) -> None:
        self._at, self._calendar = at, current_calendar()
        self._free = {model: count(highest(model) + 1) for model in KEYED}
        self._people: dict[type[Model], list[Any]] = defaultdict(list)
        self._rows: dict[type[Model], list[Raw]] = defaultdict(list)

    def add(self, moment: Moment, number: int, district: str, officer: User) -> None:
        """One more case: its enterprise and applicant, all rows, audit chain, messages."""
        enterprise, applicant = self._applicant(number, district)
        place = Place(number, district, enterprise, applicant, officer, self._at, self._calendar)
        copy = Copy(moment, place, self._keys(moment), self._free)
        for model in ROWS:
            self._rows[model] += copy.rows(model)
        self._rows[AuditEvent] += copy.events
        self._rows[Message] += copy.messages()

    def _keys(self, moment: Moment) -> dict[tuple[type[Model] | None, Any], int]:
        """A free key for every row; a child table's key is that of its parent."""
        keys: dict[tuple[type[Model] | None, Any], int] = {}
        for model, rows in moment.rows.items():
            number = TABLES[model].place[model._meta.pk.attname]
            if model is not CaseFlow:
                keys |= {(model, row[number]): next(self._free[model]) for row in rows}
        return keys

    def _applicant(self, number: int, district: str) -> tuple[Enterprise, User]:
        enterprise = Enterprise(
            pk=next(self._free[Enterprise]), uscc=credit_code(number), name=f"上海示例第{number}号有限公司",
            district=district, registered_at=self._at,
        )  # fmt: skip
        user = User(
            pk=next(self._free[User]), username=f"season{number}", name=f"申报人{number}示例",
            email=f"season{number}@example.invalid", password="!",
        )  # fmt: skip
        member = Member(
            enterprise=enterprise, user=user, is_administrator=True, state=MemberState.ACTIVE,
            requested_at=self._at, settled_at=self._at,
        )  # fmt: skip
        for row in (user, enterprise, member):
            self._people[type(row)].append(row)
        return enterprise, user

    def write(self) -> None:
        """Insert everything, parents before their children."""
        for model, people in self._people.items():
            model._default_manager.bulk_create(people)
        for model, rows in self._rows.items():
            TABLES[model].write(rows)


def highest(model: type[Model]) -> int:
    """The highest key of a table, 0 when it is empty."""
    return int(model._default_manager.aggregate(top=Max("pk"))["top"] or 0)


def set_sequences() -> None:
    """Rows that were given their keys leave the sequences of some databases behind."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(KEYED)):
            cursor.execute(statement)


def check_sound() -> None:
    """Raise Unsound unless all cases agree with their tasks and clocks, and every audit chain verifies."""
    faults = [f"{found.case_number}: {found.what}" for found in islice(check_all(), 3)]
    faults += [f"{found.chain}#{found.seq}: {found.what}" for found in verify_all()[1][:3]]
    if faults:
        raise Unsound("; ".join(faults))

"""One copy of a case taken down: every row under new keys, the audit chain hashed anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from stdnum.cn import uscc
from viewflow.workflow.models import Task

from accreditation.audit import event_hash
from accreditation.clocks import ENDS_ON_A_WORKING_DAY
from accreditation.models import AuditEvent, Case, Deadline, Enterprise, Letter, Message, Seat, User
from accreditation.models.audit import GENESIS
from bench.moments import TABLES, Moment
from bench.tables import Raw
from workflows.workdays import WorkCalendar

FIRST_NUMBER = 10_000  # above every number that the counters of the cast have given

Keys = Mapping[tuple[type[Model] | None, Any], Any]


@dataclass(frozen=True)
class Place:
    """What makes a copy its own case: running number, district, who applies, which officer it lies with, from when."""

    number: int
    district: str
    enterprise: Enterprise
    applicant: User
    officer: User
    at: datetime
    calendar: WorkCalendar


def credit_code(number: int) -> str:
    """A well-formed unified social credit code (GB 32100) of a fictional enterprise."""
    body = f"91310000MB{number:07d}"
    return body + str(uscc.calc_check_digit(body))


class Copy:
    """The rows of a moment at another place; `keys` map (table, old key) to the new key."""

    def __init__(self, moment: Moment, place: Place, keys: Keys, free: Mapping[type[Model], Iterator[int]]) -> None:
        self._moment, self._place, self._free = moment, place, free
        self._keys: Keys = {
            **keys,
            (User, moment.applicant.pk): place.applicant.pk,
            (User, moment.officer.pk): place.officer.pk,
            (Enterprise, moment.case.enterprise_id): place.enterprise.pk,
        }
        self._names = {person.pk: person.name for person in (place.applicant, place.officer)}
        prefix, year, _serial = moment.case.number.split("-")
        self.number = f"{prefix}-{year}-{FIRST_NUMBER + place.number}"
        self._changes: dict[type[Model], Callable[[dict[str, Any]], dict[str, Any]]] = {
            Case: self._case,
            Deadline: self._deadline,
            Letter: self._letter,
            Task: self._task,
        }
        self._head = GENESIS
        self.events = [self._event(event, raw) for event, raw in moment.events]

    def rows(self, model: type[Model]) -> Iterator[Raw]:
        """The rows of one table."""
        table, change = TABLES[model], self._changes.get(model)
        for row in self._moment.rows[model]:
            new = self._rekeyed(model, row)
            yield table.changed(new, change(dict(zip(table.place, row, strict=True)))) if change else new

    def messages(self) -> Iterator[Raw]:
        """What people were told, each once."""
        for number, row in enumerate(self._moment.messages):
            new = {"id": next(self._free[Message]), "case_number": self.number, "key": f"{self.number}/{number}"}
            yield TABLES[Message].changed(self._rekeyed(Message, row), new)

    def _rekeyed(self, model: type[Model], row: Raw) -> Raw:
        new = list(row)
        for number, target in TABLES[model].keys:
            new[number] = self._keys.get((target, row[number]), row[number])
        return tuple(new)

    def _case(self, _old: dict[str, Any]) -> dict[str, Any]:
        return {
            "number": self.number,
            "district": self._place.district,
            "audit_head": self._head,
            "audit_count": len(self.events),
        }

    def _deadline(self, old: dict[str, Any]) -> dict[str, Any]:
        """Clocks began on different days, so that some ran out before today."""
        began = self._place.at - timedelta(days=self._place.number * 7 % 23)
        is_plain = bool(old["in_calendar_days"])
        due = self._place.calendar.due_after(
            began, old["working_days"], in_calendar_days=is_plain,
            ends_on_working_day=old["kind"] in ENDS_ON_A_WORKING_DAY,
        )  # fmt: skip
        return {"started_at": began, "due_at": due.at}

    def _letter(self, old: dict[str, Any]) -> dict[str, Any]:
        return {"number": f"{old['number']}+{self._place.number}"}

    def _task(self, old: dict[str, Any]) -> dict[str, Any]:
        new: dict[str, Any] = {}
        power, _colon, whose = (old["owner_permission"] or "").partition(":")
        if power == "applicant":
            new["owner_permission"] = f"applicant:{self._place.enterprise.pk}"
        elif whose == self._moment.case.district:
            new["owner_permission"] = f"{power}:{self._place.district}"
        if seat := json.loads(old["data"]).get("seat"):
            new["data"] = {"seat": self._keys[(Seat, seat)]}
        return new

    def _event(self, event: AuditEvent, raw: Raw) -> Raw:
        """The next link of the copy's own chain."""
        person = self._keys.get((User, event.by_id), event.by_id)
        text = raw[TABLES[AuditEvent].place["content"]].replace(self._moment.case.number, self.number)
        changed: dict[str, Any] = {
            "chain": f"case:{self.number}",
            "by_id": person,
            "by_name": self._names.get(person, event.by_name),
            "previous_hash": self._head,
            "content": json.loads(text),
        }
        link = AuditEvent(**changed, **{name: getattr(event, name) for name in _KEPT})
        self._head = changed["hash"] = event_hash(link)
        return TABLES[AuditEvent].changed(raw, {**changed, "id": next(self._free[AuditEvent])})


_KEPT = ("seq", "at", "verb", "acting_as", "state_before", "state_after", "code_revision")

"""The audit trail: every tamper is found, and the database refuses to change what is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accreditation import append_only, audit
from accreditation.acts import act
from accreditation.models import AuditEvent, Ledger, User
from tests.clock import Clock

pytestmark = pytest.mark.django_db

KEY = "ledger:grants"


@pytest.fixture
def person() -> User:
    return User.objects.create(username="somebody", name="某人示例")


def write(person: User, at: Clock, count: int = 4) -> Ledger:
    for n in range(count):
        with act("grants", f"verb{n}", by=person, at=at.at + timedelta(minutes=n), acting_as="tester") as doing:
            doing.note(n=n, text="理由")
    return Ledger.objects.get(key="grants")


def breaks() -> list[str]:
    return [found.what for found in audit.verify_all()[1]]


def test_untouched_chain_verifies(person: User, clock: Clock) -> None:
    ledger = write(person, clock)
    assert ledger.audit_count == 4
    assert ledger.audit_head == AuditEvent.objects.get(chain=KEY, seq=4).hash
    assert audit.verify_all() == (1, [])


def edit_content() -> None:
    AuditEvent.objects.filter(seq=2).update(content={"n": 99})


def edit_and_rehash() -> None:
    event = AuditEvent.objects.get(seq=2)
    event.content = {"n": 99}
    event.hash = audit.event_hash(event)
    event.save()


def delete_middle() -> None:
    AuditEvent.objects.filter(seq=2).delete()


def delete_last() -> None:
    AuditEvent.objects.filter(seq=4).delete()


def delete_all() -> None:
    AuditEvent.objects.all().delete()


def change_person() -> None:
    AuditEvent.objects.filter(seq=3).update(by_name="别人")


def change_time() -> None:
    event = AuditEvent.objects.get(seq=1)
    AuditEvent.objects.filter(seq=1).update(at=event.at - timedelta(days=1))


def drop_chain_row() -> None:
    Ledger.objects.all().delete()


TAMPERS = [
    edit_content,
    edit_and_rehash,
    delete_middle,
    delete_last,
    delete_all,
    change_person,
    change_time,
    drop_chain_row,
]


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.__name__)
def test_tamper_is_found(person: User, clock: Clock, tamper: Callable[[], None]) -> None:
    write(person, clock)
    append_only.uninstall(connection)
    try:
        tamper()
        assert breaks()
    finally:
        append_only.install(connection)


STATEMENTS = {
    "update": "UPDATE accreditation_auditevent SET verb = 'x'",
    "delete": "DELETE FROM accreditation_auditevent",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=list(STATEMENTS))
def test_database_refuses_to_change_what_is_written(person: User, clock: Clock, statement: str) -> None:
    write(person, clock)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify_all() == (1, [])


def test_replacing_a_row_is_refused(person: User, clock: Clock) -> None:
    write(person, clock)
    replace = "REPLACE" if connection.vendor == "sqlite" else "INSERT"
    names = [field.column for field in AuditEvent._meta.fields]
    columns = ", ".join(f'"{name}"' for name in names)
    table = "accreditation_auditevent"
    statement = f"{replace} INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE seq = 2"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify_all() == (1, [])


@pytest.mark.postgresql
def test_emptying_the_table_is_refused(person: User, clock: Clock) -> None:
    write(person, clock)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accreditation_auditevent CASCADE")


def test_floats_have_no_place_in_the_trail(person: User, clock: Clock) -> None:
    with pytest.raises(TypeError, match="float"), act("grants", "x", by=person, at=clock.at, acting_as="t") as doing:
        doing.note(score=86.5)
    assert AuditEvent.objects.count() == 0

"""Triggers that keep the audit table append-only, the second net under the hash chain, and the services of letters.

On SQLite anybody who can write the file can drop them: there the protection is the chain and the published heads.
A migration that makes one of these tables anew, as SQLite does for every change of it, installs its triggers again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

AUDIT, DELIVERY = "accreditation_auditevent", "accreditation_delivery"
REFUSALS = {AUDIT: "the audit trail is append-only", DELIVERY: "the services of letters are append-only"}
# What makes a row the same one, so that it is not put in the place of another; in the words of a trigger.
SAME = {
    AUDIT: "id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)",
    DELIVERY: (
        "id = NEW.id OR corrects_id = NEW.corrects_id OR (NEW.way = 'opened' AND way = 'opened'"
        " AND recorded_by_id = NEW.recorded_by_id AND done_on = NEW.done_on"
        " AND (letter_id = NEW.letter_id OR reissue_letter_id = NEW.reissue_letter_id))"
    ),
}


def _sqlite(table: str) -> list[str]:
    """REPLACE INTO walks past a delete trigger unless recursive_triggers is on, hence the insert trigger as well."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSALS[table]}'); END"
    same = f"EXISTS (SELECT 1 FROM {table} WHERE {SAME[table]})"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {same} {refuse}",
    ]


def _sqlite_undone(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_{name}" for name in ("no_update", "no_delete", "no_replace")]


def _postgresql(table: str) -> list[str]:
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSALS[table]}'; END $$""",
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _postgresql_undone(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for name in ("no_change", "no_truncate")]


INSTALL = {"sqlite": _sqlite, "postgresql": _postgresql}
UNINSTALL = {"sqlite": _sqlite_undone, "postgresql": _postgresql_undone}


def install(connection: BaseDatabaseWrapper, tables: Iterable[str] = tuple(REFUSALS)) -> None:
    """Create the triggers."""
    _run(connection, INSTALL[connection.vendor], tables)


def uninstall(connection: BaseDatabaseWrapper, tables: Iterable[str] = tuple(REFUSALS)) -> None:
    """Drop the triggers; for migrations and for tests that empty the tables."""
    _run(connection, UNINSTALL[connection.vendor], tables)


def _run(connection: BaseDatabaseWrapper, statements: Callable[[str], list[str]], tables: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in (line for table in tables for line in statements(table)):
            cursor.execute(statement)

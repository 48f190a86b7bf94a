"""Check that the migrations say what the models say, and that all of them can be written out as SQL."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = ("accreditation", "workflows", "certificates")


def main() -> None:
    """Exit 1 on a model change without a migration, or on a migration that cannot be written out."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ACCREDITATION_VAR": folder, "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        sys.path.insert(0, str(ROOT))
        django.setup()
        call_command("makemigrations", *OWN_APPS, check_changes=True, dry_run=True, verbosity=1)
        migrations, statements = _written_out()
    print(f"Migrations agree with the models; {migrations} of them written out as {statements} lines of SQL.")


def _written_out() -> tuple[int, int]:
    """Our own, in one pass over one state: how many, and how many statements came of them."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    state, migrations, statements = executor.loader.project_state([]), 0, 0
    for migration, _backwards in plan:
        if migration.app_label not in OWN_APPS:
            state = migration.mutate_state(state, preserve=False)
            continue
        with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        migrations, statements = migrations + 1, statements + len(editor.collected_sql)
    return migrations, statements


if __name__ == "__main__":
    main()

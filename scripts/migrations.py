"""Check that the migrations say what the models say, the long way and the short one, and can be written out as SQL."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = ("accreditation", "workflows", "certificates")


def main() -> None:
    """Exit 1 on a model change without a migration, on two ways that end apart, on SQL that cannot be written out."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ACCREDITATION_VAR": folder, "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        sys.path.insert(0, str(ROOT))
        django.setup()
        call_command("makemigrations", *OWN_APPS, check_changes=True, dry_run=True, verbosity=1)
        if apart := _apart():
            sys.exit("The steps and what replaces them lead to different tables: " + ", ".join(apart))
        migrations, statements = _written_out()
    print(f"Migrations agree with the models; {migrations} of them written out as {statements} lines of SQL.")


def _apart() -> list[str]:
    """Models that an older database, which goes step by step, would have otherwise than a new one."""
    short = MigrationLoader(None).project_state()
    loader = MigrationLoader(None, replace_migrations=False)
    long = loader.graph.make_state(nodes=[key for key in loader.graph.leaf_nodes() if key[0] in OWN_APPS])
    return sorted(name for app in OWN_APPS for name in _models(short, app) ^ _models(long, app))


def _models(state: ProjectState, app: str) -> set[str]:
    """Each model of the app as one text: name, columns, constraints; the order in which they came does not count."""
    return {_as_text(model) for (label, _name), model in state.models.items() if label == app}


def _as_text(model: ModelState) -> str:
    columns = sorted(f"{name}: {field.deconstruct()[1:]}" for name, field in model.fields.items())
    options = {name: value for name, value in sorted(model.options.items()) if name not in ("constraints", "indexes")}
    parts = [*model.options.get("constraints", ()), *model.options.get("indexes", ())]
    behind = sorted(repr(part.deconstruct()) for part in parts)
    return f"{model.name} {columns} {options} {behind}"


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

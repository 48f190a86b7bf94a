"""What all tests share: the clock, the database they run on, and which groups this machine can run."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from accreditation import append_only
from tests.clock import Clock
from tests.factories.calls import heed_replacements
from tests.factories.children import environment_of_children
from tests.factories.snapshots import empty_all_tables
from tests.machine import missing
from tests.static_files import describe_once

BROWSER_FIXTURES = {"browser", "context", "page"}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
# Begun first, so that no worker is left alone with one of them at the end of a pass.
LONGEST_FIRST = (
    "tests/workflows/demo/test_whole.py",
    "tests/browser/test_journey.py",
    "tests/attacks",
    "tests/faults",
    "tests/journeys",
    "tests/browser",
    "tests/criteria/test_golden.py",
    "tests/certificates",
    "tests/workflows",
)
OUTCOMES = ("passed", "failed", "error", "skipped")


def _empty_tables(case: TransactionTestCase) -> None:
    """After a test that commits: without the hundreds of empty tables and the rows that came with the tables."""
    empty_all_tables()


def _without_waiting(fd: object) -> None:
    """What is written is read by others at once; only a loss of power would ask more."""


def pytest_configure(config: pytest.Config) -> None:
    TransactionTestCase._fixture_teardown = _empty_tables
    os.fsync = _without_waiting  # no test pulls the plug; those that end a process need no disk to have followed
    describe_once()
    gc.set_threshold(100_000, 50, 100)  # Django's many short-lived objects make the usual rounds a fifth of the time


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test begins in the site's own language: a page of the one before may have left another behind."""
    translation.deactivate()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded by now stays to the end; the collector need not look at it again. Tests replace from here on."""
    gc.collect()
    gc.freeze()
    heed_replacements()  # those of the plug-ins are made by now


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(item.config.rootpath).as_posix()
    return next((n for n, first in enumerate(LONGEST_FIRST) if path.startswith(first)), len(LONGEST_FIRST))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that touch the database, leave PostgreSQL's tests to its own pass, skip what cannot run here."""
    items.sort(key=_place)  # otherwise in the order in which they stand
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures:
            item.add_marker("database")
        if BROWSER_FIXTURES & fixtures:
            item.add_marker("browser")
    if connection.vendor != "postgresql":
        waiting = [item for item in items if item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item not in set(waiting)]
    for group in missing():
        for item in items:
            if item.get_closest_marker(group.marker):
                item.add_marker(pytest.mark.skip(reason=f"Debian package {group.package} is not installed"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where CI=true a test that did not run is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        reporter
        and os.environ.get("CI") == "true"
        and reporter.stats.get("skipped")
        and exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Tell how many tests had which outcome to the script that runs both passes."""
    report = os.environ.get("ACCREDITATION_TEST_REPORT")
    if report:
        counts = {name: len(terminalreporter.stats.get(name, ())) for name in OUTCOMES}
        Path(report).write_text(json.dumps(counts))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tables come straight from the models, which is faster; what only migrations bring is added.

    The plug-in switches the migrations off meanwhile, and not always for good: they are named from the disk.
    """
    with django_db_blocker.unblock(), override_settings(MIGRATION_MODULES={}):
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationLoader(connection).disk_migrations:
            recorder.record_applied(app, name)
        append_only.uninstall(connection)
        append_only.install(connection)


@pytest.fixture
def clock() -> Clock:
    """A Monday morning in Shanghai."""
    return Clock()


@pytest.fixture
def var_dir(settings: LazySettings, tmp_path: Path) -> Path:
    """A fresh folder for keys, evidence and certificates of this test alone."""
    settings.VAR_DIR = tmp_path / "var"
    settings.EVIDENCE_DIR = settings.VAR_DIR / "evidence"
    settings.VAR_DIR.mkdir()
    return settings.VAR_DIR


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which `python manage.py` of a child process works on this test's committed rows and files."""
    return environment_of_children()

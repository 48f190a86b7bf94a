"""The past written for the command line of the rules: every filed application, as the simulation reads it."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accreditation.services.rule_sets import rules_of_edition
from accreditation.services.rule_trials import applicants
from criteria.__main__ import main
from criteria.history import applicants_of
from tests.factories.cast import Cast, filed_case, make_cast

AT = timezone.make_aware(datetime(2026, 3, 2, 9, 0))

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: Any, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(AT)


def test_filed_applications_are_written_and_simulated(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filed_case(cast)
    out = tmp_path / "past.jsonl"
    call_command("export_history", cast.programme.code, out=out, stdout=StringIO())
    rules = rules_of_edition(cast.batch.rule_set)
    (one,) = applicants_of(out.read_text(encoding="utf-8"), "past", rules.fields)
    assert [one] == list(applicants(cast.programme, rules))
    capsys.readouterr()
    assert main(["simulate", rules.ref, rules.ref, "--history", str(out), "--lang", "en"]) == 0
    assert "applications: 1\n" in capsys.readouterr().out


def test_programme_without_applications_gives_nothing_and_an_unknown_one_is_refused(cast: Cast) -> None:
    told = StringIO()
    call_command("export_history", cast.programme.code, stdout=told)
    assert told.getvalue() == ""
    with pytest.raises(CommandError, match="no such programme: nothing"):
        call_command("export_history", "nothing")

"""The way of a case as each quality of viewer reads it."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.utils.translation import override

from accreditation.models import Application, Case, Objection
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.hearings import dismiss
from tests.factories.held import under_notice
from workflows import door
from workflows.presentation.timeline import READERS, timeline
from workflows.procedures import PROCEDURES
from workflows.tick import clock_person

OBJECTOR = {"objector": "周异议", "contact": "021-12345678", "text": "该单位的研究开发人员多为兼职人员。"}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """In public notice, with an objection that was dismissed."""
    case, _notice = under_notice(cast, clock.at)
    door.perform(case, "raise_objection", by=clock_person(), at=clock.at, form=OBJECTOR)
    dismiss(case, Objection.objects.get(), at=clock.at, reasons="经核对均为专职人员")
    return Case.objects.get(pk=case.pk)


def told(case: Case, view: View) -> str:
    return "\n".join(f"{e['title']}|{e['by']}|{e['text']}" for e in timeline(case, view))


def verbs(case: Case, view: View) -> set[str]:
    return {entry["verb"] for entry in timeline(case, view)}


def test_every_verb_of_every_procedure_has_its_readers() -> None:
    assert {code for each in PROCEDURES.values() for code in each.verbs} | {"open"} <= set(READERS)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("view", [View.APPLICANT, View.DISTRICT, View.EXPERT, View.COMMITTEE])
def test_no_name_of_an_expert_reaches(cast: Cast, case: Case, view: View) -> None:
    text = told(case, view)
    assert "专家评审完成" in text
    assert [expert.name for expert in cast.experts if expert.name in text] == []
    assert not verbs(case, view) & {"declare_no_tie", "replace_expert", "recuse", "propose_value"}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("view", list(View))
def test_nothing_of_the_objector_reaches(case: Case, view: View) -> None:
    text = told(case, view)
    assert [word for word in OBJECTOR.values() if word in text] == []
    assert ("raise_objection" in verbs(case, view)) == (view in (View.OFFICE, View.AUDITOR))


@pytest.mark.slow
@pytest.mark.django_db
def test_office_reads_who_handed_in_and_the_newest_comes_first(cast: Cast, case: Case) -> None:
    entries = timeline(case, View.OFFICE)
    assert entries[0]["verb"] == "dismiss_objection"
    assert entries[-1]["verb"] == "open"
    assert cast.experts[0].name in told(case, View.OFFICE)


@pytest.mark.slow
@pytest.mark.django_db
def test_uploads_are_told_to_the_applicant_in_one_entry_and_to_no_authority(case: Case) -> None:
    mine = [entry for entry in timeline(case, View.APPLICANT) if entry["verb"] == "attach_evidence"]
    assert [entry["text"] for entry in mine] == ["共 8 项"]
    assert "attach_evidence" not in verbs(case, View.DISTRICT)


@pytest.mark.slow
@pytest.mark.django_db
def test_what_people_wrote_is_marked_as_chinese_on_an_english_page(case: Case) -> None:
    with override("en"):
        entry = next(e for e in timeline(case, View.APPLICANT) if e["verb"] == "dismiss_objection")
    assert entry["text"] == '<span lang="zh-CN">经核对均为专职人员</span>'


@pytest.mark.slow
@pytest.mark.django_db
def test_limit_gives_the_newest_only(case: Case) -> None:
    assert [e["verb"] for e in timeline(case, View.OFFICE, limit=2)] == [
        e["verb"] for e in timeline(case, View.OFFICE)[:2]
    ]
    assert Application.objects.get(case=case).state == "under_notice"

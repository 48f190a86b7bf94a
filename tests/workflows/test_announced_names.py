"""Announced lists keep the name of the day and tell today's beside it: notices, recognitions, results, late holders."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.change_words import ChangeKind, ChangeState
from accreditation.models import (
    Announcement,
    Application,
    Batch,
    Case,
    Enterprise,
    EvaluationCall,
    Letter,
    Meeting,
    Notice,
    Title,
)
from accreditation.services.cultivation import release_list
from certificates.models import Certificate
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories import evaluating
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.cultivation import listed
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import batch_acts, door
from workflows.announcement_corrections import listed_in
from workflows.calendar import current_calendar
from workflows.consistency import check_all
from workflows.exports.dossier_rows import anchors_of, tables
from workflows.exports.evaluations import csv_lines
from workflows.selectors import desks
from workflows.selectors.evaluations import calls_of
from workflows.selectors.matters import matching_titles, narrowed
from workflows.tick import tick
from workflows.worklists import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECOND, THIRD = "上海示例第二名称有限公司", "上海示例第三名称有限公司"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


@pytest.fixture
def noticed(cast: Cast, clock: Clock) -> Case:
    """Under public notice."""
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    return case


@pytest.fixture
def evaluated(cast: Cast, clock: Clock) -> Batch:
    """A round announced: the first enterprise with its result, the second one late."""
    batch = evaluating.make_round(cast)
    evaluating.hold(cast, 0)
    evaluating.hold(cast, 1)
    evaluating.frozen_and_called(cast, batch)
    case = evaluating.filed(cast, batch, 0)
    evaluating.checked(cast, case, clock.at)
    cast.batch = batch
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    clock.at = batch.closes_at + timedelta(days=20)
    tick(clock.at)
    announce(cast, [case], clock)
    return batch


def announce(cast: Cast, cases: list[Case], clock: Clock) -> None:
    listed = list(Application.objects.filter(case__in=cases))
    batch_acts.announce(
        cast.batch, listed, number="示例〔2026〕9号", dated=clock.on, body="现予公布。", by=cast.publisher, at=clock.at
    )
    sign_all(clock)


def sign_all(clock: Clock) -> None:
    for asked in Certificate.objects.filter(state=Standing.REQUESTED):
        made.sign(asked, clock.at)


def rename(cast: Cast, name: str, clock: Clock) -> None:
    clock.advance(days=1)
    made.renamed(cast, name, at=clock.at, number=f"示例经技〔2026〕{clock.at:%m%d}号")
    sign_all(clock)


def text_of(address: str, language: str = "zh-hans") -> str:
    answer = Client(headers={"accept-language": language}).get(address)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def notice_text(language: str = "zh-hans") -> str:
    return text_of(reverse("notice", args=[Notice.objects.get().number]), language)


def announcement_text(language: str = "zh-hans") -> str:
    return text_of(reverse("announcement", args=[Announcement.objects.get().number]), language)


def papers() -> list[Any]:
    """Letters and minutes as they were written before the renames."""
    letters = Letter.objects.exclude(kind="change_confirmed").order_by("pk")
    return [*letters.values_list("addressed_to", "body", "sha256"), *Meeting.objects.values_list("minutes")]


def test_each_list_keeps_the_name_of_its_day(cast: Cast, noticed: Case, clock: Clock) -> None:
    first = cast.enterprises[0].name
    assert "现名" not in notice_text()
    rename(cast, SECOND, clock)
    assert f"1. {first} 现名：{SECOND}" in notice_text()
    clock.advance(days=30)
    tick(clock.at)
    announce(cast, [noticed], clock)
    assert f"{SECOND} 称号编号 SHETC" in announcement_text()
    assert "现名" not in announcement_text()
    before = papers()
    rename(cast, THIRD, clock)
    assert f"1. {first} 现名：{THIRD}" in notice_text()
    assert f"{SECOND} 现名：{THIRD}" in announcement_text()
    assert SECOND not in notice_text()
    assert first not in announcement_text()
    assert f"{SECOND} now: {THIRD}" in announcement_text("en")
    assert f"{first} now: {THIRD}" in notice_text("en")
    assert papers() == before
    assert Application.objects.get(case=noticed).announced_name == SECOND
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_objector_reads_both_names(cast: Cast, noticed: Case, clock: Clock) -> None:
    first = cast.enterprises[0].name
    rename(cast, SECOND, clock)
    page = text_of(reverse("objection_new", args=[Notice.objects.get().number, noticed.number]))
    assert f"{first} 现名：{SECOND}" in page


def test_results_and_late_list_keep_the_name_of_their_day(cast: Cast, evaluated: Batch, clock: Clock) -> None:
    first, late = cast.enterprises[0].name, cast.enterprises[1].name
    for name in (SECOND, THIRD):
        rename(cast, name, clock)
        shown = announcement_text()
        assert f"{first} 现名：{name} 称号编号 SHETC-T-2024-00000" in shown
        assert f"{late} 称号编号 SHETC-T-2024-00001" in shown
        assert shown.count("现名") == 1
    assert f"1. {first} 现名：{THIRD}" in notice_text()
    heads, *lines = csv_lines(calls_of(evaluated.evaluation_round))
    rows = [dict(zip(heads, line, strict=True)) for line in lines]
    assert [(row["单位名称"], row["现名"], row["称号现持有单位"]) for row in rows] == [
        (first, THIRD, ""), (late, "", ""),
    ]  # fmt: skip
    call = EvaluationCall.objects.get(application__isnull=False)
    assert (call.announced_name, call.application and call.application.announced_name) == (first, first)


def test_list_tells_to_whom_a_title_passed(cast: Cast, evaluated: Batch, clock: Clock) -> None:
    first, successor = cast.enterprises[0].name, cast.enterprises[2]
    clock.advance(days=1)
    title = Title.objects.get(number="SHETC-T-2024-00000")
    split(cast, title, clock)
    shown = announcement_text()
    assert f"{first} 称号现由{successor.name}持有 称号编号 SHETC-T-2024-00000" in shown
    assert "现名" not in shown
    taken_over()
    call = EvaluationCall.objects.get(title=title)
    assert (call.announced_holder, call.announced_name) == (cast.enterprises[0], first)


def split(cast: Cast, title: Title, clock: Clock) -> None:
    """Titles go to the third enterprise by a split of the first one."""
    case = made.opened(cast, ChangeKind.SPLIT, at=clock.at)
    case = made.led_to(case, ChangeState.UNDER_CONFIRMATION, cast, at=clock.at)
    successor = cast.enterprises[2].uscc
    Title.objects.filter(holder=cast.enterprises[2]).delete()
    outcomes = {row.number: ("passes", successor) for row in Title.objects.filter(holder=title.holder)}
    said = {"outcomes": outcomes, "reasons": "承继单位具备研发条件。"}
    door.perform(case, "put_succession_forward", by=cast.office, at=clock.at, form=said)
    door.perform(case, "confirm_succession", by=cast.publisher, at=clock.at, form=made.confirmation(clock.at))


def taken_over() -> None:
    """What the migration does to rows from before: names and holders found in the history."""
    Application.objects.exclude(announced_name="").update(announced_name="?")
    wrong = Enterprise.objects.order_by("pk").last()
    EvaluationCall.objects.exclude(announced_name="").update(announced_name="?", announced_holder=wrong)
    migration = import_module("accreditation.migrations.0051_announced_names")
    migration.fill(apps, SimpleNamespace(connection=connection))


def test_migration_finds_the_names_of_the_day_in_the_history(cast: Cast, noticed: Case, clock: Clock) -> None:
    rename(cast, SECOND, clock)
    clock.advance(days=30)
    tick(clock.at)
    announce(cast, [noticed], clock)
    taken_over()
    assert Application.objects.get(case=noticed).announced_name == SECOND  # today's, as none was given up since
    rename(cast, THIRD, clock)
    rename(cast, "上海示例第四名称有限公司", clock)
    taken_over()
    assert Application.objects.get(case=noticed).announced_name == SECOND
    with connection.cursor() as cursor:  # as the constraints that follow: no check of the rows is put off
        cursor.execute("ALTER TABLE accreditation_application ADD COLUMN tried integer")


def test_what_is_announced_has_a_name_in_the_database(cast: Cast, evaluated: Batch) -> None:
    announced = Application.objects.filter(announcement__isnull=False)
    calls = EvaluationCall.objects.filter(announcement__isnull=False)
    assert (announced.count(), calls.count()) == (1, 2)
    for rows, values in (
        (announced, {"announced_name": ""}),
        (calls, {"announced_name": ""}),
        (calls, {"announced_holder": None}),
        (calls, {"announcement": None}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


@pytest.mark.parametrize("part", ["智能装备", "第二名称", "第三名称"])
def test_register_finds_a_holder_by_every_name_it_bore(cast: Cast, clock: Clock, part: str) -> None:
    first = cast.enterprises[0].name
    names = [one for one in (first, SECOND) if part in one]
    rename(cast, SECOND, clock)
    rename(cast, THIRD, clock)
    address = f"{reverse('centres')}?words={part}"
    shown = text_of(address)
    assert THIRD in shown
    assert [f"曾用名：{one}" in shown for one in (first, SECOND)] == [first in names, SECOND in names]
    assert f"formerly: {names[0]}" in text_of(address, "en") if names else "formerly" not in text_of(address, "en")
    exported = Client().get(f"{reverse('centres_csv')}?words={part}").content.decode("utf-8-sig")
    assert THIRD in exported
    assert THIRD not in text_of(f"{reverse('centres')}?words=从未用过的名称")


def test_dossier_tells_the_announced_name(cast: Cast, evaluated: Batch, clock: Clock) -> None:
    first = cast.enterprises[0].name
    rename(cast, SECOND, clock)
    case = Case.objects.get(application__evaluation_call__isnull=False)
    parts = {part.path: part.content for part in tables(anchors_of(case), [])}
    for path in ("application", "title/evaluation-calls"):
        rows = csv.DictReader(io.StringIO(parts[f"{path}.csv"].decode("utf-8-sig")))
        assert [row["公布时的名称"] for row in rows] == [first], path


def test_cultivation_list_keeps_the_name_of_its_release(cast: Cast, clock: Clock) -> None:
    listed(cast)
    release_list(document="示例市创新〔2026〕9号", by=cast.publisher, at=clock.at)
    first = cast.enterprises[0].name
    assert "现名" not in text_of(reverse("cultivation"))
    for name in (SECOND, THIRD):
        rename(cast, name, clock)
        assert f"{first} 现名：{name} " in text_of(reverse("cultivation"))
    assert "now: Another Name" in text_of(reverse("cultivation"), "en")


def test_desk_finds_a_title_by_an_earlier_name(cast: Cast, clock: Clock) -> None:
    first = cast.enterprises[0].name
    rename(cast, SECOND, clock)
    for name in (first, SECOND):
        found = matching_titles(Title.objects.all(), words=name)
        assert [title.holder for title in found] == [cast.enterprises[0]], name


def test_desks_and_inbox_find_a_case_by_an_earlier_name(cast: Cast, clock: Clock) -> None:
    first, case = cast.enterprises[0].name, filed_case(cast)
    rename(cast, SECOND, clock)
    for name, found in ((first, [case.number]), (SECOND, [case.number]), ("从未用过的名称", [])):
        rows = Case.objects.filter(pk=case.pk)
        assert [row.number for row in desks.narrowed(rows, words=name)] == found
        assert [row.number for row in narrowed(rows, words=name)] == found
        items, _total = inbox(cast.pudong, calendar=current_calendar(), at=clock.at, words=name)
        assert [item.case.number for item in items] == found


def test_correction_names_whom_the_announcement_lists(cast: Cast, evaluated: Batch, clock: Clock) -> None:
    first, late = cast.enterprises[0].name, cast.enterprises[1].name
    rename(cast, SECOND, clock)
    assert [name for _title, name in listed_in(Announcement.objects.get())] == [first, late]

"""The register of standings: texts judged, entered by one, confirmed by another, ended; the database holds the line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accreditation.acts import Replayed
from accreditation.audit import verify_chain
from accreditation.enums import StandingState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Enterprise, Lender, Standing
from accreditation.seeds.standings import catalogue
from accreditation.selectors.standings import (
    answers,
    counted_for,
    entries_asked,
    faults_for,
    standings,
    standings_of,
    stands,
    stands_on,
    weighed,
)
from accreditation.services.standing_texts import HEADINGS, heading_names, read_grant, vocabularies
from accreditation.services.standings import confirm_entry, drop_entry, end_standing, propose_standing
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.standings import STRANGER, USCC, confirmed, standing_texts

ON = date(2026, 3, 2)


# --- texts ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"kind": ""}, "kind", "empty"),
        ({"kind": "重点试验室"}, "kind", "unknown"),
        ({"level": "group"}, "level", "no_such_level"),
        ({"holder_uscc": "91310000MA1FL0007D"}, "holder_uscc", "uscc_check"),
        ({"holder_uscc": "91310000MAIFL0007C"}, "holder_uscc", "uscc_character"),
        ({"holder_name": ""}, "holder_name", "empty"),
        ({"holder_name": "长" * 121}, "holder_name", "long"),
        ({"year": ""}, "year", "empty"),
        ({"year": "1977"}, "year", "year"),
        ({"year": "2027"}, "year", "year"),
        ({"year": "二〇二一"}, "year", "year"),
        ({"year": "2022", "valid_from": "2021-05-01"}, "year", "year_after"),
        ({"valid_from": "2021/5-1"}, "valid_from", "day"),
        ({"valid_from": "2021-05-02", "valid_until": "2021-05-01"}, "valid_until", "backwards"),
        ({"kind": "backbone_enterprise"}, "industry", "no_industry"),
        ({"industry": "steel"}, "industry", "unknown"),
        ({"source": ""}, "source", "empty"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "url"),
        ({"source_url": "https://[bad"}, "source_url", "url"),
        ({"confidence": "sure"}, "confidence", "unknown"),
    ],
)
@pytest.mark.django_db
def test_each_fault_names_its_column(changed: dict[str, str], column: str, code: str) -> None:
    grant, faults = read_grant(standing_texts(**changed), on=ON)
    assert grant is None
    assert (column, code) in [(fault.place, fault.code) for fault in faults]
    assert all(str(fault) for fault in faults)


def test_all_faults_of_one_entry_come_at_once() -> None:
    _grant, faults = read_grant(standing_texts(kind="", year="1900", source_url="x"), on=ON)
    assert {fault.place for fault in faults} == {"kind", "year", "source_url"}


def test_names_and_codes_mean_the_same_and_the_year_may_come_from_the_day() -> None:
    said = standing_texts(kind="重点实验室", level="Municipal", district="浦东新区", confidence="已查到原文")
    named, _ = read_grant(said | {"year": "", "valid_from": "2021年5月1日"}, on=ON)
    coded, _ = read_grant(standing_texts(valid_from="2021-05-01"), on=ON)
    assert named == coded
    assert coded is not None
    assert (coded.year, coded.valid_from) == (2021, date(2021, 5, 1))


def test_no_way_to_write_a_value_or_heading_means_two_things() -> None:
    assert set(heading_names().values()) == set(HEADINGS)
    assert len(heading_names()) == 3 * len(HEADINGS)  # code, Chinese, English, all different
    same = {"derived", "unknown"}  # marks whose code is their English name
    for column, ways in vocabularies().items():
        for code in set(ways.values()):
            written = [way for way, meant in ways.items() if meant == code]
            assert len(written) == (2 if column == "confidence" and code in same else 3), (column, code)


# --- entering, confirming, ending -----------------------------------------------------------------------------------
@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_an_entry_counts_only_once_a_second_person_confirmed_it(cast: Cast, clock: Clock) -> None:
    row = propose_standing(standing_texts(), by=cast.office, at=clock.at)
    assert standings_of(USCC) == []
    with pytest.raises(Denied):
        confirm_entry(row, by=cast.office, at=clock.at)
    confirm_entry(row, by=cast.publisher, at=clock.at)
    assert [one.number for one in standings_of(USCC)] == [row.number]
    fresh = Standing.objects.get()
    assert (fresh.state, fresh.entered_by, fresh.settled_by) == ("confirmed", cast.office, cast.publisher)
    assert verify_chain(fresh) == []
    assert AuditEvent.objects.get(chain=f"standing:{row.number}").verb == "confirm_standings"
    with pytest.raises(AlreadyDone):
        confirm_entry(row, by=cast.publisher, at=clock.at)


@pytest.mark.django_db
def test_who_acts_for_its_keeper_confirms_no_entry(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    row = propose_standing(standing_texts(), by=cast.office, at=clock.at)
    monkeypatch.setattr("accreditation.services.standings.has_power", lambda *_asked: True)
    cast.publisher.stands_in_for = Lender(0, cast.office.pk, str(cast.office))
    with pytest.raises(Denied):
        confirm_entry(row, by=cast.publisher, at=clock.at)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["stranger", "pudong", "publisher", "operator", "auditor"])
def test_only_the_office_enters_and_ends(cast: Cast, clock: Clock, who: str) -> None:
    with pytest.raises(Denied):
        propose_standing(standing_texts(), by=cast.people[who], at=clock.at)
    row = confirmed(cast.office, cast.publisher, clock.at)
    with pytest.raises(Denied):
        end_standing(row, ended_on=clock.at.date(), reason="已撤销", by=cast.people[who], at=clock.at)
    other = propose_standing(standing_texts(year="2020"), by=cast.office, at=clock.at)
    if who != "publisher":
        with pytest.raises(Denied):
            confirm_entry(other, by=cast.people[who], at=clock.at)
        with pytest.raises(Denied):
            drop_entry(other, reason="错", by=cast.people[who], at=clock.at)


@pytest.mark.django_db
def test_the_same_grant_is_entered_once_and_again_after_it_was_dropped(cast: Cast, clock: Clock) -> None:
    row = propose_standing(standing_texts(), by=cast.office, at=clock.at, request_key="s-1")
    with pytest.raises(Replayed):
        propose_standing(standing_texts(), by=cast.office, at=clock.at, request_key="s-1")
    with pytest.raises(Refusal):
        propose_standing(standing_texts(source="另一份文件"), by=cast.office, at=clock.at)
    with pytest.raises(Refusal):
        drop_entry(row, reason="  ", by=cast.office, at=clock.at)
    with pytest.raises(Refusal):
        drop_entry(row, reason="长" * 301, by=cast.office, at=clock.at)
    drop_entry(row, reason="名称写错", by=cast.office, at=clock.at)
    again = propose_standing(standing_texts(), by=cast.office, at=clock.at)
    assert Standing.objects.get(pk=row.pk).remark == "名称写错"
    assert list(standings({})) == [again]
    assert list(standings({"state": "dropped"})) == [row]


@pytest.mark.django_db
def test_an_ended_standing_stood_until_its_end(cast: Cast, clock: Clock) -> None:
    row = confirmed(cast.office, cast.publisher, clock.at)
    last = clock.at.date() - timedelta(days=10)
    for day in (date(2020, 12, 31), clock.at.date() + timedelta(days=1)):
        with pytest.raises(Refusal):
            end_standing(row, ended_on=day, reason="撤销", by=cast.office, at=clock.at)
    end_standing(row, ended_on=last, reason="主管部门撤销", by=cast.office, at=clock.at)
    for day, holds in ((last - timedelta(days=1), True), (last, False), (date(2020, 12, 31), False)):
        assert Standing.objects.filter(stands_on(day)).exists() == holds
        assert stands(Standing.objects.get(), day) == holds
    assert verify_chain(Standing.objects.get()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        lambda row: {"settled_by": row.entered_by},
        lambda row: {"settled_by": None},
        lambda row: {"state": "sure"},
        lambda row: {"level": "galactic"},
        lambda row: {"ended_on": date(2026, 1, 1)},
        lambda row: {"state": StandingState.ENDED},
        lambda row: {"valid_from": date(2026, 1, 2), "valid_until": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_what_no_service_would_write(
    cast: Cast, clock: Clock, broken: Callable[[Standing], dict[str, Any]]
) -> None:
    row = confirmed(cast.office, cast.publisher, clock.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.filter(pk=row.pk).update(**broken(row))
    with pytest.raises(ProtectedError):
        cast.office.delete()


@pytest.mark.django_db
def test_a_registered_code_that_fails_its_check_was_accepted_before(cast: Cast, clock: Clock) -> None:
    odd = "91310000MA1FL0007D"
    said = standing_texts(holder_uscc=odd)
    with pytest.raises(Refusal):
        propose_standing(said, by=cast.office, at=clock.at)
    Enterprise.objects.filter(uscc=USCC).update(uscc=odd, uscc_override="执照原件核对一致")
    assert propose_standing(said, by=cast.office, at=clock.at).holder_uscc == odd


# --- what it answers ------------------------------------------------------------------------------------------------
CONDITIONS: list[tuple[str, dict[str, Any], list[str]]] = [  # figure of 2025, entry, conditions that it does not meet
    ("platforms_national", {"level": "national"}, []),
    ("platforms_national", {"level": "municipal"}, ["level"]),
    ("platforms_provincial", {"level": "national"}, ["level"]),
    ("platforms_provincial_up", {"year": 2025, "valid_from": date(2025, 12, 31)}, []),
    ("platforms_provincial_up", {"year": 2026}, ["later"]),
    ("platforms_provincial_up", {"valid_from": date(2021, 1, 1), "valid_until": date(2025, 12, 31)}, []),
    ("platforms_provincial_up", {"valid_from": date(2021, 1, 1), "valid_until": date(2025, 12, 30)}, ["expired"]),
    ("platforms_national", {"year": 2026, "level": "municipal"}, ["level", "later"]),
    ("national_special_projects_2y", {"kind": "special_project", "level": "national", "year": 2024}, []),
    ("national_special_projects_2y", {"kind": "special_project", "level": "national", "year": 2023}, ["year"]),
    ("national_special_projects_2y", {"kind": "special_project", "year": 2026}, ["level", "year"]),
]


@pytest.mark.parametrize(("code", "changed", "faults"), CONDITIONS)
def test_each_condition_of_a_figure_is_told(code: str, changed: dict[str, Any], faults: list[str]) -> None:
    said: dict[str, Any] = {"kind": "key_laboratory", "level": "municipal", "year": 2021} | changed
    row, field = Standing(state=StandingState.CONFIRMED, **said), catalogue().fields[code]
    assert list(faults_for(field, 2025, row)) == faults
    assert counted_for(field, 2025, [row]) == ([] if faults else [row])


@pytest.mark.django_db
def test_ended_and_unconfirmed_entries_do_not_count(cast: Cast, clock: Clock) -> None:
    field = catalogue().fields["platforms_provincial_up"]
    row = confirmed(cast.office, cast.publisher, clock.at)
    end_standing(row, ended_on=date(2026, 1, 1), reason="已撤销", by=cast.office, at=clock.at)
    row = Standing.objects.get(pk=row.pk)
    assert list(faults_for(field, 2025, row)) == []  # it still stood on the last day of the year
    assert list(faults_for(field, 2026, row)) == ["ended"]
    waiting = propose_standing(standing_texts(year="2020"), by=cast.office, at=clock.at)
    assert entries_asked(USCC, ["revenue_main"]) == {}
    assert list(faults_for(field, 2025, waiting)) == ["unconfirmed"]
    assert entries_asked(USCC, ["platforms_provincial_up"]) == {"platforms_provincial_up": [row, waiting]}
    drop_entry(waiting, reason="重复", by=cast.office, at=clock.at)
    assert entries_asked(USCC, ["platforms_provincial_up"]) == {"platforms_provincial_up": [row]}


@pytest.mark.django_db
def test_figures_are_answered_by_kind_level_and_year(cast: Cast, clock: Clock, django_assert_num_queries: Any) -> None:
    """Two platforms stand at the end of 2025; projects count for two years; another holder's never count."""

    def enter(**changed: str) -> None:
        confirmed(cast.office, cast.publisher, clock.at, **changed)

    enter()
    enter(kind="engineering_centre", level="national", name="示例国家工程研究中心")
    enter(kind="engineering_centre", name="已到期的中心", valid_from="2021-01-01", valid_until="2025-12-30")
    enter(kind="key_laboratory", name="明年的实验室", year="2026")
    enter(kind="special_project", level="national", name="专项一", year="2024")
    enter(kind="special_project", level="national", name="专项二", year="2025")
    enter(kind="special_project", level="national", name="三年前的专项", year="2023")
    enter(kind="special_project", name="市级专项", year="2025")
    enter(holder_uscc=STRANGER)
    asked = {"platforms_provincial_up": 2025, "platforms_national": 2025, "national_special_projects_2y": 2025}
    with django_assert_num_queries(1):
        found = answers(USCC, asked | {"revenue_main": 2025})
    assert {code: [row.name for row in rows] for code, rows in found.items()} == {
        "platforms_provincial_up": ["示例国家工程研究中心", "示例智能装备重点实验室"],
        "platforms_national": ["示例国家工程研究中心"],
        "national_special_projects_2y": ["专项二", "专项一"],
    }


@pytest.mark.django_db
def test_a_platform_recognised_anew_is_one_platform(cast: Cast, clock: Clock) -> None:
    """Two entries of one laboratory that stand at once are one; of another level, or without a name, they are two."""
    field = catalogue().fields["platforms_provincial_up"]
    for changed in ({"year": "2021"}, {"year": "2024", "reference": "B-2"}, {"year": "2022", "level": "national"}):
        confirmed(cast.office, cast.publisher, clock.at, **changed)
    for number in ("C-1", "C-2"):
        confirmed(cast.office, cast.publisher, clock.at, kind="engineering_centre", name="", reference=number)
    held = standings_of(USCC)
    assert [row.reference for row in counted_for(field, 2025, held)] == ["B-2", "", "C-1", "C-2"]
    assert [row.year for row, faults in weighed(field, 2025, held) if faults == ["double"]] == [2021]
    assert [row.year for row in counted_for(field, 2023, held) if row.level == "municipal" and row.name] == [2021]

"""The plan: shipped data that agree with the rule sets, counts of the registers apart from entered figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.errors import Denied, Refusal
from accreditation.models import PlanFigure, PlanTarget, Title
from accreditation.seeds.plan import PLACE as PLAN
from accreditation.seeds.plan import city_plan, read_plan
from accreditation.seeds.reference import PROGRAMMES
from accreditation.seeds.standings import PLACE, catalogue, read_catalogue
from accreditation.selectors.plan import Progress, granted_by_year, in_force, progress
from accreditation.services.plan import create_plan, enter_figure
from criteria.fields import Kind
from criteria.figures import Confidence
from criteria.loading import load
from criteria.rulefile import read_text
from criteria.units import UNITS
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending import make_national, parent_title
from tests.factories.standings import STRANGER, USCC, confirmed

ROOT = Path(__file__).parents[2]
# What sets up the further designations of the plan: 五、2.(3).
DESIGNATIONS = (
    ROOT / "accreditation/seeds/designations/ip_advantage_enterprise.yaml",
    ROOT / "workflows/demo/patent_new_product.yaml",
)
SETS = ("shanghai_municipal_centre/2022-demo", "national_centre/2016-demo", "demo/2026")


# --- what is shipped ------------------------------------------------------------------------------------------------
def test_every_figure_that_a_kind_answers_is_a_count_of_a_form() -> None:
    """A field that no form asks for, or that is no count of units, would question nothing or nonsense."""
    asked = {spec.code: spec for ref in SETS if (form := load(ref).form) for spec in form.table}
    for code in catalogue().fields:
        assert code in asked, f"{code} is a field of no form"
        assert (asked[code].kind, asked[code].unit) == (Kind.INTEGER, "unit"), code


def test_levels_and_kinds_of_the_mapping_exist() -> None:
    found = catalogue()
    for entry in found.fields.values():
        for kind in entry.kinds:
            assert set(found.kinds[kind].levels) & set(entry.levels), (entry.field, kind)


def test_platforms_of_the_catalogue_are_what_the_figure_of_platforms_counts() -> None:
    found = catalogue()
    platforms = {code for code, kind in found.kinds.items() if kind.platform}
    assert platforms == set(found.fields["platforms_provincial_up"].kinds)


def test_targets_name_known_programmes_kinds_units_and_marks() -> None:
    programmes = {entry.code for entry in PROGRAMMES}
    texts = {path.name: path.read_text(encoding="utf-8") for path in DESIGNATIONS}
    programmes |= {read_text(text, name).content["designation"]["code"] for name, text in texts.items()}
    for entry in city_plan().targets.values():
        assert entry.unit in UNITS
        assert entry.target > 0
        if entry.counts:
            assert set(entry.counts.titles) <= programmes
            assert set(entry.counts.standings) <= catalogue().kinds.keys()
            assert not entry.counts.yearly or all(catalogue().kinds[kind].yearly for kind in entry.counts.standings)
    assert all(Confidence(row.confidence) for row in city_plan().figures)


@pytest.mark.parametrize(
    ("code", "target", "in_2010"),
    [
        ("L10", 10, None), ("L100", 100, 3), ("L1000", 1000, None), ("P20", 20, None), ("N20", 20, None),
        ("F400", 400, 319), ("T100", 100, None), ("D100", 100, None), ("IP100", 100, None),
        ("S20", 20, None), ("ST1", Fraction(3, 2), Fraction(85, 100)),
        ("ST2", Fraction(9, 5), 1), ("ST3", 50, 45), ("ST4", 60, 42), ("ST5", 600, 323), ("ST6", 3000, 600),
        ("ST7", 30000, 16000), ("ST8", 30, 23), ("ST9", 10000, 6867),
    ],
)  # fmt: skip
def test_targets_are_those_of_the_plan(code: str, target: Any, in_2010: Any) -> None:
    """Typed a second time from the plan's text and table."""
    assert city_plan().targets[code].target == target
    known = [Fraction(row.value) for row in city_plan().figures if (row.target, row.year) == (code, 2010)]
    assert known == ([] if in_2010 is None else [in_2010])


@pytest.mark.parametrize(
    ("read", "place", "old", "new"),
    [
        (read_catalogue, PLACE, "kinds: [accredited_laboratory", "kinds: [no_such_kind"),
        (read_catalogue, PLACE, "code: biology", "code: energy"),
        (read_plan, PLAN, "group: tasks", "group: no_such_group"),
        (read_plan, PLAN, "{target: ST9", "{target: ST99"),
    ],
)
def test_data_that_contradict_themselves_are_refused(read: Any, place: Any, old: str, new: str) -> None:
    text = place.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError, match=r"\w"):
        read(text.replace(old, new))


# --- counting -------------------------------------------------------------------------------------------------------
@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, panel=1, committee=1)
    create_plan(clock.at)
    return cast


def found(clock: Clock) -> dict[str, Progress]:
    return {one.entry.code: one for one in progress(clock.at.date())}


@pytest.mark.django_db
@pytest.mark.slow
def test_titles_and_standings_count_where_the_plan_says(cast: Cast, clock: Clock) -> None:
    def enter(kind: str, **changed: str) -> None:
        confirmed(cast.office, cast.publisher, clock.at, kind=kind, **changed)

    enter("backbone_enterprise", industry="materials")
    enter("backbone_enterprise", industry="energy", year="2022")  # the same holder counts once
    enter("backbone_enterprise", industry="energy", holder_uscc=STRANGER)
    enter("demonstration_enterprise")
    enter("key_laboratory", level="national", year="2010")  # before the plan
    enter("engineering_centre", level="national", year="2012")
    enter("engineering_centre", year="2013")  # municipal
    enter("key_task", year=str(clock.at.year))
    enter("key_task", year=str(clock.at.year - 1))
    make_national(cast, branch=True, quota=None)  # every holder has the municipal title
    national = parent_title(cast, 0)
    national.pk, national.number, national.programme_id = None, "NETCB-T-2019-00001", "national_branch_centre"
    parent_title(cast, 1)
    national.save()
    counts = {code: one.count for code, one in found(clock).items()}
    districts = Title.objects.filter(programme="district_centre").count()
    assert districts == 3
    assert {code: count for code, count in counts.items() if count is not None} == {
        "L10": 0, "L100": 1, "L1000": 2, "ST4": 3, "ST5": len(cast.enterprises), "ST6": districts,
        "F400": 0, "P20": 0, "N20": 1,
        "T100": 1, "D100": 0, "IP100": 0,
    }  # fmt: skip
    assert [code for code, count in counts.items() if count is None] == [
        "S20",
        "ST1",
        "ST2",
        "ST3",
        "ST7",
        "ST8",
        "ST9",
    ]


@pytest.mark.django_db
@pytest.mark.slow
def test_a_demonstration_enterprise_by_title_and_by_entry_is_one(cast: Cast, clock: Clock) -> None:
    confirmed(cast.office, cast.publisher, clock.at, kind="demonstration_enterprise")
    title = Title.objects.get(holder__uscc=USCC, programme="district_centre")
    programme = type(title.programme).objects.create(
        code="demonstration_national", level="national", name_zh="国家技术创新示范企业",
        name_en="Demonstration enterprise", granted_by=title.programme.granted_by, number_prefix="NTIDE",
    )  # fmt: skip
    Title.objects.filter(pk=title.pk).update(programme=programme)
    one = found(clock)["L100"]
    assert one.held is not None
    assert (len(one.held), one.count) == (2, 1)
    Title.objects.filter(pk=title.pk).update(valid_until=clock.at.date() - timedelta(days=1))
    assert len(found(clock)["L100"].held or ()) == 2  # what the nation granted ends by an order only
    Title.objects.filter(pk=title.pk).update(state="revoked")
    assert len(found(clock)["L100"].held or ()) == 1


@pytest.mark.django_db
@pytest.mark.slow
def test_titles_of_further_designations_count_in_the_year_of_their_grant(cast: Cast, clock: Clock) -> None:
    confirmed(cast.office, cast.publisher, clock.at, kind="patent_new_product", year=str(clock.at.year))
    title = Title.objects.get(holder__uscc=USCC, programme="district_centre")
    for code, prefix in (("patent_new_product", "SHPNP"), ("ip_advantage_enterprise", "SHIPA")):
        programme = type(title.programme).objects.create(
            code=code, level="municipal", name_zh=code, name_en=code, number_prefix=prefix,
            granted_by=title.programme.granted_by,
        )  # fmt: skip
        granted = {"granted_on": clock.at.date(), "valid_from": clock.at.date()}
        Title.objects.filter(pk=title.pk).update(programme=programme, **granted)
        counts = {one: found(clock)[one].count for one in ("D100", "IP100")}
        assert counts == {"D100": 2, "IP100": 0} if code == "patent_new_product" else {"D100": 1, "IP100": 1}


@pytest.mark.django_db
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(cast: Cast, clock: Clock, django_assert_num_queries: Any) -> None:
    for year in ("2018", "2019", "2020"):
        with django_assert_num_queries(6):
            progress(clock.at.date())
        confirmed(cast.office, cast.publisher, clock.at, kind="leading_enterprise", year=year)


@pytest.mark.django_db
@pytest.mark.slow
def test_titles_are_counted_by_the_year_of_their_grant(cast: Cast) -> None:
    years = dict.fromkeys(Title.objects.values_list("programme_id", "granted_on__year"))
    assert granted_by_year().keys() == years.keys()
    assert sum(granted_by_year().values()) == Title.objects.count()


@pytest.mark.django_db
def test_the_plan_is_loaded_once_and_keeps_what_was_entered(clock: Clock) -> None:
    assert create_plan(clock.at) == 19
    PlanTarget.objects.filter(pk="ST5").update(value=Decimal(650))
    assert create_plan(clock.at) == 0
    assert (PlanTarget.objects.get(pk="ST5").value, PlanFigure.objects.count()) == (650, len(city_plan().figures))


@pytest.mark.django_db
@pytest.mark.slow
def test_figures_are_entered_by_the_office_once_and_shown_apart(cast: Cast, clock: Clock) -> None:
    target = PlanTarget.objects.get(pk="ST5")
    said = {"year": 2025, "value": Decimal(800), "source": "统计公报", "source_url": "", "confidence": "found"}
    with pytest.raises(Denied):
        enter_figure(target, said, by=cast.publisher, at=clock.at)
    enter_figure(target, said, by=cast.office, at=clock.at)
    with pytest.raises(Refusal):
        enter_figure(target, said, by=cast.office, at=clock.at)
    one = found(clock)["ST5"]
    assert (one.count, [row.year for row in one.figures]) == (0, [2025, 2022, 2010])
    assert one.target.year == 2015
    assert date(one.target.year, 1, 1) < clock.at.date()


@pytest.mark.django_db
@pytest.mark.slow
def test_a_platform_entered_twice_counts_once_and_a_yearly_task_each_time(
    settings: LazySettings, clock: Clock, django_assert_num_queries: Any
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, panel=1, committee=1)
    for code in ("2014", "2023"):
        confirmed(cast.office, cast.publisher, clock.at, kind="innovation_platform", name="示例 平台", year=code)
        confirmed(cast.office, cast.publisher, clock.at, kind="key_task", name="示例任务", reference=code, year="2026")
    with django_assert_num_queries(4):
        held = [row for row in in_force(clock.at.date()) if row.source == "standings"]
    assert sorted((row.kind, row.year) for row in held) == [
        ("innovation_platform", 2023), ("key_task", 2026), ("key_task", 2026),
    ]  # fmt: skip

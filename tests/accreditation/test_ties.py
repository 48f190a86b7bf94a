"""Ties: each kind is found with its source, an ended one counts for the batch's years, others bar nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accreditation.enums import TieKind
from accreditation.models import Application, Batch, Case, Link, Member, Tie
from accreditation.services.evaluation import draft_facts
from accreditation.services.ties import ties_between, ties_of, years_before
from criteria.facts import AnnexRow
from tests.clock import Clock
from tests.factories.cast import CODES, Cast, filed_case, make_cast, with_material
from workflows import door
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OTHER = "91310000MA1FL00232"
PATENT = "201510012345"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=2, committee=0)


@pytest.fixture
def application(cast: Cast) -> Application:
    return Application.objects.get(case=filed_case(cast))


def tie(cast: Cast, kind: TieKind, **values: Any) -> Tie:
    """A tie of the first expert to the applicant."""
    usual = {
        "expert": cast.experts[0], "kind": kind, "uscc": cast.enterprises[0].uscc, "source": "年度申报表",
        "enterprise_name": cast.enterprises[0].name, "recorded_by": cast.office, "recorded_at": cast.at,
    }  # fmt: skip
    return Tie.objects.create(**(usual | values))


def link(cast: Cast, kind: str, *, turned: bool = False) -> Link:
    """The applicant and a firm that is so much to it; `turned` as the firm's own register has it."""
    ends = (cast.enterprises[0].uscc, OTHER)
    uscc, other = ends[::-1] if turned else ends
    return Link.objects.create(
        uscc=uscc, other_uscc=other, other_name="示例控股", kind=kind, source="公示系统股东信息",
        recorded_by=cast.office, recorded_at=cast.at,
    )  # fmt: skip


def found(cast: Cast, application: Application, on: date = date(2026, 6, 1)) -> list[tuple[str, str]]:
    return [(one.kind, str(one)) for one in ties_between(cast.experts[0], application, on=on)]


def test_expert_without_a_record_has_no_tie(cast: Cast, application: Application) -> None:
    assert found(cast, application) == []


@pytest.mark.parametrize("kind", list(TieKind))
def test_recorded_tie_is_found_with_kind_and_source(cast: Cast, application: Application, kind: TieKind) -> None:
    tie(cast, kind)
    assert found(cast, application) == [(kind, f"{kind.label}（来源：年度申报表）")]


def test_declared_tie_says_that_the_expert_declared_it(cast: Cast, application: Application) -> None:
    tie(cast, TieKind.RELATIVE, is_declared=True, source="配偶任财务总监")
    assert found(cast, application)[0][1] == "近亲属任职或持股（来源：专家本人申报，配偶任财务总监）"


def test_tie_of_another_expert_to_another_firm_or_withdrawn_is_none(cast: Cast, application: Application) -> None:
    tie(cast, TieKind.CONSULTANCY, uscc=OTHER)
    tie(cast, TieKind.CONSULTANCY, expert=cast.experts[1])
    tie(cast, TieKind.CONSULTANCY, withdrawn_at=cast.at, withdrawn_by=cast.office, withdrawn_for="登记有误")
    assert found(cast, application) == []


@pytest.mark.parametrize(("until", "counts"), [("2023-06-01", True), ("2023-05-31", False), (None, True)])
def test_ended_tie_counts_for_the_years_of_the_batch(
    cast: Cast, application: Application, until: str | None, counts: bool
) -> None:
    tie(cast, TieKind.CONSULTANCY, until=until and date.fromisoformat(until))
    assert bool(found(cast, application)) is counts


def test_years_come_from_the_rule_set_of_the_batch(cast: Cast, application: Application) -> None:
    assert cast.batch.tie_years == 3
    tie(cast, TieKind.CONSULTANCY, until=date(2022, 1, 1))
    Batch.objects.filter(pk=cast.batch.pk).update(tie_years=5)
    assert len(found(cast, Application.objects.get(pk=application.pk))) == 1
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


@pytest.mark.parametrize(("code", "name"), [("91310000MA1FL0007C", "改名前的单位"), ("", "上海示例智能装备 有限公司")])
def test_employer_is_known_by_code_or_by_name(cast: Cast, application: Application, code: str, name: str) -> None:
    profile = cast.experts[0].expert
    profile.employer, profile.employer_uscc = name, code
    profile.save()
    assert found(cast, application) == [("employer", "任职于该单位（来源：专家库登记的工作单位）")]


@pytest.mark.parametrize(
    ("uscc", "name"), [("", "上海示例智能装备 有限公司"), (CODES[0], "改名前的单位"), (OTHER, "控股")]
)
def test_former_employer_is_known_by_code_name_and_link(
    cast: Cast, application: Application, uscc: str, name: str
) -> None:
    tie(cast, TieKind.PAST_EMPLOYER, uscc=uscc, enterprise_name=name, until=date(2026, 3, 31))
    if uscc == OTHER:
        assert found(cast, application) == []
        link(cast, "shareholder")
    (only,) = found(cast, application)
    assert "曾任职（至 2026-03-31）" in only[1]
    assert found(cast, application, on=date(2029, 4, 1)) == []


@pytest.mark.parametrize(
    ("kind", "turned", "words"),
    [
        ("shareholder", False, "股东"),
        ("subsidiary", True, "股东"),
        ("affiliate", True, "关联企业"),
        ("subsidiary", False, "子公司"),
    ],
)
def test_employer_that_is_linked_to_the_applicant_is_a_tie(
    cast: Cast, application: Application, kind: str, turned: bool, words: str
) -> None:
    profile = cast.experts[0].expert
    profile.employer, profile.employer_uscc = "示例控股", OTHER
    profile.save()
    assert found(cast, application) == []
    link(cast, kind, turned=turned)
    assert found(cast, application)[0][1] == f"工作单位示例控股是该单位的{words}（来源：公示系统股东信息）"


def test_shares_of_a_linked_firm_are_a_tie_and_its_consultancy_is_not(cast: Cast, application: Application) -> None:
    link(cast, "shareholder")
    tie(cast, TieKind.SHAREHOLDING, uscc=OTHER, enterprise_name="示例控股")
    tie(cast, TieKind.CONSULTANCY, uscc=OTHER, enterprise_name="示例控股")
    kinds = found(cast, application)
    assert [kind for kind, _text in kinds] == [TieKind.SHAREHOLDING]
    assert kinds[0][1] == "在示例控股持有股份，该企业是申报单位的股东（来源：年度申报表；公示系统股东信息）"


def test_member_of_the_enterprise_once_is_tied_for_ever(cast: Cast, application: Application) -> None:
    Member.objects.create(
        enterprise=cast.enterprises[0], user=cast.experts[0], state="ended", requested_at=cast.at, settled_at=cast.at
    )
    assert found(cast, application)[0][0] == "member"


# --- from the applicant's own annexes --------------------------------------------------------------------------------
def filed_with(cast: Cast, annexes: dict[str, list[dict[str, Any]]]) -> Application:
    """An application filed with these lines in its annexes."""
    by = cast.member0
    case: Case = open_application(cast.enterprises[0], cast.batch, by=by, at=cast.at)
    with_material(case, by, cast.at)
    upload = Application.objects.get(case=case).uploads.get()
    facts = draft_facts(Application.objects.get(case=case))
    assert facts is not None
    rows = {code: tuple(AnnexRow(n, line) for n, line in enumerate(lines, 1)) for code, lines in annexes.items()}
    upload.facts = type(facts)(facts.reporting_year, facts.figures, rows).to_json()
    upload.save()
    door.perform(case, "submit", by=by, at=cast.at, form={"declaration": True, "insists": True})
    return Application.objects.get(case=case)


def test_inventor_of_a_patent_that_the_applicant_reports_is_tied(cast: Cast) -> None:
    application = filed_with(cast, {"ip_rights": [{"number": "ZL 2015 1 0012345.6"}, {"number": "2020SR0000001"}]})
    tie(cast, TieKind.CO_INVENTOR, uscc="", enterprise_name="", patent=PATENT, source="专利公告")
    tie(cast, TieKind.CO_INVENTOR, uscc="", enterprise_name="", patent="201510099999", source="专利公告")
    text = "是申报单位所报专利 ZL 2015 1 0012345.6（附表第 1 行）的发明人（来源：专利公告）"
    assert found(cast, application) == [(TieKind.CO_INVENTOR, text)]


def test_name_among_inventors_and_external_experts_of_the_annexes_bars(cast: Cast) -> None:
    name = cast.experts[0].name
    application = filed_with(
        cast,
        {
            "ip_rights": [{"number": "201510012345", "inventors": f"甲示例；{name}、乙示例"}],
            "experts": [{"name": name, "kind": "senior"}, {"name": f" {name}", "kind": "external"}],
        },
    )
    assert {one.kind: str(one) for one in ties_between(cast.experts[0], application, on=date(2026, 6, 1))} == {
        TieKind.CONSULTANCY: "与申报材料专家表第 2 行的外部专家同名",
        TieKind.CO_INVENTOR: "与申报材料第 1 行专利 201510012345 的发明人同名",
    }
    assert ties_between(cast.experts[1], application, on=date(2026, 6, 1)) == []


def test_many_experts_cost_as_many_queries_as_one(cast: Cast, application: Application) -> None:
    for expert in cast.experts:
        tie(cast, TieKind.CONSULTANCY, expert=expert)
    people = [type(cast.office).objects.select_related("expert").get(pk=expert.pk) for expert in cast.experts]

    def queries(asked: list[Any]) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert all(ties_of(asked, application, on=date(2026, 6, 1)).values())
        return len(counted)

    queries(people)  # what belongs to the application is read with the first question
    assert queries(people[:1]) == queries(people) <= 4


@pytest.mark.parametrize(
    "values",
    [
        {"uscc": "", "patent": ""},
        {"kind": "friendship"},
        {"since": date(2026, 2, 1), "until": date(2026, 1, 1)},
        {"withdrawn_for": "", "withdrawn_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_database_refuses_half_a_tie(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        tie(cast, **({"kind": TieKind.OTHER} | values))

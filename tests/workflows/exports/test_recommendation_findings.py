"""The package holds what the city found: audited figures with reasons, initial score, conditions, departments."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from openpyxl import load_workbook

from accreditation.models import Application, Batch, Case, VerifiedValue
from criteria.evaluate import Evaluation
from criteria.exact import fixed_text
from tests.clock import Clock
from tests.factories import recommending as rec
from tests.factories.cast import Cast, make_cast
from workflows import door
from workflows.exports import recommendation_package
from workflows.exports.recommendation_findings import ANSWERS, CONDITIONS, FIGURES, SCORE
from workflows.exports.recommendation_package import FINDINGS, INDEX, SUMMARY, SUMS, write_package
from workflows.selectors.recommendations import packed, rankings_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "花名册与社保缴纳记录不符，核减三人"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr(recommendation_package, "read_file", lambda file: file.sha256.encode())
    return make_cast(clock.at)


@pytest.fixture
def decided(cast: Cast) -> tuple[Batch, Case]:
    """A recommended enterprise of which one figure was cut down."""
    batch = rec.make_national(cast)
    case = rec.filed(cast, batch, 0)
    year = batch.reporting_year
    cut = {"code": "rd_staff", "year": year, "value": Fraction(185), "reason": REASON}
    door.perform(case, "verify_value", by=cast.office, at=cast.at, form=cut)
    rec.score(cast, case, cast.at)
    rec.rank(cast, batch)
    rec.decide(cast, batch)
    return batch, case


@pytest.fixture
def package(decided: tuple[Batch, Case]) -> zipfile.ZipFile:
    batch, _case = decided
    stream = io.BytesIO()
    write_package(stream, rankings_of(batch), packed(batch))
    return zipfile.ZipFile(stream)


def lines(package: zipfile.ZipFile, name: str) -> list[list[Any]]:
    """Rows of the first sheet of the table that ends so."""
    path = next(one for one in package.namelist() if one.endswith(name))
    sheet = load_workbook(io.BytesIO(package.read(path))).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_figures_stand_as_reported_and_as_verified_with_the_reason(
    package: zipfile.ZipFile, decided: tuple[Batch, Case]
) -> None:
    heads, *rows = lines(package, f"/{FINDINGS}/{FIGURES}")
    batch, case = decided
    reported, counted, changed, reason = (
        heads.index(name) for name in ("申报数", "核定数", "是否核减或者更正", "核定理由")
    )
    cut = [row for row in rows if row[changed] == "是"]
    assert [(row[reported], row[counted], row[reason]) for row in cut] == [(188, 185, REASON)]
    assert cut[0][heads.index("年度")] == batch.reporting_year
    assert VerifiedValue.objects.filter(application__case=case).count() == 1
    assert len(rows) > 20
    assert all(row[reported] == row[counted] and not row[reason] for row in rows if row[changed] == "否")


def test_score_sheet_is_the_frozen_one(package: zipfile.ZipFile, decided: tuple[Batch, Case]) -> None:
    heads, *rows = lines(package, f"/{FINDINGS}/{SCORE}")
    score = Application.objects.get(case=decided[1]).initial_score
    found = Evaluation.from_json(score.evaluation)
    points = {row[heads.index("指标")]: row[heads.index("得分")] for row in rows if row[heads.index("指标")]}
    assert {trace.name_zh: fixed_text(trace.points, trace.places) for trace in found.indicators} == {
        name: points[name] for name in (trace.name_zh for trace in found.indicators)
    }
    assert rows[-1][0] == "合计"
    assert Fraction(rows[-1][heads.index("得分")]) == Fraction(score.total)
    assert any("185" in str(row[heads.index("代入核定数据")]) for row in rows)


def test_conditions_and_answers_of_departments_are_told(package: zipfile.ZipFile, decided: tuple[Batch, Case]) -> None:
    heads, *rows = lines(package, f"/{FINDINGS}/{CONDITIONS}")
    application = Application.objects.get(case=decided[1])
    reasons = {row[heads.index("核查意见")] for row in rows}
    assert application.gate_answers.exists()
    assert reasons >= set(application.gate_answers.values_list("reason", flat=True))
    assert {row[heads.index("核查结果")] for row in rows if row[heads.index("是否约束性")] == "是"} == {"符合"}
    _heads, *answers = lines(package, f"/{FINDINGS}/{ANSWERS}")
    assert len(answers) == application.consultations.count() == 4
    assert {tuple(row[1:4]) for row in answers} == {("无不同意见", "经查无异常", "示例函〔2026〕1号")}


def test_nobody_of_the_office_is_named(package: zipfile.ZipFile, cast: Cast) -> None:
    for name in (FIGURES, SCORE, CONDITIONS, ANSWERS):
        assert cast.office.name not in str(lines(package, name))


def test_summary_names_the_district(package: zipfile.ZipFile) -> None:
    heads, row = lines(package, SUMMARY)
    assert (row[heads.index("所在区")], row[heads.index("所在区代码")]) == ("浦东新区", "310115")


def test_index_and_sums_cover_every_file(package: zipfile.ZipFile) -> None:
    sums = dict(line.split("  ", 1)[::-1] for line in package.read(SUMS).decode().splitlines())
    assert sums.keys() == set(package.namelist()) - {SUMS}
    assert all(hashlib.sha256(package.read(name)).hexdigest() == digest for name, digest in sums.items())
    index = {row[0]: row[3] for row in csv.reader(io.StringIO(package.read(INDEX).decode("utf-8-sig")))}
    assert {name: index[name] for name in sums if name != INDEX} == {
        name: digest for name, digest in sums.items() if name != INDEX
    }


def test_the_same_papers_give_the_same_tables(decided: tuple[Batch, Case]) -> None:
    rankings = rankings_of(decided[0])
    first, second = (write_package(io.BytesIO(), rankings, packed(decided[0])) for _ in range(2))
    assert [paper.path for paper in first] == [paper.path for paper in second]

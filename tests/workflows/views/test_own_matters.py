"""Lists and acts over a whole batch before an officer who must step aside from one of its cases (回避)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accreditation.audit import chain_key
from accreditation.enums import MemberState
from accreditation.errors import Denied
from accreditation.meeting_words import RecusalGround
from accreditation.models import (
    AuditEvent,
    Batch,
    Case,
    Enterprise,
    EvaluationCall,
    MeetingRecusal,
    Member,
    Ranking,
    RoleGrant,
    User,
)
from accreditation.recommendation_words import TieRule
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers
from tests.clock import Clock
from tests.factories import evaluating as ev
from tests.factories import recommending as rec
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.recommending_pages import words
from tests.factories.reexaminations import round_called
from tests.factories.yearly_reports import called, demonstration_title
from workflows import recommendation_acts
from workflows.exports import recommendation_package

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASIDE = "本批次中有您应当回避的办件，不能由您整批办理"
HIDDEN = "因回避，另有 1 件不向您显示，由他人办理。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    monkeypatch.setattr(recommendation_package, "read_file", lambda file: b"x")
    return make_cast(clock.at)


@pytest.fixture
def ranked(cast: Cast, clock: Clock) -> Batch:
    """Two applications wait for the ranking; the window is over."""
    batch = rec.make_national(cast, quota=2)
    for n in (0, 1):
        rec.score(cast, rec.filed(cast, batch, n), cast.at)
    clock.at = batch.closes_at + timedelta(minutes=1)
    return batch


@pytest.fixture
def decided(cast: Cast, ranked: Batch) -> Batch:
    """Both are to be recommended."""
    rec.rank(cast, ranked)
    rec.decide(cast, ranked)
    return ranked


def tie(user: User, enterprise: Enterprise, cast: Cast) -> None:
    """The officer acted for the enterprise once."""
    Member.objects.create(
        enterprise=enterprise, user=user, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )


def officer(username: str, name: str, role: Role, cast: Cast) -> User:
    found = person(username, name)
    grant(found, role, at=cast.at)
    return found


def page_of(user: User, name: str, *args: object) -> Any:
    return log_in(Client(), user).get(reverse(name, args=args))


def packages(batch: Batch) -> int:
    return AuditEvent.objects.filter(chain=chain_key(batch), verb="export_package").count()


# --- the package ------------------------------------------------------------------------------------------------
def test_package_is_refused_with_whoever_else_may_take_it(cast: Cast, decided: Batch) -> None:
    tie(cast.office, cast.enterprises[0], cast)
    address = reverse("office_package", args=[decided.code])
    refused = log_in(Client(), cast.office).post(address)
    assert refused.status_code == 403
    assert f"{ASIDE}；可由{cast.publisher.name}办理。" in words(refused)
    assert packages(decided) == 0
    assert log_in(Client(), cast.publisher).post(address).status_code == 200
    assert packages(decided) == 1


def test_package_is_refused_to_whoever_stepped_out_of_the_case(cast: Cast, decided: Batch) -> None:
    case = Case.objects.filter(batch=decided).earliest("pk")
    MeetingRecusal.objects.create(
        item=case.application.meeting_items.get(), member=cast.publisher, ground=RecusalGround.DECLARED,
        tie="亲属在该单位任职", declared_at=cast.at,
    )  # fmt: skip
    with pytest.raises(Denied) as refusal:
        recommendation_acts.demand_package(decided, by=cast.publisher, at=cast.at)
    assert str(refusal.value.reasons[0]) == f"{ASIDE}；可由{cast.office.name}办理。"


def test_refusal_says_where_nobody_is_left(cast: Cast, decided: Batch, clock: Clock) -> None:
    tie(cast.office, cast.enterprises[0], cast)
    tie(cast.publisher, cast.enterprises[1], cast)
    with pytest.raises(Denied) as refusal:
        recommendation_acts.demand_package(decided, by=cast.publisher, at=clock.at)
    assert "现无其他人持有此项职权" in str(refusal.value.reasons[0])


def test_ranking_page_hides_the_own_line_and_keeps_the_other_place(cast: Cast, decided: Batch) -> None:
    tie(cast.office, cast.enterprises[0], cast)
    own, other = Case.objects.filter(batch=decided).order_by("pk")
    said = words(page_of(cast.office, "office_recommendation", decided.code))
    assert own.number not in said
    assert own.enterprise.name not in said
    assert other.number in said
    assert HIDDEN in said
    assert ASIDE in said
    assert "导出推荐材料包" not in said
    assert "其中有您应当回避的办件，不向您显示" in said
    everything = words(page_of(cast.publisher, "office_recommendation", decided.code))
    assert own.number in everything
    assert "导出推荐材料包" in everything
    assert "不向您显示" not in everything


# --- acts over the whole batch ----------------------------------------------------------------------------------
def test_ranking_is_neither_shown_nor_frozen(cast: Cast, ranked: Batch, clock: Clock) -> None:
    tie(cast.office, cast.enterprises[0], cast)
    ev.second_office(cast, cast.at)
    own, other = Case.objects.filter(batch=ranked).order_by("pk")
    said = words(page_of(cast.office, "office_ranking", ranked.code))
    assert (own.number in said, other.number in said, HIDDEN in said) == (False, True, True)
    with pytest.raises(Denied) as refusal:
        recommendation_acts.freeze_ranking(ranked, tie_rule=TieRule.RD_EXPENDITURE, by=cast.office, at=clock.at)
    assert str(refusal.value.reasons[0]) == f"{ASIDE}；可由{cast.people['office2'].name}办理。"
    row, until = RoleGrant.objects.get(user=cast.office), clock.at + timedelta(days=7)
    lent = {"starts_at": None, "ends_at": until, "reason": "年休假", "by": cast.office, "at": clock.at}
    delegate_powers(row, [Power.CALL_MEETINGS], cast.publisher, **lent)
    with pytest.raises(Denied, match="connected"):  # who acts in the place of the tied is tied as well
        recommendation_acts.freeze_ranking(ranked, tie_rule=TieRule.RD_EXPENDITURE, by=cast.publisher, at=clock.at)
    address = reverse("office_ranking", args=[ranked.code])
    sent = log_in(Client(), cast.office).post(address, {"tie_rule": "rd_expenditure", "confirmed": "1"})
    assert (sent.status_code, ASIDE in words(sent)) == (403, True)
    assert not Ranking.objects.exists()
    recommendation_acts.freeze_ranking(ranked, tie_rule=TieRule.RD_EXPENDITURE, by=cast.people["office2"], at=clock.at)


def test_letter_lists_the_others_alone_and_the_result_is_for_somebody_else(
    cast: Cast, decided: Batch, clock: Clock
) -> None:
    own, other = Case.objects.filter(batch=decided).order_by("pk")
    tie(cast.publisher, own.enterprise, cast)
    said = words(page_of(cast.publisher, "batch_recommend", decided.code))
    assert (own.number in said, other.number in said, HIDDEN in said) == (False, True, True)
    cast.people["publisher"] = officer("publisher2", "发布人二示例", Role.PUBLISHER, cast)
    rec.send(cast, decided)
    tie(cast.office, own.enterprise, cast)
    said = words(page_of(cast.office, "office_result", decided.code))
    assert (own.number in said, other.number in said, HIDDEN in said) == (False, True, True)
    with pytest.raises(Denied) as refusal:
        rec.result(cast, decided, [other])
    assert ASIDE in str(refusal.value.reasons[0])


# --- a round of evaluations -------------------------------------------------------------------------------------
def test_round_tells_neither_score_nor_band_of_the_own_title(cast: Cast) -> None:
    for n in (0, 1):
        ev.hold(cast, n)
    batch = ev.make_round(cast)
    ev.frozen_and_called(cast, batch)
    own, other = (ev.filed(cast, batch, n) for n in (0, 1))
    for case in (own, other):
        ev.checked(cast, case, cast.at)
    tie(cast.office, own.enterprise, cast)
    call = EvaluationCall.objects.get(application__case=own)
    assert call.score
    shown = words(page_of(cast.office, "office_evaluation", batch.code))
    assert (own.number in shown, other.number in shown, HIDDEN in shown) == (False, True, True)
    assert "回避，不显示" in shown
    column = reverse("office_evaluation", args=[batch.code]) + "?part=answered"
    answered = words(log_in(Client(), cast.office).get(column))
    assert (own.enterprise.name in answered, other.number in answered) == (False, True)
    rows = list(csv.reader(io.StringIO(_file(cast.office, batch, "csv").decode("utf-8-sig"))))
    _withheld(rows, own, other)
    sheet = load_workbook(io.BytesIO(_file(cast.office, batch, "xlsx"))).worksheets[0]
    _withheld([[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)], own, other)
    ev.second_office(cast, cast.at)
    assert own.number in words(page_of(cast.people["office2"], "office_evaluation", batch.code))


def _file(user: User, batch: Batch, kind: str) -> bytes:
    content: bytes = page_of(user, "office_evaluation_file", batch.code, kind).content
    return content


def _withheld(rows: list[list[str]], own: Case, other: Case) -> None:
    heads = next(row for row in rows if "评价得分" in row)
    lines = {row[heads.index("单位名称")]: row for row in rows}
    hidden, shown = lines[own.enterprise.name], lines[other.enterprise.name]
    columns = [heads.index(name) for name in ("申报编号", "办理状态", "评价得分", "评价等次")]
    assert [hidden[column].strip("'") for column in columns] == ["", "", "—", ""]
    assert all(shown[column] for column in columns)


# --- lists over holders of titles -------------------------------------------------------------------------------
@pytest.fixture
def holders(cast: Cast) -> Cast:
    """Two holders of the national demonstration title."""
    rec.make_demonstration(cast)
    for n in (0, 1):
        demonstration_title(cast, n)
    return cast


def test_yearly_call_hides_the_own_report(holders: Cast) -> None:
    call = called(holders)
    own, other = (row.case for row in call.reports.select_related("case").order_by("pk"))
    tie(holders.office, own.enterprise, holders)
    said = words(page_of(holders.office, "office_yearly_call", call.year))
    assert (own.number in said, other.number in said, HIDDEN in said) == (False, True, True)


def test_round_of_reexaminations_hides_the_own_title(holders: Cast) -> None:
    round_ = round_called(holders)
    own, other = (row.case for row in round_.cases.select_related("case").order_by("pk"))
    tie(holders.office, own.enterprise, holders)
    said = words(page_of(holders.office, "office_reexamination", round_.year))
    assert (own.number in said, other.number in said, HIDDEN in said) == (False, True, True)

"""The pool kept by the office: particulars, pauses, ties, links, a whole table, each with its trail and its faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.acts import Replayed
from accreditation.audit import verify_all
from accreditation.clocks import SHANGHAI
from accreditation.enums import TieKind
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, ExpertProfile, Link, Tie, User
from accreditation.roles import Role
from accreditation.services import expert_import, experts
from accreditation.services.experts import Particulars, StatedTie
from accreditation.services.grant_proposals import grant_role
from accreditation.services.grants import Expertise, write_expertise
from criteria.workbook.table import Table
from tests.clock import Clock
from tests.factories.cast import CODES, Cast, grant, make_cast, person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=3, committee=0)


def last(user: User) -> AuditEvent:
    found = AuditEvent.objects.filter(chain=f"ledger:expert:{user.pk}").order_by("-seq").first()
    assert found is not None
    return found


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return [(reason.code, reason.place) for reason in refused.value.reasons]


SOUND = Particulars("机械", "示例大学", ("34", "finance"), "教授", CODES[2], date(2026, 1, 1), date(2028, 12, 31))


def test_particulars_are_kept_with_what_changed(cast: Cast) -> None:
    expert = cast.experts[0]
    row = experts.change_particulars(expert, SOUND, by=cast.office, at=cast.at)
    assert (row.field, row.fields, row.term_until) == ("机械", ["34", "finance"], date(2028, 12, 31))
    said = last(expert)
    assert said.verb == "change_expert"
    assert said.content["changed"]["field"] == ["智能制造", "机械"]
    assert said.content["changed"]["term_from"] == [None, "2026-01-01"]
    assert verify_all()[1] == []


def test_every_fault_of_particulars_is_told(cast: Cast) -> None:
    bad = Particulars(" ", "", ("99",), "", "9131000", date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(Refusal) as refused:
        experts.change_particulars(cast.experts[0], bad, by=cast.office, at=cast.at)
    assert [place for _code, place in codes(refused)] == ["field", "employer", "fields", "employer_uscc", "term_until"]


def test_same_form_twice_is_kept_once(cast: Cast) -> None:
    values: dict[str, Any] = {"by": cast.office, "at": cast.at, "request_key": "k"}
    experts.change_particulars(cast.experts[0], SOUND, **values)
    with pytest.raises(Replayed):
        experts.change_particulars(cast.experts[0], SOUND, **values)


def test_nobody_but_the_office_keeps_the_pool(cast: Cast) -> None:
    expert, stated = cast.experts[0], StatedTie(TieKind.CONSULTANCY, "合同", CODES[0])
    for other in (cast.pudong, cast.auditor, cast.operator, cast.security, cast.member0, cast.experts[1]):
        who: dict[str, Any] = {"by": other, "at": cast.at}
        for act in (
            lambda who=who: experts.change_particulars(expert, SOUND, **who),
            lambda who=who: experts.pause(expert, until=None, reason="出国", **who),
            lambda who=who: experts.record_tie(expert, stated, **who),
            lambda who=who: experts.record_link(
                uscc=CODES[0], other_uscc=CODES[1], other_name="示例", kind="affiliate", source="公示", **who
            ),
        ):
            with pytest.raises(Denied):
                act()
    assert not AuditEvent.objects.filter(chain__startswith="ledger:expert").exists()


def test_expert_pauses_and_comes_back_alone(cast: Cast) -> None:
    expert = cast.experts[0]
    experts.pause(expert, until=date(2026, 4, 1), reason="出国", by=expert, at=cast.at)
    profile = ExpertProfile.objects.get(user=expert)
    assert [profile.why_not_asked(date(2026, 4, day)) for day in (1, 2)] == ["paused", ""]
    assert last(expert).acting_as == "expert"
    experts.resume(expert, by=expert, at=cast.at)
    assert ExpertProfile.objects.get(user=expert).why_not_asked(date(2026, 4, 1)) == ""
    with pytest.raises(Refusal):
        experts.pause(expert, until=None, reason=" ", by=cast.office, at=cast.at)


def test_former_employer_stays_a_tie_by_every_way_in(cast: Cast) -> None:
    """By the office's form, by a table, and by a grant that names another employer."""
    expert = cast.experts[0]
    first, who = expert.expert.employer, {"by": cast.office, "at": cast.at}
    experts.change_particulars(expert, replace(SOUND, left_on=date(2026, 2, 27)), **who)
    changed = last(expert).content["changed"]
    row = Tie.objects.get()
    assert changed["former_employer"] == [None, str(row.pk)]
    assert (row.kind, row.enterprise_name, row.until) == (TieKind.PAST_EMPLOYER, first, date(2026, 2, 27))
    experts.change_particulars(expert, replace(SOUND, employer="示例大学（新校名）"), **who)  # renamed under its code
    assert Tie.objects.count() == 1
    read = expert_import.read_pool(table((expert.username, "财务", "", "", "示例事务所")))
    expert_import.import_pool(read, name="专家.xlsx", sha256="1" * 64, **who)
    write_expertise(expert, Expertise("财务", "第三家"), **who)
    today = cast.at.astimezone(SHANGHAI).date()
    assert list(Tie.objects.order_by("pk").values_list("enterprise_name", "uscc", "until"))[1:] == [
        ("示例大学（新校名）", CODES[2], today), ("示例事务所", "", today),
    ]  # fmt: skip


def test_former_employer_is_not_left_on_a_day_to_come(cast: Cast) -> None:
    tomorrow = cast.at.astimezone(SHANGHAI).date() + timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        experts.change_particulars(cast.experts[0], replace(SOUND, left_on=tomorrow), by=cast.office, at=cast.at)
    assert codes(refused) == [("left_ahead", "left_on")]
    line = (*GOOD, tomorrow.isoformat())
    with pytest.raises(Refusal):
        expert_import.import_pool(
            expert_import.read_pool(table(line)), name="专家.xlsx", sha256="1" * 64, by=cast.office, at=cast.at
        )
    assert not Tie.objects.exists()


@pytest.mark.parametrize(
    ("on", "why"), [("2025-12-31", "term_ahead"), ("2026-01-01", ""), ("2028-12-31", ""), ("2029-01-01", "term_over")]
)
def test_term_runs_from_its_first_to_its_last_day(on: str, why: str) -> None:
    profile = ExpertProfile(term_from=SOUND.term_from, term_until=SOUND.term_until)
    assert profile.why_not_asked(date.fromisoformat(on)) == why


# --- ties and links ------------------------------------------------------------------------------------------------
def test_expert_declares_and_only_the_office_withdraws(cast: Cast) -> None:
    expert = cast.experts[0]
    row = experts.record_tie(expert, StatedTie(TieKind.RELATIVE, "配偶任职", CODES[0]), by=expert, at=cast.at)
    assert (row.is_declared, row.recorded_by) == (True, expert)
    with pytest.raises(Denied):
        experts.withdraw_tie(row, reason="填错", by=expert, at=cast.at)
    with pytest.raises(Refusal):
        experts.withdraw_tie(row, reason="", by=cast.office, at=cast.at)
    experts.withdraw_tie(row, reason="填错单位", by=cast.office, at=cast.at)
    with pytest.raises(AlreadyDone):
        experts.withdraw_tie(row, reason="再撤", by=cast.office, at=cast.at)
    assert Tie.objects.get().withdrawn_for == "填错单位"
    assert last(expert).verb == "withdraw_tie"


def test_tie_that_ended_stays_with_its_last_day(cast: Cast) -> None:
    expert, who = cast.experts[0], {"by": cast.office, "at": cast.at}
    stated = StatedTie(TieKind.SHAREHOLDING, "年度申报", CODES[0], since=date(2025, 1, 1))
    row = experts.record_tie(expert, stated, by=expert, at=cast.at)
    with pytest.raises(Denied):
        experts.end_tie(row, until=date(2026, 1, 5), reason="已转让", by=expert, at=cast.at)
    for until in (date(2024, 12, 31), cast.at.date() + timedelta(days=2)):
        with pytest.raises(Refusal) as refused:
            experts.end_tie(row, until=until, reason="已转让", **who)
        assert [place for _code, place in codes(refused)] == ["until"]
    experts.end_tie(row, until=date(2026, 1, 5), reason="已转让", **who)
    kept = Tie.objects.get()
    assert (kept.until, kept.withdrawn_at) == (date(2026, 1, 5), None)
    assert (last(expert).verb, last(expert).content["until"]) == ("end_tie", "2026-01-05")
    experts.withdraw_tie(row, reason="登记有误", **who)
    with pytest.raises(AlreadyDone):
        experts.end_tie(row, until=date(2026, 1, 5), reason="已转让", **who)


def test_patent_is_kept_in_its_one_form(cast: Cast) -> None:
    stated = StatedTie(TieKind.CO_INVENTOR, "专利公告", patent="ZL 2015 1 0012345.6")
    row = experts.record_tie(cast.experts[0], stated, by=cast.office, at=cast.at)
    assert (row.patent, row.uscc) == ("201510012345", "")


@pytest.mark.parametrize(
    ("stated", "place"),
    [
        (StatedTie("friend", "说明", CODES[0]), "kind"),
        (StatedTie(TieKind.CONSULTANCY, "说明"), "uscc"),
        (StatedTie(TieKind.CONSULTANCY, "说明", patent="201510012345"), "uscc"),
        (StatedTie(TieKind.CONSULTANCY, "说明", "91310000MA1FL0007D"), "uscc"),
        (StatedTie(TieKind.CO_INVENTOR, "说明", patent="无"), "patent"),
        (StatedTie(TieKind.OTHER, " ", CODES[0]), "source"),
        (StatedTie(TieKind.OTHER, "说明", CODES[0], since=date(2026, 2, 1), until=date(2026, 1, 1)), "until"),
    ],
)
def test_half_a_tie_is_refused_at_its_field(cast: Cast, stated: StatedTie, place: str) -> None:
    with pytest.raises(Refusal) as refused:
        experts.record_tie(cast.experts[0], stated, by=cast.office, at=cast.at)
    assert place in [found for _code, found in codes(refused)]
    assert not Tie.objects.exists()


def test_link_stands_once_until_it_is_withdrawn(cast: Cast) -> None:
    values: dict[str, Any] = {
        "uscc": CODES[0], "other_uscc": CODES[2], "other_name": "示例控股", "kind": "shareholder", "source": "公示系统",
        "by": cast.office, "at": cast.at,
    }  # fmt: skip
    row = experts.record_link(**values)
    with pytest.raises(Refusal) as refused:
        experts.record_link(**values)
    assert codes(refused) == [("linked_before", "other_uscc")]
    experts.withdraw_link(row, reason="股权已转让", by=cast.office, at=cast.at)
    experts.record_link(**values)
    assert Link.objects.filter(withdrawn_at__isnull=True).count() == 1
    with pytest.raises(Refusal) as itself:
        experts.record_link(**(values | {"other_uscc": CODES[0], "kind": "x", "source": ""}))
    assert {place for _code, place in codes(itself)} == {"other_uscc", "kind", "source"}


# --- a whole table -------------------------------------------------------------------------------------------------
HEADINGS = dict(enumerate(expert_import.COLUMNS, start=1))


def table(*lines: tuple[str, ...]) -> Table:
    rows = {1: HEADINGS} | {
        row: {column: text for column, text in enumerate(line, start=1) if text} for row, line in enumerate(lines, 2)
    }
    return Table("专家表", rows)


GOOD = ("expert0", "机械", "34、finance", "教授", "示例大学", CODES[2], "2026年1月1日", "2028-12-31")


def test_table_is_kept_whole_with_a_trail_for_each(cast: Cast) -> None:
    read = expert_import.read_pool(table(GOOD, ("expert1", "财务", "", "", "示例事务所")))
    assert read.faults == ()
    assert expert_import.import_pool(read, name="专家.xlsx", sha256="1" * 64, by=cast.office, at=cast.at) == 2
    profile = ExpertProfile.objects.get(user=cast.experts[0])
    assert (profile.fields, profile.term_from) == (["34", "finance"], date(2026, 1, 1))
    assert last(cast.experts[0]).content["row"] == 2
    whole = AuditEvent.objects.get(chain="ledger:experts")
    assert (whole.verb, whole.content["rows"], whole.content["sha256"]) == ("import_experts", 2, "1" * 64)
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        (("nobody", *GOOD[1:]), "A2"),
        (("", *GOOD[1:]), "A2"),
        (("system", *GOOD[1:]), "A2"),
        ((GOOD[0], "", *GOOD[2:]), "B2"),
        ((*GOOD[:2], "34、99", *GOOD[3:]), "C2"),
        ((*GOOD[:3], "长" * 81, *GOOD[4:]), "D2"),
        ((*GOOD[:4], "", *GOOD[5:]), "E2"),
        ((*GOOD[:5], "91310000MA1FL0007D", *GOOD[6:]), "F2"),
        ((*GOOD[:6], "去年", GOOD[7]), "G2"),
        ((*GOOD[:6], "2026-02-30", GOOD[7]), "G2"),
        ((*GOOD[:7], "2025-01-01"), "H2"),
    ],
)
def test_fault_is_told_at_its_cell_and_nothing_is_kept(cast: Cast, line: tuple[str, ...], cell: str) -> None:
    read = expert_import.read_pool(table(line, ("expert1", "财务", "", "", "示例事务所")))
    assert [fault.cell for fault in read.faults] == [cell]
    with pytest.raises(AssertionError):
        expert_import.import_pool(read, name="x", sha256="", by=cast.office, at=cast.at)
    assert not AuditEvent.objects.filter(verb="change_expert").exists()


def test_every_fault_of_a_table_is_told_at_once(cast: Cast) -> None:
    read = expert_import.read_pool(table(("nobody", "", "99"), GOOD, GOOD))
    assert [fault.cell for fault in read.faults] == ["A2", "B2", "E2", "C2", "A4"]


def test_headings_that_are_unknown_missing_or_twice_are_told() -> None:
    read = expert_import.read_pool(Table("x", {3: {1: "账号", 2: "账号", 4: "电话"}, 4: {1: "expert0"}}))
    assert [(fault.cell, fault.column) for fault in read.faults] == [
        ("B3", "账号"), ("D3", "电话"), ("E3", "专业领域"), ("E3", "工作单位")
    ]  # fmt: skip


def test_empty_table_and_table_of_headings_alone_are_refused(db: None) -> None:
    assert len(expert_import.read_pool(Table("x", {})).faults) == 1
    assert [fault.cell for fault in expert_import.read_pool(table()).faults] == ["A2"]


def test_role_granted_later_leaves_what_the_office_entered(cast: Cast) -> None:
    newcomer = person("newcomer", "新专家示例")
    experts.change_particulars(newcomer, SOUND, by=cast.office, at=cast.at)
    expertise = Expertise(field="机械", employer="示例大学")
    second = person("security2", "安全二号示例")
    grant(second, Role.SECURITY_OFFICER, at=cast.at)
    grant_role(newcomer, Role.EXPERT, by=cast.security, second=second, at=cast.at, ground="聘书", expertise=expertise)
    profile = ExpertProfile.objects.get(user=newcomer)
    assert (profile.fields, profile.term_until, profile.title) == (["34", "finance"], date(2028, 12, 31), "教授")


def test_only_the_office_imports(cast: Cast) -> None:
    read = expert_import.read_pool(table(GOOD))
    for other in (cast.security, cast.operator, cast.experts[0]):
        with pytest.raises(Denied):
            expert_import.import_pool(read, name="x", sha256="1", by=other, at=cast.at)

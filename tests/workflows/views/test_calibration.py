"""Calibration pages and worked numbers: opened marks only, own agenda only, every figure redone by hand."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Case, MeetingItem, RoleGrant
from accreditation.roles import Role
from accreditation.services import meetings
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, make_committee_member
from tests.factories.steps import marks, recommend, seat_panel
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


def reviewed(cast: Cast, n: int, shares: tuple[int, ...], *, all_in: bool = True) -> Case:
    """A case whose five experts gave these fifths of the most; the last one may still be missing."""
    case = filed_case(cast, n)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    for expert, share in list(zip(cast.experts, shares, strict=False))[: 5 if all_in else 4]:
        door.perform(case, "declare_no_tie", by=expert, at=cast.at)
        form = {"marks": marks(case, share), "opinion": "同意"}
        door.perform(case, "submit_review", by=expert, at=cast.at, form=form)
    return case


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def batch_page(cast: Cast) -> Any:
    return as_(cast.office).get(reverse("office_calibration", args=[cast.batch.code]))


def test_sealed_marks_show_in_no_figure(cast: Cast) -> None:
    case = reviewed(cast, 0, (1, 4, 4, 4, 4), all_in=False)
    page = batch_page(cast)
    assert (page.context["opened"], page.context["sealed"], page.context["rows"]) == (0, 1, [])
    last = cast.experts[4]
    door.perform(case, "declare_no_tie", by=last, at=cast.at)
    door.perform(case, "submit_review", by=last, at=cast.at, form={"marks": marks(case, 4), "opinion": "同意"})
    page = batch_page(cast)
    assert (page.context["opened"], page.context["sealed"]) == (1, 0)


def test_habit_and_outliers_are_told_with_their_figures(cast: Cast) -> None:
    """Totals 20, 80, 80, 80, 80: mean 68, the first 48 below it and 60 below the others."""
    for n in range(3):
        reviewed(cast, n, (1, 4, 4, 4, 4))
    page = batch_page(cast)
    first = page.context["rows"][0]
    assert (first["name"], first["reviews"], first["mean"]) == (cast.experts[0].name, 3, "20.00")
    assert (first["deviation"], first["severity"], first["spread"]) == ("-48.00", "-60.00", "0.00")
    assert (first["outliers"], first["leaning"]) == (12, "持续偏严")
    assert [row["leaning"] for row in page.context["rows"][1:]] == [""] * 4
    assert page.context["rows"][1]["severity"] == "+15.00"
    reason = "给 5.00 分，其余 4 名专家平均 20.00 分，相差 15.00 分，超过 7.50 分"
    assert page.context["outliers"][0]["reason"] == reason
    assert reason in page.content.decode()


def test_file_holds_a_line_for_each_review(cast: Cast) -> None:
    case = reviewed(cast, 0, (1, 4, 4, 4, 4))
    answer = as_(cast.office).get(reverse("office_calibration_file", args=[cast.batch.code]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert rows[1][:3] == [case.number, cast.experts[0].name, "20.00"]
    assert rows[1][3:6] == ["68.00", "-48.00", "-60.00"]
    assert rows[1][6].count("、") == 3


def test_report_asks_as_often_for_three_cases_as_for_one(cast: Cast) -> None:
    client, address = as_(cast.office), reverse("office_calibration", args=[cast.batch.code])

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    reviewed(cast, 0, (3, 4, 4, 4, 4))
    for_one = queries()
    for n in (1, 2):
        reviewed(cast, n, (3, 4, 4, 4, 4))
    assert queries() == for_one


def test_experts_and_applicants_never_see_it(cast: Cast) -> None:
    reviewed(cast, 0, (3, 4, 4, 4, 4))
    for person in (cast.experts[0], cast.member0, cast.pudong):
        for name in ("office_calibration", "office_calibration_file"):
            assert as_(person).get(reverse(name, args=[cast.batch.code])).status_code == 403


def test_member_sees_the_own_agenda_without_what_was_stepped_out_of(cast: Cast) -> None:
    cases = [reviewed(cast, n, (3, 4, 4, 4, 4)) for n in range(2)]
    office = cast.office
    meeting = meetings.call_meeting(
        cast.batch, [case.application for case in cases], held_at=cast.at, place="示例会议室", chair=cast.members[0],
        secretary=office, by=office, at=cast.at,
    )  # fmt: skip
    item = MeetingItem.objects.get(meeting=meeting, application__case=cases[0])
    meetings.declare_recusal(item, tie="配偶任职", by=cast.members[2], at=cast.at)
    address = reverse("meeting_calibration", args=[meeting.number])
    assert [as_(person).get(address).context["opened"] for person in (office, *cast.members[1:3])] == [2, 2, 1]
    left = as_(cast.members[2]).get(reverse("meeting_calibration_file", args=[meeting.number])).content.decode()
    assert cases[0].number not in left
    assert cases[1].number in left
    RoleGrant.objects.create(user=cast.members[2], role=Role.MUNICIPAL_OFFICER, granted_at=cast.at, ground="测试")
    assert as_(cast.members[2]).get(address).context["opened"] == 1  # an office beside the seat opens nothing
    newcomer = make_committee_member(20, cast.at)  # since the call
    assert as_(newcomer).get(address).status_code == 404
    assert as_(cast.experts[0]).get(address).status_code == 403


# --- worked numbers ------------------------------------------------------------------------------------------------
def test_pages_of_office_and_committee_show_the_method_and_the_figures(cast: Cast) -> None:
    case = reviewed(cast, 0, (1, 3, 4, 4, 5))
    page = as_(cast.office).get(reverse("office_panel", args=[case.number])).content.decode()
    assert "按规则集取截尾平均：专家满 5 名时每项去掉一个最高分和一个最低分" in page
    assert "去掉 25 和 5；(15 + 20 + 20) ÷ 3 ≈ 18.33" in page
    assert "18.33 + 18.33 + 18.33 + 18.33 ≈ 73.33" in page

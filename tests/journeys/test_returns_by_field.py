"""A matter is returned field by field: the list, only what was named can be changed, and what changed is shown."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.errors import Refusal
from accreditation.models import AuditEvent, Case, ChangeRequest, Letter, MatterPoint, YearlyReport
from accreditation.yearly_report_words import YearlyReportState
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.returns import ANOTHER, FACTS, REMARK, SUMMARY, returned, returned_on_page
from tests.factories.titles import municipal_title
from tests.factories.yearly_reports import SUMMARY as WORDS
from tests.factories.yearly_reports import called, demonstration_title, whole_figures
from workflows import door
from workflows.yearly_report_acts import fields_asked

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def page(user: Any, name: str, *args: object) -> str:
    answer = log_in(Client(), user).get(reverse(name, args=args))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def post(user: Any, name: str, case: Case, verb: str, **form: Any) -> int:
    return log_in(Client(), user).post(reverse(name, args=[case.number, verb]), form | {"confirmed": "1"}).status_code


def handed_in(cast: Cast) -> tuple[Case, str, str, int]:
    """A report before the office, with the name of one of its figures, its code and year."""
    make_demonstration(cast)
    demonstration_title(cast)
    called(cast)
    case = YearlyReport.objects.get().case
    spec, year = next(row for row in fields_asked(case.yearlyreport) if row[0].kind.value != "boolean")
    paper = {"file": stored_file(b"report", cast.at), "name": "年度报告.pdf", "purpose": "年度报告"}
    for verb, form in (
        ("fill_report", whole_figures(case)), ("add_report_document", paper), ("hand_in_report", {"summary": WORDS}),
    ):  # fmt: skip
        door.perform(case, verb, by=cast.member0, at=cast.at, form=form)
    return case, f"{spec.code}-{year}", spec.code, year


def test_report_is_returned_by_figure_and_the_office_sees_both_values(cast: Cast) -> None:
    case, name, code, year = handed_in(cast)
    figure = ("figure", code, year)
    first = page(cast.office, "matter_act", case.number, "send_report_back")
    assert f'value="figure.{code}.{year}"' in first
    assert 'value="text.summary"' in first
    assert "年度报告.pdf" in first
    assert post(cast.office, "matter_act", case, "send_report_back", target=f"figure.{code}.{year}") == 422
    assert post(cast.office, "matter_act", case, "send_report_back", **returned_on_page(figure)) == 302
    letter = Letter.objects.get(case=case, kind="correction")
    assert REMARK in letter.body
    assert "其他内容不得改动" in letter.body
    assert letter.remedy == ""
    own = page(cast.member0, "my_matter", case.number)
    assert "退回补正：1 项" in own
    assert REMARK in own
    assert reverse("my_matter_act", args=[case.number, "fill_report"]) in own
    form = page(cast.member0, "my_matter_act", case.number, "fill_report")
    assert f'name="{name}"' in form
    others = [key for key in whole_figures(case) if key != name]
    assert all(f'name="{key}"' not in form for key in others)
    attack = {name: "34", others[0]: "99999", "summary": "未经退回的改动，一个字也不能进入。"}
    assert post(cast.member0, "my_matter_act", case, "fill_report", **attack) == 302
    figures = YearlyReport.objects.get(case=case).figures
    assert (figures[name], figures[others[0]]) == ("34", whole_figures(case)[others[0]])
    assert post(cast.member0, "my_matter_act", case, "hand_in_report", summary=attack["summary"]) == 302
    report = YearlyReport.objects.get(case=case)
    assert (report.state, report.summary) == (YearlyReportState.HANDED_IN, WORDS)
    point = MatterPoint.objects.get()
    assert (point.before, point.after) == ("12", "34")
    corrected = AuditEvent.objects.filter(verb="hand_in_report").latest("seq").content["corrected"]
    assert [(row["before"], row["after"]) for row in corrected] == [("12", "34")]
    seen = page(cast.office, "matter", case.number)
    assert "补正前后对照" in seen
    assert "<del>12" in seen
    assert "<strong>34" in seen


def test_door_refuses_whatever_the_return_does_not_name(cast: Cast) -> None:
    case, name, code, year = handed_in(cast)
    for fault, form in {
        "points_needed": {"points": []},
        "remark_needed": returned(SUMMARY, remark=" "),
        "no_such_field": returned(("figure", "no_such_figure", year)),
    }.items():
        with pytest.raises(Refusal) as refused:
            door.perform(case, "send_report_back", by=cast.office, at=cast.at, form=form)
        assert [reason.code for reason in refused.value.reasons] == [fault]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "send_report_back", by=cast.office, at=cast.at, form=returned(SUMMARY, SUMMARY))
    assert "no_such_field" in {reason.code for reason in refused.value.reasons}
    door.perform(case, "send_report_back", by=cast.office, at=cast.at, form=returned(("figure", code, year)))
    figures = whole_figures(case)
    other = next(key for key in figures if key != name)
    paper = {"file": stored_file(b"more", cast.at), "name": "其他.pdf", "purpose": "其他"}
    attacks = (
        ("fill_report", figures | {other: "7"}), ("fill_report", {name: "7"}), ("add_report_document", paper),
        ("drop_report_document", {"document": case.documents.get()}), ("hand_in_report", {"summary": WORDS + "另"}),
    )  # fmt: skip
    for verb, form in attacks:
        with pytest.raises(Refusal) as refused:
            door.perform(case, verb, by=cast.member0, at=cast.at, form=form)
        assert {reason.code for reason in refused.value.reasons} == {"not_returned"}
    door.perform(case, "fill_report", by=cast.member0, at=cast.at, form=figures | {name: "7"})
    door.perform(case, "hand_in_report", by=cast.member0, at=cast.at, form={"summary": WORDS})


def test_change_opens_only_the_returned_field_and_waits_for_the_paper(cast: Cast) -> None:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, ChangeKind.RENAME), ChangeState.UNDER_OPINION, cast)
    assert 'value="text.new_name"' in page(cast.pudong, "matter_act", case.number, "return_change")
    assert post(cast.pudong, "matter_act", case, "return_change", **returned_on_page(FACTS, ANOTHER)) == 302
    stated = {"occurred_on": "2020-01-01", "facts": made.FACTS + "股东会已于本月决议。", "new_name": "冒名的公司"}
    assert post(cast.member0, "my_matter_act", case, "revise_change", **stated) == 302
    row = ChangeRequest.objects.get(case=case)
    assert (row.new_name, row.facts) == (made.NEW_NAME, stated["facts"])
    attack = {"stated": made.stated(cast, ChangeKind.RENAME, new_name="冒名的公司", facts=stated["facts"])}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "revise_change", by=cast.member0, at=cast.at, form=attack)
    assert [(reason.code, reason.place) for reason in refused.value.reasons] == [("not_returned", "new_name")]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["point_open"]
    paper = {"file": stored_file(b"articles", cast.at), "name": "章程修正案.pdf", "purpose": "章程"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=paper)
    assert "已改正" in page(cast.member0, "my_matter", case.number)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    seen = page(cast.pudong, "matter", case.number)
    assert "补正前后对照" in seen
    assert "股东会已于本月决议" in seen
    after = dict(MatterPoint.objects.values_list("code", "after"))
    assert after == {"facts": stated["facts"], "another": "章程修正案.pdf"}

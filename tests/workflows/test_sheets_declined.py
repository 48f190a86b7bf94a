"""A request to set a sealed sheet aside that a second officer declines, or that whoever asked takes back."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState
from accreditation.models import Application, AuditEvent, Case, Message, Panel, RoleGrant, Seat, SheetRequest, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power, Role
from accreditation.services import panels
from accreditation.services.delegations import delegate_powers
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import marks, recommend, seat_panel
from tests.factories.titles import second_officer
from workflows import door
from workflows.consistency import check_all, rebuild_flow
from workflows.exports.dossier import write_dossier
from workflows.frozen import check_frozen
from workflows.in_charge import people_reached

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASKED = "专家提交后因病退出，不能参加后续评审。"
DECLINED = "病情不影响已经提交的评分，无须搁置。"
TAKEN_BACK = "专家已康复，可以继续参加评审。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """All but the last of the panel have handed in, and the office asks for the first sheet."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    for seat in seats(case):
        door.perform(case, "declare_no_tie", by=seat.expert, at=cast.at)
        if seat.place < Panel.objects.get().size:
            hand_in(cast, case, seat.expert)
    ask(cast, case, cast.office)
    return case


def seats(case: Case) -> list[Seat]:
    return list(Seat.objects.filter(panel__application__case=case).order_by("place"))


def hand_in(cast: Cast, case: Case, expert: User) -> None:
    door.perform(case, "submit_review", by=expert, at=cast.at, form={"marks": marks(case), "opinion": "同意"})


def ask(cast: Cast, case: Case, by: User, reason: str = ASKED, place: int = 1) -> None:
    door.perform(case, "ask_sheet_aside", by=by, at=cast.at, form={"place": place, "reason": reason})


def answer(cast: Cast, case: Case, verb: str, by: User, reason: str = DECLINED) -> None:
    door.perform(case, verb, by=by, at=cast.at, form={"place": 1, "reason": reason})


def codes(case: Case, verb: str, by: User, cast: Cast, reason: str = DECLINED) -> set[str]:
    form = {"place": 1, "reason": reason}
    return {one.code for one in door.reasons_against(case, verb, by=by, at=cast.at, form=form)}


def told(user: User, kind: str) -> int:
    return Message.objects.filter(recipient=user, kind=kind).count()


def page_of(user: User, name: str, *args: object, lang: str = "") -> str:
    client = log_in(Client(), user)
    if lang:
        client.cookies["django_language"] = lang
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_declined_sheet_stays_and_counts_and_both_sides_are_told(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    assert codes(case, "decline_sheet_aside", cast.office, cast) == {"four_eyes"}
    assert codes(case, "decline_sheet_aside", colleague, cast, reason="不") == {"text_needed"}
    for outsider in (seats(case)[0].expert, cast.pudong, cast.publisher, cast.member0):
        assert codes(case, "decline_sheet_aside", outsider, cast) == {"not_yours"}
    answer(cast, case, "decline_sheet_aside", colleague)
    row = SheetRequest.objects.get()
    assert (row.answer, row.answer_reason, row.answered_by, row.answered_for) == ("declined", DECLINED, colleague, None)
    assert [told(user, "decline_sheet_aside") for user in (cast.office, colleague)] == [1, 1]
    assert told(seats(case)[0].expert, "decline_sheet_aside") == 0
    event = AuditEvent.objects.get(verb="decline_sheet_aside")
    assert (event.content["seat"], event.content["asked"], event.content["reason"]) == (1, ASKED, DECLINED)
    assert codes(case, "set_sheet_aside", colleague, cast) == {"not_asked"}
    hand_in(cast, case, seats(case)[-1].expert)  # opens, as if nobody had asked
    assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW
    panel = Panel.objects.get()
    assert panel.opened_at is not None
    assert [review.seat.place for review in panels.counted_reviews(panel)] == [1, 2, 3, 4, 5]
    assert list(check_all()) == []
    assert list(check_frozen()) == []


def test_only_who_asked_takes_the_request_back(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    assert codes(case, "withdraw_sheet_request", colleague, cast, reason=TAKEN_BACK) == {"not_asker"}
    assert codes(case, "withdraw_sheet_request", cast.office, cast, reason=" ") == {"text_needed"}
    answer(cast, case, "withdraw_sheet_request", cast.office, TAKEN_BACK)
    assert told(colleague, "withdraw_sheet_request") == 1
    assert AuditEvent.objects.get(verb="withdraw_sheet_request").content["reason"] == TAKEN_BACK
    for verb in ("set_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request"):
        assert codes(case, verb, colleague, cast) == {"not_asked"}
    assert seats(case)[0].state == SeatState.SUBMITTED
    ask(cast, case, cast.office)  # a request of its own, for the same reason: nobody has declined it
    assert SheetRequest.objects.filter(answer="").count() == 1


def test_what_was_declined_is_asked_for_again_only_with_a_new_reason(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    answer(cast, case, "decline_sheet_aside", colleague)
    for by in (cast.office, colleague):
        assert codes(case, "ask_sheet_aside", by, cast, reason=f" {ASKED[:4]} {ASKED[4:]}") == {"reason_declined"}
    ask(cast, case, cast.office, place=2)  # another sheet is another matter
    ask(cast, case, colleague, reason="该专家的配偶上月受聘于申报单位。")
    assert codes(case, "set_sheet_aside", cast.office, cast) == set()  # now the other way round
    door.perform(case, "set_sheet_aside", by=cast.office, at=cast.at, form={"place": 1})
    assert told(colleague, "sheet_request_agreed") == 1
    assert Seat.objects.get(place=1, expert=seats(case)[0].expert).tie == "该专家的配偶上月受聘于申报单位。"
    assert list(check_all()) == []


def lent(cast: Cast, by: User, name: str) -> User:
    """A person of the office, but not of its desk, to whom an officer lends the panels."""
    other = person(name, "代办人示例")
    grant(other, Role.PUBLISHER, at=cast.at)
    row = RoleGrant.objects.get(user=by, role=Role.MUNICIPAL_OFFICER)
    delegate_powers(
        row, [Power.APPOINT_PANELS], other, starts_at=None, ends_at=cast.at + timedelta(days=7),
        reason="年休假", by=by, at=cast.at,
    )  # fmt: skip
    return other


def test_who_acts_in_the_place_of_who_asked_does_not_decline_but_takes_back(cast: Cast, case: Case) -> None:
    deputy = lent(cast, cast.office, "deputy")
    assert codes(case, "decline_sheet_aside", deputy, cast) == {"four_eyes"}
    answer(cast, case, "withdraw_sheet_request", deputy, TAKEN_BACK)
    row = SheetRequest.objects.get()
    assert (row.answered_by, row.answered_for) == (deputy, cast.office)
    ask(cast, case, deputy, reason="受托提请：专家因病退出评审。")
    assert codes(case, "decline_sheet_aside", cast.office, cast) == {"four_eyes"}
    answer(cast, case, "decline_sheet_aside", second_officer(cast))
    assert [told(user, "decline_sheet_aside") for user in (deputy, cast.office)] == [1, 1]


Broken = Callable[[Cast], dict[str, Any]]
ANSWERED = {"answer": "declined", "answer_reason": DECLINED}
BROKEN: dict[str, Broken] = {
    "by_who_asked": lambda cast: ANSWERED | {"answered_by": cast.office},
    "in_the_place_of_who_asked": lambda cast: ANSWERED | {"answered_by": cast.publisher, "answered_for": cast.office},
    "without_a_reason": lambda cast: ANSWERED | {"answered_by": cast.publisher, "answer_reason": ""},
    "by_nobody": lambda cast: ANSWERED,
    "granted_by_who_asked": lambda cast: {"answer": "agreed", "answered_by": cast.office},
    "taken_back_by_another": lambda cast: ANSWERED | {"answer": "withdrawn", "answered_by": cast.publisher},
    "a_person_without_an_answer": lambda cast: {"answered_by": cast.publisher},
    "asked_for_no_reason": lambda cast: {"reason": ""},
}


@pytest.mark.parametrize("broken", BROKEN)
def test_tables_refuse_an_answer_that_the_verbs_would_not_give(cast: Cast, case: Case, broken: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SheetRequest.objects.update(**{"answered_at": cast.at} | BROKEN[broken](cast))
    with pytest.raises(IntegrityError), transaction.atomic():  # one at a time
        SheetRequest.objects.create(seat=seats(case)[0], reason=ASKED, asked_by=cast.publisher, asked_at=cast.at)


def test_pages_offer_and_show_the_answer_with_who_when_and_why(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    first, second = log_in(Client(), cast.office), log_in(Client(), colleague)
    own, others = (page_of(user, "office_case", case.number) for user in (cast.office, colleague))
    assert ("撤回搁置提请" in own, "不同意搁置评分表" in own) == (True, False)
    assert ("撤回搁置提请" in others, "不同意搁置评分表" in others) == (False, True)
    waiting = second.get(reverse("office_panel", args=[case.number])).content.decode()
    act = reverse("office_act", args=[case.number, "decline_sheet_aside"])
    assert f'href="{act}?place=1"' in waiting
    back = reverse("office_act", args=[case.number, "withdraw_sheet_request"])
    asked = first.get(reverse("office_panel", args=[case.number])).content.decode()
    assert (f"{act}?place=1" in asked, f"{back}?place=1" in asked, f"{back}?place=1" in waiting) == (False, True, False)
    assert "待另一人答复" in waiting
    assert 'value="1"' in second.get(f"{act}?place=1").content.decode()
    short = second.post(act, {"place": "1", "reason": "不"})
    assert short.status_code == 422
    assert second.post(act, {"place": "1", "reason": DECLINED}).status_code == 302
    for lang, words in (
        ("", ("不同意搁置", "提请人")),
        ("en", ("Not set aside", "Requests to set a score sheet aside")),
    ):
        shown = page_of(cast.office, "office_panel", case.number, lang=lang)
        for word in (*words, ASKED, DECLINED, colleague.name):
            assert word in shown, word
    again = first.post(reverse("office_act", args=[case.number, "ask_sheet_aside"]), {"place": "1", "reason": ASKED})
    assert again.status_code == 422
    assert "须写明新的理由" in again.content.decode()
    trail = page_of(cast.office, "office_case", case.number)
    assert "不同意搁置评分表" in trail
    assert DECLINED in trail
    for user in (seats(case)[0].expert, cast.member0):
        assert Message.objects.filter(recipient=user, kind__contains="sheet").count() == 0
    assert DECLINED not in page_of(cast.member0, "my_progress", case.number)
    assert DECLINED not in page_of(seats(case)[-1].expert, "expert_case", case.number)


def opened(case: Case) -> bool:
    return Panel.objects.get(application__case=case).opened_at is not None


@pytest.mark.parametrize(("verb", "by"), [("decline_sheet_aside", "colleague"), ("withdraw_sheet_request", "office")])
def test_all_marks_stay_sealed_until_the_request_is_answered(cast: Cast, case: Case, verb: str, by: str) -> None:
    colleague = second_officer(cast)
    last = seats(case)[-1].expert
    hand_in(cast, case, last)
    assert not opened(case)
    assert Application.objects.get(case=case).state == S.UNDER_EXPERT_REVIEW
    assert codes(case, "submit_review", last, cast) == {"already_done"}
    rebuild_flow(case, cast.at)
    assert list(check_all()) == []
    answer(cast, case, verb, {"colleague": colleague, "office": cast.office}[by], DECLINED)
    assert opened(case)
    assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW
    event = AuditEvent.objects.get(verb=verb)
    assert event.content["salts"].keys() == set("12345")
    assert (event.state_before, event.state_after) == (S.UNDER_EXPERT_REVIEW, S.UNDER_OVERALL_REVIEW)
    assert list(check_all()) == []
    assert list(check_frozen()) == []


def test_while_all_sheets_wait_for_the_answer_the_case_is_with_the_office(cast: Cast, case: Case) -> None:
    colleague, member = second_officer(cast), cast.member0
    before = page_of(cast.office, "office_case", case.number)
    assert "由市认定办公室办理“不同意搁置评分表”" not in before
    hand_in(cast, case, seats(case)[-1].expert)
    shown = page_of(colleague, "office_case", case.number)
    assert "现由谁办理 市认定办公室 答复搁置评分表的提请" in shown
    assert "由市认定办公室办理“不同意搁置评分表”" in shown
    assert "由评审专家办理“提交评审”" not in shown
    assert "未及答复" not in shown
    found = people_reached(case, ReminderAudience.HOLDER, cast.at)
    assert colleague in found
    assert not {seat.expert for seat in seats(case)} & set(found)
    answer(cast, case, "decline_sheet_aside", colleague)
    told = page_of(member, "my_progress", case.number)
    assert "专家评审完成" in told
    assert not any(word in told for word in (DECLINED, "搁置", colleague.name))


def test_sheet_set_aside_after_all_were_in_leaves_its_place_alone_open(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    hand_in(cast, case, seats(case)[-1].expert)
    ask(cast, case, cast.office, place=2)
    answer(cast, case, "decline_sheet_aside", colleague)
    assert not opened(case)  # a request about another sheet waits
    door.perform(case, "set_sheet_aside", by=colleague, at=cast.at, form={"place": 2})
    assert not opened(case)
    assert list(check_all()) == []
    assert [seat.place for seat in panels.vacant_seats(Panel.objects.get())] == [2]


def test_dossier_holds_every_request_with_its_answer(cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.exports.dossier.read_file", lambda _row: b"paper")  # the workbook is none
    answer(cast, case, "decline_sheet_aside", second_officer(cast))
    ask(cast, case, cast.office, reason="该专家的配偶上月受聘于申报单位。")
    stream = io.BytesIO()
    write_dossier(Case.objects.get(pk=case.pk), stream)
    with zipfile.ZipFile(stream) as archive:
        name = next(name for name in archive.namelist() if "panel/sheet-requests" in name and name.endswith(".csv"))
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    assert {(row["理由"], row["答复理由"]) for row in rows} == {
        (ASKED, DECLINED), ("该专家的配偶上月受聘于申报单位。", ""),
    }  # fmt: skip


def test_requests_of_before_are_taken_over_from_the_trail(cast: Cast, case: Case) -> None:
    colleague = second_officer(cast)
    ask(cast, case, colleague, place=2)
    door.perform(case, "set_sheet_aside", by=cast.office, at=cast.at, form={"place": 2})
    kept = list(SheetRequest.objects.order_by("pk").values())
    module = import_module("accreditation.migrations.0046_sheet_requests")
    before: Any = BeforeThat({row["seat_id"]: row["reason"] for row in kept})
    SheetRequest.objects.all().delete()
    module.take_over(before, connection.schema_editor())
    found = list(SheetRequest.objects.order_by("pk").values())
    assert [row | {"id": 0} for row in found] == [row | {"id": 0} for row in kept]


class BeforeThat:
    """The tables as they were when a seat still held the reason of the request."""

    def __init__(self, reasons: dict[int, str]) -> None:
        self.reasons = reasons

    def get_model(self, app: str, name: str) -> Any:
        """The model of today; of seats those with a reason."""
        return _Seats(self.reasons) if name == "Seat" else apps.get_model(app, name)


class _Seats:
    def __init__(self, reasons: dict[int, str]) -> None:
        self._default_manager, self.reasons = self, reasons

    def using(self, alias: str) -> _Seats:
        return self

    def exclude(self, **empty: str) -> _Seats:
        assert empty == {"aside_reason": ""}
        return self

    def select_related(self, *names: str) -> list[Seat]:
        rows = list(Seat.objects.filter(pk__in=self.reasons).select_related(*names).order_by("pk"))
        for row in rows:
            vars(row)["aside_reason"] = self.reasons[row.pk]
        return rows

"""A sealed sheet set aside by two officers: kept, unseen, never counted; its place is drawn again; opening waits."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState
from accreditation.errors import NotFound
from accreditation.models import Application, AuditEvent, Case, Message, Panel, Review, Seat, User
from accreditation.services import draws, panels
from accreditation.services.expert_pool import pool_of
from accreditation.visibility import view_of
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import marks, recommend
from tests.factories.titles import second_officer
from workflows import door
from workflows.consistency import check_all
from workflows.exports.dossier import write_dossier
from workflows.frozen import check_frozen
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "专家提交后因病退出，不能参加后续评审。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def drawn_case(cast: Cast) -> tuple[Case, list[User]]:
    """A panel as it was drawn, of which all but the last have handed in."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    door.perform(case, "draw_panel", by=cast.office, at=cast.at)
    application = Application.objects.get(case=case)
    people = draws.due_panel(application, pool_of(application, on=cast.at.astimezone(SHANGHAI).date()))
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": people})
    for place, expert in enumerate(people, start=1):
        door.perform(case, "declare_no_tie", by=expert, at=cast.at)
        if place < len(people):
            hand_in(cast, case, expert, share=4)
    return case, people


def hand_in(cast: Cast, case: Case, expert: User, share: int) -> None:
    form = {"marks": marks(case, share), "opinion": "同意"}
    door.perform(case, "submit_review", by=expert, at=cast.at, form=form)


def panel_in_dossier(case: Case) -> dict[str, Any] | None:
    """What the dossier has of the marks; nothing before they are opened."""
    stream = io.BytesIO()
    write_dossier(Case.objects.get(pk=case.pk), stream)
    with zipfile.ZipFile(stream) as archive:
        found = [name for name in archive.namelist() if name.endswith("reviews/panel.json")]
        return json.loads(archive.read(found[0])) if found else None


def codes(case: Case, verb: str, by: User, cast: Cast, **form: Any) -> set[str]:
    return {reason.code for reason in door.reasons_against(case, verb, by=by, at=cast.at, form=form)}


def test_sheet_is_kept_unseen_and_uncounted_and_its_place_is_drawn_again(cast: Cast) -> None:
    case, people = drawn_case(cast)
    gone, colleague = people[0], second_officer(cast)
    sealed = Review.objects.get(seat__expert=gone)
    assert codes(case, "set_sheet_aside", colleague, cast, place=1) == {"not_asked"}
    door.perform(case, "ask_sheet_aside", by=cast.office, at=cast.at, form={"place": 1, "reason": REASON})
    assert codes(case, "set_sheet_aside", cast.office, cast, place=1) == {"four_eyes"}
    again = {"place": 1, "reason": "评分偏低，请另抽专家。"}  # the reason consented to stays as it was asked
    for asking in (cast.office, colleague):
        assert codes(case, "ask_sheet_aside", asking, cast, **again) == {"asked_already"}
    # a colleague's request for another seat does not free the first asker to consent
    door.perform(case, "ask_sheet_aside", by=colleague, at=cast.at, form={"place": 2, "reason": REASON})
    assert codes(case, "set_sheet_aside", cast.office, cast, place=1) == {"four_eyes"}
    for outsider in (gone, people[1], cast.pudong, cast.publisher, cast.member0):
        assert codes(case, "set_sheet_aside", outsider, cast, place=1) == {"not_yours"}
    door.perform(case, "set_sheet_aside", by=colleague, at=cast.at, form={"place": 1})
    seat = Seat.objects.get(expert=gone)
    assert (seat.state, seat.tie) == (SeatState.RECUSED, REASON)
    assert AuditEvent.objects.get(verb="set_sheet_aside").content["sealed"] == sealed.sealed_hash
    assert Message.objects.filter(recipient=gone, kind="set_sheet_aside").count() == 1
    with pytest.raises(NotFound):
        view_of(gone, case)
    assert codes(case, "submit_review", gone, cast, marks=marks(case), opinion="同意") == {"not_yours"}
    assert list(check_all()) == []
    # opening waits: the last sheet of the first panel does not open anything
    hand_in(cast, case, people[-1], share=4)
    panel = Panel.objects.get(application__case=case)
    assert (panel.opened_at, Application.objects.get(case=case).state) == (None, S.UNDER_EXPERT_REVIEW)
    on = cast.at.astimezone(SHANGHAI).date()
    due = draws.due_successor(panel, pool_of(Application.objects.get(case=case), on=on))
    assert due is not None
    assert due not in people
    other = next(person for person in cast.experts if person not in (*people, due))
    assert "not_next" in codes(case, "replace_expert", cast.office, cast, vacant=seat, expert=other)
    assert "sat_before" in codes(case, "replace_expert", cast.office, cast, vacant=seat, expert=gone)
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form={"vacant": seat, "expert": due})
    door.perform(case, "declare_no_tie", by=due, at=cast.at)
    hand_in(cast, case, due, share=1)
    assert Panel.objects.get(pk=panel.pk).opened_at is None  # the request about the second sheet is not answered
    taken_back = {"place": 2, "reason": "专家已康复。"}
    door.perform(case, "withdraw_sheet_request", by=colleague, at=cast.at, form=taken_back)
    opened = Panel.objects.get(pk=panel.pk)
    assert opened.opened_at is not None
    assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW
    counted = {review.seat.expert for review in panels.counted_reviews(opened).select_related("seat__expert")}
    assert counted == {*people[1:], due}
    assert AuditEvent.objects.get(verb="withdraw_sheet_request").content["salts"].keys() == set("12345")
    kept = Review.objects.get(pk=sealed.pk)
    assert (kept.sealed_hash, panels.seal_of(kept)) == (sealed.sealed_hash, sealed.sealed_hash)
    assert list(check_all()) == []
    assert list(check_frozen()) == []
    # too late now, for anybody
    assert codes(case, "ask_sheet_aside", cast.office, cast, place=2, reason=REASON) == {"already_done"}
    assert codes(case, "set_sheet_aside", cast.office, cast, place=2) == {"already_done"}


def test_dossier_shows_the_sheet_as_set_aside_only_after_the_opening(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.exports.dossier.read_file", lambda _row: b"paper")  # the workbook is none
    case, people = drawn_case(cast)
    colleague = second_officer(cast)
    door.perform(case, "ask_sheet_aside", by=cast.office, at=cast.at, form={"place": 1, "reason": REASON})
    page = reverse("office_panel", args=[case.number])
    shown = log_in(Client(), colleague).get(page).content.decode()
    assert "已提交，提请搁置" in shown
    assert REASON in shown
    door.perform(case, "set_sheet_aside", by=colleague, at=cast.at, form={"place": 1})
    shown = log_in(Client(), cast.office).get(page).content.decode()
    assert "评分表已搁置" in shown
    assert "符合要求" not in shown  # the reasons of the marks
    own = log_in(Client(), people[0])
    assert own.get(reverse("expert_case", args=[case.number])).status_code == 404
    assert own.get(reverse("expert_history")).status_code == 200
    assert panel_in_dossier(case) is None
    due = draws.due_successor(Panel.objects.get(), pool_of(Application.objects.get(case=case), on=cast.at.date()))
    assert due is not None
    vacant = Seat.objects.get(expert=people[0])
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form={"vacant": vacant, "expert": due})
    door.perform(case, "declare_no_tie", by=due, at=cast.at)
    for expert in (due, people[-1]):
        hand_in(cast, case, expert, share=1)
    seats = (panel_in_dossier(case) or {})["seats"]
    aside = [seat for seat in seats if seat.get("set_aside")]
    assert [(seat["place"], seat["state"], seat["aside_reason"]) for seat in aside] == [(1, "recused", REASON)]
    assert aside[0]["sealed_hash"] == vacant.review.sealed_hash
    assert len(seats) == 6

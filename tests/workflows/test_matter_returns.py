"""A second return of a matter: refused by itself, allowed in writing by a superior, made once as it was allowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Case, FurtherReturn, MatterReturn, Member, Message, User
from accreditation.reexamination_words import ReexaminationState
from accreditation.roles import Role
from accreditation.services.further_returns import RETURNS_OF_MATTERS
from tests.attacks.reexamination_states import ReexaminationStates
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person, stored_file
from tests.factories.reexaminations import whole_figures
from tests.factories.returns import ANOTHER, returned, returned_on_page
from tests.factories.titles import municipal_title
from workflows import door, further_returns
from workflows.assignments import desk_task, possible_holders, take
from workflows.procedures import PROCEDURES
from workflows.selectors.further_returns import matters_waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
S = ChangeState
AGAIN, WHY = "请补充股东会决议原件。", "首次退回时该决议尚未作出"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    """With superiors at the bureaus of Pudong and Jiading and at the city's office."""
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    for username, role, district in (
        ("chief", Role.DISTRICT_SUPERVISOR, "310115"),
        ("far_chief", Role.DISTRICT_SUPERVISOR, "310114"),
        ("city_chief", Role.MUNICIPAL_SUPERVISOR, ""),
    ):
        cast.people[username] = person(username, f"{username}示例")
        grant(cast.people[username], role, district, at=clock.at)
    municipal_title(cast)
    return cast


def give_back(case: Case, by: User, cast: Cast, remark: str = AGAIN) -> None:
    door.perform(case, "return_change", by=by, at=cast.at, form=returned(ANOTHER, remark=remark))


def at_desk_again(cast: Cast, kind: str = ChangeKind.RENAME) -> Case:
    """Returned once by the own district, and filed again."""
    case = made.led_to(made.opened(cast, kind), S.RETURNED, cast)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    return case


def corrected(case: Case, cast: Cast) -> None:
    """Another paper is handed in, and the change filed again."""
    paper = {"file": stored_file(b"resolution", cast.at), "name": "股东会决议.pdf", "purpose": "证明股东会决议"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=paper)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)


def ask(case: Case, by: User, cast: Cast, remark: str = AGAIN, reason: str = WHY) -> FurtherReturn:
    said = returned(*([ANOTHER] if remark else []), remark=remark)
    further_returns.ask(case, **said, reason=reason, by=by, at=cast.at)
    return FurtherReturn.objects.latest("pk")


def answer(row: FurtherReturn, by: User, cast: Cast, *, is_allowed: bool = True) -> None:
    further_returns.answer(row.case, row.pk, is_allowed=is_allowed, reason="确有必要，同意", by=by, at=cast.at)


def browser(user: User) -> Client:
    return log_in(Client(), user)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_second_return_is_made_once_and_word_for_word_as_allowed(cast: Cast) -> None:
    case = at_desk_again(cast)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast)
    assert codes(refused) == ["no_returns_left"]
    row = ask(case, cast.pudong, cast)
    assert [message.recipient for message in Message.objects.filter(kind="further_return_asked")] == [cast.chief]
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast)
    assert codes(refused) == ["no_returns_left"]
    answer(row, cast.chief, cast)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast, AGAIN + "另请补充公章备案。")
    assert codes(refused) == ["not_as_allowed"]
    give_back(case, cast.pudong, cast)
    row.refresh_from_db()
    assert row.spent_at == cast.at
    event = AuditEvent.objects.filter(verb="return_change").latest("seq")
    assert event.content["countersigned_by"] == str(cast.chief)
    assert MatterReturn.objects.get(case=case, closed_at=None).permission == row
    corrected(case, cast)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast)
    assert codes(refused) == ["no_returns_left"]


def test_next_level_has_a_return_of_its_own(cast: Cast) -> None:
    case = at_desk_again(cast)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=made.OPINION)
    with pytest.raises(Refusal) as refused:
        ask(case, cast.office, cast)
    assert codes(refused) == ["returns_left"]
    give_back(case, cast.office, cast)
    assert Case.objects.get(pk=case.pk).state == S.RETURNED


def test_refused_request_allows_nothing_and_another_may_be_asked(cast: Cast) -> None:
    case = at_desk_again(cast)
    answer(ask(case, cast.pudong, cast), cast.chief, cast, is_allowed=False)
    with pytest.raises(Refusal) as refused:
        give_back(case, cast.pudong, cast)
    assert codes(refused) == ["no_returns_left"]
    row = ask(case, cast.pudong, cast)
    with pytest.raises(Refusal) as refused:
        ask(case, cast.pudong, cast)
    assert codes(refused) == ["asked_already"]
    answer(row, cast.chief, cast)
    with pytest.raises(AlreadyDone):
        answer(row, cast.chief, cast)


def test_consent_is_asked_by_who_may_return_and_given_by_the_own_superior(cast: Cast) -> None:
    case = at_desk_again(cast)
    for other in (cast.office, cast.jiading, cast.member0, cast.chief):
        with pytest.raises(Denied):
            ask(case, other, cast)
    with pytest.raises(Refusal) as refused:
        ask(case, cast.pudong, cast, remark="", reason="短")
    assert codes(refused) == ["points_needed", "text_needed"]
    row = ask(case, cast.pudong, cast)
    for other in (cast.pudong, cast.far_chief, cast.city_chief, cast.member0):
        assert matters_waiting_for(other, at=cast.at) == []
        with pytest.raises(Denied):
            answer(row, other, cast)
    assert matters_waiting_for(cast.chief, at=cast.at) == [row]


@pytest.mark.parametrize("kind", [ChangeKind.MERGER, ChangeKind.SPLIT])
def test_superior_tied_to_a_successor_alone_neither_is_asked_nor_answers(cast: Cast, kind: str) -> None:
    case, chief = at_desk_again(cast, kind), cast.chief
    second = cast.people["second_chief"] = person("second_chief", "第二负责人示例")
    grant(second, Role.DISTRICT_SUPERVISOR, "310115", at=cast.at)
    first = ask(case, cast.pudong, cast)
    assert matters_waiting_for(chief, at=cast.at) == [first]
    successor = case.changerequest.successors.get().enterprise
    Member.objects.create(enterprise=successor, user=chief, state="ended", requested_at=cast.at, settled_at=cast.at)
    assert matters_waiting_for(chief, at=cast.at) == []
    for is_allowed in (True, False):
        with pytest.raises(Denied):
            answer(first, chief, cast, is_allowed=is_allowed)
    assert not FurtherReturn.objects.get().answer
    assert matters_waiting_for(second, at=cast.at) == [first]
    answer(first, second, cast, is_allowed=False)
    Message.objects.all().delete()
    ask(case, cast.pudong, cast)
    assert [message.recipient for message in Message.objects.filter(kind="further_return_asked")] == [second]


def test_officer_tied_to_a_successor_neither_takes_the_change_in_hand_nor_is_handed_it(cast: Cast) -> None:
    case, other = at_desk_again(cast, ChangeKind.MERGER), person("second_pudong", "第二经办示例")
    grant(other, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    found = desk_task(case)
    assert found is not None
    assert other in possible_holders(found, case)
    successor = case.changerequest.successors.get().enterprise
    Member.objects.create(enterprise=successor, user=other, state="active", requested_at=cast.at, settled_at=cast.at)
    assert other not in possible_holders(found, case)
    with pytest.raises(Denied):
        take(case, by=other, at=cast.at)


def test_receiving_district_asks_its_own_superior(cast: Cast) -> None:
    case = made.led_to(made.opened(cast, ChangeKind.RELOCATION), S.UNDER_RECEIVING_OPINION, cast)
    give_back(case, cast.jiading, cast)
    corrected(case, cast)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=made.OPINION)
    row = ask(case, cast.jiading, cast)
    assert matters_waiting_for(cast.chief, at=cast.at) == []
    assert matters_waiting_for(cast.far_chief, at=cast.at) == [row]
    assert browser(cast.far_chief).get(reverse("matter", args=[case.number])).status_code == 200


def test_table_itself_refuses_two_waiting_requests_and_a_spent_refusal(cast: Cast) -> None:
    row = ask(at_desk_again(cast), cast.pudong, cast)
    for values in ({"answer": "", "pk": None}, {"spent_at": cast.at}, {"matter": None}):
        copy = FurtherReturn.objects.get(pk=row.pk)
        for name, value in values.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


def test_pages_lead_from_the_request_over_the_answer_to_the_return(cast: Cast) -> None:
    case = at_desk_again(cast)
    bureau, chief, holder = (browser(cast.people[name]) for name in ("pudong", "chief", "member0"))
    page, act = reverse("matter", args=[case.number]), reverse("matter_act", args=[case.number, "return_change"])
    assert "第一步：勾选需补正的内容" in bureau.get(act).content.decode()
    assert "再次退回的理由" in bureau.get(act, {"target": "document.another"}).content.decode()
    assert bureau.post(act, returned_on_page(ANOTHER, remark=AGAIN, reason="短")).status_code == 422
    assert bureau.post(act, returned_on_page(ANOTHER, remark=AGAIN, reason=WHY)).status_code == 302
    assert "待负责人答复" in bureau.get(act).content.decode()
    assert "待您答复的再次退回" in chief.get(reverse("district_inbox")).content.decode()
    seen = chief.get(page).content.decode()
    assert WHY in seen
    assert "提请退回 0 项" not in seen
    assert reverse("orders") not in seen  # lists of titles are not the superior's
    row = FurtherReturn.objects.get()
    said: dict[str, Any] = {"further": row.pk, "answer": "allowed", "reason": "确有必要，同意"}
    assert chief.post(reverse("case_further_return", args=[case.number]), said).status_code == 302
    assert bureau.post(act, {"further": row.pk}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == S.RETURNED
    own = holder.get(reverse("my_matter", args=[case.number])).content.decode()
    assert AGAIN in own
    assert WHY not in own


def test_return_ends_with_the_finding_that_is_set_aside(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ReexaminationStates(clock.at)
    case = world.case_in(ReexaminationState.SENT_BACK)
    figures = whole_figures(case)
    changed = figures | {next(name for name, value in figures.items() if value == "12"): "13"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "fill_reexamination", by=world.people["holder"], at=world.at, form=changed)
    assert codes(refused) == ["not_returned"]
    for verb, role in (("refuse_reexamination", "holder"), ("reopen_reexamination", "decider")):
        form = world.form(case, verb, role)
        door.perform(case, verb, by=world.people[role], at=world.at, form=form)
    door.perform(case, "fill_reexamination", by=world.people["holder"], at=world.at, form=changed)
    row = MatterReturn.objects.get(case=case)
    assert row.closed_at == world.at
    assert set(row.points.values_list("after", flat=True)) == {None}


def test_every_return_of_a_matter_asks_for_consent() -> None:
    """A verb that sends a matter back to its holder cannot be added without being counted."""
    lines = {code: line for entry in PROCEDURES.values() for code, line in entry.verbs.items()}
    for code in RETURNS_OF_MATTERS:
        assert "matter_returns_are_left" in {guard.__name__ for guard in lines[code].guards}
    sending = {code for code, line in lines.items() if line.transition == "send_back"}
    assert sending - {"send_back_proposal"} == set(RETURNS_OF_MATTERS)

"""A case whose enterprise was barred after it filed is ended where the bar stops its grant, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Announcement,
    Application,
    AuditEvent,
    Case,
    Letter,
    Message,
    Notice,
    NoticeAdjustment,
    Objection,
    Proceeding,
)
from accreditation.notice_words import AdjustmentKind
from accreditation.templatetags.dates import day_text
from tests.attacks.generic_states import OBJECTION, GenericStates
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.hearings import dismiss
from tests.factories.held import BARRED_BY, bar_meanwhile, hold_meanwhile
from tests.factories.reconsidering import challenged, reconsiderers
from workflows import flow_tasks
from workflows.consistency import check_all
from workflows.moves import possible_moves
from workflows.procedures import procedure_of
from workflows.tables.generic_recognition_2026 import COUNTED
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
END = "end_as_barred"


@pytest.fixture
def world(settings: LazySettings, clock: Clock) -> GenericStates:
    settings.ACCREDITATION_DEMO = True
    return GenericStates(clock.at)


def refused(world: GenericStates, case: Case, verb: str, **form: str) -> list[str]:
    with pytest.raises(Refusal) as found:
        world.act(case, verb, "publisher", **(form or world.form(case, verb, "publisher")))
    return [reason.code for reason in found.value.reasons]


def next_verbs(case: Case) -> set[str]:
    application = Application.objects.get(case=case)
    return {move.verb.code for move in possible_moves(procedure_of(case), application, application.state)}


def state(case: Case) -> str:
    return Application.objects.get(case=case).state


@pytest.mark.parametrize(
    ("waits_in", "grant"),
    [(S.PROPOSED, "publish_notice"), (S.NOTICE_COMPLETED, "announce"), (S.AWAITING_ANNOUNCEMENT, "announce")],
)
def test_what_is_barred_is_not_granted_and_ends_with_a_letter(world: GenericStates, waits_in: S, grant: str) -> None:
    case = world.case_in(waits_in)
    assert END not in next_verbs(case)
    order = bar_meanwhile(case, world.cast, world.at)
    assert refused(world, case, grant) == ["barred"]
    assert END in next_verbs(case)
    told = Message.objects.filter(kind=END)
    world.act(case, END, "publisher", reason=BARRED_BY)
    application, row = Application.objects.get(case=case), Case.objects.get(pk=case.pk)
    assert (application.state, application.ended_for, application.title) == (S.BARRED, BARRED_BY, None)
    assert (row.closed_at, list(flow_tasks.open_tasks(row))) == (world.at, [])
    letter = Letter.objects.get(case=case, kind=LetterKind.ENDED_AS_BARRED)
    assert order.barred_until is not None
    with override("zh-hans"):
        until = day_text(order.barred_until)
    assert [words in letter.body for words in (order.order_number, until, BARRED_BY)] == [True] * 3
    assert "六十日" in letter.remedy
    event = AuditEvent.objects.get(chain=chain_key(case), verb=END)
    assert (event.content["letter"], order.order_number in event.content["bars"][0]) == (letter.number, True)
    assert world.people["applicant"].pk in {message.recipient_id for message in told}
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_name_under_notice_is_taken_off_after_the_objections(world: GenericStates) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    bar_meanwhile(case, world.cast, world.at)
    world.act(case, "raise_objection", "clock", **OBJECTION)
    assert refused(world, case, END, reason=BARRED_BY) == ["objection_open"]
    dismiss(case, Objection.objects.get(), at=world.at)
    world.act(case, END, "publisher", reason=BARRED_BY)
    notice = Notice.objects.get()
    adjustment = NoticeAdjustment.objects.get(notice=notice)
    assert [line.kind for line in adjustment.lines.all()] == [AdjustmentKind.TAKEN_OFF]
    assert (BARRED_BY in adjustment.body, "不得申报本项目" in adjustment.body) == (False, True)
    tick(notice.ends_at + timedelta(days=1))
    assert state(case) == S.BARRED
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_without_a_bar_that_stands_or_a_reason_nothing_ends(world: GenericStates) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    assert refused(world, case, END, reason="短") == ["not_barred", "text_needed"]
    hold_meanwhile(case)
    assert refused(world, case, END, reason=BARRED_BY) == ["not_barred"]
    for role in ("office", "district", "applicant", "clock"):
        with pytest.raises(Denied):
            world.act(case, END, role, reason=BARRED_BY)


def test_bar_that_has_run_out_lets_the_grant_go_on(world: GenericStates) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    order = bar_meanwhile(case, world.cast, world.at)
    Proceeding.objects.filter(pk=order.pk).update(barred_until=world.at.date())
    assert refused(world, case, END, reason=BARRED_BY) == ["not_barred"]
    world.announce(case)
    assert state(case) == S.RECOGNISED


def test_end_can_be_challenged_and_frees_the_place(world: GenericStates) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    taken = world.batch.applications.filter(state__in=COUNTED)
    assert taken.count() == 1
    reconsiderers(world.cast)
    world.end_as_barred(case)
    assert taken.count() == 0
    letter = Letter.objects.get(case=case, kind=LetterKind.ENDED_AS_BARRED)
    assert challenged(world.cast, letter, world.at).reconsideration.challenged == case


def text(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_publisher_is_led_to_it_from_the_lists_and_asked_again(
    world: GenericStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.case_in(S.NOTICE_COMPLETED)
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)
    client, code = log_in(Client(), world.people["publisher"]), world.batch.code
    address = reverse("batch_end_barred", args=[code, case.number])
    assert address not in text(client, "batch_announce", code)
    assert "没有不得申报本项目的情形" in text(client, "batch_end_barred", code, case.number)
    order = bar_meanwhile(case, world.cast, world.at)
    page = text(client, "batch_announce", code)
    assert (address in page, f'id="case-{case.number}" checked' in page) == (True, False)
    assert order.order_number in text(client, "batch_end_barred", code, case.number)
    assert 'name="confirmed"' in client.post(address, {"reason": BARRED_BY}).content.decode()
    assert state(case) == S.NOTICE_COMPLETED
    sent = {"reason": BARRED_BY, "confirmed": "1", "request_key": "b" * 32}
    assert f"{case.number}：已终结办理。" in client.post(address, sent, follow=True).content.decode()
    assert (state(case), Announcement.objects.count()) == (S.BARRED, 0)
    mine = text(log_in(Client(), world.people["applicant"]), "my_case", case.number)
    assert BARRED_BY in mine
    assert "不得申报，终结办理" in mine


def test_publisher_is_led_to_a_case_that_is_under_notice(world: GenericStates, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.case_in(S.UNDER_NOTICE)
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.at)
    client = log_in(Client(), world.people["publisher"])
    address = reverse("batch_end_barred", args=[world.batch.code, case.number])
    assert address not in text(client, "publishing")
    bar_meanwhile(case, world.cast, world.at)
    assert address in text(client, "publishing")
    page = text(client, "batch_end_barred", world.batch.code, case.number)
    assert ("公示调整通知" in page, "写明已持有的称号" in page) == (True, False)

"""A national result that was confirmed wrongly: corrected by two, moving only what it says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import Level, ProceedingKind
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Application, Batch, Case, Letter, Member, Message, OutsideList, Programme, Title, User
from accreditation.selectors.conference import conference
from accreditation.selectors.plan import granted_by_year
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending_pages import sent, words
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.remedies import carried_out, judgment
from tests.factories.titles import ordered
from workflows import door
from workflows.consistency import check_all
from workflows.demo.material import sample_pdf
from workflows.outside_lists import decline_result, record_result

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "附表第二页看错了一行，企业名称相近。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast, clock: Clock) -> Batch:
    """Two recommended; the result swapped them: `taken` is entered as recognised, `left` as not."""
    found = steps.make_national(cast, quota=2)
    for n in range(2):
        steps.score(cast, steps.filed(cast, found, n), cast.at)
    steps.rank(cast, found)
    steps.decide(cast, found)
    steps.send(cast, found)
    taken, left = Case.objects.filter(batch=found).order_by("pk")
    steps.result(cast, found, [taken], {left: "未列入"})
    clock.at = steps.answered_at(found)
    return found


@pytest.fixture
def cases(batch: Batch) -> tuple[Case, Case]:
    taken, left = Case.objects.filter(batch=batch).order_by("pk")
    return taken, left


@pytest.fixture
def second(cast: Cast, batch: Batch) -> User:
    return steps.colleague(cast)


def states(*cases: Case) -> list[str]:
    return [str(Application.objects.get(case=case).state) for case in cases]


def codes(attempt: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        attempt()
    return [reason.code for reason in refused.value.reasons]


def newest_letter(case: Case) -> Letter:
    return Letter.objects.filter(case=case).latest("pk")


def test_swapped_result_is_put_right_by_two(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:  # fmt: skip
    (taken, left), at = cases, steps.answered_at(batch)
    wrong = Title.objects.get(programme=batch.programme)
    row = steps.corrected(cast, batch, [left], [taken])
    assert states(taken, left) == ["recognised_above", "not_recognised_above"]
    with pytest.raises(Denied):
        record_result(row, by=cast.office, at=at)
    record_result(row, by=second, at=at)
    assert states(taken, left) == ["not_recognised_above", "recognised_above"]
    wrong = Title.objects.get(pk=wrong.pk)
    right = Title.objects.get(programme=batch.programme, holder=left.enterprise)
    root = OutsideList.objects.get(batch=batch, corrects=None)
    assert (wrong.state, wrong.entered_wrongly) == ("cancelled", True)
    assert (right.state, right.valid_from, right.granted_above) == ("in_force", root.notice.dated, root.notice)
    told, granted = newest_letter(taken), newest_letter(left)
    for letter in (told, granted):
        assert (WHY in letter.body, root.notice.number in letter.body) == (True, True)
    assert (wrong.number in told.body, "适用依据：" in told.body, "重新对照国家文件" in told.remedy) == (True,) * 3
    assert (right.number in granted.body, granted.remedy) == (True, "")
    kinds = dict(Message.objects.filter(kind__startswith="correct_to").values_list("recipient", "kind"))
    assert (kinds[cast.member0.pk], kinds[cast.people["member1"].pk]) == (
        "correct_to_passed_over", "correct_to_recognised",
    )  # fmt: skip
    # the plan and the conference count the one that was granted
    assert granted_by_year()[batch.programme_id, root.notice.dated.year] == 1
    assert conference(root.notice.dated, root.notice.dated).tables["programme"][batch.programme_id].granted == 1
    for late in (
        lambda: record_result(row, by=second, at=at),
        lambda: decline_result(row, reason=WHY, by=second, at=at),
    ):
        with pytest.raises(AlreadyDone):
            late()
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_only_what_is_said_otherwise_moves_and_a_wrong_correction_is_corrected(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:
    (taken, left), at = cases, steps.answered_at(batch)
    held = Title.objects.get(programme=batch.programme)
    letters = Letter.objects.filter(case=left).count()
    record_result(steps.corrected(cast, batch, [], [taken]), by=second, at=at)
    assert states(taken, left) == ["not_recognised_above", "not_recognised_above"]
    assert Letter.objects.filter(case=left).count() == letters
    record_result(steps.corrected(cast, batch, [taken], []), by=second, at=at)
    held = Title.objects.get(pk=held.pk)
    assert (held.state, held.entered_wrongly, states(taken)) == ("in_force", False, ["recognised_above"])
    assert Title.objects.filter(programme=batch.programme).count() == 1
    assert list(check_all()) == []
    # one that was lost by an order before it turned out wrong stays lost, also where it turns out right after all
    Title.objects.filter(pk=held.pk).update(state="revoked")
    record_result(steps.corrected(cast, batch, [], [taken]), by=second, at=at)
    record_result(steps.corrected(cast, batch, [taken], []), by=second, at=at)
    held = Title.objects.get(pk=held.pk)
    assert (held.state, held.entered_wrongly) == ("revoked", False)


def test_correction_is_refused_where_it_corrects_nothing(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:
    taken, left = cases
    before = OutsideList.objects.get(batch=batch).notice.dated.replace(year=2020)
    assert codes(lambda: steps.corrected(cast, batch, [], [])) == ["empty_list"]
    assert codes(lambda: steps.corrected(cast, batch, [taken], [])) == ["wrong_state"]
    assert codes(lambda: steps.corrected(cast, batch, [], [left])) == ["wrong_state"]
    assert codes(lambda: steps.corrected(cast, batch, [], [taken], why="看错")) == ["why_needed"]
    assert codes(lambda: steps.corrected(cast, batch, [], [taken], dated=before)) == ["before_basis"]
    steps.corrected(cast, batch, [], [taken])
    assert codes(lambda: steps.corrected(cast, batch, [left], [], by=second)) == ["result_waits"]
    rows = OutsideList.objects.filter(corrects__isnull=False)
    for values in ({"why": ""}, {"corrects": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Title.objects.filter(state="in_force").update(entered_wrongly=True)


def test_pages_enter_confirm_and_show_the_correction(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:
    taken, _left = cases
    root, title = OutsideList.objects.get(batch=batch), Title.objects.get(programme=batch.programme)
    office, other = log_in(Client(), cast.office), log_in(Client(), second)
    shown, address = reverse("outside_list", args=[root.pk]), reverse("outside_list_correct", args=[root.pk])
    assert address in office.get(shown).content.decode()
    assert "现登记为列入名单，更正为未列入" in words(office.get(address))
    form = {
        "changed": [taken.number], "why": WHY, "reasons": "", "authority": "示例国家主管部门",
        "number": "示例公告〔2026〕9号", "dated": root.notice.dated.isoformat(), "checked": "on",
    }  # fmt: skip
    short = office.post(address, form | {"why": "错", "file": sent("公告.pdf", sample_pdf("notice"))})
    assert (short.status_code, "请写明登记有误的原因" in words(short)) == (422, True)
    assert office.post(address, form | {"file": sent("公告.pdf", sample_pdf("notice"))}).status_code == 302
    row = OutsideList.objects.get(corrects=root)
    assert address not in office.get(shown).content.decode()
    confirm = reverse("outside_list", args=[row.pk])
    assert office.get(reverse("outside_list_correct", args=[row.pk])).status_code == 404
    assert WHY in words(other.get(confirm))
    assert other.post(confirm, {"is_confirmed": "yes"}).status_code == 302
    assert states(taken) == ["not_recognised_above"]
    register = words(Client().get(reverse("centre", args=[title.number])))
    for text in ("登记更正", "该称号并未授予，自始无效", root.notice.number, "该称号目前没有效力"):
        assert text in register
    assert "该称号并未授予" in words(office.get(reverse("outside_title", args=[title.number])))
    assert row.notice.number in words(office.get(shown))
    own = words(log_in(Client(), cast.member0).get(reverse("my_case", args=[taken.number])))
    assert "国家未认定" in own


@pytest.mark.parametrize(("outcome", "left"), [("annulled", "in_force"), ("modified", "warned"), ("upheld", "revoked")])
def test_challenge_of_an_order_is_decided_over_a_title_that_turns_out_wrong(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User, outcome: str, left: str
) -> None:
    taken, at = cases[0], steps.answered_at(batch)
    Programme.objects.filter(pk=batch.programme_id).update(level=Level.MUNICIPAL)  # so that the order is one of ours
    held = Title.objects.get(programme=batch.programme_id)
    order = ordered(cast, held, at, ProceedingKind.REVOCATION)
    reconsiderers(cast)
    challenge = challenged(cast, Letter.objects.get(case=order.case, kind="order"), at)
    record_result(steps.corrected(cast, batch, [], [taken]), by=second, at=at)
    decided(cast, challenge, outcome, at)
    held = Title.objects.get(pk=held.pk)
    assert (held.state, held.entered_wrongly) == ("revoked", True)
    record_result(steps.corrected(cast, batch, [taken], []), by=second, at=at)
    held = Title.objects.get(pk=held.pk)
    assert (held.state, held.entered_wrongly, states(taken)) == (left, False, ["recognised_above"])
    assert (list(check_all()), verify_all()[1]) == ([], [])


Steps = tuple[Callable[[], object], Callable[[], object]]


def stay_then_upheld(cast: Cast, letter: Letter, at: datetime) -> Steps:
    """The order is stayed, and is carried out again when it is upheld."""
    case, form = challenged(cast, letter, at), {
        "outcome": "upheld", "reason": "执行将造成难以弥补的损失。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": "示例复决〔2026〕7号", "decided_on": at.date(), "reasons": "原决定认定事实清楚，予以维持。",
    }  # fmt: skip
    first, second = cast.people["reconsiderer1"], cast.people["reconsiderer2"]

    def do(*verbs: tuple[str, User]) -> None:
        for verb, by in verbs:
            door.perform(case, verb, by=by, at=at, form=form)

    return (
        lambda: do(("accept_reconsideration", first), ("stay_execution", first), ("answer_challenge", cast.office)),
        lambda: do(("propose_decision", first), ("decide_reconsideration", second)),
    )


def judged_twice(cast: Cast, letter: Letter, at: datetime) -> Steps:
    """A judgment undoes the order, and the one on appeal does not."""
    later = {"number": "（2026）沪03行终9号", "is_later": True}
    return (
        lambda: carried_out(cast, letter, judgment(at), at, second=cast.people["office3"]),
        lambda: carried_out(cast, letter, judgment(at, "upheld", **later), at, second=cast.people["office3"]),
    )


@pytest.mark.parametrize(("kind", "taken_back"), [
    (ProceedingKind.REVOCATION, stay_then_upheld),
    (ProceedingKind.REVOCATION, judged_twice),
    (ProceedingKind.SUSPENSION, stay_then_upheld),
])  # fmt: skip
def test_order_carried_out_again_over_a_title_that_turned_out_wrong_keeps_it_from_coming_back(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User, kind: ProceedingKind,
    taken_back: Callable[[Cast, Letter, datetime], Steps],
) -> None:  # fmt: skip
    taken, at = cases[0], steps.answered_at(batch)
    Programme.objects.filter(pk=batch.programme_id).update(level=Level.MUNICIPAL)  # so that the order is one of ours
    held = Title.objects.get(programme=batch.programme_id)
    order = ordered(cast, held, at, kind)
    ended = Title.objects.get(pk=held.pk).state
    reconsiderers(cast)
    cast.people["office3"] = second
    take_back, put_in_effect = taken_back(cast, Letter.objects.get(case=order.case, kind="order"), at)
    take_back()
    assert Title.objects.get(pk=held.pk).state == "in_force"
    record_result(steps.corrected(cast, batch, [], [taken]), by=second, at=at)
    put_in_effect()
    back = steps.corrected(cast, batch, [taken], [])
    why = f"该称号已由 {order.order_number} 撤销或者注销，名单的更正不使其恢复。"
    is_lost = kind == ProceedingKind.REVOCATION
    asked = words(log_in(Client(), second).get(reverse("outside_list", args=[back.pk])))
    record_result(back, by=second, at=at)
    held = Title.objects.get(pk=held.pk)
    assert (held.state, held.entered_wrongly, states(taken)) == (ended, False, ["recognised_above"])
    register = words(Client().get(reverse("centre", args=[held.number])))
    assert (why in asked, why in register, "名单的更正不使其恢复" in newest_letter(taken).body) == (is_lost,) * 3
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_title_that_passed_to_another_holder_does_not_come_back_beside_its_own(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:
    taken, left, at = *cases, steps.answered_at(batch)
    held = Title.objects.get(programme=batch.programme)
    Title.objects.filter(pk=held.pk).update(holder=left.enterprise)  # as a merger leaves it
    for granted, passed_over in (([], [taken]), ([left], [])):
        record_result(steps.corrected(cast, batch, granted, passed_over), by=second, at=at)
    assert codes(lambda: steps.corrected(cast, batch, [taken], [])) == ["already_held"]
    for granted, passed_over in (([], [left]), ([taken], [])):
        record_result(steps.corrected(cast, batch, granted, passed_over), by=second, at=at)
    assert list(Title.objects.filter(programme=batch.programme, state="in_force")) == [held]


def test_who_is_tied_to_any_case_of_the_list_neither_proposes_nor_confirms_its_correction(
    cast: Cast, batch: Batch, cases: tuple[Case, Case], second: User
) -> None:
    taken, left = cases
    row = steps.corrected(cast, batch, [], [taken])
    Member.objects.create(
        enterprise=left.enterprise, user=second, state="ended", requested_at=cast.at, settled_at=cast.at
    )
    with pytest.raises(Denied, match="connected"):
        record_result(row, by=second, at=steps.answered_at(batch))

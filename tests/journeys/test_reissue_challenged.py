"""A refused certificate is challenged through the pages; the decision opens the request again for another officer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.errors import Denied, Refusal
from accreditation.models import Case, Enterprise, Letter, Message, Reconsideration, Reissue, ReissueLetter, Title
from accreditation.reconsideration_words import Outcome
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.reissue_words import ReissueState
from accreditation.services.reconsiderations import took_part_in_act
from certificates.services.keys import open_keys
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import CLAIM, REASONS, decided, reconsiderers
from tests.factories.reissues import asked, signed_certificate
from tests.factories.titles import municipal_title, second_officer
from workflows import door
from workflows.consistency import check_all
from workflows.exports.dossier_rows import anchors_of
from workflows.opening_reconsiderations import open_reconsideration
from workflows.reissue_who import answered_before, answering
from workflows.reissuing import allow_reissue, propose_reissue, refuse_reissue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANSWER = "未附遗失声明，请补充后再申请。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(STARTED - timedelta(hours=1))
    reconsiderers(found)
    return found


@pytest.fixture
def refused(cast: Cast) -> ReissueLetter:
    title = municipal_title(cast)
    signed_certificate(title, cast.at, open_keys(at=cast.at))
    return refuse_reissue(asked(cast, title, at=cast.at), reason=ANSWER, by=cast.office, at=cast.at).letter


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def send(client: Client, address: str, **form: Any) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, (answer.status_code, text(answer))
    return text(answer)


def filed(cast: Cast, letter: ReissueLetter) -> Case:
    return open_reconsideration(
        letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=timezone.now()
    )


def test_holder_challenges_the_refusal_and_another_officer_answers_anew(cast: Cast, refused: ReissueLetter) -> None:
    title, former = refused.reissue.title, refused.reissue
    holder = browser(cast, "member0")
    address = reverse("my_reconsideration", args=[refused.number])
    assert address in holder.get(reverse("my_reissue_letter", args=[title.number, refused.number])).content.decode()
    assert "不予补发换发告知书" in text(holder.get(address))
    assert holder.post(address, {"known_on": refused.dated, "claim": "短", "reasons": ""}).status_code == 422
    assert browser(cast, "member1").get(address).status_code == 404
    assert browser(cast, "office").get(address).status_code in (403, 404)
    form = {"known_on": refused.dated, "claim": CLAIM, "reasons": REASONS}
    shown = send(holder, address, **form, request_key="one")
    send(holder, address, **form, request_key="one")  # the button pressed twice
    row = Reconsideration.objects.select_related("case").get()
    assert (row.challenged, row.letter, row.origin) == (None, None, former.number)
    assert refused.number in shown
    assert former.number in shown
    assert holder.post(address, form).status_code == 422  # once only
    examining = browser(cast, "reconsiderer1")
    assert ANSWER in text(examining.get(reverse("matter", args=[row.case.number])))
    decided(cast, row.case, Outcome.REDO, timezone.now())
    again = Reissue.objects.get(reopens=former)
    assert (again.state, again.statement, again.place) == (ReissueState.WAITING, former.statement, former.place)
    assert again.number in Letter.objects.get(case=row.case, kind="reconsideration_decision").body
    assert "重新办理" in text(holder.get(reverse("my_reissue", args=[title.number])))

    one = reverse("reissue", args=[again.number])
    office, second = browser(cast, "office"), log_in(Client(), second_officer(cast))
    assert "由未作出原答复的另一人审核" in text(office.get(one))
    assert office.post(one, {"is_allowed": "yes"}).status_code == 422
    assert "已同意" in send(second, one, is_allowed="yes")
    former = Reissue.objects.get(pk=former.pk)
    assert (former.state, former.answer) == (ReissueState.REFUSED, ANSWER)  # stays on file as it was
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_nobody_who_answered_may_examine_and_nobody_of_another_enterprise_may_file(
    cast: Cast, refused: ReissueLetter
) -> None:
    for stranger in (cast.member1, cast.office, cast.people["reconsiderer1"]):
        with pytest.raises(Denied):
            open_reconsideration(
                refused, known_on=refused.dated, claim=CLAIM, reasons=REASONS, by=stranger, at=timezone.now()
            )
    case = filed(cast, refused)
    row = Reconsideration.objects.get(case=case)
    assert took_part_in_act(cast.office, row)
    assert not took_part_in_act(cast.people["reconsiderer1"], row)
    with pytest.raises(Denied):
        door.perform(case, "accept_reconsideration", by=cast.office, at=timezone.now())
    assert anchors_of(case)["title"] == [refused.reissue.title_id]


def test_answer_stands_where_it_is_upheld_and_waits_for_what_was_asked_meanwhile(
    cast: Cast, refused: ReissueLetter
) -> None:
    case, title = filed(cast, refused), refused.reissue.title
    meanwhile = asked(cast, title, at=timezone.now())
    with pytest.raises(Refusal) as stopped:
        decided(cast, case, Outcome.ANNULLED, timezone.now())
    assert {reason.code for reason in stopped.value.reasons} == {"reissue_waiting"}
    assert Reconsideration.objects.get(case=case).state == S.DECISION_PROPOSED
    form = {
        "outcome": Outcome.UPHELD, "decision_number": "示例复决〔2026〕7号", "decided_on": timezone.localdate(),
        "reasons": "原答复事实清楚，程序合法。",
    }  # fmt: skip
    door.perform(case, "decide_reconsideration", by=cast.people["reconsiderer2"], at=timezone.now(), form=form)
    assert list(Reissue.objects.filter(title=title, state=ReissueState.WAITING)) == [meanwhile]


def test_who_gave_the_former_answer_is_not_asked_again(cast: Cast, refused: ReissueLetter) -> None:
    second = second_officer(cast)
    decided(cast, filed(cast, refused), Outcome.ANNULLED, timezone.now())
    again = Reissue.objects.get(reopens=refused.reissue)
    people = answering(again, timezone.now())
    assert second in people
    assert cast.office not in people
    told = set(Message.objects.filter(kind="reissue_reopened").values_list("recipient__username", flat=True))
    assert cast.office.username not in told
    assert second.username in told
    assert Message.objects.filter(kind="reissue_reopened_for_holder", recipient=cast.member0).exists()


def test_whoever_gave_any_of_the_answers_set_aside_is_not_asked_again(cast: Cast, refused: ReissueLetter) -> None:
    second = second_officer(cast)
    decided(cast, filed(cast, refused), Outcome.REDO, timezone.now())
    again = Reissue.objects.get(reopens=refused.reissue)
    letter = refuse_reissue(again, reason=ANSWER, by=second, at=timezone.now()).letter
    decided(cast, filed(cast, letter), Outcome.REDO, timezone.now())
    third = Reissue.objects.get(reopens=again)
    assert answered_before(third) == {cast.office.pk, second.pk}
    with pytest.raises(Refusal) as stopped:
        allow_reissue(third, by=cast.office, at=timezone.now())
    assert {reason.code for reason in stopped.value.reasons} == {"answered_before"}


def test_request_opened_again_waits_where_the_title_is_now(cast: Cast) -> None:
    title = Title.objects.get(number="SHDTC-T-2023-00000")
    signed_certificate(title, cast.at, open_keys(at=cast.at))
    letter = refuse_reissue(asked(cast, title, at=cast.at), reason=ANSWER, by=cast.pudong, at=cast.at).letter
    case = filed(cast, letter)
    Enterprise.objects.filter(pk=title.holder_id).update(district="310114")  # moved, as a confirmed change has it
    decided(cast, case, Outcome.ANNULLED, timezone.now(), respondent=cast.pudong)
    again = Reissue.objects.get(reopens=letter.reissue)
    assert (letter.reissue.place, again.place) == ("310115", "310114")
    assert cast.jiading in answering(again, timezone.now())


def test_correction_that_a_colleague_refused_and_what_was_allowed_are_no_adverse_acts(
    cast: Cast, refused: ReissueLetter
) -> None:
    title, second = refused.reissue.title, second_officer(cast)
    proposed = propose_reissue(title, reason="misprint", statement=ANSWER, by=cast.office, at=timezone.now())
    assert not ReissueLetter.objects.filter(reissue=proposed).exists()
    letter = allow_reissue(proposed, by=second, at=timezone.now()).letter
    assert browser(cast, "member0").get(reverse("my_reconsideration", args=[letter.number])).status_code == 404

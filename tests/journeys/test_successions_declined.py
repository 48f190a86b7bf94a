"""A successor that declines with a reason: both sides are told, nothing is confirmed until it agrees after all."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.change_words import ChangeState as S
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Case, ChangeRequest, ChangeSuccessor, Member, Message, Title
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.changes import OPINION, confirmation, opened
from tests.factories.returns import ANOTHER, returned
from tests.factories.titles import municipal_title
from workflows import door
from workflows.consistency import check_all
from workflows.succession_agreements import agree_to_succession, decline_succession

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DISTRICT = "SHDTC-T-2023-00000"
WHY = "双方对技术中心人员的安置尚未谈妥。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(hours=1), panel=1, committee=1)


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def told(person: str, kind: str) -> int:
    return Message.objects.filter(recipient__username=person, kind=kind).count()


def before_the_second(cast: Cast) -> tuple[Case, ChangeSuccessor]:
    """A merger whose plan waits for its second person, while its successor has said nothing."""
    title = municipal_title(cast)
    case = opened(cast, "merger")
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=OPINION)
    plan = {title.number: ("passes", cast.enterprises[1].uscc), DISTRICT: ("ends", "")}
    form = {"outcomes": plan, "reasons": "技术中心整体并入承继单位。"}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    return case, ChangeSuccessor.objects.get(change__case=case)


def reasons(case: Case, cast: Cast) -> dict[str, str]:
    """What speaks against the confirmation, by code."""
    form = confirmation(cast.at)
    against = door.reasons_against(case, "confirm_succession", by=cast.publisher, at=cast.at, form=form)
    return {one.code: str(one.text) for one in against}


def test_decline_is_told_stops_the_confirmation_and_can_be_turned_round(cast: Cast) -> None:
    case, row = before_the_second(cast)
    address = reverse("my_succession", args=[case.number])
    heir, second = log_in(Client(), cast.member1), log_in(Client(), cast.publisher)
    assert "不同意承继" in text(heir.get(address))
    assert heir.post(address, {"act": "decline", "reason": "不"}).status_code == 422
    done = heir.post(address, {"act": "decline", "reason": WHY}, follow=True)
    assert "已表示不同意承继" in text(done)
    assert WHY in text(done)
    for person in ("member0", "pudong", "office", "publisher"):
        assert told(person, "succession_declined") == 1, person
    assert told("member1", "succession_declined") == 0
    assert "本单位不同意" in text(heir.get(reverse("my_cases")))
    heir.cookies["django_language"] = "en"
    assert "Your enterprise has declined" in text(heir.get(address))
    del heir.cookies["django_language"]
    confirm = {"document_number": "示例经技〔2026〕31号", "document_on": timezone.localdate(), "confirmed": "1"}
    act = reverse("matter_act", args=[case.number, "confirm_succession"])
    refused = second.post(act, confirm)
    assert refused.status_code == 422
    assert WHY.rstrip("。") in text(refused)
    for client, page in ((second, "matter"), (log_in(Client(), cast.member0), "my_matter")):
        shown = text(client.get(reverse(page, args=[case.number])))
        assert "承继单位不同意承继" in shown  # in the trail
        assert shown.count(WHY) >= 2  # there, and beside the successor
    assert "本单位已经表示不同意" in text(heir.post(address, {"act": "decline", "reason": WHY}, follow=True))
    assert "已同意承继" in text(heir.post(address, {"act": "agree", "agreed": "on"}, follow=True))
    for person in ("member0", "pudong", "office", "publisher"):
        assert told(person, "succession_agreed") == 1, person
    assert "本单位已经同意承继" in text(heir.post(address, {"act": "decline", "reason": WHY}, follow=True))
    assert second.post(act, confirm).status_code == 302
    assert Title.objects.get(programme__level="municipal").holder == cast.enterprises[1]
    event = AuditEvent.objects.get(verb="decline_succession")  # stands, though turned round
    assert (event.content["reason"], event.content["name"]) == (WHY, cast.enterprises[1].name)
    row.refresh_from_db()
    assert (row.declined_at, row.declined_by, row.decline_reason) == (None, None, "")
    assert list(check_all()) == []


def test_only_the_successor_declines_with_a_reason_and_while_the_change_is_open(cast: Cast) -> None:
    case, row = before_the_second(cast)
    for stranger in (cast.member0, cast.people["member2"], cast.office):
        with pytest.raises(Denied):
            decline_succession(row, reason=WHY, by=stranger, at=cast.at)
    with pytest.raises(Refusal) as stopped:
        decline_succession(row, reason=" 不 ", by=cast.member1, at=cast.at)
    assert [reason.code for reason in stopped.value.reasons] == ["text_needed"]
    assert set(reasons(case, cast)) == {"not_agreed"}
    decline_succession(row, reason=WHY, by=cast.member1, at=cast.at)
    assert set(reasons(case, cast)) == {"successor_declined"}
    with pytest.raises(AlreadyDone):
        decline_succession(row, reason=WHY, by=cast.member1, at=cast.at)
    door.perform(case, "withdraw_change", by=cast.member0, at=cast.at, form={})
    for declare in (agree_to_succession, lambda row, **by: decline_succession(row, reason=WHY, **by)):
        with pytest.raises(Refusal):
            declare(row, by=cast.member1, at=cast.at)
    page = text(log_in(Client(), cast.member1).get(reverse("my_succession", args=[case.number])))
    assert WHY in page
    assert "可以改为同意" not in page


def test_change_that_is_mended_asks_its_successor_anew(cast: Cast) -> None:
    case, row = before_the_second(cast)
    decline_succession(row, reason=WHY, by=cast.member1, at=cast.at)
    door.perform(case, "send_succession_back", by=cast.publisher, at=cast.at, form={"reason": "承继单位不同意。"})
    form = returned(ANOTHER)
    door.perform(case, "return_change", by=cast.office, at=cast.at, form=form)
    more = {"file": stored_file(b"agreed", cast.at), "name": "安置协议.pdf", "purpose": "证明人员安置已谈妥"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=more)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    row.refresh_from_db()
    assert (row.declined_at, row.agreed_at) == (None, None)
    assert told("member1", "succession_asked") == 2
    assert AuditEvent.objects.filter(verb="decline_succession").count() == 1
    agree_to_succession(row, by=cast.member1, at=cast.at)


def test_officer_who_is_tied_to_a_party_is_not_told(cast: Cast) -> None:
    case, row = before_the_second(cast)
    Member.objects.create(
        enterprise=cast.enterprises[1], user=cast.pudong, state="ended", requested_at=cast.at, settled_at=cast.at
    )
    decline_succession(row, reason=WHY, by=cast.member1, at=cast.at)
    assert (told("pudong", "succession_declined"), told("office", "succession_declined")) == (0, 1)
    assert ChangeRequest.objects.get(case=case).state == S.AWAITING_SECOND


def test_tables_refuse_half_a_decline_and_both_words_at_once(cast: Cast) -> None:
    _case, row = before_the_second(cast)
    decline_succession(row, reason=WHY, by=cast.member1, at=cast.at)
    both = {"agreed_at": cast.at, "agreed_by": cast.member1}
    for broken in ({"decline_reason": ""}, {"declined_by": None}, {"declined_at": None}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangeSuccessor.objects.filter(pk=row.pk).update(**broken)

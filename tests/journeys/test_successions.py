"""Who is named as successor is asked and told, reads what concerns it alone; without its agreement nothing passes."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.change_words import ChangeState as S
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Case, CaseDocument, ChangeRequest, ChangeSuccessor, Member, Message, Title
from accreditation.services.successions import people_of_successors
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.changes import FACTS, OPINION, confirmation, opened
from tests.factories.returns import ANOTHER, returned
from tests.factories.returns import FACTS as FACTS_FIELD
from tests.factories.titles import municipal_title
from workflows import door
from workflows.consistency import check_all
from workflows.succession_agreements import agree_to_succession

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DISTRICT = "SHDTC-T-2023-00000"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(hours=1))


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def act(case: Case, verb: str) -> str:
    return reverse("matter_act", args=[case.number, verb])


def merging(cast: Cast, title: Title) -> tuple[Case, dict[str, Any]]:
    """A merger before the granting body that nobody has agreed to, and the plan for it."""
    case = opened(cast, "merger")
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=OPINION)
    plan = {title.number: ("passes", cast.enterprises[1].uscc), DISTRICT: ("ends", "")}
    return case, {"outcomes": plan, "reasons": "技术中心整体并入承继单位。"}


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def told(person: str) -> list[str]:
    return sorted(Message.objects.filter(recipient__username=person).values_list("kind", flat=True))


def test_successor_is_asked_agrees_on_its_page_and_is_told_of_the_end(cast: Cast) -> None:
    title = municipal_title(cast)
    case = opened(cast, "merger")
    address = reverse("my_succession", args=[case.number])
    heir = browser(cast, "member1")
    assert heir.get(address).status_code == 404  # a draft is its holder's alone
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=OPINION)
    assert "succession_asked" in told("member1")
    assert "待本单位同意" in text(heir.get(reverse("my_cases")))
    page = text(heir.get(address))
    assert cast.enterprises[0].name in page
    assert title.number in page
    assert FACTS not in page
    assert OPINION["opinion"] not in page
    for name in ("member0", "member2"):
        assert browser(cast, name).get(address).status_code == 404
    assert browser(cast, "office").get(address).status_code in (403, 404)
    assert heir.get(reverse("my_matter", args=[case.number])).status_code == 404
    assert heir.post(address, {}).status_code == 422

    plan = {title.number: ("passes", cast.enterprises[1].uscc), DISTRICT: ("ends", "")}
    form = {"outcomes": plan, "reasons": "技术中心整体并入承继单位。"}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    confirm = {"document_number": "示例经技〔2026〕31号", "document_on": timezone.localdate(), "confirmed": "1"}
    second = browser(cast, "publisher")
    refused = second.post(act(case, "confirm_succession"), confirm)
    assert refused.status_code == 422
    assert "尚未同意承继" in text(refused)
    assert "已同意承继" in text(heir.post(address, {"agreed": "on"}, follow=True))
    assert "本单位已经同意承继" in text(heir.post(address, {"agreed": "on"}, follow=True))
    assert "succession_agreed" in told("member0")
    assert "承继单位同意承继" in text(browser(cast, "office").get(reverse("matter", args=[case.number])))
    assert second.post(act(case, "confirm_succession"), confirm).status_code == 302
    assert Title.objects.get(pk=title.pk).holder == cast.enterprises[1]
    assert "succession_ended" in told("member1")
    ended = text(heir.get(address))
    assert "示例经技〔2026〕31号" in ended
    assert DISTRICT not in ended  # what did not pass to it
    assert list(check_all()) == []


def test_agreement_of_who_has_nobody_here_is_a_paper_that_the_office_checks(cast: Cast) -> None:
    title = municipal_title(cast)
    Member.objects.filter(enterprise=cast.enterprises[1]).delete()
    case, plan = merging(cast, title)
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=plan)
    with pytest.raises(Refusal) as stopped:
        door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=confirmation(cast.at))
    assert codes(stopped) == {"paper_not_checked"}
    door.perform(case, "send_succession_back", by=cast.publisher, at=cast.at, form={"reason": "请核对同意文件。"})
    office, address = browser(cast, "office"), act(case, "put_succession_forward")
    rows = {row.title.number: row.pk for row in ChangeRequest.objects.get(case=case).titles.select_related("title")}
    form = {
        f"title_{rows[title.number]}": f"passes:{cast.enterprises[1].uscc}", f"title_{rows[DISTRICT]}": "ends:",
        "reasons": "已核对承继单位盖章的同意书。",
    }  # fmt: skip
    assert "的同意文件" in text(office.get(address))
    assert office.post(address, form).status_code == 422
    successor = ChangeSuccessor.objects.get(change__case=case)
    paper = case.documents.get()
    assert office.post(address, form | {f"paper_{successor.pk}": str(paper.pk)}).status_code == 302
    successor.refresh_from_db()
    assert (successor.paper, successor.agreed_by) == (paper, cast.office)
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=confirmation(cast.at))
    assert ChangeRequest.objects.get(case=case).state == S.CONFIRMED


def filed(cast: Cast, case: Case) -> ChangeSuccessor:
    """The successor once the holder has filed, for the first time or after a return."""
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    return ChangeSuccessor.objects.select_related("enterprise").get(change__case=case)


@pytest.mark.parametrize("is_more", [False, True])
def test_agreement_does_not_outlive_the_titles_that_it_was_given_for(cast: Cast, is_more: bool) -> None:
    case = opened(cast, "merger")
    agree_to_succession(filed(cast, case), by=cast.member1, at=cast.at)
    door.perform(case, "return_change", by=cast.pudong, at=cast.at, form=returned(FACTS_FIELD, ANOTHER))
    more = {"file": stored_file(b"agreed", cast.at), "name": "合并协议.pdf", "purpose": "证明合并"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=more)
    if is_more:
        municipal_title(cast)
    row = filed(cast, case)
    assert (row.agreed_at is None) == is_more
    if is_more:
        assert agree_to_succession(row, by=cast.member1, at=cast.at).agreed_at  # is asked anew


def test_agreement_ends_with_the_paper_on_which_it_was_given(cast: Cast) -> None:
    title = municipal_title(cast)
    Member.objects.filter(enterprise=cast.enterprises[1]).delete()
    case, plan = merging(cast, title)
    paper = case.documents.get()
    agreed = plan | {"agreements": {cast.enterprises[1].uscc: paper}}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=agreed)
    CaseDocument.objects.filter(pk=paper.pk).update(removed_at=cast.at)
    with pytest.raises(Refusal) as stopped:
        door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=confirmation(cast.at))
    assert codes(stopped) == {"paper_not_checked"}
    CaseDocument.objects.filter(pk=paper.pk).update(removed_at=None)
    door.perform(case, "send_succession_back", by=cast.publisher, at=cast.at, form={"reason": "请核对同意文件。"})
    of_paper = ("document", str(paper.pk), None)
    door.perform(case, "return_change", by=cast.office, at=cast.at, form=returned(of_paper))
    more = {"file": stored_file(b"agreed", cast.at), "name": "合并协议.pdf", "purpose": "证明合并"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=more)
    door.perform(case, "drop_change_document", by=cast.member0, at=cast.at, form={"document": paper})
    row = filed(cast, case)
    assert (row.agreed_at, row.agreed_by, row.paper) == (None, None, None)


def test_only_the_successor_agrees_once_and_while_it_is_asked(cast: Cast) -> None:
    case, plan = merging(cast, municipal_title(cast))
    row = ChangeSuccessor.objects.get(change__case=case)
    for stranger in (cast.member0, cast.people["member2"], cast.office):
        with pytest.raises(Denied):
            agree_to_succession(row, by=stranger, at=cast.at)
    foreign = {"agreements": {cast.enterprises[1].uscc: case.documents.get()}}
    with pytest.raises(Refusal) as stopped:  # who has people here declares it by itself
        door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=plan | foreign)
    assert codes(stopped) == {"not_on_file"}
    agree_to_succession(row, by=cast.member1, at=cast.at)
    with pytest.raises(AlreadyDone):
        agree_to_succession(row, by=cast.member1, at=cast.at)


def test_change_that_ended_asks_nobody_and_tells_so(cast: Cast) -> None:
    case, _plan = merging(cast, municipal_title(cast))
    reasons = {"reasons": "所报合并与登记不符，经核实不属实。"}
    door.perform(case, "refuse_change", by=cast.office, at=cast.at, form=reasons)
    assert told("member1").count("succession_ended") == 1
    row = ChangeSuccessor.objects.get(change__case=case)
    with pytest.raises(Refusal) as stopped:
        agree_to_succession(row, by=cast.member1, at=cast.at)
    assert codes(stopped) == {"not_asked"}
    assert "同意承继上述称号" not in text(browser(cast, "member1").get(reverse("my_succession", args=[case.number])))


def test_person_who_acts_for_two_successors_of_a_split_is_asked_once(cast: Cast) -> None:
    municipal_title(cast)
    Member.objects.create(
        enterprise=cast.enterprises[2], user=cast.member1, state=MemberState.ACTIVE, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    case = opened(cast, "split", successors=(cast.enterprises[1], cast.enterprises[2]))
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    asked = people_of_successors(ChangeRequest.objects.get(case=case))
    assert [row.username for row in asked].count("member1") == 1
    assert told("member1").count("succession_asked") == 1
    door.perform(case, "withdraw_change", by=cast.member0, at=cast.at)
    assert told("member1").count("succession_ended") == 1

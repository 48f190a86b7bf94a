"""In-site messages: sentences in the reader's language, read by their recipient only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone, translation

from accreditation.models import Message, User
from accreditation.roles import Role
from accreditation.selectors.messages import GENERAL, SENTENCES, render_message, unread_count
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PARAMS = {
    "draft": "RULES-2026-0001",
    "batch": "NETC-2026-1",
    "entry": 1,
    "edition": "shanghai_municipal_centre/2027",
    "proposal": "DESIGNATION-2026-0001",
    "change": "EDITION-2026-0001",
    "person": "王示例",
    "subject": "SHETC-2026-0001",
    "to": "李示例",
    "enterprise": "示例公司",
    "uscc": "91350100M000100Y43",
    "reason": "未盖章",
    "name": "长表.xlsx",
    "role": Role.DISTRICT_OFFICER.value,
    "district": "310115",
    "meeting": "M-1",
    "title": "SHETC-T-2024-00001",
    "year": "2026",
    "closes_at": "2026-09-30T17:00:00+08:00",
    "held_at": "2026-03-02T09:00:00+08:00",
    "clock": "first_review",
    "due_at": "2026-03-16T23:59:59+08:00",
    "left": 2,
    "over": 1,
    "starts_at": "2026-03-02T09:00:00+08:00",
    "ends_at": "2026-03-09T00:00:00+08:00",
    "powers": ["publish", "call_meetings"],
    "number": "BULK-2026-0001",
    "cases": 3,
    "announcement": "示例〔2026〕1 号",
    "done": 2,
    "refused": 1,
    "count": 2,
    "request": 1,
}


def write(recipient: User, kind: str, number: int = 0, **changes: Any) -> Message:
    return Message.objects.create(
        recipient=recipient, kind=kind, created_at=timezone.now(), key=f"{kind}:{number}:{recipient.pk}", **changes
    )


@pytest.mark.parametrize("kind", SENTENCES)
def test_sentence_of_every_kind_fills_all_its_gaps(people: dict[str, User], kind: str) -> None:
    shown = render_message(write(people["qiye"], kind, case_number="SHETC-2026-0001", params=PARAMS))
    assert shown.title
    assert not re.search(r"%\(|—|None", shown.text)


@pytest.mark.parametrize(
    "kind", sorted({verb.message for each in PROCEDURES.values() for verb in each.verbs.values() if verb.tells})
)
def test_every_verb_that_tells_somebody_has_its_sentence(kind: str) -> None:
    assert kind in SENTENCES
    assert "%(case)s" in str(SENTENCES[kind].text)


def test_unknown_kind_and_missing_words_still_read(people: dict[str, User]) -> None:
    shown = render_message(write(people["qiye"], "from_a_later_version", case_number="SHETC-2026-0001"))
    assert (shown.title, "SHETC-2026-0001" in shown.text) == (str(GENERAL.title), True)
    assert "—" in render_message(write(people["qiye"], "member_ended")).text


def test_message_about_a_meeting_leads_to_it(people: dict[str, User]) -> None:
    told = write(people["qiye"], "minutes_to_sign", params={"meeting": "MEET-2026-001"})
    assert render_message(told).href == "/meetings/MEET-2026-001/"


def test_roles_districts_and_instants_are_put_in_words(people: dict[str, User]) -> None:
    granted = render_message(write(people["qiye"], "role_granted", params=PARAMS)).text
    assert "区主管部门经办人（浦东新区）" in granted
    called = render_message(write(people["qiye"], "meeting_called", params=PARAMS)).text
    assert "2026年3月2日" in called


def test_sentence_is_made_in_the_language_of_the_reader(people: dict[str, User]) -> None:
    message = write(people["qiye"], "meeting_called", params=PARAMS)
    with translation.override("en"):
        assert "March 2, 2026" in render_message(message).text
    with translation.override("zh-hans"):
        assert "2026年3月2日" in render_message(message).text


def test_message_is_opened_by_its_recipient_only(sign_in: Any, people: dict[str, User]) -> None:
    message = write(people["qiye"], "member_confirmed", params=PARAMS)
    assert sign_in("qiye2").post(f"/messages/{message.pk}/").status_code == 404
    assert sign_in("qiye").get(f"/messages/{message.pk}/").status_code == 405
    message.refresh_from_db()
    assert message.read_at is None
    before = unread_count(people["qiye"])
    assert sign_in("qiye").post(f"/messages/{message.pk}/").headers["Location"] == "/org/members/"
    assert unread_count(people["qiye"]) == before - 1


def test_all_are_marked_as_read_for_oneself_only(sign_in: Any, people: dict[str, User]) -> None:
    for name in ("qiye", "qiye2"):
        write(people[name], "member_confirmed", params=PARAMS)
    others = unread_count(people["qiye2"])
    sign_in("qiye").post("/messages/read/")
    assert (unread_count(people["qiye"]), unread_count(people["qiye2"])) == (0, others)


def test_list_shows_unread_first_and_nothing_of_others(sign_in: Any, people: dict[str, User]) -> None:
    Message.objects.all().delete()
    write(people["qiye"], "member_ended", 1, params=PARAMS, read_at=timezone.now())
    write(people["qiye"], "member_confirmed", 2, params=PARAMS)
    write(people["qiye2"], "member_rejected", 3, params=PARAMS)
    page = sign_in("qiye").get("/messages/")
    assert [row.kind for row, _said in page.context["rows"]] == ["member_confirmed", "member_ended"]


def test_list_asks_the_database_as_often_for_three_as_for_one(sign_in: Any, people: dict[str, User]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = sign_in("qiye"), []
    for number in range(3):
        write(people["qiye"], "member_confirmed", number, params=PARAMS)
        with CaptureQueriesContext(connection) as asked:
            client.get("/messages/")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_stranger_is_sent_to_the_log_in(client: Any) -> None:
    assert client.get("/messages/").headers["Location"] == "/login/?next=/messages/"

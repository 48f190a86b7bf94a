"""Nothing typed is lost after a time-out, and nobody else reads it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.errors import Refusal
from accreditation.models import Draft, User
from accreditation.permissions import SECOND_FACTOR_KEY
from accreditation.seeds.accounts import DEMO_PASSWORD
from accreditation.services import drafts
from accreditation.services.drafts import HELD_KEY, MOST_BYTES, StaleDraft, save_draft, save_drafts

pytestmark = pytest.mark.django_db
TEXT = "沪示例〔2026〕7 号，写了一个小时的依据"


def typed(people: dict[str, User], **changes: Any) -> dict[str, Any]:
    return {"user": people["qiye"].pk, "role": "publisher", "ground": TEXT, "district": ""} | changes


def time_out(client: Client) -> None:
    """What the server does after the idle time: the session is gone, the browser keeps its cookies."""
    client.session.flush()


def back_in(client: Client, user: User) -> None:
    """Log in again in the browser that holds the anonymous session."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[SECOND_FACTOR_KEY] = timezone.now().isoformat()
    session.save()


@pytest.fixture
def timed_out(sign_in: Any) -> Client:
    """The browser of the security officer, whose session ended while the grant form was open."""
    client: Client = sign_in("anquan")
    assert client.get("/grants/").status_code == 200
    time_out(client)
    return client


# --- Held posts -------------------------------------------------------------------------------------------------
def test_text_posted_after_a_time_out_comes_back_to_the_same_field(timed_out: Client, people: dict[str, User]) -> None:
    answer = timed_out.post("/grants/", typed(people))
    assert answer.headers["Location"] == "/login/?next=/grants/%23id_ground"
    back_in(timed_out, people["anquan"])
    page = timed_out.get("/grants/")
    assert page.context["form"].initial["ground"] == TEXT
    html = page.content.decode()
    assert f'value="{TEXT}"' in html
    assert re.search(rf'<option value="{people["qiye"].pk}"[^>]* selected[ >]', html)
    assert "已恢复登录超时前填写的内容" in html
    assert 'id="id_ground"' in html


@pytest.mark.slow
def test_real_log_in_leads_back_to_page_and_field_with_the_text(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("qiye")
    client.get("/org/members/")
    time_out(client)
    enterprise = people["qiye"].memberships.get().enterprise
    address = reverse("org_member_invite", args=[enterprise.pk])
    said = {"name": "赵示例", "email": "zhao@example.invalid"}
    answer = client.post(address, said, headers={"Referer": "http://testserver/org/members/"})
    assert answer.headers["Location"] == "/login/?next=/org/members/%23id_email"
    onward = {"login": "qiye", "password": DEMO_PASSWORD, "next": "/org/members/#id_email"}
    answer = client.post("/login/", onward)
    assert answer.headers["Location"] == "/org/members/#id_email"


def test_held_text_stays_until_the_form_is_accepted(timed_out: Client, people: dict[str, User]) -> None:
    timed_out.post("/grants/", typed(people))
    back_in(timed_out, people["anquan"])
    for _turn in range(2):
        assert TEXT in timed_out.get("/grants/").content.decode()
    refused = timed_out.post("/grants/", typed(people, role="district_officer"))
    assert refused.status_code == 422
    assert timed_out.post("/grants/", typed(people)).status_code == 302
    assert timed_out.get("/grants/").context["form"].initial.keys() == {"request_key"}


def test_held_text_is_not_shown_to_another_person_on_the_same_browser(
    timed_out: Client, people: dict[str, User]
) -> None:
    timed_out.post("/grants/", typed(people))
    back_in(timed_out, people["anquan2"])
    page = timed_out.get("/grants/")
    assert page.status_code == 200
    assert TEXT not in page.content.decode()


def test_held_text_is_not_shown_to_a_person_who_may_not_open_the_page(
    timed_out: Client, people: dict[str, User]
) -> None:
    timed_out.post("/grants/", typed(people))
    back_in(timed_out, people["qiye"])
    page = timed_out.get("/grants/")
    assert page.status_code == 403
    assert TEXT not in page.content.decode()


def test_stranger_without_the_signed_cookie_holds_nothing(people: dict[str, User]) -> None:
    client = Client()
    assert client.post("/grants/", typed(people)).headers["Location"].startswith("/login/")
    assert HELD_KEY not in client.session


def test_forged_owner_cookie_holds_nothing(people: dict[str, User]) -> None:
    client = Client()
    client.cookies[drafts.OWNER_COOKIE] = f"{people['anquan'].pk}:forged:signature"
    client.post("/grants/", typed(people))
    assert HELD_KEY not in client.session


def test_passwords_tokens_and_files_are_never_held(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("qiye")
    client.get("/org/members/")
    time_out(client)
    said = {
        "oldpassword": "secret-1",
        "password1": "secret-2",
        "csrfmiddlewaretoken": "secret-3",
        "one_time_code": "secret-4",
        "api_token": "secret-5",
        "remark": TEXT,
        "proof": SimpleUploadedFile("a.pdf", b"%PDF-secret-6"),
    }
    client.post("/password/change/", said)
    held = client.session[HELD_KEY]["/password/change/"]["fields"]
    assert held == {"remark": [TEXT]}


def test_post_above_the_limit_is_not_held_and_leads_to_the_log_in(timed_out: Client, people: dict[str, User]) -> None:
    answer = timed_out.post("/grants/", typed(people, ground="长" * MOST_BYTES))
    assert answer.headers["Location"].startswith("/login/")
    assert HELD_KEY not in timed_out.session


def test_only_the_last_pages_are_held(timed_out: Client, people: dict[str, User]) -> None:
    for number in range(8):
        timed_out.post(f"/grants/{number}/revoke/", {"ground": TEXT})
    assert list(timed_out.session[HELD_KEY]) == [f"/grants/{number}/revoke/" for number in range(3, 8)]


def test_referer_of_another_site_is_not_where_one_comes_back(timed_out: Client, people: dict[str, User]) -> None:
    answer = timed_out.post("/grants/", typed(people), headers={"Referer": "https://evil.example/x"})
    assert answer.headers["Location"] == "/login/?next=/grants/%23id_ground"


def test_script_is_answered_401_with_the_way_back(timed_out: Client, people: dict[str, User]) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/grants/?page=2"}
    answer = timed_out.get("/people/", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"login": "/login/?next=/grants/%3Fpage%3D2"})


# --- Saved field by field ---------------------------------------------------------------------------------------
def save(client: Client, field: str, value: str, version: str = "", form: str = "/grants/") -> Any:
    said = {"field": field, "value": value, "version": version}
    return client.post(f"/drafts/?form={form}", said, headers={"X-Requested-With": "fetch"})


def test_saved_field_is_the_initial_value_of_its_form(sign_in: Any) -> None:
    client = sign_in("anquan")
    answer = save(client, "ground", TEXT)
    assert answer.status_code == 200
    assert set(answer.json()) == {"saved_at", "version"}
    page = client.get("/grants/")
    assert page.context["form"].initial["ground"] == TEXT
    assert "data-autosave-version" in page.content.decode()


def test_form_key_may_stand_in_the_body(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("anquan")
    client.post("/drafts/", {"field": "ground", "value": TEXT, "form": "/grants/"})
    assert Draft.objects.get(user=people["anquan"], form="/grants/").text == TEXT


def test_two_tabs_on_different_fields_do_not_disturb_each_other(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("anquan")
    first, second = "", ""
    for turn in range(3):
        answer = save(client, "ground", f"一{turn}", first)
        assert answer.status_code == 200
        first = answer.json()["version"]
        answer = save(client, "title", f"二{turn}", second)
        assert answer.status_code == 200
        second = answer.json()["version"]
    saved = dict(Draft.objects.filter(user=people["anquan"]).values_list("field", "text"))
    assert saved == {"ground": "一2", "title": "二2"}


def test_older_tab_on_the_same_field_is_shown_the_other_text_and_may_then_overwrite(
    sign_in: Any, people: dict[str, User]
) -> None:
    client = sign_in("anquan")
    old = save(client, "ground", "最初").json()["version"]
    save(client, "ground", "新窗口", old)
    conflict = save(client, "ground", "旧窗口", old)
    assert conflict.status_code == 409
    assert conflict.json()["theirs"] == "新窗口"
    assert Draft.objects.get(user=people["anquan"]).text == "新窗口"
    assert save(client, "ground", "旧窗口", conflict.json()["version"]).status_code == 200
    assert Draft.objects.get(user=people["anquan"]).text == "旧窗口"


def test_tab_that_never_saw_a_field_cannot_overwrite_it(sign_in: Any) -> None:
    client = sign_in("anquan")
    blank = save(client, "title", "只改职称").json()["version"]
    save(client, "ground", "别处写的")
    assert save(client, "ground", "覆盖", blank).status_code == 409


def test_same_text_again_is_no_conflict(sign_in: Any) -> None:
    client = sign_in("anquan")
    save(client, "ground", TEXT)
    assert save(client, "ground", TEXT).status_code == 200


@pytest.mark.parametrize("version", ["null", "[1]", "x", '{"ground":"1"}', "9" * 50])
def test_nonsense_for_a_version_counts_as_knowing_nothing(sign_in: Any, version: str) -> None:
    client = sign_in("anquan")
    assert save(client, "ground", "一", version).status_code == 200
    assert save(client, "ground", "二", version).status_code == 409


BAD_DRAFTS = [
    ({"form": "grants"}, ["draft_form"]),
    ({"form": "/" + "a" * 160}, ["draft_form"]),
    ({"field": ""}, ["draft_field"]),
    ({"field": "password1"}, ["draft_field"]),
    ({"text": "长" * MOST_BYTES}, ["draft_size"]),
    ({"form": "", "field": "", "text": "a" * (MOST_BYTES + 1)}, ["draft_form", "draft_field", "draft_size"]),
]


@pytest.mark.parametrize(("changes", "codes"), BAD_DRAFTS, ids=lambda value: str(value)[:30])
def test_bad_draft_is_refused_with_every_reason(people: dict[str, User], changes: Any, codes: list[str]) -> None:
    said = {"form": "/grants/", "field": "ground", "text": "", "version": 0} | changes
    with pytest.raises(Refusal) as refusal:
        save_draft(by=people["anquan"], at=timezone.now(), **said)
    assert [reason.code for reason in refusal.value.reasons] == codes
    assert not Draft.objects.exists()


def test_page_answers_bad_drafts_with_400(sign_in: Any) -> None:
    assert save(sign_in("anquan"), "ground", TEXT, form="//evil.example/").status_code == 400


def test_number_of_fields_of_a_form_is_bounded(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_FIELDS", 2)
    particulars: dict[str, Any] = {"by": people["anquan"], "form": "/grants/", "version": 0, "at": timezone.now()}
    for field in ("a", "b"):
        save_draft(field=field, text="", **particulars)
    with pytest.raises(Refusal):
        save_draft(field="c", text="", **particulars)


def test_several_fields_are_saved_at_once_but_for_those_that_another_tab_changed(people: dict[str, User]) -> None:
    particulars: dict[str, Any] = {"by": people["anquan"], "form": "/grants/", "at": timezone.now()}
    assert save_drafts(texts={"a": "甲", "b": "乙"}, versions={}, **particulars) == {}
    save_draft(field="a", text="另一窗口", version=1, **particulars)
    theirs = save_drafts(texts={"a": "旧窗口", "b": "丙", "c": "丁"}, versions={"a": 1, "b": 1}, **particulars)
    assert theirs == {"a": "另一窗口"}
    assert dict(Draft.objects.values_list("field", "text")) == {"a": "另一窗口", "b": "丙", "c": "丁"}


@pytest.mark.parametrize("bad", [{"b": "长" * MOST_BYTES}, {"b": "\x00"}, {"csrfmiddlewaretoken": "a"}])
def test_one_field_that_is_not_kept_leaves_all_unsaved_and_says_so(people: dict[str, User], bad: Any) -> None:
    particulars: dict[str, Any] = {"by": people["anquan"], "form": "/grants/", "at": timezone.now()}
    with pytest.raises(Refusal):
        save_drafts(texts={"a": "甲", **bad}, versions={}, **particulars)
    assert not Draft.objects.exists()


def test_number_of_fields_saved_at_once_is_bounded(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_FIELDS", 2)
    with pytest.raises(Refusal):
        save_drafts(
            by=people["anquan"], form="/grants/", at=timezone.now(), texts=dict.fromkeys("abc", ""), versions={}
        )


def test_drafts_are_seen_by_their_writer_only(sign_in: Any, people: dict[str, User]) -> None:
    save_draft(by=people["qiye"], form="/grants/", field="ground", text=TEXT, version=0, at=timezone.now())
    assert TEXT not in sign_in("anquan").get("/grants/").content.decode()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_first_saves_of_four_tabs_at_one_moment_keep_one_text_and_show_it_to_the_others() -> None:
    user = User.objects.create(username="einer", name="一人示例")
    start, outcomes = threading.Barrier(4), []

    def send(text: str) -> None:
        start.wait()
        try:
            row = save_draft(by=user, form="/a/", field="b", text=text, version=0, at=timezone.now())
            outcomes.append(("kept", row.text))
        except StaleDraft as stale:
            outcomes.append(("shown", stale.theirs))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[text]) for text in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Draft.objects.get(user=user).text
    assert sorted(outcomes) == [("kept", kept), *[("shown", kept)] * 3]


def test_field_saved_after_a_time_out_is_answered_401_and_held(timed_out: Client, people: dict[str, User]) -> None:
    for field, text in (("ground", TEXT), ("title", "研究员")):
        answer = save(timed_out, field, text)
        assert answer.status_code == 401
        assert answer.json()["login"].startswith("/login/?next=/grants/%23id_")
    back_in(timed_out, people["anquan"])
    initial = timed_out.get("/grants/").context["form"].initial
    assert (initial["ground"], initial["title"]) == (TEXT, "研究员")


def test_field_with_several_choices_comes_back_as_a_list(timed_out: Client, people: dict[str, User], rf: Any) -> None:
    timed_out.post("/grants/", typed(people, field=["甲", "乙"]))
    back_in(timed_out, people["anquan"])
    request = rf.get("/grants/")
    request.user, request.session = people["anquan"], timed_out.session
    request._messages = type("Quiet", (), {"add": lambda *args: None})()
    assert drafts.initial_from_drafts(request, "/grants/", several=["field"])["field"] == ["甲", "乙"]


def test_old_drafts_are_dropped(people: dict[str, User]) -> None:
    now = timezone.now()
    save_draft(by=people["qiye"], form="/a/", field="b", text="c", version=0, at=now)
    assert drafts.drop_old_drafts(before=now) == 0
    assert drafts.drop_old_drafts(before=now + timedelta(seconds=1)) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sections_sent_by_four_tabs_at_one_moment_keep_one_text_of_each_field_and_show_it_to_the_others() -> None:
    user = User.objects.create(username="einer", name="一人示例")
    start, outcomes = threading.Barrier(4), []

    def send(text: str) -> None:
        start.wait()
        try:
            texts = {"a": text, "b": text}
            outcomes.append(save_drafts(by=user, form="/a/", texts=texts, versions={}, at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[text]) for text in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = dict(Draft.objects.filter(user=user).values_list("field", "text"))
    assert len(set(kept.values())) == 1
    assert sorted(outcomes, key=len) == [{}, kept, kept, kept]

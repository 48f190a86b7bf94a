"""Text messages: to who agreed, with title and number only, once; a consent withdrawn holds for what waits."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accreditation import effects
from accreditation.acts import act
from accreditation.enums import EffectState
from accreditation.models import AuditEvent, Effect, User
from accreditation.services.short_messages import filled
from accreditation.services.text_consent import set_text_consent
from tests.accreditation.conftest import SignIn
from tests.clock import Clock
from tests.factories.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
PHONE = "13800001234"


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.TEXT_GATEWAY_URL, settings.OUTGOING_REACH = receiver.url, "local"
        settings.TEXT_GATEWAY_SECRET, settings.OUTGOING_SECONDS = "key", 3.0
        yield receiver


@pytest.fixture
def person(clock: Clock) -> User:
    return User.objects.create(username="reader", name="读信人", phone=PHONE, texts_agreed_at=clock.at)


def tell(person: User, clock: Clock) -> None:
    by = User.objects.get_or_create(username="somebody")[0]
    with act("grants", "try", by=by, at=clock.at, acting_as="tester") as doing:
        doing.tell(person, "accept", case_number="SH-1", case="SH-1", reason="秘密内容")


def test_text_carries_title_and_number_once(gateway: Receiver, person: User, clock: Clock) -> None:
    tell(person, clock)
    assert effects.run_due(clock.at) == effects.Report(done=1)
    assert effects.run_due(clock.at) == effects.Report()
    (call,) = gateway.calls
    key = Effect.objects.get(kind="text_message").key
    assert call.body == {"to": PHONE, "text": "申报已受理 SH-1", "id": key}
    assert call.headers["idempotency-key"] == key


@pytest.mark.parametrize("change", ["withdrawn", "closed", "switched off"])
def test_what_waits_is_not_sent_any_more(
    gateway: Receiver, person: User, clock: Clock, settings: LazySettings, change: str
) -> None:
    tell(person, clock)
    if change == "withdrawn":
        set_text_consent(person, phone="", agrees=False, at=clock.at)
    elif change == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
    else:
        settings.TEXT_GATEWAY_URL = ""
    assert effects.run_due(clock.at) == effects.Report(done=1)
    assert gateway.calls == []
    person.refresh_from_db()
    tell(person, clock)
    assert Effect.objects.filter(kind="text_message").count() == (2 if change == "closed" else 1)


def test_nobody_gets_texts_without_consent(gateway: Receiver, person: User, clock: Clock) -> None:
    User.objects.filter(pk=person.pk).update(texts_agreed_at=None)
    person.refresh_from_db()
    tell(person, clock)
    assert not Effect.objects.exists()


def test_number_is_in_no_log_and_no_trail(
    gateway: Receiver, person: User, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.statuses = [500, 400]
    set_text_consent(person, phone="13900005678", agrees=True, at=clock.at)
    person.refresh_from_db()
    tell(person, clock)
    with caplog.at_level(logging.DEBUG):
        effects.run_due(clock.at)
        row = Effect.objects.get()
        effects.run_due(row.due_at)
    row.refresh_from_db()
    assert row.state == EffectState.FAILED
    written = caplog.text + json.dumps([list(AuditEvent.objects.values("content")), row.payload]) + row.last_error
    assert "13900005678" not in written
    assert PHONE not in written
    assert "answered 400" in row.last_error


def test_body_of_the_gateway_is_a_template() -> None:
    words = {"phone": PHONE, "text": '"}{phone}', "key": "k"}
    template = '{"app": 7, "to": ["{phone}"], "content": {"text": "{text}", "sign": "{other}"}}'
    assert filled(template, **words) == {
        "app": 7, "to": [PHONE], "content": {"text": '"}{phone}', "sign": "{other}"},
    }  # fmt: skip
    for broken in ("{", "[]", '"{phone}"'):
        with pytest.raises(effects.Hopeless):
            filled(broken, **words)


def test_consent_is_given_changed_and_withdrawn_on_the_page(sign_in: SignIn) -> None:
    client = sign_in("qiye")
    mine = User.objects.filter(username="qiye")
    mine.update(phone="")
    assert "本站尚未开通短信" in client.get("/me/texts/").content.decode()
    assert client.post("/me/texts/", {"agrees": "on"}).status_code == 422
    assert client.post("/me/texts/", {"agrees": "on", "phone": "021-1234"}).status_code == 422
    assert client.post("/me/texts/", {"agrees": "on", "phone": PHONE}).status_code == 302
    first = mine.get()
    assert first.phone == PHONE
    assert first.takes_texts
    assert client.post("/me/texts/", {"agrees": "on"}).status_code == 302
    assert mine.get().texts_agreed_at == first.texts_agreed_at
    shown = client.get("/me/texts/").content.decode() + client.get("/me/security/").content.decode()
    assert "138****1234" in shown
    assert PHONE not in shown
    assert client.post("/me/texts/", {}).status_code == 302
    assert mine.get().phone == PHONE
    assert not mine.get().takes_texts
    said = AuditEvent.objects.filter(verb="set_text_consent").order_by("seq").values_list("content", flat=True)
    assert [note["agrees"] for note in said] == [True, True, False]


def test_number_that_would_be_used_is_a_mobile_number(sign_in: SignIn) -> None:
    client, mine = sign_in("qiye"), User.objects.filter(username="qiye")
    for wrong in ("１３８００００１２３４", "1380000123\u0664", "12800001234"):
        assert client.post("/me/texts/", {"agrees": "on", "phone": wrong}).status_code == 422
    mine.update(phone="62310000")
    answer = client.post("/me/texts/", {"agrees": "on"})
    assert answer.status_code == 422
    assert "现有号码不是 11 位手机号码" in answer.content.decode()
    assert "62310000" not in answer.content.decode()
    assert client.post("/me/texts/", {}).status_code == 302
    assert not mine.get().takes_texts


@pytest.mark.parametrize(
    ("phone", "shown"), [(PHONE, "138****1234"), ("62310000", "****00"), ("1234567890", "****90"), ("", "")]
)
def test_short_number_is_shown_by_its_last_two_digits(phone: str, shown: str) -> None:
    assert User(phone=phone).masked_phone == shown


def test_operator_sees_what_is_off_and_gets_a_key_once(
    sign_in: SignIn, settings: LazySettings, gateway: Receiver
) -> None:
    settings.TEXT_GATEWAY_URL = ""
    client: Client = sign_in("yunwei")
    page = client.get("/ops/webhooks/").content.decode()
    assert page.count("未启用") == 2
    settings.TEXT_GATEWAY_URL, settings.WEBHOOKS = gateway.url, True
    assert "未启用" not in client.get("/ops/webhooks/").content.decode()
    said = {"body": "municipal", "url": "https://example.org/moves"}
    from_form = client.get("/ops/webhooks/").context["form"].fields["body"].queryset.first()
    said["body"] = from_form.code
    answer = client.post("/ops/webhooks/", said)
    assert answer.status_code == 200
    assert answer.context["secret"] in answer.content.decode()
    later = client.get("/ops/webhooks/").content.decode()
    assert answer.context["secret"] not in later
    assert "https://example.org/moves" in later
    assert client.post("/ops/webhooks/", said | {"url": "http://example.org/"}).status_code == 422
    Effect.objects.create(
        kind="webhook", key="x", payload={}, due_at=timezone.now(), state=EffectState.FAILED, case_number=""
    )
    assert client.get("/ops/webhooks/").context["failed"] == 1

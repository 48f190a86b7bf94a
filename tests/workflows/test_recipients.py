"""Who would be told: every audience has a name, the preview names whom the act tells, sealed experts stay a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import Level, ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Body, Case, Message, User, Webhook
from accreditation.selectors.messages import SENTENCES
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, person
from tests.factories.reconsidering import challenged, declined, reconsiderers
from tests.factories.steps import answer_gates, hold_meeting, publish, recommend, seat_panel, to_committee
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.moves import moves
from workflows.opening_proceedings import open_proceeding
from workflows.presentation.audiences import AUDIENCE_LABELS, EXPERTS
from workflows.procedures import PROCEDURES
from workflows.selectors import recipients
from workflows.selectors.recipients import Future, futures, lines_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    """Accepted by its district, every condition answered."""
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    answer_gates(case, cast.pudong, cast.at)
    case.refresh_from_db()
    return case


def of(cast: Cast, case: Case) -> dict[str, Future]:
    found = futures(case, by=cast.office, at=cast.at, language="zh-hans")
    return {future.verb.code: future for future in found}


def named(future: Future) -> set[User]:
    return {row.person for told in future.told for row in told.people}


@pytest.mark.parametrize("edition", PROCEDURES)
def test_every_verb_that_tells_has_names_and_both_languages(edition: str) -> None:
    procedure = PROCEDURES[edition]
    used = {audience for verb in procedure.verbs.values() for audience in verb.tells}
    assert used <= AUDIENCE_LABELS.keys()
    lines = lines_of(procedure)
    assert [line.verb.code for line in lines] == list(procedure.verbs)
    for line in lines:
        assert len(line.audiences) == len(line.verb.tells)
        if not line.verb.tells:
            assert line.said == ()
            continue
        chinese, english = line.said
        assert chinese.title == SENTENCES[line.verb.message].title
        assert recipients.SAMPLE in chinese.text
        assert recipients.SAMPLE in english.text
        assert chinese.text != english.text


def test_preview_names_whom_the_act_then_tells(cast: Cast, case: Case) -> None:
    future = of(cast, case)["recommend"]
    before = set(Message.objects.values_list("pk", flat=True))
    door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "材料齐全，同意推荐"})
    told = Message.objects.exclude(pk__in=before)
    assert {row.recipient for row in told} == named(future)
    assert {cast.office, cast.people["member0"]} <= named(future)
    assert {row.kind for row in told} == {future.verb.message}


def test_only_what_is_possible_now_is_previewed(cast: Cast, case: Case) -> None:
    found = of(cast, case)
    assert {"recommend", "not_recommend", "return_for_correction"} <= found.keys()
    assert not {"accept", "submit", "announce", "propose"} & found.keys()
    ends = moves(PROCEDURES[case.procedure])
    for code in found:
        assert not ends[code] or case.state in {source for source, _target in ends[code]}


def test_look_ahead_changes_nothing(cast: Cast, case: Case) -> None:
    count, state = case.audit_count, case.state
    of(cast, case)
    case.refresh_from_db()
    assert (case.audit_count, case.state, case.application.state) == (count, state, state)


def test_channels_follow_address_consent_and_settings(cast: Cast, case: Case, settings: LazySettings) -> None:
    member = cast.people["member0"]
    body = Body.objects.create(code="city-x", level=Level.MUNICIPAL, name_zh="示例市级机关", name_en="City")
    Webhook.objects.create(body=body, url="https://example.org/", secret="s", set_by=cast.office, set_at=cast.at)
    User.objects.filter(pk=member.pk).update(email="", phone="13800001234", texts_agreed_at=cast.at)

    def channels() -> tuple[bool, bool, tuple[str, ...]]:
        future = of(cast, case)["recommend"]
        (row,) = [row for told in future.told for row in told.people if row.person == member]
        return row.by_mail, row.by_text, future.systems

    assert channels() == (False, False, ())
    settings.TEXT_GATEWAY_URL, settings.WEBHOOKS = "https://example.org/", True
    User.objects.filter(pk=member.pk).update(email="a@example.invalid")
    assert channels() == (True, True, ("示例市级机关",))
    User.objects.filter(pk=member.pk).update(texts_agreed_at=None)
    assert channels()[1] is False


def test_experts_who_stepped_out_are_left_out_and_sealed_ones_are_a_number(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = filed_case(cast, 1)
    recommend(cast, other, cast.at)
    seat_panel(cast, other, cast.at)
    door.perform(other, "recuse", by=cast.experts[0], at=cast.at, form={"tie": "曾任顾问"})
    other.refresh_from_db()
    label, procedure = AUDIENCE_LABELS[EXPERTS], PROCEDURES[other.procedure]
    telling = replace(procedure.verbs["submit_review"], tells=(EXPERTS,))
    changed = replace(procedure, verbs={**procedure.verbs, "submit_review": telling})
    monkeypatch.setitem(PROCEDURES, other.procedure, changed)  # type: ignore[misc]  # frozen for the product only

    def experts() -> list[tuple[set[User], int, bool]]:
        return [
            ({row.person for row in told.people}, told.count, told.is_sealed)
            for future in of(cast, other).values()
            for told in future.told
            if told.label == label
        ]

    assert experts()
    assert all(found == (set(cast.experts[1:5]), 4, False) for found in experts())
    monkeypatch.setattr(recipients, "may_see_experts", lambda by, case: False)
    assert all(found == (set(), 4, True) for found in experts())


def test_page_of_a_case_is_the_offices_alone(cast: Cast, case: Case) -> None:
    address = reverse("office_recipients", args=[case.number])
    page = log_in(Client(), cast.office).get(address).content.decode()
    assert cast.people["member0"].name in page
    assert "@" not in page.split("<main", 1)[1].split("</main", 1)[0]
    assert log_in(Client(), cast.pudong).get(address).status_code == 403
    connected = person("connected", "有关联")
    connected.grants.create(role="municipal_officer", granted_at=cast.at, ground="测试")
    assert log_in(Client(), connected).get(address).status_code == 200
    case.enterprise.members.create(user=connected, state="ended", requested_at=cast.at, settled_at=cast.at)
    assert log_in(Client(), connected).get(address).status_code == 404


def test_page_of_editions_shows_any_edition_and_the_first_for_nonsense(cast: Cast) -> None:
    client = log_in(Client(), cast.office)
    for code in PROCEDURES:
        answer = client.get(reverse("recipients"), {"procedure": code})
        assert (answer.status_code, answer.context["code"]) == (200, code)
    assert client.get(reverse("recipients"), {"procedure": "../x"}).context["code"] == next(iter(PROCEDURES))


def test_district_previews_its_own_cases_without_the_table_of_the_office(cast: Cast, case: Case) -> None:
    address = reverse("district_recipients", args=[case.number])
    page = log_in(Client(), cast.pudong).get(address)
    assert {future.verb.code for future in page.context["futures"]} == set(of(cast, case))
    shown = page.content.decode()
    assert cast.people["member0"].name in shown
    assert reverse("recipients") not in shown
    assert address in log_in(Client(), cast.pudong).get(reverse("district_case", args=[case.number])).content.decode()
    assert log_in(Client(), cast.jiading).get(address).status_code == 404


def test_publisher_reads_before_the_announcement_whom_it_tells(cast: Cast) -> None:
    cases = [filed_case(cast, n) for n in (0, 1)]
    for one in cases:
        to_committee(cast, one, cast.at)
    hold_meeting(cast, cases, cast.at)
    client, form = log_in(Client(), cast.publisher), {"cases": [one.number for one in cases], "body": "现予公示。"}
    asked = client.post(reverse("batch_notice", args=[cast.batch.code]), form)
    (future,) = asked.context["futures"]
    assert future.verb.code == "publish_notice"
    before = set(Message.objects.values_list("pk", flat=True))
    publish(cast, cases, timezone.now())
    told = Message.objects.exclude(pk__in=before).filter(kind=future.verb.message)
    assert {row.recipient for row in told} == named(future)
    assert {cast.people["member0"], cast.people["member1"]} <= named(future)
    assert "通知对象" in asked.content.decode()


def test_preview_of_a_matter_is_for_the_authorities_and_of_a_challenge_for_who_decides(cast: Cast) -> None:
    first, _second = reconsiderers(cast)
    challenge = challenged(cast, declined(cast, cast.at), cast.at)
    title = municipal_title(cast)
    ground = {"kind": ProceedingKind.WARNING, "ground": Ground.EVALUATION_MARGINAL, "found_facts": FACTS}
    matter = open_proceeding(title, **ground, by=cast.office, at=cast.at)
    page = log_in(Client(), cast.office).get(reverse("matter_recipients", args=[matter.number]))
    (told,) = [future for future in page.context["futures"] if future.verb.code == "notify_holder"]
    assert cast.people["member0"] in named(told)
    address = reverse("matter_recipients", args=[challenge.number])
    answers = {user: log_in(Client(), user).get(address).status_code for user in (first, cast.pudong, cast.office)}
    assert answers == {first: 200, cast.pudong: 404, cast.office: 404}
    own = log_in(Client(), cast.pudong).get(reverse("matter", args=[challenge.number])).content.decode()
    assert address not in own

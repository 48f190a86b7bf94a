"""Attempts to get past the door: planted faults that the table must catch, swapped numbers, rights that just ended."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from accreditation import visibility
from accreditation.enums import ApplicationState, MemberState
from accreditation.errors import AlreadyDone, Denied
from accreditation.models import Binding, Case, Evidence, Member, RoleGrant, User
from accreditation.services.accounts import close_account
from accreditation.services.grants import revoke_role
from accreditation.services.meetings import declare_recusal
from accreditation.services.members import end_membership
from config.access import ACCESS
from tests.attacks.browser import Browser
from tests.attacks.browsing import FORM, address, addresses, call, said, wrong_cells
from tests.attacks.stages import ORDER
from tests.attacks.table import METHODS, Row, load, names_of_site, read_by_two_administrators
from tests.attacks.world import OFFICES, ROLES, SIDES, World
from workflows import door
from workflows.intake import bind_evidence, unbind_evidence
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_refusals")]
TABLE = load()
ADMINISTRATORS = ("operator", "security", "auditor")


# --- planted faults: whether the table notices them, which it does by the rows asked for and not by the database ------
def undeclared(request: HttpRequest) -> HttpResponse:
    """A page that somebody added and forgot to declare."""
    return HttpResponse("everything about every case")


urlpatterns = [path("", include("config.urls")), path("forgotten/", undeclared, name="forgotten")]


def test_address_added_without_a_policy_is_refused_to_everybody_and_reported(world: World) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        for role in ROLES:
            for method in ("get", "post"):
                assert said(call(world.browsers[role], method, "/forgotten/")) == 403, role
        assert names_of_site() - TABLE.keys() == {"forgotten"}
        assert names_of_site() - ACCESS.keys() == {"forgotten"}


def rows_of(audience: str, stage: str) -> list[Row]:
    return [row for row in TABLE.values() if (row.audience, row.stage) == (audience, stage)]


def new_faults(world: World, rows: list[Row], patch: pytest.MonkeyPatch, name: str, forgetful: Any) -> set[str]:
    """Cells that go wrong when one function of the checks is replaced by one that ignores the person."""
    before = {fault for row in rows for fault in wrong_cells(row, world)}
    patch.setattr(visibility, name, forgetful)
    return {fault for row in rows for fault in wrong_cells(row, world)} - before


@pytest.mark.slow
@pytest.mark.one_database
def test_ownership_check_that_somebody_removed_shows_in_many_cells(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [TABLE[name] for name in ("my_case", "my_upload_file", "my_evidence", "my_evidence_remove", "my_withdraw")]
    faults = new_faults(world, rows, monkeypatch, "_own", lambda user: Q(pk__isnull=False))
    assert len(faults) >= 4 * len(rows)
    assert any("member_other, own: 200, table says 404" in fault for fault in faults)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("world", ["accepted"], indirect=True, scope="module")
def test_check_of_the_district_that_somebody_removed_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of("authorities_of_the_case", "accepted")
    both = frozenset({"310114", "310115"})
    faults = new_faults(world, rows, monkeypatch, "districts_of", lambda user, power: both)
    assert len(faults) == 2 * len(rows)
    assert all("200, table says 404" in fault for fault in faults)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("world", ["accepted"], indirect=True, scope="module")
def test_second_check_holds_where_the_list_of_visible_cases_ignores_the_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [TABLE[name] for name in ("my_letter", "district_case", "staff_evidence", "staff_letter")]
    assert new_faults(world, rows, monkeypatch, "visible_cases", lambda user: Case.objects.all()) == set()


# --- the second factor: what the session says, asked before any row of a page ----------------------------------------
def half_signed_in(user: User) -> Browser:
    """A session of which only the password is known."""
    browser = Browser()
    browser.force_login(user)
    return browser


STAGES_OF_STAFF = sorted({row.stage for row in TABLE.values() if row.asks_second_factor}, key=ORDER.index)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("world", STAGES_OF_STAFF, indirect=True, scope="module")
def test_officer_with_the_password_only_is_sent_to_the_second_factor(world: World) -> None:
    browsers = {role: half_signed_in(world.people[role]) for role in OFFICES}
    rows = [row for row in TABLE.values() if row.asks_second_factor and row.stage == world.stage]
    faults = []
    for row in rows:
        made = addresses(row, world)["own"]
        for role in OFFICES:
            wanted = 403 if row.words[role]["own"] == "403" else "second factor"
            got = said(call(browsers[role], "get", made))
            if got != wanted:
                faults.append(f"{made} ({row.name}) {role}: {got} instead of {wanted}")
    assert faults == []


# --- swapped numbers ------------------------------------------------------------------------------------------------
NESTED = {"evidence", "binding", "upload", "letter", "seat", "pk"}  # keys of what lies below one case only


def nested(row: Row) -> list[str]:
    """Keys below the first one that name something of a case."""
    return [key for key in list(row.args)[1:] if key in NESTED and "." in row.args[key]]


def is_tried(row: Row) -> bool:
    """Whether there is something below a case, and somebody who may open it."""
    return bool(nested(row)) and any(row.is_open_to(role) for role in ROLES)


STAGES_OF_NESTED = sorted({row.stage for row in TABLE.values() if is_tried(row)}, key=ORDER.index)


def swapped(row: Row, world: World) -> Iterator[str]:
    """Addresses of one side with a number of the other side in them."""
    samples = world.samples()
    for key in nested(row):
        # Uploads are counted from one in each case; the other case has more of them, so its last number is its own.
        for side in ("own",) if key == "upload" else SIDES:
            away = next(other for other in SIDES if other != side)
            if samples[row.args[key]][away] == samples[row.args[key]][side]:
                continue  # there is one of it, which is nobody's in particular
            yield address(row, {k: samples[text][away if k == key else side] for k, text in row.args.items()})


@pytest.mark.slow
@pytest.mark.parametrize("world", STAGES_OF_NESTED, indirect=True, scope="module")
def test_number_of_another_case_below_an_address_is_not_found(world: World) -> None:
    rows = [row for row in TABLE.values() if row.stage == world.stage and nested(row)]
    attempts = [
        (method, made, role)
        for row in rows
        for made in swapped(row, world)
        for role in ROLES
        for method in METHODS
        if row.is_open_to(role) and row.answers[method] != 405
    ]
    got = {attempt: said(call(world.browsers[attempt[2]], attempt[0], attempt[1])) for attempt in attempts}
    assert attempts != []
    assert {attempt: status for attempt, status in got.items() if status != 404} == {}


# --- rights that just ended -----------------------------------------------------------------------------------------
def status(world: World, role: str, name: str, side: str = "own") -> int | str:
    return said(call(world.browsers[role], "get", addresses(TABLE[name], world)[side]))


HELD = [
    ("district_own", "district_case"), ("office", "office_cases"), ("publisher", "publishing"),
    ("expert_own", "expert_tasks"), ("committee_own", "meetings"), ("operator", "people"), ("auditor", "audit"),
]  # fmt: skip


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
@pytest.mark.parametrize(("role", "name"), HELD)
def test_role_that_was_revoked_a_second_ago_opens_nothing(world: World, role: str, name: str) -> None:
    assert status(world, role, name) == 200
    grant = RoleGrant.objects.get(user=world.people[role])
    revoke_role(grant, by=world.people["security"], at=world.at, ground="离任")
    assert status(world, role, name) == 403


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
def test_security_officer_whose_role_was_revoked_opens_nothing(world: World) -> None:
    assert status(world, "security", "grants") == 200
    other = User.objects.create(username="security2", name="安全二号示例")
    RoleGrant.objects.create(user=other, role="security_officer", granted_at=world.at, ground="测试")
    grant = RoleGrant.objects.get(user=world.people["security"])
    revoke_role(grant, by=other, at=world.at, ground="离任")
    assert status(world, "security", "grants") == 403


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
def test_member_whose_membership_was_ended_finds_no_case(world: World) -> None:
    assert status(world, "colleague_own", "my_case") == 200
    row = Member.objects.get(user=world.people["colleague_own"], state=MemberState.ACTIVE)
    end_membership(row, by=world.people["member_own"], at=world.at, reason="离职")
    assert status(world, "colleague_own", "my_case") == 403


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
def test_closed_account_is_asked_to_log_in(world: World) -> None:
    assert status(world, "office", "office_cases") == 200
    close_account(world.people["office"], by=world.people["operator"], at=world.at, reason="离任")
    assert status(world, "office", "office_cases") == "login"


@pytest.mark.parametrize("world", ["reading"], indirect=True, scope="module")
def test_expert_who_stepped_down_finds_no_case(world: World) -> None:
    assert status(world, "expert_own", "expert_case") == 200
    form = {"tie": "与申报单位有合作"}
    door.perform(world.cases["own"], "recuse", by=world.people["expert_own"], at=world.at, form=form)
    for name in ("expert_case", "expert_evidence", "expert_value", "case"):
        assert status(world, "expert_own", name) == 404, name


@pytest.mark.parametrize("world", ["session"], indirect=True, scope="module")
def test_member_who_stepped_out_of_an_item_finds_neither_item_nor_case(world: World) -> None:
    assert status(world, "committee_own", "meeting_item") == 200
    item = world.meeting("own").items.get()
    declare_recusal(item, tie="与申报单位有合作", by=world.people["committee_own"], at=world.at)
    for name in ("meeting_item", "meeting_evidence", "committee_case", "case"):
        assert status(world, "committee_own", name) == 404, name


# --- the three administrators ---------------------------------------------------------------------------------------
def test_no_address_is_open_to_two_of_the_three_administrators() -> None:
    shared = {
        row.name
        for row in TABLE.values()
        if sum(row.is_open_to(role) for role in ADMINISTRATORS) > 1 and not row.is_open_to("stranger")
    }
    assert shared == read_by_two_administrators()
    assert all(TABLE[name].answers["post"] == 405 for name in shared)


# --- numbers of others in what is sent ------------------------------------------------------------------------------
def sent(world: World, role: str, name: str, form: dict[str, Any]) -> int | str:
    """Status of a form that is sent to the address of the own side."""
    return said(call(world.browsers[role], "post", addresses(TABLE[name], world)["own"], form))


def bound(world: World, **changed: Any) -> dict[str, Any]:
    """A form that would bind the own audit report to a figure."""
    report = Evidence.objects.get(application__case=world.cases["own"], kind="audit_report")
    year = world.cast.batch.reporting_year
    return {"evidence": report.pk, "target": f"figure.profit_total.{year}", "page": 1} | changed


def test_evidence_of_another_enterprise_is_not_found_in_a_form_that_binds(world: World) -> None:
    away = Evidence.objects.get(application__case=world.cases["other"], kind="audit_report")
    for pk in (away.pk, 999_999_999):
        assert sent(world, "member_own", "my_bindings", bound(world, evidence=pk)) == 404, pk
    assert not Binding.objects.filter(code="profit_total").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"page": 0}, {"page": -1}, {"page": ""}, {"page": "1e3"}, {"page": "9" * 40}, {"page": 1_000_000},
        {"target": ""}, {"target": "figure.nothing.2025"}, {"target": "figure.profit_total.1999"},
        {"target": "figure.profit_total"}, {"target": "figure.uscc.2025"}, {"target": "annex.ip_rights.1"},
        {"target": "annex.nothing"}, {"target": "figure.tax_district"}, {"target": "figure.profit_total.2025.1"},
        {"target": "figure.profit_total.-1"}, {"target": "gate.MG1"}, {"evidence": ""}, {"evidence": "x"},
    ],
)  # fmt: skip
def test_binding_to_what_is_not_asked_or_not_there_is_refused_with_its_reason(
    world: World, changed: dict[str, Any]
) -> None:
    assert sent(world, "member_own", "my_bindings", bound(world, **changed)) == 422
    assert not Binding.objects.exclude(code="revenue_main").exists()


@pytest.mark.parametrize("role", ["district_own", "office", "auditor", "stranger"])
def test_nobody_but_the_applicant_binds(world: World, role: str) -> None:
    assert sent(world, role, "my_bindings", bound(world)) == 403
    form, by = bound(world), world.people[role]
    with pytest.raises(Denied):
        bind_evidence(world.cases["own"], form["evidence"], form["target"], 1, by=by, at=world.at)


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
def test_what_was_filed_is_bound_no_more(world: World) -> None:
    before = list(Binding.objects.values_list("pk", "removed_at"))
    assert sent(world, "member_own", "my_bindings", bound(world)) == 422
    row = Binding.objects.filter(evidence__application__case=world.cases["own"])[0]
    with pytest.raises(AlreadyDone):
        unbind_evidence(world.cases["own"], row.pk, by=world.people["member_own"], at=world.at)
    assert list(Binding.objects.values_list("pk", "removed_at")) == before


@pytest.mark.parametrize("role", ["member_own", "requester"])
def test_application_for_an_enterprise_of_others_is_refused(world: World, role: str) -> None:
    place = f"{world.cast.batch.code}:{world.cast.enterprises[2].pk}"
    assert sent(world, role, "my_new", {"place": place}) == 422


@pytest.mark.parametrize("world", ["filed"], indirect=True, scope="module")
def test_person_who_asks_to_join_a_known_enterprise_reads_nothing_of_it(world: World) -> None:
    enterprise = world.cast.enterprises[0]
    for name in ("my_cases", "my_new", "org_members", "messages_list", "account_security", "home"):
        page = call(world.browsers["requester"], "get", addresses(TABLE[name], world)["own"])
        for secret in (enterprise.name, world.cases["own"].number, world.people["member_own"].name):
            assert secret not in page.content.decode(), (name, secret)


@pytest.mark.parametrize("world", ["reading"], indirect=True, scope="module")
@pytest.mark.parametrize("who", ["stranger", "expert_own", "committee_own"])
def test_successor_who_is_no_free_expert_is_refused(world: World, who: str) -> None:
    assert sent(world, "office", "office_replace", {"expert": world.people[who].pk}) == 422


@pytest.mark.parametrize("world", ["appointing"], indirect=True, scope="module")
def test_panel_with_somebody_who_is_no_expert_is_refused(world: World) -> None:
    people = [*world.experts("own")[:4], world.people["committee_own"]]
    assert sent(world, "office", "office_panel", {"experts": [user.pk for user in people]}) == 422


@pytest.mark.parametrize("world", ["called"], indirect=True, scope="module")
def test_half_of_the_committee_and_people_of_other_offices_do_not_make_a_quorum(world: World) -> None:
    half, others = world.committee("own"), world.cast.experts[:3]
    assert sent(world, "office", "meeting_start", {"present": [user.pk for user in half]}) == 422
    assert sent(world, "office", "meeting_start", {"present": [user.pk for user in [*half, *others]]}) == 422
    assert sent(world, "office", "meeting_start", {"present": [user.pk for user in world.cast.members]}) == 302


@pytest.mark.parametrize("world", ["minutes"], indirect=True, scope="module")
def test_member_who_is_neither_chair_nor_secretary_cannot_sign_the_right_text(world: World) -> None:
    form = {"sha256": world.meeting("own").minutes_sha256}
    assert sent(world, "committee_own", "meeting_sign", form) == 403
    assert sent(world, "office", "meeting_sign", form) == 302


@pytest.mark.parametrize("world", ["proposed"], indirect=True, scope="module")
def test_list_with_a_case_that_is_not_proposed_is_refused(world: World) -> None:
    other = open_application(world.cast.enterprises[2], world.cast.batch, by=world.cast.member2, at=world.at)
    numbers = [world.cases["own"].number, other.number]
    assert sent(world, "publisher", "batch_notice", {"cases": numbers, "body": "公示", "confirmed": "1"}) == 422
    assert sent(world, "publisher", "batch_notice", {"cases": numbers[:1], "body": "公示", "confirmed": "1"}) == 302


def test_request_key_of_another_person_gives_nothing_of_the_answer(world: World) -> None:
    with transaction.atomic():
        form = FORM | {"request_key": "key-of-somebody-else-1"}
        where = addresses(TABLE["my_withdraw"], world)
        first = world.browsers["member_own"].post(where["own"], form)
        second = world.browsers["member_other"].post(where["other"], form)
        state = world.application("other").state
        transaction.set_rollback(True)
    assert (first.status_code, second.status_code, state) == (302, 409, ApplicationState.DRAFT)


@pytest.mark.parametrize("world", ["draft"], indirect=True, scope="module")
def test_draft_does_not_exist_for_any_authority(world: World) -> None:
    address_of_case = {"number": world.cases["own"].number}
    for role in ("district_own", "office", "publisher", "auditor", "expert_own", "committee_own"):
        for name in ("case", "district_case", "office_case", "office_trail", "expert_case", "audit_case"):
            got = said(call(world.browsers[role], "get", address(TABLE[name], address_of_case)))
            assert got == (404 if TABLE[name].is_open_to(role) else 403), (role, name)


def test_page_of_the_demo_does_not_exist_in_an_installation(world: World) -> None:
    rows = [row for row in TABLE.values() if row.demo_only]
    with override_settings(ACCREDITATION_DEMO=False):
        for row in rows:
            for role in ROLES:
                for method in METHODS:
                    assert said(call(world.browsers[role], method, addresses(row, world)["own"])) == 404
    assert {row.name for row in rows} == {"styleguide", "styleguide_autosave", "demo_login"}


@pytest.mark.parametrize("world", ["draft"], indirect=True, scope="module")
def test_form_without_its_token_is_refused(world: World) -> None:
    guarded = Browser(enforce_csrf_checks=True)
    guarded.cookies = SimpleCookie(world.browsers["member_own"].cookies)
    for name in ("my_withdraw", "my_check", "my_materials", "my_evidence_remove", "messages_read", "account_logout"):
        assert said(call(guarded, "post", addresses(TABLE[name], world)["own"])) == 403, name
    assert world.application("own").state == ApplicationState.DRAFT

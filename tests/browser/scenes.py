"""Pages that nobody of the world of the attacks may open, or not yet: each scene leads its own people there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.meeting_words import Signer
from accreditation.models import (
    Application,
    Case,
    Objection,
    RecusalRequest,
    Reopening,
    RoleGrant,
    Seat,
    User,
    VerifiedValue,
)
from accreditation.roles import Role
from accreditation.services import meetings, second_factor
from accreditation.views.accounts import SHOW_CODES_KEY
from accreditation.views.registration import REGISTERED_KEY
from tests.attacks.browser import Browser
from tests.attacks.evaluation_states import EvaluationStates
from tests.attacks.generic_states import GenericStates
from tests.attacks.municipal_states import MunicipalStates2026
from tests.attacks.national_states import NationalStates
from tests.attacks.world import World
from tests.browser.every_page import Visit, visit_to
from tests.clock import Clock
from tests.factories import (
    calling_up,
    figure_checks,
    hearings,
    late_recommending,
    local,
    local_evaluating,
    recommending,
    reopenings,
)
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, stored_file
from tests.factories.changes import OPINION
from tests.factories.changes import opened as opened_change
from tests.factories.held import bar_meanwhile
from tests.factories.reconsidering import reconsiderers, revoked
from tests.factories.steps import marks, to_committee
from tests.factories.titles import municipal_title, second_officer
from workflows import door
from workflows.calling_up import confirm_calling_up, propose_calling_up
from workflows.deliveries import note_opening
from workflows.demo.material import sample_pdf
from workflows.opening import open_application
from workflows.opening_corrections import propose as propose_opening_correction
from workflows.recusal_requests import ask
from workflows.views.public import HANDED_IN

Visits = Iterator[Visit]
Scene = Callable[[Clock], Visits]


def signed_in(user: User) -> Client:
    """The person with the second factor."""
    return log_in(Browser(), user)


def remembering(client: Client, key: str, value: Any) -> Client:
    """The session knows this of the page before."""
    session = client.session
    session[key] = value
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


# --- in the world of the attacks ------------------------------------------------------------------------------------
def after_forms(world: World) -> Visits:
    """What is shown once after a form was sent."""
    said = {"uscc": world.cast.enterprises[0].uscc, "username": "wang"}
    yield visit_to("register_done", remembering(Browser(), REGISTERED_KEY, said))
    operator = world.people["operator"]
    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={"secret": "", "last_counter": 0})
    second_factor.renew_recovery_codes(operator)
    yield visit_to("recovery_codes", remembering(signed_in(operator), SHOW_CODES_KEY, "/"))


def chair(world: World) -> Visits:
    """The page on which the chair decides where votes are even."""
    item = world.meeting("own").items.get()
    chair_of_own = signed_in(world.committee("own")[0])
    yield visit_to("meeting_deadlock", chair_of_own, number=item.meeting.number, position=item.position)


def objector(world: World) -> Visits:
    """The browser that sent an objection."""
    case, notice = world.cases["own"], world.application("own").notice
    assert notice is not None
    sent = {case.number: [Objection.objects.get(application__case=case).number]}
    browser = remembering(Browser(), HANDED_IN, sent)
    yield visit_to("objection_done", browser, number=notice.number, case_number=case.number)


AT_STAGE: Mapping[str, Callable[[World], Visits]] = {"draft": after_forms, "session": chair, "noticed": objector}
SHOWN_AT_STAGE: Mapping[str, tuple[str, ...]] = {
    "draft": ("register_done", "recovery_codes"), "session": ("meeting_deadlock",), "noticed": ("objection_done",),
}  # fmt: skip


# --- worlds of their own --------------------------------------------------------------------------------------------
def district(clock: Clock) -> Visits:
    """A district that recognises by itself, with a town that forwards to it."""
    at, people = clock.at, local.make_local_cast(clock.at)
    officer, case = signed_in(people.officer), local.filed(people, through_town=True)
    yield from _forwarding(people, case.number)
    door.perform(case, "forward", by=people.forwarder, at=at, form={"opinion": "同意转报"})
    local.checked(people, case)
    for name in ("district_batches", "district_experts"):
        yield visit_to(name, officer)
    experts = local.seated(people, case)
    seat = Seat.objects.get(panel__application__case=case, expert=experts[1])
    for name in ("district_panel", "district_visit"):
        yield visit_to(name, officer, number=case.number)
    visited = local.visit_form(people, experts)
    door.perform(case, "record_site_visit", by=people.officer, at=at, form=visited)
    yield visit_to("district_recuse", officer, number=case.number, seat=seat.pk)
    door.perform(case, "recuse", by=experts[1], at=at, form={"tie": "与申报单位有合作"})
    yield visit_to("district_replace", officer, number=case.number, seat=seat.pk)
    spare = people.cast.experts[people.batch.panel_size]
    chosen = {"vacant": seat, "expert": spare, "reason": "原专家回避"}
    door.perform(case, "replace_expert", by=people.officer, at=at, form=chosen)
    yield from _adoption(people, case, [experts[0], *experts[2:], spare])
    yield visit_to("district_calibration", officer, code=people.batch.code)


def _forwarding(people: local.LocalCast, number: str) -> Visits:
    town = signed_in(people.forwarder)
    for name in ("forward_inbox", "forward_done"):
        yield visit_to(name, town)
    for name in ("forward_case", "forward_figures", "forward_return", "forward_changes"):
        yield visit_to(name, town, number=number)
    yield visit_to("forward_act", town, number=number, verb="forward")


def _adoption(people: local.LocalCast, case: Case, experts: list[User]) -> Visits:
    """All have marked; the first of them proposed a value."""
    at, year = people.cast.at, people.batch.reporting_year
    proposed = {"code": "rd_staff", "year": year, "value": Fraction(80), "reason": "与花名册不符"}
    for expert in experts:
        door.perform(case, "declare_no_tie", by=expert, at=at)
        if expert == experts[0]:
            door.perform(case, "propose_value", by=expert, at=at, form=proposed)
        door.perform(case, "submit_review", by=expert, at=at, form={"marks": marks(case), "opinion": "同意"})
    value = VerifiedValue.objects.get(application__case=case, adopted_at__isnull=True)
    yield visit_to("district_adopt", signed_in(people.officer), number=case.number, pk=value.pk)


def district_evaluation(clock: Clock) -> Visits:
    """A district that evaluates its own titles."""
    people = local_evaluating.make_jinshan(clock.at)
    batch = local_evaluating.make_round(people)
    local_evaluating.frozen_and_called(people, batch)
    for name in ("district_evaluation", "district_evaluation_earlier"):
        yield visit_to(name, signed_in(people.officer), code=batch.code)


def verification(clock: Clock) -> Visits:
    """A third party verifies the figures of a case; applicant and office see what it found."""
    world = MunicipalStates2026(clock.at)
    cast, case = world.local.cast, world.case_in(S.UNDER_COMPLETENESS_CHECK)
    firm, values = signed_in(world.people["verifier"]), {"number": case.number}
    figure_checks.commission(cast, case, world.firm, world.at)
    yield visit_to("verifier_checks", firm)
    yield visit_to("verifier_refuse", firm, **values)
    world.act(case, "declare_no_figure_tie", "verifier")
    yield visit_to("verifier_case", firm, **values)
    yield visit_to("verifier_figure", firm, **values, code="rd_staff", year=2025)
    figure_checks.confirm_all(case, world.people["verifier"], world.at, rd_staff=2)
    yield visit_to("verifier_hand_in", firm, **values)
    figure_checks.hand_in(case, world.people["verifier"], world.at)
    yield visit_to("my_figure_check", signed_in(world.people["applicant"]), **values)
    yield visit_to("office_figure_check", signed_in(world.people["office"]), **values)


def consultation(clock: Clock) -> Visits:
    """A department has answered; the file that was sent by mistake was taken away."""
    world = NationalStates(clock.at)
    case = world.case_in(S.UNDER_CONSULTATION)
    clock.at, office = world.at, world.people["office"]
    values = world.form(case, "record_answer", "office")
    for name, words in (("他件复函.pdf", "OTHER"), ("税务部门复函.pdf", "TAX")):
        letter = {"file": stored_file(sample_pdf(words), world.at), "name": name, "correction": "误传他件的来文"}
        door.perform(case, "record_answer", by=office, at=world.at, form=values | letter)
    yield visit_to("office_act", signed_in(office), number=case.number, verb="record_answer")
    for name in ("office_case", "office_trail"):
        yield visit_to(name, signed_in(office), number=case.number)
    yield visit_to("audit_case", signed_in(world.people["auditor"]), number=case.number)


def waiver(clock: Clock) -> Visits:
    """An applicant may step back from a notice, or asks that somebody step aside, which a superior answers."""
    world = MunicipalStates2026(clock.at)
    case = world.case_in(S.UNDER_NOTICE)
    clock.at, by = world.at, world.people["applicant"]
    yield visit_to("my_waiver", signed_in(by), number=case.number)
    head = person("head", "负责人示例")
    grant(head, Role.MUNICIPAL_SUPERVISOR, at=world.at)
    ask(case, person=None, named="发布公示的人", ground="shares", reason="持有竞争企业的股权", by=by, at=world.at)
    yield visit_to("my_recusals", signed_in(by), number=case.number)
    yield visit_to("recusal_request", signed_in(head), pk=str(RecusalRequest.objects.get().pk))
    yield visit_to("recusals", signed_in(head))


def reopened(clock: Clock) -> Visits:
    """Facts came to light after the minutes: the applicant is asked or gives up, another officer answers."""
    world = MunicipalStates2026(clock.at)
    case = world.case_in(S.PROPOSED)
    clock.at, applicant = world.at, signed_in(world.people["applicant"])
    first = hearings.officers(case, world.at)[0]
    yield visit_to("office_act", signed_in(first), number=case.number, verb="propose_reopening")
    first, second = reopenings.put_forward(case, at=world.at, figures={("rd_expenditure", 2025): 20000})
    reopening = Reopening.objects.get(application__case=case)
    yield visit_to("my_reopening", applicant, number=case.number, pk=str(reopening.pk))
    yield visit_to("my_give_up", applicant, number=case.number)
    yield visit_to("office_act", signed_in(second), number=case.number, verb="return_to_committee")
    yield visit_to("office_case", signed_in(first), number=case.number)


def rectification(clock: Clock) -> Visits:
    """A centre that only just passed its evaluation says what it has mended."""
    world = EvaluationStates(clock.at)
    case = world.case_in(S.UNDER_RECTIFICATION)
    clock.at = world.at
    yield visit_to("my_rectification", signed_in(world.people["applicant"]), number=case.number)


def branch(clock: Clock) -> Visits:
    """A branch centre names its parent."""
    cast = make_cast(clock.at)
    batch = recommending.make_national(cast, branch=True)
    recommending.parent_title(cast)
    case = open_application(cast.enterprises[0], batch, by=cast.people["member0"], at=clock.at)
    yield visit_to("my_parent", signed_in(cast.people["member0"]), number=case.number)


def ranked_late(clock: Clock) -> Visits:
    """An application decided again waits for the ranking of a batch that was ranked before, then stands beside it."""
    cast = make_cast(clock.at)
    batch = recommending.make_national(cast)
    refused = recommending.filed(cast, batch)
    recommending.score(cast, refused, cast.at)
    recommending.rank(cast, batch)
    recommending.decide(cast, batch, {refused.number: Choice.REFUSE})
    clock.at += timedelta(days=21)
    late_recommending.decided_again(cast, refused, clock.at)
    office = signed_in(cast.office)
    yield visit_to("office_supplement", office, code=batch.code)
    late_recommending.supplement(cast, batch, clock.at, late_recommending.ALLOWED)
    yield visit_to("office_recommendation", office, code=batch.code)


def called_up(clock: Clock) -> Visits:
    """A place of the quota was given up, the next in order is put forward and waits for another officer."""
    cast = make_cast(clock.at)
    batch, cases = calling_up.decided(cast)
    clock.at = calling_up.after(batch)
    calling_up.give_up(cast, cases[0], clock.at)
    yield visit_to("office_calling_up", signed_in(cast.office), code=batch.code)
    entry = propose_calling_up(batch, by=cast.office, at=clock.at)
    yield visit_to("calling_up", signed_in(recommending.colleague(cast)), pk=entry.pk)
    confirm_calling_up(entry, by=recommending.colleague(cast), at=clock.at)
    yield visit_to("office_recommendation", signed_in(cast.office), code=batch.code)


def succession(clock: Clock) -> Visits:
    """The enterprise that is to take a title over is asked."""
    cast = make_cast(clock.at)
    municipal_title(cast)
    case = opened_change(cast, "merger")
    door.perform(case, "submit_change", by=_of(cast, "member0"), at=clock.at)
    door.perform(case, "give_opinion", by=_of(cast, "pudong"), at=clock.at, form=OPINION)
    yield visit_to("my_succession", signed_in(_of(cast, "member1")), number=case.number)


def reconsideration(clock: Clock) -> Visits:
    """A revocation can be challenged, and set right by the office that ordered it."""
    cast = make_cast(clock.at)
    reconsiderers(cast)
    letter = revoked(cast, clock.at)
    yield visit_to("my_reconsideration", signed_in(_of(cast, "member0")), number=letter.number)
    yield visit_to("remedy_new", signed_in(cast.office), number=letter.number)
    note_opening(letter, by=_of(cast, "member0"), at=clock.at)
    yield visit_to("letter_delivery", signed_in(cast.office), number=letter.number)
    why = {"why": "授权委托书经核实系伪造，该账号由他人使用。", "evidence": "鉴定意见 示例1号"}
    propose_opening_correction(letter, **why, by=cast.office, at=clock.at)
    yield visit_to("letter_delivery", signed_in(second_officer(cast)), number=letter.number)


def signers_gone(clock: Clock) -> Visits:
    """Chair and secretary have left before they signed; then nobody is there who could be named."""
    cast = make_cast(clock.at, committee=4)
    second, case = second_officer(cast), filed_case(cast)
    to_committee(cast, case, clock.at)
    meeting = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=clock.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip
    meetings.start_meeting(meeting, present=cast.members[:3], by=cast.office, at=clock.at)
    RoleGrant.objects.filter(user__in=[cast.members[0], cast.office]).update(revoked_at=clock.at)
    for which in Signer:
        yield visit_to("meeting_signer", signed_in(second), number=meeting.number, which=which.value)
    RoleGrant.objects.filter(user__in=cast.members).update(revoked_at=clock.at)
    yield visit_to("meeting_signer", signed_in(second), number=meeting.number, which=Signer.CHAIR.value)


def barred(clock: Clock) -> Visits:
    """A revocation came between the notice and the grant of a further designation."""
    world = GenericStates(clock.at)
    case = world.case_in(S.NOTICE_COMPLETED)
    bar_meanwhile(case, world.cast, world.at)
    clock.at = world.at
    yield visit_to("batch_end_barred", signed_in(world.people["publisher"]), code=world.batch.code, number=case.number)


def _of(cast: Cast, name: str) -> User:
    return cast.people[name]


# Each scene with the names of the addresses that it opens, in this order.
SCENES: Mapping[Scene, tuple[str, ...]] = {
    district: (
        "forward_inbox", "forward_done", "forward_case", "forward_figures", "forward_return", "forward_changes",
        "forward_act", "district_batches", "district_experts", "district_panel", "district_visit", "district_recuse",
        "district_replace", "district_adopt", "district_calibration",
    ),
    district_evaluation: ("district_evaluation", "district_evaluation_earlier"),
    verification: (
        "verifier_checks", "verifier_refuse", "verifier_case", "verifier_figure", "verifier_hand_in",
        "my_figure_check", "office_figure_check",
    ),
    consultation: ("office_act", "office_case", "office_trail", "audit_case"),
    waiver: ("my_waiver", "my_recusals", "recusal_request", "recusals"),
    reopened: ("office_act", "my_reopening", "my_give_up", "office_act", "office_case"),
    rectification: ("my_rectification",),
    branch: ("my_parent",),
    called_up: ("office_calling_up", "calling_up", "office_recommendation"),
    ranked_late: ("office_supplement", "office_recommendation"),
    succession: ("my_succession",),
    reconsideration: ("my_reconsideration", "remedy_new", "letter_delivery", "letter_delivery"),
    barred: ("batch_end_barred",),
    signers_gone: ("meeting_signer", "meeting_signer", "meeting_signer"),
}  # fmt: skip

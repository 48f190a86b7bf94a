"""The steps of the procedure at which pages are called, and how both cases come from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from accreditation.models import Application, Case, Objection
from accreditation.services import meetings
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.services.translating import translate_pending
from tests.attacks.world import SIDES, World
from tests.factories import hearings
from tests.factories.calling_up import form_of
from tests.factories.steps import answer_gates, marks
from workflows import batch_acts, door
from workflows.announcement_corrections import propose_correction
from workflows.recusal_requests import ask
from workflows.tick import tick

Step = Callable[[World, str, Case], None]
Whole = Callable[[World], None]


def each(step: Step) -> Whole:
    """The step for both sides."""

    def both(world: World) -> None:
        for side in SIDES:
            step(world, side, world.cases[side])

    return both


def submit(world: World, side: str, case: Case) -> None:
    """Filed, with a request that somebody step aside, whom nobody of this world stands above."""
    form, by = {"declaration": True, "insists": True}, world.member(side)
    door.perform(case, "submit", by=by, at=world.at, form=form)
    ask(
        case, person=None, named="办公室的王工", ground="relative", reason="其配偶在竞争企业任职", file=world.file,
        file_name="证明.pdf", by=by, at=world.at,
    )  # fmt: skip


def accept(world: World, side: str, case: Case) -> None:
    """Under first review."""
    door.perform(case, "accept", by=world.officer(side), at=world.at)


def send_back(world: World, side: str, case: Case) -> None:
    """Returned by the district for one figure and one piece of evidence."""
    evidence = case.application.evidence.order_by("pk")[0].kind
    year = world.cast.batch.reporting_year
    points = [
        {"target": "figure", "code": "rd_staff", "year": year, "remark": "请核对"},
        {"target": "evidence", "code": evidence, "remark": "请重新上传"},
    ]
    form = {"points": points}
    door.perform(case, "return_for_correction", by=world.officer(side), at=world.at, form=form)


def recommend(world: World, side: str, case: Case) -> None:
    """Under the completeness check."""
    answer_gates(case, world.officer(side), world.at)
    door.perform(case, "recommend", by=world.officer(side), at=world.at, form={"opinion": "同意推荐"})


def check(world: World, side: str, case: Case) -> None:
    """Waits for a panel."""
    door.perform(case, "pass_completeness_check", by=world.people["office"], at=world.at)


def seat(world: World, side: str, case: Case) -> None:
    """Five experts are asked to declare."""
    form = {"experts": world.experts(side), "reason": "测试指定的专家"}
    door.perform(case, "appoint_panel", by=world.people["office"], at=world.at, form=form)


def draw(world: World, side: str, case: Case) -> None:
    """Drawn, not yet appointed."""
    door.perform(case, "draw_panel", by=world.people["office"], at=world.at)


def clear(world: World, side: str, case: Case) -> None:
    """The first expert reads the material, the second one has stepped down."""
    first, second = world.experts(side)[:2]
    door.perform(case, "declare_no_tie", by=first, at=world.at)
    door.perform(case, "recuse", by=second, at=world.at, form={"tie": "与申报单位有合作"})


def review(world: World, side: str, case: Case) -> None:
    """All marks are in, with one proposed value; waits for the committee."""
    year = world.cast.batch.reporting_year
    proposed = {"code": "rd_staff", "year": year, "value": Fraction(80), "reason": "与花名册不符"}
    for place, expert in enumerate(world.experts(side)):
        door.perform(case, "declare_no_tie", by=expert, at=world.at)
        if place == 0:
            door.perform(case, "propose_value", by=expert, at=world.at, form=proposed)
        form = {"marks": marks(case), "opinion": "同意"}
        door.perform(case, "submit_review", by=expert, at=world.at, form=form)


def call(world: World, side: str, case: Case) -> None:
    """A meeting over the case, chaired by the first of that side's members."""
    people, office = world.committee(side), world.people["office"]
    meetings.call_meeting(
        world.cast.batch, [Application.objects.get(case=case)], held_at=world.at, place="示例会议室", chair=people[0],
        secretary=office, by=office, at=world.at,
    )  # fmt: skip


def begin(world: World, side: str, case: Case) -> None:
    """In session, all present."""
    present, office = world.cast.members, world.people["office"]
    meetings.start_meeting(world.meeting(side), present=present, by=office, at=world.at)


def minute(world: World, side: str, case: Case) -> None:
    """All have voted; the minutes wait for both signatures."""
    meeting = world.meeting(side)
    for member in world.cast.members:
        meetings.cast_vote(meeting.items.get(), choice="recognise", remark="", by=member, at=world.at)
    meetings.draft_minutes(meeting, reasons={}, by=world.people["office"], at=world.at)


def sign(world: World, side: str, case: Case) -> None:
    """Decided: to be recognised; a colleague has put the case forward as if it were below a quota."""
    meeting = world.meeting(side)
    for signer in (world.people["office"], world.committee(side)[0]):
        batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=world.at)
    form_of(case, world.people["publisher"], world.at)


def publish(world: World) -> None:
    """Under public notice, with an objection against each."""
    listed = [world.application(side) for side in SIDES]
    publisher, clock = world.people["publisher"], world.cast.people["clock"]
    batch_acts.publish_notice(world.cast.batch, listed, body="公示", by=publisher, at=world.at)
    form = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
    for case in world.cases.values():
        file = {"file": world.file, "file_name": "附件.pdf"}
        door.perform(case, "raise_objection", by=clock, at=world.at, form=form | file)
        hearings.ask(case, Objection.objects.get(application__case=case), office=world.people["office"], at=world.at)


def end_notice(world: World) -> None:
    """The objections are dismissed and the days are over."""
    for case in world.cases.values():
        objection = Objection.objects.get(application__case=case)
        hearings.dismiss(case, objection, at=world.at)
    notice = world.application("own").notice
    assert notice is not None
    world.at = notice.ends_at + timedelta(days=1)
    tick(world.at)


def announce(world: World) -> None:
    """Recognised, certificates issued and noted."""
    listed = [world.application(side) for side in SIDES]
    batch_acts.announce(
        world.cast.batch, listed, number="示例〔2026〕1号", dated=world.at.date(), body="公布",
        by=world.people["publisher"], at=world.at,
    )  # fmt: skip
    keys = open_keys(at=world.at)
    sign_pending(limit=len(SIDES), at=world.at, keys=keys)
    translate_pending(limit=len(SIDES), at=world.at, keys=keys)
    tick(world.at)
    for side in SIDES:
        _propose_correction(world, side)


def _propose_correction(world: World, side: str) -> None:
    """What the office found printed wrongly waits for the publisher."""
    application = world.application(side)
    assert application.announcement is not None
    assert application.title is not None
    propose_correction(
        application.announcement, title=application.title, particular="name", printed="误录的名称",
        right=application.enterprise.name, reason="以营业执照为准。", by=world.people["office"], at=world.at,
    )  # fmt: skip


# Each stage: the stage that it comes from, and how. Three stages are side branches that lead nowhere.
STAGES: dict[str, tuple[str, Whole]] = {
    "filed": ("draft", each(submit)),
    "accepted": ("filed", each(accept)),
    "returned": ("accepted", each(send_back)),
    "checking": ("accepted", each(recommend)),
    "appointing": ("checking", each(check)),
    "drawn": ("appointing", each(draw)),
    "seated": ("appointing", each(seat)),
    "reading": ("seated", each(clear)),
    "reviewed": ("seated", each(review)),
    "called": ("reviewed", each(call)),
    "session": ("called", each(begin)),
    "minutes": ("session", each(minute)),
    "proposed": ("minutes", each(sign)),
    "noticed": ("proposed", publish),
    "completed": ("noticed", end_notice),
    "recognised": ("completed", announce),
}
ORDER = ("draft", *STAGES)


def way_to(stage: str) -> list[str]:
    """The stages from the draft to this one, this one included, the draft left out."""
    return [] if stage == "draft" else [*way_to(STAGES[stage][0]), stage]

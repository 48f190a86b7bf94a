"""The world that the access table is called against: two of everything, alike but for whose it is.

`own` lies in Pudong and belongs to `member_own`, `other` lies in Jiading and belongs to `member_other`. Their two cases
walk through the procedure side by side, led by the services; each page is called at the step that it is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import MemberState, SeatState
from accreditation.models import (
    Application,
    BatchProposal,
    Binding,
    Case,
    Consultation,
    Delegation,
    DepartmentLetter,
    DesignationProposal,
    Enterprise,
    ExternalNotice,
    GrantProposal,
    Link,
    Meeting,
    Member,
    Message,
    OfficerRecusal,
    OutsideList,
    ResultProposal,
    RoleGrant,
    RuleDraft,
    Seat,
    StoredFile,
    Tie,
    Title,
    User,
    VerifiedValue,
)
from accreditation.services.files import WORKBOOK, keep_file
from accreditation.services.plan import create_plan
from accreditation.services.readings import lost_file, refuse
from accreditation.services.rule_drafts import begin_draft
from accreditation.services.rule_sets import rules_of
from accreditation.services.rule_trials import order_trial, run_trial
from accreditation.services.standing_imports import propose_import
from accreditation.services.standings import propose_standing
from certificates.models import PaperCertificate
from certificates.selectors import certificate_for_request
from criteria.workbook import Fault, Faults, Severity
from tests.attacks.browser import Browser
from tests.attacks.matters import add_matters
from tests.clock import MONDAY
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, person, with_material
from tests.factories.cultivation import reported
from tests.factories.editions import waiting_change
from tests.factories.evaluating import make_round
from tests.factories.paper import as_csv, line
from tests.factories.recognition import make_municipal_2026
from tests.factories.recommending import make_demonstration, make_national
from tests.factories.reexaminations import passed, round_called
from tests.factories.second_results import reexamination_entered
from tests.factories.standings import csv_file, standing_texts
from tests.factories.yearly_reports import called, demonstration_title
from workflows import door
from workflows.batch_proposals import propose_opening
from workflows.bulk_acts import order
from workflows.bulk_kinds import kind_of
from workflows.calendar_proposals import propose as propose_calendar
from workflows.certification import request_key_of
from workflows.designation_proposals import propose
from workflows.intake import bind_evidence
from workflows.opening import open_application
from workflows.paper_import import confirm_import, prepare_import
from workflows.selectors.designations import example_text

ROLES = (
    "anonymous", "stranger", "requester", "member_own", "colleague_own", "member_other", "district_own",
    "district_other", "office", "publisher", "expert_own", "expert_other", "committee_own", "committee_other",
    "operator", "security", "auditor",
)  # fmt: skip
OFFICES = ROLES[ROLES.index("district_own") :]
SIDES = ("own", "other")
PDF = b"%PDF-1.4\n%%EOF\n"
DISTRICTS = {"own": "310115", "other": "310114"}


@dataclass
class World:
    """People by role, a signed-in browser for each, the two cases, and the samples that addresses name."""

    cast: Cast
    at: datetime
    file: StoredFile
    stage: str = "draft"
    people: dict[str, User] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    fixed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sample(self, name: str, own: Any, other: Any = None) -> None:
        """What an address can name; one value for both sides where it belongs to nobody in particular."""
        self.fixed[name] = {"own": own, "other": own if other is None else other}

    def samples(self) -> dict[str, dict[str, Any]]:
        """Everything that can be named at the step where the cases stand now."""
        hangs = {side: _hangs_on(Application.objects.get(case=case)) for side, case in self.cases.items()}
        both = hangs["own"].keys() & hangs["other"].keys()
        return self.fixed | {name: {side: hangs[side][name] for side in SIDES} for name in both}

    def application(self, side: str) -> Application:
        """The application of that side as it stands."""
        return Application.objects.get(case=self.cases[side])

    def meeting(self, side: str) -> Meeting:
        """The meeting that has the case of that side on its agenda."""
        return Meeting.objects.get(items__application__case=self.cases[side])

    def experts(self, side: str) -> list[User]:
        """The five experts of that side's panel."""
        return self.cast.experts[:5] if side == "own" else self.cast.experts[5:10]

    def committee(self, side: str) -> list[User]:
        """Half of the committee; the first of them chairs that side's meeting, though all are called to both."""
        return self.cast.members[:3] if side == "own" else self.cast.members[3:6]

    def member(self, side: str) -> User:
        """Who files for that side."""
        return self.people[f"member_{side}"]

    def officer(self, side: str) -> User:
        """The district bureau of that side."""
        return self.people[f"district_{side}"]


def build() -> World:
    """Everything, with both cases as drafts; needs ACCREDITATION_DEMO and folders that last as long as the world."""
    cast = make_cast(MONDAY, panel=11, committee=6, working_window=60)
    world = World(cast, MONDAY, keep_file(PDF, media_type="application/pdf", at=MONDAY))
    _name_people(world)
    for side in SIDES:
        _people_samples(world, side)
        world.cases[side] = _draft(world, side)
    add_matters(world)
    _join_sides(world)
    _rule_samples(world)
    _standing_samples(world)
    _national_samples(world)
    _cultivation_samples(world)
    _bulk_samples(world)
    _open_browsers(world)
    return world


# --- people ---------------------------------------------------------------------------------------------------------
def _name_people(world: World) -> None:
    cast, people = world.cast, world.people
    for role in ("stranger", "office", "publisher", "operator", "security", "auditor"):
        people[role] = cast.people[role]
    people |= {"member_own": cast.people["member0"], "member_other": cast.people["member1"]}
    people |= {"district_own": cast.people["pudong"], "district_other": cast.people["jiading"]}
    people |= {"requester": person("requester", "待核验示例"), "colleague_own": person("colleague", "同事示例")}
    for side in SIDES:
        people[f"expert_{side}"], people[f"committee_{side}"] = world.experts(side)[0], world.committee(side)[1]


def _open_browsers(world: World) -> None:
    world.browsers["anonymous"] = Browser()
    for role, user in world.people.items():
        browser = Browser()
        if role in OFFICES:
            log_in(browser, user)
        else:
            browser.force_login(user)
        world.browsers[role] = browser


# --- the two enterprises and their drafts ---------------------------------------------------------------------------
def _people_samples(world: World, side: str) -> None:
    """A colleague of the applicant, somebody who asks to join, another one who has."""
    enterprise = world.cast.enterprises[SIDES.index(side)]
    mate = world.people["colleague_own"] if side == "own" else person("colleague_other", "他司同事示例")
    asking = world.people["requester"] if side == "own" else person("asking_other", "他司求入示例")
    rows = {
        "colleague.pk": _member(enterprise, mate, world, MemberState.ACTIVE).pk,
        "request.pk": _member(enterprise, asking, world, MemberState.REQUESTED).pk,
        "enterprise.pk": enterprise.pk,
        "enterprise.uscc": enterprise.uscc,
    }
    for name, value in rows.items():
        world.fixed.setdefault(name, {})[side] = value


def _member(enterprise: Enterprise, user: User, world: World, state: MemberState) -> Member:
    """A membership with a proof that can be read."""
    settled = None if state == MemberState.REQUESTED else world.at
    return Member.objects.create(
        enterprise=enterprise, user=user, state=state, proof=world.file, proof_name="授权书.pdf", requested_at=world.at,
        settled_at=settled,
    )  # fmt: skip


def _draft(world: World, side: str) -> Case:
    """Faulty workbooks, a good one, all evidence; the numbers of the uploads differ between the sides."""
    by, at = world.member(side), world.at
    case = open_application(world.cast.enterprises[SIDES.index(side)], world.cast.batch, by=by, at=at)
    for _ in range(1 if side == "own" else 3):
        door.perform(case, "upload_workbook", by=by, at=at, form=_faulty(case))
    with_material(case, by, at)
    case.application.uploads.filter(is_accepted=True).update(file=_workbook(world))
    case.application.evidence.update(file=world.file)
    report = case.application.evidence.get(kind="audit_report")
    for page in (1, 2):
        bind_evidence(case, report.pk, f"figure.revenue_main.{world.cast.batch.reporting_year}", page, by=by, at=at)
    for number in range(1 if side == "own" else 2):
        sent = {"name": "长表.xlsx", "sha256": "1" * 64, "spool_name": f"{side}{number}"}
        door.perform(case, "send_workbook", by=by, at=at, form=sent)
        if number == 0 and side == "other":
            refuse(case.application.readings.get().pk, lost_file(), at=at)
    _department_letter(world, case)
    return case


def _department_letter(world: World, case: Case) -> None:
    """The answer of a department with its letter, as a later edition has them."""
    office, at = world.people["office"], world.at
    asked = Consultation.objects.create(
        application=case.application, department="tax", asked_by=office, asked_at=at, position="no_objection",
        text="经查无异常", dated=at.date(), recorded_by=office, recorded_at=at,
    )  # fmt: skip
    DepartmentLetter.objects.create(
        consultation=asked, file=world.file, file_name="税务部门复函.pdf", recorded_by=office, recorded_at=at
    )


def _faulty(case: Case) -> dict[str, Any]:
    year = case.application.batch.reporting_year
    said = ("应为整数", "a whole number", "不是数字", "not a number", "请填整数", "enter a whole number")
    fault = Fault("not_a_number", Severity.ERROR, "评价数据", "C5", "rd_staff", year, "约八十", *said)
    return {"name": "有误.xlsx", "sha256": "0" * 64, "faults": Faults((fault,)).to_json()}


def _workbook(world: World) -> StoredFile:
    return keep_file(b"PK\x03\x04", media_type=WORKBOOK.media_type, at=world.at)


# --- what hangs on a case and what does not -------------------------------------------------------------------------
def _hangs_on(application: Application) -> dict[str, Any]:
    """Whatever of a case an address can name, where there is such a thing yet."""
    case, uploads = application.case, application.uploads.order_by("-number")
    return {
        "case.number": case.number,
        "upload.number": uploads.filter(is_accepted=True)[0].number,
        "faulty.number": uploads.filter(is_accepted=False)[0].number,
        "reading.number": application.readings.latest("number").number,
        "evidence.pk": application.evidence.order_by("pk")[0].pk,
        "binding.pk": Binding.objects.filter(evidence__application=application).order_by("pk")[0].pk,
    } | {name: rows[0] for name, rows in _may_hang_on(application).items() if rows}


def _may_hang_on(application: Application) -> dict[str, list[Any]]:
    case = application.case
    recused = Seat.objects.filter(panel__application=application, state=SeatState.RECUSED)
    sitting = Seat.objects.filter(panel__application=application, state=SeatState.APPOINTED).order_by("-place")
    departments = DepartmentLetter.objects.filter(consultation__application=application)
    proposed = VerifiedValue.objects.filter(application=application, adopted_at__isnull=True)
    items = application.meeting_items.select_related("meeting")
    title = application.title
    issued = certificate_for_request(request_key_of(title)) if title else None
    return {
        "letter.number": [row.number for row in case.letters.all()],
        "department_letter.pk": [row.pk for row in departments],
        "recusal_request.pk": [row.pk for row in case.recusal_requests.order_by("pk")],
        "seat.pk": [row.pk for row in recused],
        "sitting.pk": [row.pk for row in sitting],
        "proposal.pk": [row.pk for row in proposed],
        "meeting.number": [item.meeting.number for item in items],
        "item.position": [item.position for item in items],
        "attendee.pk": [row.member_id for item in items for row in item.meeting.attendance.order_by("pk")],
        "objection.number": [row.number for row in application.objections.all()],
        "calling_up.pk": [row.pk for row in application.callings_up.all()],
        "notice.number": [application.notice.number] if application.notice else [],
        "announcement.number": [application.announcement.number] if application.announcement else [],
        "announcement.pk": [application.announcement.pk] if application.announcement else [],
        "correction.pk": [row.pk for row in title.announcement_corrections.all()] if title else [],
        "title.number": [title.number] if title else [],
        "certificate.code": [issued.code] if issued and issued.sha256 else [],
        "certificate.number": [issued.number] if issued and issued.sha256 else [],
    }


def _join_sides(world: World) -> None:
    """Messages, a grant and an account that are nobody's in particular."""
    for side in SIDES:
        message = Message.objects.filter(recipient=world.member(side)).order_by("pk").first()
        message = message or Message.objects.create(
            recipient=world.member(side), kind="member_confirmed", params={"enterprise": "示例"}, created_at=world.at,
            key=f"attacks:{side}",
        )  # fmt: skip
        world.fixed.setdefault("message.pk", {})[side] = message.pk
    spare = world.cast.experts[10]
    world.sample("expert.pk", spare.pk)
    world.sample("tie.pk", _tie(world, spare).pk)
    world.sample("link.pk", _link(world).pk)
    world.sample("recusal.pk", _recusal(world).pk)
    world.sample("grant.pk", RoleGrant.objects.get(user=spare).pk)
    world.sample("grant_proposal.pk", _proposal(world, spare).pk)
    world.sample("account.pk", spare.pk)
    world.sample("delegation.pk", _delegation(world).pk)


def _proposal(world: World, person: User) -> GrantProposal:
    """A second role for an expert, proposed by somebody else than the security officer who looks."""
    return GrantProposal.objects.create(
        user=person, role="operator", ground="任命文件", proposed_by=world.people["publisher"], proposed_at=world.at
    )


def _delegation(world: World) -> Delegation:
    """A power of the office that was lent to the publisher and is over: it opens nothing any more."""
    return Delegation.objects.create(
        grant=RoleGrant.objects.get(user=world.people["office"]), delegator=world.people["office"],
        delegate=world.people["publisher"], power="call_meetings", reason="年休假",
        made_at=world.at - timedelta(days=1), starts_at=world.at - timedelta(days=1), ends_at=world.at,
    )  # fmt: skip


def _tie(world: World, expert: User) -> Tie:
    """A tie to an enterprise that files nothing here."""
    return Tie.objects.create(
        expert=expert, kind="consultancy", uscc=world.cast.enterprises[2].uscc, source="合同登记",
        recorded_by=world.people["office"], recorded_at=world.at,
    )  # fmt: skip


def _link(world: World) -> Link:
    """A shareholder of the same enterprise."""
    return Link.objects.create(
        uscc=world.cast.enterprises[2].uscc, other_uscc="91310115MADEMQ1K0R", other_name="示例控股", kind="shareholder",
        source="公示系统", recorded_by=world.people["office"], recorded_at=world.at,
    )  # fmt: skip


def _recusal(world: World) -> OfficerRecusal:
    """An officer of neither side steps aside from the same enterprise."""
    aside = person("aside", "回避示例")
    return OfficerRecusal.objects.create(
        officer=aside, enterprise=world.cast.enterprises[2], reason="亲属任职", recorded_by=aside, recorded_at=world.at
    )


def _bulk_samples(world: World) -> None:
    """One order of each bureau; the cases are drafts, which no officer knows of."""
    kind, at = kind_of("district", "take"), world.at
    own, other = (order(kind, ["X"], words="", by=world.officer(side), at=at).number for side in SIDES)
    world.sample("bulk.number", own, other)


def _rule_samples(world: World) -> None:
    """What every case of the batch has alike."""
    rules = rules_of(world.cast.batch)
    gate = next(gate for gate in rules.gates if gate.formula is None and gate.is_binding)
    world.sample("rules.gate", gate.code)
    world.sample("rules.code", "rd_staff")
    world.sample("rules.year", world.cast.batch.reporting_year)
    world.sample("batch.code", world.cast.batch.code)
    world.sample("programme.code", world.cast.programme.code)
    world.sample("draft.number", _rule_draft(world).number)
    world.sample("designation.number", _designation(world).number)
    world.sample("batch_act.number", _waiting_batch(world).number)
    days = [
        (date(2027, 1, 1), False, "元旦"),
        (date(2027, 1, 9), True, "元旦调休"),
        (date(2027, 5, 3), False, "劳动节"),
    ]
    row = propose_calendar(2027, days, source="示例通知", by=world.people["operator"], at=world.at)
    world.sample("calendar.number", row.number)
    world.sample("change.number", waiting_change(world.people["office"], world.at).number)
    _paper_samples(world)


def _paper_samples(world: World) -> None:
    """A list of the office that waits for a second person, and a title that another list entered."""
    office, publisher = world.people["office"], world.people["publisher"]
    entered = prepare_import(as_csv([line()]), "名单.csv", by=office, at=world.at)
    confirm_import(entered, by=publisher, at=world.at)
    other = line(number="纸-2", state="失效")
    waiting = prepare_import(as_csv([other]), "名单.csv", by=office, at=world.at)
    world.sample("paper.number", waiting.number)
    world.sample("paper.title", PaperCertificate.objects.get().title_number)


def _standing_samples(world: World) -> None:
    """Targets of the plan, an entry and a file that wait for the second person."""
    create_plan(world.at)
    office = world.people["office"]
    world.sample("standing.number", propose_standing(standing_texts(), by=office, at=world.at).number)
    sent = propose_import(csv_file([standing_texts(year="2020")]), "示例.csv", by=office, at=world.at)
    assert sent is not None
    world.sample("standing_import.number", sent.number)


def _cultivation_samples(world: World) -> None:
    """Both enterprises on the cultivation list with a report, a holder with a yearly report and a re-examination."""
    for side in SIDES:
        row, report = reported(world.cast, SIDES.index(side))
        world.fixed.setdefault("cultivation.number", {})[side] = row.number
        world.fixed.setdefault("gap_report.ordinal", {})[side] = report.ordinal
    demonstration_title(world.cast, 2)
    world.sample("yearly_call.year", called(world.cast).year)
    round_ = round_called(world.cast)
    world.sample("reexamination.year", round_.year)
    notice = passed(world.cast, round_.cases.get(), world.file)
    world.sample("reexamination_notice.pk", notice.pk)
    entry = reexamination_entered(world.cast, round_.cases.get().case, notice, by=world.people["office"])
    world.sample("reexamination.entry", entry.pk)


def _national_samples(world: World) -> None:
    """A batch of recommendations without cases, a notice of the national authority and a title that it grants."""
    batch = make_national(world.cast)
    notice = ExternalNotice.objects.create(
        batch=batch, number="示例公告〔2025〕1号", dated=world.at.date(), authority="示例国家主管部门", file=world.file,
        file_name="公告.pdf", recorded_by=world.people["office"], recorded_at=world.at,
    )  # fmt: skip
    title = Title.objects.create(
        number="NETC-T-2025-00001", programme=batch.programme, holder=world.cast.enterprises[2],
        granted_on=notice.dated, valid_from=notice.dated, valid_until=None, announcement_number=notice.number,
        granted_above=notice,
    )  # fmt: skip
    demonstration = make_demonstration(world.cast)
    world.sample("edition.code", make_municipal_2026(world.cast).code)
    Title.objects.filter(programme=world.cast.programme, provenance="测试").delete()  # both cases apply for it
    second = ExternalNotice.objects.create(
        batch=demonstration, number="示例公告〔2025〕2号", dated=world.at.date(), authority="示例国家主管部门",
        file=world.file, file_name="公告.pdf", recorded_by=world.people["office"], recorded_at=world.at,
    )  # fmt: skip
    world.sample("national.code", batch.code)
    world.sample("demonstration.code", demonstration.code)
    world.sample("noticed.code", batch.code, demonstration.code)
    world.sample("national.notice", notice.pk, second.pk)
    world.sample("national.title", title.number)
    world.sample("national.result", _result(world, title, notice).pk)
    entry = OutsideList.objects.create(
        batch=batch, notice=notice, recorded_by=world.people["office"], recorded_at=world.at
    )
    world.sample("national.list", entry.pk)
    confirmed = OutsideList.objects.create(
        batch=demonstration, notice=second, recorded_by=world.people["office"], recorded_at=world.at,
        state="confirmed", settled_by=world.people["publisher"], settled_at=world.at,
    )  # fmt: skip
    world.sample("national.confirmed", confirmed.pk)
    world.sample("evaluation.code", make_round(world.cast).code)


def _result(world: World, title: Title, notice: ExternalNotice) -> ResultProposal:
    """A result that would warn the title and waits for the second officer."""
    return ResultProposal.objects.create(
        title=title, holder=title.holder, year=world.at.year, band="marginal_pass", notice=notice,
        consequence="警告并限期整改", recorded_by=world.people["office"], recorded_at=world.at,
    )  # fmt: skip


def _designation(world: World) -> DesignationProposal:
    """A file of the office that waits for the second person."""
    text = example_text().replace("granted_by: municipal-office", "granted_by: office")
    return propose(text, "x.yaml", by=world.people["office"], at=world.at)


def _waiting_batch(world: World) -> BatchProposal:
    """A batch that the office has put before a second officer."""
    batch = world.cast.batch
    said = {
        "programme": batch.programme, "edition": batch.rule_set, "procedure": batch.procedure, "authority": None,
        "ordinal": 99, "year": batch.year, "reporting_year": batch.reporting_year, "opens_at": world.at,
        "closes_at": world.at + timedelta(days=30), "base_date": world.at.date(),
    }  # fmt: skip
    return propose_opening(said, by=world.people["office"], at=world.at)


def _rule_draft(world: World) -> RuleDraft:
    """A draft of rules that has been tried on the past."""
    office = world.people["office"]
    draft = begin_draft(
        world.cast.programme, world.cast.batch.rule_set, edition="2027", name_zh="示例规则", name_en="Example",
        effective_from=world.at.date(), by=office, at=world.at,
    )  # fmt: skip
    run_trial("", {"trial": order_trial(draft, by=office, at=world.at).pk})
    return draft

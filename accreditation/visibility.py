"""Who sees what, and when: every page fetches its rows through a function of this module or through `case_for`.

A row that is not yours does not exist for you: the answer is NotFound, never "forbidden".
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from accreditation.change_words import ChangeState
from accreditation.enums import ApplicationState, MemberState, Owner, SeatState
from accreditation.errors import NotFound
from accreditation.figure_check_words import WORKING
from accreditation.grounds import ADVERSE_KINDS
from accreditation.models import (
    Application,
    Attendance,
    AuditEvent,
    Case,
    ChangeSuccessor,
    DepartmentLetter,
    Enterprise,
    Evidence,
    FigureCheck,
    Letter,
    Meeting,
    MeetingItem,
    Member,
    Objection,
    Reconsideration,
    Reissue,
    Seat,
    User,
    WorkbookReading,
    WorkbookUpload,
)
from accreditation.permissions import Person, batches_under, districts_of, has_power_over, persons_behind, powers_of
from accreditation.reconsideration_words import SETTING_ASIDE, TAKING_NO_PART, UNTOLD, Remedy
from accreditation.recusals import cases_left_by, enterprises_barred_to
from accreditation.roles import Power

DRAFTS = (ApplicationState.DRAFT, ChangeState.DRAFT)
VOTING = frozenset({Power.VOTE, Power.VOTE_LOCALLY})
SITTING = (SeatState.APPOINTED, SeatState.CLEARED, SeatState.SUBMITTED)
BEFORE_OPINION = (
    ApplicationState.DRAFT, ApplicationState.UNDER_FORWARDING, ApplicationState.SUBMITTED,
    ApplicationState.UNDER_FIRST_REVIEW,
)  # fmt: skip
READING = (SeatState.CLEARED, SeatState.SUBMITTED)
CHECKABLE = (ApplicationState.UNDER_COMPLETENESS_CHECK, ApplicationState.UNDER_CONSULTATION)


class View(StrEnum):
    """In which quality a person looks at a case; a page shows what that quality may see."""

    APPLICANT = "applicant"
    DISTRICT = "district"
    OFFICE = "office"
    FORWARDER = "forwarder"
    EXPERT = "expert"
    COMMITTEE = "committee"
    AUDITOR = "auditor"
    RECONSIDERER = "reconsiderer"
    VERIFIER = "verifier"


CONSULTING = frozenset({View.OFFICE, View.AUDITOR})
RECONSIDERING = frozenset({Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS})
MOVERS = frozenset({Power.PREPARE_ORDERS, Power.SUPERVISE})  # of the district to which a holder moves
# A proceeding against a title is the authority's own affair until the holder is told of it.
BEFORE_NOTIFICATION = Q(proceeding__kind__in=sorted(ADVERSE_KINDS), proceeding__notified_at__isnull=True)


def visible_cases(user: Person) -> QuerySet[Case]:
    """Cases whose existence the person may know. Drafts are the applicant's alone."""
    if not isinstance(user, User) or not user.is_active:
        return Case.objects.none()
    return Case.objects.filter(_own(user) | (_official(user) & ~Q(state__in=DRAFTS) & ~own_matters(user)))


def _own(user: User) -> Q:
    """Cases of enterprises that the person acts for; who has only asked to act sees nothing of them."""
    enterprises = Member.objects.filter(user=user, state=MemberState.ACTIVE).values("enterprise_id")
    return Q(enterprise_id__in=enterprises) & ~BEFORE_NOTIFICATION & ~Q(state__in=UNTOLD)


def own_matters(user: User) -> Q:
    """Cases of enterprises that the person acts, acted or asked to act for: no officer's business (回避).

    So are the changes that pass titles to one of them, the challenges of such a change, and each case of which the
    person once stepped out as an expert or a member of the committee. An officer's recusal, from an enterprise or from
    a case, counts until it is lifted.
    """
    return matters_of({user.pk})


def matters_of(people: Collection[int]) -> Q:
    """The same of several people (keys): of one who acts and of the one whose power it is."""
    mine = enterprises_barred_to(people)
    passing = ChangeSuccessor.objects.filter(enterprise_id__in=mine).values("change__case")
    challenges = Reconsideration.objects.filter(challenged__in=passing).values("case")
    left = cases_left_by(people).values("pk")
    return Q(enterprise_id__in=mine) | Q(pk__in=passing) | Q(pk__in=challenges) | Q(pk__in=left)


def _official(user: User) -> Q:
    powers = powers_of(user)
    if Power.SEE_ALL_CASES in powers:
        return Q()
    allowed = _reconsidered_by(user) if powers & RECONSIDERING else Q(pk__in=[])
    if Power.REVIEW_FIRST in powers:
        allowed |= Q(district__in=districts_of(user, Power.REVIEW_FIRST))
    if powers & MOVERS:
        allowed |= _moving_to_district_of(user)
    if Power.FORWARD in powers:
        allowed |= _forwarded_by(user)
    if Power.REVIEW_AS_EXPERT in powers:
        seats = Seat.objects.filter(expert=user, state__in=SITTING)
        allowed |= Q(application__panel__seats__in=seats)
    if Power.VERIFY_FIGURES in powers:
        allowed |= Q(application__in=_verified_by(user).values("application_id"))
    if powers & VOTING:
        allowed |= Q(application__in=visible_items(user).values("application_id"))
    return allowed


def _reconsidered_by(user: User) -> Q:
    """Challenges of acts in which the person had no part."""
    chain = Concat(Value("case:"), OuterRef("reconsideration__challenged__number"))
    acts = AuditEvent.objects.filter(chain=chain, by_id=user.pk)
    took_part = acts.exclude(Q(acting_as=SETTING_ASIDE) | Q(verb__in=TAKING_NO_PART))
    answered = Reissue.objects.filter(
        Q(asked_by=user) | Q(settled_by=user), letter=OuterRef("reconsideration__reissue_letter")
    )
    return Q(reconsideration__remedy=Remedy.RECONSIDERATION) & ~Q(Exists(took_part)) & ~Q(Exists(answered))


def _verified_by(user: User) -> QuerySet[FigureCheck]:
    """Checks under way with which the person's body was commissioned; from the hand-in on they are the office's."""
    here = districts_of(user, Power.VERIFY_FIGURES)
    return FigureCheck.objects.filter(body__district__in=here, state__in=WORKING, application__state__in=CHECKABLE)


def _moving_to_district_of(user: User) -> Q:
    """Changes by which a holder moves to the person's district, once they were filed."""
    here = [*districts_of(user, Power.PREPARE_ORDERS), *districts_of(user, Power.SUPERVISE)]
    return Q(changerequest__new_district__in=here, changerequest__filed_at__isnull=False)


def _forwarded_by(user: User) -> Q:
    """Cases that name the person's town or park as the one to pass them on."""
    return Q(application__forwarder__district__in=districts_of(user, Power.FORWARD))


def visible_items(user: User) -> QuerySet[MeetingItem]:
    """Agenda items of the meetings that the member attends, without those stepped out of and those of own enterprises.

    Whoever acts, acted or asked to act for an enterprise has no part in what the committee makes of it.
    """
    mine = Attendance.objects.filter(batches_under(user, Power.VOTE, "meeting__batch__"), member=user)
    return unconnected_items(MeetingItem.objects.filter(meeting__in=mine.values("meeting_id")), user)


def unconnected_items(rows: QuerySet[MeetingItem], user: User) -> QuerySet[MeetingItem]:
    """Items that are not the own matter: of no enterprise acted for, formerly or by request, and never left (回避)."""
    mine = enterprises_barred_to({user.pk})
    left = cases_left_by({user.pk}).values("pk")
    return rows.exclude(Q(application__enterprise__in=mine) | Q(application__case__in=left))


def case_for(user: Person, number: str) -> Case:
    """The case of that number with its application and enterprise; NotFound when it is not for this person."""
    rows = visible_cases(user).select_related("application__batch__programme", "enterprise", "batch__rule_set")
    case = rows.filter(number=number).distinct().first()
    if case is None:
        raise NotFound(number)
    return case


def view_of(user: Person, case: Case) -> View:
    """The quality in which the person sees the case; NotFound when there is none."""
    if isinstance(user, User):
        if Case.objects.filter(_own(user), pk=case.pk).exists():
            return View.APPLICANT
        found = View.RECONSIDERER if _reconsiders(user, case) else _official_view(user, case)
        if found is not None and not Case.objects.filter(own_matters(user), pk=case.pk).exists():
            return found
    raise NotFound(case.number)


def _reconsiders(user: User, case: Case) -> bool:
    """Whether the case is a challenge that the person may examine or decide."""
    rows = Case.objects.filter(_reconsidered_by(user), pk=case.pk)
    return bool(powers_of(user) & RECONSIDERING) and rows.exists()


def _official_view(user: User, case: Case) -> View | None:
    """The office under which the person would see the case."""
    powers = powers_of(user)
    if Power.AUDIT in powers:
        return View.AUDITOR
    if Power.SEE_ALL_CASES in powers:
        return View.OFFICE
    if Power.REVIEW_FIRST in powers and case.district in districts_of(user, Power.REVIEW_FIRST):
        return View.DISTRICT
    if powers & MOVERS and Case.objects.filter(_moving_to_district_of(user), pk=case.pk).exists():
        return View.DISTRICT
    if Power.FORWARD in powers and Case.objects.filter(_forwarded_by(user), pk=case.pk).exists():
        return View.FORWARDER
    return _reader_view(user, case, powers)


def _reader_view(user: User, case: Case, powers: frozenset[Power]) -> View | None:
    """The quality of whoever only reads and gives an opinion or a vote."""
    if Power.REVIEW_AS_EXPERT in powers and seat_of(user, case) is not None:
        return View.EXPERT
    if Power.VERIFY_FIGURES in powers and _verified_by(user).filter(application__case=case).exists():
        return View.VERIFIER
    if powers & VOTING and visible_items(user).filter(application__case=case).exists():
        return View.COMMITTEE
    return None


def seat_of(user: Person, case: Case) -> Seat | None:
    """The seat on which the expert sits in this case."""
    if not isinstance(user, User):
        return None
    return Seat.objects.filter(panel__application__case=case, expert=user, state__in=SITTING).first()


def may_read_material(user: Person, case: Case) -> bool:
    """Whether figures and evidence are open to the person: experts and verifiers first declare to have no tie."""
    view = view_of(user, case)
    if view == View.VERIFIER:
        return isinstance(user, User) and _verified_by(user).filter(application__case=case, cleared_by=user).exists()
    if view != View.EXPERT:
        return True
    seat = seat_of(user, case)
    return seat is not None and seat.state in READING


def first_review_is_closed(application: Application) -> bool:
    """Whether the district has given its opinion; until then the applicant sees nothing of what it verified."""
    if application.state == ApplicationState.RETURNED:
        return application.returned_by not in (Owner.DISTRICT, Owner.FORWARDER)
    return application.state not in BEFORE_OPINION


def may_see_experts(user: Person, case: Case) -> bool:
    """Names of the panel: the office that asked it and the auditor; a committee member once the marks are open."""
    view = view_of(user, case)
    if view == View.DISTRICT:
        return runs_panel(user, case)
    return view in (View.OFFICE, View.AUDITOR) or (view == View.COMMITTEE and marks_are_open(case))


def runs_panel(user: Person, case: Case) -> bool:
    """Whether the person's own authority asks the experts of this case."""
    batch = case.batch
    return batch is not None and batch.authority is not None and has_power_over(user, Power.APPOINT_PANELS, batch)


def may_see_marks(user: Person, case: Case) -> bool:
    """Nobody sees marks before all are in; then the office, the committee and the auditor."""
    if not marks_are_open(case):
        return False
    view = view_of(user, case)
    return view in (View.OFFICE, View.COMMITTEE, View.AUDITOR) or (view == View.DISTRICT and runs_panel(user, case))


def marks_are_open(case: Case) -> bool:
    """Whether the panel of the case was opened."""
    panel = getattr(case.application, "panel", None)
    return panel is not None and panel.opened_at is not None


def evidence_for(user: Person, pk: int) -> Evidence:
    """One evidence file whose case and material are open to the person."""
    evidence = Evidence.objects.select_related("application__case", "file").filter(pk=pk).first()
    if evidence is None:
        raise NotFound(str(pk))
    case = case_for(user, evidence.application.case.number)
    if not may_read_material(user, case):
        raise NotFound(str(pk))
    return evidence


def department_letter_for(user: Person, pk: int) -> DepartmentLetter:
    """The file of a department's letter, standing or replaced: the office and the auditor (what departments write is
    between authorities)."""
    rows = DepartmentLetter.objects.select_related("consultation__application__case", "file")
    row = rows.filter(pk=pk).first()
    if row is None or view_of(user, case_for(user, row.consultation.application.case.number)) not in CONSULTING:
        raise NotFound(str(pk))
    return row


def upload_for(user: Person, number: str, upload: int) -> WorkbookUpload:
    """One reading of a workbook; those that were refused are the applicant's alone."""
    case = case_for(user, number)
    row = (
        WorkbookUpload.objects.select_related("application", "file")
        .defer("facts")
        .filter(application__case=case, number=upload)
        .first()
    )
    if row is None or not may_read_material(user, case):
        raise NotFound(number)
    if not row.is_accepted and view_of(user, case) != View.APPLICANT:
        raise NotFound(number)
    return row


def reading_for(user: Person, number: str, reading: int) -> WorkbookReading:
    """One reading in the background: the applicant's alone."""
    case = case_for(user, number)
    rows = WorkbookReading.objects.select_related("upload", "sent_by")
    row = rows.filter(application__case=case, number=reading).first()
    if row is None or view_of(user, case) != View.APPLICANT:
        raise NotFound(number)
    return row


def letter_for(user: Person, letter_number: str) -> Letter:
    """A letter: its addressee, the authorities and the auditor; not forwarders, experts, verifiers, the committee."""
    letter = Letter.objects.select_related("case").filter(number=letter_number).first()
    if letter is None or view_of(user, case_for(user, letter.case.number)) in (
        View.FORWARDER,
        View.EXPERT,
        View.COMMITTEE,
        View.VERIFIER,
    ):
        raise NotFound(letter_number)
    return letter


def meeting_for(user: Person, number: str) -> Meeting:
    """A meeting: its members, the office that called it and the auditor."""
    related = ("batch__programme", "batch__authority", "chair", "secretary")
    meeting = Meeting.objects.select_related(*related).filter(number=number).first()
    if meeting is None or not isinstance(user, User):
        raise NotFound(number)
    powers = powers_of(user)
    is_member = bool(powers & VOTING) and meeting.attendance.filter(member=user).exists()
    runs = any(has_power_over(user, power, meeting.batch) for power in (Power.CALL_MEETINGS, Power.PUBLISH))
    if not (is_member or runs or Power.AUDIT in powers):
        raise NotFound(number)
    return meeting


def objection_for(user: Person, number: str) -> Objection:
    """An objection with the objector's name: only those who look into it, and the auditor."""
    related = ("application__case", "application__batch__authority", "notice__batch__authority")
    objection = Objection.objects.select_related(*related).filter(number=number).first()
    if objection is None:
        raise NotFound(number)
    if not sees_objectors(user, objection.application):
        raise NotFound(number)
    return objection


def sees_objectors(user: Person, application: Application) -> bool:
    """Whether the person may know who objected: who looks into objections there, and the auditor; nobody of its own."""
    if not isinstance(user, User):
        return False
    if Case.objects.filter(matters_of(persons_behind(user)), pk=application.case_id).exists():
        return False
    return has_power_over(user, Power.ANSWER_OBJECTIONS, application.batch) or Power.AUDIT in powers_of(user)


def enterprises_of(user: Person) -> QuerySet[Enterprise]:
    """Enterprises for which the person acts; authority that is still being checked opens nothing."""
    if not isinstance(user, User):
        return Enterprise.objects.none()
    return Enterprise.objects.filter(members__user=user, members__state=MemberState.ACTIVE).distinct()


def application_of(case: Case) -> Application:
    """The application of a case that was fetched for the person."""
    return Application.objects.select_related("batch__rule_set", "batch__programme", "enterprise", "case").get(
        case=case
    )

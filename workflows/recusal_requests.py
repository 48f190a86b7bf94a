"""回避申请: a party asks that somebody who deals with its case step aside, a superior answers in a letter.

公务员法第七十七条 lets whoever has an interest ask for it; the authority looks into it and decides. The work goes on
meanwhile (行政处罚法第四十三条, by analogy); the person concerned alone is held back: `workflows.asked_aside`.
Granted, it is the order of a recusal with all that follows from one.

It can be asked for from the filing until the case is decided: before nobody deals with it, afterwards the challenge of
the decision says the same. The person concerned reads nothing of the reasons before the answer, so that they colour
nothing; the superior asks about the facts. Neither the letter nor a page says in which quality a person acts whom the
party named by itself, so that a name tried out tells nobody who sits on a panel.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.audit import chain_key
from accreditation.clocks import DeadlineKind
from accreditation.enums import LetterKind, Level, MemberState, SeatState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import said_in_full
from accreditation.holdings import who_hold
from accreditation.models import AuditEvent, Body, Case, RecusalRequest, Seat, StoredFile, User
from accreditation.models.recusal_requests import RecusalAnswer, RecusalClaim
from accreditation.permissions import in_own_name
from accreditation.roles import LOCAL_POWERS, Power, Role
from accreditation.selectors.people import holders_of
from accreditation.services import letters, panels
from accreditation.services.expert_pool import WORKING
from accreditation.services.reconsiderations import authority_of
from accreditation.services.second_answers import plain
from accreditation.visibility import DRAFTS, View, view_of
from workflows import deadlines, flow_tasks, officer_recusals
from workflows.calendar import current_calendar
from workflows.doing import Clock
from workflows.legal_basis import RECUSAL
from workflows.officer_recusals import Subject, capacity, check_not_examining, tell_of_deserted, who_remain
from workflows.parties import untied
from workflows.procedures import procedure_of
from workflows.recusal_answerers import answerers, is_stuck, may_find_nobody, people_meant
from workflows.superiors import CITY, Hierarchy, hierarchy

DAYS = 3  # working days; the office's own goal, no regulation: as `tables/goals.yaml` sets them for states
ANSWER = Clock(DeadlineKind.RECUSAL_ANSWER, DAYS)
LEAST_WORDS, MOST_WORDS, MOST_OF_ANSWER = 5, 2000, 300
WORDLESS = Reason("text_needed", _("请写明理由，不少于 %(n)d 个字。"), "reason")
NOT_YOURS = Reason("not_yours", _("该回避申请不由您答复。"))


# --- the party asks -------------------------------------------------------------------------------------------------
def may_ask(case: Case) -> bool:
    """Whether it is filed and not decided: a draft is before nobody yet, what is decided is challenged."""
    return (
        case.closed_at is None
        and case.state not in DRAFTS
        and not procedure_of(case).subject.facts(case.state).is_final
    )


def ask(
    case: Case,
    *,
    person: User | None,
    named: str,
    ground: str,
    reason: str,
    file: StoredFile | None = None,
    file_name: str = "",
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> None:
    """Ask that one step aside: `person` where the case has shown the name, else `named` in the party's own words.

    NotFound for whoever is no party, Refusal with every reason.
    """
    view = view_of(by, case)
    if view is not View.APPLICANT:
        raise Denied([Reason("not_party", _("只有本件当事人可以申请回避。"))])
    in_own_name(by)
    said = said_in_full(reason, WORDLESS, least=LEAST_WORDS, most=MOST_WORDS)
    name = str(person) if person is not None else named.strip()
    words = fingerprint(person.pk if person is not None else plain(name), plain(said))
    print_ = fingerprint(case.number, "ask_recusal", words, ground)
    with suppress(Replayed), act(
        case, "ask_recusal", by=by, at=at, acting_as="applicant", request_key=request_key, request=print_
    ) as doing:  # fmt: skip
        fresh = _case_of(doing)
        if reasons := [*_faults(fresh, person, name, ground, words)]:
            raise Refusal(reasons)
        clock = deadlines.begin(fresh, ANSWER, DAYS, calendar=current_calendar(), at=at)
        row = RecusalRequest.objects.create(
            case=fresh, person=person, named=name, ground=ground, reason=said, words=words, file=file,
            file_name=file_name[:200], holds_back=_is_first(fresh, person), asked_by=by, asked_at=at, clock=clock,
        )  # fmt: skip
        doing.note(
            request=row.pk, named=name, person=person.pk if person else None, ground=ground, words=words,
            sha256=file.sha256 if file else "", holds_back=row.holds_back, due=clock.due_at.isoformat(),
        )  # fmt: skip
        _hold_back(doing, row)
        _tell_answerers(doing, row)


def _faults(case: Case, person: User | None, name: str, ground: str, words: str) -> Iterable[Reason]:
    if not may_ask(case):
        yield Reason("not_now", _("申报提交以后、作出决定以前可以申请回避；本件现在不能申请。"))
    if ground not in RecusalClaim.values:
        yield Reason("ground", _("请选择回避事由。"), "ground")
    if person is None and not 2 <= len(name) <= 100:
        yield Reason("named", _("请写明要求回避的人员，2 至 100 个字。"), "named")
    if person is not None and not AuditEvent.objects.filter(chain=chain_key(case), by_id=person.pk).exists():
        yield Reason("named", _("请从所列人员中选择，或者自行写明。"), "whom")
    if person is not None and officer_recusals.stands(Subject(case.enterprise, case), person):
        yield Reason("recused", _("该人员已不再办理本件，无须申请。"), "whom")
    before = RecusalRequest.objects.filter(case=case, words=words).first()
    if before is not None:
        told = {
            "": _("您单位已就同一人员以同样的理由申请回避，正待答复。"),
            RecusalAnswer.REFUSED: _("同一人员、同样的理由此前已答复不予回避；再次申请的，须写明新的事实。"),
        }
        text = told.get(before.answer, _("同一人员、同样的理由此前已经答复。"))
        yield Reason("asked_already", text, "reason")


def _is_first(case: Case, person: User | None) -> bool:
    """Of each person one request holds back: after a refusal nothing more does."""
    if person is None:
        return False
    return not RecusalRequest.objects.filter(case=case, person=person, holds_back=True).exists()


def _hold_back(doing: Act, row: RecusalRequest) -> None:
    """The person is told that it waits, but not why."""
    if row.holds_back and row.person is not None:
        _count(row.case, 1)
        doing.tell(row.person, "recusal_asked_of_you", case_number=row.case.number)
        line = hierarchy()
        if row.person.pk in line.people and who_remain(row.case) == []:
            tell_of_deserted(doing, [row.case], Subject(row.case.enterprise, row.case), row.person, line)


def _count(case: Case, more: int) -> None:
    case.recusals_asked += more
    case.save(update_fields=["recusals_asked"])


def _tell_answerers(doing: Act, row: RecusalRequest) -> None:
    """Where none of them can end it, the security officers are told too, who can give the office a second head."""
    line = hierarchy()
    told = answerers(row, line)
    doing.tell(told, "recusal_asked", number=row.case.number, request=row.pk)
    if nobody_ends_it := is_stuck(row, told, line):
        doing.tell(holders_of([Role.SECURITY_OFFICER]), "recusal_unanswerable", number=row.case.number)
    doing.note(nobody_answers=nobody_ends_it)


# --- a superior answers ---------------------------------------------------------------------------------------------
def identify(
    row: RecusalRequest, person: User, *, seen: int | None, is_not_oneself: bool, by: User, at: datetime
) -> None:
    """A superior finds out whom the party means, who is held back from now on until the answer; or finds another.

    `seen` is who was found before when the page was opened (None: nobody). `is_not_oneself` is the declaration that the
    party does not mean the superior. Denied for everybody else, AlreadyDone where another was found by now, Refusal.
    """
    line = hierarchy()
    with act(row.case, "identify_recusal", by=by, at=at, acting_as=_acting_as(line, by)) as doing:
        fresh = _waiting(doing, row, by, line, seen=seen)
        _declare(doing, is_not_oneself)
        former, was_held_back = fresh.person, fresh.holds_back
        _identify(fresh, person, by, line)
        if former is not None and was_held_back:
            _count(fresh.case, -1)
            doing.tell(former, "recusal_not_of_you", case_number=fresh.case.number)
        fresh.holds_back = _is_first(fresh.case, person)
        fresh.save(update_fields=["person", "identified_by", "holds_back"])
        doing.note(
            request=fresh.pk, person=person.pk, person_name=str(person), former=former.pk if former else None,
            holds_back=fresh.holds_back,
        )  # fmt: skip
        _hold_back(doing, fresh)


def answer(
    row: RecusalRequest,
    *,
    is_granted: bool,
    reason: str,
    seen: int | None,
    person: User | None = None,
    is_not_oneself: bool = False,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> None:
    """Order the recusal, or refuse it with reasons; `person` whom the party means, where that was not known yet.

    `seen` is the person whom the page showed (None: nobody), so that nobody else is judged; where nobody was, the
    superior declares not to be the one meant (`is_not_oneself`). A letter tells the party. Denied for everybody but the
    superiors, AlreadyDone, Refusal.
    """
    line = hierarchy()
    verb = "grant_recusal" if is_granted else "refuse_recusal"
    said = said_in_full(reason, WORDLESS, least=LEAST_WORDS, most=MOST_OF_ANSWER)
    print_ = fingerprint(row.case.number, verb, row.pk, person.pk if person else None, said)
    subject = Subject(row.case.enterprise, row.case)
    with suppress(Replayed), transaction.atomic():
        officer_recusals.hold(subject)
        with act(
            row.case, verb, by=by, at=at, acting_as=_acting_as(line, by), request_key=request_key, request=print_
        ) as doing:
            fresh = _waiting(doing, row, by, line, seen=seen)
            if fresh.person is None:
                _declare(doing, is_not_oneself)
                if person is not None:
                    _identify(fresh, person, by, line)
            meant = fresh.person
            _check_answer(fresh, is_granted, by, line)
            _keep_answer(doing, fresh, said, is_granted, line)
            if is_granted and meant is not None:
                _vacate_seat(doing, fresh.case, meant, said)
        if is_granted and meant is not None and not officer_recusals.stands(subject, meant):
            officer_recusals.carry_out(subject, meant, said=said, line=line, by=by, at=at)


def _waiting(doing: Act, row: RecusalRequest, by: User, line: Hierarchy, *, seen: int | None) -> RecusalRequest:
    """The fresh row under the lock of its case, for one who may answer it and while nobody has, of the person seen."""
    related = ("person", "asked_by", "identified_by", "answered_by", "clock")
    fresh = RecusalRequest.objects.select_for_update(of=("self",)).select_related(*related).get(pk=row.pk)
    fresh.case = _case_of(doing)
    if by not in answerers(fresh, line):
        raise Denied([NOT_YOURS])
    in_own_name(by)
    if fresh.answer:
        done = Reason("answered", _("该回避申请已答复：%(answer)s。") % {"answer": fresh.get_answer_display()})
        raise AlreadyDone(done, done_by=str(fresh.answered_by), done_at=fresh.answered_at)
    if fresh.person_id != seen:
        found = Reason("identified", _("该申请所指的人员已经确认为其他人员，请重新核对后答复。"))
        raise AlreadyDone(found, done_by=str(fresh.identified_by or ""), done_at=None)
    return fresh


def _declare(doing: Act, is_not_oneself: bool) -> None:
    """A party may describe a head by title: whoever looks for the person meant states not to be the one."""
    if not is_not_oneself:
        raise Refusal(
            [Reason("not_oneself", _("请确认所指人员不是您本人；所指为您本人的，由其他负责人答复。"), "is_not_oneself")]
        )
    doing.note(declared_not_oneself=True)


def _identify(row: RecusalRequest, person: User, by: User, line: Hierarchy) -> None:
    if row.person is not None and (row.identified_by is None or row.person == person):
        raise Refusal([Reason("identified", _("该申请所指的人员已经确认。"), "person")])
    if person not in people_meant(row.case, by, line):
        text = _("只能确认为本机构的人员；所指不是本机构人员的，由其负责人答复。")
        raise Refusal([Reason("not_of_yours", text, "person")])
    row.person, row.identified_by = person, by


def _check_answer(row: RecusalRequest, is_granted: bool, by: User, line: Hierarchy) -> None:
    check_not_examining(line, Subject(row.case.enterprise, row.case), row.person or by, by)
    if is_granted and row.person is None:
        raise Refusal([Reason("person_needed", _("请先确认当事人所指的人员。"), "person")])
    if row.person is None and not may_find_nobody(row.case, by, line):
        text = _("未确认所指人员的，由市认定办公室负责人答复；所指为本机构人员的，请先确认。")
        raise Refusal([Reason("person_needed", text, "person")])


def _keep_answer(doing: Act, row: RecusalRequest, said: str, is_granted: bool, line: Hierarchy) -> None:
    row.answer = RecusalAnswer.GRANTED if is_granted else RecusalAnswer.REFUSED
    row.answer_reason, row.answered_by, row.answered_at = said, doing.by, doing.at
    row.letter = letters.write_case_letter(
        row.case, kind=LetterKind.RECUSAL_ANSWER, issued_by=_issuer(row.case, doing.by, line), is_adverse=False,
        at=doing.at, basis=RECUSAL, row=row,
    )  # fmt: skip
    row.save()
    if row.clock.state in deadlines.OPEN:
        deadlines.meet(row.clock, at=doing.at)
    if row.holds_back:
        _count(row.case, -1)
    doing.note(
        request=row.pk, named=row.named, person=row.person_id, person_name=str(row.person) if row.person else "",
        reason=said, letter=row.letter.number, letter_sha256=row.letter.sha256,
    )  # fmt: skip
    doing.tell(_party(row.case), "recusal_answered", case_number=row.case.number)
    if row.person is not None and not is_granted:
        doing.tell(row.person, "recusal_of_you_refused", case_number=row.case.number)


def _vacate_seat(doing: Act, case: Case, person: User, said: str) -> None:
    """An expert's place is drawn again; a sealed sheet stays, and the office is told, which may set it aside by two."""
    seats = Seat.objects.select_for_update(of=("self",)).filter(panel__application__case=case, expert=person)
    seat = seats.filter(state__in=[*WORKING, SeatState.SUBMITTED]).first()
    if seat is None:
        return
    has_sheet = seat.state == SeatState.SUBMITTED
    if not has_sheet:
        panels.recuse(seat, tie=said, at=doing.at)
        flow_tasks.vacate_seat(case, seat)
    doing.note(seat=seat.place, has_sheet=has_sheet)
    kind = "recused_with_sheet" if has_sheet else "recuse"
    doing.tell(untied(_appointers(case, doing.at), case), kind, case_number=case.number)


def _appointers(case: Case, at: datetime) -> Iterable[User]:
    authority = case.batch.authority if case.batch is not None else None
    if authority is None:
        return who_hold(Power.APPOINT_PANELS, None, at)
    return who_hold(LOCAL_POWERS[Power.APPOINT_PANELS], authority.district, at)


def _issuer(case: Case, by: User, line: Hierarchy) -> str:
    """Name of the authority for which the superior answers."""
    if hasattr(case, "reconsideration"):
        return authority_of(case.reconsideration)
    places = {office.place for office in line.offices[by.pk] if office.role is Role.DISTRICT_SUPERVISOR}
    if places and CITY not in places:
        body = Body.objects.filter(district__in=places).order_by("pk").first()
    else:
        body = Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").first()
    return body.name_zh if body is not None else ""


def _party(case: Case) -> Iterable[User]:
    of_it = {"memberships__enterprise": case.enterprise_id, "memberships__state": MemberState.ACTIVE}
    return User.objects.filter(is_active=True, **of_it).distinct()


def _acting_as(line: Hierarchy, by: User) -> str:
    if by.pk not in line.offices:
        raise Denied([NOT_YOURS])
    return capacity(line, by)


def _case_of(doing: Act) -> Case:
    case = doing.chain
    assert isinstance(case, Case)
    return case

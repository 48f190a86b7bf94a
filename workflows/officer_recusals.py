"""An officer steps aside from an enterprise or a case by own declaration, or a superior orders it; a superior lifts it.

公务员法第七十六条、第七十七条: whoever has reason to step aside asks for it; the authority may also order it unasked. A
declaration counts at once. Sight and acts end by the rule for ties (`accreditation.recusals`); here it is recorded,
what the officer held goes back to the office, and those who must know are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import said_in_full
from accreditation.models import Application, Case, ChangeSuccessor, Enterprise, OfficerRecusal, Reconsideration, User
from accreditation.permissions import in_own_name
from accreditation.recusals import people_asked_aside, people_barred_from, standing_recusals
from accreditation.roles import Power, Role
from accreditation.selectors.people import holders_of
from accreditation.visibility import own_matters
from workflows import flow_tasks
from workflows.assignments import desk_task, possible_holders
from workflows.door import hold_cases
from workflows.parties import tied_people
from workflows.recusal_answerers import who_examine
from workflows.superiors import Hierarchy, hierarchy

WORDLESS = Reason("text_needed", _("请写明理由，不少于 %(n)d 个字。"), "reason")
LEAST_WORDS, MOST_WORDS = 2, 300
_GIVEN_BACK = "承办人回避"


@dataclass(frozen=True, slots=True)
class Subject:
    """From what an officer steps aside: everything of an enterprise, or one case of it."""

    enterprise: Enterprise
    case: Case | None = None

    def __str__(self) -> str:
        return self.case.number if self.case is not None else self.enterprise.name

    @property
    def chain(self) -> Case | str:
        """Where it is recorded: the trail of the case, or a ledger of the enterprise."""
        return self.case if self.case is not None else f"recusals:{self.enterprise.uscc}"

    def is_own_matter_of(self, person: User) -> bool:
        """Whether the person has to do with it and therefore neither orders nor lifts a recusal from it."""
        if self.case is not None:
            return tied_people(self.case).filter(pk=person.pk).exists()
        is_barred = people_barred_from(self.enterprise.pk).filter(pk=person.pk).exists()
        return is_barred or Case.objects.filter(own_matters(person), enterprise=self.enterprise).exists()


def subject_of(row: OfficerRecusal) -> Subject:
    """What a recusal is about."""
    return Subject(row.enterprise, row.case)


def declare(subject: Subject, *, reason: str, by: User, at: datetime, request_key: str | None = None) -> None:
    """The person steps aside from now on. Denied for whoever holds no office, AlreadyDone, Refusal without a reason."""
    line = hierarchy()
    if by.pk not in line.people:
        raise Denied([Reason("no_officer", _("只有办理人员可以在此申报回避。"))])
    said = said_in_full(reason, WORDLESS, least=LEAST_WORDS, most=MOST_WORDS)
    role = min(office.role for office in line.offices[by.pk])
    in_own_name(by)
    with suppress(Replayed), transaction.atomic():
        hold(subject)
        print_ = fingerprint("declare", str(subject), said)
        with act(
            subject.chain, "declare_own_tie", by=by, at=at, acting_as=role, request_key=request_key, request=print_
        ) as doing:
            _record(doing, subject, by, said)
            told = _untied(line.superiors(by), subject, by)
            doing.tell(told, "officer_recused", person=str(by), subject=str(subject), reason=said)
            _look_after(doing, subject, by, line)
            if not line.superiors(by):
                doing.tell(holders_of([Role.SECURITY_OFFICER]), "recusal_without_superior", person=str(by))
        _take_out_of_hands(subject, by, by=by, at=at)


def order(
    subject: Subject, officer: User, *, reason: str, by: User, at: datetime, request_key: str | None = None
) -> None:
    """A superior orders an officer to step aside.

    Denied for everybody else, AlreadyDone, Refusal without a reason and for one who examines the challenge as well.
    """
    line = hierarchy()
    check_superior(line.superiors(officer), subject, by)
    check_not_examining(line, subject, officer, by)
    said = said_in_full(reason, WORDLESS, least=LEAST_WORDS, most=MOST_WORDS)
    with suppress(Replayed), transaction.atomic():
        hold(subject)
        carry_out(subject, officer, said=said, line=line, by=by, at=at, request_key=request_key)


def carry_out(
    subject: Subject, person: User, *, said: str, line: Hierarchy, by: User, at: datetime,
    request_key: str | None = None,
) -> None:  # fmt: skip
    """What an order brings about, also of an expert or a member of the committee; whoever calls it has asked the rest.

    Under `hold`. Raises Replayed, AlreadyDone.
    """
    print_, is_officer = fingerprint("order", str(subject), person.pk, said), person.pk in line.people
    verb = "order_officer_recusal" if is_officer else "order_member_recusal"  # who sits is read by fewer people
    with act(
        subject.chain, verb, by=by, at=at, acting_as=capacity(line, by), request_key=request_key,
        request=print_,
    ) as doing:  # fmt: skip
        _record(doing, subject, person, said)
        kind = "officer_recusal_ordered" if is_officer else "recusal_ordered_of_member"
        doing.tell(person, kind, person=str(by), subject=str(subject), reason=said)
        _look_after(doing, subject, person, line)
    _take_out_of_hands(subject, person, by=by, at=at)


def stands(subject: Subject, person: User) -> bool:
    """Whether the person steps aside from it already, or from all matters of the enterprise."""
    return _standing(subject, person).exists()


def lift(row: OfficerRecusal, *, reason: str, by: User, at: datetime) -> None:
    """A superior, who is not the officer, lets the officer act again; no task comes back by itself.

    Of an officer who has left office a head of the city's does.

    Denied for everybody else, AlreadyDone where it was lifted, Refusal as for ordering it.
    """
    line, subject = hierarchy(), subject_of(row)
    check_superior(line.who_lift(row.officer), subject, by)
    check_not_examining(line, subject, row.officer, by)
    said = said_in_full(reason, WORDLESS, least=LEAST_WORDS, most=MOST_WORDS)
    with act(subject.chain, "lift_officer_recusal", by=by, at=at, acting_as=capacity(line, by)) as doing:
        fresh = OfficerRecusal.objects.select_for_update(of=("self",)).select_related("lifted_by").get(pk=row.pk)
        if fresh.lifted_at is not None:
            lifted = Reason("lifted", _("该回避已解除。"))
            raise AlreadyDone(lifted, done_by=str(fresh.lifted_by), done_at=fresh.lifted_at)
        fresh.lifted_at, fresh.lifted_by, fresh.lifted_for = at, by, said
        fresh.save(update_fields=["lifted_at", "lifted_by", "lifted_for"])
        doing.note(recusal=fresh.pk, officer=fresh.officer_id, officer_name=str(row.officer), reason=said)
        doing.tell(row.officer, "officer_recusal_lifted", person=str(by), subject=str(subject), reason=said)


def check_superior(above: Collection[User], subject: Subject, by: User) -> None:
    """Denied for whoever is not above the officer, or has to do with the matter."""
    if by not in above:
        raise Denied([Reason("no_superior", _("只有该人员的负责人可以责令或者解除回避；本人不能解除自己的回避。"))])
    if subject.is_own_matter_of(by):
        raise Denied([Reason("connected", _("您与该单位有利害关系，应当回避。"))])
    in_own_name(by)


def check_not_examining(line: Hierarchy, subject: Subject, officer: User, by: User) -> None:
    """Refusal where one who examines a challenge would choose who examines it as well.

    Those who examine and decide are each other's superiors: of them only one without a part in the challenge orders or
    lifts there.
    """
    if not any(office.role is Role.RECONSIDERATION_OFFICER for office in line.offices.get(officer.pk, ())):
        return
    challenges = [case for case in _open_cases(subject) if hasattr(case, "reconsideration")]
    if any(pk == by.pk for pk, _case in who_examine(challenges, {by.pk})):
        text = _("您正在或者曾经办理该复议案件，须由未办理该案的其他复议人员责令或者解除。")
        raise Refusal([Reason("examining", text)])


def capacity(line: Hierarchy, by: User) -> str:
    """The office under which a superior acts here, as the trail records it."""
    roles = {office.role for office in line.offices[by.pk]}
    is_head = bool(roles & {Role.DISTRICT_SUPERVISOR, Role.MUNICIPAL_SUPERVISOR})
    return Power.SUPERVISE if is_head else Power.DECIDE_RECONSIDERATIONS


def _record(doing: Act, subject: Subject, officer: User, reason: str) -> None:
    """The row, within the lock of the chain; AlreadyDone where it stands, from the enterprise as a whole too."""
    if (before := _standing(subject, officer).select_related("recorded_by").first()) is not None:
        stands = Reason("recused", _("%(name)s 已就此回避。") % {"name": officer})
        raise AlreadyDone(stands, done_by=str(before.recorded_by), done_at=before.recorded_at)
    row = OfficerRecusal.objects.create(
        officer=officer, enterprise=subject.enterprise, case=subject.case, reason=reason, recorded_by=doing.by,
        recorded_at=doing.at,
    )  # fmt: skip
    doing.note(
        recusal=row.pk, officer=officer.pk, officer_name=str(officer), uscc=subject.enterprise.uscc, reason=reason,
        whole_enterprise=subject.case is None,
    )  # fmt: skip


def _standing(subject: Subject, officer: User) -> QuerySet[OfficerRecusal]:
    rows = standing_recusals().filter(officer=officer, enterprise=subject.enterprise)
    return rows.filter(Q(case__isnull=True) | Q(case=subject.case)) if subject.case else rows.filter(case=None)


def _untied(people: Iterable[User], subject: Subject, officer: User) -> list[User]:
    return [one for one in people if one != officer and not subject.is_own_matter_of(one)]


# --- What the officer leaves behind -------------------------------------------------------------------------------
def who_remain(case: Case) -> list[User] | None:
    """Who of the office at whose desk the case lies can act on it now; None where it lies at no desk."""
    found = desk_task(case)
    if found is None:
        return None
    others = {one.pk: one for one in possible_holders(found, case)}
    barred = tied_people(case).values_list("pk", flat=True).union(people_asked_aside(case))
    if found.holder is not None and found.holder.pk not in set(barred):
        others[found.holder.pk] = found.holder
    return [person for _pk, person in sorted(others.items())]


def _look_after(doing: Act, subject: Subject, officer: User, line: Hierarchy) -> None:
    """Those above are told of each open case on which nobody can act any more; it stays recorded all the same."""
    deserted = [case for case in _open_cases(subject) if who_remain(case) == []]
    doing.note(nobody_left=[case.number for case in deserted])
    tell_of_deserted(doing, deserted, subject, officer, line)


def tell_of_deserted(doing: Act, cases: Iterable[Case], subject: Subject, officer: User, line: Hierarchy) -> None:
    """Those above the officer are told of each of these cases, on which nobody can act."""
    for case in cases:
        told = _untied([*line.superiors(officer), *line.heads_of_city()], subject, officer)
        doing.tell(told, "nobody_left_to_act", case_number=case.number, person=str(officer))


def _take_out_of_hands(subject: Subject, officer: User, *, by: User, at: datetime) -> None:
    """Each task that the officer holds there goes back to the office, whose people are told. The legal state stays."""
    for case in _open_cases(subject):
        found = desk_task(case)
        if found is None or found.task.owner_id != officer.pk:
            continue
        with act(case, "release", by=by, at=at, acting_as=found.power) as doing:
            flow_tasks.vacate(found.task)
            doing.note(reason=_GIVEN_BACK, task=found.task.pk, officer=officer.pk, officer_name=str(officer))
            doing.tell(possible_holders(found, case), "recused_holder", case_number=case.number, person=str(officer))


def hold(subject: Subject) -> None:
    """Lock the cases before anything else: what the officer is doing there at this moment is done before, or not."""
    hold_cases(case.pk for case in _open_cases(subject))


def _open_cases(subject: Subject) -> list[Case]:
    """The case itself, or the cases concerned that have not ended, in the order in which everybody locks them.

    Of a case also its open challenges, of an enterprise also the changes that pass titles to it and their challenges.
    """
    is_open = Q(closed_at__isnull=True)
    if subject.case is not None:
        titles = Application.objects.filter(case=subject.case, title__isnull=False).values("title")
        challenges = Reconsideration.objects.filter(
            Q(challenged=subject.case) | Q(reissue_letter__reissue__title__in=titles)
        )
        concerned = Q(pk=subject.case.pk) | (Q(pk__in=challenges.values("case")) & is_open)
    else:
        passing = ChangeSuccessor.objects.filter(enterprise=subject.enterprise).values("change__case")
        concerned = Q(enterprise=subject.enterprise) | Q(pk__in=passing) | Q(reconsideration__challenged__in=passing)
        concerned &= is_open
    return list(Case.objects.filter(concerned).order_by("pk"))

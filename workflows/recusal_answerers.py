"""Who answers a party's request that somebody step aside: the superior, of experts and members the head of the office.

公务员法第七十七条, 行政处罚法第四十三条: the head of the authority decides. Nobody who is tied to the case answers,
nor the person concerned. Where all above an officer are barred, the heads of the city's office stand in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from viewflow.workflow.models import Task

from accreditation.audit import chain_key
from accreditation.case_acts import acts_in
from accreditation.enums import SeatState
from accreditation.models import Case, RecusalRequest, User
from accreditation.roles import Role
from accreditation.selectors.people import committee_of
from accreditation.services.second_answers import plain
from workflows.parties import tied_people, ties_to
from workflows.superiors import CITY, Hierarchy

Pairs = Set[tuple[int, int]]  # numbers of account and case
SEATED = (SeatState.APPOINTED, SeatState.CLEARED, SeatState.SUBMITTED)


def answerers(row: RecusalRequest, line: Hierarchy) -> list[User]:
    """Everybody who may answer it, in the order of the accounts; empty where the office has to get a second head."""
    return answerers_of([row], line)[row.pk]


def answerers_of(rows: Collection[RecusalRequest], line: Hierarchy) -> dict[int, list[User]]:
    """The same of several requests by their keys, in as many statements; of challenges in two more for each.

    Another against whom a request is open answers only where there is nobody else, and of a challenge nobody who has a
    part in it.
    """
    cases = {row.case_id: row.case for row in rows}
    tied = ties_to(cases.values())
    for case in cases.values():
        if hasattr(case, "reconsideration"):  # with it whoever left the case under challenge
            tied |= {(pk, case.pk) for pk in tied_people(case).values_list("pk", flat=True)}
    challenges = [case for case in cases.values() if hasattr(case, "reconsideration")]
    examining = who_examine(challenges, {one.pk for one in line.examiners()})
    open_ones = RecusalRequest.objects.filter(case__in=cases, answer="", person__isnull=False)
    asked = set(open_ones.values_list("person_id", "case_id"))
    return {
        row.pk: _answerers(row, line, tied | examining if _is_of_examiners(row, line) else tied, asked) for row in rows
    }


def is_stuck(row: RecusalRequest, found: Collection[User], line: Hierarchy) -> bool:
    """Whether of those who may answer (`answerers`) none can end it: an unknown person may be of another authority."""
    if row.person is not None:
        return not found
    return not any(may_find_nobody(row.case, one, line) for one in found)


def _is_of_examiners(row: RecusalRequest, line: Hierarchy) -> bool:
    """Whether those who answer would choose who examines the challenge: `officer_recusals.check_not_examining`."""
    if row.person is None:
        return hasattr(row.case, "reconsideration")
    return any(office.role is Role.RECONSIDERATION_OFFICER for office in line.offices.get(row.person.pk, ()))


def who_examine(challenges: Collection[Case], people: Collection[int]) -> set[tuple[int, int]]:
    """Numbers of account and case wherever one of these people has a challenge in hand or had a part in it."""
    if not challenges:
        return set()
    chains = {chain_key(case): case.pk for case in challenges}
    acted = acts_in(challenges, people).values_list("by_id", "content__on_behalf_of__id", "chain")
    found = {(pk, chains[chain]) for *behind, chain in acted for pk in behind if pk in people}
    held = Task.objects.filter(process__caseflow__case__in=challenges, owner__in=people, finished__isnull=True)
    return found | set(held.values_list("owner_id", "process__caseflow__case_id"))


def _answerers(row: RecusalRequest, line: Hierarchy, tied: Pairs, asked: Pairs) -> list[User]:
    case, person = row.case, row.person
    if person is None:
        heads, named = _heads_concerned(case, line), plain(row.named)
        return [one for one in heads if (one.pk, case.pk) not in tied and plain(str(one)) not in named]
    groups = list(_above(person, case, line))
    for barred in (tied | asked, tied):
        for group in groups:
            if found := [one for one in group if one != person and (one.pk, case.pk) not in barred]:
                return found
    return []


def _above(person: User, case: Case, line: Hierarchy) -> Iterator[list[User]]:
    """Nearest first. Those who examine a challenge are an authority of their own, for which nobody else stands in."""
    if person.pk in line.people:
        yield line.superiors(person)
        if any(office.role is Role.RECONSIDERATION_OFFICER for office in line.offices[person.pk]):
            return
    else:
        yield line.heads_at({_organiser(case)})
    yield line.heads_of_city()


def _organiser(case: Case) -> str:
    """Whose panel and meeting it is."""
    return case.batch.authority.district if case.batch is not None and case.batch.authority is not None else CITY


def _heads_concerned(case: Case, line: Hierarchy) -> list[User]:
    """Of whomever a request may speak that names nobody known: the heads of each authority that has to do with it."""
    if hasattr(case, "reconsideration"):
        return line.examiners()
    return line.heads_at({CITY, case.district, _organiser(case)})


def people_meant(case: Case, by: User, line: Hierarchy) -> list[User]:
    """Whom this head may find to be the person meant: the own officers, the own panel and those who vote."""
    found = {one.pk: one for one in line.subordinates(by)}
    if by in line.heads_at({_organiser(case)}) and case.batch is not None:
        experts = User.objects.filter(seats__panel__application__case=case, seats__state__in=SEATED)
        found |= {one.pk: one for one in [*experts, *committee_of(case.batch)] if one.pk != by.pk}
    return [one for _pk, one in sorted(found.items())]


def may_find_nobody(case: Case, by: User, line: Hierarchy) -> bool:
    """Whether this head may answer that the request is about nobody who deals with the case."""
    return by in (line.examiners() if hasattr(case, "reconsideration") else line.heads_of_city())

"""Ties between experts and the enterprise of an application: entered, declared, or inferred from what is on record.

Each tie tells where it comes from. A tie that has ended counts for the batch's number of years more. A name alone is no
proof, yet it bars: whoever bears the name of a person in the applicant's own annexes is not asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import LinkKind, TieKind
from accreditation.models import Application, Body, Enterprise, FiledIdentifier, Link, Member, Tie, User
from accreditation.recusals import standing_recusals
from accreditation.roles import Role
from accreditation.services.evaluation import reported_facts
from criteria.facts import Facts

INVERSE = {
    LinkKind.SHAREHOLDER: LinkKind.SUBSIDIARY,
    LinkKind.SUBSIDIARY: LinkKind.SHAREHOLDER,
    LinkKind.AFFILIATE: LinkKind.AFFILIATE,
}
THROUGH_LINKS = (
    TieKind.EMPLOYER,
    TieKind.PAST_EMPLOYER,
    TieKind.SHAREHOLDING,
)  # what counts for the enterprise's own group as well
PEOPLE_OF_THE_ENTERPRISE, INVENTORS = "experts", "inventors"  # annex, and column of any annex
_BETWEEN_NAMES = re.compile(r"[、,，;；/]+|\s{2,}")
Sentence = Promise | str


@dataclass(frozen=True, slots=True)
class FoundTie:
    """One tie: its kind, and the sentence that names its source.

    The kind is `member` for whoever acted for the enterprise, `aside` for whoever steps aside from it as an officer.
    """

    kind: str
    text: Sentence

    def __str__(self) -> str:
        return str(self.text)


@dataclass
class _Record:
    """What is on record of one application, read once for all experts."""

    application: Application
    since: date  # a tie that ended before no longer counts
    acting: set[int]
    aside: set[int]  # officers who step aside from the enterprise or the case
    linked: Mapping[str, Link]
    ties: Mapping[int, list[Tie]]
    patents: Mapping[str, FiledIdentifier]
    named: Mapping[str, list[FoundTie]] = field(default_factory=dict)  # by plain name


def ties_between(person: User, application: Application, *, on: date) -> list[FoundTie]:
    """Every tie of one person, on a day."""
    return ties_of([person], application, on=on)[person.pk]


def ties_of(people: Iterable[User], application: Application, *, on: date) -> dict[int, list[FoundTie]]:
    """Every tie of many people by their keys; four queries at most where their profiles are at hand."""
    asked = list(people)
    known = _record(asked, application, on)
    return {person.pk: list(_ties(person, known)) for person in asked}


def years_before(on: date, years: int) -> date:
    """The same day so many years before; 28 February for a 29th that year does not have."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def plain_name(text: object) -> str:
    """A name without blanks and differences of width, for comparison."""
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split())


def _record(people: list[User], application: Application, on: date) -> _Record:
    enterprise = application.enterprise
    since = years_before(on, application.batch.tie_years)
    linked = _linked(enterprise.uscc)
    rows = Tie.objects.filter(Q(until__isnull=True) | Q(until__gte=since), expert__in=people, withdrawn_at__isnull=True)
    ties: dict[int, list[Tie]] = defaultdict(list)
    for row in rows.order_by("pk"):
        ties[row.expert_id].append(row)
    tied = _of_the_enterprise(people, application)
    numbers = {row.patent for found in ties.values() for row in found if row.patent}
    filed = application.identifiers.filter(key__in=[f"ip_right:{number}" for number in numbers]) if numbers else ()
    return _Record(
        application,
        since,
        {user for user, is_aside in tied if not is_aside},
        {user for user, is_aside in tied if is_aside},
        linked,
        ties,
        {row.key.removeprefix("ip_right:"): row for row in filed},
        _named(reported_facts(application)),
    )


def _of_the_enterprise(people: list[User], application: Application) -> set[tuple[int, int]]:
    """Keys of those who act or acted for the enterprise (with 0), or step aside from it as officers (1)."""
    acting = Member.objects.filter(user__in=people, enterprise=application.enterprise_id)
    is_from_it = Q(case__isnull=True, enterprise=application.enterprise_id) | Q(case=application.case_id)
    aside = standing_recusals().filter(is_from_it, officer__in=people)
    return set(acting.values_list("user_id", Value(0)).union(aside.values_list("officer_id", Value(1))))


def _linked(uscc: str) -> dict[str, Link]:
    """Enterprises linked to one, by their codes; `kind` is made to say what the other one is to it."""
    linked: dict[str, Link] = {}
    for row in Link.objects.filter(Q(uscc=uscc) | Q(other_uscc=uscc), withdrawn_at__isnull=True).order_by("-pk"):
        if row.other_uscc == uscc:
            row.kind, row.other_uscc = INVERSE[LinkKind(row.kind)], row.uscc
        linked[row.other_uscc] = row
    return linked


def _named(facts: Facts | None) -> dict[str, list[FoundTie]]:
    """People whom the applicant's own annexes name: external experts, and inventors where a form asks for them."""
    named: dict[str, list[FoundTie]] = defaultdict(list)
    if facts is None:
        return named
    for row in facts.annexes.get(PEOPLE_OF_THE_ENTERPRISE, ()):
        if row.values.get("kind") == "external":
            text = _("与申报材料专家表第 %(line)d 行的外部专家同名") % {"line": row.number}
            named[plain_name(row.values.get("name"))].append(FoundTie(TieKind.CONSULTANCY, text))
    for rows in facts.annexes.values():
        for row in rows if rows and INVENTORS in rows[0].values else ():
            for name in _BETWEEN_NAMES.split(str(row.values.get(INVENTORS) or "")):
                words = {"number": row.values.get("number") or row.number, "line": row.number}
                text = _("与申报材料第 %(line)d 行专利 %(number)s 的发明人同名") % words
                named[plain_name(name)].append(FoundTie(TieKind.CO_INVENTOR, text))
    return named


def _ties(person: User, known: _Record) -> Iterator[FoundTie]:
    if person.pk in known.acting:
        yield FoundTie("member", _("曾是该单位的申报人员（来源：成员登记）"))
    if person.pk in known.aside:
        yield FoundTie("aside", _("以经办人身份已就该单位或本件回避（来源：回避登记）"))
    yield from _employer(person, known)
    for row in known.ties.get(person.pk, ()):
        yield from _recorded(row, known)
    yield from known.named.get(plain_name(person.name), ())


def _employer(person: User, known: _Record) -> Iterator[FoundTie]:
    """The employer of the profile is the applicant, or linked to it."""
    profile, enterprise = getattr(person, "expert", None), known.application.enterprise
    if profile is None:
        return
    same_code = bool(profile.employer_uscc) and profile.employer_uscc == enterprise.uscc
    if same_code or plain_name(profile.employer) == plain_name(enterprise.name):
        yield FoundTie(TieKind.EMPLOYER, _("任职于该单位（来源：专家库登记的工作单位）"))
    elif (link := known.linked.get(profile.employer_uscc)) is not None:
        words = {"employer": profile.employer, "kind": LinkKind(link.kind).label, "source": link.source}
        text = _("工作单位%(employer)s是该单位的%(kind)s（来源：%(source)s）")
        yield FoundTie(TieKind.EMPLOYER, text % words)


def _recorded(row: Tie, known: _Record) -> Iterator[FoundTie]:
    """A tie on record, where it leads to this enterprise, to one linked to it, or to a patent that it reports."""
    words = {"kind": _kind(row), "source": _source(row), "name": row.enterprise_name or row.uscc}
    link = known.linked.get(row.uscc) if row.kind in THROUGH_LINKS else None
    patent = known.patents.get(row.patent) if row.patent else None
    if _names(row, known.application.enterprise):
        yield FoundTie(row.kind, _("%(kind)s（来源：%(source)s）") % words)
    elif link is not None:
        text = _("在%(name)s%(kind)s，该企业是申报单位的%(link)s（来源：%(source)s；%(link_source)s）")
        yield FoundTie(row.kind, text % (words | {"link": LinkKind(link.kind).label, "link_source": link.source}))
    if patent is not None:
        text = _("是申报单位所报专利 %(number)s（附表第 %(line)s 行）的发明人（来源：%(source)s）")
        yield FoundTie(row.kind, text % (words | {"number": patent.shown, "line": patent.line or "—"}))


def _names(row: Tie, enterprise: Enterprise) -> bool:
    """Whether the tie is to this enterprise; a former employer goes by its name as well, as one of today does."""
    if row.uscc and row.uscc == enterprise.uscc:
        return True
    is_by_name = row.kind == TieKind.PAST_EMPLOYER and bool(row.enterprise_name)
    return is_by_name and plain_name(row.enterprise_name) == plain_name(enterprise.name)


def _kind(row: Tie) -> Sentence:
    """The kind, with the day on which the tie ended."""
    if row.until is None:
        return TieKind(row.kind).label
    return _("%(kind)s（至 %(day)s）") % {"kind": TieKind(row.kind).label, "day": row.until.isoformat()}


def _source(row: Tie) -> Sentence:
    return _("专家本人申报，%(source)s") % {"source": row.source} if row.is_declared else row.source


def ties_of_body(body: Body, application: Application, *, on: date) -> list[FoundTie]:
    """Every tie of a verifying body: it is the applicant, is linked to it, or one of its people has a tie."""
    found = []
    if body.uscc and body.uscc == application.enterprise.uscc:
        found.append(FoundTie(TieKind.OTHER, _("核查机构就是申报单位")))
    elif body.uscc and (link := _linked(application.enterprise.uscc).get(body.uscc)) is not None:
        words = {"kind": LinkKind(link.kind).label, "source": link.source}
        found.append(FoundTie(TieKind.OTHER, _("核查机构是申报单位的%(kind)s（来源：%(source)s）") % words))
    people = User.objects.filter(grants__role=Role.VERIFIER, grants__district=body.district, grants__revoked_at=None)
    for person in people.order_by("pk"):
        for tie in ties_between(person, application, on=on):
            text = _("%(name)s：%(tie)s") % {"name": str(person), "tie": str(tie)}
            found.append(FoundTie(tie.kind, text))
    return found

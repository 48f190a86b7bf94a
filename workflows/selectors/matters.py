"""Cases without a data table (proceedings over titles): lists, one case with its subject, titles to deal with."""

from __future__ import annotations

from typing import cast

from django.db.models import Q, QuerySet

from accreditation.enums import Level
from accreditation.errors import NotFound
from accreditation.models import (
    Case,
    CaseDocument,
    Enterprise,
    Letter,
    Proceeding,
    Reconsideration,
    ReissueLetter,
    Title,
    User,
)
from accreditation.models.cases import CaseSubject
from accreditation.permissions import Person, districts_of, has_power_at, powers_of
from accreditation.roles import Power
from accreditation.selectors.granting import proceeded_over_at
from accreditation.selectors.holders import once_called
from accreditation.services.matter_returns import open_return
from accreditation.services.proceedings import standing_documents
from accreditation.services.reconsiderations import orders_redo
from accreditation.visibility import View, case_for, enterprises_of, letter_for, view_of, visible_cases
from workflows.challenged_acts import letter_field
from workflows.procedures import procedure_of
from workflows.reissue_who import is_tied_to_answer
from workflows.returnable import FIGURE

DEALING = frozenset(  # whose desk is the whole of it; auditors and the office read everything
    {Power.PREPARE_ORDERS, Power.MAKE_ORDERS, Power.REVIEW_RECONSIDERATIONS, Power.SEE_ALL_CASES, Power.AUDIT}
)


def matters(user: User) -> QuerySet[Case]:
    """Cases over titles that the person sees, the newest move first."""
    rows = visible_cases(user).filter(_dealt_with(user), application__isnull=True).select_related("enterprise")
    return rows.order_by("-moved_at", "-pk").distinct()


def _dealt_with(user: Person) -> Q:
    """Who only answers challenges, for a body that recognises by itself, reads those against it and nothing else."""
    held = powers_of(user)
    if Power.ANSWER_CHALLENGES not in held or held & DEALING:
        return Q()
    answered = Q(reconsideration__respondent_code__in=districts_of(user, Power.ANSWER_CHALLENGES))
    return answered | Q(enterprise__in=enterprises_of(user))


def own_matters(user: Person) -> list[Case]:
    """Those of the person's own enterprises."""
    if not isinstance(user, User):
        return []
    return list(matters(user).filter(enterprise__in=enterprises_of(user)))


def narrowed(cases: QuerySet[Case], *, words: str = "", state: str = "") -> QuerySet[Case]:
    """Cases that fit every given filter; `words` are looked for in number, name, earlier names and credit code."""
    if words:
        found = Q(number__icontains=words) | Q(enterprise__name__icontains=words)
        cases = cases.filter(found | Q(enterprise__uscc__iexact=words) | Q(enterprise__in=once_called(words)))
    return cases.filter(state=state) if state else cases


def matter_for(user: Person, number: str) -> tuple[Case, CaseSubject]:
    """A case over a title with its subject; NotFound for whom it is not, and for an application."""
    case = case_for(user, number)
    if hasattr(case, "application") or not Case.objects.filter(_dealt_with(user), pk=case.pk).exists():
        raise NotFound(number)
    return case, procedure_of(case).subject.of(case)


def proceeding_of(subject: CaseSubject) -> Proceeding:
    """The subject of a proceeding."""
    return cast("Proceeding", subject)


def is_reconsideration(subject: CaseSubject) -> bool:
    """Whether the case challenges an act."""
    return isinstance(subject, Reconsideration)


def is_to_be_redone(subject: CaseSubject) -> bool:
    """Whether it is a reconsideration that orders an application to be decided again, not yet filed on."""
    return isinstance(subject, Reconsideration) and orders_redo(subject)


def figures_are_open(subject: CaseSubject) -> bool:
    """Whether the holder may fill in figures: all of them, or those that the open return names."""
    row = open_return(subject.case)
    return row is None or row.points.filter(target=FIGURE).exists()


def titles_of_authority(user: Person) -> QuerySet[Title]:
    """Titles that the person's own authority granted: the city's office, or a district, zone or group."""
    rows = Title.objects.select_related("programme", "holder").order_by("-granted_on", "-pk")
    allowed = Q(pk__in=[])
    if has_power_at(user, Power.PREPARE_ORDERS, None):
        allowed |= ~Q(programme__level=Level.DISTRICT)
    if here := [code for code in districts_of(user) if has_power_at(user, Power.PREPARE_ORDERS, code)]:
        allowed |= proceeded_over_at(here)
    return rows.filter(allowed)


def matching_titles(titles: QuerySet[Title], *, words: str = "", state: str = "") -> QuerySet[Title]:
    """Titles that fit; `words` are looked for in number, holder, its earlier names and credit code."""
    if words:
        found = Q(number__icontains=words) | Q(holder__name__icontains=words) | Q(product__icontains=words)
        titles = titles.filter(found | Q(holder__uscc__iexact=words) | Q(holder__in=once_called(words)))
    return titles.filter(state=state) if state else titles


def title_of_authority(user: Person, number: str) -> Title:
    """One of them; NotFound for another authority's."""
    found = titles_of_authority(user).filter(number=number).first()
    if found is None:
        raise NotFound(number)
    return found


def own_title(user: Person, number: str) -> Title:
    """A title of an enterprise for which the person acts; NotFound for anybody else."""
    holders: QuerySet[Enterprise] = enterprises_of(user)
    rows = Title.objects.filter(holder__in=holders, number=number).select_related("programme", "holder")
    found = rows.first()
    if found is None:
        raise NotFound(number)
    return found


def own_letter(user: User, number: str) -> Letter | ReissueLetter:
    """A letter to an enterprise for which the person acts, of a case or about a certificate; NotFound for others."""
    answer = ReissueLetter.objects.select_related("reissue__title").filter(number=number).first()
    if answer is not None:
        own_title(user, answer.reissue.title.number)
        return answer
    letter = letter_for(user, number)
    if view_of(user, letter.case) is not View.APPLICANT:
        raise NotFound(number)
    return letter


def remedies_of(letter: Letter | ReissueLetter, user: User) -> list[Reconsideration]:
    """How the act that a letter told of was looked at again, the first one first; only what the person sees."""
    rows = Reconsideration.objects.filter(**letter_field(letter), case__in=visible_cases(user).values("pk"))
    return list(rows.select_related("case").order_by("case__opened_at", "pk"))


def remedies_over(user: Person, *, case: Case | None = None, title: Title | None = None) -> list[Reconsideration]:
    """The same of every act done in a case, or over a title: orders, and answers about its certificates."""
    if not isinstance(user, User):
        return []
    over = Q(challenged__proceeding__title=title) | Q(reissue_letter__reissue__title=title)
    rows = Reconsideration.objects.filter(over if case is None else Q(challenged=case))
    rows = rows.filter(case__in=matters(user).order_by().values("pk"))
    return list(rows.select_related("case", "letter", "reissue_letter").order_by("case__opened_at", "pk"))


def letter_of_body(user: User, number: str) -> Letter | ReissueLetter:
    """A letter that the person reads for an authority; NotFound for the enterprise's own side and for others.

    Of an answer about a certificate, for nobody who is to step aside; at which authority, whoever asks for it checks.
    """
    answer = ReissueLetter.objects.select_related("reissue__title__holder").filter(number=number).first()
    if answer is not None and is_tied_to_answer(user, answer):
        raise NotFound(number)
    if answer is not None:
        return answer
    letter = letter_for(user, number)
    if view_of(user, letter.case) is View.APPLICANT:
        raise NotFound(number)
    return letter


def documents_of(case: Case) -> list[CaseDocument]:
    """Papers on the file of a case."""
    return standing_documents(case)


def document_of(case: Case, pk: int) -> CaseDocument:
    """One paper of a case that was fetched for the person, those taken off included; NotFound otherwise."""
    row = CaseDocument.objects.select_related("file").filter(case=case, pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def letters_of(case: Case) -> list[Letter]:
    """Letters of a case, newest first."""
    return list(case.letters.all())

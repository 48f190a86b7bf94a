"""The visit of a case: who could be there, what was found, its files."""

from __future__ import annotations

from accreditation.enums import SeatState
from accreditation.errors import NotFound
from accreditation.models import Application, SiteVisit, SiteVisitDocument, User
from accreditation.permissions import Person
from accreditation.services.evaluation import reported_facts
from accreditation.visibility import View, application_of, case_for, may_read_material, view_of


def visit_of(application: Application) -> SiteVisit | None:
    """The visit on record, with its files and visitors."""
    rows = SiteVisit.objects.select_related("recorded_by").prefetch_related("documents__file", "visitors")
    return rows.filter(application=application).first()


def panel_members(application: Application) -> list[User]:
    """Experts who sit on the panel, in the order of their seats."""
    seats = application.panel.seats.exclude(state=SeatState.RECUSED).select_related("expert").order_by("place")
    return [seat.expert for seat in seats]


def former_members(application: Application) -> list[User]:
    """Experts who sat on the panel and sit there no more, in the order of their seats."""
    seats = application.panel.seats.filter(state=SeatState.RECUSED).select_related("expert").order_by("place", "pk")
    return [seat.expert for seat in seats]


def reported_address(application: Application) -> str:
    """The address that the enterprise reported; empty where the form asks for none."""
    facts = reported_facts(application)
    fact = facts.fact("address") if facts else None
    return str(fact.value) if fact is not None and fact.value else ""


def document_for(user: Person, number: str, pk: int) -> SiteVisitDocument:
    """One file of a visit for whoever reads the material of the case by office; NotFound otherwise."""
    case = case_for(user, number)
    if view_of(user, case) in (View.APPLICANT, View.FORWARDER, View.VERIFIER) or not may_read_material(user, case):
        raise NotFound(number)
    rows = SiteVisitDocument.objects.select_related("file")
    row = rows.filter(visit__application=application_of(case), pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row

"""Whether an enterprise may enter a batch: told before it types anything, and asked again when the case is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState, states_where
from accreditation.errors import Reason
from accreditation.models import Application, Batch, Enterprise, Title
from accreditation.products import same_product
from accreditation.services import titles
from accreditation.services.evaluation_rounds import call_for
from workflows import guards
from workflows.workdays import SHANGHAI


def faults_of_entering(enterprise: Enterprise, batch: Batch, at: datetime, *, product: str = "") -> Iterator[Reason]:
    """Why it cannot: other district, an open application, a title held, not called, barred; window and form apart."""
    if not batch.is_offered_in(enterprise.district):
        yield Reason("other_district", _("该批次只受理注册地在本区的单位申报。"))
    yield from _faults_of_open(enterprise, batch, product)
    if not batch.is_evaluation:
        yield from _faults_of_open_elsewhere(enterprise, batch, product)
        yield from _faults_of_held(enterprise, batch, product)
    elif call_for(enterprise, batch) is None:
        yield Reason("not_called", _("该单位没有被通知参加本次评价。"))
    yield from guards.faults_of_bar(enterprise, batch.programme, at)


def _faults_of_open(enterprise: Enterprise, batch: Batch, product: str) -> Iterator[Reason]:
    rows = Application.objects.filter(enterprise=enterprise, batch=batch).exclude(state__in=_closed())
    if any(same_product(name, product) for name in rows.values_list("product_name", flat=True)):
        of_product = _("该单位的这一产品在本批次已有申报。"), "product"
        yield Reason("already_open", *(of_product if product else (_("该单位在本批次已有申报。"), "")))


def _faults_of_open_elsewhere(enterprise: Enterprise, batch: Batch, product: str) -> Iterator[Reason]:
    """One application for a title at a time: a second one would take a panel, an agenda item and a place in vain."""
    rows = Application.objects.filter(enterprise=enterprise, batch__programme=batch.programme_id)
    rows = rows.exclude(batch=batch).exclude(state__in=_closed()).select_related("batch", "case").order_by("pk")
    alike = (row for row in rows if same_product(row.product_name, product) and not row.batch.is_evaluation)
    if (other := next(alike, None)) is not None:
        text = _("该单位在批次 %(batch)s 的同一项目申报（%(no)s）尚未办结，不能同时再次申报；可在办结或者撤回后申报。")
        values = {"batch": other.batch.code.upper(), "no": other.case.number}
        yield Reason("open_elsewhere", text % values, "product" if product else "")


def _closed() -> list[ApplicationState]:
    return states_where(is_closed=True)


def _faults_of_held(enterprise: Enterprise, batch: Batch, product: str) -> Iterator[Reason]:
    """A title that outlasts the window is not applied for again; one that runs out before may be prepared for."""
    held = titles.title_held(batch.programme_id, enterprise.pk, product)
    if held is not None and not _ends_within(held, batch):
        text = _("该单位已持有本项目的有效资格（%(title)s），无需再次申报。")
        yield Reason("already_held", text % {"title": held.number}, "product" if product else "")


def _ends_within(title: Title, batch: Batch) -> bool:
    closes_on = batch.closes_at.astimezone(SHANGHAI).date()
    return title.valid_until is not None and title.valid_until < closes_on

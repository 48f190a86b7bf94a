"""Whether an enterprise may enter a batch: told before it types anything, and asked again when the case is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.batch_words import BatchState
from accreditation.clocks import second_of
from accreditation.enums import ApplicationState, states_where
from accreditation.errors import Reason
from accreditation.models import Application, Batch, Enterprise, Title
from accreditation.products import same_product
from accreditation.selectors.evaluation_terms import kept_among
from accreditation.selectors.renewals import is_renewable, opens_for
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
        yield from _faults_of_held(enterprise, batch, product, at)
    elif call_for(enterprise, batch) is None:
        yield Reason("not_called", _("该单位没有被通知参加本次评价。"))
    yield from guards.faults_of_bar(enterprise, batch, at)


def _faults_of_open(enterprise: Enterprise, batch: Batch, product: str) -> Iterator[Reason]:
    rows = Application.objects.filter(enterprise=enterprise, batch=batch)
    rows = rows.exclude(state__in=states_where(is_closed=True))
    if any(same_product(name, product) for name in rows.values_list("product_name", flat=True)):
        of_product = _("该单位的这一产品在本批次已有申报。"), "product"
        yield Reason("already_open", *(of_product if product else (_("该单位在本批次已有申报。"), "")))


def _faults_of_held(enterprise: Enterprise, batch: Batch, product: str, at: datetime) -> Iterator[Reason]:
    """A title that outlasts the window is not applied for again; one that runs out before may be prepared for.

    One that is renewed on application is renewed from the day that its rules say.
    """
    held, field = titles.title_held(batch.programme_id, enterprise.pk, product), "product" if product else ""
    if held is None or _ends_within(held, batch) or is_renewable(held, batch, at.astimezone(SHANGHAI).date()):
        return
    if first := opens_for(held, batch):
        text = _("该单位已持有本项目的有效资格（%(title)s，有效期至%(until)s），%(first)s起可以申请续期。")
        values = {"title": held.number, "until": held.valid_until, "first": first}
        yield Reason("not_yet_renewable", text % values, field)
        return
    text = _("该单位已持有本项目的有效资格（%(title)s），无需再次申报。")
    yield Reason("already_held", text % {"title": held.number}, field)


def renewed_in(enterprise: Enterprise, batch: Batch, at: datetime) -> Title | None:
    """The title that an application of the enterprise would renew in the batch now; of products none, it names one."""
    if batch.is_evaluation or batch.programme.is_of_product:
        return None
    held = titles.title_held(batch.programme_id, enterprise.pk, "")
    return held if held is not None and is_renewable(held, batch, at.astimezone(SHANGHAI).date()) else None


def _ends_within(title: Title, batch: Batch) -> bool:
    last, closes_on = title.valid_until, batch.closes_at.astimezone(SHANGHAI).date()
    return last is not None and last < closes_on and not kept_among([title], last + timedelta(days=1))


def open_elsewhere(enterprise: Enterprise, batch: Batch, at: datetime) -> Application | None:
    """An application for the same title that is still open in another batch: told, since only one can be granted.

    A draft that was not filed within its window is none, nor one in a batch called off. No source forbids a second one.
    """
    rows = Application.objects.filter(enterprise=enterprise, batch__programme=batch.programme_id)
    rows = rows.exclude(batch=batch).exclude(state__in=states_where(is_final=True))
    over = Q(batch__closes_at__lt=second_of(at)) | Q(batch__state=BatchState.CALLED_OFF)
    rows = rows.exclude(over, state=ApplicationState.DRAFT)
    if batch.is_evaluation or batch.programme.is_of_product:
        return None
    return next(
        (row for row in rows.select_related("batch", "case").order_by("pk") if not row.batch.is_evaluation), None
    )

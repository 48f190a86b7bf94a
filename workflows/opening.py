"""Opening a case: the row, the application, the flow, the first audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.batch_words import BatchState
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Application, Batch, Case, Enterprise, Programme, Reconsideration, User
from accreditation.models.cases import CaseSubject
from accreditation.permissions import acts_for
from accreditation.products import LONGEST, is_sound_name, tidy_name
from accreditation.services import reconsiderations
from accreditation.services.evaluation_rounds import answer_call
from accreditation.services.numbers import next_number
from workflows import flow_tasks
from workflows.entering import faults_of_entering
from workflows.procedures import PROCEDURES


def open_application(
    enterprise: Enterprise,
    batch: Batch,
    *,
    by: User,
    at: datetime,
    product: str = "",
    request_key: str | None = None,
) -> Case:
    """Open the case of an enterprise in a batch, as a draft; one open application per enterprise and batch.

    Where the title is a product's, `product` names it, and there is one per product. Only a person whose authority was
    checked may; who asks for another's credit code must not reach its cases.
    """
    if not acts_for(by, enterprise.pk):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    chain, product = f"enterprise:{enterprise.uscc}", tidy_name(product)
    try:
        with act(
            chain, "open_application", by=by, at=at, acting_as="applicant",
            request_key=request_key, request=fingerprint(enterprise.pk, batch.pk, product),
        ) as doing:  # fmt: skip
            if reasons := list(_faults(enterprise, batch, product, at)):
                raise Refusal(reasons)
            case = _create(enterprise, batch, product, by, at)
            doing.note(case=case.number, batch=batch.code)
            doing.reply(case=case.number)
    except Replayed as replay:
        return Case.objects.get(number=replay.answer["case"])
    return case


def open_ordered_again(decided: CaseSubject, *, by: User, at: datetime) -> Case:
    """A new case in the old batch, which a decision on reconsideration orders; the old one stays at its end.

    Neither the window of the batch nor the earlier case stands in its way. Denied for others, Refusal with all reasons.
    """
    assert isinstance(decided, Reconsideration)
    challenged = decided.challenged_case
    if not acts_for(by, challenged.enterprise_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    with act(decided.case, "open_ordered_again", by=by, at=at, acting_as="applicant") as doing:
        row = Reconsideration.objects.select_for_update().get(pk=decided.pk)
        if not reconsiderations.orders_redo(row):
            raise Refusal([Reason("no_order", _("没有责令重新办理的决定或者裁判，或已据以重新申报。"))])
        application = Application.objects.select_related("batch__rule_set", "enterprise").get(case=challenged)
        case = _create(
            application.enterprise, application.batch, application.product_name, by, at, ground=row.case.number
        )
        row.redo_case = case
        row.save(update_fields=["redo_case"])
        doing.note(case=case.number, ground=row.decision_number)
    return case


def _faults(enterprise: Enterprise, batch: Batch, product: str, at: datetime) -> Iterator[Reason]:
    if batch.state != BatchState.OPEN or at < batch.opens_at or is_past(batch.closes_at, at):
        yield Reason("batch_closed", _("本批次当前不受理申报。"))
    yield from _faults_of_product(batch.programme, product)
    yield from faults_of_entering(enterprise, batch, at, product=product)


def _faults_of_product(programme: Programme, product: str) -> Iterator[Reason]:
    if programme.is_of_product and not is_sound_name(product):
        values = {"most": LONGEST}
        yield Reason("product_needed", _("请写明产品名称，2 至 %(most)d 字，不含不可见字符。") % values, "product")
    if product and not programme.is_of_product:
        yield Reason("no_product", _("该项目的称号授予单位，不填写产品名称。"), "product")


def _create(enterprise: Enterprise, batch: Batch, product: str, by: User, at: datetime, *, ground: str = "") -> Case:
    case = Case.objects.create(
        number=next_number(batch.programme.number_prefix, batch.year),
        procedure=batch.procedure,
        enterprise=enterprise,
        district=batch.authority.district if batch.authority else enterprise.district,
        batch=batch,
        state=ApplicationState.DRAFT,
        opened_at=at,
        moved_at=at,
    )
    application = Application.objects.create(
        case=case, batch=batch, enterprise=enterprise, product_name=product, is_ordered_again=bool(ground)
    )
    if batch.is_evaluation:
        answer_call(application)
    with act(case, "open", by=by, at=at, acting_as="applicant") as doing:
        doing.moved("", ApplicationState.DRAFT)
        doing.note(batch=batch.code, rule_set=batch.rule_set.checksum, procedure=batch.procedure)
        if product:
            doing.note(product=product)
        if ground:
            doing.note(ground=ground)
        flow_tasks.begin(PROCEDURES[batch.procedure].flow, case)
    return case

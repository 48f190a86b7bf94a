"""A title, or a bar, that comes to an enterprise while it applies for the title, and the end of its case."""

from __future__ import annotations

from datetime import datetime

from accreditation.enums import ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Application, Case, Title, User
from accreditation.services.titles import import_title
from workflows import door
from workflows.opening_proceedings import open_proceeding

YEARS = 3
EARLIER = "HK-2 型襟翼作动器"
FALSE = "经核查，该产品申报时提交的技术鉴定证书系伪造。"
ADMITTED = "鉴定证书由中介机构代办，本单位未核实真伪。"
BARRED_BY = "该单位另一产品的称号因提供虚假材料被撤销，期限内不得再次申报同类称号，本次申报不能授予。"
REASON = "申报期间补登记了该单位既有的纸质证书，同一称号不重复授予。"


def end_as_held(case: Case, *, entered_by: User, by: User, at: datetime) -> None:
    """The title is entered from an older list, then the case is ended by whoever would have granted it."""
    application = Application.objects.select_related("batch__programme", "enterprise").get(case=case)
    _enter(application, application.product_name, by=entered_by, at=at)
    door.perform(case, "end_as_held", by=by, at=at, form={"reason": REASON})


def end_as_barred(case: Case, *, office: User, holder: User, by: User, at: datetime) -> None:
    """The title of an earlier product is revoked, which bars its holder, then the case is ended."""
    application = Application.objects.select_related("batch__programme", "enterprise").get(case=case)
    title = _enter(application, EARLIER, by=office, at=at)
    order = open_proceeding(
        title, kind=ProceedingKind.REVOCATION, ground=Ground.FALSE_MATERIAL, found_facts=FALSE, by=office, at=at
    )
    door.perform(order, "notify_holder", by=office, at=at)
    door.perform(order, "defend", by=holder, at=at, form={"statement": ADMITTED})
    door.perform(order, "waive_rest_of_defence", by=holder, at=at, form={"gives_up_rest": True})
    stated = {"order_number": f"示例〔{at.year}〕撤 {case.pk} 号", "ordered_on": at.date(), "effective_from": at.date()}
    door.perform(order, "make_order", by=by, at=at, form=stated | {"until": None, "reasons": FALSE})
    door.perform(case, "end_as_barred", by=by, at=at, form={"reason": BARRED_BY})


def _enter(application: Application, product: str, *, by: User, at: datetime) -> Title:
    """The title of a product, from an older list."""
    day, number = at.date(), application.case_id
    return import_title(
        application.batch.programme, application.enterprise, product=product, granted_on=day,
        valid_until=day.replace(year=day.year + YEARS, day=1), announcement_number=f"示例〔{day.year}〕补 {number} 号",
        provenance="演示环境补登记的既有名录", by=by, at=at,
    )  # fmt: skip

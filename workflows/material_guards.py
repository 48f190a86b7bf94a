"""Conditions of what an applicant hands in: one reading at a time; in a return nothing changes but what it names."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState
from accreditation.errors import Reason
from accreditation.models import CorrectionRequest
from accreditation.services.evaluation import reported_facts
from accreditation.services.readings import open_reading
from accreditation.services.reviews import open_correction
from accreditation.services.rule_sets import rules_of
from criteria.workbook.changes import check_only_allowed_changes
from workflows.doing import Doing
from workflows.points import allowed_changes


def no_other_reading(doing: Doing) -> Iterable[Reason]:
    """One workbook at a time: an older one that is still being read would end up as the newest."""
    reading, own = open_reading(doing.application), doing.form.get("reading")
    if reading is not None and reading.pk != own:
        yield Reason("reading_under_way", _("上一份数据表还在读取，请等读取结束后再上传。"), "workbook")
    if reading is None and own is not None:
        yield Reason("reading_ended", _("这次读取已经结束。"), "workbook")


def only_named_cells_change(doing: Doing) -> Iterable[Reason]:
    """An accepted workbook differs from the filed one in cells that the return names, and in no other."""
    request, facts, filed = _open_return(doing), doing.form.get("facts"), reported_facts(doing.application)
    if request is None or facts is None or filed is None:
        return
    form = rules_of(doing.application.batch).form
    is_english = (get_language() or "").startswith("en")
    for fault in check_only_allowed_changes(filed, facts, allowed_changes(request), form):
        yield Reason("closed_cell", fault.message_en if is_english else fault.message_zh, f"{fault.sheet}!{fault.cell}")


def only_named_kinds_change(doing: Doing) -> Iterable[Reason]:
    """Evidence is added or taken out of the kinds that the return names, and of no other."""
    request = _open_return(doing)
    if request is None:
        return
    row = doing.form.get("evidence")
    kind = row.kind if row is not None else doing.form.get("kind")
    if not request.points.filter(target="evidence", code=kind).exists():
        yield Reason("closed_kind", _("补正期间只能更换告知书列明的材料。"), "kind")


def _open_return(doing: Doing) -> CorrectionRequest | None:
    return open_correction(doing.application) if doing.application.state == ApplicationState.RETURNED else None

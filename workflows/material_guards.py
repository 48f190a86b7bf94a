"""Conditions of what an applicant hands in: one reading at a time; in a return nothing changes but what it names."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState
from accreditation.errors import Reason
from accreditation.models import Binding, CorrectionRequest
from accreditation.services.bindings import MOST_PAGES, Provable, binds, is_asked
from accreditation.services.evaluation import draft_facts, reported_facts
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


def evidence_stands(doing: Doing) -> Iterable[Reason]:
    """The file is one of this application and still in its list, asked anew under the lock."""
    row = doing.form["evidence"]
    if not doing.application.evidence.filter(pk=row.pk, removed_at__isnull=True).exists():
        yield Reason("evidence_gone", _("文件“%(name)s”已不在材料清单中。") % {"name": row.name}, "evidence")


def only_named_bindings_change(doing: Doing) -> Iterable[Reason]:
    """In a correction a file is bound or unbound only where the return names its kind, or the figure or annex."""
    request = _open_return(doing)
    if request is None:
        return
    binding = doing.form.get("binding")
    provable: Provable = binds(binding) if binding is not None else doing.form["provable"]
    named = allowed_changes(request) & {(provable.code, provable.year), provable.code}
    kind = doing.form["evidence"].kind
    if not named and not request.points.filter(target="evidence", code=kind).exists():
        yield Reason("closed_binding", _("补正期间只能标注告知书列明的数据项和材料。"), "target")


def binding_is_sound(doing: Doing) -> Iterable[Reason]:
    """The form asks for the figure, the page lies within the file, and the same was not said before."""
    provable: Provable = doing.form["provable"]
    form, facts = rules_of(doing.batch).form, draft_facts(doing.application)
    if not is_asked(provable, form, doing.batch.reporting_year, facts):
        yield Reason("unknown_figure", _("本批次的数据表没有这一项。"), "target")
    page, pages = doing.form["page"], doing.form["evidence"].file.pages
    if not isinstance(page, int) or not 1 <= page <= (pages or MOST_PAGES):
        yield Reason("page_outside", _page_text(pages), "page")
    rows = Binding.objects.filter(evidence=doing.form["evidence"], removed_at__isnull=True, **provable.plain())
    if isinstance(page, int) and rows.filter(page=page).exists():
        yield Reason("bound_already", _("该文件的这一页已标注为此项的佐证。"), "page")


def _page_text(pages: int | None) -> str | Promise:
    if pages is None:
        return _("请填写页码，从 1 开始。")
    return _("请填写页码，从 1 到 %(n)d；该文件共 %(n)d 页。") % {"n": pages}


def binding_stands(doing: Doing) -> Iterable[Reason]:
    """The binding is one of this application and was not taken back."""
    rows = Binding.objects.filter(pk=doing.form["binding"].pk, removed_at__isnull=True)
    if not rows.filter(evidence__application=doing.application).exists():
        yield Reason("binding_gone", _("该标注已取消。"), "target")


def _open_return(doing: Doing) -> CorrectionRequest | None:
    return open_correction(doing.application) if doing.application.state == ApplicationState.RETURNED else None

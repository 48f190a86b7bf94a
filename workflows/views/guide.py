"""Public pages on how to apply and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.calendar import current_calendar
from workflows.presentation import rules
from workflows.presentation.batch_proposals import history_rows, is_called_off
from workflows.presentation.cases import batch_name, steps_of
from workflows.presentation.material import evidence_limits
from workflows.presentation.words import Words, body_name, cited, confidence_mark, either
from workflows.selectors.applicant import open_batches, window_of
from workflows.selectors.batch_proposals import changes_known_to_all
from workflows.selectors.guide import (
    batch_by_code,
    batches_of_body,
    batches_of_programme,
    programmes,
    template_file,
)
from workflows.selectors.guide import (
    batch_rules as rules_of_batch,
)
from workflows.selectors.guide import (
    batch_template as template_of_batch,
)
from workflows.views.answers import page
from workflows.views.applicant_material import workbook_answer

if TYPE_CHECKING:
    from accreditation.models import Batch
    from criteria.ruleset import RuleSet
    from workflows.workdays import WorkCalendar


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Programmes with a guide, and their open batches."""
    now_open: dict[str, list[Batch]] = {}
    for batch in open_batches(timezone.now()):
        if not batch.is_evaluation:
            now_open.setdefault(batch.programme_id, []).append(batch)
    calendar = current_calendar()
    rows = [
        {
            "name": either(programme, "name"),
            "code": programme.code,
            "body": body_name(programme.granted_by),
            "batches": [_window(batch, calendar) for batch in now_open.get(programme.code, ())],
        }
        for programme in programmes()
    ]
    return render(request, "workflows/guide/guide.html", {"programmes": rows})


def _window(batch: Batch, calendar: WorkCalendar) -> Words:
    return {"name": batch_name(batch), "code": batch.code, **window_of(batch, at=timezone.now(), calendar=calendar)}


@require_safe
@page
def guide_programme(request: HttpRequest, programme: str) -> HttpResponse:
    """Conditions, materials, steps, time limits and the template of the newest batch of one body.

    Where several bodies grant the title by rules of their own, `?by=` names the body by its code.
    """
    batches = batches_of_programme(programme)
    asked = request.GET.get("by", "")
    batch = next((one for one in batches if asked and one.granting_body.district == asked), batches[0])
    found = batch.programme
    rule_set = rules_of_batch(batch)
    template = template_of_batch(batch)
    is_open = batch in open_batches(timezone.now())
    context = {
        "name": either(found, "name"),
        "programme": found,
        "body": body_name(batch.granting_body),
        "others": [_of_another_body(one) for one in batches if one != batch],
        "batch": _window(batch, current_calendar()),
        "is_open": is_open,
        "is_called_off": is_called_off(batch),
        "history": history_rows(changes_known_to_all(batches_of_body(batch))),
        "rules": rules.rule_set_page(rule_set),
        "evidence": evidence_of_rules(rule_set),
        "limits": evidence_limits(),
        "steps": [{"label": str(label), "state": "todo"} for label in steps_of(batch).values()],
        "periods": periods(batch),
        "template_id": template.id,
        "template_checksum": template.checksum,
    }
    return render(request, "workflows/guide/programme.html", context)


def _of_another_body(batch: Batch) -> Words:
    body = batch.granting_body
    return {"name": body_name(body), "code": body.district}


def evidence_of_rules(rule_set: RuleSet) -> list[Words]:
    """Kinds of evidence as the rules ask for them."""
    return [
        {
            "label": either(kind, "name"),
            "hint": either(kind, "hint") if kind.hint_zh else "",
            "required": kind.required,
            "sources": cited(kind.source, rule_set),
            "confidence": confidence_mark(kind.confidence),
        }
        for kind in rule_set.evidence
    ]


def periods(batch: Batch) -> list[Words]:
    """Time limits in working days, of the steps that the procedure has."""
    limits = (
        (_("街镇（园区）转报"), batch.forwarding_days),
        (_("区级初审"), batch.first_review_days),
        (_("申报单位补正"), batch.correction_days),
        (_("市级核查") if batch.is_recommendation else _("市级形式审查"), batch.check_days),
        (_("部门会商"), batch.consultation_days),
        (_("专家评审"), batch.expert_days),
        (_("公示"), batch.notice_days),
    )
    return [{"label": label, "value": _("%(n)d 个工作日") % {"n": days}} for label, days in limits if days]


@require_safe
@page
def batch_rules(request: HttpRequest, batch: str) -> HttpResponse:
    """The rule set that a batch pinned, every figure with its source and confidence."""
    found = batch_by_code(batch)
    context = {
        "batch": found,
        "name": batch_name(found),
        "programme": either(found.programme, "name"),
        "rules": rules.rule_set_page(rules_of_batch(found)),
        "evidence": evidence_of_rules(rules_of_batch(found)),
        "periods": periods(found),
        "history": history_rows(changes_known_to_all([found])),
    }
    return render(request, "workflows/guide/rules.html", context)


@require_safe
@page
def batch_template(request: HttpRequest, batch: str) -> HttpResponse:
    """The workbook template of a batch."""
    found = batch_by_code(batch)
    return workbook_answer(template_file(found), _("申报数据表模板 %(code)s.xlsx") % {"code": found.code})

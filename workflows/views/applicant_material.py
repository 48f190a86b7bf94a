"""Workbook and evidence: template, uploads with every fault, files per kind, downloads."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.enums import ApplicationState
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.services.bindings import standing_bindings
from accreditation.services.files import WORKBOOK
from accreditation.services.readings import open_reading, refused_last
from accreditation.services.rule_sets import template_of
from accreditation.views.answers import file_answer
from accreditation.visibility import evidence_for, upload_for
from criteria.workbook import Fault, Faults
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.bulk import is_long
from criteria.workbook.gate import MAX_BYTES
from workflows.intake import remove_evidence, send_workbook, upload_evidence, upload_workbook
from workflows.presentation import material
from workflows.presentation.faults import fault_groups
from workflows.presentation.readings import refusal_words
from workflows.presentation.words import Words
from workflows.selectors.applicant import uploads_of
from workflows.views.answers import REQUEST_KEY, acting_person, page
from workflows.views.applicant_frame import OpenCase, frame, notice_of_return, open_case

FILE = "file"
SHOWN_FAULTS = 500  # the annotated copy marks all of them


# --- Workbook ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_workbook(request: HttpRequest, number: str) -> HttpResponse:
    """Template, upload, history. A file that is refused as a whole is answered here and leaves no trace.

    A long workbook is kept and read in the background.
    """
    opened = open_case(request, number)
    if request.method != "POST":
        return _workbook_page(request, opened)
    sent = request.FILES.get(FILE)
    if sent is None:
        return _workbook_page(request, opened, errors=[_("请先选择要上传的文件。")], status=422)
    content, name, said = _bytes(sent, MAX_BYTES), sent.name or "", _said_by(request)
    try:
        if is_long(content):
            return redirect("my_reading", number, send_workbook(opened.case, content, name, **said))
        taken = upload_workbook(opened.case, content, name, **said)
    except Denied:
        raise
    except Refusal as refusal:
        return _workbook_page(request, opened, errors=_said(request, refusal), status=409)
    if taken.refusal is not None:
        return _workbook_page(request, opened, refusal=taken.refusal, status=422)
    if taken.facts is not None:
        messages.success(request, _("数据表读取通过，已保存。请核对申报条件和得分。"))
    return redirect("my_upload", number, taken.number)


def _bytes(sent: UploadedFile[Any], most: int) -> bytes:
    """The bytes, one more than allowed at most, so that the check can tell that there are too many."""
    content: bytes = sent.read(most + 1)
    return content


def _said_by(request: HttpRequest) -> dict[str, Any]:
    """Who sends it, when, and under which key of the form."""
    key = request.POST.get(REQUEST_KEY) or None
    return {"by": acting_person(request), "at": timezone.now(), "request_key": key}


def _said(request: HttpRequest, refusal: Refusal) -> list[str]:
    if isinstance(refusal, AlreadyDone):
        messages.warning(request, str(refusal.reasons[0]))
    return [str(reason) for reason in refusal.reasons]


def _workbook_page(
    request: HttpRequest,
    opened: OpenCase,
    *,
    errors: list[str] | None = None,
    refusal: Fault | None = None,
    status: int = 200,
) -> HttpResponse:
    template = template_of(opened.application.batch)
    number = opened.case.number
    uploads = uploads_of(opened.application)
    compared = material.compared_uploads(uploads)
    context = frame(
        opened, "my_workbook", _("数据表"),
        notice=notice_of_return(opened),
        template_id=template.id,
        template_checksum=template.checksum,
        template_href=reverse("my_template", args=[number]),
        is_prefilled=opened.application.state == ApplicationState.DRAFT,
        limits=_("只收由本批次模板填写的 .xlsx 工作簿，不超过 %(mb)d MB，一次一个文件。") % {"mb": MAX_BYTES // 2**20},
        reading=open_reading(opened.application),
        refused=refused_last(opened.application),
        uploads=material.upload_rows(uploads, address="my_upload"),
        choices=compared,
        old=compared[1] if len(compared) > 1 else None,
        new=compared[0] if compared else None,
        errors=errors or [],
        fault_links=[{"text": text, "href": "#workbook"} for text in errors or []],
        refusal=refusal_words(refusal) if refusal else None,
        has_faults=bool(errors or refusal),
        action=reverse("my_workbook", args=[number]),
    )  # fmt: skip
    return render(request, "workflows/applicant/workbook.html", context, status=status)


@require_safe
@page
def my_upload(request: HttpRequest, number: str, upload: int) -> HttpResponse:
    """One reading: every fault grouped by sheet, or the confirmation that all could be read."""
    opened = open_case(request, number)
    row = upload_for(acting_person(request), number, upload)
    report = Faults.from_json(row.faults) if row.faults else Faults()
    earlier = [one for one in material.compared_uploads(uploads_of(opened.application)) if one["number"] < row.number]
    context = frame(
        opened, "my_workbook", _("第 %(n)d 次上传") % {"n": row.number},
        upload=row,
        count=len(report.errors),
        groups=fault_groups(report.errors[:SHOWN_FAULTS], opened.rules),
        hidden=max(len(report.errors) - SHOWN_FAULTS, 0),
        questions=_questions(report, opened),
        question_count=len(report.warnings),
        has_faults=bool(report.errors),
        previous=next((one["number"] for one in earlier), None),
    )  # fmt: skip
    return render(request, "workflows/applicant/upload.html", context)


def _questions(report: Faults, opened: OpenCase) -> list[Words]:
    groups = fault_groups(report.warnings[:SHOWN_FAULTS], opened.rules, key="question", mark=_("（待确认）"))
    return [group | {"count_words": _("%(n)d 处待确认") % {"n": len(group["faults"])}} for group in groups]


@require_safe
@page
def my_upload_annotated(request: HttpRequest, number: str, upload: int) -> HttpResponse:
    """The upload rebuilt with its faults marked; it can be corrected and sent again."""
    opened = open_case(request, number)
    row = upload_for(acting_person(request), number, upload)
    if not row.faults:
        raise NotFound(number)
    content = annotated_workbook(template_of(opened.application.batch), Faults.from_json(row.faults))
    name = _("%(number)s 第%(n)d次上传 标注.xlsx") % {"number": number, "n": row.number}
    return workbook_answer(content, name)


@require_safe
@page
def my_upload_file(request: HttpRequest, number: str, upload: int) -> HttpResponse:
    """An accepted workbook as it was sent."""
    open_case(request, number)
    row = upload_for(acting_person(request), number, upload)
    if row.file is None:
        raise NotFound(number)
    return file_answer(row.file, row.file_name)


def workbook_answer(content: bytes, name: str) -> HttpResponse:
    """A workbook made here, for download."""
    answer = HttpResponse(content, content_type=WORKBOOK.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


# --- Evidence ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_materials(request: HttpRequest, number: str) -> HttpResponse:
    """All kinds of evidence with their files; each file of an upload is judged by itself."""
    opened = open_case(request, number)
    if request.method != "POST":
        return _materials_page(request, opened)
    kind = request.POST.get("kind", "")
    sent = request.FILES.getlist(FILE)
    faults = [] if sent else [_("请先选择要上传的文件。")]
    for position, file in enumerate(sent):
        faults += _take_file(request, opened, kind, file, position)
    if faults:
        return _materials_page(request, open_case(request, number), kind=kind, faults=faults, status=422)
    messages.success(request, _("已上传 %(n)d 个文件。请为其标注所证明的数据和页码。") % {"n": len(sent)})
    return redirect(f"{reverse('my_materials', args=[number])}#evidence-{kind}")


def _take_file(request: HttpRequest, opened: OpenCase, kind: str, file: UploadedFile[Any], position: int) -> list[str]:
    key = request.POST.get(REQUEST_KEY) or ""
    try:
        upload_evidence(
            opened.case, kind, _bytes(file, settings.EVIDENCE_MAX_BYTES), file.name or "", by=acting_person(request),
            at=timezone.now(), request_key=f"{key}-{position}" if key else None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        return [str(reason) for reason in refusal.reasons]
    return []


def _materials_page(
    request: HttpRequest, opened: OpenCase, *, kind: str = "", faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    kinds = opened.evidence()
    bound = Counter(row.evidence_id for row in standing_bindings(opened.application))
    for row in kinds:
        row["files"] = [file | {"bound": bound[file["pk"]]} for file in row["files"]]
        row["errors"] = faults if faults and row["code"] == kind else []
        row["is_open"] = opened.may_upload and (opened.request is None or row["is_asked"])
    context: dict[str, Any] = frame(
        opened, "my_materials", _("证明材料"),
        notice=notice_of_return(opened),
        kinds=kinds,
        covered=opened.coverage(kinds),
        limits=material.evidence_limits(),
        fault_links=[{"text": text, "href": f"#file-{kind}"} for text in faults or []],
        has_faults=bool(faults),
        action=reverse("my_materials", args=[opened.case.number]),
    )  # fmt: skip
    return render(request, "workflows/applicant/materials.html", context, status=status)


@require_POST
@page
def my_evidence_remove(request: HttpRequest, number: str, evidence: int) -> HttpResponse:
    """Take a file out of the list."""
    opened = open_case(request, number)
    try:
        remove_evidence(
            opened.case, evidence, by=acting_person(request), at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        return _materials_page(request, opened, faults=[str(reason) for reason in refusal.reasons], status=409)
    messages.success(request, _("已移除该文件。"))
    return redirect("my_materials", number)


@require_safe
@page
def my_evidence(request: HttpRequest, number: str, evidence: int) -> HttpResponse:
    """One file of evidence as it was sent."""
    opened = open_case(request, number)
    row = evidence_for(acting_person(request), evidence)
    if row.application_id != opened.application.pk:
        raise NotFound(str(evidence))
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)

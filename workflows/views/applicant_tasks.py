"""Cards, task list and facts of the applicant's cases in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.enums import ApplicationState, Owner
from accreditation.selectors.granting import granting_body
from accreditation.selectors.renewals import pending_renewal
from certificates.selectors import has_english
from certificates.services.published import files_beside
from certificates.standing import Standing
from workflows.presentation.cases import acting_name, batch_name, product_words, title_name
from workflows.presentation.corrections import correction_points
from workflows.presentation.figures import shown_value
from workflows.presentation.gates import gates_table
from workflows.presentation.scores import gives_points, total_text
from workflows.presentation.words import Words, district_name, either, lang, quoted, state_label, state_tone
from workflows.procedures import procedure_of
from workflows.selectors.applicant import certificate_of, uploads_of
from workflows.views.applicant_frame import OpenCase
from workflows.views.matters.registry import names_of

if TYPE_CHECKING:
    from accreditation.models import Application, Body, Case, Title
    from certificates.models import Certificate
    from criteria.evaluate import Evaluation
    from workflows.selectors.applicant import OwnCase

SHOWN_FACTS = ("industry_code", "industry_class", "enterprise_size", "contact_name")
TONES = {"good": "green", "warn": "amber", "bad": "red", "unknown": "grey"}


def address(name: str, *args: object) -> str:
    """Address of a page."""
    return reverse(name, args=args)


def card(row: OwnCase, bodies: Mapping[str, Body]) -> Words:
    """A case as a card: what for, number, state, clock, who has it, what to do next."""
    case, application = row.case, row.application
    action, href = _next_step(case, application)
    if row.objection:
        action, href = _("陈述意见"), address("my_statement", case.number, row.objection)
    return {
        "name": case.enterprise.name,
        "number": case.number,
        "product": product_words(application.product_name),
        "programme": either(case.batch.programme, "name") if case.batch else "",
        "round": batch_name(case.batch) if case.batch else "",
        "state": state_label(application.state),
        "tone": state_tone(application.state),
        "clock": row.clock,
        "href": address("my_case", case.number),
        "action": action,
        "action_href": href,
        "opened_at": case.opened_at,
        "owner": "" if case.closed_at else acting_name(case, application, bodies),
        "moved_at": case.moved_at,
        "closed_at": case.closed_at,
    }


def _next_step(case: Case, application: Application) -> tuple[str, str]:
    if application.state == ApplicationState.DRAFT:
        return _("继续填报"), address("my_case", case.number)
    if application.state == ApplicationState.RETURNED:
        return _("逐项补正"), address("my_return", case.number)
    if application.state == ApplicationState.UNDER_RECTIFICATION:
        return _("报告整改情况"), address("my_rectification", case.number)
    return _("查看"), address("my_case", case.number)


def matter_cards(cases: Collection[Case]) -> list[Words]:
    """Cases over the own titles as cards; what waits for the holder is asked for by the button."""
    names = names_of(cases)
    return [_matter_card(case, names[case.pk]) for case in cases]


def _matter_card(case: Case, name: str) -> Words:
    is_mine = procedure_of(case).subject.facts(case.state).owner in (Owner.HOLDER, Owner.APPLICANT)
    return {
        "name": name,
        "holder": case.enterprise.name,
        "number": case.number,
        "state": state_label(case.state),
        "tone": state_tone(case.state),
        "moved_at": case.moved_at,
        "href": address("my_matter", case.number),
        "action": _("查看并答复") if is_mine else "",
    }


def _renewal_of(title: Title) -> str:
    """Number of the undecided application that asks to renew the title; empty where there is none."""
    asked = pending_renewal(title) if title.programme.procedure else None
    return asked.case.number if asked is not None else ""


def certificate_card(title: Title, case: Case | None, certificate: Certificate | None) -> Words:
    """A title with its certificate: number, validity, standing, downloads and public page.

    A title that came from another holder has no case of its own here.
    """
    issued = certificate if certificate and certificate.sha256 else None
    meaning = Standing(certificate.state).meaning if certificate else Standing.REQUESTED.meaning
    return {
        "name": title_name(title.programme, granting_body(title)),
        "holder": title.holder.name,
        "product": product_words(title.product),
        "number": certificate.number if certificate else title.number,
        "renewal_case": _renewal_of(title),
        "valid_from": title.valid_from,
        "valid_until": title.valid_until,
        "state": meaning.word.zh if lang() == "zh" else meaning.word.en,
        "tone": TONES[meaning.tone],
        "href": _certificate_href(title, case) if issued else "",
        "english_href": address("my_certificate_english", case.number) if case and has_english(certificate) else "",
        "shown_href": address("certificates:shown", issued.code) if issued else "",
        "credential_href": _credential_href(issued),
        "case_href": address("my_case", case.number) if case else address("centre", title.number),
        "reissue_href": address("my_reissue", title.number) if title.is_standing and issued else "",
        "end_href": address("my_cancellation", title.number) if title.is_standing else "",
    }


def _certificate_href(title: Title, case: Case | None) -> str:
    return address("my_certificate", case.number) if case else address("my_title_certificate", title.number)


def _credential_href(issued: Certificate | None) -> str:
    """Where the holder fetches the credential, once it is published."""
    if issued is None or not files_beside(issued.code)["credential"]:
        return ""
    return address("certificates:credential", issued.code)


def issued_card(application: Application) -> Words | None:
    """The card of the certificate that a case led to; None before the title was granted and for titles from above."""
    if application.title is None or application.title.granted_above_id is not None:
        return None
    return certificate_card(application.title, application.case, certificate_of(application))


def summary(opened: OpenCase) -> list[Words]:
    """The enterprise in a few lines: the register, then what the workbook says."""
    enterprise = opened.case.enterprise
    shown: list[Words] = [
        {"label": _("统一社会信用代码"), "value": enterprise.uscc},
        {"label": _("所属区"), "value": district_name(enterprise.district)},
    ]
    facts, form = opened.facts, opened.rules.form
    if facts is not None and form is not None:
        specs = {spec.code: spec for spec in form.basics}
        for code in SHOWN_FACTS:
            fact = facts.fact(code)
            if code in specs and fact is not None:
                shown.append({"label": either(specs[code], "name"), "value": shown_value(fact, specs[code])})
    return shown


# --- Tasks ------------------------------------------------------------------------------------------------------
def task_groups(opened: OpenCase, evaluation: Evaluation | None, covered: Words) -> list[Words]:
    """The task list of a draft or a return; empty while the authorities have the case."""
    if not opened.is_editable:
        return []
    is_ready = evaluation is not None and covered["is_complete"] and not _has_open_points(opened)
    return [
        {"label": _("一、评价数据"), "tasks": [_workbook_task(opened), _score_task(opened, evaluation)]},
        {
            "label": _("二、证明材料"),
            "tasks": [_material_task(opened, covered), _binding_task(opened, evaluation, covered)],
        },
        {"label": _("三、提交"), "tasks": [_filing_task(opened, is_ready)]},
    ]


def _has_open_points(opened: OpenCase) -> bool:
    points = correction_points(opened.request) if opened.request else []
    return any(not point["closed"] for point in points)


def _workbook_task(opened: OpenCase) -> Words:
    uploads = uploads_of(opened.application)
    task: Words = {"label": _("填报申报数据表"), "href": address("my_workbook", opened.case.number)}
    if not uploads:
        return task | {"state": "todo", "hint": _("下载本批次模板填好后上传，也可以在网页上填写。")}
    newest = uploads[0]
    hint = _("第 %(n)d 次上传：%(name)s") % {"n": newest.number, "name": newest.file_name}
    if not newest.is_accepted:
        href = address("my_upload", opened.case.number, newest.number)
        return task | {"href": href, "state": "problem", "words": _("有错误需改正"), "hint": quoted(hint)}
    if _is_still_asked(opened, newest.number):
        return task | {"state": "problem", "words": _("需补正"), "hint": _("请按退回意见修改后重新上传。")}
    return task | {"state": "done", "hint": quoted(hint)}


def _is_still_asked(opened: OpenCase, newest: int) -> bool:
    """Whether the return names figures and no newer workbook was accepted since."""
    if opened.request is None or opened.application.current is None:
        return False
    asks = any(point.target != "evidence" for point in opened.request.points.all())
    return asks and newest <= opened.application.current.upload.number


def _score_task(opened: OpenCase, evaluation: Evaluation | None) -> Words:
    label = _("核对申报条件和自动计算的得分") if opened.rules.indicators else _("核对申报条件")
    task: Words = {"label": label, "href": address("my_score", opened.case.number)}
    if evaluation is None:
        return task | {"state": "blocked", "hint": _("数据表读取通过后自动计算。")}
    table = gates_table(evaluation, opened.rules, of_holder=opened.application.batch.is_evaluation)
    failed = sum(row["is_failed"] for row in table)
    if failed:
        return task | {"state": "problem", "words": _("%(n)d 项条件不符合") % {"n": failed}}
    if not gives_points(evaluation):
        return task | {"state": "done", "words": _("不评分")}
    return task | {"state": "done", "words": _("%(points)s 分") % {"points": total_text(evaluation)}}


def _material_task(opened: OpenCase, covered: Words) -> Words:
    values = {"most": covered["required"], "n": covered["handed_in"]}
    task: Words = {
        "label": _("上传证明材料"),
        "href": address("my_materials", opened.case.number),
        "hint": _("必交 %(most)d 项，已交 %(n)d 项") % values,
    }
    if opened.asked_kinds() - opened.answered_kinds():
        return task | {"state": "problem", "words": _("需补正")}
    if covered["is_complete"]:
        return task | {"state": "done"}
    return task | {"state": "doing" if covered["handed_in"] else "todo"}


def _binding_task(opened: OpenCase, evaluation: Evaluation | None, covered: Words) -> Words:
    """Figures bound to their evidence: asked for, but not a condition of filing."""
    task: Words = {"label": _("为数据标注佐证文件和页码"), "href": address("my_bindings", opened.case.number)}
    if evaluation is None:
        return task | {"state": "blocked", "hint": _("数据表读取通过后列出需佐证的数据。")}
    hint = _("需佐证 %(most)d 项，已标注 %(n)d 项") % {"most": covered["needed"], "n": covered["proven"]}
    if covered["is_proven"]:
        return task | {"state": "done", "hint": hint}
    return task | {"state": "doing" if covered["proven"] else "todo", "hint": hint}


def _filing_task(opened: OpenCase, is_ready: bool) -> Words:
    is_return = opened.request is not None
    label = _("核对并提交补正") if is_return else _("核对并提交申报")
    if not is_ready:
        return {"label": label, "state": "blocked", "hint": _("请先完成以上各项。")}
    return {"label": label, "href": address("my_check", opened.case.number), "state": "todo"}

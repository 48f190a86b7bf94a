"""Conditions of the verbs of a change; each yields every reason against it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accreditation.change_words import TitleOutcome
from accreditation.enums import ProceedingKind, ProceedingState, TitleState, states_where
from accreditation.errors import Reason
from accreditation.models import ChangedTitle, EvaluationCall, Proceeding, Reexamination, Title
from accreditation.reexamination_words import OPEN
from accreditation.services import changes, successions
from accreditation.services.evaluation_rounds import NOT_HANDED_IN
from accreditation.services.reconsiderations import stay_over
from workflows.certification import is_being_made
from workflows.change_who import change_of
from workflows.doing import Doing
from workflows.second_person import another_than_who_did
from workflows.workdays import SHANGHAI

# A title that may be taken away, suspended or given up is not changed before that is settled.
IN_THE_WAY = (ProceedingKind.REVOCATION, ProceedingKind.SUSPENSION, ProceedingKind.CANCELLATION)


def today(doing: Doing) -> date:
    """The day of the attempt in Shanghai."""
    return doing.at.astimezone(SHANGHAI).date()


def _touched(doing: Doing) -> list[Title]:
    change = change_of(doing)
    return list(changes.titles_touched(change.holder, change.kind))


def titles_stand_still(doing: Doing) -> Iterable[Reason]:
    """Never a reason: locks what the change will move, so that what the guards after it find holds for its effects."""
    rows = Title.objects.filter(pk__in=[title.pk for title in _touched(doing)]).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
    return ()


def statement_fits(doing: Doing) -> Iterable[Reason]:
    """What the form states is complete and fits the kind."""
    change, stated = change_of(doing), doing.form.get("stated")
    if stated is None:
        yield Reason("text_needed", _("请写明变更的事实。"), "facts")
        return
    yield from changes.faults_of(change.holder, change.kind, stated, today=today(doing))


def change_is_complete(doing: Doing) -> Iterable[Reason]:
    """What stands in the row is complete and fits the kind."""
    change = change_of(doing)
    yield from changes.faults_of(change.holder, change.kind, changes.stated_by(change), today=today(doing))


def documents_are_on_file(doing: Doing) -> Iterable[Reason]:
    """A change is proven by papers, such as the notice of the registration authority or the agreement."""
    if not doing.case.documents.filter(removed_at__isnull=True).exists():
        yield Reason("document_needed", _("请提交证明变更的文件，如准予变更登记通知书、合并或分立协议。"))


def no_title_is_being_dealt_with(doing: Doing) -> Iterable[Reason]:
    """No proceeding for revocation, suspension or cancellation is open over any of the titles."""
    ended = [ProceedingState.CONCLUDED, ProceedingState.DROPPED]
    rows = Proceeding.objects.filter(title__in=_touched(doing), kind__in=IN_THE_WAY).exclude(state__in=ended)
    for row in rows.select_related("title"):
        values = {"no": row.title.number, "kind": ProceedingKind(row.kind).label}
        yield Reason("proceeding_open", _("称号 %(no)s 正在办理“%(kind)s”，办结之前不能变更。") % values)


def no_title_is_being_reexamined(doing: Doing) -> Iterable[Reason]:
    """The case of a re-examination stays with its holder; the title passes when it is over or no longer asked for."""
    for row in Reexamination.objects.filter(title__in=_passing(doing), state__in=OPEN).select_related("title", "round"):
        values = {"no": row.title.number, "year": row.round.year}
        yield Reason("reexamination_open", _("称号 %(no)s 的 %(year)d 年度复核尚未办结，办结之前不能承继。") % values)


def no_title_is_being_evaluated(doing: Doing) -> Iterable[Reason]:
    """Result, warning and rectification go to whoever handed the material in; the title passes when that is over."""
    rows = EvaluationCall.objects.filter(title__in=_passing(doing), application__isnull=False)
    closed = [*states_where(is_final=True), *NOT_HANDED_IN]
    for row in rows.exclude(application__state__in=closed).select_related("title", "round"):
        values = {"no": row.title.number, "year": row.round.year}
        yield Reason("evaluation_open", _("称号 %(no)s 的 %(year)d 年度评价尚未办结，办结之前不能承继。") % values)


def no_order_awaits_the_successor(doing: Doing) -> Iterable[Reason]:
    """Nobody takes on what another was heard over: a warning not yet ordered, an order whose execution is stayed."""
    passing = _passing(doing)
    ended = [ProceedingState.CONCLUDED, ProceedingState.DROPPED]
    rows = Proceeding.objects.filter(title__in=passing, kind=ProceedingKind.WARNING).exclude(state__in=ended)
    for row in rows.select_related("title"):
        values = {"no": row.title.number, "kind": ProceedingKind(row.kind).label}
        yield Reason("proceeding_open", _("称号 %(no)s 正在办理“%(kind)s”，办结之前不能变更。") % values)
    for title in Title.objects.filter(pk__in=passing).order_by("pk"):
        if stay_over(title) is not None:
            text = _("对称号 %(no)s 的处理决定正在停止执行，复议办结之前不能承继。")
            yield Reason("order_stayed", text % {"no": title.number})


def _passing(doing: Doing) -> list[int]:
    return [row.title_id for row in _standing_rows(doing) if row.outcome == TitleOutcome.PASSES]


def no_title_is_suspended(doing: Doing) -> Iterable[Reason]:
    """A new certificate would be in force; it is made out only once the suspension is over."""
    for title in _touched(doing):
        if title.state == TitleState.SUSPENDED:
            yield Reason("title_suspended", _("称号 %(no)s 处于暂停期，恢复之后才能变更。") % {"no": title.number})


def no_certificate_is_being_made(doing: Doing) -> Iterable[Reason]:
    """A new version follows a certificate that was issued."""
    for title in _touched(doing):
        if is_being_made(title):
            values = {"no": title.number}
            yield Reason("certificate_pending", _("称号 %(no)s 的证书正在制发，请在发出后再确认变更。") % values)


def titles_are_as_filed(doing: Doing) -> Iterable[Reason]:
    """A title that came since the filing was not seen by the districts; a change that touches none has no object."""
    change = change_of(doing)
    listed = set(change.titles.values_list("title_id", flat=True))
    touched = _touched(doing)
    for title in touched:
        if title.pk not in listed:
            values = {"no": title.number}
            yield Reason("title_is_new", _("称号 %(no)s 是提交之后取得的，请退回补正。") % values)
    if not touched:
        yield Reason("no_title", _("该单位没有此类变更涉及的有效称号。"))


def is_no_succession(doing: Doing) -> Iterable[Reason]:
    """Merger and split are confirmed by two people."""
    if change_of(doing).is_succession:
        yield Reason("needs_second", _("合并、分立须先拟定承继方案，再由另一人复核确认。"))


def is_succession(doing: Doing) -> Iterable[Reason]:
    """Only where titles may pass to another enterprise there is something to plan."""
    if not change_of(doing).is_succession:
        yield Reason("no_succession", _("此类变更没有称号承继，可以直接确认。"))


def plan_is_possible(doing: Doing) -> Iterable[Reason]:
    """Every title that still stands gets an outcome that is possible for it.

    The form's `outcomes` holds (outcome, successor's credit code) by title number.
    """
    change, outcomes = change_of(doing), doing.form.get("outcomes") or {}
    for row in _standing_rows(doing):
        possible = [
            (outcome, successor.uscc if successor else "")
            for outcome, successor in changes.possible_outcomes(change, row.title)
        ]
        if tuple(outcomes.get(row.title.number) or ()) not in possible:
            values = {"no": row.title.number}
            yield Reason("outcome", _("请为称号 %(no)s 选择可行的处理。") % values, f"title_{row.pk}")


def plan_still_holds(doing: Doing) -> Iterable[Reason]:
    """Since the plan was made no successor was granted what was to pass to it."""
    change = change_of(doing)
    for row in _standing_rows(doing):
        outcome = TitleOutcome(row.outcome) if row.outcome else None
        if (outcome, row.successor) not in changes.possible_outcomes(change, row.title):
            yield Reason("plan_outdated", _("称号 %(no)s 的承继方案已不可行，请退回重拟。") % {"no": row.title.number})


def _standing_rows(doing: Doing) -> list[ChangedTitle]:
    touched = {title.pk for title in _touched(doing)}
    return [row for row in changes.rows_of(change_of(doing)) if row.title_id in touched]


def successors_have_agreed(doing: Doing) -> Iterable[Reason]:
    """Nobody takes a title on unasked: by a declaration here, or on a paper that the office has checked."""
    change = change_of(doing)
    for row in successions.successors_of(change):
        if successions.has_agreed(row):
            continue
        values = {"name": row.enterprise.name}
        if row.declined_at is not None:
            text = _("承继单位“%(name)s”不同意承继，理由：%(reason)s。请退回补正，或待其改为同意。")
            yield Reason("successor_declined", text % (values | {"reason": row.decline_reason.rstrip("。.")}))
        elif successions.is_represented(row.enterprise):
            yield Reason("not_agreed", _("承继单位“%(name)s”尚未同意承继。") % values)
        else:
            text = _("承继单位“%(name)s”在本系统没有申报人员，请退回重拟，核对其同意文件。")
            yield Reason("paper_not_checked", text % values)


def agreements_are_on_file(doing: Doing) -> Iterable[Reason]:
    """The form's `agreements` holds papers of this case by the credit code of a successor without people here."""
    change, agreements = change_of(doing), doing.form.get("agreements") or {}
    awaited = {row.enterprise.uscc for row in successions.unrepresented(change)}
    for code, document in agreements.items():
        if code not in awaited or not successions.standing_paper(change, document):
            yield Reason("not_on_file", _("所选文件不在本件，或者该承继单位应自行表示同意。"))


by_who_did_not_put_forward = another_than_who_did(
    "put_succession_forward", _("拟定承继方案的人不能复核确认，须由另一人办理。")
)


def document_is_named(doing: Doing) -> Iterable[Reason]:
    """A change is confirmed by a list or notice with number and day; one may confirm several changes."""
    if not str(doing.form.get("document_number") or "").strip():
        yield Reason("document_number", _("请填写文号。"), "document_number")
    dated = doing.form.get("document_on")
    if dated is None or dated > today(doing):
        yield Reason("document_on", _("文件日期不能晚于今天。"), "document_on")
    elif dated < change_of(doing).occurred_on:
        yield Reason("document_on", _("文件日期不能早于变更日期。"), "document_on")


def document_is_own(doing: Doing) -> Iterable[Reason]:
    """A paper that is taken off belongs to the case and was put on by the same side."""
    row = doing.form.get("document")
    if row is None or not doing.case.documents.filter(pk=row.pk, removed_at=None).exists():
        yield Reason("document_gone", _("该文件不在卷中，或不是由您提交的。"))

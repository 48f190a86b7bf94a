"""Conditions of a recommendation for a national title; each yields every reason against the verb."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.clocks import DeadlineKind, is_past
from accreditation.errors import Reason
from accreditation.models import AuditEvent, Consultation, OutsideList, StoredFile
from accreditation.models.titles import STANDING
from accreditation.permissions import persons_behind
from accreditation.recommendation_words import Department, Position, ResultState
from accreditation.resting import basis, out_of_bounds
from accreditation.services import consultations, evaluation
from accreditation.services.outside_titles import would_come_back
from accreditation.services.reconsiderations import has_another_title
from accreditation.services.rule_sets import rule_text, rules_of
from criteria.evaluate import Evaluation
from criteria.exact import shown_text
from criteria.gates import GateOutcome, Outcome
from workflows.doing import Doing
from workflows.guards import needs_text, title_can_be_granted
from workflows.second_person import FOUR_EYES

LEAST_TEXT = 2
GRANTING = ("recognise_above", "correct_to_recognised")


def title_stands_alone(doing: Doing) -> Iterable[Reason]:
    """What is entered or comes back stands beside no other of its kind, with whoever holds it by now."""
    title = doing.application.title
    if title is None or not title.entered_wrongly:
        yield from title_can_be_granted(doing)
    elif would_come_back(title) and has_another_title(title):
        text = _("%(no)s：原称号现由%(holder)s持有，该单位已另有同类有效称号，不能恢复。")
        yield Reason("already_held", text % {"no": doing.case.number, "holder": title.holder})


def parent_is_named(doing: Doing) -> Iterable[Reason]:
    """A branch centre names a standing title of its parent; the parent is another enterprise."""
    under, parent = doing.batch.programme.branch_of, doing.application.parent_title
    if under is None:
        return
    if parent is None:
        yield Reason(
            "parent_needed", _("分中心申报须注明母公司的%(name)s。") % {"name": rule_text(under, "name")}, "parent"
        )
    elif parent.programme_id != under.pk or parent.state not in STANDING:
        yield Reason("parent_not_standing", _("所注明的母公司资格不在有效期内。"), "parent")


def parent_fits(doing: Doing) -> Iterable[Reason]:
    """Only in a batch for branch centres, only a standing title of another enterprise."""
    under, parent = doing.batch.programme.branch_of, doing.form.get("parent")
    if under is None:
        yield Reason("no_branches", _("本批次不受理分中心申报。"))
    elif parent is None or parent.programme_id != under.pk or parent.state not in STANDING:
        yield Reason("parent_not_standing", _("所注明的母公司资格不在有效期内。"), "parent")
    elif parent.holder_id == doing.application.enterprise_id:
        yield Reason("own_parent", _("申报单位不能以自己为母公司。"), "parent")


def conditions_are_failed(doing: Doing) -> Iterable[Reason]:
    """A failed condition of order 34; an initial score below the limit is no question of eligibility."""
    found = evaluation.verified_evaluation(doing.application)
    if found is None or not [gate for gate in found.failed_gates if not _is_score(doing, gate)]:
        yield Reason("no_failed_gate", _("按核定数据，没有不符合的申报条件。"))


def conditions_are_passed(doing: Doing) -> Iterable[Reason]:
    """Every binding condition except the initial score is decided and met."""
    found = evaluation.verified_evaluation(doing.application)
    if found is None:
        yield Reason("no_figures", _("没有可评价的数据。"))
        return
    for gate in (*found.failed_gates, *found.undetermined_gates):
        if not _is_score(doing, gate):
            is_failed = gate.outcome is Outcome.FAILED
            words = _("不符合申报条件：%(text)s") if is_failed else _("尚未核定：%(text)s")
            code = "gate_failed" if is_failed else "gate_open"
            yield Reason(code, words % {"text": rule_text(gate, "text")}, f"gate-{gate.code}")


def _is_score(doing: Doing, gate: GateOutcome) -> bool:
    limit = evaluation.initial_score_gate(rules_of(doing.batch))
    return limit is not None and limit.code == gate.code


def departments_are_named(doing: Doing) -> Iterable[Reason]:
    """All whom the rules of the batch name, others at will, none of them unknown."""
    asked = list(doing.form.get("departments") or [])
    missing = [department for department in doing.batch.departments if department not in asked]
    if not asked or not set(asked) <= set(Department.values):
        yield Reason("departments_needed", _("请选择会商部门。"), "departments")
    elif missing:
        text = _("按本批次的规则还须征求%(names)s的意见。") % {"names": consultations.names_of(missing)}
        yield Reason("departments_missing", text, "departments")


def answer_is_complete(doing: Doing) -> Iterable[Reason]:
    """An answer belongs to a question, says something, and bears a day that has come; a second one says why."""
    department = str(doing.form.get("department") or "")
    question = consultations.question_to(doing.application, department)
    if question is None:
        yield Reason("not_asked", _("没有征求过该部门的意见。"), "department")
    elif question.position and not str(doing.form.get("correction") or "").strip():
        yield Reason("answered_before", _("该部门的意见已登记；登记有误的，请写明更正的理由。"), "correction")
    if doing.form.get("position") not in Position.values:
        yield Reason("answer_needed", _("请选择部门意见。"), "position")
    yield from needs_text("text", _("部门意见内容"))(doing)
    if not _is_traceable(doing, question):
        yield Reason("letter_needed", _("请填写来文文号，或者上传来文。"), "document_number")
    dated = doing.form.get("dated")
    if not isinstance(dated, date):
        yield Reason("day_needed", _("请填写日期。"), "dated")
    else:
        asked = basis(_("征求意见之日"), question.asked_at if question else None)
        yield from out_of_bounds(dated, asked, "dated", at=doing.at)


def _is_traceable(doing: Doing, question: Consultation | None) -> bool:
    """An answer was given outside of the system: its letter has a number or is on file, here or from before."""
    if str(doing.form.get("document_number") or "").strip() or isinstance(doing.form.get("file"), StoredFile):
        return True
    keeps = question is not None and not doing.form.get("without_file")
    return keeps and question is not None and consultations.standing_letter(question) is not None


def consultation_is_over(doing: Doing) -> Iterable[Reason]:
    """All asked and answered; or the time limit is over and the office says why it goes on without the rest."""
    yield from _gaps(doing, silence_counts=False)


def consultation_may_end(doing: Doing) -> Iterable[Reason]:
    """The same; where the rules let the silence of a department that was asked count, no reason is needed for it."""
    yield from _gaps(doing, silence_counts=doing.batch.silence_counts)


def _gaps(doing: Doing, *, silence_counts: bool) -> Iterable[Reason]:
    """Departments that did not answer or were never asked, each by its name."""
    silent = [row.department for row in consultations.unanswered(doing.application)]
    unasked = consultations.not_asked(doing.application)
    clock = doing.case.deadlines.filter(kind=DeadlineKind.CONSULTATION).order_by("-pk").first()
    is_over = clock is None or is_past(clock.due_at, doing.at)
    says_why = len(str(doing.form.get("without_answer_for") or "").strip()) >= 2
    if silent and not is_over:
        text = _("%(names)s 尚未答复，会商期限未满。")
        yield Reason("answers_missing", text % {"names": consultations.names_of(silent)})
    elif silent and not silence_counts and not says_why:
        text = _("%(names)s 逾期未答复，规则未规定逾期视为无意见，请写明不等待其答复的理由。")
        yield Reason("text_needed", text % {"names": consultations.names_of(silent)}, "without_answer_for")
    if unasked and not (is_over and says_why):
        text = _("按本批次的规则须征求%(names)s的意见，尚未征求；会商期限届满后可写明理由继续办理。")
        yield Reason("not_all_asked", text % {"names": consultations.names_of(unasked)}, "without_answer_for")


def objections_are_answered(doing: Doing) -> Iterable[Reason]:
    """Where a department objects, the office says how it dealt with it."""
    objecting = doing.application.consultations.filter(position=Position.OBJECTS)
    if objecting.exists() and len(str(doing.form.get("objections_answered") or "").strip()) < 2:
        names = "、".join(str(row.get_department_display()) for row in objecting)
        text = _("%(names)s 有不同意见，请写明处理情况。") % {"names": names}
        yield Reason("text_needed", text, "objections_answered")


def score_reaches_limit(doing: Doing) -> Iterable[Reason]:
    """The initial score is known and not below the limit of the rule set."""
    score, limit = _score_and_limit(doing)
    if score is None:
        yield Reason("no_score", _("初评得分尚不能计算。"))
    elif limit is not None and score < limit:
        values = {"score": _shown(score), "limit": _shown(limit)}
        yield Reason("score_below", _("初评得分 %(score)s 分，低于推荐要求的 %(limit)s 分。") % values)


def score_is_below_limit(doing: Doing) -> Iterable[Reason]:
    """Only an initial score below the limit of the rule set ends a case at this desk."""
    score, limit = _score_and_limit(doing)
    if score is None or limit is None or score >= limit:
        yield Reason("score_not_below", _("初评得分达到推荐要求，不能以得分不足为由不予推荐。"))


def _score_and_limit(doing: Doing) -> tuple[Fraction | None, Fraction | None]:
    found: Evaluation | None = evaluation.verified_evaluation(doing.application)
    gate = evaluation.initial_score_gate(rules_of(doing.batch))
    limit = gate.limit.value if gate is not None and gate.limit is not None else None
    return (found.total if found else None), limit


def _shown(points: Fraction) -> str:
    return shown_text(points, 2)


def ranking_is_given(doing: Doing) -> Iterable[Reason]:
    """The frozen ranking of the batch holds a line of this application."""
    ranking = doing.form.get("ranking")
    if ranking is None or not ranking.lines.filter(application=doing.application).exists():
        yield Reason("no_ranking", _("本件不在已固定的排序中。"))


def recommendation_is_given(doing: Doing) -> Iterable[Reason]:
    """The letter belongs to the batch."""
    letter = doing.form.get("recommendation")
    if letter is None or letter.batch_id != doing.application.batch_id:
        yield Reason("no_recommendation", _("没有本批次的推荐文件。"))


def notice_from_above_is_given(doing: Doing) -> Iterable[Reason]:
    """The notice of the national authority belongs to the batch."""
    notice = doing.form.get("notice")
    if notice is None or notice.batch_id != doing.application.batch_id:
        yield Reason("no_notice_from_above", _("没有登记国家主管部门的文件。"))


def by_a_second_person_from_the_list(doing: Doing) -> Iterable[Reason]:
    """Form: entry, notice. What an officer read in the list takes effect by another one."""
    entry: OutsideList | None = doing.form.get("entry")
    if entry is None or not _says_so(entry, doing):
        yield Reason("no_list_entered", _("没有待核对的国家结果登记。"))
    elif {entry.recorded_by_id, entry.recorded_for_id} & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("国家结果须由登记人以外的另一人对照文件核对。"))


def _says_so(entry: OutsideList, doing: Doing) -> bool:
    """Whether it waits, rests on the notice of the form, and holds of the application what the verb does."""
    said = {"application": doing.application, "is_recognised": doing.verb.code in GRANTING}
    is_waiting = entry.state == ResultState.WAITING and entry.notice == doing.form.get("notice")
    is_of_kind = (entry.corrects_id is not None) == doing.verb.after_end  # what corrects comes after the end
    return is_waiting and is_of_kind and entry.lines.filter(**said).exists()


def public_notice_is_over(doing: Doing) -> Iterable[Reason]:
    """Form: notice, without_public_notice. The national list comes after the national notice (15 working days).

    The document rules: where no notice was entered, or the list bears an earlier day, the office says why.
    """
    notice, said = doing.form.get("notice"), str(doing.form.get("without_public_notice") or "").strip()
    if notice is None or len(said) >= LEAST_TEXT:
        return
    events = AuditEvent.objects.filter(chain=chain_key(doing.case), verb="note_public_notice_above")
    last = events.order_by("-seq").first()
    if last is None:
        yield Reason("no_public_notice", _("没有登记国家公示；未公示或未登记的，请写明原因。"), "without_public_notice")
    elif notice.dated <= date.fromisoformat(last.content["ends_on"]):
        text = _("国家公示至 %(day)s 止，文件的印发日期却不晚于该日；请核对，或写明原因。")
        yield Reason("public_notice_running", text % {"day": last.content["ends_on"]}, "without_public_notice")

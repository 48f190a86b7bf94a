"""The way of a case as sentences, newest first: each verb with the qualities of viewers that may read of it.

Names of experts reach nobody but the office and the auditor; nothing of who objected stands in any event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.audit import chain_key
from accreditation.choice_words import outcome_label
from accreditation.clocks import PauseGround
from accreditation.models import AuditEvent, Case
from accreditation.recommendation_words import Department, Position
from accreditation.services.bindings import Provable
from accreditation.services.rule_sets import rules_of
from accreditation.templatetags.dates import day_text, local
from accreditation.visibility import View, first_review_is_closed
from criteria.ruleset import RuleSet
from workflows.door import verb_label
from workflows.presentation import evaluation_trail as evaluations
from workflows.presentation import reexamination_trail as reexaminations
from workflows.presentation import timeline_figures, timeline_notices
from workflows.presentation import timeline_of_changes as of_changes
from workflows.presentation.further_returns import FURTHER_TELLERS
from workflows.presentation.hands import HAND_TELLERS
from workflows.presentation.objections import OBJECTION_TELLERS
from workflows.presentation.officer_recusals import RECUSAL_TELLERS
from workflows.presentation.provable import provable_name
from workflows.presentation.reconsideration_timeline import RECONSIDERATION_SAID
from workflows.presentation.recusal_requests import REQUEST_TELLERS
from workflows.presentation.seats import SHEET_VERBS
from workflows.presentation.timeline_readers import AUTHORITIES, READERS
from workflows.presentation.words import Words, amount, either, file_words, person_words, quoted, state_tone
from workflows.procedures import procedure_of
from workflows.subjects import subject_of_state

Content = Mapping[str, Any]
# Office under which an act is shown instead of the person's name.
BODIES = {
    "committee", "leading_group", "clock", "public", "publish", "publish_locally", "expert", "operator",
    "verifier",
}  # fmt: skip
OPENING = {"submit_review", "decline_sheet_aside", "withdraw_sheet_request"}  # the last of them opens the marks
MERGED = {"attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence"}


def timeline(case: Case, view: View, *, letter_address: str = "", limit: int = 0) -> list[Words]:
    """Entries of `timeline.html` that this quality of viewer may read, newest first; `limit` 0 gives all.

    `letter_address` is the URL name of a letter page taking (case number, letter number).
    """
    rules = rules_of(case.batch) if case.batch else None
    events = [
        event
        for event in AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq")
        if _reads(view, event) and not _is_early(view, event, case)
    ]
    entries = [_entry(case, view, run, rules, letter_address) for run in _runs(events)]
    newest_first = entries[::-1]
    return newest_first[:limit] if limit else newest_first


def named_to_party(case: Case) -> set[int]:
    """Accounts of those whose names the way of the case shows to its party, who dealt with it in an office."""
    events = AuditEvent.objects.filter(chain=chain_key(case)).exclude(acting_as__in=["applicant", *BODIES])
    shown = (each for each in events if _reads(View.APPLICANT, each) and not _opens_marks(each))
    return {each.by_id for each in shown if not _is_early(View.APPLICANT, each, case)} - {None}


def _reads(view: View, event: AuditEvent) -> bool:
    if _opens_marks(event):
        return True
    return view in READERS.get(event.verb, AUTHORITIES)


def _is_early(view: View, event: AuditEvent, case: Case) -> bool:
    """What the district verified is told to the applicant with its opinion, not before."""
    return view == View.APPLICANT and event.verb == "verify_value" and not first_review_is_closed(case.application)


def _opens_marks(event: AuditEvent) -> bool:
    """The last review in, or the last answer about a sheet, moves the case; everybody sees that, without who it was."""
    return event.verb in OPENING and event.state_before != event.state_after


def _runs(events: Iterable[AuditEvent]) -> list[list[AuditEvent]]:
    """Neighbouring small acts of one kind by one person are told in one entry."""
    runs: list[list[AuditEvent]] = []
    for event in events:
        last = runs[-1][-1] if runs else None
        same = last is not None and (last.verb, last.by_id) == (event.verb, event.by_id)
        if same and event.verb in MERGED:
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _entry(case: Case, view: View, run: list[AuditEvent], rules: RuleSet | None, letter_address: str) -> Words:
    event = run[-1]
    hidden = _opens_marks(event) and view not in AUTHORITIES
    letter = event.content.get("letter") if letter_address else None
    return {
        "verb": event.verb,
        "title": _("专家评审完成") if hidden else _title(case, event),
        "at": event.at,
        "by": _("评审组") if hidden else _who(event, view),
        "text": "" if hidden else _text(run, rules),
        "tone": _tone(event),
        "href": reverse(letter_address, args=[case.number, letter]) if letter else "",
        "link_text": _("查看文书") if letter else "",
    }


def _title(case: Case, event: AuditEvent) -> str:
    if event.verb == "open":
        return _("创建申报") if case.batch_id else str(procedure_of(case).flow.instance.node("start").task_title)
    if event.verb == "recompute_deadline":
        return _("按新公布的工作日历重算期限")
    if event.verb in ("submit", "correct"):
        values = {"verb": verb_label(case, event.verb), "n": event.content.get("submission", 1)}
        return _("%(verb)s（第 %(n)s 版）") % values
    return verb_label(case, event.verb)


def _who(event: AuditEvent, view: View) -> str | SafeString:
    if event.acting_as in BODIES and not (event.acting_as == "expert" and view in AUTHORITIES):
        return {
            "committee": _("评审委员会"),
            "leading_group": _("认定领导小组"),
            "clock": _("系统"),
            "public": _("署名异议人"),
            "publish": _("发布人"),
            "publish_locally": _("发布人"),
            "expert": _("评审专家"),
            "operator": _("系统"),
            "verifier": _("核查机构"),
        }[event.acting_as]
    return person_words(event)


def _tone(event: AuditEvent) -> str:
    if event.state_before != event.state_after and subject_of_state(event.state_after):
        return state_tone(event.state_after)
    return "grey"


# --- what the content of an entry says --------------------------------------------------------------------------
def _text(run: list[AuditEvent], rules: RuleSet | None) -> str | SafeString:
    if len(run) > 1:
        return _("共 %(n)d 项") % {"n": len(run)}
    event = run[0]
    teller = TELLERS.get(event.verb)
    return teller(event.content, rules) if teller else ""


def _upload(content: Content, rules: RuleSet | None) -> str:
    if content.get("accepted"):
        return _("第 %(n)s 次上传，读取通过。") % {"n": content.get("upload")}
    return _("第 %(n)s 次上传，有错误，未采用。") % {"n": content.get("upload")}


def _file(content: Content, rules: RuleSet | None) -> str | SafeString:
    kinds = {kind.code: either(kind, "name") for kind in rules.evidence} if rules else {}
    kind = kinds.get(content.get("kind", ""), "")
    return format_html(_("{kind}：{name}"), kind=kind, name=file_words(content.get("name", "")))


def _binding(content: Content, rules: RuleSet | None) -> str | SafeString:
    provable = Provable(content["target"], content["code"], content["year"], content["line"])
    name = provable_name(provable, rules) if rules else provable.key
    return format_html(
        _("{name}：{file} 第 {page} 页"), name=name, file=file_words(content["name"]), page=content["page"]
    )


def _filed(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("内容校验值 <code>{digest}…</code>"), digest=str(content.get("content_sha256", ""))[:16])


def _reasons(name: str) -> Callable[[Content, RuleSet | None], str | SafeString]:
    def tell(content: Content, rules: RuleSet | None) -> str | SafeString:
        text = content.get(name)
        return quoted(text) if text else ""

    return tell


def _gate(content: Content, rules: RuleSet | None) -> SafeString:
    gates = {gate.code: either(gate, "text") for gate in rules.gates} if rules else {}
    outcome = _("符合") if content.get("is_met") else _("不符合")
    text = gates.get(content.get("gate", ""), "")
    said = format_html("{}{}{}{}", text, _("："), outcome, _("。"))
    return format_html("{}{}", said, quoted(content.get("reason")))


def _value(content: Content, rules: RuleSet | None) -> SafeString:
    spec = rules.fields.get(content.get("code", "")) if rules else None
    year = _("（%(year)s 年）") % {"year": content["year"]} if content.get("year") else ""
    name = either(spec, "name") if spec else content.get("code", "")
    shown = amount(Fraction(content["value"]), spec.unit) if spec else str(content.get("value"))
    text = format_html(_("{name}{year} 核定为 {value}。"), name=name, year=year, value=shown)
    return format_html("{}{}", text, quoted(content.get("reason")))


def _drawn(content: Content, rules: RuleSet | None) -> SafeString:
    record = content["draw"]
    words = {"n": len(record["seats"]), "m": len(record["candidates"]), "k": len(record["barred"])}
    said = _("从 %(m)d 名专家中抽取 %(n)d 名，%(k)d 名未参加抽取。") % words
    return format_html(_("{said}种子校验值 <code>{digest}…</code>"), said=said, digest=record["commitment"][:16])


def _fixed(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("种子校验值 <code>{digest}…</code>"), digest=content["draw_commitment"][:16])


def _returned(content: Content, rules: RuleSet | None) -> str | SafeString:
    said = _("须补正 %(n)d 项，详见告知书。") % {"n": len(content.get("points", []))}
    if (name := content.get("countersigned_by")) is None:
        return said
    return format_html("{}{}", said, format_html(_("再次退回经 {name} 书面同意。"), name=quoted(name)))


def _failed_gates(content: Content, rules: RuleSet | None) -> SafeString:
    texts = {gate.code: either(gate, "text") for gate in rules.gates} if rules else {}
    return format_html_join(_("；"), "{}", ((texts.get(code, code),) for code in content.get("gates", [])))


def _decided(content: Content, rules: RuleSet | None) -> str | SafeString:
    label = outcome_label(content.get("outcome", ""), of=content.get("of", ""))
    reasons = content.get("reasons")
    return format_html("{}{}{}", label, _("。"), quoted(reasons)) if reasons else label


def _visited(content: Content, rules: RuleSet | None) -> SafeString:
    outcome = _("与申报材料相符") if content.get("is_confirmed") else _("与申报材料不符")
    day = date_format(date.fromisoformat(content["visited_on"]))
    said = format_html(_("{day}，{outcome}。"), day=day, outcome=outcome)
    return format_html("{}{}", said, quoted(content.get("findings")))


def _paused(content: Content, rules: RuleSet | None) -> str | SafeString:
    return format_html("{}{}{}", PauseGround(content["ground"]).label, _("。"), quoted(content.get("remark")))


def _paper(content: Content, rules: RuleSet | None) -> str | SafeString:
    return format_html(_("{kind}：{name}"), kind=quoted(content.get("purpose", "")), name=file_words(content["name"]))


def _hearing(content: Content, rules: RuleSet | None) -> str | SafeString:
    said = format_html("{} {}", content.get("hearing_on", ""), quoted(content.get("hearing_place")))
    if not content.get("late_reason"):
        return said
    return format_html("{} {}{}", said, _("逾期举行的理由："), quoted(content["late_reason"]))


def _asked(content: Content, rules: RuleSet | None) -> str:
    return _names_of(content.get("departments", []))


def _names_of(departments: Iterable[str]) -> str:
    return str(_("、")).join(str(Department(code).label) for code in departments)


def _answered(content: Content, rules: RuleSet | None) -> SafeString:
    department, position = Department(content["department"]).label, Position(content["position"]).label
    said = format_html("{}{}{}{}{}", department, _("："), position, _("。"), quoted(content.get("text")))
    said = format_html("{}{}", said, _letter_link(_("来文"), content))
    if not content.get("correction"):
        return said
    said = format_html("{} {}{}{}", said, _("更正原来的登记"), _("："), quoted(content["correction"]))
    return format_html("{}{}", said, _letter_link(_("撤下的来文"), content.get("replaced", {})))


def _letter_link(label: str, content: Content) -> SafeString:
    """The file of a department's letter; it stays where a correction took it away."""
    if not content.get("department_letter"):
        return format_html("")
    href = reverse("department_letter", args=[content["department_letter"]])
    return format_html(' {}{}<a href="{}">{}</a>', label, _("："), href, quoted(content["file_name"]))


def _scored(content: Content, rules: RuleSet | None) -> str:
    return _("初评得分 %(points)s。") % {"points": amount(Fraction(content["score"]), "point")} + _silence(content)


def _silence(content: Content) -> str:
    """Which departments let their time pass, and which were never asked, by name."""
    told = {"silent": _("逾期未答复：%(names)s。"), "not_asked": _("未征求意见：%(names)s。")}
    said = [text % {"names": _names_of(content[key])} for key, text in told.items() if content.get(key)]
    return "".join(said)


def _accepted_by_silence(content: Content, rules: RuleSet | None) -> str:
    received = local(datetime.fromisoformat(content["accepted_from"])).date()
    return _("受理期限内没有答复，自%(day)s收到材料之日起视为受理。") % {"day": day_text(received)}


def _and_silence(name: str) -> Callable[[Content, RuleSet | None], str | SafeString]:
    def tell(content: Content, rules: RuleSet | None) -> SafeString:
        return format_html("{}{}", quoted(content.get(name) or ""), _silence(content))

    return tell


def _placed(content: Content, rules: RuleSet | None) -> str:
    return _("排序 %(no)s 第 %(place)d 位。") % {"no": content["ranking"], "place": content["place"]}


TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = {
    "upload_workbook": _upload,
    "attach_evidence": _file,
    "drop_evidence": _file,
    "bind_evidence": _binding,
    "unbind_evidence": _binding,
    "submit": _filed,
    "correct": _filed,
    "answer_gate": _gate,
    "verify_value": _value,
    "propose_value": _value,
    "adopt_value": _value,
    "return_for_correction": _returned,
    "let_acceptance_pass": _accepted_by_silence,
    "find_ineligible": _failed_gates,
    "decline": _reasons("reasons"),
    "forward": _reasons("opinion"),
    "call_in": _reasons("reason"),
    "pass_material_check": _reasons("opinion"),
    "record_site_visit": _visited,
    "recommend": _reasons("opinion"),
    "not_recommend": _reasons("opinion"),
    "pass_completeness_check": _reasons("opinion"),
    "fix_seed": _fixed,
    "draw_panel": _drawn,
    "recuse": _reasons("tie"),
    "order_recusal": _reasons("tie"),
    **dict.fromkeys(("table_again", "change_edition", *SHEET_VERBS), _reasons("reason")),
    **dict.fromkeys(("decline_upholding", "withdraw_upholding"), _reasons("reason")),
    "propose": _decided,
    "refuse": _decided,
    "postpone": _decided,
    **dict.fromkeys(
        ("propose_upholding", "uphold_objection", "take_off_notice", "end_as_held", "end_as_barred"),
        _reasons("reasons"),
    ),
    "dismiss_objection": timeline_notices.dismissed,
    "extend_notice": timeline_notices.extended,
    **dict.fromkeys(("pause_clock", "pause_experts", "pause_order", "suspend_reconsideration"), _paused),
    **HAND_TELLERS,
    **FURTHER_TELLERS,
    **RECUSAL_TELLERS,
    **REQUEST_TELLERS,
    **dict.fromkeys(
        ("add_document", "drop_document", "add_own_document", *of_changes.PAPERS, *reexaminations.PAPERS), _paper
    ),
    **{verb: _reasons(words) for verb, words in [*of_changes.WORDS.items(), *reexaminations.WORDS.items()]},
    "decline_succession": of_changes.declined,
    "defend": _reasons("statement"),
    "ask_for_hearing": _reasons("statement"),
    "withdraw_request": _reasons("reason"),
    "call_hearing": _hearing,
    "make_order": _reasons("reasons"),
    "record_notice": _reasons("notice"),
    **dict.fromkeys(("drop_proceeding", "reopen_request"), _reasons("reason")),
    "refuse_order": _reasons("reason"),
    **{verb: _reasons(name) for verb, name in RECONSIDERATION_SAID.items()},
    "ask_departments": _asked,
    "record_answer": _answered,
    "conclude_consultation": _and_silence("opinion"),
    "correct_entry": _reasons("corrected"),
    "adopt_initial_score": _scored,
    "score_at_check": _scored,
    "not_recommend_below_limit": _and_silence("reasons"),
    "enter_ranking": _placed,
    "call_up": _reasons("document"),
    "recommend_upward": _reasons("recommendation"),
    "note_public_notice_above": timeline_notices.noticed,
    "recognise_above": _reasons("notice"),
    "pass_over_above": _reasons("notice"),
    **dict.fromkeys(("correct_to_recognised", "correct_to_passed_over"), _reasons("reason")),
    **evaluations.TELLERS,
    **timeline_figures.TELLERS,
    **OBJECTION_TELLERS,
}

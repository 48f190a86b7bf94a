"""What is told of reconsiderations."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

OF_RECONSIDERATIONS: Mapping[str, Sentence] = {
    # --- an opening that served nothing
    "opening_correction_proposed": Sentence(
        _("打开记录的更正待核对"),
        _("同事提请将文书 %(number)s 的首次打开记录更正为未送达，请另一人核对。"),
        "letter_delivery",
        "number",
    ),
    "opening_correction_confirmed": Sentence(
        _("打开记录已更正"),
        _("您提请的更正已由另一人确认：文书 %(number)s 的首次打开不再计为送达，请另行送达。"),
        "letter_delivery",
        "number",
    ),
    "opening_correction_declined": Sentence(
        _("打开记录的更正未予确认"),
        _("您对文书 %(number)s 打开记录提请的更正未予确认。理由：%(reason)s"),
        "letter_delivery",
        "number",
    ),
    # --- a challenge
    "accept_reconsideration": Sentence(_("复议申请已受理"), _("办件 %(case)s：复议申请已受理，待被申请人答复。")),
    "decline_reconsideration": Sentence(_("复议申请不予受理"), _("办件 %(case)s 的复议申请不予受理，理由见决定书。")),
    "ask_for_supplement": Sentence(
        _("复议申请须补正"), _("办件 %(case)s 的复议申请须补正，事项和期限见补正通知书；逾期未补正的，视为放弃。")
    ),
    "prolong_supplement": Sentence(
        _("补正期限延长"), _("办件 %(case)s 的复议申请补正期限已延长，新的期限见通知书；逾期未补正的，视为放弃。")
    ),
    "supplement_reconsideration": Sentence(_("复议申请已补正"), _("办件 %(case)s 的复议申请已补正，请重新审查。")),
    "let_supplement_pass": Sentence(
        _("复议申请视为放弃"), _("办件 %(case)s 补正期限届满未补正，视为放弃复议申请，案件终止。")
    ),
    "let_examination_pass": Sentence(
        _("复议申请视为受理"),
        _("办件 %(case)s 的审查期限届满，未作出不予受理决定，依法视为受理，待被申请人答复。"),
    ),
    "answer_challenge": Sentence(_("被申请人已答复"), _("办件 %(case)s 的被申请人已提交书面答复。")),
    "let_answer_pass": Sentence(_("被申请人答复期满"), _("办件 %(case)s 的被申请人答复期已满。")),
    "stay_execution": Sentence(_("停止执行"), _("办件 %(case)s：已决定停止执行原行为。")),
    "suspend_reconsideration": Sentence(_("复议中止"), _("办件 %(case)s 的复议已中止，事由见告知书。")),
    "resume_reconsideration": Sentence(_("复议恢复"), _("办件 %(case)s 的复议已恢复审理，新的期限见告知书。")),
    "prolong_reconsideration": Sentence(_("复议期限延长"), _("办件 %(case)s 的复议期限已延长，理由见通知书。")),
    "propose_decision": Sentence(_("待作出复议决定"), _("办件 %(case)s 已拟定复议决定，请审核。")),
    "send_back_proposal": Sentence(_("复议决定退回"), _("办件 %(case)s 的拟定决定已退回，请重新审理。")),
    "decide_reconsideration": Sentence(_("复议决定已作出"), _("办件 %(case)s 已作出复议决定，内容见决定书。")),
    "withdraw_reconsideration": Sentence(_("复议申请已撤回"), _("办件 %(case)s 的复议申请已撤回，案件终止。")),
}

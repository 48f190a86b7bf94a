"""What is told of hearings on objections and of entries that an applicant wants off a notice."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

OF_OBJECTIONS: Mapping[str, Sentence] = {
    "ask_for_statement": Sentence(
        _("请就异议陈述"), _("办件 %(case)s 公示期间收到异议，请在期限内就所涉事实陈述意见，事实和期限见办件页面。")
    ),
    "state_on_objection": Sentence(
        _("收到异议陈述"), _("办件 %(case)s 的申报单位已就异议提交陈述；陈述期限届满前仍可补充。")
    ),
    "end_statement_time": Sentence(_("异议陈述期满"), _("办件 %(case)s 的异议陈述期限已满，请办理异议。")),
    "propose_upholding": Sentence(
        _("提请认定异议成立"), _("办件 %(case)s 有人提请认定异议成立，请另一人决定是否确认，见异议页面。")
    ),
    "upholding_confirmed": Sentence(
        _("异议成立已获确认"), _("您在办件 %(case)s 提请认定成立的异议已由另一人确认。")
    ),
    "decline_upholding": Sentence(
        _("认定异议成立未获同意"), _("办件 %(case)s 认定异议成立的提请未获同意，请继续核查，理由见异议页面。")
    ),
    "withdraw_upholding": Sentence(
        _("认定异议成立的提请已撤回"), _("办件 %(case)s 认定异议成立的提请已由提请人撤回，无须答复，理由见异议页面。")
    ),
    "propose_reopening": Sentence(
        _("提请重新审议"), _("办件 %(case)s 审议通过后发现可能影响结论的事实，拟退回重新审议；事实和陈述期限见告知书。")
    ),
    "state_on_reopening": Sentence(
        _("收到重新审议陈述"), _("办件 %(case)s 的申报单位已就重新审议提交陈述；陈述期限届满前仍可补充。")
    ),
    "end_reopening_time": Sentence(
        _("重新审议陈述期满"), _("办件 %(case)s 的重新审议陈述期限已满，请提请人以外的另一人答复。")
    ),
    "return_to_committee": Sentence(
        _("已退回重新审议"), _("办件 %(case)s 已退回重新审议，由下一次会议另行作出决定，理由见告知书。")
    ),
    "drop_reopening": Sentence(
        _("不予重新审议"), _("办件 %(case)s 不予重新审议，按原决定继续办理，理由见告知书。")
    ),
    "withdraw_reopening": Sentence(
        _("重新审议的提请已撤回"), _("办件 %(case)s 重新审议的提请已由提请人撤回，按原决定继续办理，理由见告知书。")
    ),
    "reopening_answered": Sentence(
        _("重新审议的提请已有答复"), _("您在办件 %(case)s 提请的重新审议已由另一人答复，见办件页面。")
    ),
    "give_up": Sentence(_("申报已撤回"), _("办件 %(case)s 审议通过后由申报单位撤回，不再认定。")),
    "waive_notice": Sentence(
        _("申请撤下公示名单"), _("办件 %(case)s 的申报单位申请撤下公示名单，请公布调整通知。")
    ),
}  # fmt: skip

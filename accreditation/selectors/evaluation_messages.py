"""What is told of the evaluation of titles, from the call to the rectification."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

OF_EVALUATIONS: Mapping[str, Sentence] = {
    "earlier_result_to_confirm": Sentence(
        _("以往评价结果待您核对"),
        _("批次 %(batch)s 登记了 %(year)s 年度的评价结果（%(number)s），请对照文件确认或不予确认；确认前不生效。"),
    ),
    "earlier_result_confirmed": Sentence(
        _("以往评价结果已确认"), _("您为批次 %(batch)s 登记的 %(year)s 年度评价结果（%(number)s）已由另一人确认。")
    ),
    "earlier_result_declined": Sentence(
        _("以往评价结果未予确认"),
        _("您为批次 %(batch)s 登记的 %(year)s 年度评价结果（%(number)s）未予确认，理由见办理页面，可以重新登记。"),
    ),
    "evaluation_called": Sentence(
        _("评价通知"),
        _("您单位的称号 %(title)s 应参加 %(year)s 年度评价，请于 %(closes_at)s 前报送评价材料。"),
        "my_new",
    ),
    "evaluation_exempt": Sentence(
        _("不参加本次评价"), _("您单位的称号 %(title)s 不需要参加 %(year)s 年度评价，理由见称号页面。"), "my_cases"
    ),
    "evaluation_late": Sentence(
        _("逾期未报送评价材料"),
        _("您单位的称号 %(title)s 未在期限内报送 %(year)s 年度评价材料，已列入逾期名单；认定机关可以据此立案处理。"),
        "my_cases",
    ),
    "report_evaluation": Sentence(_("区级初审完成"), _("办件 %(case)s 已由区主管部门初审上报，进入市级核查。")),
    "fix_result": Sentence(_("评价材料核查完毕"), _("办件 %(case)s 已核查完毕，提请评审委员会审定评价结果。")),
    "fix_local_result": Sentence(_("评价材料核查完毕"), _("办件 %(case)s 已核查完毕，提请认定领导小组审定评价结果。")),
    "adopt_result": Sentence(_("评价结果已审定"), _("办件 %(case)s 的评价结果已审定，待公示。")),
    "check_result_again": Sentence(
        _("评价结果退回核查"), _("办件 %(case)s 的评价结果经审议退回核查，理由见办件页面。")
    ),
    "postpone_result": Sentence(_("暂缓审定评价结果"), _("办件 %(case)s 的评价结果暂缓审定，须提请下次会议。")),
    "reopen_result": Sentence(_("异议成立，重新核查"), _("办件 %(case)s 的异议经核查成立，评价结果将重新核查。")),
    "announce_result": Sentence(_("评价结果已公布"), _("办件 %(case)s 的评价结果已公布，见评价结果通知书。")),
    "report_rectification": Sentence(_("整改情况已报告"), _("办件 %(case)s 已报告整改情况，等待核查。")),
    "miss_rectification": Sentence(_("整改期限届满"), _("办件 %(case)s 逾期未报告整改情况，警告保持有效。")),
    "accept_rectification": Sentence(_("整改合格"), _("办件 %(case)s 经核查整改合格，警告已解除。")),
    "find_unrectified": Sentence(_("整改不合格"), _("办件 %(case)s 经核查整改不合格，理由和救济途径见告知书。")),
}

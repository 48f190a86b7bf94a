"""In-site messages: whose, how many unread, and the sentence, made when it is read in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import DISTRICTS
from accreditation.models import Message, User
from accreditation.permissions import Person
from accreditation.roles import DELEGABLE, ROLES, Power, Role
from accreditation.selectors.batch_messages import BATCHES_AND_CALENDAR
from accreditation.selectors.evaluation_messages import OF_EVALUATIONS
from accreditation.selectors.goal_messages import OF_GOALS
from accreditation.selectors.granting import body_of_code
from accreditation.selectors.objection_messages import OF_OBJECTIONS
from accreditation.selectors.reconsideration_messages import OF_RECONSIDERATIONS
from accreditation.selectors.recusal_messages import OF_RECUSALS
from accreditation.selectors.sentences import (
    CERTIFICATES_AGAIN,
    CORRECTIONS,
    DESIGNATIONS,
    EDITIONS,
    SHEETS_ASIDE,
    SUCCESSIONS,
    Sentence,
)
from accreditation.selectors.title_messages import OF_TITLES

CASE_ADDRESS = "case"  # URL name of the page that leads each reader to the own view of a case


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is read: title, text, address to go on (empty when there is none)."""

    title: str
    text: str
    href: str


SENTENCES: Mapping[str, Sentence] = {
    # --- accounts, members, roles
    "member_requested": Sentence(
        _("成员申请待核验"), _("%(person)s 申请代表“%(enterprise)s”办理事项，请核验授权证明。"), "members"
    ),
    "member_confirmed": Sentence(
        _("成员申请已通过"), _("您代表“%(enterprise)s”办理事项的授权已核验通过，可以开始申报。"), "org_members"
    ),
    "member_rejected": Sentence(
        _("成员申请未通过"), _("您就统一社会信用代码 %(uscc)s 提出的申请未通过核验。理由：%(reason)s"), "register"
    ),
    "member_administrator": Sentence(
        _("您已成为单位管理员"), _("您现在是“%(enterprise)s”的管理员，可以核验、邀请和解除成员。"), "org_members"
    ),
    "member_ended": Sentence(_("成员关系已解除"), _("您与“%(enterprise)s”的成员关系已解除。理由：%(reason)s")),
    "role_granted": Sentence(_("已授予角色"), _("您已被授予角色：%(role)s%(district)s。"), "account_security"),
    "grant_proposed": Sentence(
        _("授予角色待您复核"), _("提请授予 %(person)s 角色：%(role)s%(district)s，请复核。"), "grants"
    ),
    "grant_declined": Sentence(
        _("角色未予授予"), _("您提请授予 %(person)s 的角色未予授予：%(role)s%(district)s。理由：%(reason)s"), "grants"
    ),
    "role_revoked": Sentence(_("已撤销角色"), _("您的角色已被撤销：%(role)s%(district)s。"), "account_security"),
    "powers_delegated": Sentence(
        _("您受托代办"), _("%(person)s 委托您代办：%(powers)s，自 %(starts_at)s 起至 %(ends_at)s 止。"), "delegations"
    ),
    "delegation_revoked": Sentence(
        _("代办已收回"), _("%(person)s 与您之间的代办已提前结束：%(powers)s。"), "delegations"
    ),
    "second_factor_cleared": Sentence(
        _("动态验证码已重置"), _("安全管理员已重置您的动态验证码，下次登录时请重新设置。"), "account_security"
    ),
    # --- the way of a case
    "workbook_accepted": Sentence(_("数据表读取通过"), _("办件 %(case)s 的数据表已读取完毕并采用，请核对条件和得分。")),
    "workbook_faulty": Sentence(_("数据表有错误"), _("办件 %(case)s 的数据表已读取完毕，有错误需改正，没有采用。")),
    "workbook_refused": Sentence(
        _("数据表未能读取"), _("办件 %(case)s 的文件“%(name)s”未能读取，也没有保存，原因见办件的数据表页面。")
    ),
    "submit": Sentence(_("申报已提交"), _("办件 %(case)s 已提交，等待审核。")),
    "call_in": Sentence(_("已由认定机构调取办理"), _("办件 %(case)s 未经街镇（园区）转报，已由认定机构直接调取办理。")),
    "forward": Sentence(_("已审核转报"), _("办件 %(case)s 已由街镇（园区）审核转报，进入材料审核。")),
    "pass_material_check": Sentence(_("材料审核通过"), _("办件 %(case)s 已通过材料审核，将组织专家实地核查。")),
    "record_site_visit": Sentence(_("实地核查已登记"), _("办件 %(case)s 的实地核查已登记，进入专家复评。")),
    "correct": Sentence(_("补正已提交"), _("办件 %(case)s 的补正材料已提交。")),
    "values_ended": Sentence(_("须重新核定"), _("办件 %(case)s 已补正，补正前核定的 %(count)s 项数据不再采用。")),
    "withdraw": Sentence(_("申报已撤回"), _("办件 %(case)s 已由申报单位撤回。")),
    "lapse": Sentence(_("逾期未补正"), _("办件 %(case)s 逾期未补正，程序已终止。")),
    "accept": Sentence(_("申报已受理"), _("办件 %(case)s 已受理。")),
    "let_acceptance_pass": Sentence(
        _("申报视为受理"), _("办件 %(case)s 在受理期限内没有答复，自收到材料之日起视为受理，见受理通知书。")
    ),
    "decline": Sentence(_("申报不予受理"), _("办件 %(case)s 不予受理，理由见决定书。")),
    "verify_value": Sentence(_("数据已核定"), _("办件 %(case)s 有一项数据经核定，依据见办件页面。")),
    "return_for_correction": Sentence(_("申报退回补正"), _("办件 %(case)s 已退回补正，请在期限内按告知书逐项补正。")),
    "pause_clock": Sentence(_("办理时限中止"), _("办件 %(case)s 的办理时限已中止，事由见告知书。")),
    "resume_clock": Sentence(_("办理时限恢复"), _("办件 %(case)s 的办理时限已恢复计算。")),
    "find_ineligible": Sentence(_("不符合申报条件"), _("办件 %(case)s 经审查不符合申报条件，理由见告知书。")),
    "recommend": Sentence(_("区级初审通过"), _("办件 %(case)s 已由区主管部门推荐，进入市级形式审查。")),
    "not_recommend": Sentence(_("区级不予推荐"), _("办件 %(case)s 未获区主管部门推荐，理由见告知书。")),
    "pass_completeness_check": Sentence(_("形式审查通过"), _("办件 %(case)s 已通过市级形式审查。")),
    "appoint_panel": Sentence(_("评审组已组成"), _("办件 %(case)s 的评审组已组成，进入专家评审。")),
    "panel_appointed": Sentence(_("评审任务"), _("您已被选为办件 %(case)s 的评审专家，请打开办件声明有无利害关系。")),
    "recusal_ordered": Sentence(
        _("您已回避"),
        _("您与办件 %(case)s 的申报单位有利害关系，已被责令回避，不再参加该件评审。"),
        "expert_history",
    ),
    "recuse": Sentence(_("专家申请回避"), _("办件 %(case)s 有专家申请回避，请递补。")),
    **SHEETS_ASIDE,
    "submit_review": Sentence(_("专家已提交评审"), _("办件 %(case)s 有一位专家提交了评审意见。")),
    "adopt_value": Sentence(_("核定值已采纳"), _("办件 %(case)s 采纳了一项专家建议的核定值。")),
    "propose": Sentence(_("拟予认定"), _("办件 %(case)s 经审议拟予认定，待公布程序完成后生效。")),
    "refuse": Sentence(
        pgettext_lazy("状态", "不予认定"), _("办件 %(case)s 经综合评审不予认定，理由和救济途径见决定书。")
    ),
    "postpone": Sentence(pgettext_lazy("状态", "暂缓认定"), _("办件 %(case)s 经综合评审暂缓认定，理由见告知书。")),
    "table_again": Sentence(pgettext_lazy("状态", "重新提请审议"), _("办件 %(case)s 已重新提请审议。")),
    "publish_notice": Sentence(_("已公示"), _("办件 %(case)s 已列入公示名单。")),
    "raise_objection": Sentence(_("收到异议"), _("办件 %(case)s 在公示期内收到署名异议，请核查。")),
    "extend_notice": Sentence(_("公示延长"), _("办件 %(case)s 的公示期因异议延长。")),
    "dismiss_objection": Sentence(_("异议不成立"), _("办件 %(case)s 的异议经核查不成立。")),
    "uphold_objection": Sentence(_("异议成立"), _("办件 %(case)s 的异议经核查成立，不予认定，理由见决定书。")),
    "end_as_held": Sentence(
        _("已持有资格，终结办理"), _("办件 %(case)s 因申报单位已持有所申报的资格，终结办理，见告知书。")
    ),
    "end_as_barred": Sentence(
        _("不得申报，终结办理"), _("办件 %(case)s 因申报单位在期限内不得申报本项目，终结办理，理由见决定书。")
    ),
    "complete_notice": Sentence(_("公示期满"), _("办件 %(case)s 公示期满，待公布。")),
    "announce": Sentence(_("已公布认定"), _("办件 %(case)s 已公布认定。")),
    "certify": Sentence(_("证书已制发"), _("办件 %(case)s 的证书已签发，可以下载。")),
    # --- reminders
    "deadline_moved": Sentence(_("时限改期"), _("工作日有变，办件 %(case)s 的%(clock)s改于 %(due_at)s 届满。")),
    "remind_ahead": Sentence(
        _("办理时限将到"), _("办件 %(case)s 的%(clock)s将于 %(due_at)s 届满，还剩 %(left)s 个工作日，请及时办理。")
    ),
    "remind_last_day": Sentence(_("办理时限今日届满"), _("办件 %(case)s 的%(clock)s今日届满，请今日办理。")),
    "remind_overdue": Sentence(
        _("办理已超期"), _("办件 %(case)s 的%(clock)s已于 %(due_at)s 届满，超期 %(over)s 个工作日，请立即办理。")
    ),
    "escalate_overdue": Sentence(
        _("超期督办"), _("办件 %(case)s 的%(clock)s已于 %(due_at)s 届满，超期 %(over)s 个工作日，请督促办理。")
    ),
    **OF_GOALS,
    **CERTIFICATES_AGAIN,
    **CORRECTIONS,
    **SUCCESSIONS,
    **DESIGNATIONS,
    **EDITIONS,
    **BATCHES_AND_CALENDAR,
    **OF_RECONSIDERATIONS,
    **OF_RECUSALS,
    "further_return_asked": Sentence(
        _("再次退回待您答复"), _("%(person)s 提请再次退回办件 %(case)s，请书面答复同意或者不同意。")
    ),
    "further_return_allowed": Sentence(
        _("再次退回已获同意"), _("%(person)s 同意再次退回办件 %(case)s，请按同意的内容办理。理由：%(reason)s")
    ),
    "further_return_refused": Sentence(
        _("再次退回未获同意"), _("%(person)s 不同意再次退回办件 %(case)s。理由：%(reason)s")
    ),
    "case_handed_over": Sentence(_("办件转交承办"), _("办件 %(case)s 已由 %(person)s 转交 %(to)s 承办。")),
    "bulk_proposed": Sentence(
        _("批量决定待您确认"),
        _("%(person)s 提出批量决定 %(number)s，共 %(cases)s 件，请确认或者不予确认。"),
        "bulk_report",
        "number",
    ),
    "bulk_declined": Sentence(
        _("批量决定未予确认"),
        _("%(person)s 未确认您提出的批量决定 %(number)s。理由：%(reason)s"),
        "bulk_report",
        "number",
    ),
    "bulk_done": Sentence(
        _("批量决定已办完"),
        _("您提出的批量决定 %(number)s 已办完：已办理 %(done)s 件，未能办理 %(refused)s 件。"),
        "bulk_report",
        "number",
    ),
    # --- proceedings over titles
    "notify_holder": Sentence(
        _("处理事先告知"), _("办件 %(case)s：认定机关拟对您单位的称号作出处理，请在期限内陈述申辩或申请听证。")
    ),
    "submit_for_order": Sentence(_("待作出决定"), _("办件 %(case)s 已提请决定。")),
    "defend": Sentence(_("收到陈述申辩"), _("办件 %(case)s 的持有单位已提交陈述申辩；期限届满前仍可补充或申请听证。")),
    "ask_for_hearing": Sentence(_("收到听证申请"), _("办件 %(case)s 的持有单位申请听证，请组织。")),
    "let_defence_pass": Sentence(_("陈述申辩期满"), _("办件 %(case)s 的陈述申辩期已满，待作出决定。")),
    "call_hearing": Sentence(_("听证通知"), _("办件 %(case)s 将举行听证，时间地点见听证通知书。")),
    "hold_hearing": Sentence(_("听证已举行"), _("办件 %(case)s 已举行听证，待作出决定。")),
    **OF_TITLES,
    **OF_OBJECTIONS,
    "make_order": Sentence(_("处理决定已作出"), _("办件 %(case)s 已作出处理决定，内容和救济途径见决定书。")),
    "drop_proceeding": Sentence(_("终止处理"), _("办件 %(case)s 已终止处理，理由见告知书。")),
    "refuse_order": Sentence(_("不作处理"), _("办件 %(case)s 已决定不作处理。")),
    "take_effect": Sentence(_("处理决定生效"), _("办件 %(case)s 的处理决定自今日起生效。")),
    "end_suspension": Sentence(_("暂停期满"), _("办件 %(case)s 规定的暂停期已满，称号恢复有效。")),
    # --- changes after the grant
    "submit_change": Sentence(_("收到变更申请"), _("办件 %(case)s：持有单位申请变更，请审核。")),
    "withdraw_change": Sentence(_("变更已撤回"), _("办件 %(case)s：持有单位已撤回变更申请。")),
    "give_opinion": Sentence(_("区级意见已出具"), _("办件 %(case)s：所在区主管部门已出具意见。")),
    "give_receiving_opinion": Sentence(_("迁入区意见已出具"), _("办件 %(case)s：迁入区主管部门已出具意见。")),
    "return_change": Sentence(_("变更退回补正"), _("办件 %(case)s 需要补正，内容见告知书。")),
    "confirm_change": Sentence(_("变更已确认"), _("办件 %(case)s 的变更已确认，称号和证书的处理见通知书。")),
    "put_succession_forward": Sentence(_("承继方案待复核"), _("办件 %(case)s 的承继方案待复核确认。")),
    "confirm_succession": Sentence(_("变更已确认"), _("办件 %(case)s 的称号承继已确认，称号和证书的处理见通知书。")),
    "send_succession_back": Sentence(_("承继方案退回"), _("办件 %(case)s 的承继方案已退回重拟。")),
    "refuse_change": Sentence(_("变更不予确认"), _("办件 %(case)s 的变更不予确认，理由和救济途径见决定书。")),
    # --- recommendation for a national title
    "file_with_office": Sentence(_("申报已提交"), _("办件 %(case)s 已提交，进入市级核查。")),
    "ask_departments": Sentence(_("已提请部门会商"), _("办件 %(case)s 已提请有关部门会商。")),
    "adopt_initial_score": Sentence(_("初评得分已确认"), _("办件 %(case)s 的初评得分已确认，等待排序。")),
    "not_recommend_below_limit": Sentence(
        _("初评不予推荐"), _("办件 %(case)s 的初评得分未达到推荐要求，理由和救济途径见告知书。")
    ),
    "enter_ranking": Sentence(_("已列入排序"), _("办件 %(case)s 已列入推荐排序，提请评审委员会审议。")),
    "approve_recommendation": Sentence(
        _("推荐审议结果"), _("办件 %(case)s 经评审委员会审议同意推荐；是否在推荐名额以内见办件页面。")
    ),
    "change_edition": Sentence(
        _("办理程序版本已更换"), _("办件 %(case)s 改按修订后的办理程序继续办理，理由见办件页面。")
    ),
    "conclude_consultation": Sentence(_("部门会商完毕"), _("办件 %(case)s 部门会商完毕，已通过市级形式审查。")),
    "commission_figure_check": Sentence(
        _("已委托第三方数据核查"), _("办件 %(case)s 已委托核查机构核查填报数据，核查机构请先声明有无利害关系。")
    ),
    "call_off_figure_check": Sentence(_("核查委托已终止"), _("办件 %(case)s 的第三方数据核查委托已终止。")),
    "refuse_figure_check": Sentence(_("核查机构回避"), _("办件 %(case)s 的核查机构申明利害关系并回避，请另行委托。")),
    "hand_in_figure_check": Sentence(
        _("数据核查报告已提交"), _("办件 %(case)s 的数据核查报告已提交；有差异的，申报单位可在期限内说明。")
    ),
    "answer_figure": Sentence(_("收到差异说明"), _("办件 %(case)s 的申报单位说明了一项数据差异。")),
    "end_figure_answers": Sentence(_("差异说明期满"), _("办件 %(case)s 的数据差异说明期已满，请处理。")),
    "decide_figure": Sentence(_("数据差异已处理"), _("办件 %(case)s 有一项数据差异已处理，是否采用和理由见办件页面。")),
    "correct_entry": Sentence(_("公示名单已更正"), _("办件 %(case)s 的公示名称已由公示调整通知更正。")),
    "take_off_notice": Sentence(_("已撤下公示名单"), _("办件 %(case)s 已由公示调整通知撤下公示名单，本次申报终止。")),
    "propose_within_quota": Sentence(
        _("认定审议结果"), _("办件 %(case)s 经评审委员会审议同意认定；是否在认定名额以内见办件页面。")
    ),
    "refuse_recommendation": Sentence(
        _("评审委员会不予推荐"), _("办件 %(case)s 经评审委员会审议不予推荐，理由和救济途径见告知书。")
    ),
    "postpone_recommendation": Sentence(_("暂缓推荐"), _("办件 %(case)s 经评审委员会审议暂缓推荐，理由见告知书。")),
    "recommend_upward": Sentence(_("已行文推荐"), _("办件 %(case)s 已由市级行文推荐至国家主管部门。")),
    "note_public_notice_above": Sentence(
        _("国家公示"), _("办件 %(case)s 已进入国家主管部门的公示，公示文件和截止日见办件页面。")
    ),
    "recognise_above": Sentence(_("国家已认定"), _("办件 %(case)s 已列入国家主管部门公布的认定名单。")),
    "pass_over_above": Sentence(
        _("国家未认定"), _("办件 %(case)s 未列入国家主管部门公布的认定名单，说明和救济途径见告知书。")
    ),
    **OF_EVALUATIONS,
    # --- the cultivation list
    "cultivation_asked": Sentence(
        _("收到入库申请"), _("“%(enterprise)s”申请列入示范企业培育库，请审核。"), "office_cultivation_entry", "number"
    ),
    "cultivation_listed": Sentence(
        _("已列入培育库"), _("“%(enterprise)s”已列入示范企业培育库。"), "my_cultivation_entry", "number"
    ),
    "cultivation_declined": Sentence(
        _("未列入培育库"), _("“%(enterprise)s”未列入示范企业培育库。理由：%(reason)s"), "my_cultivation_entry", "number"
    ),
    "cultivation_ended": Sentence(
        _("已出培育库"), _("“%(enterprise)s”已不在示范企业培育库。理由：%(reason)s"), "my_cultivation_entry", "number"
    ),
    "gap_report_made": Sentence(
        _("差距报告已生成"), _("“%(enterprise)s”有新的差距报告。"), "my_cultivation_entry", "number"
    ),
    # --- yearly reports of demonstration enterprises
    "call_for_report": Sentence(_("请报送年度报告"), _("办件 %(case)s：请在期限内报送技术创新示范企业年度报告。")),
    "hand_in_report": Sentence(_("收到年度报告"), _("办件 %(case)s 的年度报告已报送，请审阅。")),
    "let_report_due_pass": Sentence(_("年度报告逾期"), _("办件 %(case)s 的年度报告逾期未报，请尽快报送。")),
    "remind_of_report": Sentence(_("年度报告催报"), _("办件 %(case)s 的年度报告尚未报送，请尽快报送。")),
    "note_report": Sentence(_("年度报告已备案"), _("办件 %(case)s 的年度报告已备案。")),
    "send_report_back": Sentence(
        _("年度报告退回修改"), _("办件 %(case)s 的年度报告已退回，理由见办件页面，请修改后重新报送。")
    ),
    "drop_report": Sentence(_("不再要求年度报告"), _("办件 %(case)s 的年度报告不再要求报送，理由见办件页面。")),
    # --- re-examinations of demonstration enterprises
    "call_for_reexamination": Sentence(_("请参加复核"), _("办件 %(case)s：请在期限内报送示范企业复核材料。")),
    "hand_in_reexamination": Sentence(_("收到复核材料"), _("办件 %(case)s 的复核材料已报送，请审核。")),
    "refuse_reexamination": Sentence(_("不参加复核"), _("办件 %(case)s 已声明不参加复核，后果见告知书。")),
    "list_reexamination_late": Sentence(
        _("复核材料逾期"), _("办件 %(case)s 的复核材料未在期限内报送或者补正，已列入逾期名单。")
    ),
    "remind_of_reexamination": Sentence(_("催报复核材料"), _("办件 %(case)s 的复核材料尚未报送，请尽快报送。")),
    "close_unanswered": Sentence(_("认定为未参加复核"), _("办件 %(case)s 认定为未参加复核，理由和救济途径见告知书。")),
    "send_reexamination_back": Sentence(
        _("复核材料退回补正"), _("办件 %(case)s 的复核材料已退回，理由见办件页面，请补正后重新报送。")
    ),
    "give_reexamination_opinion": Sentence(_("复核材料已审核"), _("办件 %(case)s 的复核材料已由市认定办公室审核。")),
    "review_reexamination_again": Sentence(_("审核意见被退回"), _("办件 %(case)s 的审核意见被退回，请重新审核。")),
    "forward_reexamination": Sentence(_("复核意见已上报"), _("办件 %(case)s 的审核意见已上报国家主管部门。")),
    "pass_reexamination": Sentence(_("复核合格"), _("办件 %(case)s 复核合格，称号续期，见复核结果告知书。")),
    "fail_reexamination": Sentence(_("复核不合格"), _("办件 %(case)s 复核不合格，说明和救济途径见告知书。")),
    "drop_reexamination": Sentence(_("不再要求复核"), _("办件 %(case)s 不再要求复核，理由见办件页面。")),
    # --- rules
    "rules_submitted": Sentence(
        _("评审规则待发布"), _("规则草案 %(draft)s 已送交发布，请核对后发布或退回。"), "office_rule_draft", "draft"
    ),
    "rules_published": Sentence(
        _("评审规则已发布"), _("规则草案 %(draft)s 已发布为 %(edition)s。"), "office_rule_draft", "draft"
    ),
    "rules_sent_back": Sentence(
        _("规则草案已退回"), _("规则草案 %(draft)s 已退回起草，理由见草案页面。"), "office_rule_draft", "draft"
    ),
    # --- meetings
    "meeting_called": Sentence(_("会议通知"), _("评审会议 %(meeting)s 定于 %(held_at)s 召开。"), "meeting", "meeting"),
    "minutes_to_sign": Sentence(_("纪要待签发"), _("会议 %(meeting)s 的纪要待签发。"), "meeting", "meeting"),
    "minutes_declined": Sentence(
        _("纪要被拒签退回"),
        _("会议 %(meeting)s 的纪要被%(person)s拒签退回，须修改后重新生成，由两人签发；理由见会议页面。"),
        "meeting",
        "meeting",
    ),
    "named_chair": Sentence(
        _("您已被定为会议主持人"), _("您已被另定为会议 %(meeting)s 的主持人，纪要生成后请签发。"), "meeting", "meeting"
    ),
    "named_secretary": Sentence(
        _("您已被定为会议秘书"), _("您已被另定为会议 %(meeting)s 的秘书，纪要生成后请签发。"), "meeting", "meeting"
    ),
    "signer_replaced": Sentence(
        _("会议已另定签发人"),
        _("会议 %(meeting)s 另定了主持人或者会议秘书，纪要重新生成后签发。"),
        "meeting",
        "meeting",
    ),
    "meeting_cancelled": Sentence(_("会议已取消"), _("会议 %(meeting)s 已取消。"), "meeting", "meeting"),
    "meeting_changed": Sentence(_("会议有变动"), _("会议 %(meeting)s 议题有变动或者纪要撤回。"), "meeting", "meeting"),
    "presence_noted": Sentence(_("已登记到会或离会"), _("会议 %(meeting)s 登记了您到会或离会。"), "meeting", "meeting"),
}
GENERAL = Sentence(_("办件有新进展"), _("办件 %(case)s 有新进展，请查看办件页面。"))


def messages_for(user: User) -> QuerySet[Message]:
    """The person's own messages, unread first, then newest first."""
    return Message.objects.filter(recipient=user).order_by(F("read_at").asc(nulls_first=True), "-created_at", "-pk")


def unread_count(user: Person) -> int:
    """How many messages the person has not opened."""
    return Message.objects.filter(recipient=user, read_at__isnull=True).count() if isinstance(user, User) else 0


def render_message(message: Message) -> Rendered:
    """Title, text and address of a message in the language in force; a kind not in the table names its case."""
    sentence = SENTENCES.get(message.kind, GENERAL)
    words = _Words(case=message.case_number) | {key: _shown(key, value) for key, value in message.params.items()}
    return Rendered(str(sentence.title), str(sentence.text) % _Words(words), _href(sentence, message))


def _place(code: str) -> str:
    """A district, or the zone, group or town of a code, by its name."""
    body = None if code in DISTRICTS else body_of_code(code)
    if body is None:
        return str(DISTRICTS.get(code, code))
    return body.name_en if (get_language() or "").startswith("en") else body.name_zh


class _Words(dict[str, str]):
    """Words of a sentence; one that an old message does not have is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _shown(key: str, value: Any) -> str:
    """A parameter as people read it: roles and districts by their names, instants in words."""
    if key == "role" and value in set(Role):
        return str(ROLES[Role(value)].label)
    if key == "district":
        return str(_("（%(district)s）") % {"district": _place(value)}) if value else ""
    if key == "clock" and value in DeadlineKind.values:
        return str(DeadlineKind(value).label)
    if key == "powers":
        return str(_("、")).join(str(DELEGABLE[Power(code)]) for code in value)
    if key.endswith("_at"):
        return date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    return str(value)


def _href(sentence: Sentence, message: Message) -> str:
    try:
        if message.case_number:
            return reverse(CASE_ADDRESS, args=[message.case_number])
        words = [message.params.get(sentence.names, "")] if sentence.names else []
        return reverse(sentence.address, args=words) if sentence.address else ""
    except NoReverseMatch:
        return ""

"""Events of all chains and breaks of chains in words, for the auditor."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.audit import Break
from accreditation.models import AuditEvent
from accreditation.roles import ROLES, Power, Role
from workflows.consistency import Disagreement
from workflows.door import BESIDE_THE_TABLE
from workflows.presentation.chain_faults import fault_words, place_words, state_in_chain
from workflows.presentation.words import Words, person_words
from workflows.procedures import PROCEDURES

CASE_CHAIN = "case:"
OTHER_ACTS: Mapping[str, Promise] = {
    "open": _("建立办件"),
    "open_application": _("登记申报"),
    "open_proceeding": _("立案"),
    "open_change": _("申请变更"),
    "change_enterprise": _("变更单位名称或所在区"),
    "change_title": _("称号随单位变更"),
    "succeed": _("称号承继"),
    "revoke": _("称号撤销"),
    "suspend": _("称号暂停"),
    "warn": _("称号警告"),
    "reinstate": _("称号恢复"),
    "lift_warning": _("暂停（撤销）期间警告解除"),
    "lift_suspension": _("撤销期间暂停解除"),
    "warn_beneath": _("暂停（撤销）期间警告"),
    "suspend_beneath": _("撤销（注销）期间暂停"),
    "cancel": _("称号注销"),
    "expire": _("称号期满失效"),
    "remind_of_end": _("提醒称号将期满"),
    "remind_of_renewal": _("提醒称号可以续期"),
    "keep_for_renewal": _("续期待决，称号期满后继续有效"),
    "remind_drafts": _("提醒尚未提交的申报"),
    "enter_parent": _("登记母公司"),
    "record_evaluation": _("登记国家评价结果"),
    "confirm_evaluation": _("确认国家评价结果"),
    "decline_evaluation": _("不予确认国家评价结果"),
    "withdraw_evaluation": _("撤回国家评价结果的登记"),
    "propose_result": _("登记国家结果"),
    "record_result": _("确认国家结果"),
    "decline_result": _("不予确认国家结果"),
    "withdraw_result": _("撤回国家结果的登记"),
    "propose_correction_above": _("登记国家结果的更正"),
    "propose_calling_up": _("提请递补"),
    "confirm_calling_up": _("确认递补"),
    "decline_calling_up": _("不予确认递补"),
    "withdraw_calling_up": _("撤回递补的提请"),
    "end_wrong_entry": _("更正登记，撤下误登的称号"),
    "bring_title_back": _("更正登记，恢复误撤的称号"),
    "revoke_under_correction": _("撤销已更正登记的称号"),
    "cancel_under_correction": _("注销已更正登记的称号"),
    "register_body": _("登记机构"),
    "correct_body": _("更正机构信息"),
    "open_batch": _("开启批次"),
    "propose_batch_act": _("提请批次事项"),
    "confirm_batch_act": _("确认批次事项"),
    "decline_batch_act": _("不予确认批次事项"),
    "withdraw_batch_act": _("撤回批次事项的提请"),
    "prolong_window": _("延长申报期"),
    "call_batch_off": _("取消批次"),
    "close_batch": _("批次申报截止"),
    "publish_notice": _("发布公示"),
    "end_notice": _("公示结束"),
    "announce": _("公布认定"),
    "call_meeting": _("召集会议"),
    "start_meeting": _("会议开始"),
    "declare_recusal": _("委员回避"),
    "cast_vote": _("表决"),
    "draft_minutes": _("生成纪要"),
    "sign_minutes": _("签发纪要"),
    "decline_minutes": _("拒签纪要"),
    "replace_signer": _("另定签发人"),
    "import_title": _("登记既有称号"),
    "set_up_designation": _("设立称号"),
    "propose_designation": _("提请设立称号"),
    "publish_designation": _("发布称号"),
    "decline_designation": _("不予发布称号"),
    "withdraw_designation": _("撤回称号提请"),
    "propose_edition_change": _("提请更换办理程序版本"),
    "confirm_edition_change": _("确认更换办理程序版本"),
    "decline_edition_change": _("不予确认更换办理程序版本"),
    "withdraw_edition_change": _("撤回更换办理程序版本的提请"),
    "take_over_edition_change": _("接办更换办理程序版本"),
    "finish_edition_change": _("办完更换办理程序版本"),
    "propose_standing": _("录入资质"),
    "propose_standings": _("导入资质"),
    "confirm_standings": _("复核资质"),
    "drop_standings": _("不予登记资质"),
    "end_standing": _("终止资质"),
    "ask_for_cultivation": _("申请列入培育库"),
    "put_on_list": _("列入培育库"),
    "take_on_list": _("同意列入培育库"),
    "decline_cultivation": _("不予列入培育库"),
    "end_cultivation": _("出培育库"),
    "release_list": _("公布培育库名单"),
    "make_gap_report": _("生成差距报告"),
    "state_figures": _("补充测算数据"),
    "open_yearly_call": _("部署年度报告"),
    "open_reexaminations": _("部署复核"),
    "forward_reexaminations": _("上报复核意见"),
    "propose_reexamination_results": _("登记国家复核结果"),
    "record_reexamination_results": _("确认国家复核结果"),
    "decline_reexamination_results": _("不予确认国家复核结果"),
    "withdraw_reexamination_results": _("撤回国家复核结果的登记"),
    "propose_withdrawals": _("提出撤销建议"),
    "enter_plan_figure": _("录入规划数据"),
    "order_bulk_act": _("批量办理"),
    "propose_bulk_act": _("提出批量决定"),
    "confirm_bulk_act": _("确认批量决定"),
    "decline_bulk_act": _("不予确认批量决定"),
    "finish_bulk_act": _("批量办理结果"),
    "ask_reissue": _("申请证书补发换发"),
    "propose_reissue": _("提出更正证书"),
    "withdraw_reissue": _("撤回证书补发换发申请"),
    "allow_reissue": _("同意证书补发换发"),
    "refuse_reissue": _("不同意证书补发换发"),
    "open_remedy": _("提请执行裁判或自行纠正"),
    "reopen_reissue": _("撤销原答复后重新办理证书补发换发"),
    "propose_correction": _("提出公告更正"),
    "publish_correction": _("发布公告更正"),
    "decline_correction": _("不予发布公告更正"),
    "prepare_paper_import": _("录入纸质证书名单"),
    "confirm_paper_import": _("复核登记纸质证书名单"),
    "drop_paper_import": _("作废纸质证书名单"),
    "request_membership": _("申请成为成员"),
    "confirm_member": _("核验成员"),
    "reject_member": _("成员核验未通过"),
    "invite_member": _("邀请成员"),
    "state_english_name": _("填写英文名称"),
    "hand_over": _("移交管理员"),
    "end_membership": _("解除成员"),
    "grant_role": _("授予角色"),
    "revoke_role": _("撤销角色"),
    "delegate_powers": _("授权代办"),
    "revoke_delegation": _("收回代办"),
    "propose_grant": _("提请授予角色"),
    "decline_grant": _("不予授予角色"),
    "appoint_first_security_officer": _("指定首任安全管理员"),
    "appoint_security_officer": _("指定安全管理员"),
    "clear_second_factor": _("重置动态验证码"),
    "change_expert": _("维护专家档案"),
    "import_experts": _("导入专家档案"),
    "pause_expert": _("暂停参加评审"),
    "resume_expert": _("恢复参加评审"),
    "record_tie": _("登记利害关系"),
    "end_tie": _("利害关系终止"),
    "withdraw_tie": _("撤下利害关系"),
    "record_link": _("登记企业关联"),
    "withdraw_link": _("撤下企业关联"),
    "create_account": _("开通账号"),
    "close_account": _("停用账号"),
    "propose_calendar": _("提请导入工作日历"),
    "import_calendar": _("导入工作日历"),
    "decline_calendar": _("不予确认工作日历"),
    "withdraw_calendar": _("撤回工作日历的提请"),
    "recompute_deadline": _("按新日历重算期限"),
    "retry_effects": _("重试失败任务"),
    "export_dossier": _("导出卷宗"),
    "freeze_population": _("固定应评价名单"),
    "call_holders": _("通知参加评价"),
    "list_late": _("列入逾期未报送名单"),
    "propose_earlier_round": _("登记以往评价结果"),
    "record_earlier_round": _("确认以往评价结果"),
    "decline_earlier_round": _("不予确认以往评价结果"),
    "withdraw_earlier_round": _("撤回以往评价结果的登记"),
    "propose_revocations": _("评价公布后提请撤销称号"),
    "prolong": _("称号延长有效期"),
    "restore": _("称号因原决定撤销而恢复"),
    "set_figure_check_plan": _("确定数据核查范围"),
    "draw_figure_sample": _("抽取数据核查对象"),
    "register_verifying_body": _("登记数据核查机构"),
    "set_quota": _("登记推荐名额"),
    "set_proposal_quota": _("登记认定名额"),
    "freeze_ranking": _("固定推荐排序"),
    "freeze_supplementary_ranking": _("固定补充排序"),
    "send_recommendation": _("上报推荐"),
    "note_public_notice": _("登记批次的国家公示"),
    "export_package": _("导出推荐材料包"),
    "adjust_notice": _("发布公示调整通知"),
    "open_reconsideration": _("提出行政复议"),
    "open_ordered_again": _("依决定重新申报"),
    "agree_to_succession": _("同意承继"),
    "decline_succession": _("不同意承继"),
    "change_edition": _("办件更换办理程序版本"),
    "ask_further_return": _("提请再次退回"),
    "allow_further_return": _("同意再次退回"),
    "refuse_further_return": _("不同意再次退回"),
    "remind": _("提醒期限"),
    "end_reading": _("终止材料读取"),
    "cancel_meeting": _("取消会议"),
    "note_arrival": _("登记委员到会"),
    "note_departure": _("登记委员离会"),
    "adjourn_item": _("议题改期审议"),
    "take_off_given_up": _("议题因申报单位放弃而撤下"),
    "decide_deadlock": _("未过半时由主持人决定"),
    "withdraw_minutes": _("撤回纪要重拟"),
    "begin_rule_draft": _("起草评审规则"),
    "change_rules": _("修改规则草案"),
    "change_rule_identity": _("修改规则草案的版本信息"),
    "add_rule_source": _("登记规则草案的依据"),
    "replace_rules": _("以文件替换规则草案"),
    "change_rule_cases": _("修改规则草案的边界案例"),
    "replace_rule_cases": _("以文件替换边界案例"),
    "order_rule_trial": _("试算规则草案"),
    "submit_rules": _("送交发布评审规则"),
    "publish_rules": _("发布评审规则"),
    "send_rules_back": _("退回规则草案"),
    "drop_rules": _("放弃规则草案"),
    "set_text_consent": _("设置短信提醒"),
    "set_webhook": _("设置系统推送"),
    "declare_own_tie": _("工作人员申请回避"),
    "order_officer_recusal": _("责令工作人员回避"),
    "order_member_recusal": _("决定专家或者委员回避"),
    "lift_officer_recusal": _("解除工作人员回避"),
    "ask_recusal": _("当事人申请回避"),
    "identify_recusal": _("确认申请回避所指的人员"),
    "grant_recusal": _("决定回避"),
    "refuse_recusal": _("不予回避"),
    "take": _("领办"),
    "release": _("交回"),
    "refuse_access": _("访问被拒绝"),
}
CHAIN_KINDS: Mapping[str, Promise] = {
    "case": _("办件"),
    "batch": _("批次"),
    "meeting": _("会议"),
    "notice": _("公示"),
    "announcement": _("公告"),
    "title": _("称号"),
    "rule_draft": _("评审规则草案"),
    "standing_import": _("资质导入"),
    "standing": _("资质"),
    "paper": _("纸质证书导入"),
    "cultivation": _("培育"),
    "cultivation_release": _("培育名单"),
    "ledger": _("账册"),
}
OTHER_OFFICES: Mapping[str, Promise] = {
    "applicant": _("申报单位"),
    "administrator": _("单位管理员"),
    "clock": _("系统时钟"),
    "authority": _("认定机关"),
    "committee": _("评审委员会"),
    "public": _("署名异议人"),
    "installation": _("安装程序"),
    "visitor": _("访问者"),
    # codes that several procedures give names of their own to
    Power.PREPARE_ORDERS: _("认定机关承办人"),
    "reviewing_officer": _("审查人员"),
}


def act_labels() -> dict[str, str]:
    """Every act that the trail can hold, by code: verbs of all procedures and acts outside them."""
    labels = {code: str(verb.label) for procedure in PROCEDURES.values() for code, verb in procedure.verbs.items()}
    return labels | {code: str(label) for code, label in {**BESIDE_THE_TABLE, **OTHER_ACTS}.items()}


def office_labels() -> dict[str, str]:
    """Offices under which acts are recorded."""
    labels = {
        verb.who.code: str(verb.who.label) for procedure in PROCEDURES.values() for verb in procedure.verbs.values()
    }
    roles = {role.value: str(ROLES[role].label) for role in Role}
    return labels | roles | {code: str(label) for code, label in OTHER_OFFICES.items()}


def event_rows(events: Iterable[AuditEvent], *, withheld: Collection[str] = ()) -> list[Words]:
    """Events in words; numbers of cases that are `withheld` from the reader do not stand in the content.

    `act`, `code`, `move`, `chain`, `kind` of chain, `href` (the case's trail), `seq`, `at`, `by`, `office`, `hash`,
    `previous`, `content`.
    """
    acts, offices = act_labels(), office_labels()
    return [
        {
            "act": acts.get(event.verb, ""),
            "code": event.verb,
            "chain": event.chain,
            "kind": str(CHAIN_KINDS.get(event.chain.partition(":")[0], "")),
            "href": case_href(event.chain),
            "seq": event.seq,
            "at": event.at,
            "by": person_words(event),
            "office": offices.get(event.acting_as, ""),
            "hash": event.hash,
            "previous": event.previous_hash,
            "move": move_words(event),
            "content": _content(event, withheld),
        }
        for event in events
    ]


def _content(event: AuditEvent, withheld: Collection[str]) -> str:
    if not event.content:
        return ""
    text = json.dumps(event.content, ensure_ascii=False, indent=1, sort_keys=True)
    for number in withheld:
        text = text.replace(number, str(_("（回避）")))
    return text


def case_href(chain: str) -> str:
    """Address of the trail of a case's chain; empty for other chains."""
    return reverse("audit_case", args=[chain.removeprefix(CASE_CHAIN)]) if chain.startswith(CASE_CHAIN) else ""


def move_words(event: AuditEvent) -> str:
    """From state to state in words; empty where the act left the state alone."""
    if not event.state_after or event.state_after == event.state_before:
        return ""
    before = state_in_chain(event.chain, event.state_before) if event.state_before else "—"
    return f"{before} → {state_in_chain(event.chain, event.state_after)}"


def break_rows(breaks: Iterable[Break]) -> list[Words]:
    """Breaks: `chain`, `href`, `place`, `what`."""
    return [
        {
            "chain": found.chain,
            "href": case_href(found.chain),
            "place": place_words(found.seq),
            "what": fault_words(found.what, found.chain),
        }
        for found in breaks
    ]


def disagreement_rows(found: Iterable[Disagreement]) -> list[Words]:
    """Rows that contradict each other: `number` of the case or name of the title's chain, `href`, `what`."""
    return [
        {
            "number": row.case_number,
            "href": "" if ":" in row.case_number else reverse("audit_case", args=[row.case_number]),
            "what": fault_words(row.what, row.case_number),
        }
        for row in found
    ]

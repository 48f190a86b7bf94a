"""The acts of a reconsideration, each with its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.forms import reconsiderations as forms
from workflows.forms.casework import ConfirmedForm
from workflows.forms.proceedings import DocumentForm
from workflows.presentation import reconsiderations as words
from workflows.views.matters.shapes import MatterAct, MatterPages, clocks_run, clocks_stand

SENT = _("系统向申请人送达文书。")
ENDS = _("本复议案即告终结。")

RECONSIDERATIONS = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    acts={
        "accept_reconsideration": MatterAct(
            forms.AcceptForm, _("受理复议申请"), _("受理后由被申请人在十个工作日内书面答复并提交卷宗。"),
            _("受理"), _("复议申请已受理。"), (SENT,), is_final=True, with_subject=True,
        ),
        "ask_for_supplement": MatterAct(
            forms.LackingForm, _("要求补正"),
            _("材料不齐全或者表述不清楚、无法判断是否符合受理条件的，在审查期限内一次性书面告知；申请人在十个工作日内补正，收到后重新审查。"),
            _("送达补正通知"), _("补正通知已送达。"), (SENT, _("逾期未补正的，视为放弃复议申请。")), is_final=True,
            tone="outline-primary", suits=words.can_be_returned,
        ),
        "supplement_reconsideration": MatterAct(
            forms.SupplementForm, _("补正复议申请"), _("按补正通知逐项补正；收到后五个工作日内重新审查。"),
            _("提交补正"), _("补正已提交，重新审查。"), (_("提交后不能修改。"),), is_final=True, with_subject=True,
        ),
        "prolong_supplement": MatterAct(
            forms.ProlongSupplementForm, _("延长补正期限"),
            _("申请人有正当理由不能按期补正的，在期限届满前延长合理的期限，只能延长一次。"), _("延长"),
            _("补正期限已延长。"), (SENT,), tone="outline-primary", suits=words.supplement_can_be_prolonged,
        ),
        "answer_challenge": MatterAct(
            forms.AnswerForm, _("提交书面答复"), _("请先提交作出原行为的证据和依据，再提交书面答复。"),
            _("提交"), _("书面答复已提交。"), (_("提交后不能修改。"),), is_final=True,
        ),
        "propose_decision": MatterAct(
            forms.ProposalForm, _("拟定复议决定"), _("由另一人审核后作出决定；双方看不到拟定的内容。"),
            _("提请决定"), _("已提请作出复议决定。"),
        ),
        "decide_reconsideration": MatterAct(
            forms.DecisionForm, _("作出复议决定"), _("决定须由拟定人以外、未参与原案的人作出。"),
            _("作出决定"), _("复议决定已作出。"),
            (_("撤销或变更撤销称号的决定时，称号和证书随即恢复，公众可以查到。"),
             _("撤销不予认定等决定时，申请人可以在原批次重新申报。"), SENT, ENDS),
            is_final=True,
        ),
        "add_own_document": MatterAct(
            DocumentForm, _("提交文件"), _("支持复议请求的证据。"), _("提交"), _("文件已入卷。"),
            takes_file=True, tone="outline-primary",
        ),
        "add_document": MatterAct(
            DocumentForm, _("提交证据和依据"), _("作出原行为的证据、依据和有关材料。"), _("提交"), _("文件已入卷。"),
            takes_file=True, tone="outline-primary",
        ),
        "stay_execution": MatterAct(
            forms.WhyForm, _("决定停止执行"), _("复议期间原则上不停止执行；停止期间不因原决定限制再次申报。"),
            _("停止执行"), _("已决定停止执行。"), (SENT,), is_final=True, tone="outline-primary",
            suits=words.can_be_stayed,
        ),
        "prolong_reconsideration": MatterAct(
            forms.ProlongForm, _("延长复议期限"), _("情况复杂的，最多延长三十日。"), _("延长"), _("复议期限已延长。"),
            tone="outline-primary",
        ),
        "suspend_reconsideration": MatterAct(
            forms.SuspensionForm, _("中止复议"), _("有法定事由的，中止复议；中止期间各项期限都不计算，书面告知双方。"),
            _("中止复议"), _("复议已中止。"), tone="outline-secondary", suits=clocks_run,
        ),
        "resume_reconsideration": MatterAct(
            ConfirmedForm, _("恢复复议"), _("中止的原因消除后，及时恢复审理；剩余的期限从明天起继续计算。"),
            _("恢复复议"), _("复议已恢复审理。"), suits=clocks_stand,
        ),
        "send_back_proposal": MatterAct(
            forms.WhyForm, _("退回重新审理"), _("事实不清或理由不足的，退回承办人。"), _("退回"), _("已退回。"),
            tone="outline-secondary",
        ),
        "decline_reconsideration": MatterAct(
            forms.DeclineForm, _("不予受理复议申请"), _("不符合法定受理条件的，说明理由。"), _("不予受理"),
            _("已决定不予受理。"), (SENT, ENDS), is_final=True, with_subject=True, tone="outline-secondary",
        ),
        "withdraw_reconsideration": MatterAct(
            forms.WhyForm, _("撤回复议申请"), _("可以因和解或其他原因撤回；请说明。"), _("撤回"), _("复议申请已撤回。"),
            (ENDS,), is_final=True, tone="outline-secondary",
        ),
    },
)  # fmt: skip

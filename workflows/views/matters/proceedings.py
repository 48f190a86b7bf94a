"""The acts of a proceeding over a title, each with its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.forms import proceedings as forms
from workflows.forms.casework import ConfirmedForm, PauseForm, ReasonForm
from workflows.presentation import proceedings as words
from workflows.views.matters.shapes import MatterAct, MatterPages, clocks_run, clocks_stand

LETTER = _("系统向持有单位送达文书。")
HOLDER_TOLD = _("持有单位从此可以看到本案，并可陈述申辩或申请听证。")


PROCEEDINGS = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    passed_over=words.passed_over,
    drops_document="drop_document",
    acts={
        "notify_holder": MatterAct(
            ConfirmedForm,
            _("告知持有单位"),
            _("告知书写明拟作的处理、事实、事由和持有单位的权利。"),
            _("发出告知书"),
            _("已告知持有单位。"),
            (HOLDER_TOLD, LETTER),
            is_final=True,
        ),
        "submit_for_order": MatterAct(
            ConfirmedForm,
            _("提请决定"),
            _("对持有单位没有不利影响的处理，可以直接提请决定。"),
            _("提请决定"),
            _("已提请决定。"),
        ),
        "revise_proceeding": MatterAct(
            forms.RevisionForm,
            _("修改事由和事实"),
            _("告知持有单位之前可以修改。"),
            _("保存"),
            _("已保存。"),
            with_subject=True,
            tone="outline-primary",
        ),
        "record_notice": MatterAct(
            forms.NoticeForm,
            _("登记国家文件"),
            _("国家级称号由国家主管部门决定；文件入卷，决定人据以登记。"),
            _("登记"),
            _("国家文件已登记。"),
            takes_file=True,
            with_subject=True,
            tone="outline-primary",
            suits=words.is_national,
        ),
        "add_document": MatterAct(
            forms.DocumentForm,
            _("加入文件"),
            _("调查材料、听证材料、会议纪要等。"),
            _("加入"),
            _("文件已入卷。"),
            takes_file=True,
            tone="outline-primary",
        ),
        "add_own_document": MatterAct(
            forms.DocumentForm,
            _("提交文件"),
            _("支持陈述申辩的证据。"),
            _("提交"),
            _("文件已入卷。"),
            takes_file=True,
            tone="outline-primary",
        ),
        "defend": MatterAct(
            forms.StatementForm,
            _("提交陈述申辩"),
            _("期限届满前可以补充意见、提交文件，也仍可申请听证；书面陈述不等于放弃听证。"),
            _("提交"),
            _("陈述申辩意见已入卷，期限届满前可以补充或申请听证。"),
        ),
        "ask_for_hearing": MatterAct(
            forms.HearingRequestForm,
            _("申请听证"),
            _("认定机关在二十个工作日内组织听证，并至少提前七日通知。"),
            _("申请听证"),
            _("已申请听证。"),
            tone="outline-primary",
        ),
        "waive_rest_of_defence": MatterAct(
            forms.WaiverOfRestForm,
            _("放弃听证和其余期限"),
            _("无须再补充、也不要求听证的，可以明确放弃；不放弃的，期限届满后认定机关才作出决定。"),
            _("放弃听证和其余期限"),
            _("已放弃听证和其余期限。"),
            (
                _("不能再申请听证，也不能再补充意见和文件。"),
                _("已提交的意见和文件保留在卷中，认定机关即可作出决定。"),
            ),
            is_final=True,
            tone="outline-secondary",
        ),
        "withdraw_request": MatterAct(
            forms.RequestWithdrawalForm,
            _("撤回注销申请"),
            _("作出决定之前可以撤回，以后可以重新申请。"),
            _("撤回申请"),
            _("注销申请已撤回。"),
            (_("本案终止，称号和证书保持原状。"),),
            is_final=True,
            tone="outline-secondary",
            suits=words.is_asked_for,
        ),
        "call_hearing": MatterAct(
            forms.HearingCallForm,
            _("发出听证通知"),
            _("听证通知至少在举行的七日前送达。"),
            _("发出通知"),
            _("听证通知已发出。"),
        ),
        "hold_hearing": MatterAct(
            forms.HearingRecordForm,
            _("记录听证"),
            _("由未承办本案的人主持并记录；签字的笔录请先作为文件入卷。"),
            _("提交笔录"),
            _("听证笔录已入卷。"),
        ),
        "make_order": MatterAct(
            forms.OrderForm,
            _("作出处理决定"),
            _("决定须由未承办本案的人作出。"),
            _("作出决定"),
            _("处理决定已作出。"),
            (_("称号和证书的状态自生效日起变更，公众可以查到。"), LETTER, _("决定作出后只能由复议或诉讼改变。")),
            is_final=True,
            with_subject=True,
        ),
        "pause_order": MatterAct(
            PauseForm,
            _("中止决定期限"),
            _("听证、检验检测、鉴定和专家评审所需的时间不计入作出决定的期限，须书面告知持有单位。"),
            _("中止期限"),
            _("决定期限已中止。"),
            tone="outline-secondary",
            suits=clocks_run,
        ),
        "resume_order": MatterAct(
            ConfirmedForm,
            _("恢复决定期限"),
            _("事项已经完成；剩余的工作日从明天起继续计算。"),
            _("恢复期限"),
            _("决定期限已恢复计算。"),
            suits=clocks_stand,
        ),
        "refuse_order": MatterAct(
            ReasonForm,
            _("不作处理"),
            _("事实不清、申辩成立等情形，不作处理。"),
            _("不作处理"),
            _("已决定不作处理。"),
            (_("本案终止，称号不受影响。"),),
            is_final=True,
            tone="outline-secondary",
        ),
        "drop_proceeding": MatterAct(
            ReasonForm,
            _("终止处理"),
            _("查无实据等情形，终止处理。"),
            _("终止"),
            _("已终止处理。"),
            (_("本案终止，称号不受影响。"),),
            is_final=True,
            tone="outline-secondary",
        ),
    },
)

"""The acts of a change after the grant, each with its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.forms import changes as forms
from workflows.forms.casework import ConfirmedForm, ReasonForm, ReasonsForm
from workflows.forms.proceedings import DocumentForm
from workflows.presentation import changes as words
from workflows.views.matters.shapes import MatterAct, MatterPages

LETTER = _("系统向持有单位送达文书。")
AT_ONCE = _("名册、称号和证书立即随之变更，公众可以查到。")

CHANGES = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    drops_document="drop_change_document",
    adds_document="add_change_document",
    states_texts="revise_change",
    acts={
        "submit_change": MatterAct(
            ConfirmedForm,
            _("提交变更"),
            _("提交后由所在区主管部门审核，再由认定机关确认。"),
            _("提交"),
            _("变更已提交。"),
            (_("提交后不能修改，除非退回补正。"), _("所填内容和文件须真实；不实的，称号可能被撤销。")),
            is_final=True,
        ),
        "revise_change": MatterAct(
            forms.ChangeRevisionForm,
            _("修改变更内容"),
            _("提交之前可以修改。"),
            _("保存"),
            _("已保存。"),
            with_subject=True,
            tone="outline-primary",
        ),
        "add_change_document": MatterAct(
            DocumentForm,
            _("提交证明文件"),
            _("准予变更登记通知书、新营业执照、合并或分立协议、承继单位的同意书等。"),
            _("提交"),
            _("文件已入卷。"),
            takes_file=True,
            tone="outline-primary",
        ),
        "give_opinion": MatterAct(
            forms.DistrictOpinionForm,
            _("出具区级意见"),
            _("核对变更登记文件和技术中心现状后出具意见；不同意的，认定机关也会看到。"),
            _("提交意见"),
            _("意见已提交。"),
        ),
        "give_receiving_opinion": MatterAct(
            forms.DistrictOpinionForm,
            _("出具迁入区意见"),
            _("说明是否已在本区登记，是否同意承接对该单位称号的管理。"),
            _("提交意见"),
            _("意见已提交。"),
        ),
        "confirm_change": MatterAct(
            forms.ConfirmationForm,
            _("确认变更"),
            _("变更随评价或批次名单集中确认；写明名单或通知的文号。"),
            _("确认变更"),
            _("变更已确认。"),
            (AT_ONCE, LETTER),
            is_final=True,
            suits=lambda subject: not words.is_succession(subject),
        ),
        "put_succession_forward": MatterAct(
            forms.SuccessionForm,
            _("拟定承继方案"),
            _("为每个称号选定去向；方案由另一人复核确认。"),
            _("提请复核"),
            _("承继方案已提请复核。"),
            with_subject=True,
            suits=words.is_succession,
        ),
        "confirm_succession": MatterAct(
            forms.ConfirmationForm,
            _("复核并确认承继"),
            _("核对每个称号的去向；须由未拟定方案的人确认。"),
            _("确认承继"),
            _("变更已确认。"),
            (AT_ONCE, LETTER),
            is_final=True,
        ),
        "send_succession_back": MatterAct(
            ReasonForm,
            _("退回重拟方案"),
            _("方案不妥的，退回拟定人。"),
            _("退回"),
            _("方案已退回。"),
            tone="outline-secondary",
        ),
        "return_change": MatterAct(
            ConfirmedForm,
            _("退回补正"),
            _("一次选定需要补正的全部内容；补正后重新由所在区审核。"),
            _("退回"),
            _("已退回持有单位补正。"),
            tone="outline-secondary",
        ),
        "refuse_change": MatterAct(
            ReasonsForm,
            _("不予确认"),
            _("变更不属实，或不符合规定。"),
            _("不予确认"),
            _("已决定不予确认。"),
            (_("名册、称号和证书保持原状。"), _("决定书载明理由和救济途径。")),
            is_final=True,
            tone="outline-secondary",
        ),
        "withdraw_change": MatterAct(
            forms.WithdrawalForm,
            _("撤回变更"),
            _("确认之前可以撤回，以后可以重新申请。"),
            _("撤回"),
            _("变更已撤回。"),
            (_("本件终止，名册、称号和证书保持原状。"),),
            is_final=True,
            tone="outline-secondary",
        ),
    },
)

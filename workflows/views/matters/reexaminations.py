"""The acts of a re-examination, each with its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.forms import reexaminations as forms
from workflows.forms.casework import ConfirmedForm, ReasonForm
from workflows.forms.proceedings import DocumentForm
from workflows.forms.yearly_reports import RemarkForm
from workflows.presentation import reexaminations as words
from workflows.selectors.matters import figures_are_open
from workflows.views.matters.shapes import MatterAct, MatterPages

WITHDRAWAL = _("市认定办公室将提出撤销称号的建议；决定作出之前听取该单位的陈述申辩，可以要求听证。")
LETTER = _("系统送达告知书，载明理由和救济途径。")

REEXAMINATIONS = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    drops_document="drop_reexamination_document",
    adds_document="add_reexamination_document",
    fills_figures="fill_reexamination",
    states_texts="hand_in_reexamination",
    acts={
        "fill_reexamination": MatterAct(
            forms.FiguresForm,
            _("填写复核数据"),
            _("已知的数据已预先填入，请逐项核对；报送前可以多次保存。"),
            _("保存"),
            _("复核数据已保存。"),
            with_subject=True,
            tone="outline-primary",
            suits=figures_are_open,
        ),
        "add_reexamination_document": MatterAct(
            DocumentForm,
            _("提交复核材料"),
            _("盖章的复核申报材料、经审计的财务报告和证明文件。"),
            _("提交"),
            _("文件已入卷。"),
            takes_file=True,
            tone="outline-primary",
        ),
        "hand_in_reexamination": MatterAct(
            forms.MaterialForm,
            _("报送复核材料"),
            _("请先填齐数据并提交盖章的材料。"),
            _("报送"),
            _("复核材料已报送。"),
            (_("报送后由市认定办公室审核，退回前不能修改。"),),
            is_final=True,
            with_subject=True,
        ),
        "refuse_reexamination": MatterAct(
            ReasonForm,
            _("声明不参加复核"),
            _("不参加复核的，称号可能被撤销。"),
            _("声明不参加"),
            _("已登记不参加复核。"),
            (WITHDRAWAL, _("本件终止，不能撤回。")),
            is_final=True,
            tone="outline-secondary",
        ),
        "remind_of_reexamination": MatterAct(
            RemarkForm,
            _("催报复核材料"),
            _("提醒该单位报送复核材料。"),
            _("发出提醒"),
            _("已提醒该单位。"),
            tone="outline-primary",
        ),
        "close_unanswered": MatterAct(
            ReasonForm,
            _("认定为逾期未参加"),
            _("催报后仍未报送的，认定为未参加复核。"),
            _("认定为未参加"),
            _("已认定为逾期未参加。"),
            (LETTER, WITHDRAWAL),
            is_final=True,
            tone="outline-secondary",
        ),
        "give_reexamination_opinion": MatterAct(
            forms.OpinionForm,
            _("出具审核意见"),
            _("对照认定条件、历年年度报告和复核材料出具意见，由发布人上报国家主管部门。"),
            _("提交意见"),
            _("审核意见已提交，待上报。"),
        ),
        "send_reexamination_back": MatterAct(
            ConfirmedForm,
            _("退回补正复核材料"),
            _("一次选定需要补正的全部内容；该单位在通知规定的工作日内重新报送。"),
            _("退回"),
            _("已退回补正。"),
            tone="outline-secondary",
        ),
        "review_reexamination_again": MatterAct(
            ReasonForm,
            _("退回重新审核"),
            _("意见不妥的，退回市认定办公室重新审核。"),
            _("退回"),
            _("已退回重新审核。"),
            tone="outline-secondary",
        ),
        "drop_reexamination": MatterAct(
            ReasonForm,
            _("不再要求复核"),
            _("称号已失效、撤销或注销的，不再要求复核。"),
            _("不再要求"),
            _("已不再要求。"),
            (_("本件终止。"),),
            is_final=True,
            tone="outline-secondary",
        ),
    },
)

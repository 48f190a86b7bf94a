"""The acts of a yearly report, each with its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.forms import yearly_reports as forms
from workflows.forms.casework import ConfirmedForm, ReasonForm
from workflows.forms.proceedings import DocumentForm
from workflows.presentation import yearly_reports as words
from workflows.selectors.matters import figures_are_open
from workflows.views.matters.shapes import MatterAct, MatterPages

YEARLY_REPORTS = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    drops_document="drop_report_document",
    adds_document="add_report_document",
    fills_figures="fill_report",
    states_texts="hand_in_report",
    acts={
        "fill_report": MatterAct(
            forms.ReportFiguresForm,
            _("填写年度数据"),
            _("已知的数据已预先填入，请逐项核对；报送前可以多次保存。"),
            _("保存"),
            _("年度数据已保存。"),
            with_subject=True,
            tone="outline-primary",
            suits=figures_are_open,
        ),
        "add_report_document": MatterAct(
            DocumentForm,
            _("提交年度报告文件"),
            _("盖章的年度报告、审计报告等。"),
            _("提交"),
            _("文件已入卷。"),
            takes_file=True,
            tone="outline-primary",
        ),
        "hand_in_report": MatterAct(
            forms.HandInForm,
            _("报送年度报告"),
            _("请先填齐数据并提交盖章的报告文件。"),
            _("报送"),
            _("年度报告已报送。"),
            (_("报送后由市认定办公室审阅，退回前不能修改。"),),
            is_final=True,
            with_subject=True,
        ),
        "remind_of_report": MatterAct(
            forms.RemarkForm,
            _("催报"),
            _("提醒该单位报送年度报告。"),
            _("发出提醒"),
            _("已提醒该单位。"),
            tone="outline-primary",
        ),
        "note_report": MatterAct(
            forms.RemarkForm,
            _("年度报告备案"),
            _("数据和文件齐全、前后一致的，予以备案。"),
            _("备案"),
            _("已备案。"),
            (_("备案后本年度报告办结。"),),
            is_final=True,
        ),
        "send_report_back": MatterAct(
            ConfirmedForm,
            _("退回修改年度报告"),
            _("逐项选定需要修改的内容；该单位在通知规定的工作日内重新报送。"),
            _("退回"),
            _("已退回修改。"),
            tone="outline-secondary",
        ),
        "drop_report": MatterAct(
            ReasonForm,
            _("不再要求年度报告"),
            _("称号已失效、撤销或注销的，不再要求报送。"),
            _("不再要求"),
            _("已不再要求。"),
            (_("本件终止。"),),
            is_final=True,
            tone="outline-secondary",
        ),
    },
)

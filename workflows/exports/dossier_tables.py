"""What hangs on a case, model by model: each a table of the dossier, with how its rows are found from the case.

A model with a relation to a case, to what a case is about or to anything listed here is itself in `TABLES`, is written
by the dossier in a form of its own (`BY_HAND`), or is in `LEFT_OUT` with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Model, Q

from accreditation import models as m
from workflows.models import CaseFlow

DRAWN = Q(drawn_at__isnull=False)  # nobody learns the seed before the draw, or the pool could be fitted to it
VOTED = Q(item__voted_at__isnull=False)  # nobody learns a vote before all have voted
VOTED_ITEM = Q(voted_at__isnull=False)  # nor how many there are of each kind
PROPOSED = frozenset({"proposed_outcome", "prepared_by"})  # of a reconsideration: only who decides on it may know


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one model: path without ending, name, ways from the row to an anchor of the case, columns left out.

    A way is a lookup and the anchor it leads to: case, number (of the case), application, batch, announcement, title.
    """

    path: str
    name: str
    model: type[Model]
    ways: tuple[tuple[str, str], ...]
    omit: frozenset[str] = frozenset()
    where: Q = field(default_factory=Q)


def _by(lookup: str) -> tuple[tuple[str, str], ...]:
    """The way whose last step is named like its anchor."""
    return ((lookup, lookup.rpartition("__")[2]),)


_CHANGE = (("change__case", "case"), ("change__titles__title", "title"))
_CASE: tuple[Table, ...] = (
    Table("clocks/clocks", "期限", m.Deadline, _by("case")),
    Table("clocks/events", "期限的开始、暂停、恢复、延长、重算和终止", m.ClockEvent, _by("deadline__case")),
    Table("returns/returns", "本办件的退回补正", m.MatterReturn, _by("case"), frozenset({"on_file"})),
    Table("returns/points", "退回补正的逐项内容，补正前后的值", m.MatterPoint, _by("request__case")),
    Table(
        "letters/deliveries",
        "文书送达",
        m.Delivery,
        (("letter__case", "case"), ("reissue_letter__reissue__title", "title")),
    ),
    Table(
        "letters/opening_corrections",
        "首次打开的更正",
        m.OpeningCorrection,
        (("opening__letter__case", "case"), ("opening__reissue_letter__reissue__title", "title")),
    ),
    Table("clocks/reminders", "催办和上报", m.Reminder, _by("deadline__case")),
    Table(
        "recusals/requests",
        "当事人已获答复的回避申请和答复",
        m.RecusalRequest,
        _by("case"),
        # The person concerned may take the file away: why the party asks is read on its page alone, by who answers.
        frozenset({"words", "reason", "file", "file_name"}),
        where=~Q(answer=""),
    ),
    Table("recusals/case", "办理人员就本办件回避", m.OfficerRecusal, _by("case")),
    Table(
        "recusals/enterprise",
        "办理人员就该单位全部办件回避",
        m.OfficerRecusal,
        (("enterprise__cases", "case"),),
        where=Q(case__isnull=True),
    ),
    Table("messages", "发出的站内消息", m.Message, (("case_number", "number"),), frozenset({"key"})),
    Table("bulk/acts", "批量办理", m.BulkAct, (("lines__case", "case"),)),
    Table("bulk/lines", "批量办理中的本办件", m.BulkLine, _by("case")),
)
_FILING: tuple[Table, ...] = (
    Table("application", "申报件", m.Application, _by("case")),
    Table(
        "submissions/submissions", "各次提交", m.Submission, _by("application"), frozenset({"evidence", "evaluation"})
    ),
    Table("submissions/readings", "数据表的读取", m.WorkbookReading, _by("application"), frozenset({"spool_name"})),
    Table("submissions/bindings", "数据与证明材料的对应", m.Binding, _by("evidence__application")),
    Table("submissions/identifiers", "申报的权利和凭证编号", m.FiledIdentifier, _by("application")),
    Table("reviews/gate_answers", "认定条件的核对", m.GateAnswer, _by("application")),
    Table("reviews/verified_values", "核定的数据", m.VerifiedValue, _by("application")),
    Table("reviews/first_reviews", "初审意见", m.FirstReview, _by("application"), frozenset({"evaluation"})),
    Table("reviews/corrections", "退回补正", m.CorrectionRequest, _by("application")),
    Table("reviews/correction-points", "退回补正的逐项要求", m.CorrectionPoint, _by("request__application")),
    Table(
        "reviews/further-returns",
        "再次退回的请示",
        m.FurtherReturn,
        (("application", "application"), ("matter", "case")),
    ),
    Table("forwarding/forwardings", "街镇、园区转报", m.Forwarding, _by("application")),
    Table("visits/visits", "实地核查", m.SiteVisit, _by("application")),
    Table("visits/documents", "实地核查的附件", m.SiteVisitDocument, _by("visit__application")),
    Table("consultation/answers", "部门会商", m.Consultation, _by("application")),
    Table("consultation/letters", "部门来文（含更正时撤下的）", m.DepartmentLetter, _by("consultation__application")),
    Table("panel/seeds", "抽取种子的固定", m.PanelDraw, _by("application"), frozenset({"record", "seed"})),
    Table("panel/draws", "专家抽取", m.PanelDraw, _by("application"), frozenset({"record"}), where=DRAWN),
    Table("panel/panel", "评审组", m.Panel, _by("application"), frozenset({"result"})),
    Table("panel/seats", "席位、声明和回避", m.Seat, _by("panel__application")),
    Table("panel/sheet-requests", "搁置评分表的提请和答复", m.SheetRequest, _by("seat__panel__application")),
    Table("figure-checks/checks", "第三方数据核查", m.FigureCheck, _by("application"), frozenset({"report"})),
    Table("figure-checks/findings", "核查结果、企业答复和处理", m.FigureFinding, _by("figure_check__application")),
    Table("figure-checks/plan", "第三方数据核查的安排", m.FigureCheckPlan, _by("batch")),
)
_DECIDING: tuple[Table, ...] = (
    Table("meetings/meetings", "评审会议", m.Meeting, (("items__application", "application"),), frozenset({"minutes"})),
    Table("meetings/items", "会议议题", m.MeetingItem, _by("application"), frozenset({"ballots"})),
    Table("meetings/voted", "已表决的议题和票数", m.MeetingItem, _by("application"), where=VOTED_ITEM),
    Table("meetings/attendance", "出席", m.Attendance, (("meeting__items__application", "application"),)),
    Table(
        "meetings/presence", "会中离席和到席", m.PresenceChange,
        (("attendance__meeting__items__application", "application"),),
    ),
    Table("meetings/recusals", "委员回避", m.MeetingRecusal, _by("item__application")),
    Table("meetings/votes", "表决", m.Vote, _by("item__application"), where=VOTED),
    Table("meetings/decisions", "决定", m.Decision, _by("application")),
    Table("recommendation/scores", "初评得分", m.InitialScore, _by("application")),
    Table(
        "recommendation/ranking", "推荐排序", m.Ranking, (("lines__application", "application"),),
        frozenset({"text", "reason"}),  # what was said of the late ones together
    ),
    Table("recommendation/place", "本办件的位次", m.RankingLine, _by("application")),
    Table(
        "recommendation/callings-up", "递补的提请和确认", m.CallingUp, _by("application"),
        frozenset({"vacated_decision"}),
    ),
    Table("recommendation/letters", "向上推荐的文件", m.Recommendation, (("listed", "application"),)),
    Table(
        "recommendation/notices", "上级机关的文件", m.ExternalNotice,
        (("answered", "application"), ("proceedings__case", "case"), ("reexaminations__case", "case"),
         ("titles", "title"), ("evaluations__title", "title"), ("result_proposals__title", "title"),
         ("outside_lists__lines__application", "application"),
         ("reexamination_results__lines__reexamination__case", "case")),
    ),
    Table(
        "recommendation/results", "国家结果的登记和核对", m.OutsideList, (("lines__application", "application"),)
    ),
    Table("recommendation/result", "国家结果中的本办件", m.OutsideListLine, _by("application")),
    Table("notice/entries", "公示名单中的本办件", m.NoticeEntry, _by("application")),
    Table("notice/waivers", "申报单位请求撤下名单", m.NoticeWaiver, _by("application")),
    Table("objections/hearings", "就异议告知的事实和陈述期限", m.ObjectionHearing, _by("objection__application")),
    Table(
        "objections/statements", "申报单位就异议的各次陈述", m.ObjectionStatement,
        _by("hearing__objection__application"),
    ),
    Table(
        "objections/proposals", "认定异议成立的提请和答复", m.ObjectionProposal, _by("objection__application")
    ),
    Table("reopening/reopenings", "重新审议的提请和答复", m.Reopening, _by("application")),
    Table("reopening/figures", "提请改正的核定数据", m.ReopeningFigure, _by("reopening__application")),
    Table(
        "reopening/scores", "改正核定数据前后的得分", m.RevisedScore, _by("reopening__application"),
        frozenset({"former_evaluation", "evaluation"}),
    ),
    Table(
        "reopening/statements", "申报单位就重新审议的各次陈述", m.ReopeningStatement, _by("reopening__application")
    ),
    Table("notice/adjustments", "公示调整", m.NoticeAdjustment, (("lines__entry__application", "application"),)),
    Table("notice/adjusted", "公示调整的条目", m.AdjustedEntry, _by("entry__application")),
    Table(
        "announcement/announcement", "公布", m.Announcement,
        (("pk", "announcement"), ("evaluation_calls__application", "application")), frozenset({"body"}),
    ),
)  # fmt: skip
_TITLE: tuple[Table, ...] = (
    Table("title/title", "称号", m.Title, (("pk", "title"),)),
    Table("title/corrections", "公布的更正", m.AnnouncementCorrection, _by("title")),
    Table("title/reissues", "证书补发和更正", m.Reissue, _by("title")),
    Table("title/reissue-letters", "补发和更正的文书", m.ReissueLetter, _by("reissue__title")),
    Table("title/evaluations", "上级机关的评价结果", m.TitleEvaluation, _by("title")),
    Table("title/evaluation-entries", "须第二人核对的评价结果", m.ResultProposal, _by("title")),
    Table("title/proceedings", "警告、暂停、撤销和注销（含听证）", m.Proceeding, _by("title")),
    Table(
        "title/evaluation-calls", "评价通知", m.EvaluationCall,
        (("title", "title"), ("application", "application"), ("proposal", "case")),
    ),
    Table(
        "title/evaluation-rounds", "评价轮次", m.EvaluationRound,
        (("calls__title", "title"), ("calls__application", "application")),
    ),
    Table(
        "title/earlier-results", "以往评价结果的登记和核对", m.EarlierResult, (("lines__title", "title"),)
    ),
    Table("title/earlier-result", "以往评价结果中的本称号", m.EarlierResultLine, _by("title")),
    Table("title/yearly-reports", "年度报告", m.YearlyReport, (("case", "case"), ("title", "title"))),
    Table(
        "title/yearly-calls", "年度报告通知", m.YearlyReportCall,
        (("reports__case", "case"), ("reports__title", "title")),
    ),
    Table(
        "title/reexaminations", "复核", m.Reexamination, (("case", "case"), ("title", "title"), ("proposal", "case"))
    ),
    Table(
        "title/reexamination-rounds", "复核轮次", m.ReexaminationRound,
        (("cases__case", "case"), ("cases__title", "title")),
    ),
    Table(
        "title/reexamination-reports", "复核意见上报", m.ReexaminationReport,
        (("cases__case", "case"), ("cases__title", "title")),
    ),
    Table(
        "title/reexamination-results", "国家复核结果的登记和核对", m.ReexaminationResult,
        (("lines__reexamination__case", "case"), ("lines__reexamination__title", "title")),
    ),
    Table(
        "title/reexamination-result", "国家复核结果中的本办件", m.ReexaminationResultLine,
        (("reexamination__case", "case"), ("reexamination__title", "title")),
    ),
    Table("title/changes", "变更申请", m.ChangeRequest, (("case", "case"), ("titles__title", "title"))),
    Table("title/changed-titles", "变更涉及的称号", m.ChangedTitle, (("change__case", "case"), ("title", "title"))),
    Table("title/change-successors", "变更的承继单位", m.ChangeSuccessor, _CHANGE),
    Table("title/change-opinions", "变更的区级意见", m.ChangeOpinion, _CHANGE),
    Table(
        "reconsiderations", "行政复议、法院裁判和自行纠正", m.Reconsideration,
        (
            ("case", "case"), ("challenged", "case"), ("redo_case", "case"),
            ("reissue_letter__reissue__title", "title"),
        ), PROPOSED,
    ),
)  # fmt: skip
TABLES: tuple[Table, ...] = (*_CASE, *_FILING, *_DECIDING, *_TITLE)
BY_HAND: frozenset[type[Model]] = frozenset(
    {
        m.Case, m.Letter, m.CaseDocument, m.WorkbookUpload, m.Evidence, m.Review, m.Notice, m.NoticeExtension,
        m.Objection, m.ObjectorLetter,
    }
)  # fmt: skip
LEFT_OUT: dict[type[Model], str] = {
    CaseFlow: "where the flow stands, which is built again from the legal state",
    m.Effect: "mail and issuing still under way; what came of them is among the letters, messages and certificates",
}

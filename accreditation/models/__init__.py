"""The tables of legal facts, one module per subject."""

from accreditation.models.adjustments import AdjustedEntry, NoticeAdjustment
from accreditation.models.announcement_corrections import AnnouncementCorrection
from accreditation.models.applications import (
    Application,
    CorrectionPoint,
    CorrectionRequest,
    Evidence,
    FirstReview,
    GateAnswer,
    StoredFile,
    Submission,
    VerifiedValue,
    WorkbookUpload,
)
from accreditation.models.audit import AuditEvent, Ledger
from accreditation.models.batch_proposals import BatchProposal
from accreditation.models.batches import Batch, Counter, Programme, RuleSetEdition
from accreditation.models.bulk import BulkAct, BulkLine
from accreditation.models.calendar_proposals import CalendarProposal
from accreditation.models.calling_up import CallingUp
from accreditation.models.cases import Case, ClockEvent, Deadline, Letter
from accreditation.models.changes import ChangedTitle, ChangeOpinion, ChangeRequest, ChangeSuccessor
from accreditation.models.cultivation import Cultivation, CultivationRelease, GapReport, OwnFigure
from accreditation.models.delegations import Delegation, Lender
from accreditation.models.deliveries import Delivery, OpeningCorrection
from accreditation.models.designations import DesignationProposal
from accreditation.models.earlier_results import EarlierResult, EarlierResultLine
from accreditation.models.editions import EditionChange
from accreditation.models.enterprises import Enterprise, HolderRecord, Member
from accreditation.models.evaluations import EvaluationCall, EvaluationRound
from accreditation.models.evidence import Binding, FiledIdentifier
from accreditation.models.experts import Link, PanelDraw, Tie
from accreditation.models.figure_checks import FigureCheck, FigureCheckPlan, FigureFinding
from accreditation.models.grant_proposals import GrantProposal
from accreditation.models.hearings import NoticeWaiver, ObjectionHearing, ObjectionStatement, ObjectorLetter
from accreditation.models.matter_returns import MatterPoint, MatterReturn
from accreditation.models.meetings import (
    Attendance,
    Decision,
    Meeting,
    MeetingItem,
    MeetingRecusal,
    PresenceChange,
    Vote,
)
from accreditation.models.notice_extensions import NoticeExtension
from accreditation.models.notices import Announcement, Notice, NoticeEntry, Objection
from accreditation.models.objection_proposals import ObjectionProposal
from accreditation.models.officer_recusals import OfficerRecusal
from accreditation.models.outbox import Draft, Effect, Message, RequestKey
from accreditation.models.outside_lists import OutsideList, OutsideListLine
from accreditation.models.outside_results import ResultProposal
from accreditation.models.panels import Panel, Review, Seat
from accreditation.models.paper import PaperImport
from accreditation.models.people import Body, ExpertProfile, RoleGrant, User
from accreditation.models.proceedings import CaseDocument, Proceeding
from accreditation.models.readings import WorkbookReading
from accreditation.models.recommendations import (
    Consultation,
    DepartmentLetter,
    ExternalNotice,
    InitialScore,
    Ranking,
    RankingLine,
    Recommendation,
    TitleEvaluation,
)
from accreditation.models.reconsiderations import Reconsideration
from accreditation.models.recusal_requests import RecusalRequest
from accreditation.models.reexamination_results import ReexaminationResult, ReexaminationResultLine
from accreditation.models.reexaminations import Reexamination, ReexaminationReport, ReexaminationRound
from accreditation.models.reissues import Reissue, ReissueLetter
from accreditation.models.reminders import Reminder
from accreditation.models.reopened_figures import ReopeningFigure, RevisedScore
from accreditation.models.reopenings import Reopening, ReopeningStatement
from accreditation.models.returns import FurtherReturn
from accreditation.models.rules import RuleDraft, RuleTrial
from accreditation.models.sheet_requests import SheetRequest
from accreditation.models.standings import PlanFigure, PlanTarget, Standing, StandingImport
from accreditation.models.titles import Title
from accreditation.models.visits import Forwarding, SiteVisit, SiteVisitDocument
from accreditation.models.webhooks import Webhook
from accreditation.models.yearly_reports import YearlyReport, YearlyReportCall

__all__ = [
    "AdjustedEntry",
    "Announcement",
    "AnnouncementCorrection",
    "Application",
    "Attendance",
    "AuditEvent",
    "Batch",
    "BatchProposal",
    "Binding",
    "Body",
    "BulkAct",
    "BulkLine",
    "CalendarProposal",
    "CallingUp",
    "Case",
    "CaseDocument",
    "ChangeOpinion",
    "ChangeRequest",
    "ChangeSuccessor",
    "ChangedTitle",
    "ClockEvent",
    "Consultation",
    "CorrectionPoint",
    "CorrectionRequest",
    "Counter",
    "Cultivation",
    "CultivationRelease",
    "Deadline",
    "Decision",
    "Delegation",
    "Delivery",
    "DepartmentLetter",
    "DesignationProposal",
    "Draft",
    "EarlierResult",
    "EarlierResultLine",
    "EditionChange",
    "Effect",
    "Enterprise",
    "EvaluationCall",
    "EvaluationRound",
    "Evidence",
    "ExpertProfile",
    "ExternalNotice",
    "FigureCheck",
    "FigureCheckPlan",
    "FigureFinding",
    "FiledIdentifier",
    "FirstReview",
    "Forwarding",
    "FurtherReturn",
    "GapReport",
    "GateAnswer",
    "GrantProposal",
    "HolderRecord",
    "InitialScore",
    "Ledger",
    "Lender",
    "Letter",
    "Link",
    "MatterPoint",
    "MatterReturn",
    "Meeting",
    "MeetingItem",
    "MeetingRecusal",
    "Member",
    "Message",
    "Notice",
    "NoticeAdjustment",
    "NoticeEntry",
    "NoticeExtension",
    "NoticeWaiver",
    "Objection",
    "ObjectionHearing",
    "ObjectionProposal",
    "ObjectionStatement",
    "ObjectorLetter",
    "OfficerRecusal",
    "OpeningCorrection",
    "OutsideList",
    "OutsideListLine",
    "OwnFigure",
    "Panel",
    "PanelDraw",
    "PaperImport",
    "PlanFigure",
    "PlanTarget",
    "PresenceChange",
    "Proceeding",
    "Programme",
    "Ranking",
    "RankingLine",
    "Recommendation",
    "Reconsideration",
    "RecusalRequest",
    "Reexamination",
    "ReexaminationReport",
    "ReexaminationResult",
    "ReexaminationResultLine",
    "ReexaminationRound",
    "Reissue",
    "ReissueLetter",
    "Reminder",
    "Reopening",
    "ReopeningFigure",
    "ReopeningStatement",
    "RequestKey",
    "ResultProposal",
    "Review",
    "RevisedScore",
    "RoleGrant",
    "RuleDraft",
    "RuleSetEdition",
    "RuleTrial",
    "Seat",
    "SheetRequest",
    "SiteVisit",
    "SiteVisitDocument",
    "Standing",
    "StandingImport",
    "StoredFile",
    "Submission",
    "Tie",
    "Title",
    "TitleEvaluation",
    "User",
    "VerifiedValue",
    "Vote",
    "Webhook",
    "WorkbookReading",
    "WorkbookUpload",
    "YearlyReport",
    "YearlyReportCall",
]

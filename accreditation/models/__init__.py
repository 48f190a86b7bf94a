"""The tables of legal facts, one module per subject."""

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
from accreditation.models.batches import Batch, Counter, Programme, RuleSetEdition
from accreditation.models.cases import Case, Deadline, Letter
from accreditation.models.enterprises import Enterprise, HolderRecord, Member
from accreditation.models.evidence import Binding, FiledIdentifier
from accreditation.models.meetings import Attendance, Decision, Meeting, MeetingItem, MeetingRecusal, Vote
from accreditation.models.notices import Announcement, Notice, NoticeEntry, Objection
from accreditation.models.outbox import Draft, Effect, Message, RequestKey
from accreditation.models.panels import Panel, Review, Seat
from accreditation.models.people import Body, ExpertProfile, RoleGrant, User
from accreditation.models.readings import WorkbookReading
from accreditation.models.rules import RuleDraft, RuleTrial
from accreditation.models.titles import Title
from accreditation.models.visits import Forwarding, SiteVisit, SiteVisitDocument

__all__ = [
    "Announcement",
    "Application",
    "Attendance",
    "AuditEvent",
    "Batch",
    "Binding",
    "Body",
    "Case",
    "CorrectionPoint",
    "CorrectionRequest",
    "Counter",
    "Deadline",
    "Decision",
    "Draft",
    "Effect",
    "Enterprise",
    "Evidence",
    "ExpertProfile",
    "FiledIdentifier",
    "FirstReview",
    "Forwarding",
    "GateAnswer",
    "HolderRecord",
    "Ledger",
    "Letter",
    "Meeting",
    "MeetingItem",
    "MeetingRecusal",
    "Member",
    "Message",
    "Notice",
    "NoticeEntry",
    "Objection",
    "Panel",
    "Programme",
    "RequestKey",
    "Review",
    "RoleGrant",
    "RuleDraft",
    "RuleSetEdition",
    "RuleTrial",
    "Seat",
    "SiteVisit",
    "SiteVisitDocument",
    "StoredFile",
    "Submission",
    "Title",
    "User",
    "VerifiedValue",
    "Vote",
    "WorkbookReading",
    "WorkbookUpload",
]

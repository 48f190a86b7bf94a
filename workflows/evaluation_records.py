"""What the verbs of an evaluation record: the result kept, adopted, published; title, certificate, letter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.enums import LetterKind
from accreditation.evaluation_words import LOSES_TITLE, SKIPS_NEXT
from accreditation.models import Decision, EvaluationCall, Title
from accreditation.models.titles import HELD
from accreditation.selectors.granting import title_names
from accreditation.services import evaluation, letters
from accreditation.services import evaluation_results as results
from criteria.units import amount_text
from workflows import objection_hearings, records, upholding
from workflows.doing import Doing
from workflows.legal_basis import legal_basis
from workflows.renewing import renew_certificate

OF = "evaluation"
RECTIFIED, NOT_RECTIFIED, NOT_REPORTED = "rectified", "not_rectified", "not_reported"


def _send(doing: Doing, kind: LetterKind, *, is_adverse: bool, **content: Any) -> None:
    issued_by = letters.issuing_body(doing.application, is_district=False)
    title_name, _english = title_names(doing.batch.programme, doing.batch.granting_body)
    content |= {"batch": doing.batch, "programme": doing.batch.programme, "title_name": title_name}
    letter = letters.write_case_letter(
        doing.case, kind=kind, issued_by=issued_by, is_adverse=is_adverse, at=doing.at,
        basis=legal_basis(doing) if is_adverse else "", **content,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def fix_result(doing: Doing) -> None:
    """Form: opinion. Score and band as the rules give them on the verified figures."""
    found = evaluation.verified_evaluation(doing.application)
    assert found is not None
    call = results.keep_result(doing.application, found)
    doing.act.note(
        score=call.score, band=call.band, override=call.override, evaluation=found.digest(),
        opinion=doing.form["opinion"],
    )  # fmt: skip


def adopt_result(doing: Doing) -> None:
    """Form: decision."""
    doing.application.decision = _decided(doing)


def check_again(doing: Doing) -> None:
    """Form: decision. The next meeting decides anew."""
    _decided(doing)


def postpone(doing: Doing) -> None:
    """Form: decision. The case stays before the committee."""
    _decided(doing)


def _decided(doing: Doing) -> Decision:
    decision: Decision = doing.form["decision"]
    call = results.call_of(doing.application)
    doing.act.note(
        decision=decision.pk, outcome=decision.outcome, minutes=decision.minutes_sha256, of=OF,
        reasons=decision.reasons, score=call.score, band=call.band,
    )  # fmt: skip
    return decision


def uphold_objection(doing: Doing) -> None:
    """Form: objection. The proposal is confirmed: the case leaves the notice and is checked again."""
    reasons = upholding.confirm(doing)
    objection_hearings.settle(doing, outcome=objection_hearings.CHECKED_AGAIN, reasons=reasons)
    doing.application.decision = doing.application.notice = None


def publish_result(doing: Doing) -> None:
    """Form: announcement. The title follows its result in the same transaction, its certificate with it."""
    announcement, call = doing.form["announcement"], results.call_of(doing.application)
    results.publish_result(call, announcement)
    doing.application.announcement, doing.application.announced_name = announcement, call.announced_name
    title = results.follow_result(call, by=doing.by, at=doing.at)
    certificate = ""
    if title.state in HELD and not is_failed(call):
        doing.application.title = title
        certificate = renew_certificate(title, call, at=doing.at)
    doing.arguments["must_rectify"] = results.must_rectify(call, title)
    doing.act.note(
        announcement=announcement.number, title=title.number, title_state=title.state, score=call.score,
        band=call.band, valid_until=str(title.valid_until), certificate=certificate,
    )  # fmt: skip
    _tell_result(doing, call, title)


def _tell_result(doing: Doing, call: EvaluationCall, title: Title) -> None:
    """The letter with score and band, and how the title stands; what is against the holder names its remedy."""
    is_warned = results.is_warned_by(call, title)
    due = doing.calendar.due(doing.at, doing.batch.rectification_days) if doing.arguments["must_rectify"] else None
    _send(
        doing, LetterKind.EVALUATION_RESULT, is_adverse=is_failed(call) or is_warned, call=call, title=title,
        announcement=call.announcement, score=amount_text(Fraction(call.score), "point", "zh"),
        is_held=title.state in HELD, is_failed=is_failed(call), is_warned=is_warned,
        skips_next=call.consequence == SKIPS_NEXT, due=due.at if due else None,
    )  # fmt: skip


def is_failed(call: EvaluationCall) -> bool:
    """Whether the band takes the title, after a proceeding of its own."""
    return call.consequence == LOSES_TITLE


def lapse(doing: Doing) -> None:
    """Nobody corrected in time: the material counts as not handed in."""
    records.lapse(doing)
    results.mark_late(doing.application, at=doing.at)


def report_rectification(doing: Doing) -> None:
    """Form: report."""
    doing.act.note(report=doing.form["report"].strip())


def accept_rectification(doing: Doing) -> None:
    """Form: remark. The warning is lifted, and nothing else that an order has put over the title."""
    call = results.call_of(doing.application)
    title = results.lift_warning(call.title, call=call, by=doing.by, at=doing.at, acting_as=doing.verb.who.code)
    doing.act.note(remark=doing.form["remark"], title_state=title.state)
    _close(doing, title, RECTIFIED, doing.form["remark"])


def find_unrectified(doing: Doing) -> None:
    """Form: remark. The warning stands until the next evaluation."""
    doing.act.note(remark=doing.form["remark"])
    _close(doing, results.call_of(doing.application).title, NOT_RECTIFIED, doing.form["remark"])


def miss_rectification(doing: Doing) -> None:
    """Nobody reported in time; the warning stands until the next evaluation."""
    _close(doing, results.call_of(doing.application).title, NOT_REPORTED, str(_("逾期未报告整改情况")))


def _close(doing: Doing, title: Title, outcome: str, reasons: str) -> None:
    is_adverse = outcome != RECTIFIED
    _send(
        doing, LetterKind.RECTIFICATION, is_adverse=is_adverse, title=title, is_held=title.state in HELD,
        outcome=outcome, reasons=reasons,
    )  # fmt: skip

"""What is recorded where a judgment is carried out or an act taken back: the effects of a decision, and one letter."""

from __future__ import annotations

from accreditation.enums import LetterKind
from accreditation.models import Reconsideration
from accreditation.reconsideration_words import UNDOING, Outcome, Remedy
from accreditation.services import letters
from accreditation.services.reconsiderations import authority_of, sequel_of
from workflows.doing import Doing
from workflows.reconsideration_records import OUTCOME_ZH, follow, title_now
from workflows.reconsideration_who import reconsideration_of
from workflows.replaced_judgments import take_its_place

LETTERS = {Remedy.JUDGMENT: LetterKind.JUDGMENT_CARRIED_OUT, Remedy.OWN_CORRECTION: LetterKind.OWN_CORRECTION}
JUDGED_ZH = {**OUTCOME_ZH, Outcome.UPHELD: "驳回诉讼请求"}


def carry_out(doing: Doing) -> None:
    """What was prepared takes effect, in this transaction, by the means of a decision on reconsideration."""
    row = reconsideration_of(doing)
    row.outcome, row.decided_by = row.proposed_outcome, doing.by
    doing.act.note(
        remedy=row.remedy, outcome=row.outcome, order=row.decision_number, decided_on=str(row.decided_on),
        reasons=row.decision_reasons,
    )  # fmt: skip
    sequel = sequel_of(row.told_by) if row.outcome in UNDOING else None
    earlier = row.replaces
    if earlier is not None:
        take_its_place(doing, earlier)
        sequel = sequel if _is_told_anew(row, earlier) else None
    elif sequel is not None:
        follow(doing, sequel)
    letter = letters.write_case_letter(
        doing.case, kind=LETTERS[Remedy(row.remedy)], issued_by=authority_of(row), is_adverse=False, at=doing.at,
        reconsideration=row, challenged=row.told_by, outcome_zh=JUDGED_ZH[Outcome(row.outcome)], sequel=sequel or "",
        title=title_now(row), earlier=earlier, was_undone=earlier is not None and earlier.outcome in UNDOING,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def _is_told_anew(row: Reconsideration, earlier: Reconsideration) -> bool:
    """Whether the letter says what follows: how a title stands always, what was begun on the earlier one not again."""
    return earlier.outcome not in UNDOING or title_now(row) is not None


def discard(doing: Doing) -> None:
    """Form: reason. Nothing comes of it, and the enterprise was not told."""
    row = reconsideration_of(doing)
    row.ended_for = doing.form["reason"].strip()
    doing.act.note(reason=row.ended_for)

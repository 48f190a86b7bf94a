"""An objection is upheld by two: one officer proposes it with grounds, another of the same office confirms.

The other may decline as well, and whoever proposed may take it back: then the objection is looked into further. An
objection that is dismissed leaves what was decided as it is and needs one officer. Nobody answers an objection in a
case in which they checked, recommended or verified something: it may be that very check that is attacked.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.case_acts import acts_in
from accreditation.errors import Reason
from accreditation.models import Case, Objection, ObjectionProposal, User
from accreditation.models.objection_proposals import UpholdingAnswer
from accreditation.permissions import persons_behind
from accreditation.services import objection_proposals as kept
from accreditation.services.second_answers import keep_answer, plain
from workflows.doing import Doing
from workflows.parties import untied
from workflows.second_person import FOUR_EYES, has_done

CONFIRMED = "upholding_confirmed"  # message to who proposed
UPHOLDING_VERBS = ("propose_upholding", "decline_upholding", "withdraw_upholding")
# What an objection may attack: the conditions, figures and material as somebody of the offices found them.
CHECKS = (
    "answer_gate", "verify_value", "adopt_value", "decide_figure", "forward", "recommend", "not_recommend",
    "pass_completeness_check", "pass_material_check", "ask_departments", "conclude_consultation", "fix_result",
)  # fmt: skip


def _waiting(doing: Doing) -> ObjectionProposal | None:
    objection = doing.form.get("objection")
    return kept.waiting(objection) if isinstance(objection, Objection) else None


def has_checked(case: Case, by: User) -> bool:
    """Whether the person, or whoever is behind the person, did one of the checks in the case."""
    return has_done(case, by, CHECKS)


def checked_among(cases: Iterable[Case], by: User) -> set[str]:
    """Chains of those of the cases in which `has_checked` would say so; one statement."""
    done = acts_in(cases, persons_behind(by)).filter(verb__in=CHECKS)
    return set(done.values_list("chain", flat=True))


def did_not_check_the_case(doing: Doing) -> Iterable[Reason]:
    """Whoever did one of the checks leaves the answer to a colleague, however the check came to be done."""
    if has_checked(doing.case, doing.by):
        text = _("您在本件中办理过审查、推荐或者核定，不能再答复对本件的异议，须由另一经办人办理。")
        yield Reason("checked_it", text)


def none_proposed_yet(doing: Doing) -> Iterable[Reason]:
    """Nobody's proposal waits: what a colleague is about to confirm does not change under the hand."""
    if _waiting(doing) is not None:
        yield Reason("proposed_already", _("已有人提请认定该异议成立，正待另一人办理。"))


def reasons_are_new(doing: Doing) -> Iterable[Reason]:
    """Form: reasons. What a colleague has declined is not proposed again in the same words."""
    objection, said = doing.form.get("objection"), plain(str(doing.form.get("reasons") or ""))
    if isinstance(objection, Objection) and said in kept.declined_reasons(objection):
        text = _("以这一理由提请认定异议成立，已有人不同意；再次提请的，须写明新的理由。")
        yield Reason("reason_declined", text, "reasons")


def was_proposed(doing: Doing) -> Iterable[Reason]:
    """Form: objection. Somebody has proposed to uphold it, with grounds."""
    if isinstance(doing.form.get("objection"), Objection) and _waiting(doing) is None:
        yield Reason("not_proposed", _("没有人提请认定该异议成立。"))


def another_than_who_proposed_upholding(doing: Doing) -> Iterable[Reason]:
    """Whoever proposed it, or in whose place it was proposed, neither confirms nor declines as well."""
    row = _waiting(doing)
    if row is not None and row.proposers & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("提请认定异议成立的人不能自己确认，须由另一人办理；不再提请的，可以撤回。"))


def proposed_upholding(doing: Doing) -> Iterable[Reason]:
    """Only who proposed takes the proposal back; a colleague declines it."""
    row = _waiting(doing)
    if row is not None and not row.proposers & persons_behind(doing.by):
        yield Reason("not_proposer", _("只有提请人可以撤回认定异议成立的提请。"))


# --- what is recorded -----------------------------------------------------------------------------------------------
def propose(doing: Doing) -> None:
    """Form: objection, reasons. The objection stays open until another person confirms."""
    objection: Objection = doing.form["objection"]
    row = kept.propose(objection, reasons=doing.form["reasons"].strip(), by=doing.by, at=doing.at)
    doing.act.note(objection=objection.number, reasons=row.reasons)


def confirm(doing: Doing) -> str:
    """Form: objection. The proposal is confirmed; what it brings about follows. The reasons of the proposal."""
    row = _answered(doing, UpholdingAnswer.CONFIRMED)
    doing.act.note(proposed_by=str(row.proposed_by))
    _tell_proposers(doing, row, CONFIRMED)
    return row.reasons


def decline(doing: Doing) -> None:
    """Form: objection, reason. The objection is looked into further; whoever proposed is told."""
    row = _answered(doing, UpholdingAnswer.DECLINED)
    doing.act.note(
        objection=row.objection.number, reason=row.answer_reason, proposed_by=str(row.proposed_by), proposed=row.reasons
    )
    _tell_proposers(doing, row, doing.verb.message)


def take_back(doing: Doing) -> None:
    """Form: objection, reason. As if nobody had proposed it; the proposal stays on file."""
    row = _answered(doing, UpholdingAnswer.WITHDRAWN)
    doing.act.note(objection=row.objection.number, reason=row.answer_reason, proposed=row.reasons)


def _answered(doing: Doing, said: UpholdingAnswer) -> ObjectionProposal:
    row = _waiting(doing)
    assert row is not None
    reason = str(doing.form.get("reason") or "").strip() if said is not UpholdingAnswer.CONFIRMED else ""
    keep_answer(row, said, reason=reason, by=doing.by, at=doing.at)
    return row


def _tell_proposers(doing: Doing, row: ObjectionProposal, kind: str) -> None:
    people = [one for one in (row.proposed_by, row.proposed_for) if one is not None]
    doing.act.tell(untied(people, doing.case), kind, case_number=doing.case.number)

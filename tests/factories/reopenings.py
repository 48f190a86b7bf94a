"""Facts that come to light after the minutes, what is said to them, and an adjustment notice over one entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from accreditation.models import Case, NoticeAdjustment, NoticeEntry, Reopening, User
from accreditation.services.adjustments import create_adjustment
from tests.factories.cast import stored_file
from tests.factories.hearings import WAIVED, officers
from workflows import door

Figures = Mapping[tuple[str, int | None], int | str]
FACTS = "税务机关来函：研发费用加计扣除额经核查调减，申报数据与之不符。"
STATEMENT = "调减数额正在复核，请待复核结论作出后再行审议。"
REASON = "来函已核实，影响评价得分。"
GIVEN_UP = "经营计划调整，不再申报。"


def proposal(at: datetime) -> dict[str, Any]:
    """What an officer puts forward."""
    return {"ground": "false_material", "facts": FACTS, "file": stored_file(b"%PDF-1.4 found", at), "name": "来函.pdf"}


def adjustment(case: Case, by: User, at: datetime) -> NoticeAdjustment | None:
    """An adjustment notice that names the case, where one can."""
    entry = NoticeEntry.objects.filter(application__case=case).first()
    if entry is None:
        return None
    return create_adjustment(
        entry.notice, {entry: "更正后的名称"}, [], body="名称有误", ends_at=None, by=by, at=at
    )  # fmt: skip


def forms(case: Case, publisher: User, at: datetime) -> Mapping[str, Callable[[], dict[str, Any]]]:
    """What is sent with each verb between the minutes and the grant."""
    adjusted = {"corrected": "更正后的名称", "reasons": "书面申请撤回"}
    return {
        "propose_reopening": lambda: proposal(at),
        "state_on_reopening": lambda: {"text": STATEMENT},
        "return_to_committee": lambda: {"reason": REASON},
        "drop_reopening": lambda: {"reason": REASON},
        "withdraw_reopening": lambda: {"reason": REASON},
        "give_up": lambda: {"reason": GIVEN_UP},
        "waive_notice": lambda: {"reason": WAIVED},
        "correct_entry": lambda: {"adjustment": adjustment(case, publisher, at)} | adjusted,
        "take_off_notice": lambda: {"adjustment": adjustment(case, publisher, at)} | adjusted,
    }


def answer(case: Case) -> dict[str, Any]:
    """What the page of an answer sends, confirmed."""
    row = Reopening.objects.get(application__case=case, answer="")
    return {"reason": REASON, "reopening": row.pk, "confirmed": "1"}


def put_forward(
    case: Case, *, at: datetime, figures: Figures | None = None, why_again: str = ""
) -> tuple[User, User]:  # fmt: skip
    """By one of two officers who did nothing in the case; both. With `figures`, because these are wrong."""
    first, second = officers(case, at)
    form = proposal(at) | ({"ground": "wrong_figure", "figures": named(figures)} if figures else {})
    form |= {"why_again": why_again} if why_again else {}
    door.perform(case, "propose_reopening", by=first, at=at, form=form)
    return first, second


def named(figures: Figures) -> list[dict[str, Any]]:
    """Corrected figures as the form names them."""
    return [{"code": code, "year": year, "value": Fraction(value)} for (code, year), value in figures.items()]


def stated(case: Case, *, by: User, at: datetime, gives_up_rest: bool = True) -> None:
    """The applicant answers, and needs no more time."""
    form = {"text": STATEMENT, "gives_up_rest": gives_up_rest}
    door.perform(case, "state_on_reopening", by=by, at=at, form=form)


def sent_back(case: Case, *, applicant: User, at: datetime, figures: Figures | None = None) -> None:
    """Put forward, stated on, sent back by the other officer."""
    _first, second = put_forward(case, at=at, figures=figures)
    stated(case, by=applicant, at=at)
    door.perform(case, "return_to_committee", by=second, at=at, form={"reason": REASON})

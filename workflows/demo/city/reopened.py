"""Facts that come to light after the minutes: the applicant is asked, the case sent back, or the proposal withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from accreditation.models import Case, User
from accreditation.models.reopenings import ReopeningGround
from accreditation.services.files import take_file
from accreditation.services.reopened_figures import Key, counted_figures
from workflows import door
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf

FACTS = "税务机关来函：上一年度研发费用加计扣除额经核查调减，申报的研发费用与之不符，须重新计算得分。"
STATED = "调减的是上一年度归集口径的差异，单位认可税务机关的核定数，无其他补充。"
SENT_BACK = "来函和申报单位的陈述已经核实，研发费用变动影响评价得分，提交评审委员会重新审议。"
TAKEN_BACK = "税务机关更正来函，调减的是同名分公司的数额，与本件无关，撤回提请。"
FIRST, SECOND = "yiyi1", "yiyi2"  # who check nothing in the case


def put_forward(case: Case, *, by: User, at: datetime) -> None:
    """By one officer; the case waits for the applicant and for a second officer, and is not announced meanwhile.

    Where the title is judged by the spending, the right figure is named; elsewhere the material was not true.
    """
    name = "税务机关来函.pdf"
    file = take_file(sample_pdf(f"{case.number} TAX OFFICE"), name, media_type="application/pdf", at=at)
    figures = [{"code": key[0], "year": key[1], "value": value} for key, value in _adjusted(case).items()]
    ground = ReopeningGround.WRONG_FIGURE if figures else ReopeningGround.FALSE_MATERIAL
    form = {"ground": ground, "facts": FACTS, "file": file, "name": name, "figures": figures}
    door.perform(case, "propose_reopening", by=by, at=at, form=form)


def send_back(case: Case, people: Mapping[str, User], clock: DemoClock) -> None:
    """The applicant has been heard and waits for no more days; a second officer sends the case back."""
    put_forward(case, by=people[FIRST], at=clock.minutes(30))
    holder, at = case.enterprise.members.select_related("user").order_by("pk")[0].user, clock.days(1)
    said = {"text": STATED, "gives_up_rest": True}
    door.perform(case, "state_on_reopening", by=holder, at=at, form=said)
    at = clock.minutes(90)
    door.perform(case, "return_to_committee", by=people[SECOND], at=at, form={"reason": SENT_BACK})


def withdraw(case: Case, *, by: User, clock: DemoClock) -> None:
    """Put forward and taken back by the same officer; the case goes on where it stands."""
    put_forward(case, by=by, at=clock.minutes(30))
    door.perform(case, "withdraw_reopening", by=by, at=clock.minutes(90), form={"reason": TAKEN_BACK})


def _adjusted(case: Case) -> dict[Key, Fraction]:
    """The spending of the last year as the tax office leaves it, in 千元: a tenth less, in whole thousands."""
    key: Key = ("rd_expenditure", case.application.batch.reporting_year)
    spent = counted_figures(case.application).get(key)
    return {} if spent is None else {key: Fraction(spent * 9 // 10)}

"""Facts that came to light once the public notice of a case was over: the applicant is asked, nobody has answered."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from accreditation.models import Case, User
from accreditation.models.reopenings import ReopeningGround
from accreditation.services.files import take_file
from accreditation.services.reopened_figures import Key, counted_figures
from workflows import door
from workflows.demo.material import sample_pdf

FACTS = "税务机关来函：上一年度研发费用加计扣除额经核查调减，申报的研发费用与之不符，须重新计算得分。"


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


def _adjusted(case: Case) -> dict[Key, Fraction]:
    """The spending of the last year as the tax office leaves it, in 千元: a tenth less, in whole thousands."""
    key: Key = ("rd_expenditure", case.application.batch.reporting_year)
    spent = counted_figures(case.application).get(key)
    return {} if spent is None else {key: Fraction(spent * 9 // 10)}

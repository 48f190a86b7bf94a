"""Facts that came to light once the public notice of a case was over: the applicant is asked, nobody has answered."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import Case, User
from accreditation.models.reopenings import ReopeningGround
from accreditation.services.files import take_file
from workflows import door
from workflows.demo.material import sample_pdf

FACTS = "税务机关来函：上一年度研发费用加计扣除额经核查调减，申报的研发费用与之不符，须重新计算得分。"


def put_forward(case: Case, *, by: User, at: datetime) -> None:
    """By one officer; the case waits for the applicant and for a second officer, and is not announced meanwhile."""
    name = "税务机关来函.pdf"
    file = take_file(sample_pdf(f"{case.number} TAX OFFICE"), name, media_type="application/pdf", at=at)
    form = {"ground": ReopeningGround.WRONG_FIGURE, "facts": FACTS, "file": file, "name": name}
    door.perform(case, "propose_reopening", by=by, at=at, form=form)

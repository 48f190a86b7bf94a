"""A holder of the demo asks for its certificate again: refused once, as the reason given is none; asked once more."""

from __future__ import annotations

from accreditation.models import Application, Case
from accreditation.reissue_words import ReissueReason
from accreditation.selectors.people import active_people_of
from workflows.demo.story import Story
from workflows.reissuing import ask_for_reissue, refuse_reissue

FIRST_STATEMENT = "证书照片需要更换为彩色打印件，申请补发。"
REFUSAL = "电子证书可自行下载并彩色打印，证书内容和查验均未受影响，无须补发。"
STATEMENT = "证书打印件在展厅受潮损毁，二维码无法识别，申请补发。"


def ask_for_certificate_again(story: Story, case: Case) -> None:
    """Two requests on the title of the main job: the office refuses the first and still has to answer the second."""
    story.tell.step("证书补发：持有单位提出申请，一次未获同意，再次申请待市认定办公室审核")
    title = Application.objects.select_related("title").get(case=case).title
    assert title is not None
    holder, office = active_people_of(title.holder)[0], story.world.people["banshi"]
    for statement, refusal in ((FIRST_STATEMENT, REFUSAL), (STATEMENT, "")):
        at = story.clock.minutes(20)
        row = ask_for_reissue(title, reason=ReissueReason.DAMAGED, statement=statement, by=holder, at=at)
        story.tell.line(at, holder, f"{row.number} 申请补发证书")
        if refusal:
            refuse_reissue(row, reason=refusal, by=office, at=story.clock.minutes(15))
            story.tell.line(story.clock.at, office, f"{row.number} 不同意补发")

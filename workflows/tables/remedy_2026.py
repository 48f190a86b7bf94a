"""The verb table of what sets an act aside besides reconsideration: a judgment, and the body's own correction.

Articles are remembered, not read in a source: 行政诉讼法 69 (claims dismissed), 70 (set aside, ordered anew), 74
(confirmed unlawful), 77 (a penalty changed), 89 (judgment on appeal), 90 (retrial), 96 (execution against the
authority). That an authority takes back its own wrong act is general practice; here it does so only in favour of the
enterprise.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows import (
    audiences,
    guards,
    proceeding_records,
    remedy_guards,
    remedy_records,
    replaced_judgments,
    setting_aside,
)
from workflows.doing import Verb
from workflows.reconsideration_guards import title_can_come_back
from workflows.reconsideration_who import AUTHOR, respondents
from workflows.reissues_reopened import reissue_can_be_reopened

REPLACING = "行政诉讼法第八十九条、第九十条"
BY_LAW = "行政诉讼法第六十九条、第七十条、第七十四条、第七十七条、第九十六条；自行纠正"

_LINES: tuple[Verb, ...] = (
    Verb(
        "add_document", _("提交证据和依据"), AUTHOR, ("confirmation",), BY_LAW,
        guards=(guards.needs_text("purpose", _("证明内容")),), record=proceeding_records.add_document,
    ),
    # --- a second person carries it out or not -------------------------------------------------------------------
    Verb(
        "carry_out_remedy", _("核准执行"), AUTHOR, ("confirmation",), BY_LAW, transition="carry_out", completes=True,
        guards=(
            remedy_guards.by_another_than_the_preparer, reissue_can_be_reopened, remedy_guards.act_can_be_set_right,
            replaced_judgments.earlier_judgment_can_be_replaced, title_can_come_back,
        ),
        record=remedy_records.carry_out, tells=(audiences.applicants, respondents),
    ),
    Verb(
        "discard_remedy", _("不予执行"), AUTHOR, ("confirmation",), BY_LAW, transition="discard", completes=True,
        guards=(guards.needs_text("reason", _("不予执行的理由"), 5),), record=remedy_records.discard,
        tells=(respondents,),
    ),
    # --- a later judgment has been carried out -------------------------------------------------------------------
    Verb(
        replaced_judgments.GIVE_WAY, _("由新裁判替代"), setting_aside.DECIDED, ("end",), REPLACING,
        transition="give_way", guards=(replaced_judgments.is_replaced_by_it,), record=replaced_judgments.give_way,
        tells=(audiences.applicants,),
        for_page=False, after_end=True,
    ),
)  # fmt: skip

REMEDY_2026: dict[str, Verb] = {line.code: line for line in _LINES}

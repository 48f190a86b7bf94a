"""The buttons of a case at a desk: what this person can do now, in the order of the day's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from accreditation.enums import ApplicationState as S
from accreditation.permissions import persons_behind
from accreditation.services.reopenings import came_back, waiting
from accreditation.services.titles import standing_title
from workflows.clock_acts import pointless
from workflows.selectors.panel_room import panel_of, sheet_requests
from workflows.views.desk import Opened

if TYPE_CHECKING:
    from accreditation.permissions import Person
    from workflows.presentation.words import Words

BUTTONS = (  # verbs, page, words, tone; in the order of the day's work
    ({"accept"}, "act:accept", gettext_lazy("受理"), "primary"),
    ({"recommend", "not_recommend"}, "review", gettext_lazy("出具初审意见"), "primary"),
    ({"pass_completeness_check"}, "review", gettext_lazy("形式审查"), "primary"),
    ({"forward"}, "act:forward", gettext_lazy("审核转报"), "primary"),
    ({"call_in"}, "act:call_in", gettext_lazy("调取办理"), "outline-primary"),
    ({"pass_material_check"}, "review", gettext_lazy("审核材料"), "primary"),
    ({"record_site_visit"}, "visit", gettext_lazy("登记实地核查"), "primary"),
    ({"appoint_panel"}, "panel", gettext_lazy("组成评审组"), "primary"),
    ({"replace_expert", "adopt_value"}, "panel", gettext_lazy("查看评审组"), "outline-primary"),
    ({"table_again"}, "act:table_again", gettext_lazy("重新提请审议"), "primary"),
    ({"ask_departments"}, "act:ask_departments", gettext_lazy("提请部门会商"), "primary"),
    ({"record_answer"}, "act:record_answer", gettext_lazy("登记部门意见"), "primary"),
    ({"conclude_consultation"}, "act:conclude_consultation", gettext_lazy("会商完毕"), "primary"),
    ({"score_at_check"}, "act:score_at_check", gettext_lazy("确认初评得分"), "primary"),
    ({"adopt_initial_score"}, "act:adopt_initial_score", gettext_lazy("确认初评得分"), "primary"),
    (
        {"not_recommend_below_limit"},
        "act:not_recommend_below_limit",
        gettext_lazy("初评不足，不予推荐"),
        "outline-secondary",
    ),
    ({"fix_result"}, "act:fix_result", gettext_lazy("确认评价得分和等次"), "primary"),
    ({"accept_rectification"}, "act:accept_rectification", gettext_lazy("整改合格"), "primary"),
    ({"find_unrectified"}, "act:find_unrectified", gettext_lazy("整改不合格"), "outline-secondary"),
    ({"return_for_correction"}, "return", gettext_lazy("退回补正"), "outline-primary"),
    ({"end_as_held"}, "act:end_as_held", gettext_lazy("已持有资格，终结办理"), "outline-secondary"),
    ({"return_to_committee"}, "act:return_to_committee", gettext_lazy("退回重新审议"), "outline-primary"),
    ({"drop_reopening"}, "act:drop_reopening", gettext_lazy("不予重新审议"), "outline-secondary"),
    ({"withdraw_reopening"}, "act:withdraw_reopening", gettext_lazy("撤回重新审议的提请"), "outline-secondary"),
    ({"propose_reopening"}, "act:propose_reopening", gettext_lazy("提请重新审议"), "outline-secondary"),
    ({"find_ineligible"}, "act:find_ineligible", gettext_lazy("认定不符合条件"), "outline-secondary"),
    ({"pause_clock"}, "act:pause_clock", gettext_lazy("中止时限"), "outline-secondary"),
    ({"resume_clock"}, "act:resume_clock", gettext_lazy("恢复时限"), "outline-primary"),
    ({"ask_sheet_aside"}, "act:ask_sheet_aside", gettext_lazy("提请搁置评分表"), "outline-secondary"),
    ({"set_sheet_aside"}, "act:set_sheet_aside", gettext_lazy("同意搁置评分表"), "outline-primary"),
    ({"decline_sheet_aside"}, "act:decline_sheet_aside", gettext_lazy("不同意搁置评分表"), "outline-secondary"),
    ({"withdraw_sheet_request"}, "act:withdraw_sheet_request", gettext_lazy("撤回搁置提请"), "outline-secondary"),
    ({"pause_experts"}, "act:pause_experts", gettext_lazy("中止评审时限"), "outline-secondary"),
    ({"resume_experts"}, "act:resume_experts", gettext_lazy("恢复评审时限"), "outline-primary"),
    ({"decline"}, "act:decline", gettext_lazy("不予受理"), "outline-secondary"),
)


def actions(opened: Opened, by: Person) -> list[Words]:
    """Buttons for what this person can do now: `label`, `href`, `tone`, `posts` (done at once, without a page)."""
    found = []
    without_use = pointless(opened.case) | pointless_about_sheets(opened, by) | pointless_unless_held(opened)
    without_use |= pointless_about_reopening(opened, by)
    for verbs, page, label, tone in BUTTONS:
        if verbs <= without_use or (page == "panel" and not opened.application.batch.panel_size):
            continue
        if verbs & opened.verbs and page.split(":")[0] in ("act", *opened.desk.pages):
            name, _colon, verb = page.partition(":")
            href = opened.address(name, verb) if verb else opened.address(name)
            found.append({"label": label, "href": href, "tone": tone, "posts": verb == "accept"})
    return found


def pointless_unless_held(opened: Opened) -> frozenset[str]:
    """A case is ended as held where the title is held."""
    if "end_as_held" not in opened.verbs or standing_title(opened.application) is not None:
        return frozenset()
    return frozenset({"end_as_held"})


def pointless_about_reopening(opened: Opened, by: Person) -> frozenset[str]:
    """One proposal at a time, which another than who proposed it answers; who proposed it may take it back."""
    if not {"propose_reopening", "drop_reopening"} & opened.verbs:
        return frozenset()
    row, answers = waiting(opened.application), frozenset({"return_to_committee", "drop_reopening"})
    if row is None:
        is_first_time = opened.application.state == S.UNDER_OVERALL_REVIEW and not came_back(opened.application)
        return answers | {"withdraw_reopening"} | ({"propose_reopening"} if is_first_time else set())
    is_own = by.is_authenticated and bool(row.proposers & persons_behind(by))
    return frozenset({"propose_reopening"}) | (answers if is_own else {"withdraw_reopening"})


def pointless_about_sheets(opened: Opened, by: Person) -> frozenset[str]:
    """Who asked may take the request back, all others may answer it; without a request there is nothing of either."""
    answering, withdrawing = {"set_sheet_aside", "decline_sheet_aside"}, {"withdraw_sheet_request"}
    if not (answering | withdrawing) & opened.verbs or (panel := panel_of(opened.application)) is None:
        return frozenset()
    waiting = [row for row in sheet_requests(panel) if not row.answer]
    own = [row for row in waiting if by.pk in row.askers]
    return frozenset((set() if own else withdrawing) | (set() if len(own) < len(waiting) else answering))

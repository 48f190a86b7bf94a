"""Pages and acts of a case that the district bureau and the municipal office share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import initial_from_drafts
from accreditation.services.rule_sets import rules_of
from accreditation.services.titles import standing_title
from accreditation.views.answers import put_reasons
from workflows.calendar import current_calendar
from workflows.forms.casework import (
    CallInForm,
    ConfirmedForm,
    ExpertPauseForm,
    GateForm,
    OpinionForm,
    PauseForm,
    ReasonForm,
    ReasonsForm,
    RemarkForm,
    ReviewForm,
    SheetDeclineForm,
    SheetForm,
    SheetReasonForm,
    SheetWithdrawalForm,
    ValueForm,
)
from workflows.forms.returns import ReturnForm, target_groups, ticked_targets
from workflows.phrases import CHECKED, EVALUATED, MATERIAL_CHECKED, RECOMMEND, Phrase
from workflows.presentation.words import either
from workflows.selectors.figures import earlier_values, figure_cell
from workflows.selectors.reopenings import reopening_meant
from workflows.views import case_context as contexts
from workflows.views import further_returns
from workflows.views.consulting import usual
from workflows.views.desk import Confirm, Desk, Opened, carry_out, needs, open_case, show
from workflows.views.matters.uploads import stored
from workflows.views.panel_places import place_meant

if TYPE_CHECKING:
    from accreditation.models import Batch


@dataclass(frozen=True, slots=True)
class ActPage:
    """A page of its own for one act: form, words, whether it is asked again before it is done."""

    form: type[forms.Form]
    title: Promise
    lead: Promise
    yes: Promise
    done: Promise
    consequences: tuple[Promise, ...] = ()
    is_final: bool = False
    takes_file: bool = False
    reads_case: bool = False  # whether the form asks about what the case holds
    more_in: Callable[[Batch], tuple[Promise, ...]] | None = None  # consequences that not every batch has

    @property
    def confirm(self) -> Confirm | None:
        """What is asked before a final act."""
        return Confirm(self.title, self.consequences, self.yes) if self.is_final else None

    def confirm_in(self, batch: Batch) -> Confirm | None:
        """The same with what follows in a batch like this one."""
        more = self.more_in(batch) if self.more_in is not None else ()
        return replace(self.confirm, consequences=(*self.consequences, *more)) if self.confirm is not None else None


ENDS = _("本次申报程序终止，状态不能恢复。")
LETTER = _("系统向申报单位送达文书，载明理由和救济途径。")
ACTS: Mapping[str, ActPage] = {
    "accept": ActPage(
        ConfirmedForm,
        _("受理申报"),
        _("受理只说明材料可以进入初审，不代表符合条件。"),
        _("受理"),
        _("已受理。"),
    ),
    "call_in": ActPage(
        CallInForm,
        _("调取办理"),
        _(
            "街镇（园区）逾期未转报的，可以调取由本机构直接审核；时限届满前或者未设时限的，须说明理由。理由送街镇（园区）和申报单位。"
        ),
        _("调取办理"),
        _("已调取，材料审核时限从现在起算。"),
    ),
    "decline": ActPage(
        ReasonsForm,
        _("不予受理"),
        _("申报事项不属于本项目、申报单位不属于本区等情形，不予受理。材料不全的应当退回补正。"),
        _("不予受理"),
        _("已作出不予受理决定。"),
        (ENDS, LETTER, _("申报单位可在申报期内重新申报。")),
        is_final=True,
    ),
    "find_ineligible": ActPage(
        RemarkForm,
        _("认定不符合申报条件"),
        _("依据为核定后数据判定为不符合的条件。"),
        _("认定不符合条件"),
        _("已认定不符合申报条件。"),
        (ENDS, LETTER),
        is_final=True,
    ),
    "pause_clock": ActPage(
        PauseForm,
        _("中止时限"),
        _("听证、检验检测、鉴定和专家评审所需的时间不计入办理时限，须书面告知申报单位。"),
        _("中止时限"),
        _("办理时限已中止。"),
    ),
    "resume_clock": ActPage(
        ConfirmedForm,
        _("恢复时限"),
        _("事项已经完成；剩余的工作日从明天起继续计算。"),
        _("恢复时限"),
        _("办理时限已恢复计算。"),
    ),
    "ask_sheet_aside": ActPage(
        SheetReasonForm,
        _("提请搁置评分表"),
        _("专家提交评分后不能再任评审的，在评分公开以前可以提请搁置其评分表；须由另一人同意。"),
        _("提请搁置"),
        _("已提请搁置评分表。"),
    ),
    "set_sheet_aside": ActPage(
        SheetForm,
        _("同意搁置评分表"),
        _("提请的理由见评审组页面。提请人不能自己同意。"),
        _("同意搁置"),
        _("评分表已搁置，请递补专家。"),
        (
            _("该评分表留存备查，永不计入结果；评分公开以前无人可以查看。"),
            _("由抽取顺序中的下一位专家递补，新的评分表提交后才公开评分。"),
        ),
        is_final=True,
    ),
    "decline_sheet_aside": ActPage(
        SheetDeclineForm,
        _("不同意搁置评分表"),
        _("提请的理由见评审组页面。不同意的，评分表留存并计入结果；提请人不能自己答复。"),
        _("不同意搁置"),
        _("已答复不同意，评分表照常计入结果。"),
    ),
    "withdraw_sheet_request": ActPage(
        SheetWithdrawalForm,
        _("撤回搁置提请"),
        _("提请尚未答复的，提请人可以撤回；评分表留存并计入结果。"),
        _("撤回提请"),
        _("已撤回搁置评分表的提请。"),
    ),
    "pause_experts": ActPage(
        ExpertPauseForm,
        _("中止评审时限"),
        _("评审席位空缺、须检验检测或者鉴定的，评审时限可以中止；书面告知申报单位，并通知在席专家。"),
        _("中止时限"),
        _("评审时限已中止。"),
    ),
    "resume_experts": ActPage(
        ConfirmedForm,
        _("恢复评审时限"),
        _("事由已经消除；剩余的工作日从明天起继续计算。"),
        _("恢复时限"),
        _("评审时限已恢复计算。"),
    ),
    "table_again": ActPage(
        ReasonForm,
        _("重新提请审议"),
        _("暂缓认定的原因已经消除的，可重新提请审议。"),
        _("重新提请审议"),
        _("已重新提请审议。"),
    ),
}
ACTS_OF_TOWNS: Mapping[str, ActPage] = {
    "forward": ActPage(
        OpinionForm,
        _("审核转报"),
        _("材料齐全、情况属实的，审核后转报认定机构；需要补正的，退回申报单位。"),
        _("审核转报"),
        _("已转报认定机构。"),
    ),
}
OFFICE_ACTS = frozenset(
    {"find_ineligible", "table_again", "pause_clock", "resume_clock", "pause_experts", "resume_experts"}
    | {"ask_sheet_aside", "set_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request"}
)
DISTRICT_ACTS = OFFICE_ACTS | {"call_in", "accept", "decline"}
NOT_RECOMMENDED = Confirm(_("不予推荐"), (ENDS, LETTER), _("不予推荐"))
REVIEWS: Mapping[str, tuple[tuple[str, ...], tuple[Phrase, ...]]] = {
    "district": (("recommend", "not_recommend"), RECOMMEND),
    "office": (("pass_completeness_check",), CHECKED),
    "local": (("pass_material_check",), MATERIAL_CHECKED),
    "evaluation": (("recommend",), EVALUATED),
}
REVIEW_BUTTONS = {
    "recommend": (_("通过并推荐"), "primary"),
    "not_recommend": (_("不予推荐"), "danger"),
    "pass_completeness_check": (_("形式审查通过"), "primary"),
    "pass_material_check": (_("材料审核通过"), "primary"),
}
REVIEW_DONE = {
    "recommend": _("已通过初审并推荐到市级。"),
    "not_recommend": _("已作出不予推荐的决定。"),
    "pass_completeness_check": _("已通过形式审查。"),
    "pass_material_check": _("已通过材料审核。"),
}


def case_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Everything about a case at a glance, and what can be done now."""
    opened = open_case(request, desk, number)
    return show(request, opened, "case", contexts.overview(opened, by=signed_in(request), at=timezone.now()))


def figures_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Figures of three years beside their evidence, reported and verified."""
    opened = open_case(request, desk, number)
    return show(request, opened, "figures", contexts.figures(opened))


def changes_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What each version changed."""
    opened = open_case(request, desk, number)
    return show(request, opened, "changes", contexts.changes(opened))


def act_page(
    request: HttpRequest,
    desk: Desk,
    number: str,
    verb: str,
    offered: frozenset[str],
    acts: Mapping[str, ActPage] = ACTS,
) -> HttpResponse:
    """One act with its own page."""
    opened = open_case(request, desk, number)
    if verb not in offered:
        raise NotFound(verb)
    page = ACTS_OF_TOWNS.get(verb) or acts[verb]
    before = usual(opened.application, verb) | place_meant(request, opened.application, verb) | typed(request)
    before |= reopening_meant(opened.application, verb)  # what waits now, whatever an older draft was about
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    confirm = page.confirm_in(opened.application.batch)
    asked: dict[str, Any] = {"application": opened.application} if page.reads_case else {}
    form = page.form(data, files, initial=before, **asked)
    if request.method == "POST" and form.is_valid() and (values := _values(page, form)) is not None:
        answer = carry_out(request, opened, verb, values, form=form, done=page.done, confirm=confirm)
        if answer is not None:
            return answer
    if request.method != "POST":
        needs(opened, verb)
    context = {
        "form": form,
        "act": page,
        **(contexts.failed_gates(opened) if verb == "find_ineligible" else {}),
        **({"held": standing_title(opened.application)} if verb == "end_as_held" else {}),
    }
    return show(request, opened, "case", context, template="workflows/casework/act.html", status=status_of(form))


def _values(page: ActPage, form: forms.Form) -> dict[str, Any] | None:
    """What was typed, a file stored; None where it is no file that is kept, which the form then says."""
    values = dict(form.cleaned_data)
    try:
        if page.takes_file and values["file"]:
            values["file"], values["name"] = stored(values["file"])
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    return values


def verify_page(request: HttpRequest, desk: Desk, number: str, code: str, year: int) -> HttpResponse:
    """The figure that is to count instead of the reported one."""
    opened = open_case(request, desk, number)
    spec, cell = figure_cell(opened.application, code, year)
    unit = contexts.unit_of(spec)
    form = ValueForm(request.POST or None, initial=typed(request), spec=spec, unit=unit)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"code": code, "year": year}
        back = f"{opened.address('figures')}#figure-{code}"
        answer = carry_out(request, opened, "verify_value", values, form=form, done=_("已核定数据。"), back=back)
        if answer is not None:
            return answer
    if request.method != "POST":
        needs(opened, "verify_value")
    context = contexts.figure(opened, spec, cell) | {
        "form": form,
        "earlier": earlier_values(opened.application, code, year),
    }
    return show(request, opened, "figures", context, template="workflows/casework/verify.html", status=status_of(form))


def gate_page(request: HttpRequest, desk: Desk, number: str, gate: str) -> HttpResponse:
    """The answer to a condition that no figure decides."""
    opened = open_case(request, desk, number)
    rules = rules_of(opened.application.batch)
    found = next((row for row in rules.gates if row.code == gate and row.is_answered), None)
    if found is None:
        raise NotFound(gate)
    form = GateForm(request.POST or None, initial=typed(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"gate": gate}
        back = f"{opened.address('case')}#gate-{gate}"
        answer = carry_out(request, opened, "answer_gate", values, form=form, done=_("已核定申报条件。"), back=back)
        if answer is not None:
            return answer
    if request.method != "POST":
        needs(opened, "answer_gate")
    context = {"form": form, "gate_text": either(found, "text"), **contexts.gate_row(opened, gate)}
    return show(request, opened, "case", context, template="workflows/casework/gate.html", status=status_of(form))


def review_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Checklist and opinion: recommend or not at the district, complete in form at the municipal office."""
    opened = open_case(request, desk, number)
    decisions, ready = REVIEWS[_kind_of_review(opened)]
    initial = initial_from_drafts(request, request.path, several=("checked",))
    form = ReviewForm(request.POST or None, initial=initial, decisions=decisions, ready=ready)
    if request.method == "POST" and form.is_valid():
        confirm = NOT_RECOMMENDED if form.decision == "not_recommend" else None
        values = {"opinion": form.cleaned_data["words"]}
        done = _("已上报市级核查。") if opened.application.batch.is_evaluation else REVIEW_DONE[form.decision]
        answer = carry_out(request, opened, form.decision, values, form=form, done=done, confirm=confirm)
        if answer is not None:
            return answer
    if request.method != "POST":
        needs(opened, *decisions)
    buttons = [(verb, *REVIEW_BUTTONS[verb]) for verb in decisions]
    if opened.application.batch.is_evaluation:
        buttons = [("recommend", _("出具意见并上报"), "primary")]
    context = {"form": form, "buttons": buttons} | contexts.review(opened, at=timezone.now())
    return show(request, opened, "review", context, status=status_of(form))


def _kind_of_review(opened: Opened) -> str:
    """Under which entry of `REVIEWS` the page stands."""
    if opened.is_local:
        return "local"
    return "evaluation" if opened.application.batch.is_evaluation else opened.desk.code


def return_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """First tick what is to be corrected, then one remark for each; one return lists everything."""
    opened = open_case(request, desk, number)
    groups = target_groups(opened.application)
    asked = request.POST if request.method == "POST" else request.GET
    targets = ticked_targets(groups, asked.getlist("target"))
    if request.method != "POST":
        needs(opened, "return_for_correction")
    answer = further_returns.page_of_request(request, opened)
    if answer is not None:
        return answer
    left = contexts.returns_left(opened)
    if request.method != "POST" and (not targets or "more" in request.GET):
        ticked = {target.key for target in targets}
        context = {"groups": groups, "ticked": ticked, "is_empty": "go" in request.GET} | left
        return show(request, opened, "return", context, template="workflows/casework/return_targets.html")
    form = ReturnForm(request.POST or None, initial=typed(request), targets=targets, is_further=not left["left"])
    if request.method == "POST" and form.is_valid():
        answer = further_returns.ask(request, opened, form) if form.is_further else _send_back(request, opened, form)
        if answer is not None:
            return answer
    context = {"form": form, "targets": targets, "due": _correction_due(opened)} | left
    return show(request, opened, "return", context, status=status_of(form))


def _send_back(request: HttpRequest, opened: Opened, form: ReturnForm) -> HttpResponse | None:
    values = {"points": form.points(), "remark": form.cleaned_data["general"]}
    return carry_out(request, opened, "return_for_correction", values, form=form, done=_("已退回补正。"))


def _correction_due(opened: Opened) -> Any:
    """The day on which a correction asked for now would be due."""
    return current_calendar().due(timezone.now(), opened.application.batch.correction_days)


def typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed into this page before."""
    return initial_from_drafts(request, request.path) if request.method != "POST" else {}


def status_of(form: forms.Form) -> int:
    """422 for a form that is shown again with what is wrong."""
    return 422 if form.is_bound and form.errors else 200

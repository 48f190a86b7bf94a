"""The desk of a batch of recommendations: quota, ranking, letter upward, package, result; titles from above."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accreditation.enums import ApplicationState
from accreditation.errors import Denied, NotFound
from accreditation.permissions import has_power, signed_in
from accreditation.recommendation_words import ResultState, TieRule
from accreditation.roles import Power
from accreditation.selectors.requests import earlier_answer
from accreditation.services import rankings
from accreditation.services.reopened_figures import revised_scores
from accreditation.services.reopenings import waiting_among
from accreditation.services.supplementary_rankings import Statement, faults_of_supplementing, first_ranking
from accreditation.services.titles import titles_held
from accreditation.views.answers import file_answer
from workflows import recommendation_acts as acts
from workflows.exports.recommendation_package import write_package
from workflows.forms.recommendations import (
    CorrectionForm,
    OutsideNoticeForm,
    QuotaForm,
    RankingForm,
    RecommendationForm,
    ResultForm,
    SupplementForm,
)
from workflows.outside_lists import propose_correction, propose_result
from workflows.own_matters import known
from workflows.presentation.calling_up import places_words as free_places_words
from workflows.presentation.outside_lists import list_words, turned
from workflows.presentation.ranking import late_words, line_words, places_words, standing_words
from workflows.presentation.words import either
from workflows.selectors import batch_desk
from workflows.selectors import recommendations as rows
from workflows.selectors.outside_lists import ANSWERED, confirmed_list, is_withheld, lines_of, lists_of
from workflows.supplementary_ranking import freeze_supplementary_ranking
from workflows.views.answers import denied_page, key_of, page
from workflows.views.batch_forms import answer_in_batch, batch_form, form_page, notice_values, today
from workflows.views.desk import Confirm

if TYPE_CHECKING:
    from accreditation.models import Batch, User

FREEZE = Confirm(
    gettext_lazy("确认固定排序？"),
    (
        gettext_lazy("排序文本连同名额和规则写入校验码，不能再改。"),
        gettext_lazy("全部申报件提请评审委员会审议，企业不能再撤回。"),
    ),
    gettext_lazy("固定排序并提请审议"),
)
SUPPLEMENT = Confirm(
    gettext_lazy("确认固定补充排序？"),
    (
        gettext_lazy("补充排序的文本连同追加名额及其依据写入校验码，不能再改；首次排序不变。"),
        gettext_lazy("所列申报件提请评审委员会审议，企业不能再撤回。"),
    ),
    gettext_lazy("固定补充排序并提请审议"),
)
SEND = Confirm(
    gettext_lazy("确认行文推荐？"),
    (
        gettext_lazy("名单所列申报件登记为已推荐，并送达推荐告知书。"),
        gettext_lazy("行文后不能撤回。"),
    ),
    gettext_lazy("行文推荐"),
)


@require_safe
@page
def office_recommendation(request: HttpRequest, code: str) -> HttpResponse:
    """Where a batch of recommendations stands, and what can be done next."""
    batch, user = rows.recommending_batch(code), signed_in(request)
    frozen = [(ranking, known(user, rows.lines_of(ranking))) for ranking in rows.rankings_of(batch)]
    counts, entries = batch_desk.counts(batch), lists_of(batch)
    revised = revised_scores([one.pk for _ranking, lines in frozen for one in lines.rows])
    context = {
        "batch": batch,
        "name": either(batch.programme, "name"),
        "rankings": [
            {"row": ranking, "lines": [line_words(one, revised) for one in lines.rows], "hidden": lines.hidden}
            for ranking, lines in frozen
        ],
        "waiting": counts.get(ApplicationState.AWAITING_RANKING, 0),
        "to_recommend": counts.get(ApplicationState.TO_BE_RECOMMENDED, 0),
        "to_hear_of": counts.get(ApplicationState.RECOMMENDED_UPWARD, 0),
        "letters": rows.letters_of(batch),
        "notices": rows.notices_of(batch),
        "entries": [list_words(row) for row in entries],
        "is_entered": any(row.state == ResultState.WAITING for row in entries),
        "packed": len(rows.packed(batch)),
        "why_not_packed": _why_not_packed(batch, user),
        "is_office": has_power(user, Power.CHECK_COMPLETENESS),
        "is_publisher": has_power(user, Power.PUBLISH),
        "calls_meetings": has_power(user, Power.CALL_MEETINGS),
        "free_places": free_places_words(batch, user, timezone.now()) if frozen else None,
    }
    return render(request, "workflows/office/recommendation.html", context)


def _why_not_packed(batch: Batch, user: User) -> str:
    """Why the package is not for this person, with whoever may take it; empty where it is."""
    try:
        acts.demand_package(batch, by=user, at=timezone.now())
    except Denied as denied:
        return str(denied.reasons[0])
    return ""


@form_page
@page
def office_quota(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the number of recommendations and its ground."""
    batch = rows.recommending_batch(code)
    form = QuotaForm(request.POST or None, initial={"quota": batch.quota, "ground": batch.quota_ground})

    def enter() -> None:
        rankings.set_quota(batch, **form.cleaned_data, by=signed_in(request), at=timezone.now())

    context = {"title": _("登记推荐名额"), "lead": _("名额写入排序文本；排序固定后不能再改。"), "yes": _("登记名额")}
    return answer_in_batch(request, batch, form, enter, _("已登记推荐名额。")) or batch_form(
        request, batch, form, context
    )


@form_page
@page
def office_ranking(request: HttpRequest, code: str) -> HttpResponse:
    """The order as it would be frozen now under a tie rule, and the act that freezes it."""
    batch = rows.recommending_batch(code)
    asked = request.POST.get("tie_rule") or request.GET.get("tie_rule", "")
    tie_rule = asked if asked in TieRule.values else TieRule.RD_EXPENDITURE.value
    form = RankingForm(request.POST or None, initial={"tie_rule": tie_rule})

    def freeze() -> None:
        by, at, rule = signed_in(request), timezone.now(), form.cleaned_data["tie_rule"]
        acts.freeze_ranking(batch, tie_rule=rule, by=by, at=at, request_key=key_of(request))

    standings = rows.standings_known(signed_in(request), batch, tie_rule)
    answer = answer_in_batch(request, batch, form, freeze, _("排序已固定并提请审议。"), FREEZE)
    context = {
        "title": _("按初评得分排序"),
        "lead": _("先看排序，再固定。换一种规则可重新排列。"),
        "yes": _("固定排序"),
        "standings": [standing_words(row, batch, tie_rule) for row in standings.rows],
        "hidden": standings.hidden,
        "faults": rows.faults_known(
            signed_in(request), batch, rankings.faults_of_freezing(batch, tie_rule, timezone.now())
        ),
    }
    return answer or batch_form(request, batch, form, context, "ranking")


@form_page
@page
def office_supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Those who came to be ranked late, as they would be frozen now beside the first ranking, and the act for it."""
    batch, user = rows.recommending_batch(code), signed_in(request)
    first = first_ranking(batch)
    form = SupplementForm(request.POST or None)

    def freeze() -> None:
        freeze_supplementary_ranking(
            batch, form.statement(), by=user, at=timezone.now(), request_key=key_of(request)
        )  # fmt: skip

    answer = answer_in_batch(request, batch, form, freeze, _("补充排序已固定并提请审议。"), SUPPLEMENT)
    late = rows.late_standings_known(user, first)
    context = {
        "title": _("补充排序"),
        "lead": _("排序固定后重新办理的申报，按首次排序的同一次序列位；首次排序和已列入推荐的申报不变。"),
        "yes": _("固定补充排序"),
        "first": places_words(first) if first else None,
        "standings": [late_words(row, first) for row in late.rows] if first else [],
        "hidden": late.hidden,
        "faults": rows.faults_known(user, batch, faults_of_supplementing(batch, Statement())),
    }
    return answer or batch_form(request, batch, form, context, "supplement")


@form_page
@page
def batch_recommend(request: HttpRequest, code: str) -> HttpResponse:
    """The publisher sends the letter that recommends the listed applications."""
    batch = rows.recommending_batch(code)
    found = known(signed_in(request), batch_desk.listed(batch, [rows.TO_RECOMMEND]))
    listed = found.rows
    if earlier := earlier_answer(key_of(request), by=signed_in(request)):
        messages.warning(request, _("这份表单此前已提交。") + str(earlier["number"]))
        return redirect("office_recommendation", code)
    initial = {"dated": today(), "addressed_to": batch.programme.granted_by.name_zh}
    form = RecommendationForm(request.POST or None, initial=initial, applications=listed)
    reopening = waiting_among(listed)
    form.fields["cases"].initial = [row.case.number for row in listed if row.pk not in reopening]

    def send() -> None:
        values = {name: form.cleaned_data[name] for name in ("number", "dated", "addressed_to")}
        by, at = signed_in(request), timezone.now()
        acts.send_recommendation(batch, form.chosen, **values, by=by, at=at, request_key=key_of(request))

    answer = answer_in_batch(request, batch, form, send, _("已行文推荐。"), SEND)
    context = {
        "title": _("行文推荐"), "lead": _("评审委员会同意推荐且在名额以内的申报件。"), "yes": _("行文推荐"),
        "rows": listed, "hidden": found.hidden, "ticked": set(form["cases"].value() or []),
    }  # fmt: skip
    return answer or batch_form(request, batch, form, context, "recommend")


@require_POST
@page
def office_package(request: HttpRequest, code: str) -> HttpResponseBase:
    """The official package as a ZIP; who took it, when, and its hash stand in the trail of the batch."""
    batch = rows.recommending_batch(code)
    frozen, listed = rows.rankings_of(batch), rows.packed(batch)
    if not listed:
        messages.warning(request, _("评审委员会尚未同意推荐任何申报件，没有可导出的材料。"))
        return redirect("office_recommendation", code)
    try:
        acts.demand_package(batch, by=signed_in(request), at=timezone.now())
    except Denied as denied:
        return denied_page(request, denied)
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    papers = write_package(stream, frozen, listed)
    acts.note_package(batch, stream, count=len(papers), by=signed_in(request), at=timezone.now())
    answer = FileResponse(stream, as_attachment=True, filename=f"{batch.code}.zip", content_type="application/zip")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@form_page
@page
def office_result(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the national authority's notice over the recommended applications."""
    batch = rows.recommending_batch(code)
    found = known(signed_in(request), batch_desk.listed(batch, [rows.TO_HEAR_OF]))
    listed = found.rows
    if earlier_answer(key_of(request), by=signed_in(request)):
        messages.warning(request, _("这份表单此前已提交。"))
        return redirect("office_recommendation", code)
    initial = {"authority": batch.programme.granted_by.name_zh}
    form = ResultForm(
        request.POST or None, request.FILES or None, initial=initial, applications=listed,
        has_public_notice=bool(batch.notice_days), today=today(),
    )  # fmt: skip

    def enter() -> None:
        recognised, passed_over = form.outcome()
        without = form.cleaned_data.get("without_public_notice", "")
        values = notice_values(request, form) | {"without_public_notice": without}
        propose_result(batch, recognised, passed_over, **values, request_key=key_of(request))

    context = {
        "title": _("登记国家结果"),
        "lead": _(
            "称号由国家主管部门授予，自文件印发之日起有效；本系统只登记，不制发证书。登记后由另一人对照文件核对生效。"
        ),
        "yes": _("登记结果"),
        "hidden": found.hidden,
        "held": [(row, held[row.pk]) for held in [titles_held(listed)] for row in listed if row.pk in held],
    }
    return answer_in_batch(
        request, batch, form, enter, _("已登记国家结果，待另一人对照文件核对后生效。")
    ) or batch_form(request, batch, form, context)


@form_page
@page
def office_public_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the national authority's public notice; only where the programme has one."""
    batch = rows.recommending_batch(code)
    if not batch.notice_days:
        raise NotFound(code)
    initial = {"authority": batch.programme.granted_by.name_zh}
    form = OutsideNoticeForm(request.POST or None, request.FILES or None, initial=initial, today=today())

    def enter() -> None:
        acts.note_public_notice(batch, **notice_values(request, form), request_key=key_of(request))

    days = {"days": batch.notice_days}
    context = {
        "title": _("登记国家公示"),
        "lead": _(
            "国家主管部门公示 %(days)d 个工作日，自次日起算；尚未登记公示的已推荐件一并登记，都已登记的全部重新登记。"
        )
        % days,
        "yes": _("登记公示"),
    }
    return answer_in_batch(request, batch, form, enter, _("已登记国家公示。")) or batch_form(
        request, batch, form, context
    )


@require_safe
@page
def office_notice_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The scan of a national notice."""
    notice = rows.notice_of_batch(rows.recommending_batch(code), pk)
    if is_withheld(notice, signed_in(request)):
        raise NotFound(str(pk))
    return file_answer(notice.file, notice.file_name, is_shown=True)


@form_page
@page
def outside_list_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter which lines of a confirmed national result were read wrongly, with the document that says so."""
    entry = confirmed_list(pk)
    batch, found = entry.batch, known(signed_in(request), [line.application for line in lines_of(entry)])
    if earlier_answer(key_of(request), by=signed_in(request)):
        messages.warning(request, _("这份表单此前已提交。"))
        return redirect("outside_list", pk)
    initial = {name: getattr(entry.notice, name) for name in ("authority", "number", "dated")}
    form = CorrectionForm(
        request.POST or None, request.FILES or None, initial=initial, today=today(),
        lines=[(row, turned(row)) for row in found.rows if row.state in ANSWERED],
    )  # fmt: skip

    def enter() -> None:
        recognised, passed_over = form.outcome()
        values = notice_values(request, form) | {"why": form.cleaned_data["why"], "request_key": key_of(request)}
        propose_correction(entry, recognised, passed_over, **values)

    context = {
        "title": _("登记国家结果的更正"),
        "lead": _(
            "已确认的国家结果与国家文件不一致的，在此更正。登记后由另一人对照文件核对；确认后只有勾选的申报件改变结果。"
        ),
        "yes": _("登记国家结果的更正"),
        "hidden": found.hidden,
    }
    return answer_in_batch(request, batch, form, enter, _("已登记更正，待另一人对照文件核对后生效。")) or batch_form(
        request, batch, form, context
    )

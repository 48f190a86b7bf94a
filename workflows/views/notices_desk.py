"""The publisher's desk: batches that wait, the public notice, the announcement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.acts import Replayed
from accreditation.enums import NoticeState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_any_power, has_power, signed_in
from accreditation.roles import Power
from accreditation.selectors.requests import earlier_answer
from accreditation.selectors.rule_drafts import waiting_for_publication
from accreditation.services.drafts import clear_drafts
from accreditation.services.reopenings import waiting_among
from accreditation.services.titles import titles_held
from accreditation.views.answers import put_reasons
from workflows.batch_acts import TO_ANNOUNCE, TO_PUBLISH, announce, publish_notice
from workflows.certification import ground_of
from workflows.evaluation_acts import is_late_list_alone
from workflows.forms.office import AnnouncementForm, ListForm, NoticeForm
from workflows.own_matters import known
from workflows.presentation.evaluations import band_name
from workflows.publication_texts import announcement_text, late_list_text, notice_text
from workflows.selectors import batch_desk, designations, editions
from workflows.selectors.adjustments import adjustable
from workflows.selectors.evaluations import late_lists, results_by_case
from workflows.selectors.paper_desk import waiting_imports
from workflows.selectors.recipients import Future, futures_of_list
from workflows.selectors.recommendations import waiting_for_letter
from workflows.selectors.reexaminations import to_forward
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, Confirm, ask
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import Application, Batch, Proceeding, Title


@dataclass(frozen=True, slots=True)
class Stopped:
    """What keeps an application from being granted, by its key: held already, barred, being reopened."""

    held: Mapping[int, Title]
    barred: Mapping[int, Proceeding]
    reopening: set[int]  # nobody has answered yet whether these go back to the committee


form_page = require_http_methods(["GET", "HEAD", "POST"])
NOTICE_DONE = gettext_lazy("公示 %(no)s 已发布。")
ANNOUNCEMENT_DONE = gettext_lazy("公告 %(no)s 已公布。")
PUBLISH = Confirm(
    gettext_lazy("确认发布公示？"),
    (
        gettext_lazy("名单立即对社会公开，公示期从次日起按工作日计算。"),
        gettext_lazy("公示期内任何人可以署名提出异议；有异议的申报件单独核查。"),
        gettext_lazy("发布后不能撤回。"),
    ),
    gettext_lazy("发布公示"),
)
ANNOUNCE = Confirm(
    gettext_lazy("确认公布认定名单？"),
    (
        gettext_lazy("名单所列企业自公布日期起取得称号。"),
        gettext_lazy("系统随即制发电子证书并送达认定通知书。"),
        gettext_lazy("公布后不能撤回。"),
    ),
    gettext_lazy("公布名单"),
)
ANNOUNCE_ALONE = replace(  # no certificate follows
    ANNOUNCE,
    consequences=(
        gettext_lazy("名单所列企业自公布日期起取得称号。"),
        gettext_lazy("系统随即送达认定通知书。"),
        gettext_lazy("公布后不能撤回。"),
    ),
)


@require_safe
@page
def publishing(request: HttpRequest) -> HttpResponse:
    """Batches with lists to publish or to announce, and what was published last."""
    user = signed_in(request)
    context = {
        "batches": list(batch_desk.waiting_for_publisher(user)),
        "designations": designations.waiting_for_publication() if has_power(user, Power.PUBLISH_RULES) else None,
        "edition_changes": editions.waiting_for_confirmation() if has_power(user, Power.PUBLISH_RULES) else None,
        "opens_standings": has_any_power(user, (Power.KEEP_STANDINGS, Power.CONFIRM_STANDINGS)),
        "rule_drafts": waiting_for_publication() if has_power(user, Power.PUBLISH_RULES) else [],
        "paper_imports": waiting_imports() if has_power(user, Power.PUBLISH) else [],
        "recommendations": list(waiting_for_letter()) if has_power(user, Power.PUBLISH) else [],
        "late_lists": late_lists(user),
        "reexaminations": to_forward() if has_power(user, Power.PUBLISH) else [],
        "notices": (notices := batch_desk.recent_notices(user)),
        "held": batch_desk.held_under_notice(user),
        "barred": batch_desk.barred_under_notice(user, _today()),
        "adjustable": {row.pk for row in notices if row.state == NoticeState.PUBLISHED and adjustable(row)},
        "announcements": batch_desk.recent_announcements(user),
    }
    return render(request, "workflows/office/publishing.html", context)


@form_page
@page
def batch_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the list of proposed recognitions; preview with the last day first."""
    if sent := _sent_before(request, NOTICE_DONE):
        return sent
    batch = batch_desk.batch_for(signed_in(request), code)
    found = known(signed_in(request), batch_desk.listed(batch, TO_PUBLISH))
    rows = found.rows
    if request.method != "POST" and not rows and not found.hidden:
        raise NotFound(code)
    initial = {"body": notice_text(batch, ground=ground_of(batch))} | typed(request, several=("cases",))
    form = NoticeForm(request.POST or None, initial=initial, applications=rows)
    stopped = _tick_unless_stopped(batch, rows, form)
    now = timezone.now()
    confirm = PUBLISH_RESULTS if batch.is_evaluation else PUBLISH
    answer = _publish(request, form, confirm, "publish_notice", lambda: _publish_notice(request, batch, form))
    context = {"batch": batch, "form": form, "rows": rows, "due": batch_desk.notice_due(batch, at=now)}
    context["hidden"] = found.hidden
    return answer or _list_page(request, "notice", context, form, stopped)


def _publish_notice(request: HttpRequest, batch: Batch, form: NoticeForm) -> str:
    body, by = form.cleaned_data["body"], signed_in(request)
    notice = publish_notice(batch, form.chosen, body=body, by=by, at=timezone.now(), request_key=key_of(request))
    return str(NOTICE_DONE) % {"no": notice.number}


@form_page
@page
def batch_announce(request: HttpRequest, code: str) -> HttpResponse:
    """Announce the recognitions whose notice is over."""
    if sent := _sent_before(request, ANNOUNCEMENT_DONE):
        return sent
    batch = batch_desk.batch_for(signed_in(request), code)
    found = known(signed_in(request), batch_desk.listed(batch, TO_ANNOUNCE))
    rows = found.rows
    is_late_list = is_late_list_alone(batch)
    if request.method != "POST" and not rows and not found.hidden and not is_late_list:
        raise NotFound(code)
    today = _today()
    text, confirm = announcement_text, ANNOUNCE if batch.issues_certificate else ANNOUNCE_ALONE
    if batch.is_evaluation:
        text, confirm = (late_list_text, ANNOUNCE_LATE) if is_late_list else (announcement_text, ANNOUNCE_RESULTS)
    body = text(batch, ground=ground_of(batch))
    initial = {"body": body, "dated": today} | typed(request, several=("cases",))
    form = AnnouncementForm(request.POST or None, initial=initial, applications=rows, today=today)
    form.fields["cases"].required = not is_late_list
    stopped = _tick_unless_stopped(batch, rows, form)
    if batch.is_evaluation:
        form.fields["dated"].help_text = _("不能晚于今天。")
    answer = _publish(request, form, confirm, "announce", lambda: _announce(request, batch, form))
    context = {"batch": batch, "form": form, "rows": rows, "is_late_list": is_late_list, "hidden": found.hidden}
    return answer or _list_page(request, "announce", context, form, stopped)


def _today() -> date:
    return timezone.now().astimezone(SHANGHAI).date()


def _tick_unless_stopped(batch: Batch, rows: list[Application], form: ListForm) -> Stopped:
    """What stops a grant, by the key of the application; such cases are not ticked beforehand."""
    held = {} if batch.is_evaluation else titles_held(rows)
    stopped = Stopped(held, batch_desk.barred(batch, rows, _today()), waiting_among(rows))
    ungrantable = {*stopped.held, *stopped.barred, *stopped.reopening}
    form.fields["cases"].initial = [row.case.number for row in rows if row.pk not in ungrantable]
    return stopped


def _announce(request: HttpRequest, batch: Batch, form: AnnouncementForm) -> str:
    values = {name: form.cleaned_data[name] for name in ("number", "dated", "body")}
    by, at = signed_in(request), timezone.now()
    announcement = announce(batch, form.chosen, **values, by=by, at=at, request_key=key_of(request))
    return str(ANNOUNCEMENT_DONE) % {"no": announcement.number}


def _sent_before(request: HttpRequest, done: Promise) -> HttpResponse | None:
    """A list that was published by this very form is not published again, and its cases no longer wait."""
    earlier = earlier_answer(key_of(request), by=signed_in(request))
    if not earlier:
        return None
    messages.warning(request, _("这份表单此前已提交。") + str(done) % {"no": earlier["number"]})
    return redirect("publishing")


def _publish(
    request: HttpRequest, form: ListForm, confirm: Confirm, verb: str, act: Callable[[], str]
) -> HttpResponse | None:
    """Ask, with whom the `verb` will tell of each listed case, publish, and answer; None when the form is shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    if CONFIRMED not in request.POST:
        crumbs = [{"label": _("发布名单"), "href": reverse("publishing")}, {"label": str(confirm.yes)}]
        return ask(request, confirm, cancel=request.path, crumbs=crumbs, futures=_told(request, form, verb))
    try:
        done = act()
    except Replayed:
        # The same form, sent twice at once: the other one was published while this one waited.
        return redirect("publishing")
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    clear_drafts(request, request.path)
    messages.success(request, done)
    return redirect("publishing")


def _told(request: HttpRequest, form: ListForm, verb: str) -> list[Future]:
    language = get_language() or "zh-hans"
    cases = [row.case for row in form.chosen]
    return futures_of_list(cases, verb, by=signed_in(request), at=timezone.now(), language=language)


def _list_page(
    request: HttpRequest, name: str, context: dict[str, Any], form: ListForm, stopped: Stopped
) -> HttpResponse:
    crumbs = [{"label": _("发布名单"), "href": reverse("publishing")}, {"label": context["batch"].code.upper()}]
    ticked = set(form["cases"].value() or [])
    bands = {key: band_name(call) for key, call in results_by_case(context["rows"]).items()}
    listed = [
        {
            "case": row.case,
            "enterprise": row.enterprise,
            "product_name": row.product_name,
            "band": bands.get(row.pk),
            "held": stopped.held.get(row.pk),
            "barred": stopped.barred.get(row.pk),
            "is_reopening": row.pk in stopped.reopening,
        }
        for row in context["rows"]
    ]
    more = {"rows": listed, "crumbs": crumbs, "ticked": ticked, "request_key": new_request_key()}
    return render(request, f"workflows/office/{name}.html", context | more, status=status_of(form))


PUBLISH_RESULTS = replace(PUBLISH, title=gettext_lazy("确认公示评价结果？"))
ANNOUNCE_RESULTS = Confirm(
    gettext_lazy("确认公布评价结果？"),
    (
        gettext_lazy("保留资格的称号续期并换发证书，基本合格的警告并限期整改，均送达评价结果通知书。"),
        gettext_lazy("不合格和逾期未报送的，自动立案准备，由认定机关告知、听取申辩后决定；称号此前不变。"),
        gettext_lazy("公布后不能撤回。"),
    ),
    gettext_lazy("公布评价结果"),
)

ANNOUNCE_LATE = Confirm(
    gettext_lazy("确认公布逾期名单？"),
    (
        gettext_lazy("逾期未报送的，自动立案准备，由认定机关告知、听取申辩后决定；称号此前不变。"),
        gettext_lazy("公布后不能撤回。"),
    ),
    gettext_lazy("公布逾期名单"),
)

"""Editions of rules at the office: the list, a new draft, its overview, difference, trial, file and decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.selectors import rule_drafts
from accreditation.services import rule_publishing
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.rule_drafts import begin_draft, begin_from_file, chosen_base, replace_text
from accreditation.services.rule_sets import rules_of_edition
from accreditation.services.rule_trials import order_trial
from accreditation.views.answers import file_answer, put_reasons, say_errors, say_refusal
from criteria.difference import difference
from criteria.editing import checked, opened, yaml_text
from workflows.forms.rules import BeginForm, FileForm, RemarkForm, file_text
from workflows.presentation.rule_drafts import overview, trial_words
from workflows.presentation.words import lang
from workflows.selectors import batch_desk
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of

if TYPE_CHECKING:
    from accreditation.models import RuleDraft, User


@require_safe
@page
def office_rules(request: HttpRequest) -> HttpResponse:
    """Drafts and stored editions."""
    context = {"drafts": rule_drafts.drafts(), "editions": rule_drafts.editions(), "may_draft": _may_draft(request)}
    return render(request, "workflows/rules/list.html", context)


def _may_draft(request: HttpRequest) -> bool:
    return has_power(request.user, Power.DRAFT_RULES)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rules_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft from an edition or a file."""
    initial = {"programme": batch_desk.usual_programme()} | initial_from_drafts(request, request.path)
    form = BeginForm(
        request.POST or None, request.FILES or None, initial=initial, programmes=batch_desk.programmes(),
        bases=rule_drafts.bases(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            draft = _begin(form, by=signed_in(request), key=request.POST.get(REQUEST_KEY) or None)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("草案已建立。"))
            return redirect("office_rule_draft", draft.number)
    context = {"form": form, "request_key": new_request_key(), "may_draft": True}
    return render(request, "workflows/rules/new.html", context, status=status_of(form))


def _begin(form: BeginForm, *, by: User, key: str | None) -> RuleDraft:
    said, at = form.cleaned_data, timezone.now()
    base = chosen_base(said["base"], at=at)
    if said["file"]:
        text = file_text(said["file"])
        return begin_from_file(said["programme"], base, text, by=by, at=at, request_key=key)
    names = {name: said[name] for name in ("edition", "name_zh", "name_en", "effective_from")}
    return begin_draft(said["programme"], base, **names, by=by, at=at, request_key=key)


@require_safe
@page
def office_rule_draft(request: HttpRequest, number: str) -> HttpResponse:
    """What the draft is, what stands against publishing it, and what this person may do."""
    draft = rule_drafts.draft(number)
    ready = rule_publishing.readiness(draft)
    context = frame(draft, request, "overview") | {
        "overview": overview(draft, ready),
        "against": list(rule_publishing.against(draft, ready)),
        "may_publish": rule_publishing.may_publish(draft, signed_in(request)),
        "remark": RemarkForm(initial={"version": draft.version}),
        "file": FileForm(initial={"version": draft.version}, auto_id="rules_%s"),
    }
    return render(request, "workflows/rules/draft.html", context)


def frame(draft: RuleDraft, request: HttpRequest, current: str) -> dict[str, Any]:
    """What the pages of a draft share."""
    is_open = draft.state == "drafting"
    return {
        "draft": draft,
        "identity": opened(draft.text),
        "current": current,
        "may_change": is_open and _may_draft(request),
        "may_draft": _may_draft(request),
    }


@require_POST
@page
def office_rule_decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Submit, publish, send back or drop."""
    draft, by = rule_drafts.draft(number), signed_in(request)
    try:
        said = _decide(draft, verb, request.POST, by)
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    else:
        if said:
            messages.success(request, said)
        else:
            say_errors(request, RemarkForm(request.POST))
    return redirect("office_rule_draft", number)


def _decide(draft: RuleDraft, verb: str, post: Any, by: User) -> str:
    """What was done, in words; empty when the form lacks something."""
    at = timezone.now()
    if verb in ("submit", "publish"):
        asked = str(post.get("version", ""))
        version = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        if verb == "submit":
            rule_publishing.submit_draft(draft, version=version, by=by, at=at)
            return _("已送交另一位人员发布。")
        rule_publishing.publish_draft(draft, version=version, by=by, at=at)
        return _("新版本已发布，可以据以开启批次。")
    if verb not in ("send_back", "drop"):
        raise NotFound(verb)
    form = RemarkForm(post)
    if not form.is_valid():
        return ""
    act = rule_publishing.send_back if verb == "send_back" else rule_publishing.drop_draft
    act(draft, remark=form.cleaned_data["remark"], version=form.cleaned_data["version"], by=by, at=at)
    return _("已退回起草。") if verb == "send_back" else _("草案已作废。")


@require_safe
@page
def office_rule_difference(request: HttpRequest, number: str) -> HttpResponse:
    """Base and draft compared in words."""
    draft = rule_drafts.draft(number)
    found = checked(draft.text)
    changes = difference(rules_of_edition(draft.base), found.rule_set) if found.rule_set else ()
    told = [{"path": one.path, "kind": one.kind, "text": one.zh if lang() == "zh" else one.en} for one in changes]
    context = frame(draft, request, "difference") | {
        "is_sound": found.rule_set is not None,
        "changes": [one for one in told if one["kind"] != "source"],
        "sources": [one for one in told if one["kind"] == "source"],
    }
    return render(request, "workflows/rules/difference.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_trial(request: HttpRequest, number: str) -> HttpResponse:
    """What the draft would have done to past applications; a POST has it tried."""
    draft = rule_drafts.draft(number)
    if request.method == "POST":
        try:
            order_trial(draft, by=signed_in(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, _("已开始试算。"))
        return redirect("office_rule_trial", number)
    trial = rule_publishing.readiness(draft).trial
    context = frame(draft, request, "trial") | {"trial": trial, "words": trial_words(trial) if trial else None}
    return render(request, "workflows/rules/trial.html", context)


@require_safe
@page
def office_rule_trial_file(request: HttpRequest, number: str) -> HttpResponse:
    """Every row of the trial as a workbook."""
    trial = rule_publishing.readiness(rule_drafts.draft(number)).trial
    if trial is None or trial.workbook is None:
        raise NotFound(number)
    return file_answer(trial.workbook, _("规则试算 %(number)s.xlsx") % {"number": number})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_file(request: HttpRequest, number: str) -> HttpResponse:
    """The draft as one rule file; a POST puts a changed one in its place."""
    draft = rule_drafts.draft(number)
    if request.method != "POST":
        return _yaml_answer(yaml_text(opened(draft.text)), f"{number}.yaml")
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("office_rule_draft", number)
    try:
        replace_text(draft, form.text(), version=form.cleaned_data["version"], by=signed_in(request), at=timezone.now())
    except Denied:
        raise
    except (AlreadyDone, Refusal) as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, _("草案已按上传的文件更改。"))
    return redirect("office_rule_draft", number)


def _yaml_answer(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

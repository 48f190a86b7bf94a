"""Pages of what may befall a called meeting: each a confirm step with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accreditation.errors import NotFound
from accreditation.meeting_words import Signer
from accreditation.permissions import has_power_over, signed_in
from accreditation.roles import Power
from accreditation.selectors import signers
from accreditation.services import meeting_course as service
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.meeting_signers import replace_signer
from accreditation.services.tallies import tally
from accreditation.visibility import meeting_for
from workflows.forms.casework import ReasonForm
from workflows.forms.meetings import DeadlockForm, SignerForm
from workflows.presentation.words import quoted
from workflows.selectors import meeting_room
from workflows.views.answers import page
from workflows.views.meetings import answer, frame, reasons_against

if TYPE_CHECKING:
    from datetime import datetime

    from accreditation.models import Meeting, MeetingItem, User


@dataclass(frozen=True, slots=True)
class Step:
    """Words of one confirm page: title, what follows, the button, what is said when it is done."""

    title: str | Promise
    follows: tuple[str | Promise, ...]
    button: str | Promise
    done: str | Promise


CANCEL = Step(
    _("取消会议"),
    (_("会议不再召开，通知全体委员。"), _("议程中的申报件可以列入另一次会议的议程。")),
    _("确认取消会议"),
    _("会议已取消，议程中的申报件可以另行列入议程。"),
)
LEAVE = Step(
    _("登记离会"),
    (
        _("该委员已投的票有效；未投票的事项不再计入该委员，按法定人数重新计算。"),
        _("离会时间和原因写入纪要，并通知该委员。"),
    ),
    _("确认登记离会"),
    _("已登记离会。"),
)
ARRIVE = Step(
    _("登记到会"),
    (
        _("该委员参加表决尚未结束的事项；表决已结束的事项不计入该委员。"),
        _("到会时间和原因写入纪要，并通知该委员。"),
    ),
    _("确认登记到会"),
    _("已登记到会。"),
)
ADJOURN = Step(
    _("本项改期审议"),
    (
        _("本次会议对该申报不作决定，已投的票不计；理由写入纪要。"),
        _("该申报可以立即列入另一次会议的议程；同一排序的申报一并改期。"),
    ),
    _("确认改期审议"),
    _("已改期审议，该申报可以列入另一次会议的议程。"),
)
ALONG = _("一并改期：{item}")
ALONG_BEGUN = _("一并改期：{item}，已投 {n} 票不计")
ALONG_VOTED = _("一并改期：{item}，已投 {n} 票不计，表决已结束")
DEADLOCK = Step(
    _("主持人决定"),
    (_("各项票数均未过半，依规则由主持人决定；决定和理由写入纪要。"), _("确认后不能更改。")),
    _("确认决定"),
    _("主持人已决定。"),
)
WITHDRAW = Step(
    _("撤回纪要重拟"),
    (
        _("会议回到“会议中”，表决结果不变，可以改写理由、登记出席或者改期审议。"),
        _("原文本和撤回理由留在留痕中，通知主持人和会议秘书。"),
    ),
    _("确认撤回重拟"),
    _("纪要已撤回，请重新生成。"),
)
FOLLOWS_REPLACING = (
    _("已生成的纪要即行撤回，已有的签发作废；票数不变，重新生成后由两人签发。"),
    _("改由谁签发、时间和理由写入纪要，并通知被定的人和另一签发人。"),
)
REPLACE = {
    Signer.CHAIR: Step(
        _("另定主持人"),
        (*FOLLOWS_REPLACING, _("须由主持人决定的事项，由另定的主持人决定。")),
        _("确认另定主持人"),
        _("已另定主持人。"),
    ),
    Signer.SECRETARY: Step(_("另定会议秘书"), FOLLOWS_REPLACING, _("确认另定会议秘书"), _("已另定会议秘书。")),
}
NOBODY = {
    Signer.CHAIR: _("到会委员中没有其他现任委员，须先由安全管理员授予其中一人委员角色。"),
    Signer.SECRETARY: _("没有其他人有召集会议的职权，须先由安全管理员授予经办人角色。"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Call off a meeting that has not begun."""
    found = _run_by(request, number)
    by, at = signed_in(request), timezone.now()
    return _confirm(
        request, found, CANCEL, lambda reason: service.cancel_meeting(found, reason=reason, by=by, at=at)
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def presence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A member leaves or comes late, whichever is left to note."""
    found = _run_by(request, number)
    row = meeting_room.member_of(found, pk)
    by, at, comes = signed_in(request), timezone.now(), not row.is_present
    return _confirm(
        request, found, ARRIVE if comes else LEAVE,
        lambda reason: service.note_presence(found, row.member, is_present=comes, reason=reason, by=by, at=at),
        subject=row.member.name,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def adjourn(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """Take an item off the agenda without a decision."""
    found = _run_by(request, number)
    item = meeting_room.item_for(signed_in(request), found, position)
    by, at = signed_in(request), timezone.now()
    subject = f"{position}. {item.application.enterprise.name}"
    step = replace(ADJOURN, follows=(*ADJOURN.follows, *_going_along(item)))
    return _confirm(
        request, found, step, lambda reason: service.adjourn_item(item, reason=reason, by=by, at=at),
        subject=subject,
    )  # fmt: skip


def _going_along(item: MeetingItem) -> Iterator[str]:
    """The other items that are adjourned with this one, each with the votes that will not count."""
    for other in service.items_together(item.meeting, item):
        if other.pk == item.pk:
            continue
        votes = other.votes.count()
        said = ALONG_VOTED if votes and tally(other).is_complete else ALONG_BEGUN if votes else ALONG
        named = quoted(f"{other.position}. {other.application.enterprise.name}")
        yield format_html(str(said), item=named, n=votes)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def deadlock(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """The chair decides where no choice has more than half."""
    by, at = signed_in(request), timezone.now()
    found = meeting_for(by, number)
    if by.pk != found.chair_id:
        raise NotFound(number)  # nobody else has such a page
    item = meeting_room.item_for(by, found, position)
    form = DeadlockForm(request.POST if request.method == "POST" else None, words=found.batch.choice_words)
    return _confirm(
        request, found, DEADLOCK, lambda reason: service.decide_deadlock(
            item, choice=form.cleaned_data["choice"], reason=reason, by=by, at=at
        ),
        subject=f"{position}. {item.application.enterprise.name}", form=form,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def signer(request: HttpRequest, number: str, which: str) -> HttpResponse:
    """Name another chair or secretary in the place of one who can sign no more."""
    found = _run_by(request, number)
    if which not in Signer.values:
        raise NotFound(number)
    by, at, part = signed_in(request), timezone.now(), Signer(which)
    people = signers.candidates(found, part, at)
    form = SignerForm(
        request.POST if request.method == "POST" else None, which=part, people=people,
        initial=initial_from_drafts(request, request.path),
    )  # fmt: skip
    return _confirm(
        request, found, REPLACE[part],
        lambda reason: replace_signer(found, part, form.person(), reason=reason, by=by, at=at),
        subject=signers.signer_of(found, part).name, form=form, notes=_standing(found, part, people, at),
        is_open=bool(people) and signers.against_replacing(found, part, at) is None,
    )  # fmt: skip


def _standing(found: Meeting, part: Signer, people: list[User], at: datetime) -> list[str]:
    """Why another is to be named and whether there is anybody, or why nobody is to be."""
    if (against := signers.against_replacing(found, part, at)) is not None:
        return [str(against)]
    why = [each.why for each in signers.lost_signers([found], at)[found.pk] if each.which == part]
    return [str(text) for text in [*why, *([] if people else [NOBODY[part]])]]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take back minutes that nobody has signed."""
    found = _run_by(request, number)
    by, at = signed_in(request), timezone.now()
    return _confirm(
        request, found, WITHDRAW, lambda reason: service.withdraw_minutes(found, reason=reason, by=by, at=at),
        back="meeting_minutes",
    )  # fmt: skip


def _run_by(request: HttpRequest, number: str) -> Meeting:
    """The meeting, for the office that runs it."""
    found = meeting_for(signed_in(request), number)
    if not has_power_over(signed_in(request), Power.CALL_MEETINGS, found.batch):
        raise PermissionDenied  # a member may hold that office for another authority
    return found


def _confirm(
    request: HttpRequest,
    found: Meeting,
    step: Step,
    act: Callable[[str], Any],
    *,
    subject: str = "",
    back: str = "meeting",
    form: Form | None = None,
    notes: Sequence[str] = (),
    is_open: bool = True,
) -> HttpResponse:
    sent, typed = request.POST if request.method == "POST" else None, initial_from_drafts(request, request.path)
    form = form or ReasonForm(sent, initial=typed)
    reasons = []
    if request.method == "POST" and form.is_valid():
        reasons = reasons_against(lambda: act(form.cleaned_data["reason"]))
        if not reasons:
            clear_drafts(request, request.path)
            messages.success(request, str(step.done))
            return redirect("meeting", found.number)
    context = frame(request, found) | {
        "form": form, "step": step, "subject": subject, "notes": notes, "is_open": is_open,
        "back": reverse(back, args=[found.number]),
    }  # fmt: skip
    return answer(request, "course", context, reasons, form)

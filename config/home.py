"""The first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.permissions import is_applicant
from config.context import Site, address_of
from config.navigation import TOP, Entry
from config.policies import APPLICANT
from workflows.calendar import current_calendar
from workflows.presentation.cases import batch_name
from workflows.presentation.words import Words, either
from workflows.selectors.applicant import open_batches, window_of
from workflows.selectors.guide import Published, newest_published

LISTS = {"notice": "notices", "announcement": "notices"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open batches, newest notices, three doors."""
    at, calendar = timezone.now(), current_calendar()
    batches = [
        {
            "name": either(batch.programme, "name"),
            "round": batch_name(batch),
            "programme": batch.programme_id,
            "code": batch.code,
            **window_of(batch, at=at, calendar=calendar),
        }
        for batch in open_batches(at)
        if not batch.is_evaluation  # open to those who are called
    ]
    news = [_news(row) for row in newest_published()]
    return render(request, "home.html", {"batches": batches, "news": news, "doors": doors(request), "at": at})


def doors(request: HttpRequest) -> list[Words]:
    """The three ways in: apply (for staff, who cannot, their own desk), verify a certificate, follow a case."""
    return [
        _desk_door(request) if request.user.is_authenticated and not APPLICANT.allows(request) else _apply(),
        {
            "label": _("查证书"),
            "text": _("核验证书是否被改动、是否有效、由谁签发，无需登录。"),
            "href": address_of("certificates:verify"),
        },
        {
            "label": _("查进度"),
            "text": _("凭申报编号和回执上的查询码查办理环节，无需登录。"),
            "href": address_of("track") or address_of("my_cases"),
        },
    ]


def _apply() -> Words:
    return {
        "label": _("我要申报"),
        "text": _("查看正在受理的批次，创建申报、上传数据表和证明材料。"),
        "href": address_of("my_new"),
    }


def own_desk(request: HttpRequest) -> Entry | None:
    """The first link of the top bar that is there for this person's office or enterprise; None where there is none."""
    powers, applies = Site(request).powers, is_applicant(request.user)
    own = (entry for entry in TOP if entry.powers or entry.applicants_only)
    return next((entry for entry in own if entry.is_for(powers, applies)), None)


def _desk_door(request: HttpRequest) -> Words:
    entry = own_desk(request)
    if entry is None:
        text = _("查看各项目的申报条件、材料、环节和时限。")
        return {"label": _("办事指南"), "text": text, "href": address_of("guide")}
    text = _("进入您的工作页面，等待您办理的事项都在那里。")
    return {"label": entry.label, "text": text, "href": address_of(entry.url_name)}


def _news(row: Published) -> Words:
    kind = _("公示") if row.kind == "notice" else _("公布")
    values = {"programme": either(row.batch.programme, "name"), "round": batch_name(row.batch)}
    title = {
        ("notice", False): _("%(programme)s %(round)s拟认定名单公示"),
        ("announcement", False): _("%(programme)s %(round)s认定名单公布"),
        ("notice", True): _("%(programme)s %(round)s结果公示"),
        ("announcement", True): _("%(programme)s %(round)s结果公布"),
    }[row.kind, row.batch.is_evaluation]
    return {
        "kind": kind,
        "tone": "blue" if row.kind == "notice" else "green",
        "title": title % values,
        "number": row.number,
        "at": row.at,
        "ends_at": row.ends_at,
        "href": address_of(LISTS[row.kind]),
    }

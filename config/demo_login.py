"""The short way of a demo: one click on the log-in page, and the person chosen is at the own desk."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accreditation.seeds.accounts import demo_person
from accreditation.services import second_factor
from accreditation.views.accounts import wanted_address
from config.access import ACCESS
from config.context import address_of
from config.home import own_desk

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo accounts, second factor included; the access table closes this outside a demo."""
    if not settings.ACCREDITATION_DEMO:  # a second lock: this view never rests on the table alone
        raise Http404
    user = demo_person(request.POST.get("username", ""))
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    second_factor.open_session(request, at=timezone.now())
    return redirect(_onward(request))


def _onward(request: HttpRequest) -> str:
    """The page that was asked for before; the own desk where none was, or one that this person may not open."""
    wanted = wanted_address(request)
    if wanted and _may_open(request, wanted):
        return wanted
    if wanted:
        messages.info(request, _("您要打开的页面不对这个身份开放，已转到其工作页面。"))
    desk = own_desk(request)
    return address_of(desk.url_name) if desk else "/"


def _may_open(request: HttpRequest, address: str) -> bool:
    """Whether the access table lets the person in; what lies behind the door decides for itself."""
    try:
        policy = ACCESS.get(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        return True
    return policy is None or policy.allows(request)

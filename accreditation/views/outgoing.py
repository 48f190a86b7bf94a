"""A person's consent to text messages; the operator's addresses of other systems."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accreditation.errors import Refusal
from accreditation.forms.outgoing import TextsForm, WebhookForm
from accreditation.permissions import signed_in
from accreditation.selectors.webhooks import failed_calls, webhooks
from accreditation.services.text_consent import set_text_consent
from accreditation.services.webhooks import set_webhook
from accreditation.views.answers import put_reasons


@require_http_methods(["GET", "HEAD", "POST"])
def account_texts(request: HttpRequest) -> HttpResponse:
    """Number and consent of the person."""
    user = signed_in(request)
    data = request.POST if request.method == "POST" else None
    form = TextsForm(data, known=user.phone, masked=user.masked_phone, initial={"agrees": user.takes_texts})
    if request.method == "POST" and form.is_valid():
        set_text_consent(user, **form.cleaned_data, at=timezone.now())
        messages.success(request, _("短信设置已保存。"))
        return redirect("account_security")
    context = {"form": form, "is_on": bool(settings.TEXT_GATEWAY_URL)}
    return render(request, "accreditation/accounts/texts.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Addresses by authority; the key of a new one is shown once, in the answer."""
    secret = ""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = set_webhook(said["body"], url=said["url"].strip(), by=signed_in(request), at=timezone.now())
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            secret = row.secret if row else ""
            messages.success(request, _("推送地址已保存。") if row else _("推送地址已移除。"))
            form = WebhookForm()
    context = {
        "form": form, "rows": webhooks(), "secret": secret, "is_on": settings.WEBHOOKS,
        "texts_are_on": bool(settings.TEXT_GATEWAY_URL), "failed": failed_calls(),
    }  # fmt: skip
    return render(request, "accreditation/webhooks.html", context, status=422 if form.errors else 200)

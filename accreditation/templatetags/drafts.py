"""Attributes of a form whose fields are saved on change."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accreditation.services.drafts import draft_version

register = template.Library()


@register.simple_tag(takes_context=True)
def autosave(context: template.Context, form_key: str = "") -> SafeString:
    """`<form method="post" {% autosave %}>`: where to save and what the page knows; the key is the page's path."""
    request = context["request"]
    key = form_key or request.path
    address = f"{reverse('draft_save')}?{urlencode({'form': key})}"
    version = draft_version(request.user, key)
    return format_html('data-autosave-url="{}" data-autosave-version="{}"', address, version)

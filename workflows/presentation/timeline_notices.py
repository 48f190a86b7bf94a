"""What entries about public notices and their extensions say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.templatetags.dates import day_text, local
from workflows.presentation.words import quoted

if TYPE_CHECKING:
    from criteria.ruleset import RuleSet

Content = Mapping[str, Any]


def noticed(content: Content, rules: RuleSet | None) -> SafeString:
    """A notice of the national authority and its last day."""
    ends = _("，至 %(day)s") % {"day": content["ends_on"]}
    return format_html("{}{}", quoted(content["notice"]), ends)


def dismissed(content: Content, rules: RuleSet | None) -> SafeString:
    """The reasons, and by how much the notice of the case runs on where it does."""
    extended = _extension(content) if content.get("extension") else ""
    return format_html("{}{}", quoted(content["reasons"]), extended)


def extended(content: Content, rules: RuleSet | None) -> str:
    """By how many days, until when. The officer's reason stands beside the objection, for those who may read it."""
    return _extension(content)


def _extension(content: Content) -> str:
    ends = datetime.fromisoformat(content["due_notice"])
    return _("公示期延长 %(n)d 个工作日，至%(day)s。") % {
        "n": content["extension_days"],
        "day": day_text(local(ends).date()),
    }

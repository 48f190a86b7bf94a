"""Texts of rule sets and drafts inside templates: halves of pairs, codes marked as codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accreditation.models import RuleSetEdition
from accreditation.services.rule_sets import rules_of_edition
from accreditation.templatetags.language import is_english, marked, zh
from workflows.presentation.editions import edition_name
from workflows.presentation.words import either as either_of
from workflows.presentation.words import lang

register = template.Library()

CODE = re.compile(r"([A-Za-z][A-Za-z0-9_.\-]*)")
register.filter("either", either_of)
register.filter("procedure_name", edition_name)


@register.filter
def either_key(held: Mapping[str, Any], name: str) -> SafeString:
    """The half of a pair of entries (`name_zh`, `name_en`) that fits the page; the Chinese one where none is."""
    return zh(held.get(f"{name}_{lang()}") or held.get(f"{name}_zh", ""))


@register.filter
def rule_set_name(edition: RuleSetEdition) -> str:
    """Name of the rule set of a stored edition, in the reader's language."""
    return either_of(rules_of_edition(edition), "name")


@register.filter
def codes(text: Any) -> Any:
    """A sentence that names codes: each is marked as one on a Chinese page, Chinese on an English page."""
    if is_english():
        return marked(str(text))
    parts = CODE.split(str(text))
    shown = (format_html("<code>{}</code>", part) if number % 2 else part for number, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


@register.filter
def split_reference(reference: str) -> list[str]:
    """Programme and edition of a reference."""
    return reference.split("/", 1)

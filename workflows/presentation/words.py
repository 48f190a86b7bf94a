"""The reader's language for texts that come as pairs, tones of marks, Chinese proper names inside sentences."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accreditation.enums import DISTRICTS
from accreditation.models import AuditEvent
from accreditation.selectors.granting import body_of_code
from accreditation.templatetags.figures import grouped_text
from accreditation.templatetags.language import is_english, zh
from criteria.exact import fixed_text, shown_text
from criteria.facts import Scalar
from criteria.ruleset import Confidence, RuleSet
from criteria.units import amount_text, shown_amount
from workflows.subjects import subject_of_state

Words = dict[str, Any]
SHORT_PLACES = 2
TONES = {"idle": "grey", "current": "blue", "warn": "amber", "ok": "green", "bad": "red"}


def lang() -> str:
    """`zh` or `en`, as the texts of rule sets name them."""
    return "en" if is_english() else "zh"


def either(of: Any, name: str) -> str:
    """The half of a pair of attributes (`name_zh`, `name_en`) that fits the page; the Chinese one where none is."""
    return str(getattr(of, f"{name}_{lang()}") or getattr(of, f"{name}_zh"))


def state_tone(state: str) -> str:
    """Tone of the tag of a legal state."""
    kind = subject_of_state(state)
    return TONES[kind.facts(state).tone] if kind else TONES["idle"]


def state_label(state: str) -> str:
    """A legal state in words."""
    kind = subject_of_state(state)
    return kind.label(state) if kind else state


def district_name(code: str) -> str:
    """Name of a district, or of the zone, group or town whose code it is."""
    if code in DISTRICTS:
        return str(DISTRICTS[code])
    body = body_of_code(code)
    return body_name(body) if body else code


def body_name(body: Any) -> str:
    """An authority's name in the reader's language."""
    return str(either(body, "name"))


def named(application: Any) -> str:
    """The enterprise of an application in a list, with the product where it is about one."""
    product = f"“{application.product_name}”" if application.product_name else ""
    return f"{application.enterprise.name}{product}"


def confidence_mark(confidence: Confidence) -> Words:
    """How sure a figure is: `text` and `tone`."""
    tone = "green" if confidence.is_live else "red" if confidence is Confidence.UNKNOWN else "amber"
    return {"text": confidence.name_in(lang()), "tone": tone}


def amount(value: Fraction | None, unit: str) -> str:
    """An exact value with its unit and thousands separators; a dash for none."""
    return "—" if value is None else grouped_text(amount_text(value, unit, lang()))


def short_amount(value: Fraction | None, unit: str) -> str:
    """A value for a narrow column: exact where two decimals suffice, else rounded half up behind `≈`."""
    if value is None or value.denominator == 1:
        return amount(value, unit)
    short = Fraction(fixed_text(value, SHORT_PLACES))
    return ("" if short == value else "≈ ") + amount(short, unit)


def short_difference(value: Fraction, unit: str) -> str:
    """How far two values of a unit are apart: what is counted in per cent differs by percentage points."""
    if unit != "pct":
        return short_amount(value, unit)
    short = Fraction(fixed_text(value, SHORT_PLACES))
    return ("" if short == value else "≈ ") + _("%(n)s 个百分点") % {"n": shown_text(short)}


def scalar(value: Scalar, unit: str) -> str:
    """Any value of a form with its unit."""
    return "—" if value is None else grouped_text(shown_amount(value, unit, lang()))


def coded(code: str, text: str) -> SafeString:
    """A code of the rules before its name: `<code>MG1</code> ...`."""
    return format_html("<code>{}</code> {}", code, text)


def cited(codes: Iterable[str], rules: RuleSet | None = None) -> SafeString:
    """Codes of sources, each linked to the list of sources of the page where a rule set is given."""
    known = rules.sources if rules else {}
    links = [
        format_html('<a href="#source-{}"><code>{}</code></a>', code, code)
        if code in known
        else format_html("<code>{}</code>", code)
        for code in codes
    ]
    if not links:
        return format_html("{}", _("无"))
    return format_html_join(_("、"), "{}", ((link,) for link in links))


def quoted(text: object) -> SafeString:
    """What a person wrote, marked as Chinese on an English page."""
    return zh(text)


def filled(sentence: str, **parts: str) -> SafeString:
    """A sentence with named places such as `%(day)s`: what is markup goes in as markup, all else as text."""
    shown = {name: conditional_escape(part) for name, part in parts.items()}
    return mark_safe(escape(sentence) % shown)  # noqa: S308  both halves are escaped


def person_words(event: AuditEvent) -> SafeString:
    """Who acted and, where a colleague lent the power, in whose place."""
    lender = event.content.get("on_behalf_of")
    if not lender:
        return quoted(event.by_name)
    return format_html(_("{by}（代 {lender} 办理）"), by=quoted(event.by_name), lender=quoted(lender["name"]))


def file_words(name: str) -> SafeString:
    """A file name as it was given, never translated."""
    return format_html('<span translate="no">{}</span>', zh(name))

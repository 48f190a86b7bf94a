"""What evidence proves, in words: name of a figure, an annex or a line, where it stands, the file at its page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.models import Binding
from accreditation.services.bindings import ANNEX, Provable, binds
from criteria.fields import AnnexSpec
from criteria.ruleset import RuleSet
from workflows.presentation.words import Words, either

PDF = "application/pdf"


def provable_name(provable: Provable, rules: RuleSet) -> str:
    """Name with its year or line; the key where the rules know no such thing."""
    if provable.target == ANNEX:
        annex = _annex(rules, provable.code)
        name = _("附表 %(letter)s %(name)s") % _lettered(annex) if annex else provable.key
        return name + (_(" 第 %(n)d 行") % {"n": provable.line} if provable.line else "")
    spec = rules.fields.get(provable.code)
    if spec is None:
        return provable.key
    return either(spec, "name") + (_("（%(year)s 年）") % {"year": provable.year} if provable.year else "")


def _annex(rules: RuleSet, code: str) -> AnnexSpec | None:
    return next((annex for annex in rules.form.annexes if annex.code == code), None) if rules.form else None


def _lettered(annex: AnnexSpec) -> Words:
    return {"letter": annex.letter, "name": either(annex, "name")}


def page_address(address: str, number: str, pk: int, page: int, media_type: str) -> str:
    """Address that shows a file in the browser, a PDF at its page; `address` takes (case number, evidence key)."""
    href = f"{reverse(address, args=[number, pk])}?shown=1"
    return f"{href}#page={page}" if media_type == PDF else href


def proof(row: Binding, number: str, address: str) -> Words:
    """A binding as a link: `pk`, `name`, `page`, `href`, `year`, `line`."""
    evidence, provable = row.evidence, binds(row)
    return {
        "pk": row.pk,
        "name": evidence.name,
        "page": row.page,
        "href": page_address(address, number, evidence.pk, row.page, evidence.file.media_type),
        "year": provable.year,
        "line": provable.line,
    }

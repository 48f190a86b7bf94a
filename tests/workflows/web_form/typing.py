"""What an applicant types into the pages of the form: the answers of a sample enterprise, section by section."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from accreditation.models import Case
from accreditation.services.rule_sets import template_of
from criteria.facts import Facts, Scalar
from criteria.workbook import Template
from criteria.workbook.answers import Answers, answers_of
from criteria.workbook.samples import sample_facts
from workflows.web_form.sections import Section, figure_name, line_name, section_path, sections_of


class Inputs(HTMLParser):
    """The inputs of a page with their values, as a browser without scripts would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and found.get("name") and found.get("type") != "checkbox":
            self.values[found["name"]] = found.get("value", "")
        elif tag == "select":
            self.select = found.get("name", "")
            self.values[self.select] = ""
        elif tag == "option" and self.select and "selected" in found:
            self.values[self.select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select


def inputs_of(client: Client, address: str) -> dict[str, str]:
    """Open a page of the form: what its inputs hold."""
    answer = client.get(address)
    assert answer.status_code == 200
    return {name: value for name, value in Inputs(answer.content.decode()).values.items() if name != "next"}


def sample_answers(case: Case, *, lines: int | None = None) -> Answers:
    """Answers of an enterprise that pass every check; `lines` caps the lines of annexes that nothing counts."""
    template = template_of(case.application.batch)
    facts = sample_facts(template, 7, "weak")
    own: dict[str, Scalar] = {"uscc": case.enterprise.uscc, "registered_district": case.enterprise.district}
    figures = {key: replace(fact, value=own.get(key[0], fact.value)) for key, fact in facts.figures.items()}
    return answers_of(Facts(facts.reporting_year, figures, facts.annexes), template.form)


def pages_of(template: Template, answers: Answers) -> list[tuple[Section, int, dict[str, str]]]:
    """Each page that has something to type: section, part, texts by input."""
    found = []
    for section in sections_of(template.form):
        if section.annex is None:
            texts = {
                figure_name(spec.code, year): answers.figures.get((spec.code, year), "")
                for spec in section.specs
                for year in template.years(spec)
            }
            found.append((section, 1, texts))
            continue
        parts: dict[int, dict[str, str]] = {}
        for number, line in enumerate(answers.lines.get(section.annex.code, ()), 1):
            texts = parts.setdefault(section.part_of(number), {})
            texts |= {line_name(section.annex.code, number, code): text for code, text in line.items()}
        found += [(section, part, texts) for part, texts in parts.items()]
    return found


def type_all(client: Client, case: Case, answers: Answers) -> None:
    """Fill in every page and press its button, as without scripts."""
    template = template_of(case.application.batch)
    for section, part, texts in pages_of(template, answers):
        address = section_path(case.number, section.code, part)
        lines = section.lines_a_page if section.annex else 0
        shown = inputs_of(client, f"{address}?lines={lines}")
        answer = save(client, address, {**shown, **texts})
        assert answer.status_code == 302, answer.content.decode()[:3000]


def save(client: Client, address: str, texts: dict[str, str], **button: str) -> Any:
    """Send a page of the form."""
    return client.post(address, {**texts, **(button or {"stay": "1"})})

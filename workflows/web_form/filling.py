"""What stands in each input of the form: the text typed last, or what was accepted before, or what was prefilled."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accreditation.enums import ApplicationState
from accreditation.models import Application, Draft, User
from accreditation.services.drafts import save_drafts
from accreditation.services.evaluation import draft_facts, reported_facts
from accreditation.services.prefill import Prefill, prefill_of
from accreditation.services.rule_sets import template_of
from criteria.fields import FieldSpec
from criteria.workbook import Template
from criteria.workbook.answers import Answers, Line, answers_of
from criteria.workbook.changes import Allowed
from workflows.web_form.sections import Key, Section, figure_name, form_path, line_name, section_path, sections_of

EDITABLE = (ApplicationState.DRAFT, ApplicationState.RETURNED)
CONFIRMED = "prefill_confirmed"  # a tick on each page with prefilled answers, kept like a text
REGISTER, LAST_CASE, STANDINGS = "register", "last_case", "standings"


@dataclass(frozen=True, slots=True)
class Value:
    """One input: its name, what stands in it, what was known before typing, whether it may be changed.

    `source` names where a prefilled text came from; it is empty for anything else.
    """

    name: str
    spec: FieldSpec
    known: str
    draft: Draft | None
    is_open: bool
    year: int | None = None
    line: int | None = None
    source: str = ""

    @property
    def text(self) -> str:
        """What the applicant sees in the input."""
        return self.draft.text if self.draft is not None and self.is_open else self.known

    @property
    def is_typed(self) -> bool:
        """Whether something else was typed than what was known."""
        return self.text != self.known


@dataclass
class Filling:
    """The form of one case as one person fills it in."""

    number: str
    user: User
    template: Template
    known: Answers
    sources: Mapping[Key, str]
    drafts: Mapping[str, Mapping[str, Draft]]
    allowed: Allowed | None
    is_editable: bool
    sections: list[Section] = field(default_factory=list)
    paths: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sections = sections_of(self.template.form)
        self.paths = {
            (section.code, part): section_path(self.number, section.code, part)
            for section in self.sections
            for part in range(1, section.parts + 1)
        }

    def section(self, code: str) -> Section | None:
        """The section of that code."""
        return next((section for section in self.sections if section.code == code), None)

    def figure(self, section: Section, spec: FieldSpec, year: int | None) -> Value:
        """The input of a basic or of one year of a figure."""
        key, name = (spec.code, year), figure_name(spec.code, year)
        draft = self._draft(section, 1, name)
        source = "" if draft is not None or self.is_confirmed(section) else self.sources.get(key, "")
        known = self.known.figures.get(key, "")
        return Value(name, spec, known, draft, self.may_change(key), year=year, source=source)

    def in_line(self, section: Section, line: int, spec: FieldSpec) -> Value:
        """The input of one column in a line of an annex."""
        assert section.annex is not None
        name = line_name(section.annex.code, line, spec.code)
        draft = self._draft(section, section.part_of(line), name)
        known = self.known_lines(section)
        text = known[line - 1].get(spec.code, "") if line <= len(known) else ""
        return Value(name, spec, text, draft, self.may_fill(section), line=line)

    def inputs(self, section: Section, part: int) -> Iterator[Value]:
        """All inputs of a page, those of empty lines too."""
        if section.annex is not None:
            yield from (self.in_line(section, line, spec) for line in section.lines_of(part) for spec in section.specs)
            return
        for spec in section.specs:
            yield from (self.figure(section, spec, year) for year in self.template.years(spec))

    def lines(self, section: Section) -> dict[int, Line]:
        """Lines of an annex that hold anything, by their number on the form, with the text of each column."""
        assert section.annex is not None
        if self.is_too_long(section):
            return dict(enumerate(self.known_lines(section), 1))
        found = {
            line: {spec.code: self.in_line(section, line, spec).text for spec in section.specs}
            for line in range(1, section.most_lines + 1)
        }
        return {line: texts for line, texts in found.items() if any(text.strip() for text in texts.values())}

    def answers(self) -> tuple[Answers, dict[str, list[int]]]:
        """Everything as it would be checked now, and which line of the form each written line of an annex was."""
        figures: dict[Key, str] = {}
        lines: dict[str, dict[int, Line]] = {}
        for section in self.sections:
            if section.annex is not None:
                lines[section.annex.code] = self.lines(section)
                continue
            for value in self.inputs(section, 1):
                figures[(value.spec.code, value.year)] = value.text
        written = Answers(figures, {code: list(rows.values()) for code, rows in lines.items()})
        return written, {code: list(rows) for code, rows in lines.items()}

    def known_lines(self, section: Section) -> Sequence[Line]:
        """Lines of an annex as they were accepted."""
        return self.known.lines.get(section.annex.code, ()) if section.annex else ()

    def is_too_long(self, section: Section) -> bool:
        """Whether the accepted annex has more lines than pages can show; it is then carried on as it is."""
        return section.annex is not None and len(self.known_lines(section)) > section.most_lines

    def may_change(self, key: Key) -> bool:
        """Whether a figure may be changed now; in a correction only those that the return names."""
        if not self.is_editable or self.allowed is None:
            return self.is_editable
        return key in self.allowed or (key[0], None) in self.allowed

    def may_fill(self, section: Section) -> bool:
        """Whether the lines of an annex may be changed on its page."""
        if section.annex is None or not self.is_editable or self.is_too_long(section):
            return False
        return self.allowed is None or section.annex.code in self.allowed

    def is_confirmed(self, section: Section) -> bool:
        """Whether the prefilled answers of a section were ticked as checked."""
        draft = self._draft(section, 1, CONFIRMED)
        return draft is not None and bool(draft.text)

    def has_prefilled(self, section: Section) -> bool:
        """Whether the section holds prefilled answers, checked or not."""
        codes = {spec.code for spec in section.specs} if section.annex is None else set()
        return any(code in codes for code, _year in self.sources)

    def drafts_of(self, section: Section) -> list[Draft]:
        """All drafts of a section."""
        paths = [self.paths[(section.code, part)] for part in range(1, section.parts + 1)]
        return [draft for path in paths for draft in self.drafts.get(path, {}).values()]

    def _draft(self, section: Section, part: int, name: str) -> Draft | None:
        return self.drafts.get(self.paths[(section.code, part)], {}).get(name)


def filling_of(application: Application, user: User, allowed: Allowed | None) -> Filling:
    """The form of an application; `allowed` are the cells open in a correction, None where all are."""
    template = template_of(application.batch)
    is_editable = application.state in EDITABLE
    facts = draft_facts(application) if is_editable else reported_facts(application)
    sources: dict[Key, str] = {}
    if facts is None and is_editable:
        prefill = prefill_of(application)
        facts = prefill.facts
        sources = {key: _source_of(prefill, key) for key in facts.figures}
    known = answers_of(facts, template.form) if facts else Answers({})
    number = application.case.number
    return Filling(number, user, template, known, sources, _drafts(user, number), allowed, is_editable)


def _source_of(prefill: Prefill, key: Key) -> str:
    if prefill.is_counted(key):
        return STANDINGS
    return REGISTER if prefill.is_registered(key) else LAST_CASE


def _drafts(user: User, number: str) -> dict[str, dict[str, Draft]]:
    found: dict[str, dict[str, Draft]] = defaultdict(dict)
    for draft in Draft.objects.filter(user=user, form__startswith=form_path(number)):
        found[draft.form][draft.field] = draft
    return found


def keep_page(
    filling: Filling,
    section: Section,
    part: int,
    posted: Mapping[str, str],
    *,
    versions: Mapping[str, int],
    shown: Mapping[str, str],
    at: datetime,
) -> dict[str, str]:
    """Keep what was typed on one page; returns what another tab saved, by input, where this page knew an older text.

    `versions` are the drafts that the page knew, `shown` the marks of the texts it came with: an input that still has
    the text it came with was not touched here and is left to whoever changes it. Raises Refusal for texts too long.
    """
    texts = {}
    for value in filling.inputs(section, part):
        text = posted.get(value.name)
        if text is None or not value.is_open or mark_of(text) == shown.get(value.name):
            continue
        if value.draft is not None or text != value.known:
            texts[value.name] = text
    if filling.has_prefilled(section) and CONFIRMED in posted:
        texts[CONFIRMED] = posted[CONFIRMED]
        versions = {**versions, CONFIRMED: _version(filling, section)}  # a tick has no text to lose
    path = filling.paths[(section.code, part)]
    return save_drafts(by=filling.user, form=path, texts=texts, versions=versions, at=at)


def _version(filling: Filling, section: Section) -> int:
    draft = filling.drafts.get(filling.paths[(section.code, 1)], {}).get(CONFIRMED)
    return draft.version if draft else 0


def mark_of(text: str) -> str:
    """A short mark by which a page tells whether an input still holds the text it came with."""
    return f"{zlib.crc32(text.encode()):08x}"


def forget(filling: Filling) -> None:
    """Drop the drafts that were read; what another tab has typed since stays."""
    read = Q(pk__in=[])
    by_version: dict[int, list[int]] = defaultdict(list)
    for fields in filling.drafts.values():
        for draft in fields.values():
            by_version[draft.version].append(draft.pk)
    for version, keys in by_version.items():
        read |= Q(pk__in=keys, version=version)
    Draft.objects.filter(read, user=filling.user).delete()

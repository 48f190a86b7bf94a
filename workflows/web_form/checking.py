"""Check and save: what was typed becomes a workbook and goes the way of every upload; faults return to the inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accreditation.acts import fingerprint
from accreditation.models import Application, Case, Draft, WorkbookUpload
from criteria.workbook import Fault, Faults, Template
from criteria.workbook.answers import typed_workbook
from criteria.workbook.cross_checks import places_of
from criteria.workbook.layout import annex_sheet, cell_name
from criteria.workbook.sheets import ANNEX_CODE_ROW, addresses
from workflows.intake import Taken, upload_workbook
from workflows.web_form.filling import Filling, forget
from workflows.web_form.sections import Section, figure_name, form_path, line_name

FILE_NAME = "网页填报.xlsx"
LAST_CHECK = "last_check"  # kept as a draft of the overview: which reading the last check made, and of which lines


@dataclass(frozen=True, slots=True)
class Spot:
    """An input of the form: section, page of the section, name."""

    section: Section
    part: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A fault of the last check: the inputs that it concerns, and whether one of them was changed since."""

    fault: Fault
    spots: tuple[Spot, ...]
    is_touched: bool

    @property
    def spot(self) -> Spot | None:
        """The input that it is told at."""
        return self.spots[0] if self.spots else None


def check_form(case: Case, filling: Filling, *, at: datetime, request_key: str | None) -> Taken:
    """Send what stands in the form through the chain of uploads. Raises what `upload_workbook` raises.

    An accepted form takes its drafts away; faults stay known to the pages until the next check.
    """
    answers, lines = filling.answers()
    said = fingerprint("web form", sorted(answers.figures.items(), key=str), answers.lines)
    content = typed_workbook(filling.template, answers)
    taken = upload_workbook(
        case, content, FILE_NAME, by=filling.user, at=at, request_key=request_key, request=said
    )  # fmt: skip
    if taken.number is not None:
        if taken.facts is not None:
            forget(filling)
        else:
            _remember(filling, taken.number, lines, at)
    return taken


def _remember(filling: Filling, upload: int, lines: Mapping[str, list[int]], at: datetime) -> None:
    text = json.dumps({"upload": upload, "lines": lines})
    Draft.objects.update_or_create(
        user=filling.user,
        form=form_path(filling.number),
        field=LAST_CHECK,
        defaults={"text": text, "saved_at": at},
    )


def last_check(application: Application, filling: Filling) -> tuple[WorkbookUpload, dict[str, list[int]]] | None:
    """The reading of the last check with its lines; None when there was none or a later workbook was accepted."""
    note = filling.drafts.get(form_path(filling.number), {}).get(LAST_CHECK)
    if note is None:
        return None
    said: dict[str, Any] = json.loads(note.text)
    upload = application.uploads.filter(number=said["upload"], is_accepted=False).first()
    if upload is None or application.uploads.filter(number__gt=upload.number, is_accepted=True).exists():
        return None
    return upload, said["lines"]


def faults_of_form(application: Application, filling: Filling) -> list[Found]:
    """Faults and questions of the last check, each at its inputs, in the order of the form."""
    checked = last_check(application, filling) if filling.is_editable else None
    if checked is None:
        return []
    upload, lines = checked
    inputs = dict(_inputs(filling, filling.template, lines))
    found = []
    for fault in Faults.from_json(upload.faults).faults:
        spots = tuple(dict.fromkeys(inputs[place] for place in places_of(fault) if place in inputs))
        touched = any(_changed_at(filling, spot, upload.uploaded_at) for spot in spots)
        found.append(Found(fault, spots, touched))
    return found


def _changed_at(filling: Filling, spot: Spot, since: datetime) -> bool:
    draft = filling.drafts.get(filling.paths[(spot.section.code, spot.part)], {}).get(spot.name)
    return draft is not None and draft.saved_at > since


def _inputs(filling: Filling, template: Template, lines: Mapping[str, list[int]]) -> Iterator[tuple[str, Spot]]:
    """The input behind each cell (`sheet!cell`) of the workbook that was written."""
    sections = {spec.code: section for section in filling.sections if section.annex is None for spec in section.specs}
    for (code, year), (sheet, row, column) in addresses(template).items():
        yield f"{sheet}!{cell_name(row, column)}", Spot(sections[code], 1, figure_name(code, year))
    for section in filling.sections:
        annex = section.annex
        for written, line in enumerate(lines.get(annex.code, []) if annex else [], 1):
            for column, spec in enumerate(section.specs, 2):
                assert annex is not None
                place = f"{annex_sheet(annex)}!{cell_name(ANNEX_CODE_ROW + written, column)}"
                yield place, Spot(section, section.part_of(line), line_name(annex.code, line, spec.code))

"""Setting up a further designation: programme and rules from one file, by two people, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accreditation.acts import Act, act, hold
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import check_another
from accreditation.models import Body, DesignationProposal, Programme, RuleSetEdition, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.services.numbers import next_number
from accreditation.services.rule_drafts import chain_of
from accreditation.services.rule_sets import rule_text
from criteria.designation import Designation, Survey, surveyed
from criteria.live import LiveFault, live_faults
from workflows.procedures import PROCEDURES

CHAIN = "designations"
KEYS = {  # field of the programme: key of the file
    "level": "designation.level",
    "name_zh": "designation.name_zh",
    "name_en": "designation.name_en",
    "number_prefix": "designation.number_prefix",
    "certificate_kind": "designation.certificate.kind",
    "ground_zh": "designation.ground.title_zh",
    "ground_en": "designation.ground.title_en",
    "procedure": "procedure.edition",
    "is_of_product": "designation.granted_to",
}
BODY, EDITION = "designation.granted_by", "rules.edition"
OWN = Reason("four_eyes", gettext_lazy("设立人和复核人须是两个人。"))


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong with a file: line, key, what was read (empty where nothing was) and what it should be."""

    code: str
    line: int
    key: str
    read: str
    expected: str

    def text(self, file: str) -> str:
        """One line for people, in the active language."""
        key = f"{self.key}: " if self.key else ""
        read = _("；读到“%(read)s”") % {"read": self.read} if self.read else ""
        return f"{file}:{self.line}: {key}{self.expected}{read}"


class FaultyFile(Refusal):
    """The file cannot be set up here; `faults` holds everything wrong with it, by line."""

    def __init__(self, file: str, faults: Iterable[FileFault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.key))
        super().__init__([Reason(fault.code, fault.text(file), "file") for fault in self.faults])


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would set up: the designation, what is new of it, the figures that bar a live batch."""

    designation: Designation
    is_new_programme: bool
    is_new_edition: bool
    live_faults: tuple[LiveFault, ...]

    @property
    def is_new(self) -> bool:
        """Whether setting it up would change anything."""
        return self.is_new_programme or self.is_new_edition


def preview(text: str, file: str) -> Preview:
    """What the file says against the installation as it stands; FaultyFile with every fault of both, by line."""
    survey = surveyed(text, file)
    told = [FileFault("rule_fault", row.line, row.path, row.read, _in_words(row)) for row in survey.faults]
    keys = {fault.key for fault in told}
    told += (fault for fault in _against_installation(survey) if fault.key not in keys)
    designation = survey.designation
    if told or designation is None:
        raise FaultyFile(file, told)
    is_new_programme = not Programme.objects.filter(code=designation.code).exists()
    is_new_edition = not RuleSetEdition.objects.filter(reference=designation.rules.ref).exists()
    return Preview(designation, is_new_programme, is_new_edition, tuple(live_faults(designation.rules)))


def _in_words(fault: Any) -> str:
    return str(fault.en if (get_language() or "").startswith("en") else fault.zh)


# --- Setting up -------------------------------------------------------------------------------------------------
def set_up(text: str, file: str, *, by: User, seconded_by: User, at: datetime) -> Preview:
    """Both steps, where both people stand at one machine; a file that is set up already changes nothing.

    `by` drafts, `seconded_by` publishes, as for every edition of rules. Denied and Refusal with all reasons.
    """
    check_drafter(by)
    check_publisher(by, seconded_by)
    found = preview(text, file)
    if not found.is_new:
        return found
    with act(CHAIN, "set_up_designation", by=by, at=at, acting_as="municipal_officer") as doing:
        found = enter(doing, text, file, publisher=seconded_by, at=at)
        row = kept(found, text, file, by=by, at=at)
        row.publish()
        row.decided_by, row.decided_at, row.edition = seconded_by, at, edition_of(found)
        row.save()
        doing.note(proposal=row.number, file=file, seconded_by=seconded_by.pk)
    return found


def enter(doing: Act, text: str, file: str, *, publisher: User, at: datetime) -> Preview:
    """Enter programme and rules within an act on the chain of designations, looked at again under its lock."""
    hold(chain_of(preview(text, file).designation.code))  # an edition drafted figure by figure may take the same name
    found = preview(text, file)
    if not found.is_new:
        raise AlreadyDone(Reason("already_done", _("该称号已由他人设立。")), done_by="", done_at=None)
    said, rules = found.designation, found.designation.rules
    if found.is_new_programme:
        _create_programme(said)
    if found.is_new_edition:
        RuleSetEdition.objects.create(
            reference=rules.ref, checksum=rules.checksum, text=rules.frozen_text, live_faults=len(found.live_faults),
            stored_at=at, published_by=publisher, published_at=at,
        )  # fmt: skip
    doing.note(
        programme=said.code, edition=rules.ref, checksum=rules.checksum, new_programme=found.is_new_programme,
        live_faults=len(found.live_faults),
    )  # fmt: skip
    return found


def edition_of(found: Preview) -> RuleSetEdition:
    """The stored edition of what was set up."""
    return RuleSetEdition.objects.get(checksum=found.designation.rules.checksum)


def kept(found: Preview, text: str, file: str, *, by: User, at: datetime) -> DesignationProposal:
    """The file as it came, to be saved: waiting for the second person, or decided at once."""
    said = found.designation
    return DesignationProposal(
        number=next_number("DESIGNATION", at.year), file=file[:100], text=text, checksum=checksum_of(text),
        programme_code=said.code, reference=said.rules.ref, name_zh=said.name_zh, name_en=said.name_en,
        drafted_by=by, drafted_at=at,
    )  # fmt: skip


def checksum_of(text: str) -> str:
    """SHA-256 of a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_drafter(by: User) -> None:
    """Raise Denied unless the person may draft rules and run batches."""
    if not (has_power(by, Power.DRAFT_RULES) and has_power(by, Power.RUN_BATCHES)):
        raise Denied([Reason("not_drafter", _("只有市认定办公室经办人可以设立称号。"))])


def check_publisher(drafted_by: User, by: User) -> None:
    """Raise Denied unless the person may publish rules and is another than the drafter, in an own or a lent office."""
    needs_publisher(by)
    check_another([drafted_by.pk], by, OWN)


def needs_publisher(by: User) -> None:
    """Raise Denied unless the person may publish rules."""
    if not has_power(by, Power.PUBLISH_RULES):
        raise Denied([Reason("not_publisher", _("复核人须有发布规则集的权限。"))])


def _create_programme(said: Designation) -> None:
    Programme.objects.create(
        code=said.code,
        granted_by=Body.objects.get(code=said.granted_by),
        **{name: getattr(said, name) for name in KEYS},
    )


# --- What the installation says against a file ------------------------------------------------------------------
def _against_installation(survey: Survey) -> Iterator[FileFault]:
    """What the file names and the installation does not know, has in use, or holds otherwise."""
    if not survey.said:
        return
    programme = Programme.objects.filter(code=survey.said["code"]).first()
    yield from _strangers(survey)
    if programme is not None:
        yield from _differences(survey, programme)
    if survey.designation is not None:
        yield from _other_text(survey, survey.designation)


def _fault(survey: Survey, code: str, key: str, read: str, expected: str) -> FileFault:
    return FileFault(code, survey.line(key), key, read, expected)


def _strangers(survey: Survey) -> Iterator[FileFault]:
    said = survey.said
    procedures = [name for name, each in PROCEDURES.items() if each.flow.is_for_designations]
    if said["procedure"] and said["procedure"] not in procedures:
        expected = _("应为 %(known)s") % {"known": "、".join(procedures)}
        yield _fault(survey, "no_procedure", KEYS["procedure"], said["procedure"], expected)
    bodies = Body.objects.filter(level=said["level"]).order_by("code").values_list("code", flat=True)
    if bodies and said["granted_by"] and said["granted_by"] not in bodies:
        expected = _("应为该级机关：%(known)s") % {"known": "、".join(bodies)}
        yield _fault(survey, "no_body", BODY, said["granted_by"], expected)
    yield from _taken(survey)


def _taken(survey: Survey) -> Iterator[FileFault]:
    """What stands for one programme alone and another one has."""
    said = survey.said
    others = Programme.objects.exclude(code=said["code"])
    rows = {
        "number_prefix": others.filter(number_prefix=said["number_prefix"]),
        "certificate_kind": others.filter(
            certificate_kind=said["certificate_kind"], granted_by__code=said["granted_by"]
        ),
    }
    for name, found in rows.items():
        taken = found.first() if said[name] else None
        if taken is not None:
            expected = _("应为其他称号没有使用的（已用于%(name)s）") % {"name": rule_text(taken, "name")}
            yield _fault(survey, f"{name}_taken", KEYS[name], said[name], expected)


def _differences(survey: Survey, programme: Programme) -> Iterator[FileFault]:
    """A programme keeps the particulars with which it was set up; its numbers and certificates carry them."""
    pairs = [(key, getattr(programme, name), survey.said[name]) for name, key in KEYS.items()]
    pairs.append((BODY, programme.granted_by.code, survey.said["granted_by"]))
    for key, before, read in pairs:
        if before != read:
            expected = _("该项目已设立为“%(before)s”，不能更改") % {"before": _as_written(before)}
            yield _fault(survey, "other_particulars", key, _as_written(read), expected)


def _as_written(value: object) -> str:
    """A particular as the file writes it."""
    if isinstance(value, bool):
        return "product" if value else "enterprise"
    return str(value)


def _other_text(survey: Survey, said: Designation) -> Iterator[FileFault]:
    """An edition once stored is never changed."""
    rows = RuleSetEdition.objects.filter(reference=said.rules.ref).exclude(checksum=said.rules.checksum)
    if rows.exists():
        expected = _("该版本号已有另一文本；修改规则须用新的版本号")
        yield _fault(survey, "other_text", EDITION, said.rules.edition, expected)

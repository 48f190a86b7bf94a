"""Setting up a further designation: programme and rules from one file, by two people, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Body, Programme, RuleSetEdition, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.services.rule_sets import faults_as_reasons
from criteria.designation import Designation, read_designation
from criteria.faults import RuleSetFaults
from criteria.live import LiveFault, live_faults
from workflows.procedures import PROCEDURES

CHAIN = "designations"
FIXED = (
    "level", "name_zh", "name_en", "number_prefix", "certificate_kind", "ground_zh", "ground_en", "procedure",
    "is_of_product",
)  # fmt: skip


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
    """What the file says against the installation as it stands; Refusal with every fault, each with line and key."""
    try:
        designation = read_designation(text, file)
    except RuleSetFaults as refused:
        raise Refusal(faults_as_reasons(refused.faults, "file")) from refused
    programme = Programme.objects.filter(code=designation.code).first()
    editions = RuleSetEdition.objects.filter(reference=designation.rules.ref)
    if reasons := [*_strangers(designation), *_differences(designation, programme), *_other_text(designation)]:
        raise Refusal(reasons)
    faults = tuple(live_faults(designation.rules))
    return Preview(designation, programme is None, not editions.exists(), faults)


def set_up(text: str, file: str, *, by: User, seconded_by: User, at: datetime) -> Preview:
    """Enter programme and rules in one act; a file that is set up already changes nothing and leaves no entry.

    `by` drafts, `seconded_by` publishes, as for every edition of rules. Denied and Refusal with all reasons.
    """
    _check_people(by, seconded_by)
    found = preview(text, file)
    if not found.is_new:
        return found
    with act(CHAIN, "set_up_designation", by=by, at=at, acting_as="municipal_officer") as doing:
        found = preview(text, file)  # again, under the lock of all that are set up
        if not found.is_new:
            raise AlreadyDone(Reason("already_done", _("该称号已由他人设立。")), done_by="", done_at=None)
        said, rules = found.designation, found.designation.rules
        if found.is_new_programme:
            _create_programme(said)
        if found.is_new_edition:
            RuleSetEdition.objects.create(
                reference=rules.ref, checksum=rules.checksum, text=rules.frozen_text,
                live_faults=len(found.live_faults), stored_at=at, published_by=seconded_by, published_at=at,
            )  # fmt: skip
        doing.note(
            programme=said.code, edition=rules.ref, checksum=rules.checksum, file=file, seconded_by=seconded_by.pk,
            new_programme=found.is_new_programme, live_faults=len(found.live_faults),
        )  # fmt: skip
    return found


def _check_people(by: User, seconded_by: User) -> None:
    if not (has_power(by, Power.DRAFT_RULES) and has_power(by, Power.RUN_BATCHES)):
        raise Denied([Reason("not_drafter", _("只有市认定办公室经办人可以设立称号。"))])
    if not has_power(seconded_by, Power.PUBLISH_RULES):
        raise Denied([Reason("not_publisher", _("复核人须有发布规则集的权限。"))])
    if by.pk == seconded_by.pk:
        raise Denied([Reason("four_eyes", _("设立人和复核人须是两个人。"))])


def _create_programme(said: Designation) -> None:
    Programme.objects.create(
        code=said.code,
        granted_by=Body.objects.get(code=said.granted_by),
        **{name: getattr(said, name) for name in FIXED},
    )


def _strangers(said: Designation) -> Iterator[Reason]:
    """What the file names and the installation does not know, or has in use for another programme."""
    if said.procedure not in PROCEDURES or not PROCEDURES[said.procedure].flow.is_for_designations:
        known = "、".join(name for name, each in PROCEDURES.items() if each.flow.is_for_designations)
        values = {"read": said.procedure, "known": known}
        yield Reason("no_procedure", _("procedure.edition：读到“%(read)s”，应为 %(known)s。") % values, "file")
    body = Body.objects.filter(code=said.granted_by).first()
    if body is None or body.level != said.level:
        known = "、".join(Body.objects.filter(level=said.level).order_by("code").values_list("code", flat=True))
        values = {"read": said.granted_by, "known": known}
        yield Reason("no_body", _("designation.granted_by：读到“%(read)s”，应为该级机关：%(known)s。") % values, "file")
    others = Programme.objects.exclude(code=said.code)
    for programme in others.filter(number_prefix=said.number_prefix):
        values = {"read": said.number_prefix, "name": programme.name_zh}
        yield Reason("prefix_taken", _("designation.number_prefix：“%(read)s”已用于%(name)s。") % values, "file")
    if said.certificate_kind:
        for programme in others.filter(certificate_kind=said.certificate_kind, granted_by__code=said.granted_by):
            values = {"read": said.certificate_kind, "name": programme.name_zh}
            yield Reason("kind_taken", _("designation.certificate.kind：“%(read)s”已用于%(name)s。") % values, "file")


def _differences(said: Designation, programme: Programme | None) -> Iterator[Reason]:
    """A programme keeps the particulars with which it was set up; its numbers and certificates carry them."""
    if programme is None:
        return
    pairs = {name: (getattr(programme, name), getattr(said, name)) for name in FIXED}
    pairs["granted_by"] = (programme.granted_by.code, said.granted_by)
    for name, (before, read) in pairs.items():
        if before != read:
            values = {"name": name, "read": read, "before": before}
            text = _("designation.%(name)s：读到“%(read)s”，该项目已设立为“%(before)s”。")
            yield Reason("other_particulars", text % values, "file")


def _other_text(said: Designation) -> Iterator[Reason]:
    """An edition once stored is never changed."""
    rows = RuleSetEdition.objects.filter(reference=said.rules.ref).exclude(checksum=said.rules.checksum)
    if rows.exists():
        values = {"read": said.rules.edition}
        text = _("rules.edition：“%(read)s”已有另一文本；修改规则须用新的版本号。")
        yield Reason("other_text", text % values, "file")

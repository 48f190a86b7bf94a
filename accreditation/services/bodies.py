"""The bodies that recognise by themselves or pass applications on: entered and corrected by the municipal office.

A body alone can do nothing: its people get their roles from two security officers, its batches from the office.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import Level
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.models import Body, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.selectors.granting import BODIES, body_named
from accreditation.services.enterprises import check_uscc
from accreditation.services.numbers import next_value

ENTERED = {Level.ZONE: "Z", Level.GROUP: "G", Level.TOWN: "T"}  # the districts are there from the start
RECOGNISING = (Level.DISTRICT, Level.ZONE, Level.GROUP)
KEPT = (Level.MUNICIPAL, *RECOGNISING, Level.TOWN)


def kept_bodies() -> QuerySet[Body]:
    """The city's office, districts, zones, groups and towns, by code, each with the body it forwards to."""
    return Body.objects.filter(level__in=KEPT).select_related("forwards_to").order_by("district")


def recognising_bodies() -> QuerySet[Body]:
    """Those that a town or a park can forward to."""
    return Body.objects.filter(level__in=RECOGNISING).order_by("level", "district")


def kept_body(code: str) -> Body:
    """One of them by its own code, such as `zone-z00001`. Raises NotFound."""
    row = kept_bodies().filter(code=code).first()
    if row is None:
        raise NotFound(code)
    return row


def register_local_body(
    *, level: str, name_zh: str, name_en: str, uscc: str, contact: str, forwards_to: Body | None, by: User, at: datetime
) -> Body:
    """Enter a zone, a group, a town or a park under a code of its own, which roles then name. Denied, Refusal."""
    with act(BODIES, "register_body", by=by, at=at, acting_as="municipal_officer") as doing:
        _check_power(by)
        if reasons := list(_faults_of_new(level, name_zh.strip(), uscc, forwards_to)):
            raise Refusal(reasons)
        own = _free_code(Level(level))
        row = Body.objects.create(
            code=f"{level}-{own.lower()}", level=level, name_zh=name_zh.strip(), name_en=name_en.strip(), district=own,
            uscc=check_uscc(uscc) if uscc.strip() else "", contact=contact.strip(), forwards_to=forwards_to,
        )  # fmt: skip
        doing.note(body=row.pk, code=own, name=row.name_zh, uscc=row.uscc, forwards_to=_code_of(forwards_to))
    return row


def correct_body(
    body: Body, *, name_zh: str, name_en: str, uscc: str, contact: str, forwards_to: Body | None, reason: str, by: User,
    at: datetime,
) -> Body:  # fmt: skip
    """Correct what is known of a body. Denied, Refusal with every reason; what was frozen keeps what it says."""
    with act(BODIES, "correct_body", by=by, at=at, acting_as="municipal_officer") as doing:
        _check_power(by)
        row = Body.objects.select_for_update(of=("self",)).select_related("forwards_to").get(pk=body.pk)
        reasons = [*_faults_of_name(name_zh.strip(), row), *_faults_of_way(row.level, uscc, forwards_to)]
        if reasons:
            raise Refusal(reasons)
        before = _particulars(row)
        row.name_zh, row.name_en, row.contact = name_zh.strip(), name_en.strip(), contact.strip()
        row.uscc, row.forwards_to = check_uscc(uscc) if uscc.strip() else "", forwards_to
        row.save(update_fields=["name_zh", "name_en", "uscc", "contact", "forwards_to"])
        doing.note(body=row.pk, code=row.district, before=before, after=_particulars(row), reason=reason.strip())
    return row


def _check_power(by: User) -> None:
    if not has_power(by, Power.RUN_BATCHES):
        raise Denied([Reason("not_yours", _("只有市认定办公室经办人可以登记机构。"))])


def _faults_of_new(level: str, name_zh: str, uscc: str, forwards_to: Body | None) -> Iterator[Reason]:
    if level not in ENTERED:
        yield Reason("no_level", _("请选择开发区、集团或者街镇、园区。"), "level")
        return
    yield from _faults_of_name(name_zh, None)
    yield from _faults_of_way(level, uscc, forwards_to)


def _faults_of_name(name_zh: str, body: Body | None) -> Iterator[Reason]:
    known = body_named(name_zh)  # also by a former name, under which its letters stand
    if known is not None and known != body:
        yield Reason("body_known", _("该机构已经登记。"), "name_zh")


def _faults_of_way(level: str, uscc: str, forwards_to: Body | None) -> Iterator[Reason]:
    if level in (Level.ZONE, Level.GROUP) and not uscc.strip():
        yield Reason("no_uscc", _("认定机关的证书载明其统一社会信用代码，请填写。"), "uscc")
    if level == Level.TOWN and (forwards_to is None or forwards_to.level not in RECOGNISING):
        yield Reason("no_way", _("请选择街镇、园区向哪个机关转报。"), "forwards_to")
    if level != Level.TOWN and forwards_to is not None:
        yield Reason("no_forwarder", _("只有街镇、园区转报申报。"), "forwards_to")


def _free_code(level: Level) -> str:
    """The next code of its kind, such as Z00001, that no body has yet."""
    while True:
        code = f"{ENTERED[level]}{next_value(f'body-{level.value}'):05d}"
        if not Body.objects.filter(district=code).exists():
            return code


def _particulars(body: Body) -> dict[str, str]:
    return {
        "name_zh": body.name_zh, "name_en": body.name_en, "uscc": body.uscc, "contact": body.contact,
        "forwards_to": _code_of(body.forwards_to),
    }  # fmt: skip


def _code_of(body: Body | None) -> str:
    return body.district if body is not None else ""

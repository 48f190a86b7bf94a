"""Which body granted a title, what it calls the title, and whose officers proceed over it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.functional import Promise

from accreditation.enums import DISTRICTS, Level
from accreditation.models import Application, AuditEvent, Body, Programme, Title

BODIES = "bodies"  # ledger of what is entered and corrected of a body
OWN_TITLES = (Level.ZONE, Level.GROUP)  # bodies with no territory of the districts: their titles stay theirs


def granting_bodies(titles: Iterable[Title]) -> dict[int, Body]:
    """By the key of each title the body in whose name it was granted; of one on paper, the programme's."""
    rows = list(titles)
    found = {title.pk: title.programme.granted_by for title in rows}
    granted = Application.objects.filter(title__in=rows, batch__authority__isnull=False).order_by("-pk")
    for application in granted.select_related("batch__authority"):
        if application.title_id is not None and application.batch.authority is not None:
            found[application.title_id] = application.batch.authority
    return found


def granting_body(title: Title) -> Body:
    """The body in whose name the title was granted."""
    return granting_bodies([title])[title.pk]


def body_of_code(code: str) -> Body | None:
    """The body of a code, be it a district's or its own; None for an unknown one."""
    return Body.objects.filter(district=code).order_by("pk").first() if code else None


def bodies_of_districts(codes: Collection[str]) -> dict[str, Body]:
    """The same for several codes, in one statement."""
    rows = Body.objects.filter(district__in=codes).order_by("-pk")
    return {body.district: body for body in rows}


def body_named(name: str) -> Body | None:
    """The body that bears a name, or bore it when a letter was written; former names stand in the trail of bodies."""
    bearing = Body.objects.filter(name_zh=name).order_by("pk").first()
    if bearing is not None:
        return bearing
    renamed = AuditEvent.objects.filter(chain=f"ledger:{BODIES}", verb="correct_body", content__before__name_zh=name)
    last = renamed.order_by("-seq").first()
    return Body.objects.filter(pk=last.content["body"]).first() if last is not None else None


def is_group(name: str) -> bool:
    """Whether it is, or was, the name of a group: a company, whose decisions are no administrative acts."""
    body = body_named(name)
    return body is not None and body.level == Level.GROUP


def own_bodies() -> list[Body]:
    """Zones and groups, whose codes stand beside those of the districts."""
    return list(Body.objects.filter(level__in=OWN_TITLES).order_by("district"))


def place_of(title: Title) -> str | None:
    """Code of the body whose officers proceed over the title; None for the city's office.

    A zone or a group keeps what it granted; a district's title goes with its holder to another district.
    """
    if title.programme.level != Level.DISTRICT:
        return None
    body = granting_body(title)
    return body.district if body.level in OWN_TITLES else title.holder.district


def proceeded_over_at(places: Collection[str]) -> Q:
    """Titles over which the officers of these codes proceed."""
    own = Application.objects.filter(title=OuterRef("pk"), batch__authority__level__in=OWN_TITLES)
    here = Exists(own.filter(batch__authority__district__in=places))
    return Q(programme__level=Level.DISTRICT) & (here | (~Exists(own) & Q(holder__district__in=places)))


def title_names(programme: Programme, body: Body) -> tuple[str, str]:
    """The title in Chinese and in English as its certificate, its letters and its notices give it.

    Where a district's own body grants it, the title bears the name of the district; a zone or a group gives its own.
    """
    if programme.level == Level.DISTRICT and body.level == Level.DISTRICT and body.district in DISTRICTS:
        zh, en = (_in_language(DISTRICTS[body.district], code) for code in ("zh-hans", "en"))
        return f"{zh}企业技术中心", f"{en} Enterprise Technology Centre"
    if programme.level == Level.DISTRICT and body.level in OWN_TITLES:
        return f"{body.name_zh}企业技术中心", f"{body.name_en} Enterprise Technology Centre"
    return programme.name_zh, programme.name_en


def in_chinese(text: Promise) -> str:
    """The text as official papers have it."""
    return _in_language(text, "zh-hans")


def _in_language(text: Promise, language: str) -> str:
    """The text in one language, whichever the page of the person acting is in."""
    with translation.override(language):
        return str(text)

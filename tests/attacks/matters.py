"""Proceedings over titles of both sides, before a hearing and before the holder's answer; a change as a draft."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from accreditation.change_words import ChangeKind
from accreditation.enums import Level, ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Case, Enterprise, Programme, Reissue, ReissueLetter, Title
from accreditation.services.changes import Particulars
from tests.factories.changes import FACTS as CHANGE
from tests.factories.titles import FACTS
from workflows import door
from workflows.opening_changes import open_change
from workflows.opening_proceedings import open_proceeding

if TYPE_CHECKING:
    from tests.attacks.world import World


def add_matters(world: World) -> None:
    """A title of the city for each side, with two proceedings."""
    programme = Programme.objects.create(
        code="city_title", level=Level.MUNICIPAL, name_zh="示例市级称号", name_en="Example title of the city",
        granted_by=world.cast.programme.granted_by, number_prefix="SHXTC",
    )  # fmt: skip
    for side, enterprise in zip(("own", "other"), world.cast.enterprises, strict=False):
        title = Title.objects.create(
            number=f"SHXTC-T-2025-{enterprise.pk:05d}", programme=programme, holder=enterprise,
            granted_on=date(2025, 6, 1), valid_from=date(2025, 6, 1), valid_until=date(2028, 5, 31),
            announcement_number="示例〔2025〕9号", provenance="测试",
        )  # fmt: skip
        heard = _told(world, title, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL)
        told = _told(world, title, ProceedingKind.SUSPENSION, Ground.UNDER_INVESTIGATION)
        paper = {"file": world.file, "name": "证据.pdf", "purpose": "说明情况"}
        door.perform(heard, "add_own_document", by=world.member(side), at=world.at, form=paper)
        door.perform(heard, "ask_for_hearing", by=world.member(side), at=world.at)
        rows = {
            "title_of_city.number": title.number,
            "heard.number": heard.number,
            "heard.document": heard.documents.get().pk,
            "heard.letter": heard.letters.get().number,
            "told.number": told.number,
            "changing.number": _changing(world, side, enterprise).number,
        }
        answered = _answered(world, side, title)
        rows |= {"reissue.number": answered.number, "reissue.letter": answered.letter.number}
        for name, value in rows.items():
            world.fixed.setdefault(name, {})[side] = value


def _answered(world: World, side: str, title: Title) -> Reissue:
    """A request for the certificate once more that the office refused by letter."""
    row = Reissue.objects.create(
        number=f"SHXTC-R-{title.pk}", title=title, reason="lost", statement=FACTS, is_by_office=False,
        asked_by=world.member(side), asked_at=world.at, state="refused", settled_by=world.people["office"],
        settled_at=world.at, answer=FACTS,
    )  # fmt: skip
    ReissueLetter.objects.create(
        reissue=row, number=f"LTR-{title.number}", dated=world.at.date(), issued_by="示例委员会",
        addressed_to=title.holder.name, body=FACTS, remedy=FACTS, sha256="0" * 64, created_at=world.at,
    )  # fmt: skip
    return row


def _changing(world: World, side: str, holder: Enterprise) -> Case:
    """A change that the holder still prepares."""
    said = Particulars(occurred_on=world.at.date(), facts=CHANGE, new_name=f"{holder.name}（新）")
    return open_change(holder, ChangeKind.RENAME, said, by=world.member(side), at=world.at)


def _told(world: World, title: Title, kind: str, ground: str) -> Case:
    office = world.people["office"]
    case = open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=office, at=world.at)
    door.perform(case, "notify_holder", by=office, at=world.at)
    return case

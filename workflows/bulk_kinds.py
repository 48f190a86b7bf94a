"""What may be done to several cases at once, and what speaks against it for one of them.

Only acts whose words fit every case alike are here. Adverse decisions, returns and verified figures need the facts of
each case, so they are not. A decision on merit needs a second person of the same power, who confirms and so decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotFound, Reason
from accreditation.models import Case, User
from accreditation.roles import Power
from workflows import door
from workflows.assignments import desk_task, may_assign, may_hold, possible_holders

TAKE, HAND_OVER = "take", "hand_over"


@dataclass(frozen=True, slots=True)
class BulkKind:
    """One act offered for several cases: desk, code (a verb, or taking and handing over), power, the shared words.

    `words` is the name under which the verb's form takes the shared text; empty where it takes none.
    """

    desk: str
    code: str
    label: Promise
    power: Power
    words: str = ""
    words_label: str | Promise = ""
    needs_second: bool = False
    for_superior: bool = False

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb of the case's table."""
        return self.code not in (TAKE, HAND_OVER)


_DISTRICT, _OFFICE = ("district", Power.REVIEW_FIRST), ("office", Power.CHECK_COMPLETENESS)


def _at(place: tuple[str, Power], code: str, label: Promise, **values: object) -> BulkKind:
    return BulkKind(place[0], code, label, place[1], **values)  # type: ignore[arg-type]  # the fields of a kind


_KINDS = (
    _at(_DISTRICT, TAKE, _("领办")),
    _at(_DISTRICT, "accept", _("受理")),
    _at(
        _DISTRICT, "recommend", _("通过并推荐"), words="opinion", words_label=_("共同的初审意见"), needs_second=True
    ),
    _at(
        _DISTRICT, "pass_material_check", _("材料审核通过"), words="opinion", words_label=_("共同的审核意见"),
        needs_second=True,
    ),
    _at(_DISTRICT, HAND_OVER, _("转交承办"), words="reason", words_label=_("转交的理由"), for_superior=True),
    _at(_OFFICE, TAKE, _("领办")),
    _at(_OFFICE, "pass_completeness_check", _("形式审查通过"), words="opinion", words_label=_("共同的审查意见")),
    _at(_OFFICE, HAND_OVER, _("转交承办"), words="reason", words_label=_("转交的理由"), for_superior=True),
)  # fmt: skip
KINDS: Mapping[tuple[str, str], BulkKind] = {(kind.desk, kind.code): kind for kind in _KINDS}


def kind_of(desk: str, code: str) -> BulkKind:
    """The act of that name at that desk; NotFound where it is not offered for several cases."""
    found = KINDS.get((desk, code))
    if found is None:
        raise NotFound(code)
    return found


def reasons_against(kind: BulkKind, case: Case, *, by: User, at: datetime) -> list[Reason]:
    """Everything that speaks against it for this case as it stands, the shared words left aside."""
    if not kind.is_verb:
        return list(_against_hands(kind, case, by, at))
    try:
        found = door.reasons_against(case, kind.code, by=by, at=at)
    except NotFound:
        return [Reason("not_of_this_procedure", _("该办件的程序没有这一办理事项。"))]
    return [reason for reason in found if not kind.words or reason.place != kind.words]


def _against_hands(kind: BulkKind, case: Case, by: User, at: datetime) -> Iterator[Reason]:
    found = desk_task(case)
    may = may_hold if kind.code == TAKE else may_assign
    if found is None or not may(found, by, case, at):
        yield Reason("not_yours", _("该办件当前不由您的机构办理，或者您没有此项职权。"))
    elif kind.code == TAKE and found.holder is not None:
        yield Reason("already_done", _("该办件现由%(who)s承办。") % {"who": found.holder})


def colleagues(cases: list[Case]) -> list[User]:
    """To whom at least one of the cases can be handed."""
    found: dict[int, User] = {}
    for case in cases:
        task = desk_task(case)
        if task is not None:
            found |= {person.pk: person for person in possible_holders(task, case)}
    return sorted(found.values(), key=lambda person: person.pk)

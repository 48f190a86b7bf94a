"""Changes after the grant as their holders begin them: own enterprises with titles, what each kind touches."""

from __future__ import annotations

from accreditation.change_words import ChangeKind
from accreditation.errors import NotFound
from accreditation.models import ChangeRequest, Enterprise, Title
from accreditation.models.changes import ENDED
from accreditation.models.titles import STANDING
from accreditation.permissions import Person
from accreditation.services.changes import HELD, titles_touched
from accreditation.visibility import enterprises_of


def holders_of(user: Person) -> list[Enterprise]:
    """Own enterprises that hold a title."""
    return list(enterprises_of(user).filter(titles__state__in=HELD).distinct().order_by("name"))


def own_holder(user: Person, uscc: str) -> Enterprise:
    """One of them; NotFound for anybody else's and for one without a title."""
    found = enterprises_of(user).filter(uscc=uscc, titles__state__in=HELD).distinct().first()
    if found is None:
        raise NotFound(uscc)
    return found


def titles_for(holder: Enterprise, kind: str) -> list[Title]:
    """Titles that such a change touches."""
    return list(titles_touched(holder, kind).select_related("programme", "holder").order_by("number"))


def possible_kinds(holder: Enterprise) -> list[ChangeKind]:
    """Kinds of changes that touch a title of the holder."""
    return [kind for kind in ChangeKind if titles_touched(holder, kind).filter(state__in=STANDING).exists()]


def open_change_of(holder: Enterprise) -> ChangeRequest | None:
    """The change of the holder that is under way."""
    rows = ChangeRequest.objects.select_related("case").filter(holder=holder)
    return rows.exclude(state__in=ENDED).first()

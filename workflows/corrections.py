"""What a correction does to what officers verified before it, and who is asked to look again."""

from __future__ import annotations

from collections.abc import Iterable

from accreditation.enums import Owner
from accreditation.models import Submission, User, VerifiedValue
from accreditation.services import reviews
from workflows import audiences
from workflows.doing import Doing


def end_values(doing: Doing, before: Submission) -> None:
    """Values of corrected figures end; whoever set them and whoever has the case next are told to look again."""
    ended = reviews.end_corrected_values(doing.application, before)
    if not ended:
        return
    doing.act.note(ended_values=[f"{row.code} {row.year}: {row.value}" for row in ended])
    for person in _asked_again(doing, ended):
        doing.act.tell(person, "values_ended", case_number=doing.case.number, count=len(ended))


def _asked_again(doing: Doing, ended: Iterable[VerifiedValue]) -> list[User]:
    """Officers of the level that the case goes back to, and who set the values; nobody twice."""
    of_level = {Owner.OFFICE: audiences.office, Owner.FORWARDER: audiences.forwarders}
    audience = of_level.get(Owner(doing.application.returned_by), audiences.district)
    people = [*audience(doing), *(row.adopted_by for row in ended if row.adopted_by is not None)]
    return list({person.pk: person for person in people if person.is_active}.values())

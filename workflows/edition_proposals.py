"""Four eyes over changes of edition: tried and put forward by one person, confirmed or declined by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import EditionChange, User
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import acting_role, holders_of
from accreditation.services.numbers import next_number_at
from workflows.edition_change import LEDGER, CaseOutcome, confirming_role, rehearse
from workflows.edition_mapping import EditionMapping

LONGEST_REASON = 300


def proposing_role(by: User) -> str:
    """The office in which a person proposes; Denied without one of their own."""
    role = acting_role(by, Power.RUN_BATCHES)
    if role is None or by.stands_in_for is not None:
        raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
    return role


FOUR_EYES = FourEyes(
    EditionChange,
    check_decider=lambda _row, by, _at: confirming_role(by),
    check_proposer=lambda _row, by, _at: proposing_role(by),
    own=Reason("four_eyes", _("提请人不能确认自己的更换。")),
    left=Reason("proposer_left", _("提请人已没有办理批次的职权，请不予确认，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由。"), "reason"),
    settled="decided",
    reason="decline_reason",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to each case, and the hash over it and the mapping."""

    lines: list[dict[str, Any]]
    sha256: str

    @property
    def changed(self) -> int:
        """How many cases would go over."""
        return sum(1 for line in self.lines if not line["reasons"])


def preview(mapping: EditionMapping, numbers: Iterable[str], *, by: User, at: datetime) -> Preview:
    """Try every running case, or those of these numbers, and take it back.

    Denied without the power over batches, Refusal for a number that is no running case of the edition.
    """
    proposing_role(by)
    wanted = list(dict.fromkeys(numbers))
    found = rehearse(mapping, by=by, at=at, numbers=wanted)
    if reasons := list(_strangers(wanted, found)):
        raise Refusal(reasons)
    lines = [asdict(line) for line in found]
    return Preview(lines, hash_of(mapping, lines))


def hash_of(mapping: EditionMapping, lines: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the editions, the mapping and what becomes of each case: what the second person confirms."""
    fate = [[line["case"], line["before"], line["after"], len(line["reasons"])] for line in lines]
    said = json.dumps([mapping.before, mapping.after, mapping.sha256, fate], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _strangers(wanted: Collection[str], found: Iterable[CaseOutcome]) -> Iterator[Reason]:
    known = {line.case for line in found}
    for number in wanted:
        if number not in known:
            yield Reason("no_such_case", _("%(case)s 不是原办理程序的在办件。") % {"case": number}, "cases")


def propose(
    mapping: EditionMapping,
    *,
    by: User,
    at: datetime,
    numbers: Iterable[str] = (),
    seen: str = "",
    request_key: str | None = None,
) -> EditionChange:
    """Freeze what was tried and put it before a second person; nothing changes yet. All who may confirm are told.

    `seen` is the hash of the preview that was shown. Denied, Refusal where it would do something else by now, where no
    case would go over, or for a number that is no running case.
    """
    role, wanted = proposing_role(by), list(numbers)
    said = fingerprint("propose_edition_change", mapping.before, mapping.after, mapping.sha256, wanted, seen)
    try:
        with act(
            LEDGER, "propose_edition_change", by=by, at=at, acting_as=role, request_key=request_key, request=said
        ) as doing:
            found = preview(mapping, wanted, by=by, at=at)
            if reasons := list(_against(found, seen)):
                raise Refusal(reasons)
            row = EditionChange.objects.create(
                number=next_number_at("EDITION", at), edition_before=mapping.before, edition_after=mapping.after,
                mapping=mapping.text, mapping_sha256=mapping.sha256, reason=mapping.reason, proposed_by=by,
                proposed_at=at, preview=found.lines, preview_sha256=found.sha256,
            )  # fmt: skip
            doing.note(change=row.number, before=mapping.before, after=mapping.after, mapping=mapping.sha256)
            doing.note(preview=found.sha256, cases=len(found.lines), changed=found.changed)
            doing.tell(_confirmers_but(by), "edition_change_proposed", change=row.number, cases=found.changed)
            doing.reply(number=row.number)
    except Replayed as replayed:
        return EditionChange.objects.get(number=replayed.answer["number"])
    return row


def _against(found: Preview, seen: str) -> Iterator[Reason]:
    if seen and seen != found.sha256:
        yield Reason("preview_changed", _("预演后情况有变，请核对新的预演结果后再提请。"))
    elif not found.changed:
        yield Reason("nothing_possible", _("没有可以更换的办件，原因见逐件预演。"))


def confirm(change: EditionChange, *, seen: str, by: User, at: datetime) -> EditionChange:
    """A second person confirms the frozen preview, whose hash they were shown; the cases are carried out after it.

    Denied for the proposer and whoever acts by a lent power, AlreadyDone, Refusal for another hash or once the
    proposer has left office.
    """
    with act(LEDGER, "confirm_edition_change", by=by, at=at, acting_as=confirming_role(by)) as doing:
        row = FOUR_EYES.to_confirm(doing, change)
        if seen != row.preview_sha256:
            raise Refusal([Reason("other_preview", _("您核对的不是这份预演结果，请重新打开页面。"))])
        FOUR_EYES.settle(row, EditionChange.confirm, by=by, at=at)
        doing.note(change=row.number, mapping=row.mapping_sha256, preview=row.preview_sha256)
        doing.note(proposed_by=row.proposed_by_id)
        doing.tell(row.proposed_by, "edition_change_confirmed", change=row.number)
    return row


def decline(change: EditionChange, *, reason: str, by: User, at: datetime) -> EditionChange:
    """Leave it without effect; the proposer is told the reason. Denied as for confirming, AlreadyDone, Refusal."""
    with act(LEDGER, "decline_edition_change", by=by, at=at, acting_as=confirming_role(by)) as doing:
        row = FOUR_EYES.decline(doing, change, EditionChange.decline, reason)
        doing.note(change=row.number, reason=row.decline_reason)
        doing.tell(row.proposed_by, "edition_change_declined", change=row.number, reason=row.decline_reason)
    return row


def withdraw(change: EditionChange, *, by: User, at: datetime) -> EditionChange:
    """Take the own proposal back. Denied for everybody else, AlreadyDone when it is decided."""
    with act(LEDGER, "withdraw_edition_change", by=by, at=at, acting_as=proposing_role(by)) as doing:
        row = FOUR_EYES.withdraw(doing, change, EditionChange.withdraw)
        doing.note(change=row.number)
    return row


def _confirmers_but(by: User) -> list[User]:
    roles = [role for role, entry in ROLES.items() if Power.PUBLISH_RULES in entry.powers]
    return [person for person in holders_of(roles) if person.pk != by.pk]

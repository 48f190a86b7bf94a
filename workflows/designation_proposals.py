"""Four eyes over designations: an officer puts a file forward, another person publishes or declines it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import DesignationProposal, User
from accreditation.models.designations import DesignationState
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import holders_of
from workflows.designations import (
    CHAIN,
    OWN,
    check_drafter,
    checksum_of,
    edition_of,
    enter,
    kept,
    needs_publisher,
    preview,
)

LONGEST_REASON = 300
FOUR_EYES = FourEyes(
    DesignationProposal,
    check_decider=lambda _row, by, _at: needs_publisher(by),
    check_proposer=lambda _row, by, _at: check_drafter(by),
    own=OWN,
    left=Reason("drafter_left", _("提请人已不是市认定办公室经办人，请不予发布，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予发布的理由。"), "reason"),
    proposed=("drafted_by",),
    settled="decided",
)


def propose(text: str, file: str, *, by: User, at: datetime, request_key: str | None = None) -> DesignationProposal:
    """Put a sound file before a second person; nothing is set up yet. All who could publish it are told.

    Denied, FaultyFile with every fault, Refusal where it would change nothing or its edition waits already.
    """
    check_drafter(by)
    said = fingerprint("propose_designation", file, checksum_of(text))
    try:
        with act(
            CHAIN, "propose_designation", by=by, at=at, acting_as="municipal_officer", request_key=request_key,
            request=said,
        ) as doing:  # fmt: skip
            found = preview(text, file)
            if not found.is_new:
                raise Refusal([Reason("not_new", _("该称号和规则版本此前已设立，没有变化。"))])
            ref = found.designation.rules.ref
            if DesignationProposal.objects.filter(reference=ref, state=DesignationState.WAITING).exists():
                text_of = _("规则版本 %(name)s 已有一份提请在等候发布，可先撤回再提请。")
                raise Refusal([Reason("proposed_already", text_of % {"name": ref})])
            row = kept(found, text, file, by=by, at=at)
            row.save()
            doing.note(proposal=row.number, edition=ref, sha256=row.checksum, live_faults=len(found.live_faults))
            doing.tell(_publishers_but(by), "designation_proposed", proposal=row.number, name=row.name_zh)
            doing.reply(proposal=row.number)
    except Replayed as replayed:
        return DesignationProposal.objects.get(number=replayed.answer["proposal"])
    return row


def publish(proposal: DesignationProposal, *, by: User, at: datetime) -> DesignationProposal:
    """Set up what another person put forward; the file is checked again, as the installation changes meanwhile.

    Denied for the drafter and whoever acts in the drafter's place, AlreadyDone, FaultyFile, Refusal.
    """
    with act(CHAIN, "publish_designation", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = FOUR_EYES.to_confirm(doing, proposal)
        found = enter(doing, row.text, row.file, publisher=by, at=at)
        FOUR_EYES.settle(row, DesignationProposal.publish, by=by, at=at, edition=edition_of(found))
        doing.note(proposal=row.number, sha256=row.checksum, file=row.file, drafted_by=row.drafted_by_id)
        doing.tell(
            row.drafted_by, "designation_published", proposal=row.number, name=row.name_zh, edition=row.reference
        )
    return row


def decline(proposal: DesignationProposal, *, reason: str, by: User, at: datetime) -> DesignationProposal:
    """Leave it without effect; its drafter is told the reason. Denied as for publishing, AlreadyDone, Refusal."""
    with act(CHAIN, "decline_designation", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = FOUR_EYES.decline(doing, proposal, DesignationProposal.decline, reason)
        doing.note(proposal=row.number, edition=row.reference, reason=row.reason)
        doing.tell(row.drafted_by, "designation_declined", proposal=row.number, name=row.name_zh, reason=row.reason)
    return row


def withdraw(proposal: DesignationProposal, *, by: User, at: datetime) -> DesignationProposal:
    """Take the own proposal back. Denied for everybody else, AlreadyDone when it is decided."""
    with act(CHAIN, "withdraw_designation", by=by, at=at, acting_as="municipal_officer") as doing:
        row = FOUR_EYES.withdraw(doing, proposal, DesignationProposal.withdraw)
        doing.note(proposal=row.number, edition=row.reference)
    return row


def _publishers_but(by: User) -> list[User]:
    roles = [role for role, entry in ROLES.items() if Power.PUBLISH_RULES in entry.powers]
    return [person for person in holders_of(roles) if person.pk != by.pk]


def _office_of(by: User) -> str:
    return "municipal_officer" if has_power(by, Power.DRAFT_RULES) else "publisher"

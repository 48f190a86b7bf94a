"""Four eyes over designations: an officer puts a file forward, another person publishes or declines it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import DesignationProposal, User
from accreditation.models.designations import DesignationState
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import holders_of
from workflows.designations import (
    CHAIN,
    check_drafter,
    check_publisher,
    checksum_of,
    edition_of,
    enter,
    kept,
    preview,
    settle,
)

LONGEST_REASON = 300


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
        row = _waiting(proposal)
        check_publisher(row.drafted_by, by)
        if reasons := list(_left(row)):
            raise Refusal(reasons)
        found = enter(doing, row.text, row.file, publisher=by, at=at)
        settle(row, DesignationProposal.publish, by=by, at=at, edition=edition_of(found))
        doing.note(proposal=row.number, sha256=row.checksum, file=row.file, drafted_by=row.drafted_by_id)
        doing.tell(
            row.drafted_by, "designation_published", proposal=row.number, name=row.name_zh, edition=row.reference
        )
    return row


def decline(proposal: DesignationProposal, *, reason: str, by: User, at: datetime) -> DesignationProposal:
    """Leave it without effect; its drafter is told the reason. Denied as for publishing, AlreadyDone, Refusal."""
    with act(CHAIN, "decline_designation", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = _waiting(proposal)
        check_publisher(row.drafted_by, by)
        said = reason.strip()[:LONGEST_REASON]
        if not said:
            raise Refusal([Reason("reason_needed", _("请写明不予发布的理由。"), "reason")])
        settle(row, DesignationProposal.decline, by=by, at=at, reason=said)
        doing.note(proposal=row.number, edition=row.reference, reason=said)
        doing.tell(row.drafted_by, "designation_declined", proposal=row.number, name=row.name_zh, reason=said)
    return row


def withdraw(proposal: DesignationProposal, *, by: User, at: datetime) -> DesignationProposal:
    """Take the own proposal back. Denied for everybody else, AlreadyDone when it is decided."""
    check_drafter(by)
    with act(CHAIN, "withdraw_designation", by=by, at=at, acting_as="municipal_officer") as doing:
        row = _waiting(proposal)
        if row.drafted_by_id != by.pk:
            raise Denied([Reason("not_own", _("只有提请人可以撤回。"))])
        settle(row, DesignationProposal.withdraw, by=by, at=at)
        doing.note(proposal=row.number, edition=row.reference)
    return row


def may_publish(proposal: DesignationProposal, by: User) -> bool:
    """Whether the person could publish or decline it."""
    try:
        check_publisher(proposal.drafted_by, by)
    except Denied:
        return False
    return True


def _left(row: DesignationProposal) -> Iterator[Reason]:
    """Whether its drafter still answers for it in office."""
    try:
        check_drafter(row.drafted_by)
    except Denied:
        yield Reason("drafter_left", _("提请人已不是市认定办公室经办人，请不予发布，由他人重新提请。"))


def _waiting(proposal: DesignationProposal) -> DesignationProposal:
    rows = DesignationProposal.objects.select_for_update(of=("self",)).select_related("drafted_by", "decided_by")
    row = rows.get(pk=proposal.pk)
    if row.state != DesignationState.WAITING:
        state = DesignationState(row.state).label
        reason = Reason("decided_already", _("该提请现为“%(state)s”，不能再办理。") % {"state": state})
        raise AlreadyDone(reason, done_by=str(row.decided_by), done_at=row.decided_at)
    return row


def _publishers_but(by: User) -> list[User]:
    roles = [role for role, entry in ROLES.items() if Power.PUBLISH_RULES in entry.powers]
    return [person for person in holders_of(roles) if person.pk != by.pk]


def _office_of(by: User) -> str:
    return "municipal_officer" if has_power(by, Power.DRAFT_RULES) else "publisher"

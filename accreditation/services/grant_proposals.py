"""Four eyes over roles: one security officer proposes, a second one gives the role or declines it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import GrantProposal, RoleGrant, User
from accreditation.models.grant_proposals import ProposalState
from accreditation.roles import Role
from accreditation.services.grants import LEDGER, Expertise, check_grant, needs_officer, write_expertise, write_grant

FOUR_EYES = FourEyes(
    GrantProposal,
    check_decider=lambda _row, by, _at: needs_officer(by),
    check_proposer=lambda _row, by, _at: needs_officer(by),
    own=Reason("same_person", _("授予角色须由提请人以外的另一位安全管理员复核。")),
    left=Reason("proposer_left", _("提请人已不是安全管理员，请不予授予后重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予授予的理由。"), "ground"),
    related=("user",),
)


def propose_grant(
    user: User,
    role: Role,
    *,
    by: User,
    at: datetime,
    ground: str,
    district: str = "",
    expertise: Expertise | None = None,
    request_key: str | None = None,
    tells: bool = True,
) -> GrantProposal:
    """Propose a role for another person; nobody holds it yet. The proposer need not hold the power that is given.

    The other security officers are told unless `tells` is false.

    Raises Denied when `by` is no security officer, Refusal with every reason of `check_grant`, and where the same is
    proposed already.
    """
    stored = _stored(expertise) if role == Role.EXPERT else None
    request = fingerprint(user.pk, role, district, ground, stored)
    with act(
        LEDGER, "propose_grant", by=by, at=at, acting_as=Role.SECURITY_OFFICER, request_key=request_key, request=request
    ) as doing:
        needs_officer(by)
        check_grant(user, role, by=by, at=at, district=district, ground=ground, expertise=expertise)
        if GrantProposal.objects.filter(user=user, role=role, district=district, state=ProposalState.WAITING).exists():
            raise Refusal([Reason("proposed_already", _("已提请授予该角色，待另一位安全管理员复核。"), "role")])
        row = GrantProposal.objects.create(
            user=user, role=role, district=district, ground=ground.strip()[:300], proposed_by=by, proposed_at=at,
            expertise=stored,
        )  # fmt: skip
        doing.note(proposal=row.pk, user=user.pk, name=str(user), role=role, district=district, ground=row.ground)
        doing.tell(
            _other_officers(by) if tells else [], "grant_proposed", role=role, district=district, person=str(user)
        )
        doing.reply(proposal=row.pk)
    return row


def confirm_grant(proposal: GrantProposal, *, by: User, at: datetime) -> RoleGrant:
    """Give what another security officer proposed; all is asked again, as persons and roles change meanwhile.

    Raises Denied (also for the own proposal), AlreadyDone when it is settled, Refusal: its proposer left, or every
    reason of `check_grant`.
    """
    # Inside the ledger's lock, so that neither grants which exclude each other nor revocations of officers can cross.
    with act(LEDGER, "grant_role", by=by, at=at, acting_as=Role.SECURITY_OFFICER) as doing:
        row = FOUR_EYES.to_confirm(doing, proposal)
        expertise, role = _read(row.expertise), Role(row.role)
        check_grant(row.user, role, by=by, at=at, district=row.district, ground=row.ground, expertise=expertise)
        grant = write_grant(row.user, role, row.district, row.proposed_by, at, row.ground, confirmed_by=by)
        if expertise is not None:
            write_expertise(row.user, expertise, by=by, at=at)
        FOUR_EYES.settle(row, GrantProposal.confirm, by=by, at=at, grant=grant)
        doing.note(
            grant=grant.pk, proposal=row.pk, user=row.user_id, name=str(row.user), role=row.role,
            district=row.district, ground=row.ground, proposed_by=str(row.proposed_by),
        )  # fmt: skip
        doing.tell(row.user, "role_granted", role=row.role, district=row.district)
    return grant


def decline_grant(proposal: GrantProposal, *, by: User, at: datetime, reason: str) -> GrantProposal:
    """Leave a proposal without effect, with a reason. Raises Denied as for confirming, AlreadyDone, Refusal."""
    with act(LEDGER, "decline_grant", by=by, at=at, acting_as=Role.SECURITY_OFFICER) as doing:
        row = FOUR_EYES.decline(doing, proposal, GrantProposal.decline, reason)
        doing.note(proposal=row.pk, user=row.user_id, role=row.role, district=row.district, reason=row.reason)
        doing.tell(
            row.proposed_by, "grant_declined", role=row.role, district=row.district, person=str(row.user),
            reason=row.reason,
        )  # fmt: skip
    return row


def grant_role(user: User, role: Role, *, by: User, second: User, at: datetime, **particulars: Any) -> RoleGrant:
    """Both steps, for set-ups where both persons act: what `by` proposes, `second` confirms."""
    return confirm_grant(propose_grant(user, role, by=by, at=at, tells=False, **particulars), by=second, at=at)


def _other_officers(by: User) -> list[User]:
    rows = User.objects.filter(grants__role=Role.SECURITY_OFFICER, grants__revoked_at__isnull=True, is_active=True)
    return list(rows.exclude(pk=by.pk).order_by("pk"))


def _stored(expertise: Expertise | None) -> dict[str, Any] | None:
    if expertise is None:
        return None
    until = expertise.term_until.isoformat() if expertise.term_until else None
    return asdict(expertise) | {"term_until": until, "fields": list(expertise.fields)}


def _read(stored: dict[str, Any] | None) -> Expertise | None:
    if stored is None:
        return None
    until = date.fromisoformat(stored["term_until"]) if stored["term_until"] else None
    return Expertise(**stored | {"term_until": until, "fields": tuple(stored["fields"])})

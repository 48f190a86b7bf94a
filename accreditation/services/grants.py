"""Who may be given a role, roles taken by a security officer, the officers that the installation appoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import DISTRICTS
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Body, Delegation, ExpertProfile, RoleGrant, User
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power, Role, exclude_each_other
from accreditation.seeds.reference import MUNICIPAL_OFFICE
from accreditation.services.former_employers import keep_former_employer

LEDGER = "grants"
OFFICERS_NEEDED = 2  # one proposes a role, the other gives it


@dataclass(frozen=True, slots=True)
class Expertise:
    """What must be known of an expert before a panel can be drawn."""

    field: str
    employer: str
    title: str = ""
    employer_uscc: str = ""
    term_until: date | None = None
    fields: tuple[str, ...] = ()


def needs_officer(by: User) -> None:
    """Raises Denied for whoever is no security officer; asked within the lock of the ledger."""
    if not has_power(by, Power.GRANT_ROLES):
        raise Denied([Reason("not_security_officer", _("只有安全管理员可以授予或者撤销角色。"))])


def write_grant(
    user: User, role: Role, district: str, by: User | None, at: datetime, ground: str, confirmed_by: User | None = None
) -> RoleGrant:
    """The row of a grant that was checked."""
    return RoleGrant.objects.create(
        user=user,
        role=role,
        district=district,
        body=_body_of(role, district),
        granted_by=by,
        confirmed_by=confirmed_by,
        granted_at=at,
        ground=ground.strip()[:300],
    )


def _body_of(role: Role, district: str) -> Body | None:
    if ROLES[role].by_district:
        return Body.objects.filter(district=district).first()
    if role == Role.MUNICIPAL_OFFICER:
        return Body.objects.filter(code=MUNICIPAL_OFFICE).first()
    return None


def write_expertise(user: User, expertise: Expertise, *, by: User, at: datetime) -> None:
    """What was said; the office may have entered the rest before, which stays, another employer as a former one."""
    said = {
        "field": expertise.field.strip(),
        "employer": expertise.employer.strip(),
        "title": expertise.title.strip(),
        "employer_uscc": expertise.employer_uscc.strip(),
        "term_until": expertise.term_until,
        "fields": list(expertise.fields),
    }
    before = ExpertProfile.objects.select_for_update().filter(user=user).first()
    values = {name: value for name, value in said.items() if value}
    if before is None:
        ExpertProfile.objects.create(user=user, **values)
        return
    row = ExpertProfile.objects.update_or_create(user=user, defaults=values)[0]
    keep_former_employer(before, row, by=by, at=at)


def check_grant(
    user: User, role: Role, *, by: User, at: datetime, district: str, ground: str, expertise: Expertise | None = None
) -> None:
    """Raises Refusal with every reason why the grant may not be made; asked within the lock of the ledger.

    A role that another one of the person excludes is not given. Two that were given before the rule came stay until
    one is revoked; what the person does with them on one case is refused by the case itself.
    """
    hold_person(user)
    reasons = [*_person_reasons(user, by), *_role_reasons(user, role, district), *_lent_reasons(user, role, at)]
    if not ground.strip():
        reasons.append(Reason("no_ground", _("请填写授权依据。"), "ground"))
    if role == Role.EXPERT and (expertise is None or not expertise.field.strip() or not expertise.employer.strip()):
        reasons.append(Reason("no_expertise", _("授予评审专家须填写专业领域和工作单位。"), "field"))
    if reasons:
        raise Refusal(reasons)


def _person_reasons(user: User, by: User) -> list[Reason]:
    reasons = []
    if user.pk == by.pk:
        reasons.append(Reason("own_grant", _("不能给自己授予角色，请由另一位安全管理员办理。"), "user"))
    if user.is_system or not user.is_active:
        reasons.append(Reason("account_closed", _("该账号已停用，不能授予角色。"), "user"))
    return reasons


def hold_person(user: User) -> None:
    """Lock the account, so that a role and a lent power that exclude each other cannot come to it at once."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _lent_reasons(user: User, role: Role, at: datetime) -> Iterator[Reason]:
    """What colleagues lend counts like an own office, from the day it is agreed."""
    rows = Delegation.objects.filter(
        delegate=user, ends_at__gt=at, revoked_at__isnull=True, grant__revoked_at__isnull=True
    )
    for lent in sorted(set(rows.values_list("grant__role", flat=True))):
        if exclude_each_other(role, Role(lent)):
            text = _("正代办“%(role)s”的职权，与该角色不相容，须先结束代办。") % {"role": ROLES[Role(lent)].label}
            yield Reason("role_excluded", text, "role")


def _role_reasons(user: User, role: Role, district: str) -> list[Reason]:
    entry, reasons = ROLES[role], []
    if entry.by_district and district not in DISTRICTS and not Body.objects.filter(district=district or "-").exists():
        reasons.append(Reason("district_needed", _("该角色须指明所在区。"), "district"))
    if not entry.by_district and district:
        reasons.append(Reason("district_superfluous", _("该角色不分区，请勿选择区。"), "district"))
    held = RoleGrant.objects.filter(user=user, revoked_at__isnull=True)
    for standing in held:
        other = Role(standing.role)
        if exclude_each_other(role, other):
            text = _("与已有角色“%(role)s”不相容，须先撤销。") % {"role": ROLES[other].label}
            reasons.append(Reason("role_excluded", text, "role"))
    if held.filter(role=role, district=district).exists():
        reasons.append(Reason("already_granted", _("该人员已有此角色。"), "role"))
    return reasons


def revoke_role(grant: RoleGrant, *, by: User, at: datetime, ground: str) -> RoleGrant:
    """Take a role from another person; it ends with the commit, as roles are read from the rows on each request.

    Raises Denied, Refusal for one's own role or without a ground, AlreadyDone.
    """
    needs_officer(by)
    if grant.user_id == by.pk:
        raise Refusal([Reason("own_grant", _("不能撤销自己的角色，请由另一位安全管理员办理。"), "user")])
    if not ground.strip():
        raise Refusal([Reason("no_ground", _("请填写撤销依据。"), "ground")])
    with act(LEDGER, "revoke_role", by=by, at=at, acting_as=Role.SECURITY_OFFICER) as doing:
        needs_officer(by)  # under the lock: of two officers who revoke each other one stays
        row = RoleGrant.objects.select_for_update(of=("self",)).select_related("user", "revoked_by").get(pk=grant.pk)
        if row.revoked_at is not None:
            reason = Reason("already_revoked", _("该角色已撤销。"))
            raise AlreadyDone(reason, done_by=str(row.revoked_by), done_at=row.revoked_at)
        row.revoked_at, row.revoked_by = at, by
        row.save(update_fields=["revoked_at", "revoked_by"])
        doing.note(grant=row.pk, user=row.user_id, role=row.role, district=row.district, ground=ground.strip())
        doing.tell(row.user, "role_revoked", role=row.role, district=row.district)
    return row


def appoint_security_officer(user: User, *, system: User, at: datetime, ground: str) -> RoleGrant:
    """The one role that no person gives: a role needs two officers, so the installation appoints until two stand.

    Raises Refusal when two stand, or when the person has the role or may not have it.
    """
    with act(LEDGER, "appoint_security_officer", by=system, at=at, acting_as="installation") as doing:
        check_grant(user, Role.SECURITY_OFFICER, by=system, at=at, district="", ground=ground)
        standing = RoleGrant.objects.filter(role=Role.SECURITY_OFFICER, revoked_at__isnull=True, user__is_active=True)
        if standing.count() >= OFFICERS_NEEDED:
            raise Refusal([Reason("enough_officers", _("已有两位安全管理员，角色由一位提请、另一位复核授予。"))])
        row = write_grant(user, Role.SECURITY_OFFICER, "", None, at, ground)
        doing.note(grant=row.pk, user=user.pk, name=str(user), role=row.role, ground=row.ground)
    return row

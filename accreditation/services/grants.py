"""Roles given and taken by a security officer, always to somebody else, every act in the ledger of grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import DISTRICTS
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Body, ExpertProfile, RoleGrant, User
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power, Role
from accreditation.seeds.reference import MUNICIPAL_OFFICE

LEDGER = "grants"


@dataclass(frozen=True, slots=True)
class Expertise:
    """What must be known of an expert before a panel can be drawn."""

    field: str
    employer: str
    title: str = ""
    employer_uscc: str = ""
    term_until: date | None = None
    fields: tuple[str, ...] = ()


def grant_role(
    user: User,
    role: Role,
    *,
    by: User,
    at: datetime,
    ground: str,
    district: str = "",
    expertise: Expertise | None = None,
    request_key: str | None = None,
) -> RoleGrant:
    """Give a role to another person (four eyes). The grantor need not hold the power that is given.

    Raises Denied when `by` is no security officer, Refusal with every reason: own grant, closed account, district
    missing or superfluous, excluded by a role held, held already, no ground, no expertise for an expert.
    """
    if not has_power(by, Power.GRANT_ROLES):
        raise Denied([Reason("not_security_officer", _("只有安全管理员可以授予角色。"))])
    request = f"{user.pk}|{role}|{district}|{ground}"
    with act(
        LEDGER,
        "grant_role",
        by=by,
        at=at,
        acting_as=Role.SECURITY_OFFICER,
        request_key=request_key,
        request=request,
    ) as doing:
        # Inside the ledger's lock, so that two grants which exclude each other cannot cross.
        check_grant(user, role, by=by, district=district, ground=ground, expertise=expertise)
        row = _write(user, role, district, by, at, ground)
        if expertise is not None and role == Role.EXPERT:
            _write_expertise(user, expertise)
        doing.note(grant=row.pk, user=user.pk, name=str(user), role=role, district=district, ground=row.ground)
        doing.tell(user, "role_granted", role=role, district=district)
        doing.reply(grant=row.pk)
    return row


def _write(user: User, role: Role, district: str, by: User | None, at: datetime, ground: str) -> RoleGrant:
    return RoleGrant.objects.create(
        user=user,
        role=role,
        district=district,
        body=_body_of(role, district),
        granted_by=by,
        granted_at=at,
        ground=ground.strip()[:300],
    )


def _body_of(role: Role, district: str) -> Body | None:
    if ROLES[role].by_district:
        return Body.objects.filter(district=district).first()
    if role == Role.MUNICIPAL_OFFICER:
        return Body.objects.filter(code=MUNICIPAL_OFFICE).first()
    return None


def _write_expertise(user: User, expertise: Expertise) -> None:
    """What was said; the office may have entered the rest before, which stays."""
    said = {
        "field": expertise.field.strip(),
        "employer": expertise.employer.strip(),
        "title": expertise.title.strip(),
        "employer_uscc": expertise.employer_uscc.strip(),
        "term_until": expertise.term_until,
        "fields": list(expertise.fields),
    }
    ExpertProfile.objects.update_or_create(user=user, defaults={name: value for name, value in said.items() if value})


def check_grant(
    user: User, role: Role, *, by: User, district: str, ground: str, expertise: Expertise | None = None
) -> None:
    """Raises Refusal with every reason why the grant may not be made."""
    reasons = _person_reasons(user, by) + _role_reasons(user, role, district)
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


def _role_reasons(user: User, role: Role, district: str) -> list[Reason]:
    entry, reasons = ROLES[role], []
    if entry.by_district and district not in DISTRICTS and not Body.objects.filter(district=district or "-").exists():
        reasons.append(Reason("district_needed", _("该角色须指明所在区。"), "district"))
    if not entry.by_district and district:
        reasons.append(Reason("district_superfluous", _("该角色不分区，请勿选择区。"), "district"))
    held = RoleGrant.objects.filter(user=user, revoked_at__isnull=True)
    for standing in held:
        other = Role(standing.role)
        if other in entry.excludes or role in ROLES[other].excludes:
            text = _("与已有角色“%(role)s”不相容，须先撤销。") % {"role": ROLES[other].label}
            reasons.append(Reason("role_excluded", text, "role"))
    if held.filter(role=role, district=district).exists():
        reasons.append(Reason("already_granted", _("该人员已有此角色。"), "role"))
    return reasons


def revoke_role(grant: RoleGrant, *, by: User, at: datetime, ground: str) -> RoleGrant:
    """Take a role from another person; it ends with the commit, as roles are read from the rows on each request.

    Raises Denied, Refusal for one's own role or without a ground, AlreadyDone.
    """
    if not has_power(by, Power.GRANT_ROLES):
        raise Denied([Reason("not_security_officer", _("只有安全管理员可以撤销角色。"))])
    if grant.user_id == by.pk:
        raise Refusal([Reason("own_grant", _("不能撤销自己的角色，请由另一位安全管理员办理。"), "user")])
    if not ground.strip():
        raise Refusal([Reason("no_ground", _("请填写撤销依据。"), "ground")])
    with act(LEDGER, "revoke_role", by=by, at=at, acting_as=Role.SECURITY_OFFICER) as doing:
        row = RoleGrant.objects.select_for_update(of=("self",)).select_related("user", "revoked_by").get(pk=grant.pk)
        if row.revoked_at is not None:
            reason = Reason("already_revoked", _("该角色已撤销。"))
            raise AlreadyDone(reason, done_by=str(row.revoked_by), done_at=row.revoked_at)
        row.revoked_at, row.revoked_by = at, by
        row.save(update_fields=["revoked_at", "revoked_by"])
        doing.note(grant=row.pk, user=row.user_id, role=row.role, district=row.district, ground=ground.strip())
        doing.tell(row.user, "role_revoked", role=row.role, district=row.district)
    return row


def appoint_first_security_officer(user: User, *, system: User, at: datetime, ground: str) -> RoleGrant:
    """The one grant that no person makes: refused as soon as any grant exists."""
    with act(LEDGER, "appoint_first_security_officer", by=system, at=at, acting_as="installation") as doing:
        if RoleGrant.objects.exists():
            raise Refusal([Reason("not_first", _("已有角色授予记录，首位安全管理员只能由安装程序任命一次。"))])
        row = _write(user, Role.SECURITY_OFFICER, "", None, at, ground)
        doing.note(grant=row.pk, user=user.pk, name=str(user), role=row.role, ground=row.ground)
    return row

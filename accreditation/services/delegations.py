"""Powers lent to a colleague of the same body until a day, taken back early; never further, never what is not held."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act, fingerprint
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Delegation, RoleGrant, User
from accreditation.permissions import in_own_name
from accreditation.roles import DELEGABLE, ROLES, Power, Role, exclude_each_other
from accreditation.selectors.delegations import LENDING, place_of
from accreditation.services.grants import hold_person

LEDGER = "delegations"
LONGEST = timedelta(days=92)  # a choice of this product: no rule sets a limit, and what lasts longer is an appointment


def delegate_powers(
    grant: RoleGrant,
    powers: Collection[Power],
    delegate: User,
    *,
    starts_at: datetime | None,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> list[Delegation]:
    """Lend powers of one's own grant to a colleague from `starts_at` (None: at once) until `ends_at`.

    Raises Denied for another person's grant, Refusal with every reason, Replayed.
    """
    in_own_name(by)  # what is lent gives no right to lend
    if grant.user_id != by.pk:
        raise Denied([Reason("not_your_grant", _("只能委托自己担任的职务的权限。"))])
    chosen = [power for power in Power if power in powers]
    said = fingerprint(grant.pk, chosen, delegate.pk, starts_at, ends_at, reason)
    with act(
        LEDGER, "delegate_powers", by=by, at=at, acting_as=grant.role, request_key=request_key, request=said
    ) as doing:
        # Inside the ledger's lock, so that two delegations of the same power cannot cross.
        standing = RoleGrant.objects.select_for_update().get(pk=grant.pk)
        hold_person(delegate)
        first = at if starts_at is None else starts_at
        reasons = [
            *_power_reasons(standing, powers),
            *_colleague_reasons(standing, chosen, delegate, by),
            *_time_reasons(first, ends_at, at),
            *_overlaps(standing, chosen, delegate, first, ends_at),
        ]
        if len(reason.strip()) < 2:
            reasons.append(Reason("no_reason", _("请填写委托的事由。"), "reason"))
        if reasons:
            raise Refusal(reasons)
        rows = [
            Delegation.objects.create(
                grant=standing, delegator=by, delegate=delegate, power=power, starts_at=first, ends_at=ends_at,
                made_at=at, reason=reason.strip()[:300],
            )
            for power in chosen
        ]  # fmt: skip
        _write_down(doing, rows, by, delegate)
    return rows


def _write_down(doing: Act, rows: list[Delegation], by: User, delegate: User) -> None:
    one, powers = rows[0], [row.power for row in rows]
    window = {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
    doing.note(
        delegations=[row.pk for row in rows], grant=one.grant_id, powers=powers, delegate=delegate.pk,
        name=str(delegate), reason=one.reason, **window,
    )  # fmt: skip
    doing.tell(delegate, "powers_delegated", person=str(by), powers=powers, **window)
    doing.reply(delegations=[row.pk for row in rows])


def _power_reasons(grant: RoleGrant, powers: Collection[Power]) -> Iterator[Reason]:
    if grant.revoked_at is not None:
        yield Reason("grant_revoked", _("该职务已被撤销。"), "powers")
    if not powers:
        yield Reason("no_power", _("请选择委托的权限。"), "powers")
    held = ROLES[Role(grant.role)].powers
    if any(power not in held for power in powers):
        yield Reason("not_held", _("不能委托该职务没有的权限。"), "powers")
    if any(power not in DELEGABLE for power in powers):
        yield Reason("not_delegable", _("所选权限不得委托，须由本人办理。"), "powers")


def _colleague_reasons(grant: RoleGrant, powers: Collection[Power], delegate: User, by: User) -> Iterator[Reason]:
    if delegate.pk == by.pk:
        yield Reason("own_delegation", _("不能委托给自己。"), "delegate")
        return
    standing = list(RoleGrant.objects.filter(user=delegate, revoked_at__isnull=True).order_by("pk"))
    here = [row for row in standing if row.role in LENDING and place_of(row) == place_of(grant)]
    if delegate.is_system or not delegate.is_active or not here:
        yield Reason("not_a_colleague", _("只能委托给本机构的在职经办人员。"), "delegate")
        return
    for role in dict.fromkeys(Role(row.role) for row in standing):
        if exclude_each_other(Role(grant.role), role):
            text = _("受托人担任“%(role)s”，与该职务不相容，不能代办。") % {"role": ROLES[role].label}
            yield Reason("role_excluded", text, "delegate")
    for power in powers:
        if any(power in ROLES[Role(row.role)].powers for row in here):
            text = _("受托人已有权限“%(power)s”，无需委托。") % {"power": DELEGABLE.get(power, power)}
            yield Reason("held_already", text, "powers")


def _time_reasons(starts_at: datetime, ends_at: datetime, at: datetime) -> Iterator[Reason]:
    if starts_at < at:
        yield Reason("starts_in_the_past", _("开始时间不能早于现在。"), "starts_on")
    if ends_at <= max(starts_at, at):
        yield Reason("ends_too_early", _("结束时间应晚于开始时间。"), "ends_on")
    elif ends_at - starts_at > LONGEST:
        text = _("一次委托最长 %(days)d 天；更长的请由安全管理员授予角色。") % {"days": LONGEST.days}
        yield Reason("lasts_too_long", text, "ends_on")


def _overlaps(
    grant: RoleGrant, powers: Collection[Power], delegate: User, starts_at: datetime, ends_at: datetime
) -> Iterator[Reason]:
    rows = Delegation.objects.filter(
        grant=grant, power__in=powers, delegate=delegate, revoked_at__isnull=True,
        starts_at__lt=ends_at, ends_at__gt=starts_at,
    )  # fmt: skip
    for row in rows:
        text = _("该时段已委托“%(power)s”。") % {"power": DELEGABLE[Power(row.power)]}
        yield Reason("already_delegated", text, "powers")


def revoke_delegation(delegation: Delegation, *, by: User, at: datetime) -> Delegation:
    """End a delegation before its time: taken back by the lender, or given back by the colleague.

    Raises Denied for anybody else, AlreadyDone when it is over.
    """
    in_own_name(by)
    if by.pk not in (delegation.delegator_id, delegation.delegate_id):
        raise Denied([Reason("not_yours", _("只有委托人或受托人可以提前结束代办。"))])
    with act(LEDGER, "revoke_delegation", by=by, at=at, acting_as=delegation.grant.role) as doing:
        rows = Delegation.objects.select_for_update(of=("self",)).select_related("delegator", "delegate", "revoked_by")
        row = rows.get(pk=delegation.pk)
        if row.revoked_at is not None or row.ends_at <= at:
            raise AlreadyDone(
                Reason("already_over", _("该代办已经结束。")),
                done_by=str(row.revoked_by or ""), done_at=row.revoked_at or row.ends_at,
            )  # fmt: skip
        row.revoked_at, row.revoked_by = at, by
        row.save(update_fields=["revoked_at", "revoked_by"])
        doing.note(delegation=row.pk, power=row.power, delegator=row.delegator_id, delegate=row.delegate_id)
        other = row.delegate if by.pk == row.delegator_id else row.delegator
        doing.tell(other, "delegation_revoked", person=str(by), powers=[row.power])
    return row

"""Who may act for an enterprise: requests confirmed or rejected, members invited, administration handed over, ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Enterprise, Member, User
from accreditation.permissions import persons_behind
from accreditation.roles import Power
from accreditation.selectors.people import (
    acting_role,
    administrators_of,
    has_been_confirmed,
    is_administrator,
)
from accreditation.services.account_mail import promise_password_mail
from accreditation.services.enterprises import correct_enterprise, free_user_name

ADMINISTRATOR = "enterprise_administrator"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the officer read in the proof: name and district of the enterprise, why a failing code is genuine."""

    name: str = ""
    district: str = ""
    uscc_override: str = ""
    makes_administrator: bool = False


def confirm_member(member: Member, *, by: User, at: datetime, reading: Reading | None = None) -> Member:
    """The authority is proven; the first member of an enterprise becomes its administrator.

    Raises Denied for one's own request or without the power, AlreadyDone when it was settled, Refusal with reasons.
    """
    acting_as = check_may_settle(member, by=by)
    with _settling(member, "confirm_member", by=by, at=at, acting_as=acting_as) as (doing, row):
        changes = _as_read(row, reading or Reading(), acting_as)
        row.is_administrator = not administrators_of(row.enterprise) or _wants_administrator(reading, acting_as)
        _settle(row, MemberState.ACTIVE, by, at, remark="")
        doing.note(member=row.pk, user=row.user_id, is_administrator=row.is_administrator, changes=changes)
        doing.tell(row.user, "member_confirmed", enterprise=row.enterprise.name)
    return row


def reject_member(member: Member, *, by: User, at: datetime, reason: str) -> Member:
    """The authority is not proven; the person is told why. Raises as `confirm_member`, and Refusal without a reason."""
    acting_as = check_may_settle(member, by=by)
    _check_reason(reason)
    with _settling(member, "reject_member", by=by, at=at, acting_as=acting_as) as (doing, row):
        _settle(row, MemberState.REJECTED, by, at, remark=reason)
        doing.note(member=row.pk, user=row.user_id, reason=reason.strip())
        # The record's own name is not told: it is not this person's to know.
        doing.tell(row.user, "member_rejected", uscc=row.enterprise.uscc, reason=reason.strip())
    return row


def check_may_settle(member: Member, *, by: User) -> str:
    """In what capacity the person may settle this request; raises Denied."""
    role = acting_role(by, Power.CONFIRM_MEMBERS, district=member.enterprise.district)
    if member.user_id in persons_behind(by):
        raise Denied([Reason("own_request", _("不能核验自己的申请。"))])
    if role is not None:
        return role
    if is_administrator(by, member.enterprise_id):
        return ADMINISTRATOR
    raise Denied([Reason("may_not_settle", _("您无权核验该单位的成员申请。"))])


@contextmanager
def _settling(member: Member, verb: str, *, by: User, at: datetime, acting_as: str) -> Iterator[tuple[Act, Member]]:
    """The act on the enterprise's ledger with the fresh row; refuses a request that was settled meanwhile."""
    with act(_ledger(member.enterprise), verb, by=by, at=at, acting_as=acting_as) as doing:
        row = _fresh(member)
        if row.state != MemberState.REQUESTED:
            reason = Reason("already_settled", _("该申请已由他人处理。"))
            raise AlreadyDone(reason, done_by=str(row.settled_by or ""), done_at=row.settled_at)
        yield doing, row


def _ledger(enterprise: Enterprise) -> str:
    return f"enterprise:{enterprise.uscc}"


def _fresh(member: Member) -> Member:
    rows = Member.objects.select_for_update(of=("self",)).select_related("enterprise", "user", "settled_by")
    return rows.get(pk=member.pk)


def _as_read(row: Member, reading: Reading, acting_as: str) -> dict[str, list[str] | str]:
    """What the officer who confirms the first member corrects; an administrator corrects nothing."""
    if acting_as == ADMINISTRATOR or has_been_confirmed(row.enterprise):
        return {}
    return correct_enterprise(
        row.enterprise, name=reading.name, district=reading.district, override=reading.uscc_override
    )


def _wants_administrator(reading: Reading | None, acting_as: str) -> bool:
    return acting_as != ADMINISTRATOR and reading is not None and reading.makes_administrator


def _settle(row: Member, state: MemberState, by: User, at: datetime, *, remark: str) -> None:
    row.state, row.settled_by, row.settled_at, row.remark = state, by, at, remark.strip()[:300]
    if state == MemberState.ACTIVE:
        row.acts_from = at
    row.save(update_fields=["state", "settled_by", "settled_at", "acts_from", "remark", "is_administrator"])


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal([Reason("no_reason", _("请填写理由。"), "reason")])


def invite_member(enterprise: Enterprise, *, by: User, name: str, email: str, phone: str = "", at: datetime) -> Member:
    """The administrator vouches for a colleague: a new account, active at once, and a mail to set the password.

    An account is always made anew, so that nobody is drawn into an enterprise unasked and no address is probed.
    Raises Denied when `by` does not administer the enterprise, Refusal without name or address.
    """
    _check_administers(enterprise, by)
    missing = [
        Reason(f"no_{field}", _("请填写姓名和电子邮箱。"), field)
        for field, text in (("name", name), ("email", email))
        if not text.strip()
    ]
    if missing:
        raise Refusal(missing)
    with act(_ledger(enterprise), "invite_member", by=by, at=at, acting_as=ADMINISTRATOR) as doing:
        person = User(username=free_user_name(), name=name.strip(), email=email.strip().lower(), phone=phone.strip())
        person.set_unusable_password()
        person.save()
        member = Member.objects.create(
            enterprise=enterprise,
            user=person,
            state=MemberState.ACTIVE,
            requested_at=at,
            settled_at=at,
            settled_by=by,
            acts_from=at,
        )
        doing.note(member=member.pk, user=person.pk, name=person.name)
        promise_password_mail(person, reason="invited", at=at)
    return member


def hand_over(member: Member, *, by: User, at: datetime) -> Member:
    """Make another active member the administrator in one's own stead. Raises Denied, Refusal."""
    _check_administers(member.enterprise, by)
    with act(_ledger(member.enterprise), "hand_over", by=by, at=at, acting_as=ADMINISTRATOR) as doing:
        row = _fresh(member)
        if row.state != MemberState.ACTIVE or row.user_id == by.pk:
            raise Refusal([Reason("not_another_member", _("只能移交给本单位另一位有效成员。"))])
        Member.objects.filter(enterprise=row.enterprise, user=by, state=MemberState.ACTIVE).update(
            is_administrator=False
        )
        row.is_administrator = True
        row.save(update_fields=["is_administrator"])
        doing.note(member=row.pk, user=row.user_id, before=by.pk)
        doing.tell(row.user, "member_administrator", enterprise=row.enterprise.name)
    return row


def end_membership(member: Member, *, by: User, at: datetime, reason: str) -> Member:
    """End an active membership: one's own, by an administrator, or by an officer of the district.

    Raises Denied, AlreadyDone, and Refusal without a reason or when others would be left without an administrator.
    """
    acting_as = _may_end(member, by=by)
    _check_reason(reason)
    with act(_ledger(member.enterprise), "end_membership", by=by, at=at, acting_as=acting_as) as doing:
        row = _fresh(member)
        if row.state != MemberState.ACTIVE:
            ended = Reason("already_ended", _("该成员关系已解除。"))
            raise AlreadyDone(ended, done_by=str(row.settled_by or ""), done_at=row.settled_at)
        if acting_as in (ADMINISTRATOR, "applicant"):
            _check_leaves_administrator(row)
        row.is_administrator = False
        _settle(row, MemberState.ENDED, by, at, remark=reason)
        doing.note(member=row.pk, user=row.user_id, reason=reason.strip())
        doing.tell(row.user, "member_ended", enterprise=row.enterprise.name, reason=reason.strip())
    return row


def _may_end(member: Member, *, by: User) -> str:
    role = acting_role(by, Power.CONFIRM_MEMBERS, district=member.enterprise.district)
    if role is not None and member.user_id != by.pk:
        return role
    if is_administrator(by, member.enterprise_id):
        return ADMINISTRATOR
    if member.user_id == by.pk:
        return "applicant"
    raise Denied([Reason("may_not_end", _("您无权解除该成员关系。"))])


def _check_leaves_administrator(row: Member) -> None:
    others = Member.objects.filter(enterprise=row.enterprise, state=MemberState.ACTIVE).exclude(pk=row.pk)
    if row.is_administrator and others.exists() and not others.filter(is_administrator=True).exists():
        raise Refusal([Reason("last_administrator", _("您是唯一的管理员，请先把管理员身份移交给其他成员。"))])


def _check_administers(enterprise: Enterprise, by: User) -> None:
    if not is_administrator(by, enterprise.pk):
        raise Denied([Reason("not_administrator", _("只有本单位管理员可以办理。"))])

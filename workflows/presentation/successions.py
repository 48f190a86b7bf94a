"""A merger or split in words for a successor: who, when, which titles, its own agreement, how it ended."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.models import ChangeSuccessor
from accreditation.services import changes
from accreditation.templatetags.dates import day, moment
from workflows.presentation.words import Words, either, filled, quoted, state_label, state_tone
from workflows.succession_agreements import ASKED


def may_agree(row: ChangeSuccessor) -> bool:
    """Whether it can still agree, after all where it has declined."""
    return row.agreed_at is None and row.change.state in ASKED


def is_asked(row: ChangeSuccessor) -> bool:
    """Whether its word is awaited now."""
    return may_agree(row) and row.declined_at is None


def card(row: ChangeSuccessor) -> Words:
    """A line in the list of own cases."""
    return {
        "number": row.change.case.number,
        "kind": ChangeKind(row.change.kind).label,
        "holder": row.change.holder.name,
        "state": _("待本单位同意") if is_asked(row) else _("本单位不同意") if may_agree(row) else _state(row),
        "tone": "amber" if is_asked(row) else "red" if may_agree(row) else state_tone(_public_state(row)),
        "is_asked": is_asked(row),
        "may_agree": may_agree(row),
        "href": reverse("my_succession", args=[row.change.case.number]),
    }


def _public_state(row: ChangeSuccessor) -> str:
    """What goes on at the authorities while it is dealt with is no affair of the successor's."""
    return ChangeState.UNDER_CONFIRMATION if row.change.state in ASKED else str(row.change.state)


def _state(row: ChangeSuccessor) -> str:
    return _("办理中") if row.change.state in ASKED else str(state_label(row.change.state))


def summary(row: ChangeSuccessor) -> list[Words]:
    """Rows of the page; what becomes of a title only once it is confirmed, and only of what passes to this one."""
    change, is_confirmed = row.change, row.change.state == ChangeState.CONFIRMED
    titles = [one for one in changes.rows_of(change) if not is_confirmed or one.successor_id == row.enterprise_id]
    shown: list[tuple[str, object]] = [
        (_("变更类别"), ChangeKind(change.kind).label),
        (_("申请单位"), quoted(change.holder.name)),
        (_("统一社会信用代码"), change.holder.uscc),
        (_("变更日期"), day(change.occurred_on)),
        (_("承继单位"), quoted(row.enterprise.name)),
        (
            _("由本单位承继的称号") if is_confirmed else _("涉及的称号"),
            _("；").join(f"{either(one.title.programme, 'name')} {one.title.number}" for one in titles),
        ),
        (_("本单位的意见"), _said(row)),
        (_("不同意的理由"), quoted(row.decline_reason) if row.decline_reason else ""),
        (_("办理情况"), _state(row)),
        (_("确认文号"), quoted(change.document_number) if is_confirmed else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def _said(row: ChangeSuccessor) -> SafeString | str:
    if row.agreed_at is not None:
        return filled(_("已同意，%(at)s"), at=moment(row.agreed_at))
    if row.declined_at is not None:
        return filled(_("不同意，%(at)s，%(by)s"), at=moment(row.declined_at), by=quoted(row.declined_by))
    return _("尚未表示")

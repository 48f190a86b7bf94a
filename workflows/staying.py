"""停止执行: an order in effect is taken back while its execution is stayed, and is carried out again when that ends.

A stay ends with the decision or the withdrawal of the reconsideration. While it lasts the title stands as it would
without the order, and register and certificates say so; a revoked certificate stays so, a new version speaks instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.enums import ProceedingState, TitleState
from accreditation.errors import Reason
from accreditation.models import Title
from accreditation.models.titles import BENEATH
from accreditation.reconsideration_words import SETTING_ASIDE, UNDOING
from accreditation.services.proceedings import effect_of
from accreditation.services.reconsiderations import (
    LOST,
    challenged_title,
    effect_on,
    has_another_title,
    locked_title,
    move_title,
    way_into_effect,
)
from accreditation.services.titles import change_beneath
from certificates.services.paper import change_paper_standing, restate_paper_ground
from certificates.services.standing import change_standing, restate_ground
from certificates.standing import Standing
from workflows.certification import is_being_made, standing_certificate_of_title, standing_paper_of_title
from workflows.doing import Doing
from workflows.giving_back import give_certificate_back
from workflows.reconsideration_who import reconsideration_of
from workflows.workdays import SHANGHAI

IN_EFFECT = (ProceedingState.ORDER_RUNNING, ProceedingState.CONCLUDED)
FOLLOWED = frozenset({"revoke", "suspend", "cancel"})  # by certificates; a warning leaves them as they are


def title_can_stand_again(doing: Doing) -> Iterable[Reason]:
    """What an order in effect took away stands again for the time only where nothing else is in its place."""
    title, verb = _title_moved(doing)
    if title is None or verb in BENEATH:
        return
    if has_another_title(title):
        yield Reason("another_title", _("该单位已另有同类有效称号，原称号不能恢复。"))
    if is_being_made(title):
        yield Reason("certificate_pending", _("该称号的证书正在制发，请在发出后再作决定。"))


def stay_can_end(doing: Doing) -> Iterable[Reason]:
    """The certificate that the stay brought about is issued before the order is carried out again."""
    row, title = reconsideration_of(doing), challenged_title(reconsideration_of(doing))
    if doing.form.get("outcome") in UNDOING:
        return  # the title stays, which is asked for by itself
    if row.stayed_effect not in ("", *BENEATH) and title is not None and is_being_made(title):
        yield Reason("certificate_pending", _("该称号的证书正在制发，请在发出后再作决定。"))


def _title_moved(doing: Doing) -> tuple[Title | None, str]:
    """The title, locked, and by which verb the order's effect is taken back; (None, "") where it has none now."""
    row = reconsideration_of(doing)
    title = locked_title(row)
    if title is None or row.challenged_case.proceeding.state not in IN_EFFECT:
        return None, ""
    verb = effect_on(row, title)
    return (title, verb) if verb else (None, "")


def take_back(doing: Doing, *, by: str) -> Title | None:
    """The title as before the order, with its certificate; None where the order has nothing in effect. `by` decides."""
    row, (title, verb) = reconsideration_of(doing), _title_moved(doing)
    if title is None:
        return None
    row.stayed_effect = verb
    if verb in BENEATH:
        _change_beneath(doing, title, verb, stay="begun")
        return None  # as it stands, it is another order's
    moved = move_title(row, title, verb, by=doing.by, at=doing.at, stay="begun")
    doing.act.note(title=moved.number, effect=row.stayed_effect, title_state=moved.state)
    ground = _ground(doing)
    give_certificate_back(doing, moved, number=row.case.number, ground=ground, by=by, is_for_time=True)
    paper = standing_paper_of_title(moved)
    if paper is not None and paper.standing is Standing.SUSPENDED and moved.is_standing:
        change_paper_standing(certificate=paper, verb="reinstate", ground=ground, at=doing.at)
    return moved


def _ground(doing: Doing) -> str:
    day = doing.at.astimezone(SHANGHAI).date()
    return f"自{day.year}年{day.month}月{day.day}日起{_remark(doing)}"


def _remark(doing: Doing) -> str:
    return f"停止执行{reconsideration_of(doing).challenged_case.proceeding.order_number}，至复议决定作出时止"


def keep_back(doing: Doing, title: Title, *, ground: str) -> None:
    """What the stay brought about goes on without it; certificates in force name this ground instead of the stay."""
    signed, paper, remark = standing_certificate_of_title(title), standing_paper_of_title(title), _remark(doing)
    if signed is not None and signed.standing is Standing.IN_FORCE and signed.state_ground.endswith(remark):
        restate_ground(certificate=signed, ground=ground, at=doing.at)
    if paper is not None and paper.standing is Standing.IN_FORCE and paper.state_ground.endswith(remark):
        restate_paper_ground(certificate=paper, ground=ground)


def carry_out_again(doing: Doing) -> Title | None:
    """The order takes effect again where its time has not run out and nothing has come over the title meanwhile."""
    row = reconsideration_of(doing)
    if not row.stayed_effect:
        return None
    proceeding, title = row.challenged_case.proceeding, locked_title(row)
    assert title is not None
    verb, over = effect_of(proceeding.kind), is_over(doing)
    if not over and is_covered(title, verb):
        return _change_beneath(doing, title, f"{verb}_beneath", stay="ended")
    transition = way_into_effect(title, verb)
    if over or not transition:
        doing.act.note(title=title.number, title_state=title.state, stay_ended=True)
        order = proceeding.order_number
        keep_back(doing, title, ground=f"{order}，{'期限已满，' if over else ''}停止执行终止")
        return title
    moved = move_title(row, title, verb, by=doing.by, at=doing.at, stay="ended", transition=transition)
    doing.act.note(title=moved.number, effect=verb, title_state=moved.state, stay_ended=True)
    if verb in FOLLOWED:
        withdraw_again(doing, moved, verb, f"{proceeding.order_number}，停止执行终止")
    return moved


def is_over(doing: Doing) -> bool:
    """Whether the last day of what the order says has passed."""
    until = reconsideration_of(doing).challenged_case.proceeding.until
    return until is not None and until < doing.at.astimezone(SHANGHAI).date()


def is_covered(title: Title, verb: str) -> bool:
    """Whether what came over the title meanwhile covers the order, which then goes on beneath it."""
    if verb == "warn":
        return title.state in (*LOST, TitleState.SUSPENDED) and not title.warned_beneath
    return verb == "suspend" and title.state in LOST and not title.suspended_beneath


def _change_beneath(doing: Doing, title: Title, verb: str, *, stay: str) -> Title:
    row = reconsideration_of(doing)
    changed = change_beneath(
        title, verb, by=doing.by, at=doing.at, acting_as=SETTING_ASIDE, case=row.case.number,
        reconsideration=row.case.number, stay=stay, challenged_order=row.challenged_case.proceeding.order_number,
    )  # fmt: skip
    doing.act.note(title=title.number, effect=verb, title_state=changed.state, stay_ended=stay == "ended")
    return changed


def withdraw_again(doing: Doing, title: Title, verb: str, ground: str) -> None:
    """Certificate and paper follow an order that takes effect once more."""
    signed, paper = standing_certificate_of_title(title), standing_paper_of_title(title)
    if signed is not None:
        change_standing(certificate=signed, verb=verb, ground=ground, at=doing.at)
    if paper is not None:
        change_paper_standing(certificate=paper, verb=verb, ground=ground, at=doing.at)

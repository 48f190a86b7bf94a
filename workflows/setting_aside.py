"""What a decision brings about in the case under challenge: results lifted, titles and cases restored.

The decision on a reconsideration, a judgment, or the own correction of the body.

These verbs are done with the decision and in its transaction; nobody does them from a page.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.adverse_ends import FOLLOWING_VERBS
from accreditation.audit import chain_key
from accreditation.change_words import ChangeState, TitleOutcome
from accreditation.enums import TitleState
from accreditation.errors import Reason
from accreditation.models import AuditEvent, ChangeRequest, EvaluationCall, Reconsideration, Reexamination, Title
from accreditation.models.titles import STANDING
from accreditation.permissions import has_power
from accreditation.reconsideration_words import GROUND_ZH, SETTING_ASIDE, UNDOING, Remedy
from accreditation.reexamination_words import OPEN
from accreditation.roles import Power
from accreditation.services import changes
from accreditation.services.evaluation_results import call_of, lift_warning
from accreditation.services.matter_returns import close_return
from accreditation.services.reconsiderations import LOST, authority_of, has_another_title, move_title, sequel_of
from workflows.certification import is_being_made
from workflows.change_who import change_of
from workflows.doing import Doing, Who
from workflows.giving_back import give_certificate_back
from workflows.proceeding_guards import proceeding_of
from workflows.reconsideration_who import may_answer

BY_LAW = "行政复议法第六十一条至第六十八条"
ACTING_AS = SETTING_ASIDE
DECIDED = Who(
    ACTING_AS,
    _("已作出的复议决定、裁判或者自行纠正"),
    lambda doing: bool(doing.form.get("reconsideration")) and _carries_out(doing),
)


def _carries_out(doing: Doing) -> bool:
    """Who decides on reconsiderations; of a judgment or an own correction, who answers for the body."""
    row = decision_of(doing)
    if row.remedy == Remedy.RECONSIDERATION:
        return has_power(doing.by, Power.DECIDE_RECONSIDERATIONS)
    return may_answer(doing.by, row, doing.at)


def decision_of(doing: Doing) -> Reconsideration:
    """The decision that the attempt rests on."""
    row = doing.form["reconsideration"]
    assert isinstance(row, Reconsideration)
    return row


def act_is_set_aside(doing: Doing) -> Iterable[Reason]:
    """The decision is on this very case, sets the act aside, and brings about this verb and no other."""
    row = decision_of(doing)
    sequel = sequel_of(row.told_by)
    is_this = sequel is not None and FOLLOWING_VERBS.get(sequel) == doing.verb.code
    if row.challenged_id != doing.case.pk or row.outcome not in UNDOING or not is_this:
        yield Reason("not_set_aside", _("没有撤销该行为的复议决定、裁判或者自行纠正。"))


def _note(doing: Doing, **content: object) -> None:
    row = decision_of(doing)
    doing.act.note(reconsideration=row.case.number, order=row.decision_number, reason=row.decision_reasons, **content)


# --- evaluations --------------------------------------------------------------------------------------------------
def lift_result(doing: Doing) -> None:
    """The warning that rests on this result is lifted; another one, and what stands over it, stays."""
    call = call_of(doing.application)
    title = Title.objects.select_for_update(of=("self",)).get(pk=call.title_id)
    if _rests_on(title, call):
        title = lift_warning(title, call=call, by=doing.by, at=doing.at, acting_as=ACTING_AS)
    _note(doing, title=title.number, title_state=title.state)


def _rests_on(title: Title, call: EvaluationCall) -> bool:
    """Whether the newest warning of the title was given by the announcement of this result."""
    warned = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["warn", "warn_beneath"]).order_by("-seq")
    newest = warned.first()
    if newest is None or call.announcement is None:
        return False
    return bool(newest.content.get("announcement") == call.announcement.number)


# --- changes ------------------------------------------------------------------------------------------------------
def no_other_change_is_open(doing: Doing) -> Iterable[Reason]:
    """One change at a time: what is open has to end before this one is opened again."""
    ended = (ChangeState.CONFIRMED, ChangeState.REFUSED, ChangeState.WITHDRAWN)
    if ChangeRequest.objects.filter(holder=change_of(doing).holder).exclude(state__in=ended).exists():
        yield Reason("change_open", _("该单位另有变更正在办理，请待其办结后再作决定。"))


def reopen_change(doing: Doing) -> None:
    """Before the granting body again, as it was filed."""
    change = change_of(doing)
    change.decided_by = change.put_forward_by = None
    _note(doing)


def ended_titles_can_come_back(doing: Doing) -> Iterable[Reason]:
    """There are such titles, and nothing stands in the place of any of them."""
    ended = _ended(change_of(doing))
    if not ended:
        yield Reason("nothing_ended", _("该变更没有注销称号。"))
    for title in _that_come_back(ended):
        if has_another_title(title):
            yield Reason("another_title", _("该单位已另有同类有效称号，原称号不能恢复。"))
        if is_being_made(title):
            yield Reason("certificate_pending", _("该称号的证书正在制发，请在发出后再作决定。"))


def _ended(change: ChangeRequest) -> list[Title]:
    rows = [row for row in changes.rows_of(change) if row.outcome == TitleOutcome.ENDS]
    return [row.title for row in rows if row.title.state in LOST and _is_ended_by(change, row.title)]


def _that_come_back(ended: Iterable[Title]) -> list[Title]:
    """Without those that nobody granted: an error in a list is put right by a list."""
    return [title for title in ended if not title.entered_wrongly]


def _is_ended_by(change: ChangeRequest, title: Title) -> bool:
    """Whether the title was lost last by this change, and not by an order."""
    lost = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["cancel", "revoke"]).order_by("-seq").first()
    return lost is not None and lost.content.get("case") == change.case.number


def restore_ended_titles(doing: Doing) -> None:
    """What the change ended stands again as before; the rest of the change stays."""
    row = decision_of(doing)
    ended = _ended(change_of(doing))
    back = _that_come_back(ended)
    for title in back:
        moved = move_title(row, title, "restore", by=doing.by, at=doing.at)
        ground = GROUND_ZH[Remedy(row.remedy)]
        give_certificate_back(doing, moved, number=row.decision_number, ground=ground, by=authority_of(row))
    wrong = [title.number for title in ended if title.entered_wrongly]
    _note(doing, titles=[title.number for title in back], **({"entered_wrongly": wrong} if wrong else {}))


# --- requests of a holder ---------------------------------------------------------------------------------------------
def reopen_request(doing: Doing) -> None:
    """Before the body again as it was asked for; whoever refused it has had a hand and does not decide again."""
    proceeding = proceeding_of(doing)
    proceeding.reasons = ""
    _note(doing, title=proceeding.title.number)


# --- re-examinations ------------------------------------------------------------------------------------------------
def title_may_be_reexamined(doing: Doing) -> Iterable[Reason]:
    """The title stands, and no other re-examination of it runs."""
    row = _reexamination(doing)
    if row.title.state not in (*STANDING, TitleState.SUSPENDED):
        yield Reason("title_not_held", _("称号已不再有效，不能恢复复核；请一并对撤销称号的决定申请复议。"))
    if Reexamination.objects.filter(title=row.title, state__in=OPEN).exists():
        yield Reason("reexamination_open", _("该称号的另一次复核正在办理。"))


def reopen_reexamination(doing: Doing) -> None:
    """Its material is awaited anew; what was proposed on the finding rests on nothing any more."""
    row = _reexamination(doing)
    proposed = row.proposal.number if row.proposal else ""
    row.proposal = None
    row.remark = ""
    close_return(doing.case, at=doing.at)
    _note(doing, proposal=proposed)


def _reexamination(doing: Doing) -> Reexamination:
    assert isinstance(doing.subject, Reexamination)
    return doing.subject

"""The verb table of a change after the grant, first edition.

This is the answer to "what can happen to a rename, a move, a merger or a split of a holder": read the lines whose
`nodes` hold the case's node.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext_lazy as _

from accreditation.change_words import ChangeState
from accreditation.clocks import DeadlineKind
from workflows import (
    change_audiences,
    change_guards,
    change_records,
    change_who,
    guards,
    matter_returns,
    setting_aside,
)
from workflows.change_records import clocks
from workflows.doing import Clock, Doing, Starts, Verb, starting

CENTRALLY = "更名、调整随评价或批次名单集中确认（第26批、第33批认定通知）"
MEASURES = "企业技术中心管理办法关于变更的规定"


def _where_days_are_set(kind: DeadlineKind) -> Starts:
    return starting(kind, chosen=partial(clocks, kind))


OPINION = _where_days_are_set(DeadlineKind.CHANGE_OPINION)
RECEIVING = _where_days_are_set(DeadlineKind.CHANGE_RECEIVING)
CORRECTION = _where_days_are_set(DeadlineKind.CHANGE_CORRECTION)
CONFIRMATION = _where_days_are_set(DeadlineKind.CHANGE_CONFIRMATION)


def _after_opinion(doing: Doing) -> Iterable[Clock]:
    """The receiving district comes next where there is one."""
    return (RECEIVING if doing.state == ChangeState.UNDER_RECEIVING_OPINION else CONFIRMATION)(doing)


_AFTER_DECISION = (change_audiences.holder, change_audiences.own_district, change_audiences.confirmers)
_AT_HOLDER = ("prepare", "correct")
_SETTLED = (
    change_guards.titles_stand_still,
    change_guards.no_title_is_being_dealt_with,
    change_guards.no_title_is_suspended,
    change_guards.no_certificate_is_being_made,
    change_guards.titles_are_as_filed,
)
_LINES: tuple[Verb, ...] = (
    # --- the holder states and proves ----------------------------------------------------------------------------
    Verb(
        "revise_change", _("修改变更内容"), change_who.HOLDER, _AT_HOLDER, MEASURES,
        guards=(
            change_guards.statement_fits, matter_returns.only_named_fields(change_records.texts_stated),
        ),
        record=change_records.revise,
    ),
    Verb(
        "add_change_document", _("提交证明文件"), change_who.HOLDER, _AT_HOLDER, MEASURES,
        guards=(guards.needs_text("purpose", _("证明内容")), matter_returns.papers_may_be_added),
        record=change_records.add_document,
    ),
    Verb(
        "drop_change_document", _("移除证明文件"), change_who.HOLDER, _AT_HOLDER, MEASURES,
        guards=(change_guards.document_is_own, matter_returns.paper_may_be_dropped),
        record=change_records.drop_document,
    ),
    Verb(
        "submit_change", _("提交变更"), change_who.HOLDER, _AT_HOLDER, MEASURES, transition="submit", completes=True,
        guards=(
            change_guards.change_is_complete, change_guards.documents_are_on_file,
            change_guards.no_title_is_being_dealt_with, matter_returns.papers_asked_for_are_there,
        ),
        record=matter_returns.answering(change_records.submit), starts=OPINION, tells=(change_audiences.own_district,),
    ),
    Verb(
        "withdraw_change", _("撤回变更"), change_who.HOLDER,
        ("prepare", "opinion", "receiving_opinion", "correct", "confirm", "second"), MEASURES, transition="withdraw",
        completes=True, record=change_records.withdraw, tells=(change_audiences.who_has_seen_it,),
    ),
    # --- the districts say what they think of it -------------------------------------------------------------------
    Verb(
        "give_opinion", _("出具区级意见"), change_who.OWN_DISTRICT, ("opinion",), MEASURES, transition="give_opinion",
        completes=True, guards=(guards.needs_text("opinion", _("审核意见")),), record=change_records.give_opinion,
        starts=starting(*RECEIVING.kinds, *CONFIRMATION.kinds, chosen=_after_opinion),
        tells=(change_audiences.next_hands, change_audiences.holder),
    ),
    Verb(
        "give_receiving_opinion", _("出具迁入区意见"), change_who.RECEIVING_DISTRICT, ("receiving_opinion",), MEASURES,
        transition="give_receiving_opinion", completes=True, guards=(guards.needs_text("opinion", _("审核意见")),),
        record=change_records.give_receiving_opinion, starts=CONFIRMATION,
        tells=(change_audiences.confirmers, change_audiences.holder),
    ),
    Verb(
        "return_change", _("退回补正"), change_who.WHOSE_TURN, ("opinion", "receiving_opinion", "confirm"), MEASURES,
        transition="send_back", completes=True,
        guards=(matter_returns.points_are_fields, matter_returns.matter_returns_are_left),
        record=matter_returns.returning(change_records.send_back), starts=CORRECTION,
        tells=(change_audiences.holder,),
    ),
    # --- the granting body confirms, a succession by two people ----------------------------------------------------
    Verb(
        "confirm_change", _("确认变更"), change_who.CONFIRMER, ("confirm",), CENTRALLY, transition="confirm",
        completes=True,
        guards=(change_guards.is_no_succession, change_guards.document_is_named, *_SETTLED),
        record=change_records.confirm, tells=(change_audiences.holder, change_audiences.own_district),
    ),
    Verb(
        "put_succession_forward", _("拟定承继方案"), change_who.CONFIRMER, ("confirm",), CENTRALLY,
        transition="put_forward", completes=True,
        guards=(
            change_guards.is_succession, change_guards.titles_are_as_filed, change_guards.plan_is_possible,
            change_guards.agreements_are_on_file,
            guards.needs_text("reasons", _("理由")),
        ),
        record=change_records.put_forward, tells=(change_audiences.seconds,),
    ),
    Verb(
        "confirm_succession", _("复核并确认承继"), change_who.SECOND, ("second",), CENTRALLY, transition="confirm",
        completes=True,
        guards=(
            change_guards.by_who_did_not_put_forward, change_guards.document_is_named, *_SETTLED,
            change_guards.no_title_is_being_reexamined, change_guards.no_title_is_being_evaluated,
            change_guards.no_order_awaits_the_successor, change_guards.plan_still_holds,
            change_guards.successors_have_agreed,
        ),
        record=change_records.confirm, tells=(change_audiences.holder, change_audiences.own_district),
    ),
    Verb(
        "send_succession_back", _("退回重拟方案"), change_who.SECOND, ("second",), CENTRALLY,
        transition="take_up_again", completes=True,
        guards=(change_guards.by_who_did_not_put_forward, guards.needs_text("reason", _("退回的理由"))),
        record=change_records.take_up_again, tells=(change_audiences.confirmers,),
    ),
    Verb(
        "refuse_change", _("不予确认"), change_who.CONFIRMER, ("confirm",), CENTRALLY, transition="refuse",
        completes=True, guards=(guards.needs_text("reasons", _("不予确认的理由"), 10),),
        record=change_records.refuse, tells=(change_audiences.holder, change_audiences.own_district),
    ),
    # --- a reconsideration has set it aside ------------------------------------------------------------------------
    Verb(
        "reopen_change", _("撤销不予确认后重新办理变更"), setting_aside.DECIDED, ("end",), setting_aside.BY_LAW,
        transition="reopen", guards=(setting_aside.act_is_set_aside, setting_aside.no_other_change_is_open),
        record=setting_aside.reopen_change, starts=CONFIRMATION, tells=_AFTER_DECISION, for_page=False, after_end=True,
    ),
    Verb(
        "restore_ended_titles", _("撤销注销后恢复称号"), setting_aside.DECIDED, ("end",), setting_aside.BY_LAW,
        guards=(setting_aside.act_is_set_aside, setting_aside.ended_titles_can_come_back),
        record=setting_aside.restore_ended_titles, tells=_AFTER_DECISION, for_page=False, after_end=True,
    ),
)  # fmt: skip

TITLE_CHANGE_2026: dict[str, Verb] = {line.code: line for line in _LINES}

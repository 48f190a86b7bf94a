"""The verbs by which a notice is adjusted: a name corrected, an entry taken off at the applicant's own wish.

An applicant whose name is before the public gives up by having it taken off: everybody may read that in an adjustment
notice, which the publisher makes. Shared by every recognition with a public notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from workflows import audiences, guards, recognition_guards, who
from workflows import recognition_records as records
from workflows.doing import Audience, Clock, Doing, Verb, Who, starting

PUBLICITY = "政府信息公开条例；公示"


def notice_lines(notice: Clock, publisher: Who, publishers: Audience) -> Iterator[Verb]:
    """Corrected and taken off by the publisher; `notice` is the clock whose days may run anew."""

    def where_days_run_anew(doing: Doing) -> Iterable[Clock]:
        return [notice] if records.runs_anew(doing) else []

    yield Verb(
        "correct_entry", _("更正公示名单"), publisher, ("notice_period",), PUBLICITY,
        guards=(guards.notice_is_running, recognition_guards.adjustment_is_given), record=records.correct_entry,
        starts=starting(notice, chosen=where_days_run_anew),
        tells=(audiences.applicants, audiences.district), for_page=False,
    )  # fmt: skip
    yield Verb(
        "waive_notice", _("申请撤下公示名单"), who.APPLICANT, ("notice_period",), PUBLICITY,
        guards=(
            guards.notice_is_running, recognition_guards.not_waived_before, guards.needs_text("reason", _("理由"), 2),
        ),
        record=records.waive_notice, tells=(publishers,),
    )  # fmt: skip
    yield Verb(
        "take_off_notice", _("撤下公示名单"), publisher, ("notice_period",), PUBLICITY,
        transition="take_off_notice", completes=True,
        guards=(
            recognition_guards.notice_runs_or_is_waived, guards.no_open_objection,
            recognition_guards.adjustment_is_given, recognition_guards.applicant_waived,
        ),
        record=records.take_off_notice, tells=(audiences.applicants, audiences.district), for_page=False,
    )  # fmt: skip

"""Opening a change after the grant: by a person who acts for the holder of the titles, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.change_words import ChangeState
from accreditation.enums import Level
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Case, ChangeRequest, Enterprise, User
from accreditation.models.changes import ENDED
from accreditation.permissions import acts_for
from accreditation.selectors.granting import place_of
from accreditation.services.changes import Particulars, faults_of, prepare_change, titles_touched
from accreditation.services.numbers import next_number
from workflows import flow_tasks
from workflows.change_records import stated_plainly
from workflows.procedures import PROCEDURES
from workflows.workdays import SHANGHAI

PROCEDURE = "title_change/2026"


def open_change(
    holder: Enterprise,
    kind: str,
    stated: Particulars,
    *,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Case:
    """The holder prepares a change of itself. Denied for others, Refusal with all reasons."""
    if not acts_for(by, holder.pk):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    said = stated_plainly(kind, stated)
    try:
        with act(
            f"enterprise:{holder.uscc}", "open_change", by=by, at=at, acting_as="applicant", request_key=request_key,
            request=fingerprint(holder.pk, said),
        ) as doing:  # fmt: skip
            if reasons := list(_faults(holder, kind, stated, at)):
                raise Refusal(reasons)
            case = _create(holder, kind, stated, by, at)
            doing.note(case=case.number, kind=kind)
            doing.reply(case=case.number)
    except Replayed as replay:
        return Case.objects.get(number=replay.answer["case"])
    return case


def _faults(holder: Enterprise, kind: str, stated: Particulars, at: datetime) -> Iterator[Reason]:
    yield from faults_of(holder, kind, stated, today=at.astimezone(SHANGHAI).date())
    if ChangeRequest.objects.filter(holder=holder).exclude(state__in=ENDED).exists():
        yield Reason("already_open", _("该单位有一项变更正在办理，请先办结或撤回。"))


def _create(holder: Enterprise, kind: str, stated: Particulars, by: User, at: datetime) -> Case:
    leading = min(titles_touched(holder, kind), key=lambda title: (title.programme.level == Level.DISTRICT, title.pk))
    case = Case.objects.create(
        number=next_number(f"{leading.programme.number_prefix}-C", at.astimezone(SHANGHAI).year),
        procedure=PROCEDURE,
        enterprise=holder,
        district=place_of(leading) or holder.district,
        state=ChangeState.DRAFT,
        opened_at=at,
        moved_at=at,
    )
    prepare_change(case, kind, stated, by=by)
    with act(case, "open", by=by, at=at, acting_as="applicant") as doing:
        doing.moved("", ChangeState.DRAFT)
        doing.note(procedure=PROCEDURE, **stated_plainly(kind, stated))
        flow_tasks.begin(PROCEDURES[PROCEDURE].flow, case)
    return case

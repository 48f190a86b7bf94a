"""A refused certificate after a decision on reconsideration: the request waits again, and somebody else answers it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import Reason
from accreditation.models import Reissue, Title
from accreditation.reconsideration_words import SETTING_ASIDE, UNDOING
from accreditation.reissue_words import ReissueState
from accreditation.selectors.granting import place_of
from accreditation.selectors.people import active_people_of
from accreditation.services.numbers import next_number
from workflows.doing import Doing
from workflows.reconsideration_who import outcome_of, reconsideration_of
from workflows.reissue_who import answering
from workflows.workdays import SHANGHAI


def reissue_can_be_reopened(doing: Doing) -> Iterable[Reason]:
    """One request at a time: what was asked meanwhile is answered before the refused one is opened again.

    Locks the title, as every request does, so that what is found here still holds when the decision opens it.
    """
    told = reconsideration_of(doing).reissue_letter
    if told is None or outcome_of(doing) not in UNDOING:
        return
    Title.objects.select_for_update(of=("self",)).get(pk=told.reissue.title_id)
    if Reissue.objects.filter(title=told.reissue.title_id, state=ReissueState.WAITING).exists():
        yield Reason("reissue_waiting", _("该称号另有证书补发换发申请待答复，请在答复后再作决定。"), "outcome")


def reopen_refused(doing: Doing) -> None:
    """A request of the same content waits at the body of the title; the answer set aside stays on file with it."""
    row = reconsideration_of(doing)
    assert row.reissue_letter is not None
    refused = row.reissue_letter.reissue
    with act(refused.title, "reopen_reissue", by=doing.by, at=doing.at, acting_as=SETTING_ASIDE) as reopening:
        assert isinstance(reopening.chain, Title)
        title = Title.objects.select_related("holder", "programme__granted_by").get(pk=reopening.chain.pk)
        made = Reissue.objects.create(
            number=next_number(f"{title.programme.number_prefix}-R", doing.at.astimezone(SHANGHAI).year),
            title=title, place=place_of(title) or "", reason=refused.reason, statement=refused.statement,
            is_by_office=refused.is_by_office, asked_by=refused.asked_by, asked_for=refused.asked_for,
            asked_at=doing.at, reopens=refused,
        )  # fmt: skip
        reopening.note(
            reissue=made.number, reopens=refused.number, reconsideration=row.case.number, order=row.decision_number
        )
        words = {"number": made.number, "title": title.number}
        reopening.tell(answering(made, doing.at), "reissue_reopened", **words)
        reopening.tell(active_people_of(title.holder), "reissue_reopened_for_holder", **words)
    doing.act.note(reissue=made.number)

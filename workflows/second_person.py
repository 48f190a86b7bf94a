"""What one person began another finishes: nobody settles an own act, nor one done in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.case_acts import acts_of
from accreditation.errors import Reason
from accreditation.models import AuditEvent, Case, User
from accreditation.permissions import persons_behind
from workflows.doing import Doing

FOUR_EYES = "four_eyes"  # code of the reason


def another_than_who_did(verb: str, text: Promise) -> Callable[[Doing], Iterable[Reason]]:
    """Whoever did `verb` last, or in whose place it was done, does not do this as well, nor by a colleague."""

    def guard(doing: Doing) -> Iterable[Reason]:
        last = AuditEvent.objects.filter(chain=chain_key(doing.case), verb=verb).order_by("-seq").first()
        if last is not None and behind(last) & persons_behind(doing.by):
            yield Reason(FOUR_EYES, text)

    return guard


def another_than_who_proposed(doing: Doing) -> Iterable[Reason]:
    """Form: proposal. An expert's value is adopted by an officer who is not that expert, nor stands in for one."""
    if doing.form["proposal"].proposed_by_id in persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("提出核定值的人不能自己采纳，须由另一人办理。"))


def had_a_hand(doing: Doing, but_for: tuple[str, ...] = ()) -> bool:
    """Whether the person, or whoever is behind the person, did anything in the case but keep it, or do `but_for`."""
    acts = acts_of(doing.case, persons_behind(doing.by))  # a colleague's act in one's place is one's own
    return acts.exclude(verb__in=but_for).exists()


def has_done(case: Case, by: User, verbs: Collection[str]) -> bool:
    """Whether the person, or whoever is behind the person, did one of the verbs in the case."""
    return acts_of(case, persons_behind(by)).filter(verb__in=verbs).exists()


def behind(event: AuditEvent) -> set[int]:
    """Who did it, and the person in whose place it was done."""
    lender = event.content.get("on_behalf_of", {}).get("id")
    return {one for one in (event.by_id, lender) if one is not None}

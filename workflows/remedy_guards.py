"""When a judgment can be carried out, or an act be taken back by its own body; each yields every reason against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.models import Letter, Reconsideration, ReissueLetter
from accreditation.models.reconsiderations import DROPPED, OF_OTHERS
from accreditation.reconsideration_words import SETTLED, UNDOING, Outcome, Remedy
from accreditation.resting import Basis, basis
from workflows.challenged_acts import is_in_effect, letter_field, reasons_not_to_modify
from workflows.doing import Doing
from workflows.reconsideration_who import reconsideration_of
from workflows.second_person import another_than_who_did

by_another_than_the_preparer = another_than_who_did("open", _("提请的人不能自己核准，须由另一人办理。"))


def act_can_be_set_right(doing: Doing) -> Iterable[Reason]:
    """The act still stands, and nothing else is under way against it."""
    row = reconsideration_of(doing)
    yield from obstacles(row.told_by, row.replaces)
    if row.proposed_outcome == Outcome.MODIFIED:
        is_undone = row.replaces is not None and row.replaces.outcome in UNDOING
        yield from reasons_not_to_modify(row.told_by, is_undone=is_undone)


def obstacles(letter: Letter | ReissueLetter, replaces: Reconsideration | None = None) -> Iterator[Reason]:
    """What is in the way of carrying a remedy out over the act that the letter told of.

    A later judgment comes into the place of the one that it `replaces`, which is then not in its way.
    """
    rows = Reconsideration.objects.filter(**letter_field(letter)).exclude(state__in=DROPPED)
    if replaces is not None:
        rows = rows.exclude(pk=replaces.pk)
    settled = rows.filter(state__in=SETTLED)
    if settled.filter(outcome__in=UNDOING).exists():
        yield Reason("undone", _("该行为已被撤销或者变更。"))
    elif settled.filter(remedy=Remedy.JUDGMENT).exists():
        yield Reason("judged", _("法院对该行为的裁判已经执行。"))
    elif (replaces is None or replaces.outcome not in UNDOING) and not is_in_effect(letter):
        yield Reason("not_in_effect", _("该决定尚未生效或已不再有效。"))
    if rows.exclude(state__in=[*SETTLED, *OF_OTHERS]).exists():
        yield Reason("reconsideration_open", _("对该行为的行政复议尚未终结。"))


def bases(letter: Letter | ReissueLetter) -> Iterator[Basis]:
    """What a judgment or a correction comes after: the act, and what was decided on it before."""
    yield from basis(_("原行为 %(no)s 的作出之日") % {"no": letter.number}, letter.dated)
    for row in Reconsideration.objects.filter(**letter_field(letter), state__in=SETTLED):
        yield from basis(_("%(no)s 的决定日期") % {"no": row.decision_number}, row.decided_on)

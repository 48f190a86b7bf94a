"""A later judgment over the same act, on appeal or retrial, comes into the place of the one that was carried out.

What the earlier one brought about stays where the later one says the same, and is undone where it does not: an order
over a title then takes effect again. What has gone on meanwhile in another case is not taken back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from accreditation.adverse_ends import Sequel
from accreditation.clocks import DeadlineKind
from accreditation.enums import LetterKind, ProceedingState
from accreditation.errors import Reason
from accreditation.models import Case, Letter, Reconsideration, ReissueLetter, Title
from accreditation.reconsideration_words import SETTING_ASIDE, UNDOING, Outcome, ReconsiderationState, Remedy
from accreditation.services.proceedings import effect_of
from accreditation.services.reconsiderations import (
    locked_title,
    move_title,
    sequel_of,
    undo_warning,
    warn_instead,
    way_into_effect,
)
from accreditation.services.titles import change_beneath
from workflows.certification import is_being_made
from workflows.challenged_acts import letter_field
from workflows.deadlines import run_again
from workflows.doing import Doing
from workflows.reconsideration_records import follow
from workflows.reconsideration_who import reconsideration_of
from workflows.staying import FOLLOWED, IN_EFFECT, is_covered, is_over, withdraw_again

GIVE_WAY = "give_way_to_judgment"


def judgment_standing(letter: Letter | ReissueLetter) -> Reconsideration | None:
    """The judgment over the act that was carried out and holds; None where there is none."""
    rows = Reconsideration.objects.filter(**letter_field(letter), remedy=Remedy.JUDGMENT)
    return rows.filter(state=ReconsiderationState.CARRIED_OUT).select_related("case").first()


def is_undone_by(earlier: Reconsideration | None) -> bool:
    """Whether an earlier judgment has taken back what the act did."""
    return earlier is not None and earlier.outcome in UNDOING


def reasons_not_to_replace(letter: Letter | ReissueLetter, earlier: Reconsideration, outcome: str) -> Iterator[Reason]:
    """What the earlier judgment brought about can be taken back only of an order, or where nobody has filed on it."""
    if earlier.outcome not in UNDOING or outcome in UNDOING:
        return
    sequel = sequel_of(letter)
    if sequel is Sequel.NEW_APPLICATION:
        if earlier.redo_case_id is not None:
            text = _("企业已依前一裁判重新申报（%(no)s），新裁判的后果须在该申报中办理。")
            yield Reason("redone_meanwhile", text % {"no": earlier.redo_case.number if earlier.redo_case else ""})
    elif letter.kind != LetterKind.ORDER:
        yield Reason("resumed_meanwhile", _("依前一裁判，原案已恢复办理，新裁判的后果须在原案中办理。"))


def earlier_judgment_can_be_replaced(doing: Doing) -> Iterable[Reason]:
    """The earlier one still holds; locked with the title, so that what is found here holds for what follows."""
    row = reconsideration_of(doing)
    if row.replaces is None:
        return
    Case.objects.select_for_update().get(pk=row.replaces.case_id)
    earlier = Reconsideration.objects.select_related("redo_case").get(pk=row.replaces.pk)
    if earlier.state != ReconsiderationState.CARRIED_OUT:
        yield Reason("replaced_before", _("前一裁判已由其他裁判替代。"))
    yield from reasons_not_to_replace(row.told_by, earlier, row.proposed_outcome)
    title = locked_title(row)
    if title is not None and earlier.outcome in UNDOING and is_being_made(title):
        yield Reason("certificate_pending", _("该称号的证书正在制发，请在发出后再作决定。"))


def is_replaced_by_it(doing: Doing) -> Iterable[Reason]:
    """The judgment that is carried out names this very one."""
    if doing.form["reconsideration"].replaces_id != doing.subject.pk:
        yield Reason("not_replaced", _("没有替代该裁判的新裁判。"))


def give_way(doing: Doing) -> None:
    """Form: reconsideration, the later judgment. What was decided here stays on file."""
    later = doing.form["reconsideration"]
    doing.act.note(replaced_by=later.case.number, order=later.decision_number)


def take_its_place(doing: Doing, earlier: Reconsideration) -> None:
    """Bring about what the later judgment says, from where the earlier one has led."""
    row = reconsideration_of(doing)
    was_undone, is_undone = earlier.outcome in UNDOING, row.outcome in UNDOING
    doing.act.note(replaces=earlier.case.number)
    doing.sequels.append((earlier.case, GIVE_WAY, {"reconsideration": row}))
    title, sequel = locked_title(row), sequel_of(row.told_by)
    if title is not None and earlier.outcome == Outcome.MODIFIED:
        title = undo_warning(row, title, given_by=earlier, by=doing.by, at=doing.at)
    if is_undone and not was_undone and sequel is not None:
        follow(doing, sequel)
    elif is_undone:
        _take_over_what_follows(doing, earlier, title)
    elif was_undone and title is not None:
        _put_in_effect_again(doing, title)


def _take_over_what_follows(doing: Doing, earlier: Reconsideration, title: Title | None) -> None:
    """The act stays undone; an application that was filed on the earlier judgment now rests on this one."""
    row = reconsideration_of(doing)
    if earlier.redo_case_id is not None:
        Reconsideration.objects.filter(pk=earlier.pk).update(redo_case=None)
        row.redo_case = earlier.redo_case
    if title is not None and row.outcome == Outcome.MODIFIED:
        title = warn_instead(row, title, by=doing.by, at=doing.at)
    if title is not None:
        doing.act.note(title=title.number, title_state=title.state)


def _put_in_effect_again(doing: Doing, title: Title) -> None:
    """The order takes effect again where its time has not run out and nothing has come over the title meanwhile."""
    row = reconsideration_of(doing)
    proceeding = row.challenged_case.proceeding
    verb, over = effect_of(proceeding.kind), is_over(doing)
    if proceeding.state == ProceedingState.ORDERED:
        run_again(row.challenged_case, DeadlineKind.EFFECT, at=doing.at)
    if over or proceeding.state not in IN_EFFECT:
        doing.act.note(title=title.number, title_state=title.state)
    elif is_covered(title, verb):
        changed = change_beneath(
            title, f"{verb}_beneath", by=doing.by, at=doing.at, acting_as=SETTING_ASIDE, case=row.case.number,
            reconsideration=row.case.number, challenged_order=proceeding.order_number,
        )  # fmt: skip
        doing.act.note(title=title.number, effect=f"{verb}_beneath", title_state=changed.state)
    elif transition := way_into_effect(title, verb):
        moved = move_title(row, title, verb, by=doing.by, at=doing.at, again=True, transition=transition)
        doing.act.note(title=moved.number, effect=verb, title_state=moved.state)
        if verb in FOLLOWED:
            withdraw_again(doing, moved, verb, f"{proceeding.order_number}，{row.decision_number}")
    else:
        doing.act.note(title=title.number, title_state=title.state)

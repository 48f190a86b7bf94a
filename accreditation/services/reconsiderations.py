"""Reconsiderations: who took part in the act under challenge, what a decision does to a title, the bar it lifts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django_fsm import can_proceed

from accreditation.acts import act
from accreditation.adverse_ends import ADVERSE_ENDS, Sequel
from accreditation.audit import chain_key
from accreditation.enums import LetterKind, ProceedingKind, TitleState
from accreditation.grounds import Ground
from accreditation.models import (
    AuditEvent,
    Case,
    EvaluationCall,
    Letter,
    Reconsideration,
    Reexamination,
    Reissue,
    ReissueLetter,
    Title,
    User,
)
from accreditation.models.titles import BENEATH, MOVED, STANDING
from accreditation.reconsideration_words import (
    SETTING_ASIDE,
    SETTLED,
    TAKING_NO_PART,
    UNDOING,
    ReconsiderationState,
    Remedy,
)
from accreditation.selectors.granting import body_named, is_group
from accreditation.selectors.reconsidering import authority_over
from accreditation.services.proceedings import is_work_of
from accreditation.services.titles import change_beneath

LOST = (TitleState.REVOKED, TitleState.CANCELLED)
LOSING = ("cancel", "revoke")  # verbs of a title's chain by which it is lost
END_WRONG_ENTRY = "end_wrong_entry"  # of a title that nobody granted: a list from above was misread
WAYS_BACK = {  # what an order made of the title, the transition that undoes it, and what undoes it beneath another one
    ProceedingKind.REVOCATION: (TitleState.REVOKED, "restore", ""),
    ProceedingKind.CANCELLATION: (TitleState.CANCELLED, "restore", ""),
    ProceedingKind.SUSPENSION: (TitleState.SUSPENDED, "reinstate", "lift_suspension"),
    ProceedingKind.WARNING: (TitleState.WARNED, "reinstate", "lift_warning"),
}


def took_part(user: User, challenged: Case) -> bool:
    """Whether the person did anything in the case under challenge, or a colleague in the person's place."""
    return _did_any(user, AuditEvent.objects.filter(chain=chain_key(challenged)))


def took_part_in_act(user: User, row: Reconsideration) -> bool:
    """The same of the act that a reconsideration challenges, also of one without a case."""
    if row.challenged is not None:
        return took_part(user, row.challenged)
    acts = AuditEvent.objects.filter(chain=chain_key(_reissue(row).title), content__reissue=row.origin)
    return _did_any(user, acts)


def _did_any(user: User, acts: QuerySet[AuditEvent]) -> bool:
    whose = Q(by_id=user.pk) | Q(content__on_behalf_of__id=user.pk)
    return acts.filter(whose).exclude(Q(acting_as=SETTING_ASIDE) | Q(verb__in=TAKING_NO_PART)).exists()


def _reissue(row: Reconsideration) -> Reissue:
    assert row.reissue_letter is not None
    return row.reissue_letter.reissue


def respondent_of(letter: Letter | ReissueLetter) -> str:
    """Code of the district, zone or group in whose name a letter went out; empty for the city's office."""
    if isinstance(letter, ReissueLetter):
        return letter.reissue.place
    body = body_named(letter.issued_by)
    return body.district if body else ""


def authority_of(row: Reconsideration) -> str:
    """Name of the authority that reconsiders the act; what is no reconsideration, the body carries out itself."""
    issued_by = row.told_by.issued_by
    return authority_over(issued_by) if row.remedy == Remedy.RECONSIDERATION else issued_by


def is_challengeable(letter: Letter | ReissueLetter) -> bool:
    """Whether the act that a letter tells of can be challenged at all: adverse, of such a kind, by an authority.

    Which kinds are, and why, is said in `accreditation.adverse_ends`.

    What a national document decided is challenged at the national authority, not here.
    """
    if isinstance(letter, Letter) and letter.kind == LetterKind.ORDER and letter.case.proceeding.notice_id is not None:
        return False
    return bool(letter.remedy) and sequel_of(letter) is not None and not is_group(letter.issued_by)


def sequel_of(letter: Letter | ReissueLetter) -> Sequel | None:
    """What follows where the act that the letter tells of is set aside; None where it is not challenged here."""
    end = ADVERSE_ENDS.get(letter.kind)
    return end.sequel if end else None


def challenged_title(row: Reconsideration) -> Title | None:
    """The title that the order under challenge moved; None where an application ended, or a request was dropped."""
    proceeding = getattr(row.challenged, "proceeding", None)
    return proceeding.title if proceeding is not None and row.told_by.kind == LetterKind.ORDER else None


def locked_title(row: Reconsideration) -> Title | None:
    """The same as it stands now, locked, so that whatever is found of it holds for what follows."""
    title = challenged_title(row)
    rows = Title.objects.select_for_update(of=("self",)).select_related("programme", "holder")
    return rows.get(pk=title.pk) if title is not None else None


def effect_on(row: Reconsideration, title: Title) -> str:
    """The verb by which the order's effect on the title is taken back: its own state, or what it put beneath another.

    Empty where the title does not stand so any more, or stands so by another order; and where it would bring back a
    title that nobody granted (`is_held_back`).
    """
    verb = _effect(row, title)
    return verb if not title.entered_wrongly or verb in BENEATH else ""


def is_held_back(row: Reconsideration, title: Title) -> bool:
    """Whether only that the title was entered wrongly keeps it from coming back; it does if that was the error."""
    return title.entered_wrongly and _effect(row, title) not in ("", *BENEATH)


def undone_loss(title: Title) -> Reconsideration | None:
    """The decision or judgment that undid the order or change by which the title was lost last; None without one."""
    lost = losses(chain_key(title)).order_by("-seq").first()
    if lost is None:
        return None
    of_case = Q(challenged__number=lost.content.get("case", ""))
    if again := lost.content.get("challenged_order"):
        of_case |= Q(challenged__proceeding__order_number=again)
    return Reconsideration.objects.filter(of_case, state__in=SETTLED, outcome__in=UNDOING).order_by("pk").last()


def losses(chain: str) -> QuerySet[AuditEvent]:
    """Entries in a title's chain of what took the title away; the correction of a list is none."""
    return AuditEvent.objects.filter(chain=chain, verb__in=LOSING)


def is_ended_by_correction_alone(title: Title) -> bool:
    """Whether a title was entered wrongly and nothing else has taken it away, before the correction or since."""
    if not title.entered_wrongly:
        return False
    chain = chain_key(title)
    ended = AuditEvent.objects.filter(chain=chain, verb=END_WRONG_ENTRY).order_by("-seq").first()
    is_held_before = ended is not None and ended.state_before not in LOST
    return ended is not None and is_held_before and not losses(chain).filter(seq__gt=ended.seq).exists()


def way_into_effect(title: Title, verb: str) -> str:
    """The transition by which an order takes effect once more; empty where the title does not stand so that it can.

    One that a correction ended meanwhile is lost by the order as well: should the correction be the error, the list
    does not bring back what the order has taken.
    """
    if can_proceed(getattr(title, verb), check_conditions=False):
        return verb
    return f"{verb}_under_correction" if verb in LOSING and is_ended_by_correction_alone(title) else ""


def _effect(row: Reconsideration, title: Title) -> str:
    proceeding = row.challenged_case.proceeding
    state, verb, beneath = WAYS_BACK[ProceedingKind(proceeding.kind)]
    if not is_work_of(title, proceeding):
        return ""
    if title.state == state:
        return verb
    covered = {"lift_suspension": title.suspended_beneath, "lift_warning": title.warned_beneath}
    return beneath if covered.get(beneath) and title.state in (*LOST, TitleState.SUSPENDED) else ""


def title_concerned(row: Reconsideration) -> Title | None:
    """The title that the order moved, or whose certificate was refused again."""
    return challenged_title(row) if row.reissue_letter is None else _reissue(row).title


def stays_of_execution() -> QuerySet[Reconsideration]:
    """Reconsiderations during which the act under challenge is not carried out; each challenges one with a case."""
    rows = Reconsideration.objects.filter(stayed_at__isnull=False, challenged__isnull=False)
    return rows.exclude(state__in=[ReconsiderationState.DECIDED, ReconsiderationState.WITHDRAWN])


def stay_over(title: Title) -> Reconsideration | None:
    """The reconsideration during which an order over the title is taken back; None where none is.

    An order taken back beneath another one does not show in how the title stands.
    """
    rows = stays_of_execution().filter(challenged__proceeding__title=title).exclude(stayed_effect__in=["", *BENEATH])
    return rows.select_related("challenged__proceeding").first()


def is_stayed(challenged: Case) -> bool:
    """Whether its execution is stayed now."""
    return stays_of_execution().filter(challenged=challenged).exists()


def is_undone(challenged: Case) -> bool:
    """Whether a decision or a judgment has undone what was decided in the case, or the body itself."""
    rows = Reconsideration.objects.filter(challenged=challenged, state__in=SETTLED)
    return rows.filter(outcome__in=UNDOING).exists()


def is_ground_set_aside(proposal: Case, title: Title, ground: str) -> bool:
    """Whether the finding on which a proceeding was proposed, an evaluation's or a re-examination's, was set aside."""
    rows = Reconsideration.objects.filter(state__in=SETTLED, outcome__in=UNDOING)
    undone = rows.values("challenged_id")
    calls = EvaluationCall.objects.filter(proposal=proposal)
    if calls.filter(application__case__in=undone).exists():
        return True
    if ground == Ground.MATERIAL_OVERDUE and calls.filter(late_at__isnull=True).exists():
        return True  # the lapse was set aside, and the call is open again
    if ground != Ground.NOT_REEXAMINED or Reexamination.objects.filter(proposal=proposal).exists():
        return False
    return Reexamination.objects.filter(title=title, case__in=undone).exists()


def undo_order(row: Reconsideration, title: Title, *, by: User, at: datetime) -> tuple[Title, str]:
    """Undo what the order did, and nothing else; the title, and by which verb ("" where nothing is left).

    What other orders have meanwhile put over it stays: the title is then no longer warned or suspended beneath them.
    """
    verb = effect_on(row, title)
    if not verb:
        return title, ""
    if verb in BENEATH:
        return _beneath(row, title, verb, by, at), verb
    return move_title(row, title, verb, by=by, at=at), verb


def warn_instead(row: Reconsideration, title: Title, *, by: User, at: datetime) -> Title:
    """The warning to which the decision changes an order; one under suspension or lost is warned beneath that."""
    if title.state == TitleState.IN_FORCE:
        return move_title(row, title, "warn", by=by, at=at)
    if title.state in (*LOST, TitleState.SUSPENDED) and not title.warned_beneath:
        return _beneath(row, title, "warn_beneath", by, at)
    return title


def undo_warning(row: Reconsideration, title: Title, *, given_by: Reconsideration, by: User, at: datetime) -> Title:
    """Lift the warning into which an earlier decision had changed an order; what else stands is left as it is."""
    warned = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["warn", "warn_beneath"]).order_by("-seq")
    newest = warned.first()
    if newest is None or newest.content.get("case") != given_by.case.number:
        return title
    if title.state == TitleState.WARNED:
        return move_title(row, title, "reinstate", by=by, at=at)
    return _beneath(row, title, "lift_warning", by, at) if title.warned_beneath else title


def _beneath(row: Reconsideration, title: Title, verb: str, by: User, at: datetime) -> Title:
    ground = {"case": row.case.number, "reconsideration": row.case.number, "order": row.decision_number}
    return change_beneath(title, verb, by=by, at=at, acting_as="reconsideration", **ground)


def has_another_title(title: Title) -> bool:
    """Whether something else of the kind stands in the place of a title that would come back."""
    same = Title.objects.filter(programme=title.programme, holder=title.holder, product=title.product)
    return same.filter(state__in=[*STANDING, TitleState.SUSPENDED]).exclude(pk=title.pk).exists()


def move_title(
    row: Reconsideration, title: Title, verb: str, *, by: User, at: datetime, stay: str = "", again: bool = False,
    transition: str = "",
) -> Title:  # fmt: skip
    """Move a title by the decision, or by a stay that has `begun` or `ended`, with an entry in its chain for it.

    `again`: the order under challenge takes effect once more, and the entry names it as whose work that is. The entry
    is one of `verb`, whose `transition` may be another (`way_into_effect`).
    """
    with act(title, verb, by=by, at=at, acting_as="reconsideration") as doing:
        locked = doing.chain
        assert isinstance(locked, Title)
        before = locked.state
        getattr(locked, transition or verb)()
        locked.save(update_fields=MOVED)
        doing.moved(before, locked.state)
        doing.note(case=row.case.number, reconsideration=row.case.number, order=row.decision_number)
        if stay:
            doing.note(stay=stay)
        if stay or again:
            doing.note(challenged_order=row.challenged_case.proceeding.order_number)
    return locked


def orders_redo(row: Reconsideration) -> bool:
    """Whether the decision orders an application to be decided again, and nobody has filed on it yet."""
    is_application = sequel_of(row.told_by) is Sequel.NEW_APPLICATION
    return row.state in SETTLED and row.outcome in UNDOING and is_application and not row.redo_case

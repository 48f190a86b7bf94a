"""What holds after every step of every procedure, read from the rows alone; each function yields what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from django.apps import apps
from django.db import connection
from django.db.models import Model

from accreditation.audit import verify_all
from accreditation.change_words import ChangeState
from accreditation.clocks import BESIDE, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState, MemberState, NoticeState, ObjectionState, SeatState, TitleState
from accreditation.errors import NotFound
from accreditation.meeting_words import RecusalGround
from accreditation.models import (
    Application,
    Case,
    ChangeRequest,
    Decision,
    Effect,
    Letter,
    MeetingItem,
    MeetingRecusal,
    Member,
    Message,
    OfficerRecusal,
    Reconsideration,
    Seat,
    Title,
    User,
    Vote,
)
from accreditation.models.reopenings import ReopeningAnswer
from accreditation.reconsideration_words import SETTLED, UNDOING
from accreditation.visibility import case_for, letter_for, view_of
from certificates.models import Certificate
from workflows.consistency import check_all
from workflows.deadlines import OPEN
from workflows.goals import OFFICES
from workflows.procedures import procedure_of
from workflows.selectors import meeting_room
from workflows.subjects import SUBJECTS

GRANTED = (S.RECOGNISED, S.RECOGNISED_ABOVE)
RESULT_OUT = (S.EVALUATED, S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED)
LOST = (TitleState.REVOKED, TitleState.CANCELLED)
OWN = ("accreditation", "workflows", "certificates", "viewflow")
WHOLE = ("Case", "Title", "Deadline", "Seat", "Notice", "Meeting", "Objection", "Panel", "Batch", "Certificate", "Task")
Photograph = Mapping[str, object]


def all_faults() -> Iterator[str]:
    """Everything that one look at the rows can find."""
    for disagreement in check_all():
        yield f"disagreement: {disagreement}"
    for found in verify_all()[1]:
        yield f"audit: {found}"
    yield from grants_without_ground()
    yield from certificates_without_ground()
    yield from conflicted_who_see()
    yield from conflicted_who_vote()
    yield from mails_astray()
    yield from waiting_without_end()


def waiting_without_end() -> Iterator[str]:
    """Whatever waits at an office has a limit or a goal, or its limit has run out and says so."""
    for case in Case.objects.filter(closed_at=None):
        facts = procedure_of(case).subject.facts(case.state)
        if facts.owner in OFFICES and not facts.is_final:
            clocks = list(case.deadlines.exclude(kind__in=BESIDE).order_by("pk"))
            has_run_out = bool(clocks) and clocks[-1].state == DeadlineState.FIRED
            if not has_run_out and not any(clock.state in OPEN for clock in clocks):
                yield f"{case} waits in {case.state} without limit or goal"


# --- grants and certificates ----------------------------------------------------------------------------------------
def grants_without_ground() -> Iterator[str]:
    """A grant or a published result rests on adopted minutes and, unless its batch has none, on a finished notice."""
    related = ("decision__item__meeting", "notice", "title", "batch")
    for row in Application.objects.filter(state__in=[*GRANTED, *RESULT_OUT]).select_related(*related):
        yield from (f"{row}: {what}" for what in _missing(row))


def _missing(row: Application) -> Iterator[str]:
    decision = row.decision
    if decision is None or decision.outcome != Choice.RECOGNISE:
        yield "no decision to recognise"
    else:
        yield from _superseded(row, decision)
        meeting = decision.item.meeting
        signed = meeting.signed_by_chair_at is not None and meeting.signed_by_secretary_at is not None
        if meeting.state != MeetingState.ADOPTED or not signed or meeting.minutes_sha256 != decision.minutes_sha256:
            yield "minutes not adopted"
    if row.state == S.RECOGNISED_ABOVE:
        if row.title is None or row.title.granted_above is None:
            yield "no notice from above"
        return
    if row.batch.notice_days and (row.notice is None or row.notice.state != NoticeState.ENDED):
        yield "notice not ended"
    if row.objections.exclude(state=ObjectionState.DISMISSED).exists():
        yield "an objection stands"


def _superseded(row: Application, decision: Decision) -> Iterator[str]:
    """What a later decision, or the way back to the committee, has put out of force; a notice is of the newest."""
    if row.decisions.filter(pk__gt=decision.pk).exists():
        yield "a later decision counts"
    if row.reopenings.filter(decision=decision, answer=ReopeningAnswer.RETURNED).exists():
        yield "the committee has to decide anew"
    if row.notice is not None and row.notice.published_at < decision.decided_at:
        yield "the notice was of an earlier decision"


def certificates_without_ground() -> Iterator[str]:
    """A certificate was asked for by a grant, by a published result, or by a confirmed change."""
    for key in Certificate.objects.values_list("request_key", flat=True):
        occasion, number, *case = key.split(":")
        if occasion == "renewal":
            found = Application.objects.filter(title__number=number, state__in=RESULT_OUT).exists()
        elif case:
            changes = ChangeRequest.objects.filter(case__number=case[0], state=ChangeState.CONFIRMED)
            found = changes.exclude(document_number="").exists()
        else:
            found = Application.objects.filter(title__number=number, state=S.RECOGNISED).exists()
            found = found or Title.objects.filter(number=number).exclude(provenance="").exists()  # of an older register
        if not found:
            yield f"certificate {key} rests on nothing"


# --- titles ---------------------------------------------------------------------------------------------------------
def titles_now() -> dict[str, str]:
    """The state of every title by its number."""
    return dict(Title.objects.values_list("number", "state"))


def titles_come_back(before: Mapping[str, str]) -> Iterator[str]:
    """A title that was taken away stays so, unless a decision made since then undid it or its execution is stayed."""
    for number, state in titles_now().items():
        if before.get(number) in LOST and state not in LOST:
            undone = Reconsideration.objects.filter(
                challenged__proceeding__title__number=number, state__in=SETTLED, outcome__in=UNDOING
            )
            for_time = Reconsideration.objects.filter(
                challenged__proceeding__title__number=number, stayed_at__isnull=False
            ).exclude(stayed_effect="")
            if not undone.exclude(decided_by=None).exists() and not for_time.exists():
                yield f"title {number} came back from {before[number]} to {state} without a decision"


# --- who sees what --------------------------------------------------------------------------------------------------
def conflicted_people() -> Iterator[tuple[User, Case]]:
    """Everybody with a tie to an enterprise or a stepping-out, and each case that is therefore closed to them."""
    active = set(Member.objects.filter(state=MemberState.ACTIVE).values_list("user_id", "enterprise_id"))
    for row in Member.objects.exclude(state=MemberState.ACTIVE).select_related("user"):
        if (row.user_id, row.enterprise_id) not in active:
            yield from ((row.user, case) for case in Case.objects.filter(enterprise_id=row.enterprise_id))
    for seat in Seat.objects.filter(state=SeatState.RECUSED).select_related("expert"):
        case = Case.objects.get(application__panel=seat.panel_id)
        sits = Seat.objects.filter(panel=seat.panel_id, expert=seat.expert_id).exclude(state=SeatState.RECUSED)
        if not sits.exists():
            yield seat.expert, case
    for left in MeetingRecusal.objects.exclude(ground=RecusalGround.ACTED).select_related("member", "item"):
        yield left.member, Case.objects.get(application=left.item.application_id)
    for aside in OfficerRecusal.objects.filter(lifted_at__isnull=True).select_related("officer"):
        of_all = Case.objects.filter(enterprise=aside.enterprise_id)
        yield from ((aside.officer, case) for case in (of_all.filter(pk=aside.case_id) if aside.case_id else of_all))


def conflicted_who_see() -> Iterator[str]:
    """Nobody conflicted finds the case or a letter of it."""
    for user, case in conflicted_people():
        numbers = list(Letter.objects.filter(case=case).values_list("number", flat=True)[:2])
        looks = [partial(case_for, user, case.number), partial(view_of, user, case)]
        looks += [partial(letter_for, user, number) for number in numbers]
        if any(_finds(look) for look in looks):
            yield f"{user} sees {case.number} in spite of a tie"


def conflicted_who_vote() -> Iterator[str]:
    """No vote was cast on an item by somebody who then acted, had acted or had asked to act for its enterprise.

    Nor does any such person open the item, whatever else that person may see of the case as its applicant.
    """
    members: dict[int, list[Member]] = defaultdict(list)
    for row in Member.objects.select_related("user"):
        members[row.enterprise_id].append(row)
    for vote in Vote.objects.select_related("item__application"):
        tied = members[vote.item.application.enterprise_id]
        if any(row.user_id == vote.member_id and row.requested_at <= vote.cast_at for row in tied):
            yield f"vote {vote} in spite of a tie"
        if MeetingRecusal.objects.filter(item=vote.item_id, member=vote.member_id).exists():
            yield f"vote {vote} of a member who takes no part"
    for item in MeetingItem.objects.select_related("application", "meeting"):
        for row in members[item.application.enterprise_id]:
            if _finds(partial(meeting_room.item_for, row.user, item.meeting, item.position)):
                yield f"{row.user} opens item {item} in spite of a tie"


def _finds(look: Callable[[], object]) -> bool:
    try:
        look()
    except NotFound:
        return False
    return True


def acts_in_spite_of_tie(user: User, case: Case) -> Iterator[str]:
    """To be asked of every act that was done."""
    rows = Member.objects.filter(user=user, enterprise_id=case.enterprise_id)
    if rows.exists() and not rows.filter(state=MemberState.ACTIVE).exists():
        yield f"{user} acted on {case.number} in spite of a tie"


# --- messages -------------------------------------------------------------------------------------------------------
def mails_astray() -> Iterator[str]:
    """For each message to a person with an address one mail is promised."""
    promised = Effect.objects.filter(kind="mail").values_list("payload", flat=True)
    mailed = Counter(payload.get("message") for payload in promised)
    due = Message.objects.exclude(recipient__email="").values_list("key", flat=True)
    yield from (f"{mailed[key]} mails for {key}" for key in due if mailed[key] != 1)


def told_twice(since: int) -> Iterator[str]:
    """At one instant a person hears once that something happened in a case; of messages after that one."""
    rows = Message.objects.filter(pk__gt=since).values_list("recipient", "kind", "case_number", "created_at")
    yield from (f"told {count} times: {what}" for what, count in Counter(rows).items() if count > 1)


# --- nothing changed ------------------------------------------------------------------------------------------------
def photograph() -> Photograph:
    """How many rows each table has, and every value of the rows that carry a case."""
    taken: dict[str, object] = {}
    for model in _whole():
        taken[model._meta.label] = list(model._default_manager.order_by("pk").values_list())
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        taken.update(cursor.fetchall())
    return taken


@cache
def _tables() -> tuple[type[Model], ...]:
    models = (model for label in OWN for model in apps.get_app_config(label).get_models())
    return tuple(model for model in models if model._meta.managed)


@cache
def _whole() -> tuple[type[Model], ...]:
    names = {*WHOLE, *(kind.model.__name__ for kind in SUBJECTS)}
    return tuple(model for model in _tables() if model.__name__ in names)


@cache
def _counting() -> str:
    names = (model._meta.db_table for model in _tables())
    return " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM {name}" for name in names)


def changed_since(before: Photograph) -> Iterator[str]:
    """Tables that a refused or repeated act has touched."""
    for table, now in photograph().items():
        if before[table] != now:
            yield f"{table} changed although nothing was done"

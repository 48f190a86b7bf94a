"""公告更正: one person proposes what is right, another publishes it; announcement and register stay as they are.

The register is put right by its own acts (rename, relocation); this only says publicly what was printed wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.correction_words import AnnouncementCorrectionState, Particular
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import Announcement, AnnouncementCorrection, Application, Batch, Title, User
from accreditation.permissions import has_left, has_power_over, is_connected
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import active_people_of
from certificates.identifiers import is_credit_code

PROPOSE = (Power.PUBLISH, Power.CALL_MEETINGS)  # the publisher, and the office that runs the batch
LEAST_WORDS = 5
S = AnnouncementCorrectionState
NOT_YOURS = Reason("not_yours", _("只有公布机关的人员可以提出公告更正。"))


def check_publisher(row: AnnouncementCorrection, by: User, at: datetime | None) -> None:
    """Raise Denied unless the person publishes for the batch and has no tie to the holder or to the case announced."""
    if not has_power_over(by, Power.PUBLISH, row.batch, at) or _is_tied(by, row.announcement, row.title):
        raise Denied([Reason("not_publisher", _("只有发布人可以发布。"))])


def _is_tied(person: User, announcement: Announcement, title: Title) -> bool:
    """Whether the person has to do with the holder, or stepped out of the case whose outcome the entry gives (回避)."""
    announced = Application.objects.filter(
        Q(announcement=announcement, title=title)
        | Q(evaluation_call__announcement=announcement, evaluation_call__title=title)
    )
    return is_connected(person, title.holder_id) or has_left(person, announced)


def check_proposer(row: AnnouncementCorrection, by: User, at: datetime | None) -> None:
    """Raise Denied unless the person may propose corrections of the batch's announcements."""
    if not may_propose(by, row.batch, at):
        raise Denied([NOT_YOURS])


FOUR_EYES = FourEyes(
    AnnouncementCorrection,
    check_decider=check_publisher,
    check_proposer=check_proposer,
    own=Reason("same_person", _("公告更正须由提出人以外的另一人审核发布。")),
    left=Reason("proposer_left", _("提出人已不是公布机关的人员，请不予发布，由他人重新提出。")),
    wordless=Reason("text_needed", _("请写明不予发布的理由，不少于 %(n)d 个字。"), "answer"),
    proposed=("proposed_by", "proposed_for"),
    reason="answer",
    least=LEAST_WORDS,
    related=("title__holder", "batch__authority"),
)


def titles_announced(announcement: Announcement) -> list[Title]:
    """Titles that the announcement lists, in its order; of an evaluation those whose result it gives."""
    return [title for title, _name in listed_in(announcement)]


def listed_in(announcement: Announcement) -> list[tuple[Title, str]]:
    """The same, each with the name of the holder as the announcement gives it."""
    if announcement.batch.is_evaluation:
        calls = announcement.evaluation_calls.select_related("title__holder").order_by("position")
        return [(call.title, call.announced_name) for call in calls]
    rows = Application.objects.filter(announcement=announcement, title__isnull=False).order_by("case__number")
    found = rows.select_related("title__holder")
    return [(row.title, row.announced_name) for row in found if row.title is not None]


def may_propose(person: User, batch: Batch, at: datetime | None = None) -> bool:
    """Whether the person may propose corrections of the batch's announcements."""
    return any(has_power_over(person, power, batch, at) for power in PROPOSE)


def propose_correction(
    announcement: Announcement, *, title: Title, particular: str, printed: str, right: str, reason: str, by: User,
    at: datetime, request_key: str | None = None,
) -> AnnouncementCorrection:  # fmt: skip
    """Propose what is right; nothing is public yet. Raises Denied, Refusal with all reasons."""
    batch = announcement.batch
    if not may_propose(by, batch, at) or _is_tied(by, announcement, title):
        raise Denied([NOT_YOURS])
    said = (particular, printed.strip(), right.strip(), reason.strip())
    try:
        with act(
            announcement, "propose_correction", by=by, at=at, acting_as="authority", request_key=request_key,
            request=fingerprint(announcement.pk, title.pk, *said),
        ) as doing:  # fmt: skip
            if reasons := list(_faults(announcement, title, *said)):
                raise Refusal(reasons)
            row = _create(announcement, title, said, doing)
            doing.note(correction=row.number, title=title.number, **_words(row))
            doing.tell(_publishers(row, at), "correction_proposed", number=row.number, correction=row.pk)
            doing.reply(number=row.number)
    except Replayed as replay:
        return AnnouncementCorrection.objects.get(number=replay.answer["number"])
    return row


def _faults(
    announcement: Announcement, title: Title, particular: str, printed: str, right: str, reason: str
) -> Iterator[Reason]:
    if title not in titles_announced(announcement):
        yield Reason("not_listed", _("该单位不在这份公告的名单上。"), "title")
    if particular not in Particular.values:
        yield Reason("unknown_particular", _("请选择更正的事项。"), "particular")
    if not printed:
        yield Reason("text_needed", _("请填写公告上的内容。"), "printed")
    if not right or right == printed:
        yield Reason("same_text", _("请填写正确的内容，且与公告上的不同。"), "right")
    elif particular == Particular.USCC and not is_credit_code(right):
        yield Reason("bad_uscc", _("正确的统一社会信用代码校验不符，请核对。"), "right")
    if len(reason) < LEAST_WORDS:
        yield Reason("reason_needed", _("请写明更正的理由，不少于 %(n)d 个字。") % {"n": LEAST_WORDS}, "reason")
    open_ones = announcement.corrections.filter(title=title, particular=particular, state=S.WAITING)
    if open_ones.exists():
        yield Reason("proposed_already", _("同一事项的更正已提出，待第二人审核。"))


def _create(
    announcement: Announcement, title: Title, said: tuple[str, str, str, str], doing: Act
) -> AnnouncementCorrection:
    lender = doing.by.stands_in_for
    particular, printed, right, reason = said
    return AnnouncementCorrection.objects.create(
        number=f"{announcement.number}-G{announcement.corrections.count() + 1}", announcement=announcement,
        batch=announcement.batch, title=title, particular=particular, printed=printed, right=right, reason=reason,
        proposed_by=doing.by, proposed_for_id=lender.person if lender else None, proposed_at=doing.at,
    )  # fmt: skip


def _words(row: AnnouncementCorrection) -> dict[str, str]:
    return {"particular": row.particular, "printed": row.printed, "right": row.right, "reason": row.reason}


def _publishers(row: AnnouncementCorrection, at: datetime) -> list[User]:
    """Everybody who may publish it: not who proposed it, and nobody with a tie."""
    publishing = {Power.PUBLISH, Power.PUBLISH_LOCALLY}
    roles = [role for role, entry in ROLES.items() if entry.powers & publishing]
    people = User.objects.filter(is_active=True, grants__revoked_at__isnull=True, grants__role__in=roles).distinct()
    return [one for one in people if FOUR_EYES.may_decide(row, one, at)]


# --- the second person ------------------------------------------------------------------------------------------
def publish_correction(
    row: AnnouncementCorrection, *, by: User, at: datetime, request_key: str | None = None
) -> AnnouncementCorrection:
    """Make it public beside the announcement.

    Denied for others than publishers and for whoever proposed it, AlreadyDone, Refusal once its proposer left office.
    """
    try:
        with _answering(row, "publish_correction", "", by, at, request_key) as doing:
            fresh = FOUR_EYES.to_confirm(doing, row)
            FOUR_EYES.settle(fresh, AnnouncementCorrection.publish, by=by, at=at)
            words = _note(doing, fresh)
            doing.tell(fresh.proposed_by, "correction_settled", **words)
            doing.tell(active_people_of(fresh.title.holder), "correction_published", **words)
    except Replayed:
        return AnnouncementCorrection.objects.get(pk=row.pk)
    return fresh


def decline_correction(
    row: AnnouncementCorrection, *, reason: str, by: User, at: datetime, request_key: str | None = None
) -> AnnouncementCorrection:
    """Leave it unpublished with a reason. Denied as for publishing, AlreadyDone, Refusal."""
    try:
        with _answering(row, "decline_correction", reason.strip(), by, at, request_key) as doing:
            fresh = FOUR_EYES.decline(doing, row, AnnouncementCorrection.decline, reason)
            doing.tell(fresh.proposed_by, "correction_declined", **_note(doing, fresh))
    except Replayed:
        return AnnouncementCorrection.objects.get(pk=row.pk)
    return fresh


def _answering(
    row: AnnouncementCorrection, verb: str, said: str, by: User, at: datetime, request_key: str | None
) -> AbstractContextManager[Act]:
    request = fingerprint(row.pk, verb, said)
    return act(row.announcement, verb, by=by, at=at, acting_as="publisher", request_key=request_key, request=request)


def _note(doing: Act, row: AnnouncementCorrection) -> dict[str, Any]:
    """Record what was answered; what those concerned are told of it."""
    doing.note(correction=row.pk, answer=row.answer, proposed_by=str(row.proposed_by), **_words(row))
    return {"number": row.number, "announcement": row.announcement.number, "correction": row.pk}

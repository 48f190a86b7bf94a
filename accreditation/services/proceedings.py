"""Proceedings over titles: what is found, what the holder says, the order, and what it does to title and register."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import ProceedingKind, ProceedingState
from accreditation.grounds import Ground, bar_years
from accreditation.models import (
    AuditEvent,
    Batch,
    Case,
    CaseDocument,
    Enterprise,
    ExternalNotice,
    Proceeding,
    Programme,
    Reconsideration,
    StoredFile,
    Title,
    User,
)
from accreditation.models.titles import MOVED
from accreditation.reconsideration_words import SETTLED, UNDOING, ReconsiderationState
from accreditation.services.rule_sets import rules_of

FRAUD_SUSPENSION = "fraud_suspension_years"
EFFECTS = {  # what an order does to the title, by the name of its transition
    ProceedingKind.REVOCATION: "revoke",
    ProceedingKind.SUSPENSION: "suspend",
    ProceedingKind.WARNING: "warn",
    ProceedingKind.REINSTATEMENT: "reinstate",
    ProceedingKind.CANCELLATION: "cancel",
}


def effect_of(kind: str) -> str:
    """Name of the title's transition that an order of this kind carries out."""
    return EFFECTS[ProceedingKind(kind)]


def prepare_proceeding(
    case: Case, title: Title, *, kind: str, ground: str, found_facts: str, notice: ExternalNotice | None, by: User,
    asked_at: datetime | None = None,
) -> Proceeding:  # fmt: skip
    """The row of a proceeding that is being prepared, with the national document that it carries out.

    `asked_at`: when the holder itself asked for it, as `by`.
    """
    return Proceeding.objects.create(
        case=case, title=title, kind=kind, ground=ground, found_facts=found_facts, notice=notice, prepared_by=by,
        asked_at=asked_at,
    )  # fmt: skip


def carry_order_out(proceeding: Proceeding, verb: str, *, by: User, at: datetime) -> Title:
    """Move the title by the order (`revoke`, `suspend`, `warn`, `reinstate`, `cancel`) with an entry in its chain.

    TransitionNotAllowed where the title has meanwhile come to a state that does not allow it.
    """
    with act(proceeding.title, verb, by=by, at=at, acting_as="authority") as doing:
        title = doing.chain
        assert isinstance(title, Title)
        before = title.state
        getattr(title, verb)()
        title.save(update_fields=MOVED)
        doing.moved(before, title.state)
        doing.note(case=proceeding.case.number, order=proceeding.order_number, ground=proceeding.ground)
        if proceeding.notice_id is not None:
            title.evaluations.filter(notice=proceeding.notice_id).update(state_before=before, state_after=title.state)
    return title


def is_work_of(title: Title, proceeding: Proceeding) -> bool:
    """Whether the newest such effect on the title is that of this order, and not of another one meanwhile.

    An order that a stay took back and that is carried out again when the stay ends is the same order.
    """
    verb = effect_of(proceeding.kind)
    rows = AuditEvent.objects.filter(chain=chain_key(title), verb__in=[verb, f"{verb}_beneath"]).order_by("-seq")
    newest = rows.first()
    if newest is None:
        return False
    case, again = newest.content.get("case"), newest.content.get("challenged_order")
    return bool(case == proceeding.case.number or again == proceeding.order_number)


def bar_from(proceeding: Proceeding, effective_from: date) -> date | None:
    """Day until which the holder may not apply for the same title again, from the day of effect; None without a bar."""
    years = bar_years(proceeding.kind, proceeding.ground)
    if not years:
        return None
    try:
        return effective_from.replace(year=effective_from.year + years)
    except ValueError:  # 29 February
        return effective_from.replace(year=effective_from.year + years, day=28)


def standing_bar(enterprise: Enterprise, programme: Programme, on: date) -> Proceeding | None:
    """The revocation that keeps an enterprise from applying for this title on that day."""
    rows = Proceeding.objects.filter(title__holder=enterprise, title__programme=programme, barred_until__gt=on)
    return _in_effect(rows).order_by("-barred_until").first()


def standing_bars(programme: Programme, on: date) -> dict[int, Proceeding]:
    """Of every enterprise (its key) that is kept from applying for this title on that day: the revocation."""
    rows = Proceeding.objects.filter(title__programme=programme, barred_until__gt=on).select_related("title")
    return {row.title.holder_id: row for row in _in_effect(rows).order_by("barred_until")}


def suspending_fraud(batch: Batch) -> Proceeding | None:
    """The revocation for false material that keeps everybody in the city from applying in a batch of that year.

    For so many years after the one in which it took effect as the batch's rules say; None where they say nothing.
    """
    figure = rules_of(batch).parameters.get(FRAUD_SUSPENSION)
    if figure is None or figure.value is None:
        return None
    years = (batch.year - int(figure.value), batch.year - 1)
    rows = Proceeding.objects.filter(
        title__programme=batch.programme_id, kind=ProceedingKind.REVOCATION, ground=Ground.FALSE_MATERIAL,
        effective_from__year__range=years,
    )  # fmt: skip
    return _in_effect(rows).order_by("-effective_from", "-pk").first()


def _in_effect(rows: QuerySet[Proceeding]) -> QuerySet[Proceeding]:
    """Orders that were made and neither dropped, undone nor stayed."""
    rows = rows.exclude(state=ProceedingState.DROPPED)  # an order that never took effect bars nobody
    challenged = Reconsideration.objects.filter(challenged=OuterRef("case"))
    undone = Q(outcome__in=UNDOING, state__in=SETTLED)
    stayed = Q(stayed_at__isnull=False) & ~Q(state__in=[ReconsiderationState.DECIDED, ReconsiderationState.WITHDRAWN])
    rows = rows.exclude(Exists(challenged.filter(undone | stayed)))
    return rows.exclude(order_number="")


def add_document(case: Case, *, file: StoredFile, name: str, purpose: str, by: User, at: datetime) -> CaseDocument:
    """Put a paper on the file of a case."""
    return CaseDocument.objects.create(
        case=case, file=file, name=name[:200], purpose=purpose[:200], added_by=by, added_at=at
    )


def standing_documents(case: Case) -> list[CaseDocument]:
    """Papers on file, the first one first."""
    rows = case.documents.filter(removed_at__isnull=True)
    return list(rows.select_related("added_by", "file").order_by("added_at", "pk"))

"""Changes after the grant: what the holder states, which titles it touches, what it does to holder and titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.change_words import ChangeKind, ChangeSide, TitleOutcome
from accreditation.enums import DISTRICTS, Level, TitleState
from accreditation.errors import Reason
from accreditation.models import (
    Case,
    ChangedTitle,
    ChangeOpinion,
    ChangeRequest,
    ChangeSuccessor,
    Enterprise,
    HolderRecord,
    RuleSetEdition,
    Title,
    User,
)
from accreditation.models.titles import MOVED, STANDING
from accreditation.selectors.holders import FORMER_NAME
from accreditation.services.rule_sets import rules_of_edition

LEAST_FACTS = 10
HELD = [*STANDING, TitleState.SUSPENDED]
NOTIFICATION = "change_notification_days"  # parameter of the rules: days after the change in which it is reported


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the holder states: day and facts of the change, and what the kind of change asks for besides."""

    occurred_on: date
    facts: str
    new_name: str = ""
    new_name_en: str = ""
    new_district: str = ""
    new_parent: Title | None = None
    successors: tuple[Enterprise, ...] = ()


# --- what the holder states --------------------------------------------------------------------------------------
def faults_of(holder: Enterprise, kind: str, stated: Particulars, *, today: date) -> Iterator[Reason]:
    """Everything that is wrong with what is stated."""
    if kind not in ChangeKind.values:
        yield Reason("unknown_kind", _("请选择变更类别。"), "kind")
        return
    if stated.occurred_on > today:
        yield Reason("not_yet", _("变更日期不能晚于今天；变更登记之后再申请。"), "occurred_on")
    if len(stated.facts.strip()) < LEAST_FACTS:
        yield Reason("text_needed", _("请写明变更的事实。"), "facts")
    if not titles_touched(holder, kind).exists():
        yield Reason("no_title", _("该单位没有此类变更涉及的有效称号。"))
    yield from _faults_of_kind(holder, ChangeKind(kind), stated)


def _faults_of_kind(holder: Enterprise, kind: ChangeKind, stated: Particulars) -> Iterator[Reason]:
    if kind == ChangeKind.RENAME and stated.new_name.strip() in ("", holder.name):
        yield Reason("new_name", _("请填写变更后的名称，且与现名称不同。"), "new_name")
    if kind == ChangeKind.RELOCATION and (
        stated.new_district not in DISTRICTS or stated.new_district == holder.district
    ):
        yield Reason("new_district", _("请选择迁入的区，且与现所在区不同。"), "new_district")
    if kind == ChangeKind.BRANCH and stated.new_parent is None:
        yield Reason("new_parent", _("请选择调整后所属的技术中心。"), "new_parent")
    if kind == ChangeKind.MERGER and len(stated.successors) != 1:
        yield Reason("one_successor", _("合并须写明一个承继单位。"), "successors")
    if kind == ChangeKind.SPLIT and not stated.successors:
        yield Reason("successor_needed", _("分立须写明分立后的单位。"), "successors")
    if any(successor.pk == holder.pk for successor in stated.successors):
        yield Reason("own_successor", _("承继单位不能是本单位。"), "successors")


def stated_by(change: ChangeRequest) -> Particulars:
    """What a change states as it stands."""
    named = Enterprise.objects.filter(pk__in=change.successors.values("enterprise_id")).order_by("pk")
    return Particulars(
        occurred_on=change.occurred_on,
        facts=change.facts,
        new_name=change.new_name,
        new_name_en=change.new_name_en,
        new_district=change.new_district,
        new_parent=change.new_parent,
        successors=tuple(named),
    )


def prepare_change(case: Case, kind: str, stated: Particulars, *, by: User) -> ChangeRequest:
    """The row of a change that the holder prepares, with the titles that it touches."""
    change = ChangeRequest(case=case, holder=case.enterprise, kind=kind, prepared_by=by, is_for_city=False)
    state(change, stated)
    return change


def state(change: ChangeRequest, stated: Particulars) -> None:
    """Put what the holder states in the row; what the kind does not ask for stays empty."""
    kind = ChangeKind(change.kind)
    renames = kind in (ChangeKind.RENAME, ChangeKind.REORGANISATION)
    change.occurred_on, change.facts = stated.occurred_on, stated.facts.strip()
    change.new_name = stated.new_name.strip() if renames else ""
    change.new_name_en = stated.new_name_en.strip() if renames else ""
    change.new_district = stated.new_district if kind == ChangeKind.RELOCATION else ""
    change.new_parent = stated.new_parent if kind == ChangeKind.BRANCH else None
    change.is_for_city = is_for_city(titles_touched(change.holder, change.kind))
    change.save()
    change.successors.all().delete()
    if change.is_succession:
        ChangeSuccessor.objects.bulk_create(
            ChangeSuccessor(change=change, enterprise=successor) for successor in dict.fromkeys(stated.successors)
        )
    list_titles(change)


# --- which titles ------------------------------------------------------------------------------------------------
def titles_touched(holder: Enterprise, kind: str) -> QuerySet[Title]:
    """Titles that the holder still has and that such a change touches: all, or those of branch centres."""
    rows = Title.objects.filter(holder=holder, state__in=HELD).select_related("programme__granted_by", "parent__holder")
    return rows.filter(parent__isnull=False) if kind == ChangeKind.BRANCH else rows


def is_for_city(titles: Iterable[Title]) -> bool:
    """Whether the municipal office confirms: it does once any of the titles was not granted by a district."""
    return any(title.programme.level != Level.DISTRICT for title in titles)


def list_titles(change: ChangeRequest) -> None:
    """Enter the titles that the change touches now; a plan of earlier days for them goes."""
    change.titles.all().delete()
    touched = titles_touched(change.holder, change.kind).order_by("programme__level", "number")
    ChangedTitle.objects.bulk_create(ChangedTitle(change=change, title=title) for title in touched)


def rows_of(change: ChangeRequest) -> list[ChangedTitle]:
    """The titles of a change with what becomes of them."""
    related = ("title__programme__granted_by", "title__holder", "title__parent__holder", "successor")
    return list(change.titles.select_related(*related).order_by("pk"))


def possible_outcomes(change: ChangeRequest, title: Title) -> list[tuple[TitleOutcome, Enterprise | None]]:
    """What may become of a title by a succession, the usual answer first.

    A title passes only to a successor that has none of the programme (and product); of two such titles one ends.
    Who merged into another enterprise is no more and keeps nothing.
    """
    same = Title.objects.filter(programme=title.programme, product=title.product, state__in=HELD)
    taken = same.values("holder_id")
    free = Enterprise.objects.filter(pk__in=change.successors.values("enterprise_id")).exclude(pk__in=taken)
    passing: list[tuple[TitleOutcome, Enterprise | None]] = [(TitleOutcome.PASSES, row) for row in free.order_by("pk")]
    ends: list[tuple[TitleOutcome, Enterprise | None]] = [(TitleOutcome.ENDS, None)]
    if change.kind == ChangeKind.MERGER:
        return [*passing, *ends]
    return [(TitleOutcome.KEEPS, None), *passing, *ends]


def plan_titles(change: ChangeRequest, plan: Iterable[tuple[ChangedTitle, TitleOutcome, Enterprise | None]]) -> None:
    """Put down what becomes of each title."""
    for row, outcome, successor in plan:
        row.outcome, row.successor = outcome, successor
        row.save(update_fields=["outcome", "successor"])


# --- what districts say --------------------------------------------------------------------------------------------
def keep_opinion(
    change: ChangeRequest, *, side: ChangeSide, district: str, is_favourable: bool, opinion: str, by: User, at: datetime
) -> ChangeOpinion:
    """What a district says of the change as it was filed now."""
    return ChangeOpinion.objects.create(
        change=change, round=change.round, side=side, district=district, is_favourable=is_favourable,
        opinion=opinion.strip(), given_by=by, given_at=at,
    )  # fmt: skip


def opinions_of(change: ChangeRequest) -> list[ChangeOpinion]:
    """Opinions on the change as it was filed last."""
    return list(change.opinions.filter(round=change.round).order_by("pk"))


# --- limits ---------------------------------------------------------------------------------------------------------
def days_of(change: ChangeRequest, parameter: str) -> int | None:
    """A number of days that the rules of the leading title set; None where they say nothing, as most texts do."""
    titles = sorted((row.title for row in rows_of(change)), key=lambda title: title.programme.level == Level.DISTRICT)
    for title in titles[:1]:
        stored = RuleSetEdition.objects.filter(reference__startswith=f"{title.programme_id}/")
        edition = (stored.filter(reference=title.edition) if title.edition else stored).order_by("-pk").first()
        figure = rules_of_edition(edition).parameters.get(parameter) if edition else None
        if figure is not None and figure.value is not None:
            return int(figure.amount())
    return None


# --- what it does ---------------------------------------------------------------------------------------------------
def change_holder(change: ChangeRequest, *, by: User, at: datetime) -> Enterprise:
    """Name and district of the holder follow the change; the name given up stays in the register."""
    with act(f"enterprise:{change.holder.uscc}", "change_enterprise", by=by, at=at, acting_as="authority") as doing:
        holder = Enterprise.objects.select_for_update().get(pk=change.holder_id)
        before = {"name": holder.name, "name_en": holder.name_en, "district": holder.district}
        if change.new_name and change.new_name != holder.name:
            HolderRecord.objects.create(
                enterprise=holder, kind=FORMER_NAME, happened_on=change.occurred_on, note=holder.name,
                source=change.document_number, recorded_by=by, recorded_at=at,
            )  # fmt: skip
            holder.name, holder.name_en = change.new_name, change.new_name_en
        holder.district = change.new_district or holder.district
        holder.save(update_fields=["name", "name_en", "district"])
        after = {name: getattr(holder, name) for name in before}
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        doing.note(case=change.case.number, document=change.document_number, changed=changed)
    return holder


def note_change(change: ChangeRequest, title: Title, *, by: User, at: datetime, **content: object) -> None:
    """Enter in the chain of a title that its holder or its parent changed."""
    with act(title, "change_title", by=by, at=at, acting_as="authority") as doing:
        doing.note(case=change.case.number, kind=change.kind, document=change.document_number, **content)


def hang_under(change: ChangeRequest, title: Title, *, by: User, at: datetime) -> Title:
    """A branch centre goes under another centre."""
    with act(title, "change_title", by=by, at=at, acting_as="authority") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before, row.parent = row.parent, change.new_parent
        row.save(update_fields=["parent"])
        numbers = {"from": before.number if before else "", "to": row.parent.number if row.parent else ""}
        doing.note(case=change.case.number, kind=change.kind, document=change.document_number, parent=numbers)
    return row


def pass_title(change: ChangeRequest, title: Title, successor: Enterprise, *, by: User, at: datetime) -> Title:
    """The title goes on with the successor; IntegrityError where it has one of the programme already."""
    with act(title, "succeed", by=by, at=at, acting_as="authority") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before, row.holder = row.holder, successor
        row.save(update_fields=["holder"])
        doing.moved(row.state, row.state)
        doing.note(
            case=change.case.number, kind=change.kind, document=change.document_number, from_uscc=before.uscc,
            from_name=before.name, to_uscc=successor.uscc, to_name=successor.name,
        )  # fmt: skip
    return row


def end_title(change: ChangeRequest, title: Title, *, ground: str, by: User, at: datetime) -> Title:
    """The title ends without fault, because of the change."""
    with act(title, "cancel", by=by, at=at, acting_as="authority") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.state
        row.cancel()
        row.save(update_fields=MOVED)
        doing.moved(before, row.state)
        doing.note(case=change.case.number, kind=change.kind, document=change.document_number, ground=ground)
    return row

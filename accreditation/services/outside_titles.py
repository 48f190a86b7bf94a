"""Titles that a national authority grants: its notices as received, the title on record, its evaluations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import Level, MemberState, TitleState
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Batch, ExternalNotice, StoredFile, Title, TitleEvaluation, User
from accreditation.models.titles import STANDING
from accreditation.permissions import demand_power, demand_unconnected
from accreditation.recommendation_words import OutsideBand
from accreditation.roles import Power
from accreditation.services.titles import next_title_number

HELD = [*STANDING, TitleState.SUSPENDED]


def keep_notice(
    batch: Batch | None,
    *,
    number: str,
    dated: date,
    authority: str,
    file: StoredFile,
    file_name: str,
    by: User,
    at: datetime,
) -> ExternalNotice:
    """Enter a notice of a national authority with its scanned file."""
    return ExternalNotice.objects.create(
        batch=batch,
        number=number,
        dated=dated,
        authority=authority,
        file=file,
        file_name=file_name,
        recorded_by=by,
        recorded_at=at,
    )


def enter_title(application: Application, notice: ExternalNotice) -> Title:
    """The title that the notice grants, in force from its day until the authority takes it away."""
    batch = application.batch
    return Title.objects.create(
        number=next_title_number(batch.programme, notice.dated.year),
        programme=batch.programme,
        holder=application.enterprise,
        edition=batch.rule_set.reference,
        granted_on=notice.dated,
        valid_from=notice.dated,
        valid_until=None,
        announcement_number=notice.number,
        granted_above=notice,
        parent=application.parent_title,
    )


def record_evaluation(
    title: Title,
    *,
    year: int,
    band: str,
    number: str,
    dated: date,
    authority: str,
    consequence: str,
    file: StoredFile,
    file_name: str,
    by: User,
    at: datetime,
) -> TitleEvaluation:
    """Enter the result of a national evaluation; the title is warned, or in good standing again; the holder is told.

    What is under suspension stays so, warned or not beneath it. A title that failed stays as it is until a second
    person has registered its loss (`workflows.national_results`). Denied, Refusal with every reason.
    """
    with act(title, "record_evaluation", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        row = doing.chain
        assert isinstance(row, Title)
        demand_unconnected(by, row.holder_id)
        if reasons := list(_faults_of_evaluation(row, year, band, dated, consequence)):
            raise Refusal(reasons)
        before = row.state
        notice = keep_notice(
            None, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        _follow(row, band)
        row.save()
        doing.moved(before, row.state)
        if band != OutsideBand.FAIL:
            doing.tell(_people_of(row), "national_result", title=row.number, year=year)
        doing.note(year=year, band=band, notice=number, dated=dated.isoformat(), file=file.sha256)
        return TitleEvaluation.objects.create(
            title=row,
            year=year,
            band=band,
            notice=notice,
            consequence=consequence,
            state_before=before,
            state_after=row.state,
            recorded_by=by,
            recorded_at=at,
        )


def _faults_of_evaluation(title: Title, year: int, band: str, dated: date, consequence: str) -> Iterator[Reason]:
    if title.programme.level != Level.NATIONAL:
        yield Reason("not_from_above", _("该称号不是国家主管部门授予的。"))
    if title.state not in HELD:
        yield Reason("title_not_standing", _("该称号已不在有效期内。"))
    if title.evaluations.filter(year=year).exists():
        yield Reason("year_taken", _("%(year)d 年度的评价结果已登记。") % {"year": year}, "year")
    if not title.valid_from.year <= year <= dated.year:
        yield Reason("year_outside", _("评价年度不能早于称号起始年，也不能晚于文件日期。"), "year")
    if band in (OutsideBand.MARGINAL_PASS, OutsideBand.FAIL) and len(consequence.strip()) < 2:
        yield Reason("text_needed", _("请写明文件规定的后果（如警告并限期整改、撤销资格）。"), "consequence")


def _follow(title: Title, band: str) -> None:
    """Order 34: below 65 there is a formal warning; below 60 the title is revoked, which is registered apart."""
    if band == OutsideBand.FAIL:
        return
    is_warned = band == OutsideBand.MARGINAL_PASS
    if title.state == TitleState.SUSPENDED:
        title.warned_beneath = is_warned
    elif is_warned and title.state == TitleState.IN_FORCE:
        title.warn()
    elif not is_warned and title.state == TitleState.WARNED:
        title.reinstate()


def _people_of(title: Title) -> list[User]:
    rows = User.objects.filter(
        is_active=True, memberships__enterprise=title.holder_id, memberships__state=MemberState.ACTIVE
    )
    return list(rows.distinct())


def branches_left(title: Title) -> list[Title]:
    """Branch centres that are still held under a title that is lost, by number; none while it is held itself."""
    if title.state in HELD:
        return []
    rows = Title.objects.filter(parent=title, state__in=HELD).select_related("holder")
    return list(rows.order_by("number"))


def possible_parents(title: Title) -> list[Title]:
    """Titles held under which a branch centre that came without its parent may stand, by holder."""
    if title.programme.branch_of_id is None or title.parent_id is not None:
        return []
    rows = Title.objects.filter(programme=title.programme.branch_of, state__in=HELD).exclude(pk=title.pk)
    return list(rows.select_related("holder").order_by("holder__name", "number"))


def enter_parent(title: Title, parent: Title, *, by: User, at: datetime) -> Title:
    """Enter the parent of a branch centre that was imported without it. Denied, Refusal where it can have none."""
    with act(title, "enter_parent", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        row = doing.chain
        assert isinstance(row, Title)
        demand_unconnected(by, row.holder_id)
        if parent not in possible_parents(row):
            raise Refusal([Reason("no_parent", _("该称号已登记母公司，或所选称号不能作为母公司。"), "parent")])
        row.parent = parent
        row.save(update_fields=["parent"])
        doing.moved(row.state, row.state)
        doing.note(title=row.number, parent=parent.number)
    return row


def standing_parents(batch: Batch) -> list[Title]:
    """Titles under which a branch centre may be recommended in this batch; none where it is for no branches."""
    rows = Title.objects.filter(programme=batch.programme.branch_of, state__in=STANDING)
    return list(rows.select_related("holder").order_by("holder__name")) if batch.programme.branch_of_id else []

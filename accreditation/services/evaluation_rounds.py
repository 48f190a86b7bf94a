"""Rounds of evaluations: the population frozen by a query, the holders called, those listed who sent in nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.batch_words import BatchState
from accreditation.clocks import second_of
from accreditation.enums import ApplicationState, Level, MemberState, TitleState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.evaluation_words import SKIPS_NEXT, CallReason
from accreditation.models import Application, Batch, Enterprise, EvaluationCall, EvaluationRound, Title, User
from accreditation.models.titles import HELD
from accreditation.permissions import has_power_over
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power, Role
from accreditation.selectors.evaluation_terms import CYCLE, FIRST
from accreditation.selectors.granting import proceeded_over_at
from accreditation.selectors.results import failures_set_aside
from accreditation.services.rule_sets import rules_of
from criteria.ruleset import RuleSet

NOT_HANDED_IN = [ApplicationState.DRAFT, ApplicationState.WITHDRAWN]


@dataclass(frozen=True, slots=True)
class Listed:
    """A title of the population with why it is called or left out."""

    title: Title
    reason: CallReason


def cycle_years(rules: RuleSet) -> int:
    """Years from one evaluation to the next; KeyError where the rules name none."""
    return _years(rules, CYCLE)


def _years(rules: RuleSet, name: str) -> int:
    if rules.cycle is None:
        raise KeyError(name)
    return int(rules.cycle.figures[name].amount())


def _is_known(rules: RuleSet, name: str) -> bool:
    figures = rules.cycle.figures if rules.cycle else {}
    return name in figures and figures[name].value is not None


def knows_cycle(rules: RuleSet) -> bool:
    """Whether the rules say who is due: the cycle and the first evaluation."""
    return all(_is_known(rules, name) for name in (CYCLE, FIRST))


def granted_until(batch: Batch) -> date:
    """The last day on which a title could be granted to be due in this round (a centre of year Y first in Y + 2)."""
    return date(batch.year - _years(rules_of(batch), FIRST), 12, 31)


def rounds_of(batch: Batch) -> QuerySet[EvaluationRound]:
    """Every round over the programme of a batch by the body that runs it, earlier ones included."""
    return EvaluationRound.objects.filter(programme=batch.programme_id, authority=batch.authority_id)


def titles_of(batch: Batch) -> QuerySet[Title]:
    """Titles that are held now and that the body of the batch evaluates, by number.

    A zone or a group evaluates what it granted; a district those registered with it, to which a title has come with its
    holder. None of them is the municipal office's to evaluate.
    """
    rows = Title.objects.filter(programme=batch.programme, state__in=HELD, granted_above__isnull=True)
    if batch.authority is not None:
        rows = rows.filter(proceeded_over_at([batch.authority.district]))
    elif batch.programme.level == Level.DISTRICT:
        rows = rows.none()
    return rows.select_related("holder").order_by("number")


def population(batch: Batch) -> list[Listed]:
    """Every title that the body of the batch evaluates, by number, with why it is called or left out.

    A title is due a cycle after the round of its own last published result, two where that was excellent; before its
    first evaluation so many years after the grant.
    """
    limit, cycle = granted_until(batch), cycle_years(rules_of(batch))
    found = list(titles_of(batch))
    last = _last_results(found, batch.year)
    return [Listed(title, _reason(title, batch.year, limit, last.get(title.pk), cycle)) for title in found]


def _reason(title: Title, year: int, limit: date, last: EvaluationCall | None, cycle: int) -> CallReason:
    if title.state == TitleState.SUSPENDED:
        return CallReason.SUSPENDED
    if last is None:
        return CallReason.NOT_YET_DUE if title.granted_on > limit else CallReason.DUE
    if year < last.round.year + cycle:
        return CallReason.EVALUATED_BEFORE
    skips = last.consequence == SKIPS_NEXT and year < last.round.year + 2 * cycle
    return CallReason.EXCELLENT_BEFORE if skips else CallReason.DUE


def _last_results(titles: Iterable[Title], before: int) -> dict[int, EvaluationCall]:
    """The newest published result of each title from a round of an earlier year.

    Late lists bring none, nor does what was found failed and set aside since.
    """
    rows = EvaluationCall.objects.filter(title__in=titles, published_on__isnull=False, round__year__lt=before)
    rows = rows.exclude(band="").exclude(pk__in=failures_set_aside().values("pk"))
    rows = rows.select_related("round").order_by("round__year")
    return {call.title_id: call for call in rows}


def freeze_population(batch: Batch, *, by: User, at: datetime, request_key: str | None = None) -> EvaluationRound:
    """Freeze whom the round concerns, once; query, counts and hash of the list stand in the trail of the batch.

    Denied without the power, Refusal with every reason; raises Replayed as `act` does.
    """
    with act(
        batch, "freeze_population", by=by, at=at, acting_as=office_of(batch), request_key=request_key,
        request=fingerprint(batch.pk),
    ) as doing:  # fmt: skip
        row = doing.chain
        assert isinstance(row, Batch)
        check_power(row, by)
        if reasons := list(_faults_of_freezing(row)):
            raise Refusal(reasons)
        listed, limit = population(row), granted_until(row)
        round_ = EvaluationRound.objects.create(
            programme=row.programme, authority=row.authority, year=row.year, batch=row, granted_until=limit,
            list_sha256=list_hash(listed), frozen_at=at, frozen_by=by,
        )  # fmt: skip
        EvaluationCall.objects.bulk_create(
            EvaluationCall(round=round_, title=one.title, position=place, reason=one.reason)
            for place, one in enumerate(listed, start=1)
        )
        doing.note(
            query={
                "programme": row.programme_id, "states": [str(state) for state in HELD],
                "granted_until": limit.isoformat(), "year": row.year,
            },
            counts={reason.value: sum(one.reason is reason for one in listed) for reason in CallReason},
            sha256=round_.list_sha256,
        )  # fmt: skip
        doing.reply(batch=row.code)
    return round_


def list_hash(listed: Iterable[Listed]) -> str:
    """SHA-256 of the frozen list, one line a title: number, credit code, day of the grant, reason."""
    lines = (
        "\t".join((one.title.number, one.title.holder.uscc, str(one.title.granted_on), one.reason)) for one in listed
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _faults_of_waiting(batch: Batch) -> Iterator[Reason]:
    if batch.earlier_results.filter(state=ResultState.WAITING).exists():
        yield Reason("result_waits", _("以往评价结果待第二人核对，请先确认、不予确认或撤回。"))


def _faults_of_freezing(batch: Batch) -> Iterator[Reason]:
    if not batch.is_evaluation:
        yield Reason("no_evaluation", _("本批次不是评价批次。"))
        return
    if batch.state != BatchState.OPEN:
        yield Reason("batch_closed", _("本批次当前不受理申报。"))
    if batch.authority_id is not None and not batch.notice_days:
        yield Reason("no_notice", _("本批次没有公示天数；评价结果须经公示才能公布。"))
    if rounds_of(batch).filter(year=batch.year).exists():
        yield Reason("already_frozen", _("%(year)d 年度的评价范围已经固定，不能再次固定。") % {"year": batch.year})
    yield from _faults_of_waiting(batch)
    rules = rules_of(batch)
    for name in (CYCLE, FIRST):
        if not _is_known(rules, name):
            yield Reason("no_cycle", _("规则集没有规定评价周期（%(name)s）。") % {"name": name})
            return
    if not any(one.reason is CallReason.DUE for one in population(batch)):
        yield Reason("nobody_due", _("没有应参加本次评价的称号。"))


def call_holders(batch: Batch, *, by: User, at: datetime, request_key: str | None = None) -> EvaluationRound:
    """Call every due holder, and tell the exempt that they are. Denied, Refusal, Replayed as above."""
    with act(
        batch, "call_holders", by=by, at=at, acting_as=office_of(batch), request_key=request_key,
        request=fingerprint(batch.pk),
    ) as doing:  # fmt: skip
        row = doing.chain
        assert isinstance(row, Batch)
        check_power(row, by)
        round_ = EvaluationRound.objects.filter(batch=row).first()
        if round_ is None:
            raise Refusal([Reason("not_frozen", _("请先固定评价范围。"))])
        if round_.called_at is not None:
            raise Refusal([Reason("already_called", _("评价通知已经发出。"))])
        round_.called_at = at
        round_.save(update_fields=["called_at"])
        calls = list(round_.calls.select_related("title__holder"))
        people = _people_of(call.title.holder_id for call in calls)
        for call in calls:
            kind = "evaluation_called" if call.reason == CallReason.DUE else "evaluation_exempt"
            words = {"title": call.title.number, "year": str(row.year), "closes_at": row.closes_at.isoformat()}
            doing.tell(people.get(call.title.holder_id, []), kind, **words)
        doing.note(called=[call.title.number for call in calls if call.reason == CallReason.DUE])
        doing.reply(batch=row.code)
    return round_


def _people_of(enterprises: Iterable[int]) -> Mapping[int, list[User]]:
    """Everybody who acts for each enterprise."""
    found: dict[int, list[User]] = {}
    rows = User.objects.filter(is_active=True, memberships__state=MemberState.ACTIVE)
    for person in rows.filter(memberships__enterprise__in=list(enterprises)).distinct():
        active = person.memberships.filter(state=MemberState.ACTIVE)
        for enterprise in active.values_list("enterprise_id", flat=True):
            found.setdefault(enterprise, []).append(person)
    return found


def rounds_to_list(at: datetime) -> QuerySet[EvaluationRound]:
    """Rounds whose window is over and whose late holders are not listed yet."""
    rows = EvaluationRound.objects.filter(
        called_at__isnull=False, late_listed_at__isnull=True, batch__closes_at__lt=second_of(at)
    )
    return rows.select_related("batch").order_by("pk")


def list_late(round_: EvaluationRound, *, by: User, at: datetime) -> int:
    """Enter in the late list who handed in nothing in the window; AlreadyDone when somebody was faster."""
    assert round_.batch is not None
    with act(round_.batch, "list_late", by=by, at=at, acting_as="clock") as doing:
        if not rounds_to_list(at).filter(pk=round_.pk).exists():
            raise AlreadyDone(Reason("already_done", _("逾期名单已经列出。")), done_by="", done_at=None)
        EvaluationRound.objects.filter(pk=round_.pk).update(late_listed_at=at)
        late = list(_missing(round_).select_related("title__holder"))
        EvaluationCall.objects.filter(pk__in=[call.pk for call in late]).update(late_at=at)
        people = _people_of(call.title.holder_id for call in late)
        for call in late:
            words = {"title": call.title.number, "year": str(round_.year)}
            doing.tell(people.get(call.title.holder_id, []), "evaluation_late", **words)
        doing.note(late=[call.title.number for call in late])
    return len(late)


def _missing(round_: EvaluationRound) -> QuerySet[EvaluationCall]:
    """Due calls to which nothing was filed, of titles that are still held and still this body's to evaluate."""
    assert round_.batch is not None
    nothing = Q(application__isnull=True) | Q(application__state__in=NOT_HANDED_IN)
    rows = round_.calls.filter(nothing, reason=CallReason.DUE, title__in=titles_of(round_.batch))
    # What a decision orders to be filed again is bound to no window.
    return rows.exclude(application__is_ordered_again=True, application__state=ApplicationState.DRAFT)


def call_for(enterprise: Enterprise, batch: Batch) -> EvaluationCall | None:
    """The call of the enterprise's title in a round; None where it is not called, or not any more."""
    rows = EvaluationCall.objects.filter(
        round__batch=batch, round__called_at__isnull=False, title__holder=enterprise, reason=CallReason.DUE
    )
    return rows.select_related("title", "round").first()


def answer_call(application: Application) -> EvaluationCall:
    """The application answers the call of its enterprise's title; a later draft takes the place of one given up.

    Where a decision ordered it, the call is open again: what came before has made nobody late.
    """
    call = call_for(application.enterprise, application.batch)
    assert call is not None
    if application.is_ordered_again and call.application is not None:
        take_back_lateness(call.application)
        call.refresh_from_db()
    call.application, application.evaluated_title = application, call.title
    call.save(update_fields=["application"])
    application.save(update_fields=["evaluated_title"])
    return call


def take_back_lateness(application: Application) -> dict[str, str]:
    """The lapse of an evaluation was set aside: its holder is late no more, and no late list names it.

    Returns what stood, for the trail; nothing where it was not late. An announcement that has named the holder keeps
    its line, which is then published no more; the proposal that rests on it stays with the call until it is ended.
    """
    call = EvaluationCall.objects.select_for_update(of=("self",)).filter(application=application).first()
    if call is None or call.late_at is None:
        return {}
    stood = {
        "late_at": call.late_at.isoformat(),
        "announcement": call.announcement.number if call.announcement else "",
        "proposal": call.proposal.number if call.proposal else "",
    }
    call.late_at = call.published_on = None
    call.save(update_fields=["late_at", "published_on"])
    return stood


def office_of(batch: Batch) -> str:
    """The office whose act it is to run the round."""
    return Role.LOCAL_OFFICER if batch.authority_id else Role.MUNICIPAL_OFFICER


def check_power(batch: Batch, by: User) -> None:
    """Denied to whoever does not run the rounds of the body that recognises in the batch."""
    if has_power_over(by, Power.RUN_BATCHES, batch):
        return
    if batch.authority_id:
        raise Denied([Reason("not_yours", _("只有作出认定的区级机构可以组织评价。"))])
    raise Denied([Reason("not_yours", _("只有市认定办公室可以组织评价。"))])

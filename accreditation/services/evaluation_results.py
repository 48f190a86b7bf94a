"""The result of one evaluation: kept with the call, and what it does to the title when it is announced."""

from __future__ import annotations

from datetime import date, datetime

from django_fsm import can_proceed

from accreditation.acts import act
from accreditation.clocks import years_on
from accreditation.enums import TitleState
from accreditation.evaluation_words import LOSES_TITLE, SKIPS_NEXT, WARNINGS, WITH_RECTIFICATION
from accreditation.models import Announcement, Application, Enterprise, EvaluationCall, Title, User
from accreditation.models.titles import HELD, MOVED
from accreditation.services.evaluation_rounds import cycle_years
from accreditation.services.rule_sets import rules_of
from accreditation.services.titles import change_beneath
from criteria.evaluate import Evaluation
from criteria.facts import exact_text

ACTING_AS = "publisher"
NO_RESULT = dict.fromkeys(("score", "band", "band_zh", "band_en", "consequence", "override"), "")


def call_of(application: Application) -> EvaluationCall:
    """The call that an evaluation answers."""
    return EvaluationCall.objects.select_related("title", "round").get(application=application)


def keep_result(application: Application, found: Evaluation) -> EvaluationCall:
    """Keep score and band with the call; both as the rules give them on the verified figures."""
    call, band = call_of(application), found.band
    assert band is not None
    assert found.total is not None
    call.score, call.band = exact_text(found.total), band.code
    call.band_zh, call.band_en, call.consequence = band.name_zh, band.name_en, band.consequence
    call.override = band.override_zh
    call.save(update_fields=["score", "band", "band_zh", "band_en", "consequence", "override"])
    return call


def mark_late(application: Application, *, at: datetime) -> None:
    """What was sent in did not stand, and was not put right in time; a result that was fixed on it stands no more."""
    rows = EvaluationCall.objects.filter(application=application, late_at__isnull=True)
    rows.update(late_at=at, **NO_RESULT)


def publish_result(call: EvaluationCall, announcement: Announcement) -> None:
    """The result is public from the day of the announcement, under the name that the holder bears in this moment."""
    holder = Enterprise.objects.get(titles=call.title_id)
    call.announcement, call.published_on = announcement, announcement.dated
    call.announced_holder, call.announced_name = holder, holder.name
    call.save(update_fields=["announcement", "published_on", "announced_holder", "announced_name"])


def is_warned_by(call: EvaluationCall, title: Title) -> bool:
    """Whether the band warns, and the title as it stands after the result is warned, be it beneath a suspension."""
    is_beneath = title.state == TitleState.SUSPENDED and title.warned_beneath
    return call.consequence in WARNINGS and (title.state == TitleState.WARNED or is_beneath)


def must_rectify(call: EvaluationCall, title: Title) -> bool:
    """Whether the band sets a time for rectification, and the title was warned."""
    return call.consequence == WITH_RECTIFICATION and is_warned_by(call, title)


def follow_result(call: EvaluationCall, *, by: User, at: datetime) -> Title:
    """The title follows its result: prolonged, warned, in good standing again; who fails keeps it until an order.

    What is under suspension stays so, warned or not beneath it. Nothing happens to a title that has meanwhile come to
    its end.
    """
    title = _locked(call.title_id)
    if title.state not in HELD or call.consequence == LOSES_TITLE:
        return title
    title = prolong_title(title, until=prolonged_until(call), call=call, by=by, at=at)
    if call.consequence in WARNINGS:
        return _warn(title, call=call, by=by, at=at)
    return lift_warning(title, call=call, by=by, at=at, acting_as=ACTING_AS)


def _warn(title: Title, *, call: EvaluationCall, by: User, at: datetime) -> Title:
    """Warned, beneath a suspension where it is suspended; what is warned already stays so."""
    if title.state == TitleState.SUSPENDED and not title.warned_beneath:
        return change_beneath(title, "warn_beneath", by=by, at=at, acting_as=ACTING_AS, **_ground(call))
    return move_title(title, "warn", call=call, by=by, at=at)


def _locked(pk: int) -> Title:
    """The title as it stands now, locked, so that what is found of it holds for what follows."""
    return Title.objects.select_for_update(of=("self",)).get(pk=pk)


def prolonged_until(call: EvaluationCall) -> date:
    """New last day: a cycle later, and two where the next round is skipped."""
    assert call.application is not None
    assert call.title.valid_until is not None
    cycles = 2 if call.consequence == SKIPS_NEXT else 1
    return years_on(call.title.valid_until, cycles * cycle_years(rules_of(call.application.batch)))


def prolong_title(title: Title, *, until: date, call: EvaluationCall, by: User, at: datetime) -> Title:
    """Enter the new last day in the title's chain."""
    with act(title, "prolong", by=by, at=at, acting_as=ACTING_AS) as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.valid_until
        row.valid_until = until
        row.save(update_fields=["valid_until"])
        doing.moved(row.state, row.state)
        doing.note(title=row.number, before=str(before), until=str(until), **_ground(call))
    return row


def move_title(
    title: Title, verb: str, *, call: EvaluationCall, by: User, at: datetime, acting_as: str = ACTING_AS
) -> Title:
    """Warn or reinstate by a result; a title in a state that does not allow it stays as it is.

    In the running transaction of the result.
    """
    locked = _locked(title.pk)
    if not can_proceed(getattr(locked, verb), check_conditions=False):
        return locked
    with act(locked, verb, by=by, at=at, acting_as=acting_as) as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.state
        getattr(row, verb)()
        row.save(update_fields=MOVED)
        doing.moved(before, row.state)
        doing.note(title=row.number, **_ground(call))
    return row


def lift_warning(title: Title, *, call: EvaluationCall, by: User, at: datetime, acting_as: str) -> Title:
    """The warning is over; a suspension or loss that has meanwhile come over it stays as it is."""
    row = _locked(title.pk)
    if row.state == TitleState.WARNED:
        return move_title(row, "reinstate", call=call, by=by, at=at, acting_as=acting_as)
    if not row.warned_beneath:
        return row
    return change_beneath(row, "lift_warning", by=by, at=at, acting_as=acting_as, **_ground(call))


def _ground(call: EvaluationCall) -> dict[str, object]:
    number = call.announcement.number if call.announcement else ""
    return {"evaluation": call.round.year, "band": call.band, "announcement": number}

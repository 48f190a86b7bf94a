"""Conditions of the draw, of the appointment of a panel and of replacements: every reason against each person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accreditation.enums import SeatState
from accreditation.errors import Reason
from accreditation.models import Panel, PanelDraw, Seat, User, VerifiedValue
from accreditation.services import draws, panels
from accreditation.services.expert_pool import NOT_ASKED, WORKING, Entry, employer_mark, entries_of, pool_of
from accreditation.services.reopened_figures import corrected_since
from accreditation.services.reopenings import came_back
from accreditation.services.ties import ties_between
from workflows.doing import Doing
from workflows.workdays import SHANGHAI

LEAST_REASON = 4  # characters
POOL_USED_UP = _(
    "专家库中已没有可以递补的专家；评审组人数不能减少，请先由市认定办公室增补专家库，再另行指定并写明理由。"
)


def day_of(doing: Doing) -> date:
    """The day of the act in Shanghai."""
    return doing.at.astimezone(SHANGHAI).date()


def seed_is_open(doing: Doing) -> Iterable[Reason]:
    """A seed is fixed once."""
    if draws.draw_of(doing.application) is not None:
        yield Reason("seed_fixed", _("抽取种子已固定，不能更换。"))


def draw_is_due(doing: Doing) -> Iterable[Reason]:
    """The seed is fixed, nothing was drawn yet, and the pool suffices: there is no second draw."""
    row: PanelDraw | None = draws.draw_of(doing.application)
    size = doing.batch.panel_size
    if row is None:
        yield Reason("no_seed", _("请先固定抽取种子。"))
    elif row.drawn_at is not None:
        yield Reason("drawn_before", _("本件已抽取，不能重抽。"))
    if size % 2 == 0:
        yield Reason("even_panel", _("评审组人数须为单数，本批次定为 %(n)d 名。") % {"n": size})
    else:
        yield from _pool_suffices(doing)


def _pool_suffices(doing: Doing) -> Iterable[Reason]:
    size, found = doing.batch.panel_size, draws.seats_that_fill(doing.application, on=day_of(doing))
    if found < size:
        text = _("可抽取的专家不足：须来自 %(n)d 个不同单位，现只有 %(m)d 个。请补充专家库。")
        yield Reason("pool_too_small", text % {"n": size, "m": found})


def appointment_follows_draw(doing: Doing) -> Iterable[Reason]:
    """The panel is the drawn one, or a reason says why not."""
    if has_reason(doing):
        return
    if draws.record_of(doing.application) is None:
        yield Reason("draw_needed", _("请先抽取评审组；另行指定的，须写明理由。"), "reason")
        return
    due = draws.due_panel(doing.application, pool_of(doing.application, on=day_of(doing)))
    if {person.pk for person in due} != {person.pk for person in doing.form.get("experts") or []}:
        yield Reason("other_than_drawn", _("名单与抽取结果不一致，须写明理由。"), "reason")


def successor_follows_draw(doing: Doing) -> Iterable[Reason]:
    """The successor is the next in the drawn order, or a reason says why not."""
    person: User | None = doing.form.get("expert")
    if has_reason(doing) or person is None:
        return
    due = draws.due_successor(doing.application.panel, pool_of(doing.application, on=day_of(doing)))
    if due is None:
        yield Reason("no_reserve", _("没有可以依次递补的专家；另行指定的，须写明理由。"), "reason")
    elif due.pk != person.pk:
        yield Reason("not_next", _("应由 %(name)s 依次递补；另行指定的，须写明理由。") % {"name": due}, "reason")


def has_reason(doing: Doing) -> bool:
    """Whether the form gives a reason for leaving the drawn order."""
    return len(str(doing.form.get("reason") or "").strip()) >= LEAST_REASON


def panel_is_proper(doing: Doing) -> Iterable[Reason]:
    """As many different experts as the batch asks for, each available, untied, and of an employer of their own."""
    people: list[User] = list(doing.form.get("experts") or [])
    if len({person.pk for person in people}) != doing.batch.panel_size:
        text = _("评审组须由 %(n)d 名不同的专家组成，现为 %(m)d 名。")
        yield Reason("panel_size", text % {"n": doing.batch.panel_size, "m": len(people)}, "experts")
    if len(people) < doing.batch.panel_size:
        yield from _pool_suffices(doing)
    yield from _faults_of_experts(doing, people)
    yield from _same_employer(people, "experts")


def successor_is_proper(doing: Doing) -> Iterable[Reason]:
    """The replacement is a proper expert who has not sat on this panel, for a seat that is vacant."""
    vacant: Seat | None = doing.form.get("vacant")
    panel = doing.application.panel
    if vacant is None or vacant.panel_id != panel.pk or vacant not in panels.vacant_seats(panel):
        yield _no_vacancy(panel, vacant)
    person: User | None = doing.form.get("expert")
    if person is None:
        entries = pool_of(doing.application, on=day_of(doing))
        if draws.possible_successors(panel, entries):
            yield Reason("expert_needed", _("请选择递补专家。"), "expert")
        else:
            yield Reason("pool_used_up", str(POOL_USED_UP), "expert")
        return
    if panel.seats.filter(expert=person).exists():
        yield Reason("sat_before", _("%(name)s 已在本评审组任职或回避。") % {"name": person}, "expert")
    yield from _faults_of_experts(doing, [person])
    yield from _same_employer([*panels.sitting_experts(panel), person], "expert")


def _no_vacancy(panel: Panel, named: Seat | None) -> Reason:
    """Who sits at the place, where it is one of this panel."""
    sitting = None
    if named is not None and named.panel_id == panel.pk:
        rows = panel.seats.exclude(state=SeatState.RECUSED).select_related("expert")
        sitting = rows.filter(place=named.place).first()
    if sitting is None:
        return Reason("no_vacancy", _("没有空缺的席位。"), "vacant")
    words = {"n": sitting.place, "name": sitting.expert}
    return Reason("no_vacancy", _("第 %(n)d 席由 %(name)s 担任，没有空缺。") % words, "vacant")


def seat_may_be_vacated(doing: Doing) -> Iterable[Reason]:
    """The seat named is of this panel, and its expert has neither stepped down nor handed in meanwhile."""
    seat: Seat | None = doing.form.get("seat")
    rows = doing.application.panel.seats.select_related("expert")
    found = rows.filter(pk=seat.pk).first() if seat is not None else None
    if found is None:
        yield Reason("seat_state", _("该席位不在本评审组。"), "seat")
    elif found.state not in WORKING:
        words = {"name": found.expert, "state": SeatState(found.state).label}
        yield Reason("seat_state", _("%(name)s 不在评审中：%(state)s。") % words, "seat")


def _faults_of_experts(doing: Doing, people: list[User]) -> Iterable[Reason]:
    entries = entries_of(doing.application, people, on=day_of(doing))
    for person in people:
        yield from _faults_of_expert(person, entries.get(person.pk))


def _faults_of_expert(person: User, entry: Entry | None) -> Iterable[Reason]:
    if entry is None:
        yield Reason("not_available", _("%(name)s 不是可用的评审专家。") % {"name": person}, "experts")
        return
    if entry.why_not_asked:
        words = {"name": person, "why": NOT_ASKED[entry.why_not_asked]}
        yield Reason("not_available", _("%(name)s 不是可用的评审专家：%(why)s") % words, "experts")
    for tie in entry.ties:
        yield Reason("tie", _("%(name)s 须回避：%(tie)s") % {"name": person, "tie": tie}, "experts")


def _same_employer(people: Iterable[User], place: str) -> Iterable[Reason]:
    """A panel hears each employer once."""
    profiles = [person.expert for person in people if hasattr(person, "expert")]
    counted = Counter(employer_mark(profile) for profile in profiles)
    names = {employer_mark(profile): profile.employer for profile in profiles}
    for mark, count in counted.items():
        if count > 1:
            words = {"employer": names[mark], "n": count}
            yield Reason("same_employer", _("同一单位只能有 1 名专家：%(employer)s 有 %(n)d 名。") % words, place)


def no_known_tie(doing: Doing) -> Iterable[Reason]:
    """Who is known to be tied neither declares to be free nor hands in marks, but steps down."""
    for tie in ties_between(doing.by, doing.application, on=day_of(doing)):
        yield Reason("known_tie", _("系统登记您与该单位有利害关系，请申请回避：%(tie)s") % {"tie": tie})


def value_waits(doing: Doing) -> Iterable[Reason]:
    """Form: proposal. A value of this case that nobody has adopted yet, read anew under the lock.

    What two officers corrected since, with the applicant heard on it, is not replaced by what was proposed before; nor
    does any other figure change beside the score that was frozen with the return.
    """
    rows = VerifiedValue.objects.filter(pk=doing.form["proposal"].pk, application=doing.application)
    row = rows.filter(adopted_at__isnull=True).first()
    if row is None:
        yield Reason("adopted_already", _("该核定值已经采纳。"))
    elif corrected_since(row):
        yield Reason("corrected_since", _("该数据已经重新审议改正，此前建议的数值不再采纳。"))
    elif came_back(doing.application):
        text = _("本件曾退回重新审议，改动核定数据须告知申报单位：请以“核定数据有误”为由提请，写明改正的数据。")
        yield Reason("sent_back_since", text)

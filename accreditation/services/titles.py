"""Titles granted by an announcement or imported with their provenance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, hold
from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI
from accreditation.enums import MemberState, TitleState
from accreditation.errors import AlreadyDone, Reason, Refusal
from accreditation.holdings import who_hold
from accreditation.models import (
    Announcement,
    Application,
    AuditEvent,
    Enterprise,
    Programme,
    Title,
    User,
)
from accreditation.models.titles import BENEATH, HELD, MOVED
from accreditation.products import same_product
from accreditation.recusals import people_barred_from
from accreditation.roles import Power, Role
from accreditation.selectors.renewals import are_renewed, is_renewed_by
from accreditation.selectors.run_out import titles_run_out
from accreditation.services.numbers import next_value

REMIND_OF_END = "remind_of_end"
GRANTING = "titles_granted"  # one title after the other, so that nobody is given the same one twice


def grant_title(application: Application, announcement: Announcement, *, valid_until: date) -> Title:
    """Grant what the announcement lists; in force from its date.

    Within an act. Refusal where the holder has the title by now, as from a list of paper certificates.
    """
    hold(GRANTING)
    batch = application.batch
    held = title_held(batch.programme_id, application.enterprise_id, application.product_name)
    _refuse_a_second(application.enterprise, held)
    return Title.objects.create(
        number=next_title_number(batch.programme, announcement.dated.year),
        programme=batch.programme,
        holder=application.enterprise,
        product=application.product_name,
        edition=batch.rule_set.reference,
        granted_on=announcement.dated,
        valid_from=announcement.dated,
        valid_until=valid_until,
        announcement_number=announcement.number,
    )


def _refuse_a_second(holder: Enterprise, held: Title | None) -> None:
    if held is not None:
        values = {"holder": holder.name, "number": held.number}
        text = _("%(holder)s已持有本项目的有效称号（%(number)s），不能再授予一次。") % values
        raise Refusal([Reason("already_held", text)])


def expire_title(title: Title, *, on: date, by: User, at: datetime) -> bool:
    """Enter in the title's chain that it has run out; False where somebody was faster or it was prolonged."""
    with act(title, "expire", by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.state
        if not titles_run_out(on).filter(pk=row.pk).exists():
            raise AlreadyDone(
                Reason("already_done", _("该称号的期限没有届满，或已登记失效。")), done_by="", done_at=None
            )
        row.expire()
        row.save(update_fields=MOVED)
        doing.moved(before, row.state)
        doing.note(title=row.number, valid_until=str(row.valid_until))
        doing.tell(concerned(row), "title_expired", title=row.number)
    return True


def titles_running_out(on: date, days: int) -> list[Title]:
    """Titles that run out within so many days and whose holders were not told of that day yet."""
    rows = list(titles_run_out(on + timedelta(days=days + 1)).filter(valid_until__gte=on))
    events = AuditEvent.objects.filter(chain__in=[chain_key(row) for row in rows], verb=REMIND_OF_END)
    told = {(event.chain, event.content["valid_until"]) for event in events}
    return [row for row in rows if (chain_key(row), str(row.valid_until)) not in told]


def remind_of_end(title: Title, *, days: int, by: User, at: datetime) -> None:
    """Tell holder and district with which day the title runs out; AlreadyDone where they were told of it."""
    with act(title, REMIND_OF_END, by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        today = at.astimezone(SHANGHAI).date()
        if row not in titles_running_out(today, days):
            raise AlreadyDone(
                Reason("already_done", _("该称号的期限没有届满，或已登记失效。")), done_by="", done_at=None
            )
        assert row.valid_until is not None
        ends_at = datetime.combine(row.valid_until, time(23, 59), SHANGHAI).isoformat()
        doing.note(title=row.number, valid_until=str(row.valid_until))
        doing.tell(concerned(row), "title_ends", title=row.number, ends_at=ends_at)


def concerned(title: Title) -> list[User]:
    """Who acts for the holder, the officers of its district, and of a further designation those who grant it.

    No officer with a tie to the holder (回避).
    """
    barred = people_barred_from(title.holder_id).values("pk")
    mine = User.objects.filter(
        memberships__enterprise_id=title.holder_id, memberships__state=MemberState.ACTIVE, is_active=True
    )
    officers = User.objects.filter(
        grants__role=Role.DISTRICT_OFFICER, grants__district=title.holder.district, grants__revoked_at__isnull=True,
        is_active=True,
    )  # fmt: skip
    granting = who_hold(Power.CHECK_COMPLETENESS, None) if title.programme.procedure else User.objects.none()
    return [*mine.distinct(), *officers.distinct().exclude(pk__in=barred), *granting.exclude(pk__in=barred)]


def change_beneath(title: Title, verb: str, *, by: User, at: datetime, acting_as: str, **ground: object) -> Title:
    """Change what the title comes back to, with an entry in its chain; its state stays. `verb` is a key of BENEATH."""
    with act(title, verb, by=by, at=at, acting_as=acting_as) as doing:
        row = doing.chain
        assert isinstance(row, Title)
        column, value = BENEATH[verb]
        setattr(row, column, value)
        row.save(update_fields=[column])
        doing.moved(row.state, row.state)
        doing.note(title=row.number, **ground)
    return row


def standing_title(application: Application, *, is_locked: bool = False, on: date | None = None) -> Title | None:
    """The title that stands in an application's way: its holder has it already, and it is not revoked or run out.

    Of a product's title, the one of this very product. Within an act its row can be locked, so that it stays so. One
    that the application renews does not stand in its way; `on`: the day on which it is filed, where it was not yet.
    """
    held = _asked_for(application, is_locked=is_locked)
    return None if held is None or is_renewed_by(held, application, on=on) else held


def title_renewed(application: Application, *, is_locked: bool = False) -> Title | None:
    """The title that an application asks to renew, while its holder has it."""
    if not are_renewed(application.batch):
        return None
    held = _asked_for(application, is_locked=is_locked)
    return held if held is not None and is_renewed_by(held, application) else None


def hold_asked_for(application: Application) -> None:
    """Within an act: lock the title that an application asks for, where its holder has one."""
    _asked_for(application, is_locked=True)


def _asked_for(application: Application, *, is_locked: bool) -> Title | None:
    asked = application.batch.programme_id, application.enterprise_id, application.product_name
    return title_held(*asked, is_locked=is_locked)


def title_held(programme: str, holder: int, product: str, *, is_locked: bool = False) -> Title | None:
    """The title of a programme that an enterprise (its key) holds, of that product where it is a product's."""
    rows = Title.objects.filter(programme_id=programme, holder_id=holder, state__in=HELD).order_by("pk")
    rows = rows.select_for_update() if is_locked else rows
    return next((row for row in rows if same_product(row.product, product)), None)


def titles_held(applications: Iterable[Application]) -> dict[int, Title]:
    """By the key of the application: the titles that stand in the way of a grant, of many at once."""
    listed = list(applications)
    rows = Title.objects.filter(holder__in={row.enterprise_id for row in listed}, state__in=HELD).order_by("-pk")
    known: dict[tuple[str, int], list[Title]] = {}
    for title in rows:
        known.setdefault((title.programme_id, title.holder_id), []).append(title)
    return {
        row.pk: title
        for row in listed
        for title in known.get((row.batch.programme_id, row.enterprise_id), [])
        if same_product(title.product, row.product_name) and not is_renewed_by(title, row)
    }


def import_title(
    programme: Programme,
    holder: Enterprise,
    *,
    granted_on: date,
    valid_until: date,
    announcement_number: str,
    provenance: str,
    by: User,
    at: datetime,
    acting_as: str = "municipal_officer",
    state: TitleState = TitleState.IN_FORCE,
    ground: str = "",
    product: str = "",
) -> Title:
    """Enter a title granted before or outside this system, with where it was read.

    One that no longer stands is entered as it is, `ground` saying why; its own chain then begins with that.
    Refusal where the holder has the title by now, as from an announcement.
    """
    with act(f"enterprise:{holder.uscc}", "import_title", by=by, at=at, acting_as=acting_as) as doing:
        hold(GRANTING)
        if state in HELD:
            rows = Title.objects.filter(programme=programme, holder=holder, state__in=HELD).order_by("pk")
            _refuse_a_second(holder, next((row for row in rows if same_product(row.product, product)), None))
        title = Title.objects.create(
            number=next_title_number(programme, granted_on.year),
            programme=programme,
            holder=holder,
            product=product,
            edition="",
            granted_on=granted_on,
            valid_from=granted_on,
            valid_until=valid_until,
            announcement_number=announcement_number,
            provenance=provenance,
            state=state,
        )
        doing.note(title=title.number, programme=programme.code, provenance=provenance, state=state)
    if state != TitleState.IN_FORCE:
        with act(title, "import_title", by=by, at=at, acting_as=acting_as) as doing:
            doing.moved(TitleState.IN_FORCE, state)
            doing.note(title=title.number, ground=ground)
    return title


def next_title_number(programme: Programme, year: int) -> str:
    """Gapless within programme and year, such as SHETC-T-2026-00001."""
    prefix = f"{programme.number_prefix}-T"
    return f"{prefix}-{year}-{next_value(f'{prefix}-{year}'):05d}"

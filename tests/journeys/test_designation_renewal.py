"""A title set up from a file alone with a term and its renewal: prolonged in time, else at its end on its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as settings_of
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import ProceedingKind, TitleState
from accreditation.errors import Refusal
from accreditation.models import Application, AuditEvent, Batch, Letter, Message, Programme, Title
from accreditation.selectors.plan import in_force
from certificates.models import Certificate
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.services.standing import expire_due
from certificates.standing import Standing
from tests.clock import SHANGHAI, Clock
from tests.factories.batches import opened_by_two
from tests.factories.cast import Cast, make_cast
from tests.factories.titles import ordered
from tests.journeys import test_generic_recognition as pages
from workflows import batch_acts, door
from workflows.consistency import check_all
from workflows.reminding_ahead import remind_ahead
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MONTHS = "renewal_months: {value: 3, unit: month, confidence: demo, name_zh: 续期提前月数, name_en: months for renewal}"
CYCLE = "  cycle: {until: renewal, text_zh: 有效期一年，届满前申请续期, text_en: One year; renewed before its end}\n"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


@pytest.fixture
def title(cast: Cast, clock: Clock, tmp_path: Path) -> Title:
    """Granted in the first batch, for a year, with its certificate."""
    file = tmp_path / "renewed.yaml"
    file.write_text(renewed_yearly(pages.FILE.read_text(encoding="utf-8")), encoding="utf-8")
    batch = pages.open_the_batch(cast, clock, file)
    recognise(cast, batch, clock, "示例〔2026〕1号")
    return Title.objects.get(programme=batch.programme)


def renewed_yearly(text: str) -> str:
    """The file, granted to enterprises for a year and renewed in the last three months."""
    changes = {
        "granted_to: product": "granted_to: enterprise",
        "validity_years: {value: 3,": f"{MONTHS}\n    validity_years: {{value: 1,",
        "  form:\n": f"{CYCLE}  form:\n",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def recognise(cast: Cast, batch: Batch, clock: Clock, document: str) -> str:
    """From the draft to the certificate, on the pages; number of the case."""
    number = pages.draft(cast, batch, "")
    pages.file(cast, number)
    return decide(cast, batch, clock, number, document)


def decide(cast: Cast, batch: Batch, clock: Clock, number: str, document: str) -> str:
    """From what is filed to the certificate, on the pages."""
    pages.check(cast, number)
    pages.meet(cast, batch, [number])
    notice = pages.publish(cast, batch, [number], clock)
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    clock.advance(days=1)
    form = {"cases": [number], "number": document, "dated": clock.on.isoformat(), "body": "现予公布。"}
    pages.send(cast.publisher, "batch_announce", batch.code, **form, confirmed="1", request_key=document)
    assert tick(clock.at).certificates_noted == 0
    assert sign_pending(limit=5, at=clock.at, keys=open_keys(at=clock.at)) == 1
    assert tick(clock.at).certificates_noted == 1
    assert pages.state(number) == S.RECOGNISED
    return number


def second_batch(cast: Cast, clock: Clock) -> Batch:
    """Opened by the office for the last days of the title's term."""
    programme = Programme.objects.get(code="patent_new_product")
    first = Batch.objects.get(programme=programme)
    where = pages.send(
        cast.office, "office_batch_new", programme=programme.pk, edition=first.rule_set_id,
        procedure=pages.PROCEDURE, ordinal="2", year="2027", reporting_year="2026",
        opens_at=f"{clock.on}T08:00", closes_at=f"{clock.on + timedelta(days=30)}T17:00",
        base_date=clock.on.isoformat(), request_key="second",
    )  # fmt: skip
    return opened_by_two(where)


def go_to(clock: Clock, day: date) -> None:
    clock.at = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("recipient__username", flat=True).distinct())


def test_title_is_renewed_in_time_and_runs_on_under_its_number_with_a_new_certificate(
    cast: Cast, clock: Clock, title: Title
) -> None:
    assert title.valid_until is not None
    ends, last = title.valid_until, title.granted_on.replace(year=2027) - timedelta(days=1)
    assert ends == last
    go_to(clock, date(2026, 11, 30))
    batch = second_batch(cast, clock)
    opens = ends.replace(year=2026, month=12) if ends.month == 3 else None
    assert opens is not None
    place = f"{batch.code}:{cast.enterprises[0].pk}"
    said = pages.refused(cast.member0, "my_new", place=place, product="")
    assert f"{opens}起可以申请续期" in said
    remind_ahead(clock.at)
    assert told("title_renewable") == []
    go_to(clock, opens)
    remind_ahead(clock.at)
    remind_ahead(clock.at)
    assert told("title_renewable") == ["member0", "office", "pudong"]
    assert Message.objects.filter(kind="title_renewable").count() == 3
    assert "现在起可以在本项目开放的批次中申请续期" in pages.opened(cast.member0, "messages_list")
    assert f"本次申报为称号 {title.number}" in pages.opened(cast.member0, "my_new")
    number = recognise(cast, batch, clock, "示例〔2027〕1号")
    renewed = Title.objects.get(programme=title.programme)
    assert (renewed.pk, renewed.number, renewed.state) == (title.pk, title.number, TitleState.IN_FORCE)
    assert renewed.valid_until == ends.replace(year=2028)
    assert Application.objects.get(case__number=number).title == renewed
    entry = AuditEvent.objects.filter(verb="prolong").get().content
    assert (entry["before"], entry["until"], entry["case"]) == (str(ends), str(renewed.valid_until), number)
    first_list = pages.opened(None, "announcement", title.announcement_number)
    assert (f' — <time datetime="{ends}"' in first_list, "现有效期至" in first_list) == (True, True)
    second_list = pages.opened(None, "announcement", "示例〔2027〕1号")
    assert (str(renewed.valid_until) in second_list, "现有效期至" in second_list) == (True, False)
    assert ("续期" in first_list, "续期" in second_list) == (False, True)
    letter = Letter.objects.get(case__number=number, kind="recognition").body
    assert ("准予续期" in letter, "被认定为" in letter) == (True, False)
    first, second = Certificate.objects.order_by("pk")
    assert (first.number, first.standing, second.standing) == (second.number, Standing.SUPERSEDED, Standing.IN_FORCE)
    assert (second.snapshot["occasion"], second.snapshot["valid_until"]) == ("renewal", str(renewed.valid_until))
    go_to(clock, ends + timedelta(days=1))
    assert tick(clock.at).titles_expired == 0
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert "有效" in pages.opened(None, "certificates:shown", second.code)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_title_that_nobody_renews_ends_on_its_day_and_everybody_reads_so(
    cast: Cast, clock: Clock, title: Title
) -> None:
    assert title.valid_until is not None
    code = Certificate.objects.get().code
    go_to(clock, title.valid_until - timedelta(days=60))
    remind_ahead(clock.at)
    assert told("title_renewable") == told("title_ends") == ["member0", "office", "pudong"]
    go_to(clock, title.valid_until)
    assert tick(clock.at).titles_expired == 0
    assert title.number in pages.opened(None, "centres")
    go_to(clock, title.valid_until + timedelta(days=1))
    assert tick(clock.at).titles_expired == 1
    assert Title.objects.get(pk=title.pk).state == TitleState.EXPIRED
    assert told("title_expired") == ["member0", "office", "pudong"]
    assert title.number not in pages.opened(None, "centres")
    assert "失效" in pages.opened(None, "centre", title.number)
    shown = pages.opened(None, "certificates:shown", code)
    assert "证书已过有效期" in shown
    batch = second_batch(cast, clock)
    recognise(cast, batch, clock, "示例〔2027〕1号")
    assert list(Title.objects.filter(programme=title.programme).order_by("pk").values_list("state", flat=True)) == [
        TitleState.EXPIRED,
        TitleState.IN_FORCE,
    ]
    assert list(check_all()) == []
    assert Client().get(reverse("centres")).status_code == 200


def pending(cast: Cast, clock: Clock, title: Title) -> tuple[Batch, str]:
    """Filed on the last day of the term; the next day has come and gone."""
    assert title.valid_until is not None
    go_to(clock, title.valid_until)
    batch = second_batch(cast, clock)
    number = pages.draft(cast, batch, "")
    pages.file(cast, number)
    go_to(clock, title.valid_until + timedelta(days=1))
    ticked = tick(clock.at)
    assert ticked.titles_expired == 0
    expire_due(on=clock.on, at=clock.at)
    tick(clock.at)
    return batch, number


def english(client: Client, name: str, *args: object) -> str:
    client.cookies[settings_of.LANGUAGE_COOKIE_NAME] = "en"
    return client.get(reverse(name, args=args)).content.decode()


def test_title_whose_renewal_is_undecided_goes_on_and_the_grant_prolongs_it(
    cast: Cast, clock: Clock, title: Title
) -> None:
    code, ends = Certificate.objects.get().code, title.valid_until
    assert ends is not None
    batch, number = pending(cast, clock, title)
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert told("title_kept") == ["member0", "office", "pudong"]
    assert Message.objects.filter(kind="title_kept").count() == 3
    assert AuditEvent.objects.get(verb="keep_for_renewal").content["case"] == number
    page = pages.opened(None, "centre", title.number)
    assert ("续期待决" in page, "第五十条" in page, "没有效力" in page) == (True, True, False)
    assert "Renewal undecided" in english(Client(), "centre", title.number)
    assert "续期待决" in pages.opened(None, "centres")
    assert "续期待决" in pages.opened(None, "centres_csv")
    assert title.programme_id in {row.kind for row in in_force(clock.on)}
    certificate = pages.opened(None, "certificates:shown", code)
    assert ("证书已过有效期" in certificate, "决定作出前称号继续有效" in certificate) == (True, True)
    assert "the title stays in force until that is decided" in english(Client(), "certificates:shown", code)
    assert ("续期待决" in pages.opened(cast.member0, "my_cases"), number) == (True, number)
    remind_ahead(clock.at)
    assert told("title_ends") == []
    decide(cast, batch, clock, number, "示例〔2027〕1号")
    renewed = Title.objects.get(programme=title.programme)
    assert (renewed.pk, renewed.valid_until) == (title.pk, ends.replace(year=ends.year + 1))
    first, second = Certificate.objects.order_by("pk")
    assert (first.number, first.standing, second.version) == (second.number, Standing.EXPIRED, 2)
    assert second.standing is Standing.IN_FORCE
    assert "决定作出前称号继续有效" not in pages.opened(None, "certificates:shown", code)
    assert "续期待决" not in pages.opened(None, "centre", title.number)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_title_ends_with_the_refusal_of_its_renewal(cast: Cast, clock: Clock, title: Title) -> None:
    code = Certificate.objects.get().code
    _batch, number = pending(cast, clock, title)
    clock.advance(days=2)
    door.perform(number, "withdraw", by=cast.member0, at=clock.at)
    assert tick(clock.at).titles_expired == 1
    assert Title.objects.get(pk=title.pk).state == TitleState.EXPIRED
    assert title.programme_id not in {row.kind for row in in_force(clock.on)}
    assert AuditEvent.objects.get(verb="expire").at == clock.at
    assert "决定作出前称号继续有效" not in pages.opened(None, "certificates:shown", code)
    page = pages.opened(None, "centre", title.number)
    assert ("续期待决" in page, "没有效力" in page) == (False, True)
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_title_ends_on_its_day_where_its_file_says_so(cast: Cast, clock: Clock, tmp_path: Path) -> None:
    text = renewed_yearly(pages.FILE.read_text(encoding="utf-8"))
    text = text.replace("until: renewal,", "until: renewal, pending: ends,")
    file = tmp_path / "ends.yaml"
    file.write_text(text, encoding="utf-8")
    batch = pages.open_the_batch(cast, clock, file)
    recognise(cast, batch, clock, "示例〔2026〕1号")
    title = Title.objects.get(programme=batch.programme)
    assert title.valid_until is not None
    go_to(clock, title.valid_until)
    pages.file(cast, pages.draft(cast, second_batch(cast, clock), ""))
    go_to(clock, title.valid_until + timedelta(days=1))
    assert tick(clock.at).titles_expired == 1
    assert Title.objects.get(pk=title.pk).state == TitleState.EXPIRED


def test_suspended_title_is_applied_for_in_time_and_prolonged_once_it_is_given_back(
    cast: Cast, clock: Clock, title: Title
) -> None:
    assert title.valid_until is not None
    go_to(clock, title.valid_until)
    ordered(cast, title, clock.at, ProceedingKind.SUSPENSION)
    batch = second_batch(cast, clock)
    assert "恢复后方可公布" in pages.opened(cast.member0, "my_new")
    number = pages.draft(cast, batch, "")
    pages.file(cast, number)
    go_to(clock, title.valid_until + timedelta(days=1))
    assert tick(clock.at).titles_expired == 0
    assert Title.objects.get(pk=title.pk).state == TitleState.SUSPENDED
    pages.check(cast, number)
    pages.meet(cast, batch, [number])
    notice = pages.publish(cast, batch, [number], clock)
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    announced: dict[str, Any] = {"dated": clock.on, "body": "现予公布。", "by": cast.publisher, "at": clock.at}
    listed = list(batch.applications.all())
    with pytest.raises(Refusal) as refused:
        batch_acts.announce(batch, listed, number="示例〔2027〕1号", **announced)
    assert [reason.code for reason in refused.value.reasons] == ["renewed_suspended"]

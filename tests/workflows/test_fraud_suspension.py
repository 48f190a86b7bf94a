"""After a title was withdrawn for fraud nobody in the city applies in the next year, where the rules say so."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Batch, ExternalNotice, Proceeding, Title
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from workflows import door
from workflows.entering import faults_of_entering
from workflows.opening_proceedings import open_proceeding

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def withdrawn(cast: Cast, batch: Batch, ground: Ground) -> Proceeding:
    """A demonstration title of the first enterprise, withdrawn by a national document on that ground."""
    notice = ExternalNotice.objects.create(
        authority="示例工业主管部门", number="示例撤销〔2026〕1号", dated=cast.at.date(), recorded_by=cast.office,
        recorded_at=cast.at, batch=batch, file=stored_file(b"document", cast.at), file_name="决定.pdf",
    )  # fmt: skip
    title = Title.objects.create(
        number="NTIDE-T-2023-00001", programme=batch.programme, holder=cast.enterprises[0], granted_above=notice,
        granted_on=date(2023, 1, 10), valid_from=date(2023, 1, 10), announcement_number="示例〔2023〕7号",
    )  # fmt: skip
    case = open_proceeding(
        title, kind=ProceedingKind.REVOCATION, ground=ground, found_facts="国家文件认定材料虚假。", by=cast.office,
        at=cast.at, notice=notice,
    )  # fmt: skip
    door.perform(case, "submit_for_order", by=cast.office, at=cast.at)
    form = {"effective_from": cast.at.date(), "until": None, "reasons": "国家文件已撤销该称号，依照执行。"}
    door.perform(case, "make_order", by=cast.publisher, at=cast.at, form=form)
    return Proceeding.objects.get(case=case)


def codes(cast: Cast, batch: Batch, n: int) -> list[str]:
    return [reason.code for reason in faults_of_entering(cast.enterprises[n], batch, cast.at)]


def test_fraud_bars_its_enterprise_and_in_the_next_year_the_whole_city(cast: Cast) -> None:
    batch = steps.make_demonstration(cast)
    order = withdrawn(cast, batch, Ground.FALSE_MATERIAL)
    assert (codes(cast, batch, 0), codes(cast, batch, 1)) == (["barred"], [])
    batch.year = order.effective_from.year + 1 if order.effective_from else 0
    batch.save(update_fields=["year"])
    assert (codes(cast, batch, 0), codes(cast, batch, 1)) == (
        ["suspended_for_fraud", "barred"],
        ["suspended_for_fraud"],
    )
    page = log_in(Client(), cast.people["member1"]).get(reverse("my_new")).content.decode()
    assert f"{batch.year}年度暂停本市申报" in page
    batch.year += 1
    batch.save(update_fields=["year"])
    assert (codes(cast, batch, 0), codes(cast, batch, 1)) == (["barred"], [])


def test_order_that_never_took_effect_and_any_other_ground_suspend_nobody(cast: Cast) -> None:
    batch = steps.make_demonstration(cast)
    withdrawn(cast, batch, Ground.REEXAMINATION_FAILED)
    batch.year = cast.at.year + 1
    batch.save(update_fields=["year"])
    assert codes(cast, batch, 1) == []
    Proceeding.objects.update(ground=Ground.FALSE_MATERIAL)
    assert codes(cast, batch, 1) == ["suspended_for_fraud"]
    Proceeding.objects.update(state=ProceedingState.DROPPED)
    assert codes(cast, batch, 1) == []


def test_rules_that_say_nothing_of_it_suspend_nobody(cast: Cast) -> None:
    demonstration = steps.make_demonstration(cast)
    withdrawn(cast, demonstration, Ground.FALSE_MATERIAL)
    Proceeding.objects.update(title=Title.objects.filter(programme=cast.programme).earliest("pk"))
    Batch.objects.filter(pk=cast.batch.pk).update(year=cast.at.year + 1)
    assert "suspended_for_fraud" not in codes(cast, Batch.objects.get(pk=cast.batch.pk), 1)

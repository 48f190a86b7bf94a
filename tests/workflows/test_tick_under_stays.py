"""Orders take effect on their day whatever else is stayed; a refusal has nothing to stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ProceedingKind, TitleState
from accreditation.errors import Refusal
from accreditation.models import Case, Letter, Reconsideration, Title
from certificates.services.keys import open_keys
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import CLAIM, REASONS, reconsiderers
from tests.factories.reissues import asked, signed_certificate
from tests.factories.titles import municipal_title, ordered
from workflows import door
from workflows.opening_reconsiderations import open_reconsideration
from workflows.reissuing import refuse_reissue
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


@pytest.fixture
def accepted(cast: Cast) -> Case:
    """A challenge of a refused certificate, accepted."""
    title = municipal_title(cast)
    signed_certificate(title, cast.at, open_keys(at=cast.at))
    letter = refuse_reissue(asked(cast, title, at=cast.at), reason="未附遗失声明", by=cast.office, at=cast.at).letter
    case = open_reconsideration(
        letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=cast.at
    )
    door.perform(case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=cast.at)
    return case


def test_refused_certificate_has_nothing_to_stay(cast: Cast, accepted: Case) -> None:
    form = {"reason": "执行后难以挽回"}
    with pytest.raises(Refusal) as refused:
        door.perform(accepted, "stay_execution", by=cast.people["reconsiderer1"], at=cast.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["nothing_to_stay"]


def test_stay_is_offered_only_where_something_can_be_stayed(cast: Cast, accepted: Case) -> None:
    examiner = log_in(Client(), cast.people["reconsiderer1"])
    address = reverse("matter_act", args=[accepted.number, "stay_execution"])
    assert address not in shown(examiner, accepted)
    sent = examiner.post(address, {"reason": "执行后难以挽回", "confirmed": "1"})
    assert (sent.status_code, "没有可以停止执行的内容" in sent.content.decode()) == (422, True)
    title = Title.objects.get(number="SHETC-T-2025-00000")
    ordered(cast, title, cast.at, ProceedingKind.WARNING)
    letter = Letter.objects.get(case__proceeding__title=title, kind="order")
    order = open_reconsideration(
        letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=cast.at
    )
    door.perform(order, "accept_reconsideration", by=cast.people["reconsiderer1"], at=cast.at)
    address = reverse("matter_act", args=[order.number, "stay_execution"])
    assert address in shown(examiner, order)
    door.perform(
        order, "stay_execution", by=cast.people["reconsiderer1"], at=cast.at, form={"reason": "执行后难以挽回"}
    )
    assert address not in shown(examiner, order), "stayed already"


def shown(client: Client, case: Case) -> str:
    page = client.get(reverse("matter", args=[case.number]))
    assert page.status_code == 200
    return page.content.decode()


def test_order_takes_effect_beside_a_stay_without_a_case(cast: Cast, clock: Clock, accepted: Case) -> None:
    Reconsideration.objects.filter(case=accepted).update(stayed_at=clock.at)  # as it may stand on file from before
    title, later = municipal_title(cast, 1), clock.at.date() + timedelta(days=3)
    ordered(cast, title, clock.at, ProceedingKind.CANCELLATION, effective_from=later)
    tick(clock.at + timedelta(days=4))
    assert Title.objects.get(pk=title.pk).state == TitleState.CANCELLED

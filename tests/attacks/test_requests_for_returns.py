"""What an officer asks a superior about one more return stays closed to the holder, whichever way it is called for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import Owner
from accreditation.models import Case, FurtherReturn, Reexamination, YearlyReport
from accreditation.services.further_returns import RETURNS_OF_MATTERS
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.reexaminations import SUMMARY as WORDS
from tests.factories.reexaminations import round_called
from tests.factories.reexaminations import whole_figures as figures_again
from tests.factories.returns import ANOTHER, returned, returned_on_page
from tests.factories.titles import municipal_title
from tests.factories.yearly_reports import SUMMARY, called, demonstration_title, whole_figures
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY, SUPERIOR_SAID, AGAIN = "怀疑所附决议系事后补作", "同意，注意保密", "请补充股东会决议原件。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def changing(cast: Cast) -> Case:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, ChangeKind.RENAME), ChangeState.UNDER_OPINION, cast)
    return Case.objects.get(pk=case.pk)


def reporting(cast: Cast) -> Case:
    make_demonstration(cast)
    demonstration_title(cast)
    called(cast)
    case = YearlyReport.objects.get().case
    return handed_in(cast, case, "report", whole_figures(case), SUMMARY)


def reexamined(cast: Cast) -> Case:
    make_demonstration(cast)
    demonstration_title(cast)
    round_called(cast)
    case = Reexamination.objects.get().case
    return handed_in(cast, case, "reexamination", figures_again(case), WORDS)


def handed_in(cast: Cast, case: Case, what: str, figures: dict[str, str], summary: str) -> Case:
    paper = {"file": stored_file(b"material", cast.at), "name": "材料.pdf", "purpose": "材料"}
    door.perform(case, f"fill_{what}", by=cast.member0, at=cast.at, form=figures)
    door.perform(case, f"add_{what}_document", by=cast.member0, at=cast.at, form=paper)
    door.perform(case, f"hand_in_{what}", by=cast.member0, at=cast.at, form={"summary": summary})
    return Case.objects.get(pk=case.pk)


WORLDS: dict[str, tuple[Callable[[Cast], Case], str]] = {
    "return_change": (changing, Owner.DISTRICT),
    "send_report_back": (reporting, Owner.OFFICE),
    "send_reexamination_back": (reexamined, Owner.OFFICE),
}


def test_every_return_of_a_matter_is_attacked() -> None:
    assert set(WORLDS) == set(RETURNS_OF_MATTERS)


@pytest.mark.parametrize("answer", ["", "allowed"])
@pytest.mark.parametrize("verb", WORLDS)
def test_holder_neither_reads_nor_carries_out_what_officers_ask_of_each_other(
    cast: Cast, verb: str, answer: str
) -> None:
    make, owner = WORLDS[verb]
    case = make(cast)
    said = {"answered_by": cast.publisher, "answered_at": cast.at, "answer_reason": SUPERIOR_SAID} if answer else {}
    row = FurtherReturn.objects.create(
        matter=case, by_owner=owner, state=case.state, reason=WHY, asked_by=cast.office, asked_at=cast.at,
        points=returned(ANOTHER, remark=AGAIN)["points"], answer=answer, **said,
    )  # fmt: skip
    holder, act = log_in(Client(), cast.member0), reverse("my_matter_act", args=[case.number, verb])
    assert holder.get(act).status_code == 404
    for form in ({}, {"further": row.pk}, {"further": row.pk, "confirmed": "1"}, returned_on_page(ANOTHER)):
        seen = holder.post(act, form)
        assert seen.status_code == 403
        words = seen.content.decode()
        assert not any(secret in words for secret in (WHY, SUPERIOR_SAID, AGAIN, str(cast.office)))
    assert Case.objects.get(pk=case.pk).state == case.state
    assert FurtherReturn.objects.get().spent_at is None

"""The pages between the minutes and the grant: a name on a notice, the way back to the committee, giving up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accreditation.models import NoticeEntry, Reopening, User
from tests.attacks.pages_of_verbs import CLOCK, NONE, Asked, Fields, Page, number_and_verb, pdf, says
from tests.factories import hearings, reopenings


def _answers(asked: Asked) -> User:
    """The other one of two officers who did nothing in the case."""
    return hearings.officers(asked.case, asked.at)[1]


def _proposes(asked: Asked) -> User:
    return hearings.officers(asked.case, asked.at)[0]


def _waived(asked: Asked) -> None:
    hearings.waive(asked.case, by=asked.world.people["applicant"], at=asked.at)


def _entry(field: str, value: str) -> Fields:
    def fields(asked: Asked) -> dict[str, Any]:
        row = NoticeEntry.objects.filter(application__case=asked.case).first()
        return {"body": "更正如下。", f"{field}-{row.pk if row else NONE}": value, "confirmed": "1"}

    return fields


def _notice(asked: Asked) -> tuple[Any, ...]:
    notice = asked.application.notice
    return (notice.number if notice else "none",)


def _put_forward(asked: Asked) -> None:
    reopenings.put_forward(asked.case, at=asked.at)


def _stated_on(asked: Asked) -> None:
    _put_forward(asked)
    reopenings.stated(asked.case, by=asked.world.people["applicant"], at=asked.at)


def _case_and_reopening(asked: Asked) -> tuple[Any, ...]:
    row = Reopening.objects.filter(application__case=asked.case).first()
    return (asked.case.number, row.pk if row else NONE)


def _found_late(_asked: Asked) -> dict[str, Any]:
    return {"ground": "false_material", "facts": reopenings.FACTS, "file": pdf("来函.pdf")}


def _answer(asked: Asked) -> dict[str, Any]:
    _number, reopening = _case_and_reopening(asked)
    return {"reason": reopenings.REASON, "reopening": reopening, "confirmed": "1"}


def back_to_committee(*, state: str) -> Mapping[str, Page]:
    """The pages of 重新审议, from a state in which the case may be put forward."""
    return {
        "propose_reopening": Page("{desk}_act", _found_late, number_and_verb),
        "state_on_reopening": Page(
            "my_reopening", says(text=reopenings.STATEMENT), _case_and_reopening, _put_forward, state, "="
        ),
        "return_to_committee": Page(
            "{desk}_act", _answer, number_and_verb, _stated_on, state, "under_overall_review", by=_answers
        ),
        "drop_reopening": Page("{desk}_act", _answer, number_and_verb, _stated_on, state, "=", by=_answers),
        "withdraw_reopening": Page("{desk}_act", _answer, number_and_verb, _put_forward, state, "=", by=_proposes),
        "give_up": Page("my_give_up", says(reason=reopenings.GIVEN_UP, understood="on")),
    }


BETWEEN: Mapping[str, Page] = {
    **back_to_committee(state="proposed"),
    "correct_entry": Page("notice_adjust", _entry("name", "更正后的名称"), _notice),
    "waive_notice": Page("my_waiver", says(reason=hearings.WAIVED, understood="on")),
    "take_off_notice": Page("notice_adjust", _entry("off", "on"), _notice, _waived, "under_notice", "withdrawn"),
}
WITH_NOTICE = (
    "municipal_recognition/2022", "municipal_recognition/2026", "district_recognition/2022",
    "generic_recognition/2026",
)  # fmt: skip
PAGES: Mapping[str, Mapping[str, Page]] = dict.fromkeys(WITH_NOTICE, BETWEEN)
NO_PAGE: Mapping[str, str] = {"end_reopening_time": CLOCK}

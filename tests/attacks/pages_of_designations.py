"""The pages of a recognition under a designation from a file: the municipal ones, and the end for a bar."""

from __future__ import annotations

from collections.abc import Mapping

from tests.attacks.pages_of_verbs import RECOGNITION, Asked, Page, batch_code, says
from tests.factories.held import BARRED_BY, bar_meanwhile


def _barred(asked: Asked) -> None:
    bar_meanwhile(asked.case, asked.cast, asked.at)


NO_PAGE: Mapping[str, str] = {}
PAGES: Mapping[str, Mapping[str, Page]] = {
    "generic_recognition/2026": {
        **RECOGNITION,
        "end_as_barred": Page(
            "batch_end_barred",
            says(reason=BARRED_BY, confirmed="1"),
            lambda asked: (*batch_code(asked), asked.case.number),
            _barred,
            "notice_completed",
            "barred",
        ),
    },
}

"""Certificates made out again, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accreditation.models import Reissue, ReissueLetter, User
from accreditation.reissue_words import ReissueReason, ReissueState
from accreditation.services.reconsiderations import is_challengeable
from accreditation.templatetags.dates import moment
from certificates.occasions import OCCASIONS
from workflows.presentation.letters import afterwards, letter_words
from workflows.presentation.words import TONES, Words, either, quoted
from workflows.reissuing import OCCASION_FOR

STATE_TONES = {
    ReissueState.WAITING: TONES["current"],
    ReissueState.ALLOWED: TONES["ok"],
    ReissueState.REFUSED: TONES["bad"],
    ReissueState.WITHDRAWN: TONES["idle"],
}


def occasion(row: Reissue) -> str:
    """补发 or 换发."""
    word = OCCASIONS[OCCASION_FOR[ReissueReason(row.reason)]].word
    return word.en if (get_language() or "").startswith("en") else word.zh


def reissue_words(row: Reissue) -> Words:
    """A request in a list: numbers, holder, reason, state with its tone, letter."""
    letter = _letter(row)
    return {
        "number": row.number,
        "title": row.title.number,
        "holder": row.title.holder.name,
        "programme": either(row.title.programme, "name"),
        "occasion": occasion(row),
        "reason": row.get_reason_display(),
        "by": _("机关更正") if row.is_by_office else _("持有单位申请"),
        "asked_at": row.asked_at,
        "settled_at": row.settled_at,
        "state": row.get_state_display(),
        "tone": STATE_TONES[ReissueState(row.state)],
        "is_waiting": row.state == ReissueState.WAITING,
        "is_to_be_withdrawn": row.state == ReissueState.WAITING and not row.is_by_office,
        "versions": versions(row),
        "answer": row.answer,
        "reopened": reopened_text(row),
        "letter": letter.number if letter else "",
        "letter_href": reverse("my_reissue_letter", args=[row.title.number, letter.number]) if letter else "",
    }


def versions(row: Reissue) -> str:
    """Which version takes the place of which."""
    if row.new_version is None:
        return ""
    words = {"no": row.certificate_number, "new": row.new_version, "old": row.former_version}
    return _("证书 %(no)s 第 %(new)s 版取代第 %(old)s 版") % words


def reopened_text(row: Reissue) -> str:
    """Which request it takes up again; empty where it is the first."""
    if row.reopens is None:
        return ""
    return _("对 %(no)s 的答复已被撤销，重新办理") % {"no": row.reopens.number}


def summary(row: Reissue) -> list[Words]:
    """Rows of one request for the authority."""
    shown: list[tuple[str, object]] = [
        (_("持有单位"), quoted(row.title.holder.name)),
        (_("统一社会信用代码"), row.title.holder.uscc),
        (_("称号"), f"{either(row.title.programme, 'name')} {row.title.number}"),
        (_("事项"), occasion(row)),
        (_("理由"), row.get_reason_display()),
        (_("情况说明"), quoted(row.statement)),
        (_("恢复办理"), reopened_text(row)),
        (_("提出人"), quoted(row.asked_by)),
        (_("提出时间"), moment(row.asked_at)),
        (_("审核人"), quoted(row.settled_by) if row.settled_by else ""),
        (_("审核时间"), moment(row.settled_at) if row.settled_at else ""),
        (_("审核理由"), quoted(row.answer) if row.answer else ""),
        (_("证书"), versions(row)),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def letter_of(row: Reissue, user: User, at: datetime) -> Words | None:
    """The answer as it was sent, for `workflows/parts/letter.html`; None before it, and where none is written."""
    letter = _letter(row)
    return answer_letter(letter, user, at) if letter else None


def answer_letter(letter: ReissueLetter, user: User, at: datetime) -> Words:
    """One answer under its name, with what came of it."""
    words = letter_words(letter, letter.get_kind_display())
    return words | {"may_be_challenged": is_challengeable(letter)} | afterwards(letter, user, at)


def history_text(content: Mapping[str, Any]) -> str:
    """What the register says of a version asked of the signer."""
    return _("第 %(new)s 版证书取代第 %(old)s 版") % {"new": content["version"], "old": content["replaces"]}


def _letter(row: Reissue) -> ReissueLetter | None:
    return getattr(row, "letter", None)

"""Readings in the background: opened, told how far they are, ended with an upload or with the reason against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import override

from accreditation.enums import ReadingState
from accreditation.errors import Reason
from accreditation.models import Application, User, WorkbookReading, WorkbookUpload
from accreditation.models.readings import OPEN
from accreditation.services import spool
from criteria.workbook import Fault, Faults, Severity

SWEPT_AFTER = timedelta(days=1)  # a file that no open reading names: its sender was cut off before the row

Pair = tuple[str, str]
_EXPECTED: Pair = ("办件仍可由您上传数据表。", "The case is still open to your uploads.")
_FIX: Pair = (
    "请查看办件当前状态，需要时重新上传。",
    "Look at the case as it stands and upload again where it is needed.",
)
_LOST: Pair = ("文件在读取之前丢失。", "The file was lost before it could be read.")
_LOST_FIX: Pair = ("请重新上传。", "Please upload it again.")
_GONE: Pair = ("办件已不能由您办理。", "The case is no longer yours to act in.")
_CANCELLED: Pair = ("您取消了读取。", "You cancelled the reading.")
_FILE: Pair = ("上传的文件。", "The file that was sent.")


def open_reading(application: Application) -> WorkbookReading | None:
    """The reading under way for this application; there is one at most."""
    return application.readings.filter(state__in=OPEN).select_related("sent_by").first()


def refused_last(application: Application) -> WorkbookReading | None:
    """The newest reading where it was refused and nothing was uploaded since."""
    newest = application.readings.order_by("-number").first()
    if newest is None or newest.state != ReadingState.REFUSED:
        return None
    return None if application.uploads.filter(uploaded_at__gt=newest.finished_at).exists() else newest


def record_reading(
    application: Application, *, by: User, at: datetime, name: str, sha256: str, spool_name: str
) -> WorkbookReading:
    """A workbook that lies in the spool folder is to be read."""
    return WorkbookReading.objects.create(
        application=application,
        number=application.readings.count() + 1,
        sha256=sha256,
        file_name=name,
        spool_name=spool_name,
        sent_by=by,
        sent_at=at,
    )


def begin(reading: WorkbookReading, *, at: datetime) -> None:
    """The worker has taken it up, perhaps after another was killed."""
    reading.state, reading.started_at = ReadingState.READING, at
    reading.save(update_fields=["state", "started_at"])


def tell_rows(reading: WorkbookReading, done: int, known: int) -> None:
    """How far it is."""
    WorkbookReading.objects.filter(pk=reading.pk, state=ReadingState.READING).update(rows_done=done, rows_known=known)


def finish(pk: int, upload: WorkbookUpload, *, at: datetime) -> None:
    """Ended with an upload, in the transaction that records it; only once."""
    WorkbookReading.objects.filter(pk=pk, state__in=OPEN).update(state=ReadingState.DONE, upload=upload, finished_at=at)


def refuse(pk: int, fault: Fault, *, at: datetime) -> bool:
    """Ended with a reason; False where it had ended before."""
    text = Faults((fault,)).to_json()
    rows = WorkbookReading.objects.filter(pk=pk, state__in=OPEN)
    return bool(rows.update(state=ReadingState.REFUSED, refusal=text, finished_at=at))


def refusal_of(reading: WorkbookReading) -> Fault | None:
    """The reason against it, in both languages."""
    return Faults.from_json(reading.refusal).refusal if reading.refusal else None


def fault_of_reasons(reasons: Sequence[Reason], ask_again: Callable[[], Sequence[Reason]]) -> Fault:
    """What the door said, kept as a refusal of the whole file, in either language whatever the active one is.

    A sentence with values in it is made in the language that was active: the door is asked again in each.
    """
    return _refusal(reasons[0].code, _both(reasons, ask_again), _EXPECTED, _FIX)


def lost_file() -> Fault:
    """The spool folder has lost the file."""
    return _refusal("lost_file", _LOST, _FILE, _LOST_FIX)


def gone_case() -> Fault:
    """The case is no longer to be found by who sent the file."""
    return _refusal("case_gone", _GONE, _EXPECTED, _FIX)


def cancelled() -> Fault:
    """Who sent it, or a colleague, did not want to wait."""
    return _refusal("cancelled", _CANCELLED, _EXPECTED, _LOST_FIX)


def ahead_of(reading: WorkbookReading) -> int:
    """How many were sent before it and are not yet read."""
    return WorkbookReading.objects.filter(state__in=OPEN, sent_at__lt=reading.sent_at).count()


def sweep_spool(*, at: datetime) -> int:
    """Remove files of ended readings and of none; returns how many."""
    named = set(WorkbookReading.objects.filter(state__in=OPEN).values_list("spool_name", flat=True))
    return spool.sweep(named, before=at - SWEPT_AFTER)


def _both(reasons: Sequence[Reason], ask_again: Callable[[], Sequence[Reason]]) -> Pair:
    """The same reasons, said again; where others are found by now, those that were given, as far as they can be put."""
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            again = ask_again()
            is_same = [reason.code for reason in again] == [reason.code for reason in reasons]
            texts.append(" ".join(str(reason) for reason in (again if is_same else reasons)))
    return texts[0], texts[1]


def _refusal(code: str, message: Pair, expected: Pair, fix: Pair) -> Fault:
    return Fault(code, Severity.REFUSAL, "", "", "", None, "", *expected, *message, *fix)

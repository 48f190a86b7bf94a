"""A long workbook in the background: kept, read once by the worker, ended with an upload or a reason, always told."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from accreditation import effects
from accreditation.audit import chain_key
from accreditation.enums import EffectState, MemberState, ReadingState
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    AuditEvent,
    Case,
    Effect,
    Member,
    Message,
    StoredFile,
    WorkbookReading,
    WorkbookUpload,
)
from accreditation.selectors.messages import render_message
from accreditation.services import spool
from accreditation.services.readings import refusal_of, refused_last, sweep_spool
from accreditation.services.rule_sets import template_of
from criteria.workbook.samples import faulty_workbook
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.workflows.test_intake import workbook
from workflows import door
from workflows.consistency import check_all
from workflows.intake import cancel_reading, send_workbook, upload_workbook
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "k" * 32


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


@pytest.fixture
def content(cast: Cast) -> bytes:
    return workbook(cast.enterprises[0], template_of(cast.batch))


Send = Callable[..., WorkbookReading]


@pytest.fixture
def send(cast: Cast, case: Case) -> Send:
    def sent(content: bytes, key: str | None = None) -> WorkbookReading:
        number = send_workbook(case, content, "长表.xlsx", by=cast.member0, at=cast.at, request_key=key)
        return WorkbookReading.objects.get(application__case=case, number=number)

    return sent


def work(cast: Cast) -> effects.Report:
    return effects.run_due(cast.at, lane=effects.Lane.LONG)


def waiting_files() -> list[str]:
    return sorted(os.listdir(spool.spool_folder())) if spool.spool_folder().exists() else []


def told(cast: Cast) -> list[str]:
    return list(Message.objects.filter(recipient=cast.member0).values_list("kind", flat=True))


def test_sent_workbook_waits_durably_and_is_promised_to_the_worker(cast: Cast, send: Send, content: bytes) -> None:
    reading = send(content)
    assert (reading.state, reading.number, reading.sent_by) == (ReadingState.WAITING, 1, cast.member0)
    assert spool.get(reading.spool_name) == content
    effect = Effect.objects.get(kind="read_workbook")
    assert effect.payload == {"reading": reading.pk}
    assert not WorkbookUpload.objects.exists()
    assert not StoredFile.objects.exists()


def test_worker_records_the_upload_as_the_person_who_sent_it(
    cast: Cast, case: Case, send: Send, content: bytes
) -> None:
    reading = send(content)
    assert work(cast) == effects.Report(done=1)
    reading.refresh_from_db()
    upload = WorkbookUpload.objects.get()
    assert (reading.state, reading.upload, reading.refusal) == (ReadingState.DONE, upload, "")
    assert (upload.is_accepted, upload.uploaded_by, upload.sha256) == (True, cast.member0, reading.sha256)
    assert reading.rows_done == reading.rows_known > 0
    assert waiting_files() == []
    assert told(cast) == ["workbook_accepted"]
    assert [event.verb for event in AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq")] == [
        "open", "send_workbook", "upload_workbook",
    ]  # fmt: skip
    assert list(check_all()) == []


def test_faulty_workbook_ends_as_an_upload_with_its_faults(cast: Cast, send: Send) -> None:
    reading = send(faulty_workbook(template_of(cast.batch)))
    work(cast)
    reading.refresh_from_db()
    assert reading.upload is not None
    assert not reading.upload.is_accepted
    assert reading.upload.faults
    assert told(cast) == ["workbook_faulty"]
    assert waiting_files() == []
    assert not StoredFile.objects.exists()


def test_file_refused_whole_leaves_the_reason_and_nothing_of_itself(cast: Cast, send: Send) -> None:
    other = replace(template_of(cast.batch), id="shetc-2026-99:x:2025", batch_code="shetc-2026-99")
    reading = send(workbook(cast.enterprises[0], other))
    work(cast)
    reading.refresh_from_db()
    fault = refusal_of(reading)
    assert fault is not None
    assert (reading.state, fault.code) == (ReadingState.REFUSED, "other_batch")
    assert fault.message_zh != fault.message_en
    assert waiting_files() == []
    assert not WorkbookUpload.objects.exists()
    assert not StoredFile.objects.exists()
    assert told(cast) == ["workbook_refused"]
    assert "长表.xlsx" in render_message(Message.objects.get(kind="workbook_refused")).text
    assert refused_last(reading.application) == reading
    assert list(check_all()) == []


def test_double_click_and_the_same_bytes_again_lead_to_one_reading(cast: Cast, send: Send, content: bytes) -> None:
    first = send(content, KEY)
    assert send(content, KEY) == first
    assert send(content, "l" * 32) == first
    assert send(content) == first
    assert waiting_files() == [first.spool_name]
    work(cast)
    assert send(content, KEY) == first
    assert waiting_files() == []
    assert WorkbookUpload.objects.count() == 1


def test_database_knows_one_open_reading_per_application(send: Send, content: bytes) -> None:
    reading = send(content)
    reading.pk, reading.number, reading.spool_name = None, 2, "another"
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        reading.save(force_insert=True)


def test_other_workbook_waits_until_the_reading_has_ended(cast: Cast, case: Case, send: Send, content: bytes) -> None:
    reading = send(content)
    other = workbook(cast.enterprises[0], template_of(cast.batch), {("employees", 2025): 700})
    for upload in (send_workbook, upload_workbook):
        with pytest.raises(Refusal) as refusal:
            upload(case, other, "另一份.xlsx", by=cast.member0, at=cast.at)
        assert [reason.code for reason in refusal.value.reasons] == ["reading_under_way"]
    assert waiting_files() == [reading.spool_name]
    work(cast)
    assert upload_workbook(case, other, "另一份.xlsx", by=cast.member0, at=cast.at).number == 2


def test_stranger_cannot_send(cast: Cast, case: Case, content: bytes, send: Send) -> None:
    for _turn in range(2):
        with pytest.raises(Denied):
            send_workbook(case, content, "长表.xlsx", by=cast.member1, at=cast.at)
        assert WorkbookReading.objects.filter(sent_by=cast.member1).count() == 0
        send(content)
    assert len(waiting_files()) == 1


def test_person_who_lost_the_authority_meanwhile_is_refused(cast: Cast, send: Send, content: bytes) -> None:
    reading = send(content)
    Member.objects.filter(user=cast.member0).update(state=MemberState.ENDED)
    assert work(cast) == effects.Report(done=1)
    reading.refresh_from_db()
    fault = refusal_of(reading)
    assert fault is not None
    assert fault.code == "not_yours"
    assert "申报单位" in fault.message_zh
    assert not WorkbookUpload.objects.exists()
    assert waiting_files() == []


@pytest.mark.parametrize(("active", "is_meanwhile"), [("zh-hans", False), ("en", False), ("en", True)])
def test_case_that_moved_on_ends_the_reading_with_that_reason_in_either_language(
    cast: Cast, case: Case, send: Send, content: bytes, active: str, is_meanwhile: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_material(case, cast.member0, cast.at)
    before = WorkbookUpload.objects.count()
    reading = send(content)
    get = spool.get

    def submitted(name: str = "") -> bytes:
        door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
        return get(name) if name else b""

    if is_meanwhile:
        monkeypatch.setattr(spool, "get", submitted)  # the worker has loaded the case before
    else:
        submitted()
    with override(active):
        work(cast)
    reading.refresh_from_db()
    fault = refusal_of(reading)
    assert fault is not None
    assert fault.code == "already_done"
    assert ("提交申报" in fault.message_zh, "Submit" in fault.message_zh) == (True, False)
    assert ("提交申报" in fault.message_en, "ubmit" in fault.message_en) == (False, True)
    assert WorkbookUpload.objects.count() == before
    assert "workbook_refused" in told(cast)
    assert waiting_files() == []


def test_effect_carried_out_again_changes_nothing(cast: Cast, send: Send, content: bytes) -> None:
    send(content)
    work(cast)
    Effect.objects.filter(kind="read_workbook").update(state=EffectState.PENDING)
    assert work(cast) == effects.Report(done=1)
    assert WorkbookUpload.objects.count() == 1
    assert told(cast) == ["workbook_accepted"]


def test_lost_file_is_a_reason_not_an_endless_effect(cast: Cast, send: Send, content: bytes) -> None:
    reading = send(content)
    spool.drop(reading.spool_name)
    assert work(cast) == effects.Report(done=1)
    reading.refresh_from_db()
    fault = refusal_of(reading)
    assert fault is not None
    assert fault.code == "lost_file"


def test_failure_of_the_house_is_tried_again(
    cast: Cast, send: Send, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = send(content)
    with monkeypatch.context() as broken:
        broken.setattr(spool, "get", lambda name: (_ for _ in ()).throw(OSError("disk")))
        assert work(cast) == effects.Report(put_off=1)
    assert effects.run_due(cast.at + timedelta(hours=1), lane=effects.Lane.LONG) == effects.Report(done=1)
    reading.refresh_from_db()
    assert reading.state == ReadingState.DONE


def test_cancelled_reading_deletes_the_file_and_frees_the_way(
    cast: Cast, case: Case, send: Send, content: bytes
) -> None:
    reading = send(content)
    with pytest.raises(Denied):
        cancel_reading(case, reading, by=cast.member1, at=cast.at)
    assert cancel_reading(case, reading, by=cast.member0, at=cast.at)
    assert not cancel_reading(case, reading, by=cast.member0, at=cast.at)
    assert waiting_files() == []
    assert work(cast) == effects.Report(done=1)
    assert not WorkbookUpload.objects.exists()
    assert upload_workbook(case, content, "数据表.xlsx", by=cast.member0, at=cast.at).number == 1
    assert list(check_all()) == []


def test_reading_cancelled_while_the_worker_reads_is_not_recorded(
    cast: Cast, case: Case, send: Send, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = send(content)
    get = spool.get

    def cancel_meanwhile(name: str) -> bytes:
        found = get(name)
        cancel_reading(case, reading, by=cast.member0, at=cast.at)
        return found

    monkeypatch.setattr(spool, "get", cancel_meanwhile)
    assert work(cast) == effects.Report(done=1)
    assert not WorkbookUpload.objects.exists()
    assert told(cast) == ["workbook_refused"]


def test_mails_do_not_wait_for_readings(cast: Cast, send: Send, content: bytes) -> None:
    reading = send(content)
    effects.run_due(cast.at, lane=effects.Lane.ORDINARY)
    reading.refresh_from_db()
    assert reading.state == ReadingState.WAITING
    assert not Effect.objects.filter(kind="read_workbook").exclude(state=EffectState.PENDING).exists()


def test_reading_of_a_killed_worker_is_taken_up_after_its_time(cast: Cast, send: Send, content: bytes) -> None:
    send(content)
    Effect.objects.filter(kind="read_workbook").update(state=EffectState.RUNNING, started_at=cast.at)
    early = cast.at + effects.LONG_STUCK_AFTER - timedelta(seconds=1)
    assert effects.run_due(early, lane=effects.Lane.LONG) == effects.Report()
    assert effects.run_due(cast.at + effects.LONG_STUCK_AFTER, lane=effects.Lane.LONG) == effects.Report(done=1)


def test_sweep_removes_what_no_open_reading_names(cast: Cast, send: Send, content: bytes) -> None:
    reading = send(content)
    orphan = spool.put(b"cut off before the row")
    assert sweep_spool(at=cast.at - timedelta(days=3650)) == 0
    far = cast.at + timedelta(days=3650)
    assert sweep_spool(at=far) == 1
    assert waiting_files() == [reading.spool_name]
    assert orphan not in waiting_files()

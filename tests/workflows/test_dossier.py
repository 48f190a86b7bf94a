"""The dossier of a case: complete, checkable without us, the same bytes for the same state, silent on objectors."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import AuditEvent, Case, Evidence, StoredFile, WorkbookUpload
from accreditation.services.files import keep_file
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.exports.dossier import write_dossier
from workflows.opening_proceedings import open_proceeding
from workflows.tick import clock_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OBJECTOR = {"objector": "周异议人", "contact": "021-87654321", "text": "该单位的研究开发人员多为兼职人员。"}
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def stored(cast: Cast) -> StoredFile:
    return keep_file(PDF, media_type="application/pdf", at=cast.at)


def noticed(cast: Cast, clock: Clock) -> Case:
    """A case in public notice with an objection; every file of it really is in the store."""
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    door.perform(case, "raise_objection", by=clock_person(), at=clock.at, form=OBJECTOR)
    Evidence.objects.filter(application__case=case).update(file=stored(cast))
    WorkbookUpload.objects.filter(application__case=case).update(file=stored(cast))
    return case


def opened(case: Case) -> tuple[zipfile.ZipFile, str]:
    stream = io.BytesIO()
    digest = write_dossier(Case.objects.get(pk=case.pk), stream)
    assert digest == hashlib.sha256(stream.getvalue()).hexdigest()
    return zipfile.ZipFile(stream), digest


def test_every_file_has_its_hash_and_the_same_state_gives_the_same_bytes(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    archive, digest = opened(case)
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    named = set(archive.namelist()) - {"SHA256SUMS", "index.csv"}
    assert set(sums) == named
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items())
    folders = {name.split("/")[0] for name in named}
    assert folders >= {"letters", "evidence", "workbooks", "submissions", "reviews", "meetings", "notice", "objections"}
    assert opened(case)[1] == digest


def test_chain_of_acts_is_checked_by_the_recipe_of_the_readme_alone(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    archive, _digest = opened(case)
    previous = "0" * 64
    for act in json.loads(archive.read("acts.json")):
        at = act["at"].replace("+00:00", "")
        at = (at if "." in at else f"{at}.000000") + "+00:00"
        said = {
            "at": at, "by": [act["by_id"], act["by_name"], act["acting_as"]], "chain": act["chain"],
            "code_revision": act["code_revision"], "content": act["content"], "previous": previous, "seq": act["seq"],
            "states": [act["state_before"], act["state_after"]], "verb": act["verb"],
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert previous == act["hash"], act["seq"]
    assert previous in archive.read("README.txt").decode()


def test_nobody_learns_who_objected(cast: Cast, clock: Clock) -> None:
    archive, _digest = opened(noticed(cast, clock))
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert "周异议人".encode() not in whole
    assert b"021-87654321" not in whole


def test_names_of_files_cannot_leave_the_archive_and_equal_names_keep_apart(cast: Cast, clock: Clock) -> None:
    case = open_proceeding(
        municipal_title(cast), kind="warning", ground="dishonesty", found_facts=FACTS, by=cast.office, at=clock.at
    )
    for name in ("../../etc/passwd", "证据.pdf", "证据.pdf", "\u202egpj.exe", "=1+1.pdf"):
        form = {"file": stored(cast), "name": name, "purpose": "证据"}
        door.perform(case, "add_document", by=cast.office, at=clock.at, form=form)
    archive, _digest = opened(case)
    names = [name for name in archive.namelist() if name.startswith("documents/")]
    assert len(names) == len(set(names)) == 5
    assert all(name.count("/") == 1 and ".." not in name and "\u202e" not in name for name in names)
    assert "subject.json" in archive.namelist()


def test_copy_is_taken_for_a_reason_and_written_into_the_trail(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    address = reverse("case_dossier", args=[case.number])
    auditor = log_in(Client(), cast.auditor)
    assert auditor.post(address, {"reason": ""}).status_code == 422
    answer = auditor.post(address, {"reason": "（2026）示例行复 1 号"})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file answer streams
    event = AuditEvent.objects.get(verb="export_dossier")
    assert event.acting_as == "auditor"
    assert event.content == {"reason": "（2026）示例行复 1 号", "sha256": hashlib.sha256(content).hexdigest()}
    assert log_in(Client(), cast.pudong).get(address).status_code == 403

"""The dossier of a case that a town forwarded and experts visited, with what was done by lent powers."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.models import Case, Evidence, SiteVisit, SiteVisitDocument, WorkbookUpload
from accreditation.services.files import keep_file
from tests.clock import Clock
from tests.factories.local import LocalCast, checked, filed, make_local_cast, reviewed
from workflows import door
from workflows.exports.dossier import write_dossier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PHOTO = b"\x89PNG photo of the laboratory"


@pytest.fixture
def local(settings: LazySettings, clock: Clock, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    return make_local_cast(clock.at)


def rows(archive: zipfile.ZipFile, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(path).decode("utf-8-sig"))))


def test_forwarding_and_visit_with_its_photographs_are_in_it(local: LocalCast, clock: Clock) -> None:
    case = filed(local, through_town=True)
    door.perform(case, "forward", by=local.forwarder, at=clock.at, form={"opinion": "材料齐全，同意转报。"})
    checked(local, case)
    reviewed(local, case)
    file = keep_file(PHOTO, media_type="image/png", at=clock.at)
    SiteVisitDocument.objects.create(visit=SiteVisit.objects.get(), file=file, name="实验室.png")
    for model in (Evidence, WorkbookUpload):
        model._default_manager.filter(application__case=case).update(file=file)
    stream = io.BytesIO()
    write_dossier(Case.objects.get(pk=case.pk), stream)
    archive = zipfile.ZipFile(stream)
    assert [line["意见"] for line in rows(archive, "forwarding/forwardings.csv")] == ["材料齐全，同意转报。"]
    visit = rows(archive, "visits/visits.csv")[0]
    assert (visit["属实"], visit["核查专家"].count("、")) == ("是", 1)
    photo = next(name for name in archive.namelist() if name.endswith("-实验室.png"))
    assert archive.read(photo) == PHOTO
    assert rows(archive, "visits/documents.csv")[0]["文件"] == file.sha256

"""The paper past: every fault named by its cell, two people, one piece, the register and the log in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import PaperImportState, TitleState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Enterprise, Lender, Member, PaperImport, Title, User
from accreditation.roles import Role
from certificates.models import LogEntry, PaperCertificate
from certificates.numbering import NumberForm
from certificates.services.checking import differences
from certificates.services.keys import open_keys
from certificates.services.paper import expire_paper_due
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.standing import Standing
from criteria.workbook.lists import Listing, read_list
from tests.certificates.samples import particulars
from tests.clock import Clock
from tests.factories.cast import CODES, Cast, make_cast, person
from tests.factories.paper import HOLDER, USCC, as_csv, as_workbook, line
from tests.factories.titles import FACTS
from workflows import door
from workflows.exports.paper_template import paper_template
from workflows.opening_proceedings import open_proceeding
from workflows.paper_import import confirm_import, drop_import, prepare_import
from workflows.paper_rows import HEADINGS
from workflows.selectors.batch_desk import programmes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Prepare = Callable[..., PaperImport]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def prepare(cast: Cast) -> Prepare:
    """Put lines before a second person, as the office."""

    def prepared(*lines: Mapping[str, str], name: str = "名单.xlsx") -> PaperImport:
        return prepare_import(as_workbook(lines), name, by=cast.office, at=cast.at)

    return prepared


def found(row: PaperImport, severity: str = "fault") -> list[tuple[str, str, str]]:
    return [(one["code"], one["cell"], one["read"]) for one in row.findings if one["severity"] == severity]


def test_good_list_waits_for_a_second_person_and_enters_nothing(cast: Cast) -> None:
    content = as_workbook([line()])
    row = prepare_import(content, "名单.xlsx", by=cast.office, at=cast.at)
    assert (row.number, row.state, len(row.rows), row.findings) == ("PAPER-2026-0001", "prepared", 1, [])
    assert not PaperCertificate.objects.exists()
    assert not Enterprise.objects.filter(uscc=USCC).exists()
    assert prepare_import(content, "名单.xlsx", by=cast.office, at=cast.at) == row  # the same file, still waiting
    with pytest.raises(Denied):
        confirm_import(row, by=cast.office, at=cast.at)
    with pytest.raises(Denied):
        confirm_import(row, by=cast.pudong, at=cast.at)
    with pytest.raises(Denied):
        prepare_import(as_workbook([line()]), "名单.xlsx", by=cast.pudong, at=cast.at)


def test_who_acts_for_its_preparer_confirms_no_list(
    cast: Cast, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = prepare(line())
    monkeypatch.setattr("workflows.paper_import._role", lambda _by: Role.PUBLISHER)
    cast.publisher.stands_in_for = Lender(0, cast.office.pk, str(cast.office))
    with pytest.raises(Denied) as refused:
        confirm_import(row, by=cast.publisher, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["four_eyes"]


def test_confirmed_list_is_in_the_register_of_titles_and_in_the_log(cast: Cast, prepare: Prepare) -> None:
    row = confirm_import(prepare(line(), line(number="纸-2", uscc=CODES[0], holder=cast.enterprises[0].name)),
                         by=cast.publisher, at=cast.at)  # fmt: skip
    assert (row.state, row.decided_by) == (PaperImportState.CONFIRMED, cast.publisher)
    entered = PaperCertificate.objects.order_by("log_index")
    assert [one.number for one in entered] == ["沪经信技〔2015〕第12号", "纸-2"]
    first = entered[0]
    assert (first.prepared_by, first.confirmed_by) == (cast.office.name, cast.publisher.name)
    assert (first.source_sha256, first.source_place) == (row.file_id, "纸质证书!2")
    assert first.content.number == "沪经信技〔2015〕第 12 号"
    title = Title.objects.get(number=first.title_number)
    assert (title.holder.name, title.state, title.valid_until) == (HOLDER, TitleState.IN_FORCE, first.valid_until)
    assert "PAPER-2026-0001 纸质证书!2；已核原件" in title.provenance
    assert title.announcement_number == "示例经信技〔2015〕88 号"
    sign_pending(limit=1, at=cast.at, keys=open_keys(at=cast.at))
    entries = list(LogEntry.objects.values_list("index", "event", "number", "version"))
    assert entries == [(0, "import", first.number, 0), (1, "import", "纸-2", 0)]
    assert '"identifier":"paper:沪经信技〔2015〕第12号","pdf":""' in LogEntry.objects.get(index=0).leaf
    assert list(differences()) == []
    assert verify_all()[1] == []
    with pytest.raises(AlreadyDone):
        confirm_import(row, by=cast.publisher, at=cast.at)
    with pytest.raises(AlreadyDone):
        drop_import(row, by=cast.publisher, at=cast.at)


FAULTY = [
    ({"number": ""}, "missing", "A2", ""),
    ({"number": "沪\u202e1"}, "bad_text", "A2", "沪\u202e1"),
    ({"programme": "某项目"}, "unknown_programme", "B2", "某项目"),
    ({"uscc": "91310000MA1FL0031X"}, "bad_uscc", "D2", "91310000MA1FL0031X"),
    ({"district": "浦东"}, "unknown_district", "E2", "浦东"),
    ({"granted_on": "2015年"}, "bad_date", "F2", "2015年"),
    ({"granted_on": "2035-01-01", "valid_until": "2036-01-01"}, "in_future", "F2", "2035-01-01"),
    ({"valid_until": "2015-06-01"}, "ends_before_start", "G2", "2015-06-01"),
    ({"document_date": "2035-01-01"}, "in_future", "I2", "2035-01-01"),
    ({"original_seen": "也许"}, "unknown_original_seen", "J2", "也许"),
    ({"state": "作废"}, "unknown_state", "K2", "作废"),
    ({"state": "撤销"}, "ground_missing", "L2", ""),
]


@pytest.mark.parametrize(("changes", "code", "cell", "read"), FAULTY)
def test_fault_is_named_with_its_cell_and_what_was_read(
    prepare: Prepare, cast: Cast, changes: dict[str, str], code: str, cell: str, read: str
) -> None:
    row = prepare(line(**changes), line(number="纸-2", uscc=CODES[0], holder=cast.enterprises[0].name))
    assert row.state == PaperImportState.FAULTY
    assert found(row) == [(code, cell, read)]
    with pytest.raises(AlreadyDone):
        confirm_import(row, by=cast.publisher, at=cast.at)
    assert not PaperCertificate.objects.exists()


def test_every_fault_of_every_line_is_found_at_once(prepare: Prepare) -> None:
    row = prepare(line(number="", district="浦东"), line(granted_on="x", state="撤销"))
    assert {cell for _code, cell, _read in found(row)} == {"A2", "E2", "F3", "L3"}


def test_missing_column_and_empty_list_are_faults(cast: Cast) -> None:
    lacking = as_workbook([line()], leave_out="uscc")
    row = prepare_import(lacking, "名单.xlsx", by=cast.office, at=cast.at)
    assert [(one["code"], one["column"]) for one in row.findings] == [("column_missing", "统一社会信用代码")]
    empty = prepare_import(paper_template(programmes()), "模板.xlsx", by=cast.office, at=cast.at)
    assert found(empty) == [("empty_list", "", "")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_list_as_csv_reads_like_the_workbook(cast: Cast, prepare: Prepare, encoding: str) -> None:
    row = prepare_import(as_csv([line()], encoding), "名单.csv", by=cast.office, at=cast.at)
    told = {name: value for name, value in row.rows[0].items() if name != "sheet"}
    assert told == {name: value for name, value in prepare(line()).rows[0].items() if name != "sheet"}


@pytest.mark.parametrize(("content", "name"), [(b"%PDF-1.7", "a.pdf"), (b"PK\x03\x04broken", "a.xlsx"), (b"", "a.csv"),
                                               (b"\x00\x01", "a.csv")])  # fmt: skip
def test_file_that_is_no_list_is_refused(cast: Cast, content: bytes, name: str) -> None:
    with pytest.raises(Refusal):
        prepare_import(content, name, by=cast.office, at=cast.at)
    assert not PaperImport.objects.exists()


def test_same_line_twice_is_said_and_entered_once(cast: Cast, prepare: Prepare) -> None:
    row = prepare(line(), line(number="沪经信技[2015]第12号"), line())
    assert found(row) == [("number_doubled", "A3", "沪经信技[2015]第12号")]  # printed otherwise: somebody must look
    row = prepare(line(), line())
    assert found(row, "said") == [("same_row", "A3", "沪经信技〔2015〕第 12 号")]
    confirm_import(row, by=cast.publisher, at=cast.at)
    assert PaperCertificate.objects.count() == 1


def test_line_entered_before_is_said_and_one_that_differs_is_a_fault(cast: Cast, prepare: Prepare) -> None:
    confirm_import(prepare(line()), by=cast.publisher, at=cast.at)
    again = prepare(line(), line(number="纸-2", uscc=CODES[0], holder=cast.enterprises[0].name))
    assert found(again, "said") == [("entered_before", "A2", "沪经信技〔2015〕第 12 号")]
    assert (again.state, [one["number"] for one in again.rows]) == ("prepared", ["纸-2"])
    confirm_import(again, by=cast.publisher, at=cast.at)
    assert (PaperCertificate.objects.count(), LogEntry.objects.count()) == (2, 2)
    nothing = prepare(line())
    assert (nothing.state, nothing.rows) == ("faulty", [])
    other = prepare(line(valid_until="2031-05-31"))
    assert found(other) == [("entered_differently", "A2", "沪经信技〔2015〕第 12 号")]


def test_number_of_an_electronic_certificate_is_refused(cast: Cast, prepare: Prepare) -> None:
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="x", by="示例委员会", at=cast.at
    )
    assert found(prepare(line(number=made.number.lower()))) == [("is_electronic", "A2", made.number.lower())]


def test_holder_has_one_standing_title_of_a_programme(cast: Cast, prepare: Prepare) -> None:
    held = line(programme="district_centre", uscc=CODES[0], holder=cast.enterprises[0].name)
    assert found(prepare(held)) == [("holds_title", "A2", CODES[0])]
    ended = prepare(held | {"valid_until": "2020-05-31"})
    assert (found(ended), ended.rows[0]["verb"]) == ([], "expire")
    twice = prepare(line(), line(number="纸-2"), line(number="纸-3", state="注销", ground="示例〔2020〕3 号：已解散"))
    assert found(twice) == [("holds_title", "A3", USCC)]


def test_what_both_people_should_look_at_is_asked_and_does_not_stop(cast: Cast, prepare: Prepare) -> None:
    row = prepare(line(original_seen="否", uscc=CODES[0], holder="上海旧名有限公司"))
    assert {code for code, _cell, _read in found(row, "question")} == {"original_not_seen", "name_differs"}
    confirm_import(row, by=cast.publisher, at=cast.at)
    assert Enterprise.objects.get(uscc=CODES[0]).name == cast.enterprises[0].name
    assert PaperCertificate.objects.get().content.holder_zh == "上海旧名有限公司"


PAST = [
    ({"valid_until": "2020-05-31"}, TitleState.EXPIRED, Standing.EXPIRED, ["import", "expire"]),
    ({"state": "失效"}, TitleState.EXPIRED, Standing.EXPIRED, ["import", "expire"]),
    ({"state": "暂停", "ground": "示例〔2024〕1 号"}, TitleState.SUSPENDED, Standing.SUSPENDED, ["import", "suspend"]),
    ({"state": "撤销", "ground": "示例〔2024〕2 号"}, TitleState.REVOKED, Standing.REVOKED, ["import", "revoke"]),
    ({"state": "注销", "ground": "示例〔2024〕3 号"}, TitleState.CANCELLED, Standing.CANCELLED, ["import", "cancel"]),
]


@pytest.mark.parametrize(("changes", "state", "standing", "events"), PAST)
def test_title_that_no_longer_stands_is_entered_as_it_is(
    cast: Cast, prepare: Prepare, changes: dict[str, str], state: str, standing: Standing, events: list[str]
) -> None:
    confirm_import(prepare(line(**changes)), by=cast.publisher, at=cast.at)
    entered = PaperCertificate.objects.get()
    title = Title.objects.get(number=entered.title_number)
    assert (title.state, entered.standing, entered.state_ground) == (state, standing, changes.get("ground", ""))
    assert list(LogEntry.objects.values_list("event", flat=True)) == events
    assert AuditEvent.objects.filter(chain=f"title:{title.number}", state_after=state).count() == 1
    sign_pending(limit=1, at=cast.at, keys=open_keys(at=cast.at))
    assert list(differences()) == []


def test_order_over_a_paper_title_is_in_register_log_and_status_list(cast: Cast, prepare: Prepare) -> None:
    confirm_import(prepare(line()), by=cast.publisher, at=cast.at)
    entered = PaperCertificate.objects.get()
    title = Title.objects.get(number=entered.title_number)
    preparer, decider, holder = people_over(cast, title)
    said: dict[str, Any] = {"kind": "revocation", "ground": "false_material", "found_facts": FACTS}
    case = open_proceeding(title, by=preparer, at=cast.at, **said)
    door.perform(case, "notify_holder", by=preparer, at=cast.at)
    door.perform(case, "defend", by=holder, at=cast.at, form={"statement": "情况属实"})
    door.perform(case, "waive_rest_of_defence", by=holder, at=cast.at, form={"gives_up_rest": True})
    order = {
        "order_number": "示例〔2026〕6 号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "reasons": "事实清楚，证据确凿，依法撤销。",
    }  # fmt: skip
    door.perform(case, "make_order", by=decider, at=cast.at, form=order)
    assert Title.objects.get(pk=title.pk).state == TitleState.REVOKED
    after = PaperCertificate.objects.get()
    assert (after.standing, after.state_ground) == (Standing.REVOKED, "示例〔2026〕6 号，提供虚假材料或数据")
    assert list(LogEntry.objects.values_list("event", flat=True)) == ["import", "revoke"]
    sign_pending(limit=1, at=cast.at, keys=open_keys(at=cast.at))
    assert list(differences()) == []  # the signed list has its bit, among other things
    assert verify_all()[1] == []


def people_over(cast: Cast, title: Title) -> tuple[User, User, User]:
    """Who prepares, who orders, who answers for the holder."""
    holder = person("holder_of_paper", "持证单位示例")
    Member.objects.create(
        enterprise=title.holder, user=holder, is_administrator=True, state="active", requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    return cast.office, cast.publisher, holder


def test_paper_certificate_expires_by_the_signer_once(cast: Cast, prepare: Prepare) -> None:
    confirm_import(prepare(line()), by=cast.publisher, at=cast.at)
    day = PaperCertificate.objects.get().valid_until
    assert expire_paper_due(on=day, at=cast.at) == 0
    assert [expire_paper_due(on=day + timedelta(days=1), at=cast.at) for _ in range(2)] == [1, 0]
    assert LogEntry.objects.order_by("-index")[0].event == "expire"


def test_register_that_changed_meanwhile_stops_the_confirmation(cast: Cast, prepare: Prepare) -> None:
    one, other = prepare(line()), prepare(line(number="纸-2"))
    confirm_import(one, by=cast.publisher, at=cast.at)
    with pytest.raises(Refusal) as refused:
        confirm_import(other, by=cast.publisher, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["register_changed", "paper_holds_title"]
    assert PaperCertificate.objects.count() == 1
    assert drop_import(other, by=cast.office, at=cast.at).state == PaperImportState.DROPPED


def test_database_refuses_one_person_for_both(cast: Cast, prepare: Prepare) -> None:
    row = prepare(line())
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperImport.objects.filter(pk=row.pk).update(state="confirmed", decided_by=cast.office)
    confirm_import(row, by=cast.publisher, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperCertificate.objects.update(confirmed_by=cast.office.name)


def test_paper_title_counts_where_a_condition_asks_for_it(cast: Cast, prepare: Prepare) -> None:
    confirm_import(prepare(line(programme="district_centre")), by=cast.publisher, at=cast.at)
    held = Title.objects.filter(holder__uscc=USCC, programme="district_centre", state__in=["in_force", "warned"])
    assert held.count() == 1


def test_command_prints_every_finding_and_needs_two_people(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    bad, good, empty = tmp_path / "bad.xlsx", tmp_path / "good.csv", tmp_path / "empty.xlsx"
    bad.write_bytes(as_workbook([line(district="浦东")]))
    good.write_bytes(as_csv([line(original_seen="否")]))
    with pytest.raises(SystemExit):
        call_command("import_paper", bad, by="office")
    assert "fault: 纸质证书!E2 所在区 “浦东”：" in capsys.readouterr().out
    call_command("import_paper", good, by="office")
    told = capsys.readouterr().out
    assert "question: CSV!A2" in told
    number = PaperImport.objects.get(state="prepared").number
    for by in ("office", "nobody"):
        with pytest.raises(CommandError):
            call_command("import_paper", confirm=number, by=by)
    call_command("import_paper", confirm=number, by="publisher")
    assert f"{number}: confirmed, 1 rows" in capsys.readouterr().out
    call_command("import_paper", template=empty)
    assert read_list(empty.read_bytes(), HEADINGS) == Listing("纸质证书", (), ())

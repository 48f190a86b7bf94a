"""Every benchmark runs in its small form, proves what it measures and stays within its statements."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from asn1crypto.pem import unarmor
from asn1crypto.x509 import Certificate
from django.conf import LazySettings
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bench import acts, annex, inbox, isolated_reading, reading, suite, whole_case
from bench.archive import archive
from bench.certificate import certificate, check_accepted, trust_in
from bench.figures import Figure
from bench.issuing import issuing
from bench.log import log
from bench.scale import SMALL, Scale
from bench.straight_line import StraightLine
from certificates.authority import make_authority
from certificates.fonts import find_faces
from certificates.issuing import issue
from certificates.signers import open_file_signer
from tests.certificates.samples import AT, snapshot

slow = pytest.mark.slow


@pytest.fixture
def demo(db: None, settings: LazySettings, var_dir: Path) -> None:
    """The shipped rule set opens a batch in demo mode only."""
    settings.ACCREDITATION_DEMO = True


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "signing"
    make_authority(folder, organisation="示例市经济与科技主管委员会", at=AT)
    return folder


def by_name(figures: Iterator[Figure]) -> dict[str, Figure]:
    found = {figure.name: figure for figure in figures}
    assert min(figure.value for figure in found.values()) > 0
    return found


@slow
def test_reading_gives_time_and_ratio() -> None:
    assert by_name(reading.reading(SMALL)).keys() == {"reading.cpu", "reading.ratio"}


@slow
def test_isolated_reading_gives_start_and_ratios() -> None:
    found = by_name(isolated_reading.isolated_reading(SMALL))
    assert found.keys() == {"isolated.start", "isolated.wait", "isolated.child_ratio", "isolated.ratio"}
    assert found["isolated.child_ratio"].value < found["isolated.ratio"].value


@slow
def test_long_annex_gives_ratio_and_peak() -> None:
    assert by_name(annex.annex(SMALL)).keys() == {"annex.ratio", "annex.peak"}


@slow
def test_hostile_files_give_the_worst_of_each_and_no_crash() -> None:
    figures = {figure.name: figure for figure in annex.hostile(SMALL)}
    assert figures.keys() == {"hostile.cpu", "hostile.peak", "hostile.crashes", "damage.failures"}
    assert figures["hostile.crashes"].value == figures["damage.failures"].value == 0
    assert figures["hostile.cpu"].value > 0


def test_refused_workbook_is_not_timed() -> None:
    rules = reading.thaw(reading.freeze(reading.REFERENCE))
    assert rules.form is not None
    template = reading.template_for(rules.form, rules.ref, rules.checksum, "bench-1", reading.YEAR, rules.name_zh)
    with pytest.raises(TypeError, match="refused"):
        reading.read_and_score(b"", template, rules)


@slow
def test_certificate_gives_time_ratio_and_size() -> None:
    figures = by_name(certificate(SMALL))
    assert figures.keys() == {
        "certificate.rate",
        "certificate.speed",
        "certificate.size",
        "certificate.verdict",
        "certificate.upload",
    }
    assert figures["certificate.size"].holds


@slow
def test_archive_gives_time_of_upgrade_and_verdict_and_bytes() -> None:
    figures = by_name(archive(SMALL))
    assert figures.keys() == {"archive.upgrade", "archive.verdict", "archive.added", "archive.size"}
    assert figures["archive.added"].holds
    assert figures["archive.size"].holds


@slow
def test_certificate_that_does_not_verify_is_not_timed(keys: Path) -> None:
    signer = open_file_signer(keys / "signer.key", chain=keys / "signer.chain.pem")
    pdf = issue(snapshot(), signer).pdf
    trust = trust_in(keys, signer)
    check_accepted(pdf, trust)
    with pytest.raises(ValueError, match="does not verify"):
        check_accepted(pdf + b"\n%", trust)


@slow
def test_log_gives_appends_and_seconds(demo: None) -> None:
    figures = by_name(log(SMALL))
    assert figures.keys() == {"log.tree", "log.store"}
    assert figures["log.store"].holds


@slow
@pytest.mark.django_db(transaction=True)
def test_issuing_with_a_killed_signer_gives_rate_and_no_fault(var_dir: Path) -> None:
    figures = {figure.name: figure for figure in issuing(SMALL)}
    assert figures.keys() == {"issuing.rate", "issuing.faults"}
    assert figures["issuing.rate"].value > 0
    assert figures["issuing.faults"].holds, figures["issuing.faults"].line


@slow
def test_peer_makes_a_certificate_of_the_same_kind(keys: Path) -> None:
    content = StraightLine(find_faces(), keys, snapshot()).issue(snapshot(), snapshot().url)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    _kind, _headers, root = unarmor((keys / "trust" / "root.pem").read_bytes())
    trust = ValidationContext(trust_roots=[Certificate.load(root)], moment=AT, allow_fetching=False)
    verdict = validate_pdf_signature(signature, trust)
    assert (verdict.intact, verdict.valid, verdict.trusted) == (True, True, True)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert list(pdf.attachments) == ["certificate.json"]
        assert pdf.open_metadata()["pdfaid:part"] == "3"


@slow
def test_whole_case_stays_within_its_statements_on_any_database(demo: None) -> None:
    figures = by_name(whole_case.whole_case(SMALL))
    assert figures.keys() == {"case.statements", "case.cpu"}
    assert figures["case.statements"].holds, figures["case.statements"].line
    assert "other" not in figures["case.statements"].remark


def test_case_that_was_not_recognised_is_not_counted(demo: None) -> None:
    with pytest.raises(ValueError, match="0 of 1 recognised"):
        whole_case.check_ends(1)


@slow
def test_act_stays_within_its_statements(demo: None) -> None:
    figures = by_name(acts.acts(SMALL))
    assert figures.keys() == {"act.statements", "act.cpu", "act.ratio"}
    assert figures["act.statements"].holds, figures["act.statements"].line


@slow
def test_inbox_takes_as_many_statements_with_many_cases_as_with_few(demo: None) -> None:
    figures = by_name(inbox.inbox(SMALL))
    assert len(figures) == 12
    counts = {name: figure for name, figure in figures.items() if name.endswith(".statements")}
    assert [figure.line for figure in counts.values() if not figure.holds] == []
    assert [figure.line for figure in counts.values() if f"with {SMALL.few} cases" in figure.remark] == []


def test_benchmark_that_breaks_misses_its_target_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(scale: Scale) -> Iterator[Figure]:
        yield Figure("one", scale.rounds, "rounds", 9)
        raise ValueError("no such table")

    monkeypatch.setitem(suite.BENCHMARKS, "broken", broken)
    first, second = suite.measured("broken", SMALL)
    assert (first.name, first.holds) == ("one", True)
    assert (second.name, second.holds, second.remark) == ("broken", False, "ValueError: no such table")

"""Setting up a designation: by two people, once, against the installation as it stands; what a batch on it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import translation

from accreditation.audit import verify_all
from accreditation.errors import Denied, Refusal
from accreditation.models import AuditEvent, Batch, Programme, RuleSetEdition
from accreditation.services.batches import open_batch
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.designations import open_designated, shipped_text
from workflows.designations import preview, set_up
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILE = Path(__file__).parents[1] / "journeys" / "patent_new_product.yaml"
TEXT = FILE.read_text(encoding="utf-8")


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def refusals(cast: Cast, text: str) -> list[str]:
    with pytest.raises(Refusal) as refused:
        set_up(text, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    return [str(reason) for reason in refused.value.reasons]


def test_programme_and_rules_are_entered_once_and_leave_one_entry(cast: Cast, clock: Clock) -> None:
    assert preview(TEXT, "x.yaml").is_new
    found = set_up(TEXT, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=clock.at)
    programme, edition = Programme.objects.get(code="patent_new_product"), RuleSetEdition.objects.latest("pk")
    assert (programme.is_of_product, programme.procedure, programme.certificate_kind) == (
        True,
        "generic_recognition/2026",
        "007",
    )
    assert (edition.checksum, edition.published_by, edition.live_faults > 0) == (
        found.designation.rules.checksum,
        cast.publisher,
        True,
    )
    again = set_up(TEXT, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=clock.at)
    assert (again.is_new, again.is_new_edition) == (False, False)
    entry = AuditEvent.objects.get(chain__contains="designations")
    assert (entry.verb, entry.content["seconded_by"], entry.content["new_programme"]) == (
        "set_up_designation",
        cast.publisher.pk,
        True,
    )
    assert verify_all()[1] == []


def test_new_edition_of_a_programme_adds_its_rules_alone(cast: Cast) -> None:
    set_up(TEXT, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    newer = changed('edition: "2026"', 'edition: "2027"')
    found = set_up(newer, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    assert (found.is_new_programme, found.is_new_edition) == (False, True)
    assert RuleSetEdition.objects.filter(reference__startswith="patent_new_product/").count() == 2


def test_particulars_and_texts_once_entered_stay(cast: Cast) -> None:
    set_up(TEXT, "x.yaml", by=cast.office, seconded_by=cast.publisher, at=cast.at)
    other = changed("number_prefix: SHPNP", "number_prefix: SHPNQ")
    assert refusals(
        cast, changed("PN5, kind: qualitative, text_zh: 具有", "PN5, kind: qualitative, text_zh: 有", other)
    ) == [
        'x.yaml:9: designation.number_prefix: the programme was set up with "SHPNP", which stays; read "SHPNQ"',
        'x.yaml:26: rules.edition: is stored with another text; changed rules need a new edition; read "2026"',
    ]


def test_whatever_the_installation_does_not_know_or_has_in_use_is_told_at_once(cast: Cast) -> None:
    text = changed("number_prefix: SHPNP", "number_prefix: SHETC")
    text = changed('kind: "007"', 'kind: "001"', text)
    text = changed("generic_recognition/2026", "municipal_recognition/2022", text)
    assert refusals(cast, changed("granted_by: office", "granted_by: ministry", text)) == [
        'x.yaml:7: designation.granted_by: must be a body of that tier: office; read "ministry"',
        "x.yaml:9: designation.number_prefix: must be one that no other title uses"
        ' (it is used by Shanghai municipal enterprise technology centre); read "SHETC"',
        'x.yaml:14: procedure.edition: must be generic_recognition/2026; read "municipal_recognition/2022"',
    ]
    kinds = refusals(cast, changed('kind: "007"', 'kind: "001"'))
    assert kinds[0].startswith("x.yaml:11: designation.certificate.kind: must be one that no other title uses")


def test_faults_of_the_file_and_of_the_installation_are_told_together(cast: Cast) -> None:
    text = changed("number_prefix: SHPNP", "number_prefix: SHETC")
    text = changed("code: PN4", "code: PN3", changed("granted_by: office", "granted_by: OFFICE", text))
    keys = [line.split(": ")[1] for line in refusals(cast, text)]
    assert keys == ["designation.granted_by", "designation.number_prefix", "rules.gates[PN3]"]


@pytest.mark.parametrize(
    ("by", "second", "code"),
    [
        ("office", "office", "four_eyes"),
        ("publisher", "office", "not_drafter"),
        ("office", "auditor", "not_publisher"),
        ("operator", "security", "not_drafter"),
        ("member0", "member1", "not_drafter"),
        ("clock", "publisher", "not_drafter"),
    ],
)
def test_two_people_with_their_offices_answer_for_it(cast: Cast, by: str, second: str, code: str) -> None:
    with pytest.raises(Denied) as refused:
        set_up(TEXT, "x.yaml", by=cast.people[by], seconded_by=cast.people[second], at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert not Programme.objects.filter(code="patent_new_product").exists()


def test_command_tells_every_fault_of_the_file_and_sets_nothing_up(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(TEXT.replace("level: municipal", "level: district").replace("code: PN4", "code: PN3"), "utf-8")
    for options in ({"dry_run": True}, {"by": "office"}):
        with pytest.raises(CommandError) as refused:
            call_command("set_up_designation", str(path), **options)
        assert str(refused.value).splitlines() == [
            'broken.yaml:4: designation.level: must be one of: municipal; read "district"',
            "broken.yaml:36: rules.gates[PN3]: duplicate code: PN3",
        ]
    path.write_bytes(b"\xff\xfe\x00")
    for text in (str(path), str(tmp_path / "absent.yaml")):
        with pytest.raises(CommandError):
            call_command("set_up_designation", text, dry_run=True)
    with pytest.raises(CommandError, match="active account"):
        call_command("set_up_designation", str(FILE), by="nobody")
    with pytest.raises(CommandError, match="officer"):
        call_command("set_up_designation", str(FILE), by="publisher")
    assert not Programme.objects.filter(code="patent_new_product").exists()


# --- batches and applications on it --------------------------------------------------------------------------------
def test_live_installation_opens_no_batch_on_stand_in_figures(cast: Cast, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = False
    with pytest.raises(Refusal) as refused:
        open_designated(cast, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["not_live"]


def test_programme_of_a_designation_runs_under_its_procedure_alone(cast: Cast) -> None:
    batch = open_designated(cast, at=cast.at)
    other = "municipal_recognition/2022"
    with pytest.raises(Refusal) as refused:
        open_batch(
            batch.programme, batch.rule_set, ordinal=2, year=2026, procedure=other, opens_at=batch.opens_at,
            closes_at=batch.closes_at, base_date=batch.base_date, by=cast.office, at=cast.at,
            needs=PROCEDURES[other].needs,
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["other_procedure"]


def test_stages_and_quota_of_a_batch_are_those_of_the_file(cast: Cast) -> None:
    shipped, product = open_designated(cast, at=cast.at), open_designated(cast, at=cast.at, text=_granted(TEXT))
    fields = ("first_review_days", "panel_size", "expert_days", "notice_days", "quota", "issues_certificate")
    assert [[getattr(batch, name) for name in fields] for batch in (shipped, product)] == [
        [10, 5, 10, 5, None, True],
        [0, 0, 0, 5, 100, True],
    ]
    assert "三、3（2）" in product.quota_ground


COMMITTEE = ("quorum_numerator", "quorum_denominator", "secret_ballot", "deadlock_rule")


def _with_committee(*numbers: int) -> str:
    said = "unit: unit, confidence: demo, name_zh: 议事规则, name_en: rules of the committee"
    lines = [f"    committee_{name}: {{value: {n}, {said}}}" for name, n in zip(COMMITTEE, numbers, strict=False)]
    return changed("    panel_size:", "\n".join([*lines, "    panel_size:"]))


def test_committee_of_a_batch_votes_as_the_file_says(cast: Cast) -> None:
    open_designated(cast, at=cast.at)
    batch = open_designated(cast, at=cast.at, text=_granted(_with_committee(3, 4, 1, 2)))
    assert (batch.quorum_numerator, batch.quorum_denominator) == (3, 4)
    assert (batch.ballot, batch.deadlock_rule) == ("secret", "refuse")
    assert {batch.quorum_ground, batch.ballot_ground, batch.deadlock_ground} == {"patent_new_product/2026"}


@pytest.mark.parametrize("numbers", [(4, 3), (3,)])
def test_quorum_that_is_no_part_opens_no_batch(cast: Cast, numbers: tuple[int, ...]) -> None:
    open_designated(cast, at=cast.at)
    with pytest.raises(Refusal, match="no_quorum_rule"):
        open_designated(cast, at=cast.at, text=_granted(_with_committee(*numbers)))


def _granted(text: str) -> str:
    """By the office as it is called after the shipped designation was set up."""
    return changed("granted_by: office", "granted_by: municipal-office", text)


def test_title_of_an_enterprise_takes_no_product(cast: Cast) -> None:
    batch = open_designated(cast, at=cast.at, text=shipped_text())
    with pytest.raises(Refusal) as refused:
        open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at, product="产品甲")
    assert [reason.code for reason in refused.value.reasons] == ["no_product"]


def test_request_sent_twice_opens_one_case_and_its_key_serves_no_other_product(cast: Cast) -> None:
    batch = open_designated(cast, at=cast.at, text=TEXT)
    sent = {"by": cast.member0, "at": cast.at, "request_key": "k" * 32}
    first = open_application(cast.enterprises[0], batch, product="产品甲", **sent)
    assert open_application(cast.enterprises[0], batch, product=" 产品甲 ", **sent) == first
    with pytest.raises(Refusal) as refused:
        open_application(cast.enterprises[0], batch, product="产品乙", **sent)
    assert [reason.code for reason in refused.value.reasons] == ["key_reused"]
    assert Batch.objects.get(pk=batch.pk).applications.count() == 1

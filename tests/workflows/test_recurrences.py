"""The same file or number in two applications: found once filed, told to whoever may know, at a steady price."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Batch, Case, FiledIdentifier, Programme
from accreditation.services.batches import open_batch
from accreditation.services.evaluation import draft_facts
from accreditation.services.recurrences import Recurrence, own_recurrences, recurrences
from accreditation.services.rule_sets import rules_of, store_edition
from criteria.facts import AnnexRow
from tests.clock import Clock
from tests.factories.cast import DEMO_RULES, Cast, make_cast, stored_file, with_material
from workflows import door
from workflows.opening import open_application
from workflows.presentation.recurrences import SHOWN, SHOWN_CASES, own_recurrence_rows, recurrence_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATENT, SAME_PATENT = "ZL200310102344.5", "2003 1 0102344"
STANDARD = "GB/T 1234—2020"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def draft(
    cast: Cast,
    n: int,
    *,
    numbers: tuple[str, ...] = (),
    standards: tuple[str, ...] = (),
    file: bytes = b"",
    batch: Any = None,
) -> Case:
    """An application of enterprise n with these numbers in its annexes, and a file that others may have as well."""
    by = cast.people[f"member{n}"]
    case = open_application(cast.enterprises[n], batch or cast.batch, by=by, at=cast.at)
    with_material(case, by, cast.at)
    upload = Application.objects.get(case=case).uploads.get()
    facts = draft_facts(Application.objects.get(case=case))
    assert facts is not None
    rows = {"ip_rights": numbers, "standards": standards}
    annexes = {
        code: tuple(AnnexRow(line, {"number": number}) for line, number in enumerate(texts, 1))
        for code, texts in rows.items()
    }
    upload.facts = type(facts)(facts.reporting_year, facts.figures, annexes).to_json()
    upload.save()
    if file:
        form = {"kind": "award_proof", "file": stored_file(file, cast.at), "name": f"奖状{n}.pdf"}
        door.perform(case, "attach_evidence", by=by, at=cast.at, form=form)
    return case


def filed(cast: Cast, n: int, **values: Any) -> Case:
    case = draft(cast, n, **values)
    door.perform(case, "submit", by=cast.people[f"member{n}"], at=cast.at, form={"declaration": True, "insists": True})
    return case


def found(case: Case) -> list[tuple[str, str, int | None, list[str]]]:
    rows = recurrences(Application.objects.get(case=case))
    return [(row.shown, row.annex, row.line, [each.number for each in row.cases]) for row in rows]


def second_batch(cast: Cast) -> Batch:
    """A batch of another title of the city, for which the same enterprises may apply beside the first."""
    row = open_batch(
        cast.programme, store_edition(DEMO_RULES, at=cast.at), ordinal=35, year=cast.at.year,
        procedure="municipal_recognition/2022", opens_at=cast.batch.opens_at, closes_at=cast.batch.closes_at,
        base_date=cast.at.date(), by=cast.office, at=cast.at,
    )  # fmt: skip
    other = Programme.objects.get(pk=cast.programme.pk)
    other.pk, other.number_prefix = "second_title", "SECND"
    other.save(force_insert=True)
    row.programme = other
    row.save(update_fields=["programme"])
    return row


# --- what is found --------------------------------------------------------------------------------------------------
def test_same_number_and_same_file_of_two_enterprises_are_found_on_both_sides(cast: Cast) -> None:
    one = filed(cast, 0, numbers=("2021SR0000001", PATENT), standards=(STANDARD,), file=b"award")
    two = filed(cast, 1, numbers=(SAME_PATENT,), standards=("gb/t1234-2020", "GB/T 9-2001"), file=b"award")
    assert found(one) == [
        ("奖状0.pdf", "", None, [two.number]), (PATENT, "ip_rights", 2, [two.number]),
        (STANDARD, "standards", 1, [two.number]),
    ]  # fmt: skip
    assert {(shown, annex, line) for shown, annex, line, _cases in found(two)} == {
        (SAME_PATENT, "ip_rights", 1), ("gb/t1234-2020", "standards", 1), ("奖状1.pdf", "", None),
    }  # fmt: skip
    assert all(cases == [one.number] for *_where, cases in found(two))


def test_applications_with_nothing_alike_recur_nowhere_and_ask_one_query(cast: Cast) -> None:
    one = filed(cast, 0, numbers=(PATENT,), file=b"a")
    filed(cast, 1, numbers=("2021SR1",), file=b"b")
    application = Application.objects.get(case=one)
    with CaptureQueriesContext(connection) as queries:
        assert recurrences(application) == []
    assert len(queries) == 1


def test_draft_of_others_is_not_looked_at(cast: Cast) -> None:
    draft(cast, 1, numbers=(PATENT,), file=b"award")
    assert found(filed(cast, 0, numbers=(PATENT,), file=b"award")) == []


def test_number_reported_twice_in_one_application_is_indexed_once_and_no_recurrence(cast: Cast) -> None:
    case = filed(cast, 0, numbers=(PATENT, SAME_PATENT))
    assert found(case) == []
    assert FiledIdentifier.objects.filter(key__startswith="ip_right:").count() == 1


def test_next_filing_replaces_the_index(cast: Cast) -> None:
    one, two = filed(cast, 0, file=b"award"), filed(cast, 1, file=b"award")
    assert len(found(one)) == 1
    door.perform(two, "accept", by=cast.jiading, at=cast.at)
    points = [{"target": "evidence", "code": "award_proof", "remark": "不是本单位的"}]
    door.perform(two, "return_for_correction", by=cast.jiading, at=cast.at, form={"points": points})
    application = Application.objects.get(case=two)
    row = application.evidence.get(kind="award_proof")
    door.perform(two, "drop_evidence", by=cast.member1, at=cast.at, form={"evidence": row})
    assert len(found(one)) == 1  # what was filed counts until the next filing
    later = cast.at.replace(hour=10)
    form = {"kind": "award_proof", "file": stored_file(b"own award", later), "name": "自有.pdf"}
    door.perform(two, "attach_evidence", by=cast.member1, at=later, form=form)
    door.perform(two, "correct", by=cast.member1, at=later, form={"declaration": True})
    assert found(one) == found(two) == []


def test_ended_application_of_another_enterprise_still_counts(cast: Cast) -> None:
    other = filed(cast, 1, file=b"award")
    door.perform(other, "withdraw", by=cast.member1, at=cast.at)
    assert [cases for *_where, cases in found(filed(cast, 0, file=b"award"))] == [[other.number]]


def test_own_open_application_in_another_batch_counts_and_an_ended_one_does_not(cast: Cast) -> None:
    first = filed(cast, 0, file=b"award")
    second = filed(cast, 0, file=b"award", batch=second_batch(cast))
    assert [cases for *_where, cases in found(second)] == [[first.number]]
    door.perform(first, "withdraw", by=cast.member0, at=cast.at)
    assert found(second) == []


# --- who is told what -----------------------------------------------------------------------------------------------
def words(cast: Cast, case: Case, who: str, desk: str) -> dict[str, Any]:
    rows = recurrences(Application.objects.get(case=case))
    return recurrence_rows(rows, rules_of(cast.batch), by=cast.people[who], address=f"{desk}_case")


def test_district_is_told_that_it_occurs_elsewhere_and_not_where(cast: Cast) -> None:
    one, two = filed(cast, 0, file=b"award"), filed(cast, 1, file=b"award")
    shown = words(cast, one, "pudong", "district")
    assert shown["count"] == 1
    assert shown["groups"][0]["cases"] == []
    assert shown["groups"][0]["hidden"] == 1
    assert two.number not in str(shown)
    assert cast.enterprises[1].name not in str(shown)


def test_district_is_told_of_its_own_cases_and_the_office_of_all(cast: Cast) -> None:
    one, two, three = (filed(cast, n, file=b"award") for n in range(3))
    (row,) = words(cast, one, "pudong", "district")["groups"]
    assert ([case["number"] for case in row["cases"]], row["hidden"]) == ([three.number], 1)
    (row,) = words(cast, one, "office", "office")["groups"]
    assert ([case["number"] for case in row["cases"]], row["hidden"]) == ([two.number, three.number], 0)
    assert row["cases"][0]["enterprise"] == cast.enterprises[1].name


def test_many_recurrences_are_counted_and_the_first_are_shown(cast: Cast) -> None:
    numbers = tuple(f"2021SR{n:05d}" for n in range(SHOWN + 5))
    one = filed(cast, 0, numbers=numbers)
    filed(cast, 2, numbers=numbers)
    shown = words(cast, one, "office", "office")
    (group,) = shown["groups"]
    assert (shown["count"], shown["shown"], len(group["items"])) == (SHOWN + 5, SHOWN, SHOWN)


def test_same_things_in_one_other_application_are_one_question_and_those_of_others_come_first(cast: Cast) -> None:
    numbers = tuple(f"2021SR{n:05d}" for n in range(7))
    own = filed(cast, 0, numbers=numbers)
    other = filed(cast, 1, numbers=numbers[6:])
    case = filed(cast, 0, numbers=numbers, batch=second_batch(cast))
    groups = words(cast, case, "office", "office")["groups"]
    told = [([each["number"] for each in group["cases"]], len(group["items"]), group["is_own"]) for group in groups]
    assert told == [([own.number, other.number], 1, False), ([own.number], 6, True)]


def test_file_that_very_many_have_names_the_first_cases_and_counts_the_rest(cast: Cast) -> None:
    case = filed(cast, 0)
    row = Recurrence("file:x", "章程.pdf", "", None, (case,) * (SHOWN_CASES + 2), is_own=False)
    (shown,) = recurrence_rows([row], rules_of(cast.batch), by=cast.office, address="office_case")["groups"]
    assert (len(shown["cases"]), shown["more"], shown["hidden"]) == (SHOWN_CASES, 2, 0)


def test_reviewer_asks_the_same_number_of_queries_for_one_and_for_a_hundred(cast: Cast) -> None:
    counts = []
    for n, many in ((0, 1), (1, 100)):
        numbers = tuple(f"2021SR{n}{each:05d}" for each in range(many))
        case = filed(cast, n, numbers=numbers)
        filed(cast, 2, numbers=numbers, batch=cast.batch if n == 0 else second_batch(cast))
        application = Application.objects.get(case=case)
        rules = rules_of(cast.batch)
        with CaptureQueriesContext(connection) as queries:
            found = recurrences(application)
            shown = recurrence_rows(found, rules, by=cast.office, address="office_case")
        assert shown["count"] == many
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 6


def test_index_is_used_to_look_for_what_recurs(cast: Cast) -> None:
    application = Application.objects.get(case=filed(cast, 0, file=b"award"))
    rows = [FiledIdentifier(application=application, key=f"ip_right:{n}", shown=str(n)) for n in range(5000)]
    FiledIdentifier.objects.bulk_create(rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accreditation_filedidentifier")
    few = FiledIdentifier.objects.filter(shown__in=["7", "8"]).values("key")
    assert "filed_identifier_key" in FiledIdentifier.objects.filter(key__in=few).explain()


# --- the applicant --------------------------------------------------------------------------------------------------
def told(case: Case) -> list[Recurrence]:
    application = Application.objects.get(case=case)
    return own_recurrences(application, draft_facts(application))


def test_applicant_is_warned_of_own_open_applications_only(cast: Cast) -> None:
    filed(cast, 1, numbers=(PATENT,), file=b"award")
    other = filed(cast, 0, numbers=(SAME_PATENT,), file=b"award")
    case = draft(cast, 0, numbers=(PATENT,), file=b"award", batch=second_batch(cast))
    rows = told(case)
    assert {row.shown for row in rows} == {PATENT, "奖状0.pdf"}
    assert {each.number for row in rows for each in row.cases} == {other.number}
    shown = own_recurrence_rows(rows, rules_of(cast.batch))
    assert cast.enterprises[1].name not in str(shown)
    assert [group["hidden"] for group in shown["groups"]] == [0]


def test_applicant_is_warned_of_a_file_in_another_own_draft(cast: Cast) -> None:
    other = draft(cast, 0, file=b"award")
    case = draft(cast, 0, file=b"award", batch=second_batch(cast))
    assert [[each.number for each in row.cases] for row in told(case)] == [[other.number]]


def test_applicant_hears_nothing_of_others(cast: Cast) -> None:
    filed(cast, 1, numbers=(PATENT,), file=b"award")
    draft(cast, 2, numbers=(PATENT,), file=b"award")
    assert told(draft(cast, 0, numbers=(PATENT,), file=b"award")) == []


def test_own_ended_application_is_no_warning(cast: Cast) -> None:
    other = filed(cast, 0, file=b"award")
    door.perform(other, "withdraw", by=cast.member0, at=cast.at)
    assert Application.objects.get(case=other).state == S.WITHDRAWN
    assert told(draft(cast, 0, file=b"award")) == []

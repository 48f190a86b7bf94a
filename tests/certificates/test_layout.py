"""Which layout a programme uses, and what each layout asks of a snapshot."""

from __future__ import annotations

import pytest

from accreditation.seeds.reference import PROGRAMMES
from certificates.layout import LAYOUTS, NEWEST, NoLayout, check_layout, layout_of, newest_layout
from certificates.snapshot import SnapshotRefused
from tests.certificates.layout_samples import specimen
from tests.certificates.samples import snapshot


def test_unknown_layout_is_refused() -> None:
    with pytest.raises(SnapshotRefused, match="no such layout"):
        layout_of(snapshot(layout="centre-9"))


def test_every_programme_points_to_a_layout_with_an_english_edition() -> None:
    assert all(LAYOUTS[name].english is not None for name in NEWEST.values())
    assert len(set(NEWEST.values())) == len(NEWEST)


@pytest.mark.parametrize("entry", [entry for entry in PROGRAMMES if entry.level == "national"], ids=lambda e: e.code)
def test_national_titles_have_no_certificate_of_the_city(entry: object) -> None:
    with pytest.raises(NoLayout, match="national departments"):
        newest_layout(getattr(entry, "code"), is_national=True)  # noqa: B009 the row of a parametrised test


def test_programme_without_a_layout_is_refused() -> None:
    with pytest.raises(NoLayout, match="no certificate layout"):
        newest_layout("something_else")


@pytest.mark.parametrize(("layout", "field"), [("branch_centre-1", "parent_zh"), ("product-1", "product_zh")])
def test_layout_names_what_it_cannot_do_without(layout: str, field: str) -> None:
    with pytest.raises(SnapshotRefused) as refused:
        check_layout(specimen(layout, **{field: ""}))
    assert [fault.field for fault in refused.value.faults] == [field]


def test_first_layout_knows_the_first_recognition_only() -> None:
    with pytest.raises(SnapshotRefused, match="no words for this occasion"):
        check_layout(specimen("municipal_centre-1", "renewal", layout="centre-1"))

"""Every layout by its name, and which one a programme uses now; a layout once used is never taken out or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certificates import deed
from certificates.centre_1 import CENTRE_1
from certificates.designs import DESIGNS
from certificates.pages import Layout
from certificates.snapshot import Fault, Snapshot, SnapshotRefused
from certificates.wording import Wording

LAYOUTS: Mapping[str, Layout] = {
    "centre-1": CENTRE_1,
    **{name: deed.layout(design) for name, design in DESIGNS.items()},
}
NEWEST: Mapping[str, str] = {
    "shanghai_municipal_centre": "municipal_centre-1",
    "district_centre": "district_centre-1",
    "group_centre": "group_centre-2",
    "zone_centre": "zone_centre-2",
    "demonstration_shanghai": "demonstration_reserve-1",
    "branch_centre": "branch_centre-1",
    "patent_product": "product-1",
    "designation_of_enterprise": "designation-1",
    "designation_of_product": "product-2",
}


class NoLayout(LookupError):
    """There is no certificate for this programme; `reason` says why, in both languages."""

    def __init__(self, reason: Wording) -> None:
        self.reason = reason
        super().__init__(reason.en)


def layout_of(snapshot: Snapshot) -> Layout:
    """The layout that the snapshot names; SnapshotRefused when there is no such layout."""
    if snapshot.layout not in LAYOUTS:
        raise SnapshotRefused((Fault("layout", Wording("没有这种证书版式", "no such layout")),))
    return LAYOUTS[snapshot.layout]


def newest_layout(programme: str, *, is_national: bool = False) -> str:
    """The layout under which certificates of a programme are made out from now on.

    NoLayout for national titles, which the national departments grant by joint notice (order 34 of 2016), and for
    programmes that no layout was drawn for.
    """
    if is_national:
        raise NoLayout(
            Wording(
                "国家级称号由国家有关部门联合公布，本市只作推荐，不制发证书",
                "the national departments grant national titles; the city recommends and makes out no certificate",
            )
        )
    if programme not in NEWEST:
        raise NoLayout(Wording("该项目没有证书版式", "there is no certificate layout for this programme"))
    return NEWEST[programme]


def check_layout(snapshot: Snapshot) -> None:
    """Raise SnapshotRefused with every field that the named layout needs and does not get."""
    faults = tuple(_layout_faults(snapshot, layout_of(snapshot)))
    if faults:
        raise SnapshotRefused(faults)


def _layout_faults(snapshot: Snapshot, layout: Layout) -> Iterator[Fault]:
    if snapshot.occasion not in layout.occasions:
        yield Fault("occasion", Wording("该版式没有这种发证事由", "the layout has no words for this occasion"))
    for name in layout.needs:
        if not getattr(snapshot, name):
            yield Fault(name, Wording("该版式须写明这一项", "the layout cannot do without it"))

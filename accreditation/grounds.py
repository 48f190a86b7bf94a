"""Grounds on which a title is dealt with, as a table read like a regulation: what each allows, how long it bars.

Sources: the list of a city rule modelled on 国家发展改革委令第34号, four of its grounds seen at work in
发改高技〔2022〕158号; the three years' bar is the rule remembered for order 34 and read in two provinces' rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import ProceedingKind

K = ProceedingKind
BAR_YEARS = 3


class Ground(StrEnum):
    """Why an authority deals with a title."""

    EVALUATION_FAILED = "evaluation_failed"
    EVALUATION_MARGINAL = "evaluation_marginal"
    MATERIAL_OVERDUE = "material_overdue"
    REEXAMINATION_FAILED = "reexamination_failed"
    NOT_REEXAMINED = "not_reexamined"
    FALSE_MATERIAL = "false_material"
    MAJOR_ACCIDENT = "major_accident"
    CUSTOMS_OFFENCE = "customs_offence"
    TAX_OFFENCE = "tax_offence"
    DISHONESTY = "dishonesty"
    UNDER_INVESTIGATION = "under_investigation"
    DISSOLVED = "dissolved"
    GIVEN_UP = "given_up"
    CAUSE_REMOVED = "cause_removed"
    RECTIFIED = "rectified"


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """A ground: its words, the kinds of proceeding that may rest on it, years in which the holder may not re-apply."""

    label: Promise
    kinds: frozenset[ProceedingKind]
    bar_years: int = 0


GROUNDS: dict[Ground, GroundFacts] = {
    Ground.EVALUATION_FAILED: GroundFacts(_("评价不合格"), frozenset({K.REVOCATION})),
    Ground.EVALUATION_MARGINAL: GroundFacts(_("评价基本合格"), frozenset({K.WARNING})),
    Ground.MATERIAL_OVERDUE: GroundFacts(_("逾期未报送评价材料"), frozenset({K.WARNING, K.REVOCATION}), BAR_YEARS),
    # No text read says how long a demonstration enterprise that loses its title by re-examination may not apply again.
    Ground.REEXAMINATION_FAILED: GroundFacts(_("复核不合格"), frozenset({K.REVOCATION})),
    Ground.NOT_REEXAMINED: GroundFacts(_("不参加复核"), frozenset({K.REVOCATION})),
    Ground.FALSE_MATERIAL: GroundFacts(_("提供虚假材料或数据"), frozenset({K.SUSPENSION, K.REVOCATION}), BAR_YEARS),
    Ground.MAJOR_ACCIDENT: GroundFacts(
        _("主要由技术原因引发重大质量、安全事故"), frozenset({K.SUSPENSION, K.REVOCATION}), BAR_YEARS
    ),
    Ground.CUSTOMS_OFFENCE: GroundFacts(
        _("有走私行为或受到海关重大处罚"), frozenset({K.SUSPENSION, K.REVOCATION}), BAR_YEARS
    ),
    Ground.TAX_OFFENCE: GroundFacts(_("偷税、骗取出口退税"), frozenset({K.SUSPENSION, K.REVOCATION}), BAR_YEARS),
    Ground.DISHONESTY: GroundFacts(
        _("其他严重违法失信行为"), frozenset({K.WARNING, K.SUSPENSION, K.REVOCATION}), BAR_YEARS
    ),
    Ground.UNDER_INVESTIGATION: GroundFacts(_("涉嫌违法正在调查"), frozenset({K.SUSPENSION})),
    Ground.DISSOLVED: GroundFacts(_("单位终止"), frozenset({K.CANCELLATION})),
    Ground.GIVEN_UP: GroundFacts(_("持有单位申请注销"), frozenset({K.CANCELLATION})),
    Ground.CAUSE_REMOVED: GroundFacts(_("暂停的原因已消除"), frozenset({K.REINSTATEMENT})),
    Ground.RECTIFIED: GroundFacts(_("整改合格"), frozenset({K.REINSTATEMENT})),
}
ADVERSE_KINDS = frozenset({K.REVOCATION, K.SUSPENSION, K.WARNING})  # the holder is heard first


def grounds_for(kind: str) -> list[Ground]:
    """Grounds on which such a proceeding may rest, in the order of the table."""
    return [ground for ground, facts in GROUNDS.items() if kind in facts.kinds]


def bar_years(kind: str, ground: str) -> int:
    """Years after the order in which the holder may not apply for the same title again; only a revocation bars."""
    return GROUNDS[Ground(ground)].bar_years if kind == K.REVOCATION else 0

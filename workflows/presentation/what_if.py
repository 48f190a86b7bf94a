"""What an applicant could do, in words: where it stands, what bars it, which figures gain points."""

from __future__ import annotations

from django.utils.translation import gettext as _

from criteria.exact import fixed_text
from criteria.what_if import Advice, Gap, Missing, Raise, Way
from workflows.presentation.words import Words, amount, either


def standing_words(missing: Missing) -> Words:
    """Where the application stands: `total`, `band`, `next_band`, `short`; empty texts where there is none."""
    found, higher = missing.evaluation, missing.next_band
    return {
        "total": "" if found.total is None else fixed_text(found.total, found.places),
        "band": either(found.band, "name") if found.band else "",
        "next_band": either(higher, "name") if higher else "",
        "short": "" if missing.points_short is None else fixed_text(missing.points_short, found.places),
    }


def gap_rows(gaps: tuple[Gap, ...]) -> list[Words]:
    """Conditions that are not passed: `text`, `note` with what is missing or who decides, `remedy`."""
    return [
        {"text": either(gap.gate, "text"), "note": _note(gap), "remedy": either(gap.gate, "remedy")} for gap in gaps
    ]


def _note(gap: Gap) -> str:
    if gap.short is not None:
        return _("还差 %(amount)s") % {"amount": amount(gap.short, gap.gate.unit)}
    return either(gap.gate, "note")


def advice_words(advice: Advice, places: int) -> Words:
    """Ways to gain the points: `single`, `double`, `most` as rows of `raises`, `gain`, `total`, `effects`."""
    return {
        "single": [_way(way, places) for way in advice.single],
        "double": [_way(way, places) for way in advice.double],
        "most": [_way(way, places) for way in advice.most],
    }


def _way(way: Way, places: int) -> Words:
    return {
        "raises": [_raise(one) for one in way.raises],
        "gain": fixed_text(way.gain, places),
        "total": fixed_text(way.total, places),
        "effects": [
            {
                "name": either(one, "name"),
                "before": fixed_text(one.before, places),
                "after": fixed_text(one.after, places),
            }
            for one in way.effects
        ],
    }


def _raise(one: Raise) -> Words:
    more = amount(one.to - one.now, one.unit)
    name = either(one, "name")
    return {
        "label": f"{one.row} {name}",
        "now": amount(one.now, one.unit),
        "to": amount(one.to, one.unit),
        "more": _("增加 %(amount)s") % {"amount": more},
    }

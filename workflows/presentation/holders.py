"""The history of a holder in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.enums import Level, TitleState
from accreditation.selectors.granting import granting_bodies
from accreditation.selectors.holders import FormerName, HolderHistory, TitleStep
from accreditation.templatetags.parts import state_tone
from workflows.presentation.cases import title_name
from workflows.presentation.words import Words, district_name, either, quoted


def holder_words(found: HolderHistory) -> Words:
    """A holder: `name`, `uscc`, `district`, former `names`, `titles` with tier and state, `steps` newest first."""
    enterprise, bodies = found.enterprise, granting_bodies(found.titles)
    return {
        "name": enterprise.name,
        "uscc": enterprise.uscc,
        "district": district_name(enterprise.district),
        "names": [_name(row) for row in found.names],
        "titles": [
            {
                "number": title.number,
                "href": reverse("centre", args=[title.number]),
                "programme": title_name(title.programme, bodies[title.pk]),
                "tier": str(Level(title.programme.level).label),
                "granted_on": title.granted_on,
                "valid_until": title.valid_until,
                "state": {"text": title.get_state_display(), "tone": state_tone(title.state)},
            }
            for title in found.titles
        ],
        "steps": [step_words(step) for step in found.steps],
    }


def step_words(step: TitleStep) -> Words:
    """One thing that happened to a title: `on`, `what`, `tone`, `number`, `programme`, `tier`, the holder."""
    return {
        "on": step.on,
        "what": _what(step),
        "tone": state_tone(step.state),
        "number": step.title.number,
        "href": reverse("centre", args=[step.title.number]),
        "programme": either(step.title.programme, "name"),
        "tier": str(Level(step.title.programme.level).label),
        "holder": quoted(step.title.holder.name),
        "plain_holder": step.title.holder.name,
    }


def _what(step: TitleStep) -> str:
    if step.passed_from:
        return _("承继自 %(name)s") % {"name": step.passed_from}
    return _("认定") if step.is_grant else str(TitleState(step.state).label)


def _name(row: FormerName) -> Words:
    where = quoted(row.where)
    return {"name": row.name, "until": row.until, "printed_on": row.printed_on, "where": where}

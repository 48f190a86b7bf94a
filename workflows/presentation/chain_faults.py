"""Breaks of chains and disagreements of rows in the reader's words; the checks themselves speak to programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.audit import CHAINS
from accreditation.clocks import DeadlineKind
from workflows.presentation.words import state_label
from workflows.subjects import subject_of_state

STATES = ("state", "before", "now")  # names of groups that hold a state, in any pattern
FAULTS: tuple[tuple[str, Promise], ...] = (
    (
        r"row counts (?P<kept>\d+) events, (?P<found>\d+) are there",
        gettext_lazy("登记为 %(kept)s 条，实有 %(found)s 条"),
    ),
    (r"head on the row is not the last hash", gettext_lazy("登记的链首校验值不是最后一条的校验值")),
    (r"events end in (?P<state>.*), the row says (?P<now>.*)", gettext_lazy("日志止于“%(state)s”，登记为“%(now)s”")),
    (r"number (?P<seq>\d+) stands at place (?P<place>\d+)", gettext_lazy("编号 %(seq)s 排在第 %(place)s 位")),
    (r"does not follow its predecessor", gettext_lazy("与上一条不衔接")),
    (r"content does not match its hash", gettext_lazy("内容与校验值不符")),
    (r"starts in (?P<state>.*) after (?P<before>.*)", gettext_lazy("起于“%(state)s”，上一条止于“%(before)s”")),
    (r"events of a row that is gone", gettext_lazy("有日志而没有对应的登记")),
    (r"case row says (?P<state>.*), \w+ says (?P<now>.*)", gettext_lazy("办件登记为“%(state)s”，案情登记为“%(now)s”")),
    (
        r"in (?P<state>\w+) with open tasks (?P<found>\[.*\]), expected (?P<wanted>\[.*\])",
        gettext_lazy("状态为“%(state)s”，未办任务为 %(found)s，应为 %(wanted)s"),
    ),
    (r"clock (?P<clock>\w+) runs in (?P<state>.*)", gettext_lazy("状态为“%(state)s”时，“%(clock)s”不应计时")),
    (
        r"clock (?P<clock>\w+) is due (?P<due>.*), by its events (?P<counted>.*)",
        gettext_lazy("“%(clock)s”登记为 %(due)s 到期，按其记录应为 %(counted)s"),
    ),
    (r"(?P<state>\w+) but not closed", gettext_lazy("状态为“%(state)s”而没有办结")),
    (
        r"(?P<before>\w+) to (?P<now>\w+) by \w+, no decision",
        gettext_lazy("由“%(before)s”变为“%(now)s”，没有相应的复议决定、裁判或者自行纠正"),
    ),
)


def fault_words(what: str, chain: str = "") -> str:
    """What is wrong with a chain such as `title:SHETC-1`, in the reader's language; without words for it as it is."""
    for pattern, words in FAULTS:
        if found := re.fullmatch(pattern, what):
            return str(words) % {name: _shown(name, value, chain) for name, value in found.groupdict().items()}
    return what


def _shown(name: str, value: str, chain: str) -> str:
    if name in STATES:
        return state_in_chain(chain, value)
    if name == "clock" and value in DeadlineKind.values:
        return str(DeadlineKind(value).label)
    return value


def state_in_chain(chain: str, state: str) -> str:
    """A state that an event of the chain names, in words; the value itself where no such row has it."""
    if subject_of_state(state):
        return state_label(state)
    return str(_states_of(chain.partition(":")[0]).get(state, state))


@cache
def _states_of(kind: str) -> Mapping[str, object]:
    """States of the rows of one kind of chain with their labels, by value."""
    models = [model for model, (name, _field) in CHAINS.items() if name == kind]
    fields = [field for model in models for field in model._meta.concrete_fields if field.name == "state"]
    return {str(value): label for field in fields for value, label in field.flatchoices}


def place_words(seq: int) -> str:
    """Where in the chain; number 0 stands for the chain as a whole."""
    return _("第 %(n)d 条") % {"n": seq} if seq else _("全链")

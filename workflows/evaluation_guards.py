"""Conditions of the verbs of an evaluation; each yields every reason against it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.models.titles import HELD
from accreditation.services import evaluation
from accreditation.services.evaluation_results import call_of
from accreditation.services.rule_sets import rule_text, rules_of
from workflows.doing import Doing


def title_is_held(doing: Doing) -> Iterable[Reason]:
    """What is evaluated is still held, be it suspended, and by this enterprise: it may have passed to another."""
    title = doing.application.evaluated_title
    if title is None or title.state not in HELD or title.holder_id != doing.application.enterprise_id:
        yield Reason("title_not_held", _("该称号已不再持有，不需要参加评价。"))


def result_is_known(doing: Doing) -> Iterable[Reason]:
    """The verified figures give a total that lies in exactly one band, and every condition is decided."""
    found = evaluation.verified_evaluation(doing.application)
    if found is None:
        yield Reason("no_figures", _("没有可评价的数据。"))
        return
    for gate in found.undetermined_gates:
        yield Reason("gate_open", _("尚未核定：%(text)s") % {"text": rule_text(gate, "text")}, f"gate-{gate.code}")
    if found.total is None:
        yield Reason("no_total", _("按核定数据不能得出总分。"))
    elif found.band is None:
        yield Reason(
            "no_band", _("总分不属于任何一个评价等次：%(note)s") % {"note": rule_text(found, "band_note") or "—"}
        )


def result_stands(doing: Doing) -> Iterable[Reason]:
    """What the committee adopts is what the figures still give."""
    found, call = evaluation.verified_evaluation(doing.application), call_of(doing.application)
    if found is None or found.band is None or found.band.code != call.band:
        yield Reason("result_changed", _("评价结果与核定数据不再一致，请退回核查。"))


def rules_name_the_time(doing: Doing) -> Iterable[Reason]:
    """A band that asks for rectification needs a time for it."""
    band = rules_of(doing.batch).band(call_of(doing.application).band)
    if band.consequence == "warning_and_rectification" and not doing.batch.rectification_days:
        yield Reason("no_parameter", _("规则集没有规定整改期限。"))

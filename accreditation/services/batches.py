"""Batches: opened on a pinned rule set and procedure edition, closed at the end of the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.batch_words import BatchState
from accreditation.clocks import is_past
from accreditation.enums import Level
from accreditation.errors import AlreadyDone, Reason, Refusal
from accreditation.meeting_words import BallotKind, DeadlockRule
from accreditation.models import Batch, Body, Programme, RuleSetEdition, User
from accreditation.permissions import demand_power
from accreditation.recommendation_words import Department
from accreditation.roles import Power
from accreditation.services.rule_sets import rules_of, rules_of_edition, template_of
from criteria.designation import is_grounded
from criteria.ruleset import RuleSet

PARAMETERS = {  # field of the batch: parameter of the rule set
    "first_review_days": "first_review_working_days",
    "correction_days": "correction_working_days",
    "check_days": "completeness_check_working_days",
    "expert_days": "expert_review_working_days",
    "notice_days": "notice_working_days",
    "panel_size": "panel_size",
    "returns_allowed": "returns_allowed",
    "consultation_days": "consultation_working_days",
    "rectification_days": "rectification_working_days",
}
OPTIONAL = {  # where a rule set is silent, the field's own default holds
    "tie_years": "tie_years",
    "quota": "quota",
    "forwarding_days": "forwarding_working_days",
    "silence_counts": "consultation_silence_counts",
    "asks_science": "consultation_asks_science",
    "asks_finance": "consultation_asks_finance",
    "asks_customs": "consultation_asks_customs",
    "asks_tax": "consultation_asks_tax",
    "adjustment_restarts": "adjustment_restarts_notice",
    "objection_extension_days": "objection_extension_working_days",
    "quorum_numerator": "committee_quorum_numerator",
    "quorum_denominator": "committee_quorum_denominator",
    "early_objection_extension_days": "early_objection_extension_working_days",
}
WORDS = {  # field of the batch: parameter of the rule set, and the words that its numbers stand for, from zero
    "ballot": ("committee_secret_ballot", BallotKind.values),
    "deadlock_rule": ("committee_deadlock_rule", DeadlockRule.values),
}
GROUNDED = {  # what the batch says where it was read: parameter of the rule set
    "quota": "quota",
    "quorum": "committee_quorum_numerator",
    "ballot": "committee_secret_ballot",
    "deadlock": "committee_deadlock_rule",
}
DAYS_OF_STAGES = {"panel_size": "expert_days"}  # a stage that the rules have asks for its days
LONGEST_GROUND = 200
OF_OTHERS = {"consultation_days", "rectification_days"}  # of recommendations and of evaluations
USUAL = frozenset(PARAMETERS) - OF_OTHERS  # what a recognition with district, panel and notice asks for


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said of a batch that is to be opened; the rest follows from its rules.

    `authority` is the district, zone or group that recognises by itself, nobody where the municipal office does.
    `needs`: fields that the procedure uses, set by the rules; `options`: used where the rules set them; else zero.
    """

    programme: Programme
    edition: RuleSetEdition
    ordinal: int
    year: int
    procedure: str
    opens_at: datetime
    closes_at: datetime
    base_date: date
    reporting_year: int | None = None
    authority: Body | None = None
    needs: frozenset[str] = USUAL
    options: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """Such as shetc-2026-34, and shdtc-310117-2026-1 for an authority of its own."""
        district = self.authority.district if self.authority else ""
        parts = [self.programme.number_prefix, district, str(self.year), str(self.ordinal)]
        return "-".join(part for part in parts if part).lower()


def prepared_batch(said: Opening, *, at: datetime | None = None) -> Batch:
    """The batch as it would be opened, not kept yet, with every parameter that it would pin.

    Refusal with all reasons for rules of another programme or without a total, and demo figures in a live one; with
    the moment at which it is to be opened also for a window that has ended by then.
    """
    rules = rules_of_edition(said.edition)
    reasons = list(_faults(said, rules))
    if at is not None and is_past(said.closes_at, at):
        reasons.append(Reason("in_the_past", _("申报截止时间已过，不能再开启该批次。"), "closes_at"))
    if reasons:
        raise Refusal(reasons)
    batch = Batch(
        code=said.code,
        programme=said.programme,
        ordinal=said.ordinal,
        year=said.year,
        reporting_year=said.reporting_year or said.year - 1,
        rule_set=said.edition,
        procedure=said.procedure,
        authority=said.authority,
        base_date=said.base_date,
        opens_at=said.opens_at,
        closes_at=said.closes_at,
        is_demo=bool(said.edition.live_faults),
        template_checksum="",
        issues_certificate=bool(said.programme.certificate_kind),
        **(_grounds(rules) | _words(rules)),
        **_values(rules, said.needs | _stated(rules, said.options)),
    )
    batch.template_checksum = template_of(batch).checksum
    return batch


def pinned_by(batch: Batch) -> dict[str, Any]:
    """What a prepared batch fixes besides what is said of it: its rules, its form, every number, word and ground."""
    names = [
        *PARAMETERS,
        *OPTIONAL,
        *WORDS,
        *(f"{field}_ground" for field in GROUNDED),
        "is_demo",
        "issues_certificate",
    ]
    return {
        "checksum": batch.rule_set.checksum,
        "template": batch.template_checksum,
        "pinned": {name: getattr(batch, name) for name in names},
    }


def open_batch(
    programme: Programme,
    edition: RuleSetEdition,
    *,
    by: User,
    at: datetime,
    request_key: str | None = None,
    **said: Any,
) -> Batch:
    """Open a batch, the further fields of `Opening` being given by name. Denied, Refusal as for `prepared_batch`.

    The step that a second officer's confirmation takes (`workflows.batch_proposals`); no page and no command of one
    person leads here. Raises Replayed as `act` does.
    """
    opening = Opening(programme, edition, **said)
    place = opening.authority and opening.authority.pk
    request = fingerprint(
        programme.pk, edition.pk, opening.ordinal, opening.year, opening.procedure, opening.opens_at,
        opening.closes_at, opening.base_date, place,
    )  # fmt: skip
    with act(
        f"programme:{programme.code}", "open_batch", by=by, at=at, acting_as="municipal_officer",
        request_key=request_key, request=request,
    ) as doing:  # fmt: skip
        demand_power(by, Power.RUN_BATCHES, at=at)
        batch = prepared_batch(opening, at=at)
        batch.opened_by = by
        batch.open()
        batch.save()
        doing.note(
            batch=batch.code, rule_set=edition.checksum, procedure=batch.procedure, template=batch.template_checksum
        )
        doing.reply(batch=batch.code)
    return batch


def _stated(rules: RuleSet, options: frozenset[str]) -> frozenset[str]:
    """Optional fields whose parameters the rules know."""
    return frozenset(field for field in options if _number(rules, PARAMETERS[field]) is not None)


def _values(rules: RuleSet, needs: frozenset[str]) -> dict[str, int]:
    """Field of the batch and its number: those that the procedure uses, zero for the others, optional ones if known."""
    used = _used(rules, needs)
    values = {field: int(rules.parameter(name).amount()) if field in used else 0 for field, name in PARAMETERS.items()}
    return values | {field: number for field, name in OPTIONAL.items() if (number := _number(rules, name)) is not None}


def _words(rules: RuleSet) -> dict[str, str]:
    """Fields with closed words, where the rules choose one."""
    chosen = {field: (_number(rules, name), words) for field, (name, words) in WORDS.items()}
    return {field: words[number] for field, (number, words) in chosen.items() if number is not None}


def _used(rules: RuleSet, needs: frozenset[str]) -> frozenset[str]:
    """What the procedure uses, with the days of the stages that these rules have."""
    return needs | {
        days for stage, days in DAYS_OF_STAGES.items() if stage in needs and _number(rules, PARAMETERS[stage])
    }


def _number(rules: RuleSet, name: str) -> int | None:
    """The number of a parameter; None where the rules are silent or do not know it."""
    figure = rules.parameters.get(name)
    return None if figure is None or figure.value is None else int(figure.value)


def _grounds(rules: RuleSet) -> dict[str, str]:
    """Where the figures of the committee and of the quota were read."""
    return {f"{field}_ground": _ground_of(rules, name) for field, name in GROUNDED.items()}


def _ground_of(rules: RuleSet, name: str) -> str:
    """Where a figure of the batch was read; empty where the rules give none."""
    figure = rules.parameters.get(name)
    if figure is None or figure.value is None:
        return ""
    titles = [rules.sources[code].title for code in figure.source]
    return " ".join([*titles, figure.article]).strip()[:LONGEST_GROUND] or rules.ref


def _faults(said: Opening, rules: RuleSet) -> Iterator[Reason]:
    programme, authority = said.programme, said.authority
    if rules.programme != programme.code:
        yield Reason("other_programme", _("规则集不属于该项目。"), "edition")
    yield from _faults_of_rules(rules, said.needs)
    yield from _faults_of_committee(rules)
    if said.edition.live_faults and not settings.ACCREDITATION_DEMO:
        text = _("规则集中有 %(n)d 个数值来源不足（未知、演示、推算或记忆），正式批次不得使用。")
        yield Reason("not_live", text % {"n": said.edition.live_faults}, "edition")
    if programme.procedure not in ("", said.procedure):
        yield Reason("other_procedure", _("该项目按 %(name)s 办理。") % {"name": programme.procedure}, "procedure")
    if said.closes_at <= said.opens_at:
        yield Reason("window", _("申报截止时间须晚于开始时间。"), "closes_at")
    if authority is not None and _are_of_another_district(rules, authority):
        yield Reason("other_district", _("规则集属于另一个区。"), "edition")
    if authority is not None and programme.certificate_kind and not authority.uscc:
        yield Reason("no_uscc", _("认定机关没有登记统一社会信用代码，不能印发证书。"), "authority")
    if Batch.objects.filter(programme=programme, authority=authority, ordinal=said.ordinal).exists():
        yield Reason("ordinal_taken", _("第 %(n)d 批已存在。") % {"n": said.ordinal}, "ordinal")


def _faults_of_rules(rules: RuleSet, needs: frozenset[str]) -> Iterator[Reason]:
    """What the procedure asks for and the rules do not say."""
    lacks_panel = "panel_size" in needs and rules.expert_review is None and _number(rules, "panel_size") != 0
    if not rules.is_complete or rules.form is None or lacks_panel:
        yield Reason("partial_rules", _("规则集不完整，不能据以受理申报。"), "edition")
    for name in sorted(PARAMETERS[field] for field in _used(rules, needs)):
        if name not in rules.parameters:
            yield Reason("no_parameter", _("规则集缺少办理程序所需的参数 %(name)s。") % {"name": name}, "edition")
        elif _number(rules, name) is None:
            yield Reason("unknown_parameter", _("规则集中的参数 %(name)s 未知。") % {"name": name}, "edition")
    if _number(rules, "consultation_working_days") and not any(
        _number(rules, OPTIONAL[f"asks_{department}"]) != 0 for department in Department
    ):
        yield Reason("no_departments", _("规则集规定了部门会商，却没有须征求意见的部门。"), "edition")
    notice = rules.parameters.get("notice_working_days")
    if "notice_days" in needs and notice is not None and notice.value == 0 and not is_grounded(notice):
        yield Reason("no_notice", _("规则集不公示，却没有写明条款和出处。"), "edition")


def _faults_of_committee(rules: RuleSet) -> Iterator[Reason]:
    """A quorum is a part of the whole and stated whole; words are chosen by a number that stands for one."""
    part, whole = (_number(rules, OPTIONAL[name]) for name in ("quorum_numerator", "quorum_denominator"))
    if (part, whole) != (None, None) and (part is None or whole is None or not 1 <= part <= whole):
        yield Reason("no_quorum_rule", _("规则集中的法定人数不是应到人数的一部分。"), "edition")
    for name, words in WORDS.values():
        number = _number(rules, name)
        if number is not None and not 0 <= number < len(words):
            yield Reason("unknown_word", _("规则集中的参数 %(name)s 不在可选范围内。") % {"name": name}, "edition")


def _are_of_another_district(rules: RuleSet, authority: Body) -> bool:
    """A zone or a group may rest on the rules of a district, a district on its own alone."""
    return authority.level == Level.DISTRICT and rules.district not in (None, "", authority.district)


def close_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """The window is over; AlreadyDone when somebody closed it before, or ended it later meanwhile."""
    with act(batch, "close_batch", by=by, at=at, acting_as="clock") as doing:
        row = doing.chain
        assert isinstance(row, Batch)
        before = row.state
        if before != BatchState.OPEN:
            raise AlreadyDone(Reason("batch_closed", _("本批次申报已截止。")), done_by="", done_at=None)
        if not is_past(row.closes_at, at):
            raise AlreadyDone(Reason("window_prolonged", _("本批次申报期已延长。")), done_by="", done_at=None)
        row.close()
        row.save()
        doing.moved(before, row.state)
    return row


def rules_in_use(batch: Batch) -> RuleSet:
    """The pinned rule set, thawed."""
    return rules_of(batch)

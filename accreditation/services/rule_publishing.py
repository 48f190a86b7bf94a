"""From draft to edition: what stands against publishing, the second person, the edition that batches may pin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, hold
from accreditation.enums import RuleDraftState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import check_another, said_in_full
from accreditation.models import RuleDraft, RuleSetEdition, RuleTrial, User
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import holders_of
from accreditation.services.rule_drafts import chain_of, check_drafter, edition_faults
from accreditation.services.rule_sets import faults_as_reasons
from criteria.editing import Checked, checked, opened
from criteria.golden import CaseResult, Limit, parse_cases, run_cases, stray_cases, uncovered_limits
from criteria.live import LiveFault, live_faults
from criteria.ruleset import RuleSet

WORDLESS = Reason("no_reason", _("请填写理由。"), "remark")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a draft is worth: faults of its text, figures it may not rest on, its boundary cases, its trial."""

    checked: Checked
    live: tuple[LiveFault, ...]
    cases: tuple[CaseResult, ...]
    uncovered: tuple[Limit, ...]
    strays: int
    trial: RuleTrial | None

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Boundary cases that come out otherwise than worked out."""
        return tuple(result for result in self.cases if not result.passed)


def readiness(draft: RuleDraft) -> Readiness:
    """Check the draft as it stands: text, confidence, boundary cases, trial of this very text."""
    found = checked(draft.text)
    rules = found.rule_set
    if rules is None:
        return Readiness(found, (), (), (), 0, None)
    cases = parse_cases(draft.cases) if draft.cases else ()
    trial = RuleTrial.objects.filter(draft=draft, checksum=rules.checksum).select_related("asked_by").first()
    return Readiness(
        found, tuple(live_faults(rules)), run_cases(rules, cases), uncovered_limits(rules, cases),
        len(stray_cases(rules, cases)), trial,
    )  # fmt: skip


def against(draft: RuleDraft, ready: Readiness) -> Iterator[Reason]:
    """Everything that stands against publishing, all at once."""
    yield from _left(draft)
    if ready.checked.rule_set is None:
        yield from faults_as_reasons(ready.checked.faults)
        return
    yield from edition_faults(draft.programme, opened(draft.text))
    if ready.checked.rule_set.effective_from is None:
        yield Reason("no_day", _("尚未写明生效日期。"))
    if ready.live:
        text = _("还有 %(n)d 处来源不足（未知、演示、推算或记忆），不能用于正式批次。")
        yield Reason("not_live", text % {"n": len(ready.live)})
    if ready.uncovered:
        yield Reason("uncovered", _("还有 %(n)d 个界限没有配齐边界案例。") % {"n": len(ready.uncovered)})
    if ready.strays:
        yield Reason("strays", _("有 %(n)d 个边界案例不属于任何界限。") % {"n": ready.strays})
    if ready.failed:
        yield Reason("cases_fail", _("有 %(n)d 个边界案例的结果与手算不符。") % {"n": len(ready.failed)})
    if ready.trial is None or ready.trial.finished_at is None:
        yield Reason("no_trial", _("还没有用历史申报试算当前文本。"))


def _left(draft: RuleDraft) -> Iterator[Reason]:
    """Whether who put it before a second person still answers for it in office."""
    if draft.state == RuleDraftState.SUBMITTED:
        assert draft.submitted_by is not None
        if not has_power(draft.submitted_by, Power.DRAFT_RULES):
            yield Reason("drafter_left", _("提交人已没有起草规则集的职权，请退回，由他人重新提交。"))


def submit_draft(draft: RuleDraft, *, version: int, by: User, at: datetime) -> None:
    """Put the draft before a second person; Refusal with everything that stands against it."""
    check_drafter(by)
    with act(draft, "submit_rules", by=by, at=at, acting_as="municipal_officer") as doing:
        row = _row(doing.chain, RuleDraftState.DRAFTING, version)
        if reasons := list(against(row, readiness(row))):
            raise Refusal(reasons)
        row.submit()
        row.version += 1  # who still looks at the text being drafted must not drop what a second person now reads
        row.submitted_by, row.submitted_at, row.remark = by, at, ""
        row.save()
        doing.moved(RuleDraftState.DRAFTING, row.state)
        doing.note(version=row.version, checksum=_rules(row).checksum)
        doing.tell(publishers_of(row), "rules_submitted", draft=row.number)


def publish_draft(draft: RuleDraft, *, version: int, by: User, at: datetime) -> RuleSetEdition:
    """Make the draft an edition; Denied for whoever changed it, Refusal with everything that stands against it."""
    check_publisher(draft, by)
    with act(draft, "publish_rules", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = _row(doing.chain, RuleDraftState.SUBMITTED, version)
        hold(chain_of(row.programme.code))
        if reasons := list(against(row, readiness(row))):
            raise Refusal(reasons)
        rules = _rules(row)
        edition = RuleSetEdition.objects.create(
            reference=rules.ref, checksum=rules.checksum, text=rules.frozen_text, live_faults=0, stored_at=at,
            cases=row.cases, published_by=by, published_at=at,
        )  # fmt: skip
        row.publish()
        row.edition, row.decided_by, row.decided_at = edition, by, at
        row.save()
        doing.moved(RuleDraftState.SUBMITTED, row.state)
        doing.note(edition=rules.ref, checksum=rules.checksum, trial=readiness_note(row))
        doing.tell(row.created_by, "rules_published", draft=row.number, edition=rules.ref)
    return edition


def readiness_note(draft: RuleDraft) -> str:
    """Checksum under which the trial of the published text is kept."""
    trial = draft.trials.order_by("-asked_at").first()
    return trial.checksum if trial else ""


def send_back(draft: RuleDraft, *, remark: str, version: int, by: User, at: datetime) -> None:
    """Back to drafting with what is to be changed; Denied for whoever changed it, Refusal without words."""
    check_publisher(draft, by)
    said = said_in_full(remark, WORDLESS)
    with act(draft, "send_rules_back", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = _row(doing.chain, RuleDraftState.SUBMITTED, version)
        row.send_back()
        row.version += 1  # nobody drops it before having read what is to be changed
        row.decided_by, row.decided_at, row.remark = by, at, said
        row.save()
        doing.moved(RuleDraftState.SUBMITTED, row.state)
        doing.note(remark=said)
        if row.submitted_by:
            doing.tell(row.submitted_by, "rules_sent_back", draft=row.number)


def drop_draft(draft: RuleDraft, *, remark: str, version: int, by: User, at: datetime) -> None:
    """Give a draft up, with the reason; Refusal without one."""
    check_drafter(by)
    said = said_in_full(remark, WORDLESS)
    with act(draft, "drop_rules", by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, RuleDraft)
        before = row.state
        _check_version(row, version)
        if before not in (RuleDraftState.DRAFTING, RuleDraftState.SUBMITTED):
            raise Refusal([Reason("decided", _("该草案已办结。"))])
        row.drop()
        row.decided_by, row.decided_at, row.remark = by, at, said
        row.save()
        doing.moved(before, row.state)
        doing.note(remark=said)


def check_publisher(draft: RuleDraft, by: User) -> None:
    """Raise Denied unless the person may publish rules and changed nothing in this draft."""
    if not has_power(by, Power.PUBLISH_RULES):
        raise Denied([Reason("may_not_publish_rules", _("您不能发布规则集。"))])
    own = Reason("own_rules", _("起草或修改过该草案的人不能发布它。"))
    check_another([draft.created_by_id, *draft.editors.values_list("pk", flat=True)], by, own)


def publishers_of(draft: RuleDraft) -> list[User]:
    """Everybody who may publish the draft."""
    roles = [role for role, entry in ROLES.items() if Power.PUBLISH_RULES in entry.powers]
    editors = set(draft.editors.values_list("pk", flat=True))
    return [person for person in holders_of(roles) if person.pk not in editors]


def may_publish(draft: RuleDraft, by: User) -> bool:
    """Whether the person could publish the draft."""
    try:
        check_publisher(draft, by)
    except Denied:
        return False
    return True


def _office_of(by: User) -> str:
    return "municipal_officer" if has_power(by, Power.DRAFT_RULES) else "publisher"


def _row(chain: object, wanted: RuleDraftState, version: int) -> RuleDraft:
    assert isinstance(chain, RuleDraft)
    if chain.state != wanted:
        reason = Reason("other_state", _("该草案现为“%(state)s”。") % {"state": RuleDraftState(chain.state).label})
        raise AlreadyDone(reason, done_by=str(chain.decided_by or chain.changed_by), done_at=chain.decided_at)
    _check_version(chain, version)
    return chain


def _check_version(draft: RuleDraft, version: int) -> None:
    if draft.version != version:
        reason = Reason("stale", _("该草案刚刚被他人更改，请核对后重新填写。"))
        at, by = _last_move(draft)
        raise AlreadyDone(reason, done_by=str(by), done_at=at)


def _rules(draft: RuleDraft) -> RuleSet:
    rules = checked(draft.text).rule_set
    assert rules is not None, "only a sound text passes the checks"
    return rules


def _last_move(draft: RuleDraft) -> tuple[datetime, User | None]:
    """When and by whom the draft was last changed, put forward, sent back or decided."""
    moves = [(draft.changed_at, draft.changed_by), (draft.submitted_at, draft.submitted_by),
             (draft.decided_at, draft.decided_by)]  # fmt: skip
    return max(((at, by) for at, by in moves if at), key=itemgetter(0))

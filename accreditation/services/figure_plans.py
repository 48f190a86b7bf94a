"""Which cases of a batch are verified by a third party: the plan, the sample drawn with its seed, the bodies asked.

A sample is drawn once, after the last day for applications, from every application that still stands: each case has
the ticket SHA-256 of `accreditation-sample/1|<seed>|<case>`, and the lowest tickets are the sample. The seed is made
when the plan is set, its SHA-256 is written down then, and the draw can be worked out again from the record.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState, Level, states_where
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.figure_check_words import CheckScope
from accreditation.models import Application, Batch, Body, FigureCheckPlan, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.selectors.granting import BODIES
from accreditation.services.enterprises import check_uscc
from accreditation.services.numbers import next_value
from criteria.draw import commitment_of

METHOD = "accreditation-sample/1"
GONE = (ApplicationState.DRAFT, *states_where(is_final=True))
LEAST_TEXT = 2


def plan_of(batch: Batch) -> FigureCheckPlan | None:
    """The plan of a batch; None where nothing is verified."""
    return FigureCheckPlan.objects.filter(batch=batch).first()


def waits_for_draw(application: Application) -> bool:
    """Whether the sample of its batch, in which it may be, is still to be drawn."""
    plan = plan_of(application.batch)
    return plan is not None and plan.scope == CheckScope.SAMPLE and plan.drawn_at is None


def is_asked(application: Application) -> bool:
    """Whether the plan of the batch has this case verified; a case named by the office is, once it is commissioned."""
    return asks_for(plan_of(application.batch), application.case.number)


def asks_for(plan: FigureCheckPlan | None, number: str) -> bool:
    """Whether a plan has the case of this number verified."""
    if plan is None or plan.scope == CheckScope.NAMED:
        return False
    return plan.scope == CheckScope.ALL or number in plan.drawn


def set_plan(
    batch: Batch, *, scope: str, sample_size: int | None, check_days: int, answer_days: int, ground: str, by: User,
    at: datetime,
) -> FigureCheckPlan:  # fmt: skip
    """Lay down which cases are verified; it stays open to change until a body is commissioned or the sample drawn."""
    with act(batch, "set_figure_check_plan", by=by, at=at, acting_as="municipal_officer") as doing:
        _check_power(by)
        if reasons := _faults(batch, scope, sample_size, check_days, answer_days, ground):
            raise Refusal(reasons)
        seed = secrets.token_hex(32)
        values = {
            "scope": scope, "check_days": check_days, "answer_days": answer_days, "ground": ground.strip(),
            "sample_size": sample_size if scope == CheckScope.SAMPLE else None, "seed": seed,
            "commitment": commitment_of(seed), "set_by": by, "set_at": at,
        }  # fmt: skip
        row, _is_new = FigureCheckPlan.objects.update_or_create(batch=batch, defaults=values)
        noted = {name: values[name] for name in ("scope", "sample_size", "check_days", "answer_days", "ground")}
        doing.note(commitment=row.commitment, **noted)
    return row


def _check_power(by: User) -> None:
    if not has_power(by, Power.CHECK_COMPLETENESS):
        raise Denied([Reason("not_yours", _("只有市认定办公室可以办理。"))])


def _faults(
    batch: Batch, scope: str, sample_size: int | None, check_days: int, answer_days: int, ground: str
) -> list[Reason]:
    reasons = []
    plan = plan_of(batch)
    if plan is not None and (plan.drawn_at or batch.applications.filter(figure_checks__isnull=False).exists()):
        reasons.append(Reason("plan_in_use", _("已抽样或已委托核查，核查安排不能再改。")))
    if scope not in CheckScope.values:
        reasons.append(Reason("scope_needed", _("请选择核查范围。"), "scope"))
    if scope == CheckScope.SAMPLE and not sample_size:
        reasons.append(Reason("size_needed", _("抽样须填写抽取件数。"), "sample_size"))
    if min(check_days, answer_days) < 1:
        reasons.append(Reason("days_needed", _("期限至少 1 个工作日。"), "check_days"))
    if len(ground.strip()) < LEAST_TEXT:
        reasons.append(Reason("text_needed", _("请填写核查依据。"), "ground"))
    return reasons


def draw_sample(batch: Batch, *, by: User, at: datetime) -> FigureCheckPlan:
    """Draw the sample, once, after the last day for applications; the record holds seed, candidates and the drawn."""
    with act(batch, "draw_figure_sample", by=by, at=at, acting_as="municipal_officer") as doing:
        _check_power(by)
        plan = FigureCheckPlan.objects.select_for_update().filter(batch=batch, scope=CheckScope.SAMPLE).first()
        if plan is None:
            raise Refusal([Reason("no_sample", _("本批次没有安排抽样核查。"))])
        if plan.drawn_at is not None:
            raise AlreadyDone(Reason("already_drawn", _("本批次已经抽样。")), done_by="", done_at=plan.drawn_at)
        if not is_past(batch.closes_at, at):
            raise Refusal([Reason("window_open", _("申报期未满，满后才能抽样。"))])
        rows = batch.applications.exclude(state__in=GONE)
        plan.candidates = sorted(rows.values_list("case__number", flat=True))
        plan.drawn, plan.drawn_at = drawn(plan.seed, plan.candidates, plan.sample_size or 0), at
        plan.save()
        doing.note(
            method=METHOD, seed=plan.seed, commitment=plan.commitment, candidates=plan.candidates, drawn=plan.drawn
        )
    return plan


def drawn(seed: str, candidates: Iterable[str], size: int) -> list[str]:
    """The sample of so many case numbers, or all where there are fewer, in the order of their numbers."""
    order = sorted(candidates, key=lambda number: hashlib.sha256(f"{METHOD}|{seed}|{number}".encode()).hexdigest())
    return sorted(order[:size])


def verifying_bodies() -> QuerySet[Body]:
    """Bodies from outside that can be commissioned."""
    return Body.objects.filter(level=Level.VERIFIER).order_by("district")


def register_body(*, name_zh: str, name_en: str, uscc: str, contact: str, by: User, at: datetime) -> Body:
    """Enter a verifying body under a code of its own, which grants of its people name. Raises Refusal."""
    with act(BODIES, "register_verifying_body", by=by, at=at, acting_as="municipal_officer") as doing:
        _check_power(by)
        code = check_uscc(uscc)
        if verifying_bodies().filter(uscc=code).exists():
            raise Refusal([Reason("body_known", _("该核查机构已经登记。"), "uscc")])
        own = f"V{next_value('verifying-body'):05d}"
        row = Body.objects.create(
            code=f"verifier-{own.lower()}", level=Level.VERIFIER, name_zh=name_zh.strip(), name_en=name_en.strip(),
            district=own, uscc=code, contact=contact.strip(),
        )  # fmt: skip
        doing.note(body=row.pk, code=own, name=row.name_zh, uscc=code)
    return row

"""On which page a person does a verb of a recognition, and what the page posts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accreditation.models import (
    Application,
    Case,
    FigureCheck,
    Objection,
    PanelDraw,
    RoleGrant,
    Seat,
    User,
)
from accreditation.roles import Role
from accreditation.services.rule_sets import rules_of
from criteria.workbook.bulk import LONG_FROM
from tests.factories import hearings
from tests.factories.cast import Cast, grant, person
from tests.factories.figure_checks import commission, difference, report_of
from tests.factories.held import REASON, hold_meanwhile
from tests.factories.steps import answer_gates
from workflows import door
from workflows.demo.material import workbook_for

PDF = b"%PDF-1.4\nbody\n%%EOF\n"
CHECKS = ["identity", "evidence", "figures", "annexes", "gates"]
AT_THE_OFFICE = ("under_completeness_check",)
NONE = 0  # in an address, for what a case in the wrong state does not have


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb that somebody of an office is about to do to a case."""

    world: Any
    case: Case
    verb: str
    role: str

    @property
    def at(self) -> datetime:
        """The moment."""
        moment: datetime = self.world.at
        return moment

    @property
    def by(self) -> User:
        """The person of the office."""
        person: User = self.world.people[self.role]
        return person

    @property
    def cast(self) -> Cast:
        """Everybody of the world."""
        found: Cast = self.world.local.cast if hasattr(self.world, "local") else self.world.cast
        return found

    @property
    def application(self) -> Application:
        """As it stands now."""
        return Application.objects.get(case=self.case)

    def door_form(self, verb: str = "") -> dict[str, Any]:
        """What the door takes with a verb."""
        form: dict[str, Any] = self.world.form(self.case, verb or self.verb, self.role)
        return form

    def act(self, verb: str, role: str, **form: Any) -> None:
        """A verb that goes before."""
        door.perform(self.case, verb, by=self.world.people[role], at=self.at, form=form)


Args = Callable[[Asked], tuple[Any, ...]]
Fields = Callable[[Asked], Mapping[str, Any]]


def number(asked: Asked) -> tuple[Any, ...]:
    """The case."""
    return (asked.case.number,)


def number_and_verb(asked: Asked) -> tuple[Any, ...]:
    """The case and the act."""
    return asked.case.number, asked.verb


def says(**fields: Any) -> Fields:
    """The same fields whatever the case."""
    return lambda _asked: fields


def nothing(_asked: Asked) -> Mapping[str, Any]:
    """A page whose button says it all."""
    return {}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a verb: URL name with `{desk}` or `{side}` of the office; what it posts; what has to go before.

    `to` with `state`, and `also` where another office has the verb, stand where the verb succeeds only with what goes
    before; `refused` names the state of a verb that succeeds for nobody. `by` names another person of the office,
    `is_public` a page for everybody.
    """

    address: str
    fields: Fields = nothing
    args: Args = number
    before: Callable[[Asked], None] | None = None
    state: str = ""
    to: str = ""
    refused: str = ""
    by: Callable[[Asked], User] | None = None
    is_public: bool = False
    also: tuple[str, ...] = ()


def act(before: Callable[[Asked], None] | None = None, **fields: Any) -> Page:
    """A page of the desk for one act."""
    return Page("{desk}_act", says(**fields), number_and_verb, before)


# --- the applicant --------------------------------------------------------------------------------------------------
def pdf(name: str = "示例.pdf") -> SimpleUploadedFile:
    """A small file of evidence."""
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _book(asked: Asked) -> dict[str, Any]:
    application = asked.application
    book = workbook_for(application.enterprise, application.batch, seed=3, profile="strong", changed={})
    return {"file": SimpleUploadedFile("数据表.xlsx", book)}


def _long_book(_asked: Asked) -> dict[str, Any]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", b"x" * LONG_FROM)
    return {"file": SimpleUploadedFile("长表.xlsx", target.getvalue())}


def _own_evidence(asked: Asked) -> Any:
    return asked.door_form("drop_evidence")["evidence"]


def _binding(asked: Asked) -> dict[str, Any]:
    return {"evidence": _own_evidence(asked).pk, "page": "2", "target": f"figure.{_figure(asked)}"}


def _figure(asked: Asked) -> str:
    form = asked.world.form(asked.case, "verify_value", asked.role)
    return f"{form['code']}.{form['year']}"


def _filing(asked: Asked) -> dict[str, Any]:
    town = asked.door_form().get("forwarder")
    return {"verb": asked.verb, "declaration": "on", "insists": "on"} | ({"forwarder": str(town.pk)} if town else {})


FILING: Mapping[str, Page] = {
    "upload_workbook": Page("my_workbook", _book),
    "send_workbook": Page("my_workbook", _long_book),
    "attach_evidence": Page("my_materials", lambda asked: {"kind": asked.door_form()["kind"], "file": pdf()}),
    "drop_evidence": Page("my_evidence_remove", args=lambda asked: (asked.case.number, _own_evidence(asked).pk)),
    "bind_evidence": Page("my_bindings", _binding),
    "unbind_evidence": Page(
        "my_binding_remove", args=lambda asked: (asked.case.number, _own_evidence(asked).bindings.get().pk)
    ),
    "submit": Page("my_check", _filing),
    "correct": Page("my_check", _filing),
    "withdraw": Page("my_withdraw"),
}


# --- review and check -----------------------------------------------------------------------------------------------
def _failed_condition(asked: Asked) -> None:
    gates = rules_of(asked.application.batch).gates
    code = next(gate.code for gate in gates if gate.is_answered and gate.is_binding)
    asked.act("answer_gate", asked.role, gate=code, is_met=False, reason="经查不符合")


def conditions_met(asked: Asked) -> None:
    """Every condition that no figure decides is answered."""
    answer_gates(asked.case, asked.by, asked.at)


def _paused(asked: Asked) -> None:
    asked.act("pause_clock", asked.role, **asked.door_form("pause_clock"))


def _point(asked: Asked) -> dict[str, Any]:
    point = asked.door_form()["points"][0]
    key = f"{point['target']}.{point['code']}.{point['year']}"
    return {"target": key, f"remark-{key}": point["remark"], "general": ""}


def _pause(asked: Asked) -> dict[str, Any]:
    form = asked.door_form()
    return {"ground": str(form["ground"]), "remark": form["remark"]}


def opinion(decision: str, **more: Any) -> Fields:
    """The page with checklist and opinion, sent by one of its buttons."""
    return says(checked=CHECKS, opinion="经核对无误", decision=decision, **more)


CASEWORK: Mapping[str, Page] = {
    "accept": act(),
    "decline": act(reasons="不属于本区受理范围", confirmed="1"),
    "answer_gate": Page(
        "{desk}_gate", says(is_met="yes", reason="经查符合"),
        lambda asked: (asked.case.number, asked.door_form()["gate"]),
    ),
    "verify_value": Page(
        "{desk}_verify", says(value="80", reason="依据花名册核定"),
        lambda asked: (asked.case.number, *(asked.door_form()[name] for name in ("code", "year"))),
    ),
    "return_for_correction": Page("{desk}_return", _point),
    "find_ineligible": Page(
        "{desk}_act", says(reasons="", confirmed="1"), number_and_verb, _failed_condition, "under_first_review",
        "ineligible", also=AT_THE_OFFICE,
    ),
    "pause_clock": Page("{desk}_act", _pause, number_and_verb),
    "resume_clock": Page("{desk}_act", says(), number_and_verb, _paused, "under_first_review", "=", also=AT_THE_OFFICE),
    "table_again": act(reason="暂缓的原因已经消除"),
}  # fmt: skip
FIRST_REVIEW: Mapping[str, Page] = {
    "recommend": Page(
        "{desk}_review", opinion("recommend"), before=conditions_met, state="under_first_review",
        to="under_completeness_check",
    ),
    "not_recommend": Page("{desk}_review", opinion("not_recommend", confirmed="1")),
    "pass_completeness_check": Page("{desk}_review", opinion("pass_completeness_check")),
}  # fmt: skip


# --- experts --------------------------------------------------------------------------------------------------------
def _first_seat(asked: Asked) -> tuple[Any, ...]:
    row = Seat.objects.filter(panel__application__case=asked.case).order_by("place").first()
    return asked.case.number, row.pk if row else NONE


def _without_seed(asked: Asked) -> None:
    PanelDraw.objects.filter(application__case=asked.case).delete()


def _stepped_down(asked: Asked) -> None:
    asked.act("recuse", "expert", tie="曾任该单位顾问")


def _panel(asked: Asked) -> dict[str, Any]:
    return {"experts": [str(person.pk) for person in asked.door_form()["experts"]], "reason": "测试指定的专家"}


def _proposal(asked: Asked) -> tuple[Any, ...]:
    return asked.case.number, asked.door_form()["proposal"].pk


def _sheet(asked: Asked) -> dict[str, Any]:
    form = asked.door_form()
    marks = form["marks"].items()
    fields = {f"points-{code}": mark["points"] for code, mark in marks}
    return fields | {f"reason-{code}": mark["reason"] for code, mark in marks} | {"opinion": form["opinion"]}


def _experts_paused(asked: Asked) -> None:
    asked.act("pause_experts", asked.role, **asked.door_form("pause_experts"))


def _handed_in(asked: Asked) -> None:
    asked.act("submit_review", "expert", **asked.door_form("submit_review"))


def _sheet_asked(asked: Asked) -> None:
    _handed_in(asked)
    asked.act("ask_sheet_aside", asked.role, place=1, reason="因病不能继续")


def _colleague(asked: Asked) -> User:
    """Another officer of the same office."""
    other, held = person("sheet_second", "同事示例"), RoleGrant.objects.filter(user=asked.by).exclude(role="")
    for row in held:
        grant(other, Role(row.role), row.district, at=asked.at)
    return other


PANEL: Mapping[str, Page] = {
    "ask_sheet_aside": Page(
        "{desk}_act", says(place="1", reason="因病不能继续"), number_and_verb, _handed_in, "under_expert_review", "="
    ),
    "set_sheet_aside": Page(
        "{desk}_act", says(place="1", confirmed="1"), number_and_verb, _sheet_asked, "under_expert_review", "=",
        by=_colleague,
    ),
    "decline_sheet_aside": Page(
        "{desk}_act", says(place="1", reason="该专家可以继续评审"), number_and_verb, _sheet_asked,
        "under_expert_review", "=", by=_colleague,
    ),
    "withdraw_sheet_request": Page(
        "{desk}_act", says(place="1", reason="专家已康复"), number_and_verb, _sheet_asked, "under_expert_review", "="
    ),
    "pause_experts": Page("{desk}_act", _pause, number_and_verb),
    "resume_experts": Page("{desk}_act", says(), number_and_verb, _experts_paused, "under_expert_review", "="),
    "fix_seed": Page("{desk}_panel", says(act="fix_seed"), before=_without_seed, state="awaiting_panel", to="="),
    "draw_panel": Page("{desk}_panel", says(act="draw")),
    "appoint_panel": Page("{desk}_panel", _panel),
    "order_recusal": Page("{desk}_recuse", says(tie="曾任该单位顾问"), _first_seat),
    "replace_expert": Page(
        "{desk}_replace", lambda asked: {"expert": str(asked.cast.experts[7].pk), "reason": "专业相近"}, _first_seat,
        _stepped_down, "under_expert_review", "=",
    ),
    "adopt_value": Page("{desk}_adopt", says(), _proposal),
    "declare_no_tie": Page(
        "expert_declare", by=lambda asked: asked.cast.experts[1], state="under_expert_review", to="="
    ),
    "recuse": Page("expert_recuse", says(tie="曾任该单位顾问")),
    "propose_value": Page(
        "expert_value", says(value="80", reason="与花名册不符"),
        lambda asked: (asked.case.number, *(asked.door_form()[name] for name in ("code", "year"))),
    ),
    "submit_review": Page("expert_confirm", _sheet),
}  # fmt: skip


# --- notice and announcement ----------------------------------------------------------------------------------------
def batch_code(asked: Asked) -> tuple[Any, ...]:
    """The batch of the case."""
    return (asked.application.batch.code,)


def _list(asked: Asked) -> dict[str, Any]:
    said = {"number": "示例〔2026〕9号", "dated": asked.at.date().isoformat()} if asked.verb == "announce" else {}
    return {"cases": [asked.case.number], "body": "名单如下。", "confirmed": "1"} | said


def held_meanwhile(asked: Asked) -> None:
    """The title has come to the enterprise otherwise."""
    hold_meanwhile(asked.case)


def _objected(asked: Asked) -> None:
    asked.act("raise_objection", "clock", **asked.door_form("raise_objection"))


def _objection(asked: Asked) -> tuple[Any, ...]:
    row = Objection.objects.filter(application__case=asked.case).first()
    return (row.number if row else "none",)


def _notice_and_case(asked: Asked) -> tuple[Any, ...]:
    notice = asked.application.notice
    return notice.number if notice else "none", asked.case.number


def _asked_about(asked: Asked) -> None:
    _objected(asked)
    row = Objection.objects.get(application__case=asked.case)
    office = "local_officer" if "local_officer" in asked.world.people else "office"
    hearings.ask(asked.case, row, office=asked.world.people[office], at=asked.at)


def _heard(asked: Asked) -> None:
    _asked_about(asked)
    row = Objection.objects.get(application__case=asked.case)
    asked.act("state_on_objection", "applicant", objection=row, text=hearings.STATEMENT, gives_up_rest=True)


def _case_and_objection(asked: Asked) -> tuple[Any, ...]:
    return (asked.case.number, *_objection(asked))


def _proposed(asked: Asked) -> None:
    _heard(asked)
    hearings.propose(asked.case, Objection.objects.get(application__case=asked.case), at=asked.at)


def _looks_into_it(asked: Asked) -> User:
    """An officer who did not check the case: the one who proposes, and takes it back."""
    return hearings.officers(asked.case, asked.at)[0]


def _confirms(asked: Asked) -> User:
    """The other one."""
    return hearings.officers(asked.case, asked.at)[1]


def _answer(
    verb: str, to: str = "=", before: Callable[[Asked], None] = _objected, by: Callable[[Asked], User] = _looks_into_it
) -> Page:
    fields = says(reasons="经核查处理。", reason="尚须补充核查。", decision=verb, confirmed="1")
    return Page("office_objection", fields, _objection, before, "under_notice", to, by=by)


NOTICE: Mapping[str, Page] = {
    "publish_notice": Page("batch_notice", _list, batch_code),
    "announce": Page("batch_announce", _list, batch_code),
    "end_as_held": Page(
        "batch_end_held", says(reason=REASON, confirmed="1"), lambda asked: (*batch_code(asked), asked.case.number),
        held_meanwhile, "notice_completed", "held_otherwise",
    ),
    "raise_objection": Page(
        "objection_new", lambda asked: asked.world.form(asked.case, "raise_objection", "clock"), _notice_and_case,
        is_public=True,
    ),
    "dismiss_objection": _answer("dismiss_objection"),
    "propose_upholding": _answer("propose_upholding", before=_heard),
    "uphold_objection": _answer("uphold_objection", "objection_upheld", _proposed, _confirms),
    "decline_upholding": _answer("decline_upholding", "=", _proposed, _confirms),
    "withdraw_upholding": _answer("withdraw_upholding", before=_proposed),
    "ask_for_statement": Page(
        "office_objection_hearing", says(facts=hearings.FACTS), _objection, _objected, "under_notice", "="
    ),
    "state_on_objection": Page(
        "my_statement", says(text=hearings.STATEMENT), _case_and_objection, _asked_about, "under_notice", "="
    ),
    "extend_notice": Page(
        "office_objection_extend", says(days="3", reason="须实地核查人员"), _objection, _objected, "under_notice", "="
    ),
}  # fmt: skip


# --- edition 2026 of the municipal recognition ----------------------------------------------------------------------
def _called_off(asked: Asked) -> None:
    asked.act("call_off_figure_check", "office", reason="另行委托")


def _answered_by_all(asked: Asked) -> None:
    _called_off(asked)
    asked.act("record_answer", "office", **asked.door_form("record_answer"))


def _commissioned_anew(asked: Asked) -> None:
    _called_off(asked)
    commission(asked.cast, asked.case, asked.world.firm, asked.at)


def _reported(asked: Asked) -> None:
    asked.act("hand_in_figure_check", "verifier", **report_of(asked.at))


def _reported_and_answered(asked: Asked) -> None:
    _reported(asked)
    asked.act("answer_figure", "applicant", finding=difference(asked.case), text="无异议")


def _finding(asked: Asked) -> int:
    rows = FigureCheck.objects.filter(application__case=asked.case, findings__result="differs")
    return int(rows.values_list("findings", flat=True).first() or NONE)


def _report(asked: Asked) -> dict[str, Any]:
    form = report_of(asked.at)
    said = {"number": form["number"], "dated": form["dated"].isoformat(), "conclusion": form["conclusion"]}
    return said | {"file": pdf("报告.pdf"), "confirmed": "on"}


def _department(asked: Asked) -> dict[str, Any]:
    form = asked.door_form()
    return form | {"dated": form["dated"].isoformat()}


SETTLING: Mapping[str, Page] = {
    "ask_departments": Page("office_act", lambda asked: asked.door_form(), number_and_verb),
    "record_answer": Page("office_act", _department, number_and_verb),
    "conclude_consultation": Page(
        "office_act", says(opinion="材料齐全"), number_and_verb, _answered_by_all, "under_consultation",
        "awaiting_panel",
    ),
    "commission_figure_check": Page(
        "office_figure_plan",
        lambda asked: {
            "act": "commission", "cases": [asked.case.number], "body": str(asked.door_form()["body"].pk), "remark": "",
        },
        batch_code,
    ),
    "call_off_figure_check": Page("office_figure_check", says(reason="另行委托")),
    "decide_figure": Page(
        "office_figure_check",
        lambda asked: {"finding": str(_finding(asked)), "is_adopted": "yes", "reason": "有依据"},
        before=_reported_and_answered, state="under_consultation", to="=",
    ),
    "declare_no_figure_tie": Page("verifier_case", before=_commissioned_anew, state="under_consultation", to="="),
    "refuse_figure_check": Page("verifier_refuse", says(tie="为其代理记账")),
    "record_figures": Page(
        "verifier_figure", says(result="confirmed"), lambda asked: (asked.case.number, *_figure(asked).split("."))
    ),
    "hand_in_figure_check": Page("verifier_hand_in", _report),
    "answer_figure": Page(
        "my_figure_check", lambda asked: {"finding": str(_finding(asked)), "text": "无异议"}, before=_reported,
        state="under_consultation", to="=",
    ),
}  # fmt: skip


# --- districts ------------------------------------------------------------------------------------------------------
def _visit(asked: Asked) -> dict[str, Any]:
    form = asked.door_form()
    return {
        "visited_on": form["visited_on"].isoformat(), "place": form["place"], "findings": form["findings"],
        "visitors": [str(person.pk) for person in form["visitors"]], "has_no_ties": "on", "is_confirmed": "yes",
        "documents": pdf("现场.pdf"),
    }  # fmt: skip


LOCALLY: Mapping[str, Page] = {
    "forward": act(opinion="情况属实，同意转报"),
    "call_in": act(reason="街镇机构撤并，无人办理转报"),
    "pass_material_check": Page(
        "{desk}_review", opinion("pass_material_check"), before=conditions_met, state="under_first_review",
        to="awaiting_panel",
    ),
    "record_site_visit": Page("{desk}_visit", _visit),
}  # fmt: skip


# --- evaluation of titles -------------------------------------------------------------------------------------------
EVALUATION: Mapping[str, Page] = {
    "recommend": Page("{desk}_review", opinion("recommend")),
    "fix_result": act(opinion="核查无误", confirmed="1"),
    "uphold_objection": _answer("uphold_objection", "under_completeness_check", _proposed, _confirms),
    "report_rectification": Page("my_rectification", says(report="已补充研发人员和研发投入。")),
    "accept_rectification": act(remark="整改到位"),
    "find_unrectified": act(remark="仍未到位", confirmed="1"),
}


# --- by procedure ---------------------------------------------------------------------------------------------------
RECOGNITION = {**FILING, **CASEWORK, **FIRST_REVIEW, **PANEL, **NOTICE}
OF_DISTRICTS = {
    verb: page
    for verb, page in {**RECOGNITION, **LOCALLY}.items()
    if verb not in ("recommend", "not_recommend", "pass_completeness_check")
}
OF_TITLES = {
    verb: page
    for verb, page in {**FILING, **CASEWORK, **NOTICE, **EVALUATION}.items()
    if verb not in ("decline", "find_ineligible", "table_again", "end_as_held")
}
OF_LOCAL_TITLES = {
    **{verb: page for verb, page in OF_TITLES.items() if verb != "recommend"},
    "uphold_objection": _answer("uphold_objection", "under_first_review", _proposed, _confirms),
}
PAGES: Mapping[str, Mapping[str, Page]] = {
    "municipal_recognition/2022": RECOGNITION,
    "municipal_recognition/2026": {
        **RECOGNITION,
        **SETTLING,
        "pass_completeness_check": Page(  # the rules of the batch have the consultation
            "{desk}_review", opinion("pass_completeness_check"), refused="under_completeness_check"
        ),
    },
    "district_recognition/2022": OF_DISTRICTS,
    "municipal_evaluation/2025": OF_TITLES,
    "district_evaluation/2026": OF_LOCAL_TITLES,
}
MEETING = "carried out with adopted minutes when the last of both signs them"
CLOCK = "done by the clock when a time limit ends"
MACHINE = "done by the signing of certificates"
NO_PAGE: Mapping[str, str] = {
    "propose": MEETING, "refuse": MEETING, "postpone": MEETING, "lapse": CLOCK, "complete_notice": CLOCK,
    "end_figure_answers": CLOCK, "end_statement_time": CLOCK, "let_acceptance_pass": CLOCK,
    "miss_rectification": CLOCK, "certify": MACHINE,
}  # fmt: skip
DESKS: Mapping[str, str] = {"checker": "district", "local_officer": "district", "forwarder": "forward"}  # or the role

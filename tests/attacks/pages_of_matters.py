"""On which page a person does a verb of a case over a title, and what the page posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from accreditation.enums import Level, ProceedingKind
from accreditation.models import ChangedTitle, Proceeding, Programme, Reexamination, ReexaminationResult, Title
from tests.attacks.pages_of_verbs import CLOCK, NONE, Asked, Page, number_and_verb, pdf, says
from tests.factories.returns import returned_on_page
from tests.factories.titles import second_officer


def _text(value: Any) -> str | None:
    """A value that the door takes as a form sends it; nothing for what a page does not ask for."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) else None


def everything(asked: Asked) -> dict[str, Any]:
    """Whatever any page of the procedure asks for; each takes its own fields."""
    said = {name: _text(value) for name, value in asked.door_form().items()}
    sent = {name: text for name, text in said.items() if text is not None}
    return sent | {"file": pdf("证据.pdf"), "confirmed": "1"}


def _document(asked: Asked) -> dict[str, Any]:
    row = asked.door_form()["document"]
    return {"document": str(row.pk if row else NONE)}


def own(*verbs: str) -> dict[str, Page]:
    """Verbs with a page of the case for each."""
    return {verb: Page("{side}matter_act", everything, number_and_verb) for verb in verbs}


def page(state: str, to: str, before: Any, **changed: Any) -> Page:
    """A page of the case for a verb for which something has to be done before."""
    return Page("{side}matter_act", everything, number_and_verb, before, state, to, **changed)


def _returned(asked: Asked) -> dict[str, Any]:
    points = asked.door_form()["points"]
    return returned_on_page(*((point["target"], point["code"], point["year"]) for point in points))


RETURN = Page("{side}matter_act", _returned, number_and_verb)
DROP = Page("{side}matter_drop_document", _document)


# --- proceedings ----------------------------------------------------------------------------------------------------
def _at_own_request(asked: Asked) -> None:
    Proceeding.objects.filter(case=asked.case).update(kind=ProceedingKind.CANCELLATION, ground="own_request")


def _asked_for_itself(asked: Asked) -> None:
    _at_own_request(asked)
    Proceeding.objects.filter(case=asked.case).update(asked_at=asked.at)


def _from_above(asked: Asked) -> None:
    Programme.objects.filter(pk=asked.world.title.programme_id).update(level=Level.NATIONAL)


def _stopped(asked: Asked, verb: str) -> None:
    asked.act(verb, asked.role, **asked.door_form(verb))


def _hearing_today(asked: Asked) -> None:
    asked.act("call_hearing", "preparer", **asked.door_form("call_hearing"))
    Proceeding.objects.filter(case=asked.case).update(hearing_on=asked.at.date())


PROCEEDING = {
    **own(
        "revise_proceeding", "add_document", "notify_holder", "add_own_document", "defend", "ask_for_hearing",
        "waive_rest_of_defence", "call_hearing", "drop_proceeding", "make_order", "refuse_order", "pause_order",
    ),
    "resume_order": page("awaiting_order", "=", lambda asked: _stopped(asked, "pause_order")),
    "drop_document": DROP,
    "record_notice": page("in_preparation", "=", _from_above),
    "submit_for_order": page("in_preparation", "awaiting_order", _at_own_request),
    "withdraw_request": page("in_preparation", "dropped_proceeding", _asked_for_itself),
    "hold_hearing": page(
        "awaiting_hearing", "awaiting_order", _hearing_today, by=lambda asked: second_officer(asked.cast)
    ),
}  # fmt: skip


# --- changes --------------------------------------------------------------------------------------------------------
def _statement(asked: Asked) -> dict[str, Any]:
    stated = asked.door_form()["stated"]
    successors = "\n".join(row.uscc for row in stated.successors)
    return {
        "occurred_on": stated.occurred_on.isoformat(), "facts": stated.facts, "successors": successors,
        "new_district": stated.new_district,
    }  # fmt: skip


def _outcomes(asked: Asked) -> dict[str, Any]:
    form = asked.door_form()
    rows = ChangedTitle.objects.filter(change__case=asked.case, title__number__in=form["outcomes"])
    chosen = {f"title_{row.pk}": ":".join(form["outcomes"][row.title.number]) for row in rows}
    return {**chosen, "reasons": form["reasons"]}


CHANGE = {
    **own(
        "add_change_document", "submit_change", "withdraw_change", "give_opinion",
        "give_receiving_opinion", "refuse_change", "confirm_succession", "send_succession_back",
    ),
    "return_change": RETURN,
    "drop_change_document": DROP,
    "revise_change": Page("{side}matter_act", _statement, number_and_verb),
    "confirm_change": Page(  # a succession is never confirmed by one person
        "{side}matter_act", everything, number_and_verb, refused="under_confirmation"
    ),
    "put_succession_forward": Page("{side}matter_act", _outcomes, number_and_verb),
}  # fmt: skip


# --- reports and re-examinations ------------------------------------------------------------------------------------
def _title_ended(asked: Asked) -> None:
    title = Title.objects.get(pk=asked.world.title.pk)
    title.revoke()
    title.save()


def _round(asked: Asked) -> tuple[Any, ...]:
    return (Reexamination.objects.get(case=asked.case).round.year,)


def _letter(asked: Asked) -> dict[str, Any]:
    return {
        "cases": [asked.case.number], "number": "示例上报〔2026〕5号", "dated": asked.at.date().isoformat(),
        "addressed_to": "示例工业主管部门", "confirmed": "1",
    }  # fmt: skip


def _entered(asked: Asked) -> None:
    """By a colleague, for the keeper to confirm."""
    asked.door_form()


def _entry(asked: Asked) -> tuple[Any, ...]:
    row = ReexaminationResult.objects.filter(round__cases__case=asked.case).last()
    return (row.pk if row else NONE,)


YEARLY = {
    **own("remind_of_report", "note_report", "fill_report", "add_report_document",
          "hand_in_report"),
    "send_report_back": RETURN,
    "drop_report_document": DROP,
    "drop_report": page("report_awaited", "report_dropped", _title_ended),
}  # fmt: skip
REEXAMINATION = {
    **own(
        "remind_of_reexamination", "close_unanswered", "give_reexamination_opinion",
        "fill_reexamination", "add_reexamination_document", "hand_in_reexamination", "refuse_reexamination",
        "review_reexamination_again",
    ),
    "send_reexamination_back": RETURN,
    "drop_reexamination_document": DROP,
    "drop_reexamination": page("reexamination_called", "reexamination_dropped", _title_ended),
    "forward_reexamination": Page("reexamination_forward", _letter, _round),
    **{
        verb: Page(
            "office_reexamination_entry", says(is_confirmed="yes"), _entry, _entered, "reexamination_forwarded", state
        )
        for verb, state in (
            ("pass_reexamination", "reexamination_passed"), ("fail_reexamination", "reexamination_failed"),
        )
    },
}  # fmt: skip
PAGES: Mapping[str, Mapping[str, Page]] = {
    "title_proceeding/2026": PROCEEDING,
    "reconsideration/2024": {
        **own(
            "add_own_document", "withdraw_reconsideration", "accept_reconsideration", "decline_reconsideration",
            "ask_for_supplement", "prolong_supplement", "supplement_reconsideration", "stay_execution",
            "prolong_reconsideration", "suspend_reconsideration", "propose_decision", "add_document",
            "answer_challenge", "send_back_proposal", "decide_reconsideration",
        ),
        "resume_reconsideration": page(
            "answer_asked", "=", lambda asked: _stopped(asked, "suspend_reconsideration")
        ),
    },
    "remedy/2026": own("add_document", "carry_out_remedy", "discard_remedy"),
    "title_change/2026": CHANGE,
    "demonstration_yearly_report/2010": YEARLY,
    "demonstration_reexamination/2010": REEXAMINATION,
}  # fmt: skip
SET_ASIDE = "done with the decision of the reconsideration that sets the act aside"
CALL = "done for every holder when the office opens the call"
NO_PAGE: Mapping[str, str] = {
    "let_defence_pass": CLOCK, "take_effect": CLOCK, "end_suspension": CLOCK, "let_answer_pass": CLOCK,
    "let_examination_pass": CLOCK, "let_supplement_pass": CLOCK,
    "let_report_due_pass": CLOCK, "list_reexamination_late": CLOCK, "call_for_report": CALL,
    "call_for_reexamination": CALL,
    "give_way_to_judgment": "done with the later judgment that comes into its place",
    **dict.fromkeys(("set_result_aside", "reopen_change", "restore_ended_titles", "reopen_reexamination",
                    "reopen_request"), SET_ASIDE),
}  # fmt: skip

"""Small parts of pages: named slots for components, faults of a form, the step under way."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.base import Node, NodeList, Parser, Token

register = template.Library()

# One colour for each state word, whatever table it stands in; the word itself is always shown beside the colour.
TONES = {
    "grey": "draft prepared drafting dropped closed withdrawn recused ended dismissed cancelled expired moot "
    "in_preparation dropped_proceeding held_otherwise "
    "reconsideration_withdrawn remedy_discarded remedy_replaced change_draft change_withdrawn "
    "report_awaited report_dropped "
    "reexamination_called reexamination_dropped check_called_off",
    "blue": "submitted under_first_review under_completeness_check awaiting_panel under_expert_review "
    "under_forwarding under_site_visit under_overall_review proposed under_notice notice_completed "
    "awaiting_announcement open cleared called in_session published received "
    "pending running waiting reading "
    "under_consultation awaiting_ranking to_be_recommended recommended_upward awaiting_order ordered "
    "under_district_opinion under_receiving_opinion under_confirmation awaiting_second_confirmation "
    "reconsideration_filed under_reconsideration decision_proposed remedy_prepared report_handed_in "
    "reexamination_under_review reexamination_reviewed reexamination_forwarded "
    "result_adopted rectification_reported checking",
    "amber": "returned postponed appointed minutes_drafted warned suspended requested "
    "defence_open awaiting_hearing order_running "
    "answer_asked supplement_asked change_returned "
    "report_overdue report_sent_back reexamination_sent_back reexamination_late "
    "check_commissioned check_reported differs unverifiable "
    "under_rectification",
    "green": "listed confirmed recognised announced adopted in_force active done met recognised_above concluded "
    "reconsidered remedy_carried_out change_confirmed "
    "report_noted reexamination_passed check_settled "
    "evaluated",
    "red": "declined ineligible not_recommended lapsed refused objection_upheld upheld revoked rejected failed fired "
    "not_in_quota not_recognised_above faulty "
    "reexamination_failed reexamination_refused reexamination_unanswered "
    "reconsideration_not_accepted change_refused check_refused barred",
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


class CaptureNode(Node):
    """Renders its contents into a variable."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = self.nodelist.render(context)
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture actions %}…{% endcapture %}`: markup kept under a name, to be handed to a component."""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError("capture takes one name")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(words[1], nodelist)


@register.filter
def state_tone(state: str) -> str:
    """Tone of a state's tag, by the stored value; grey for one without a colour."""
    return TONE_OF.get(str(state), "grey")


@register.simple_tag
def form_faults(form: object) -> list[dict[str, str]]:
    """Every error of a form in field order with the address of its field, for the summary at the top.

    A page without a form hands in nothing, which Django makes an empty text.
    """
    if not isinstance(form, BaseForm) or not form.is_bound:
        return []
    faults = [{"text": str(text), "href": ""} for text in form.non_field_errors()]
    for field in form:
        place = {"href": f"#{anchor(field)}", "label": str(field.label).rstrip("。")}
        faults += [place | {"text": str(text)} for text in field.errors]
    return faults


@register.filter
def anchor(field: BoundField) -> str:
    """Id of the element that takes the focus for a field: the first choice of a group, else the field itself."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label or field.auto_id)


@register.filter
def step_number(steps: list[Any]) -> int:
    """Number of the current step, counted from one; all steps done gives the last, none begun gives zero."""
    states = [step["state"] if isinstance(step, dict) else step.state for step in steps]
    if "current" in states:
        return states.index("current") + 1
    return states.count("done")


@register.filter
def current_step(steps: list[Any]) -> Any:
    """The step under way, or None."""
    return next((s for s in steps if (s["state"] if isinstance(s, dict) else s.state) == "current"), None)

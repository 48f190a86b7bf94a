"""Slots, error summaries and steps."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError

from accreditation import enums
from accreditation.templatetags.parts import TONE_OF, current_step, form_faults, state_tone, step_number


class Sample(forms.Form):
    name = forms.CharField(label="名称")
    kind = forms.ChoiceField(label="种类", widget=forms.RadioSelect, choices=[("a", "甲")])

    def clean(self) -> None:
        raise forms.ValidationError("两项不符")


def test_captured_markup_reaches_the_component_unescaped() -> None:
    source = (
        "{% load parts %}{% capture actions %}<a href='#'>去</a>{% endcapture %}"
        '{% include "components/page_heading.html" with title="标题" actions=actions only %}'
    )
    assert "<a href='#'>去</a>" in Template(source).render(Context({}))


def test_capture_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load parts %}{% capture %}x{% endcapture %}")


def test_faults_come_in_field_order_with_addresses_that_exist() -> None:
    form = Sample({"name": ""}, prefix="p")
    faults = form_faults(form)
    assert [fault["href"] for fault in faults] == ["", "#id_p-name", "#id_p-kind_0"]
    page = str(form)
    assert all(f'id="{fault["href"][1:]}"' in page for fault in faults if fault["href"])


@pytest.mark.parametrize("form", [None, Sample()])
def test_form_not_yet_sent_has_no_faults(form: forms.Form | None) -> None:
    assert form_faults(form) == []


def test_field_names_its_help_and_its_error() -> None:
    page = str(Sample({"name": ""}))
    assert 'aria-describedby="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name_error"' in page


@pytest.mark.parametrize(
    ("states", "number", "label"),
    [(["done", "current", "todo"], 2, "b"), (["done", "done", "done"], 3, None), (["todo", "todo", "todo"], 0, None)],
)
def test_current_step_is_counted_from_one(states: list[str], number: int, label: str | None) -> None:
    steps = [{"label": name, "state": state} for name, state in zip("abc", states, strict=True)]
    now = current_step(steps)
    assert step_number(steps) == number
    assert (now["label"] if now else None) == label


def test_every_state_has_a_tone() -> None:
    tables = [table for name, table in vars(enums).items() if name.endswith("State")]
    assert len(tables) >= 8
    assert not [f"{table.__name__}.{state}" for table in tables for state in table.values if state not in TONE_OF]


@pytest.mark.parametrize(("state", "tone"), [("in_force", "green"), ("revoked", "red"), ("no_such_state", "grey")])
def test_tone_follows_the_state(state: str, tone: str) -> None:
    assert state_tone(state) == tone

"""Every act that the trail can hold has a name, whatever code names it."""

from __future__ import annotations

from itertools import chain

import pytest
from django.utils.translation import override

from accreditation.models import Title
from accreditation.models.titles import BENEATH
from tests.architecture.acts import sources, verbs_of
from workflows.presentation.oversight import act_labels
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.slow, pytest.mark.one_database]

HANDED_OVER = {  # acts whose verb comes from another module, and where those verbs stand
    "perform",  # the tables of the procedures
    "carry_order_out",  # the moves of a title
    "change_beneath",  # what stands beneath a suspension or a loss
}


def acts() -> set[tuple[str, str]]:
    return set(chain.from_iterable(verbs_of(source) for source in sources()))


def moves_of_titles() -> set[str]:
    return {name for name in vars(Title) if hasattr(getattr(Title, name), "_django_fsm")}


def test_every_act_that_the_code_names_has_a_label_in_both_languages() -> None:
    named = {verb for _place, verb in acts()} - {""} | moves_of_titles() | set(BENEATH)
    assert {"freeze_ranking", "publish_rules", "note_departure", "remind", "refuse_access", "restore"} <= named
    with override("zh-hans"):
        chinese = act_labels()
    with override("en"):
        english = act_labels()
    assert sorted(named - chinese.keys()) == []
    assert {code for code in named if not chinese[code] or english[code] == chinese[code]} == set()


def test_every_act_names_its_verb_or_has_it_from_a_list_that_is_known() -> None:
    assert {place for place, verb in acts() if not verb} == HANDED_OVER


def test_every_verb_of_every_procedure_has_a_label() -> None:
    codes = {code for procedure in PROCEDURES.values() for code in procedure.verbs}
    assert codes <= act_labels().keys()

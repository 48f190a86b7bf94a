"""Nothing that hangs on a case is forgotten by the dossier: every model is in it, or left out with a reason."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

from accreditation.models import Case, Objection, Title, Vote
from accreditation.models.cases import CaseSubject
from workflows.exports.dossier_rows import HIDDEN
from workflows.exports.dossier_tables import BY_HAND, LEFT_OUT, TABLES
from workflows.exports.dossier_words import HEADINGS

IN_IT = {table.model for table in TABLES} | BY_HAND


def hangs_on(model: type[Model], roots: set[type[Model]]) -> list[str]:
    """Links of a model to any of the roots, and the number of a case kept without a link."""
    links = [one for one in [*model._meta.concrete_fields, *model._meta.many_to_many] if one.related_model in roots]
    return [one.name for one in links] + [one.name for one in model._meta.fields if one.name == "case_number"]


def test_every_model_that_hangs_on_a_case_is_in_the_dossier_or_left_out_with_a_reason() -> None:
    subjects = {model for model in apps.get_models() if issubclass(model, CaseSubject)}
    roots = {Case, Title} | subjects | IN_IT
    forgotten = {
        model.__name__: links
        for model in apps.get_models()
        if (links := hangs_on(model, roots)) and model not in IN_IT and model not in LEFT_OUT
    }
    assert forgotten == {}
    assert roots <= IN_IT
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
    assert not IN_IT & set(LEFT_OUT)


def test_every_column_has_a_heading_and_no_heading_is_left_over() -> None:
    names = {
        field.name
        for table in TABLES
        for field in [*table.model._meta.concrete_fields, *table.model._meta.many_to_many]
        if field.name not in HIDDEN | table.omit
    }
    assert names - set(HEADINGS) == set()
    assert set(HEADINGS) - names == set()


def test_what_is_confidential_is_no_plain_table() -> None:
    assert Objection not in {table.model for table in TABLES}
    assert next(table for table in TABLES if table.model is Vote).where
    assert len({table.path for table in TABLES}) == len(TABLES)

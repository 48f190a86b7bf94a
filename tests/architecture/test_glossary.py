"""Every model and enumeration of the product is a term of the glossary."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import PACKAGES, ROOT, Source, python

MODEL_BASES = {"Model", "Chained", "SecondAnswer", "TwoPersonProposal", "AbstractUser", "Process", "Task"}
CHOICES_BASES = {"TextChoices", "IntegerChoices"}


def terms() -> set[str]:
    return set(re.findall(r"`(\w+)", (ROOT / "docs" / "glossary.md").read_text()))


def named(sources: list[Source], bases: set[str]) -> set[str]:
    return {found.name for source in sources for found in source.classes() if bases & set(map(_last_name, found.bases))}


def _last_name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def test_every_model_is_a_term() -> None:
    models = named([source for source in python(*PACKAGES) if "models" in source.path], MODEL_BASES)
    assert len(models) > 20
    assert models - terms() == set()


def test_every_set_of_choices_is_a_term() -> None:
    choices = named(python(*PACKAGES), CHOICES_BASES)
    assert len(choices) > 5
    assert choices - terms() == set()

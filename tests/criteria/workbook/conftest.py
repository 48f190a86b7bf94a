"""The template of a demonstration batch and a filled workbook of it, made once."""

from __future__ import annotations

import pytest

from criteria.ruleset import RuleSet
from criteria.workbook import Template, template_for
from criteria.workbook.samples import correct_workbook

REF = "shanghai_municipal_centre/2022-demo"


@pytest.fixture(scope="session")
def template(municipal: RuleSet) -> Template:
    assert municipal.form is not None
    return template_for(municipal.form, REF, municipal.checksum, "SH-2026-1", 2025, "市级企业技术中心申报（示例）")


@pytest.fixture(scope="session")
def good(template: Template) -> bytes:
    """A filled workbook without faults."""
    return correct_workbook(template, seed=1, profile="strong")

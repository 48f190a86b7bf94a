"""Names of a rule set are read in the reader's language."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from accreditation.services.rule_sets import rule_text


@pytest.mark.parametrize(
    ("language", "shown"), [("zh-hans", "承诺书"), ("en", "Declaration"), ("en-gb", "Declaration")]
)
def test_name_of_a_rule_set_follows_the_active_language(language: str, shown: str) -> None:
    with translation.override(language):
        assert rule_text(SimpleNamespace(name_zh="承诺书", name_en="Declaration"), "name") == shown


def test_name_without_an_english_half_is_shown_in_chinese() -> None:
    with translation.override("en"):
        assert rule_text(SimpleNamespace(text_zh="注册一年以上", text_en=""), "text") == "注册一年以上"

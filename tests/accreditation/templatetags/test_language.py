"""Chinese on English pages is marked as Chinese."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from accreditation.templatetags.language import in_language, page_lang


def rendered(source: str, **values: object) -> str:
    return Template("{% load language %}" + source).render(Context(values))


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-CN"), ("en", "en"), ("en-gb", "en")])
def test_page_declares_its_language(language: str, lang: str) -> None:
    with translation.override(language):
        assert page_lang() == lang


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("en", "示例 <公司>", '<span lang="zh-CN">示例 &lt;公司&gt;</span>'),
        ("zh-hans", "示例 <公司>", "示例 &lt;公司&gt;"),
        ("en", "Sample Ltd", "Sample Ltd"),
        ("en", "𠮷野", '<span lang="zh-CN">𠮷野</span>'),
        ("en", None, ""),
    ],
)
def test_chinese_name_is_marked_on_an_english_page_only(language: str, name: str | None, shown: str) -> None:
    with translation.override(language):
        assert rendered("{{ name|zh }}", name=name) == shown


@pytest.mark.parametrize(
    ("language", "shown"), [("en", '<td lang="zh-CN">附表</td><td>A1</td>'), ("zh-hans", "<td>附表</td><td>A1</td>")]
)
def test_attribute_depends_on_the_text_of_the_element(language: str, shown: str) -> None:
    with translation.override(language):
        assert rendered("<td{% zh_attr a %}>{{ a }}</td><td{% zh_attr b %}>{{ b }}</td>", a="附表", b="A1") == shown


@pytest.mark.parametrize(("language", "shown"), [("en", '<div lang="zh-CN">正文</div>'), ("zh-hans", "正文")])
def test_block_of_chinese_is_marked_on_an_english_page_only(language: str, shown: str) -> None:
    with translation.override(language):
        assert rendered("{% zh %}正文{% endzh %}") == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "cell"), ("zh-hans", "单元格")])
def test_half_of_a_pair_follows_the_language(language: str, shown: str) -> None:
    with translation.override(language):
        assert in_language(("单元格", "cell")) == shown

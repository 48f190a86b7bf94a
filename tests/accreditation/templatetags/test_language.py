"""Chinese on English pages is marked as Chinese."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe

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
    ("language", "text", "shown"),
    [
        (
            "en",
            "“约 <一百>” was read",
            '“<span lang="zh-CN">约</span> &lt;<span lang="zh-CN">一百</span>&gt;” was read',
        ),
        ("en", "Nothing <Chinese>", "Nothing &lt;Chinese&gt;"),
        ("zh-hans", "读到“<约一百>”", "读到“&lt;约一百&gt;”"),
        ("en", mark_safe("<b>甲</b>"), "<b>甲</b>"),
    ],
)
def test_chinese_quoted_in_a_sentence_is_marked_run_by_run_and_markup_left_alone(
    language: str, text: str, shown: str
) -> None:
    with translation.override(language):
        assert rendered("{{ text|marked }}", text=text) == shown


@pytest.mark.parametrize(("language", "marks"), [("en", ' lang="zh-CN"'), ("zh-hans", "")])
def test_option_with_a_chinese_name_is_marked_on_an_english_page_only(language: str, marks: str) -> None:
    field = forms.ChoiceField(choices=[("1", "示例公司"), ("2", "Sample")])
    with translation.override(language):
        drawn = field.widget.render("who", "2")
    assert f'<option value="1"{marks}>示例公司</option>' in drawn
    assert '<option value="2" selected>Sample</option>' in drawn


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

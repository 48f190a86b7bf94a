"""Which language a page or a piece of text is in: the `lang` attribute, Chinese names on English pages."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")

CHINESE_RUNS = re.compile(f"((?:{CHINESE.pattern})+)")


def is_english() -> bool:
    """Whether the page being written is in English."""
    return (get_language() or "").startswith("en")


@register.simple_tag
def page_lang() -> str:
    """Value of `<html lang>`: with it missing or wrong, browsers draw Japanese forms of Chinese characters."""
    return "en" if is_english() else "zh-CN"


@register.filter
def zh(value: Any) -> SafeString:
    """A Chinese proper name or quotation: marked `lang="zh-CN"` on an English page, plain on a Chinese one."""
    text = conditional_escape("" if value is None else value)
    if is_english() and CHINESE.search(text):
        return format_html('<span lang="zh-CN">{}</span>', text)
    return text


@register.filter
def marked(text: Any) -> Any:
    """A sentence in the page's language that may quote Chinese: on an English page each Chinese run is marked.

    Markup is left as it is: whoever wrote it has marked its parts.
    """
    if not is_english() or isinstance(text, SafeString):
        return text
    return format_html_join("", "{}", ((zh(part),) for part in CHINESE_RUNS.split(str(text))))


@register.simple_tag
def zh_attr(value: Any = "中") -> SafeString:
    """The attribute ` lang="zh-CN"` for an element of an English page whose text (`value`, if given) is Chinese."""
    marked = is_english() and CHINESE.search(str(value or ""))
    return mark_safe(' lang="zh-CN"' if marked else "")  # noqa: S308 a constant


class ZhNode(Node):
    """Contents of `{% zh %}…{% endzh %}`."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        inner = self.nodelist.render(context)
        return format_html('<div lang="zh-CN">{}</div>', inner) if is_english() else inner


@register.tag("zh")
def chinese_block(parser: Parser, token: Token) -> ZhNode:
    """`{% zh %}…{% endzh %}`: a block of Chinese text, in a `div` marked as such on an English page."""
    nodelist = parser.parse(("endzh",))
    parser.delete_first_token()
    return ZhNode(nodelist)


@register.filter
def in_language(pair: Any) -> str:
    """The half of a (Chinese, English) pair that fits the page; anything else is shown as it is."""
    if isinstance(pair, (tuple, list)) and len(pair) == 2:
        return str(pair[1] if is_english() else pair[0])
    return str(pair)

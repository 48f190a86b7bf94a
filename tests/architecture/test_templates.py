"""Templates under a strict content security policy: nothing in them is run or styled in place."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import Source, templates

TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "htmx event handler": re.compile(r"\s(data-)?hx-on[\s:=-]", re.IGNORECASE),
    "computed htmx values": re.compile(r"\s(data-)?hx-(vals|headers)\s*=\s*[\"']\s*(js|javascript):", re.IGNORECASE),
    "htmx trigger filter": re.compile(r"\s(data-)?hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE),
    "script address": re.compile(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "style element": re.compile(r"^<style\b", re.IGNORECASE),
    "script without a file": re.compile(r"^<script\b(?![^>]*\ssrc\s*=)(?![^>]*application/(ld\+)?json)", re.IGNORECASE),
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)


def breaches(sources: list[Source]) -> list[str]:
    found = []
    for source in sources:
        for tag in TAG.findall(DJANGO.sub("", COMMENT.sub("", source.text))):
            found += [f"{source.path}: {name} in {tag}" for name, pattern in INLINE.items() if pattern.search(tag)]
    return found


def test_templates_hold_no_inline_script_or_style() -> None:
    found = templates()
    assert len(found) > 10
    assert breaches(found) == []


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        '<p class="{% if a > b %}x{% endif %}" style="color: red">',
        '<button\n  onclick="go()">',
        '<form hx-on:submit="go()">',
        '<form hx-on::after-request="go()">',
        "<div hx-vals='js:{a: 1}'>",
        '<div hx-trigger="click[ctrlKey]">',
        '<a href="javascript:go()">',
        "<style>",
        "<script>",
        '<script type="module">',
    ],
)
def test_planted_inline_code_is_found(markup: str) -> None:
    assert len(breaches([Source("planted.html", f"<main>{markup}</main>")])) == 1


@pytest.mark.parametrize(
    "markup",
    ['<script src="{% static "a.js" %}" defer></script>', '<p data-on="1">on = 2</p>', '<svg stroke-width="1">'],
)
def test_allowed_markup_passes(markup: str) -> None:
    assert breaches([Source("allowed.html", markup)]) == []

"""The style page and the rules that all templates, style sheets and scripts obey."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path for path in ROOT.glob("*/templates/**/*.html") if ".venv" not in path.parts)
COMPONENTS = sorted((ROOT / "config/templates/components").glob("*.html"))
SHEETS = sorted((ROOT / "config/static/css").glob("*.css"))

# Drawn by the shell on every page, or only where something failed.
NOT_BY_NAME = {"demo_band", "top_bar", "language_switch", "page_foot", "error_page", "form_field"}
STRICT_POLICY = {
    "inline style": r"<[^>{]*\sstyle=",
    "inline handler": r"<[^>{]*\son[a-z]+=",
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "style element": r"<style\b",
    "htmx eval": r"hx-on|hx-vals=['\"]js:|hx-trigger=['\"][^'\"]*\[",
    "another host": r"(?:src|href|action)=['\"](?:https?:)?//",
}
TOO_NEW = {
    "nesting": r"^\s*&",
    ":has": r":has\(",
    ":is or :where": r":(?:is|where)\(",
    "color-mix": r"color-mix\(",
    "oklch": r"oklch\(",
    "container query": r"@container",
    "cascade layer": r"@layer",
    "media range": r"@media[^{]*[<>]",
    "aspect-ratio": r"aspect-ratio\s*:",
    "inset": r"\binset\s*:",
    "logical shorthand": r"(?:padding|margin)-(?:inline|block)\s*:",
    "dynamic viewport": r"\d[dsl]v[hw]\b",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-CN"), ("en", "en")])
def test_style_page_in_demo_mode_is_shown_in_the_asked_language(
    client: Client, settings: LazySettings, language: str, lang: str
) -> None:
    settings.ACCREDITATION_DEMO = True
    answer = client.get("/styleguide/?errors=1", headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.content.decode()
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/autosave/"])
def test_style_page_outside_demo_mode_does_not_exist(client: Client, settings: LazySettings, address: str) -> None:
    settings.ACCREDITATION_DEMO = False
    assert client.get(address).status_code == 404


def test_style_page_uses_every_component() -> None:
    page = (ROOT / "config/templates/styleguide.html").read_text(encoding="utf-8")
    used = set(re.findall(r"components/([a-z_]+)\.html", page))
    by_tag = {name for name in ("deadline", "goal") if f"{{% {name} " in page}
    inner = {"score_row", "pagination"} if {"score_table", "data_table"} <= used else set()
    missing = {path.stem for path in COMPONENTS} - used - by_tag - inner - NOT_BY_NAME
    assert not missing


def test_component_list_for_authors_names_every_component() -> None:
    told = (ROOT / "config/templates/components/README.md").read_text(encoding="utf-8")
    assert not [path.name for path in COMPONENTS if f"`{path.name}`" not in told]


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_component_compiles(path: Path) -> None:
    get_template(f"components/{path.name}")


@pytest.mark.parametrize("rule", STRICT_POLICY)
def test_template_obeys_the_content_policy(rule: str) -> None:
    pattern = re.compile(STRICT_POLICY[rule], re.IGNORECASE)
    broken = [f"{p.relative_to(ROOT)}: {m.group()}" for p in TEMPLATES for m in pattern.finditer(p.read_text("utf-8"))]
    assert not broken


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("inline style", '<p class="a" style="color:red">'),
        ("inline handler", '<button onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("style element", "<style>p{}</style>"),
        ("htmx eval", '<div hx-on:click="go()">'),
        ("another host", '<script src="https://cdn.invalid/x.js">'),
    ],
)
def test_planted_breach_of_the_content_policy_is_seen(rule: str, planted: str) -> None:
    assert re.search(STRICT_POLICY[rule], planted)


@pytest.mark.parametrize("feature", TOO_NEW)
def test_style_sheet_uses_nothing_newer_than_the_browser_floor(feature: str) -> None:
    pattern = re.compile(TOO_NEW[feature], re.MULTILINE)
    assert not [path.name for path in SHEETS if pattern.search(path.read_text("utf-8"))]


def test_every_file_that_the_skeleton_names_is_served() -> None:
    skeleton = "".join((ROOT / f"config/templates/{name}").read_text() for name in ("skeleton.html", "shell.html"))
    names = re.findall(r"{% static '([^']+)' %}", skeleton)
    assert len(names) >= 10
    assert not [name for name in names if finders.find(name) is None]


def test_scripts_keep_nothing_in_the_browser() -> None:
    for path in (ROOT / "config/static/js").glob("*.js"):
        assert not re.search(r"localStorage|sessionStorage|indexedDB|\beval\(|innerHTML", path.read_text("utf-8"))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "words"), [("404.html", "没有找到此页"), ("500.html", "系统出现故障")])
def test_error_page_is_drawn_without_request_or_context(name: str, words: str) -> None:
    assert words in get_template(name).render()

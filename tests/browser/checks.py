"""What every page must pass in the browser: accessibility, width, language, quiet console, no foreign request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

WIDTHS = (1280, 390)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
ALLOWED_FILE = Path(__file__).with_name("latin_allowed.txt")

# Every text that a person sees or hears, with the language that its element declares.
TEXTS = """() => {
  const found = [];
  const skipped = 'script, style, noscript, template, textarea, code, samp, kbd, [translate=no]';
  const language = element => (element.closest('[lang]') || document.documentElement).lang;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue.trim();
    if (text && !node.parentElement.closest(skipped)) {
      found.push({text: text, lang: language(node.parentElement), place: node.parentElement.tagName.toLowerCase()});
    }
  }
  for (const name of ['aria-label', 'alt', 'title', 'placeholder']) {
    for (const element of document.querySelectorAll('[' + name + ']')) {
      found.push({text: element.getAttribute(name), lang: language(element), place: '@' + name});
    }
  }
  return found.filter(each => each.text.trim());
}"""

WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) { return []; }
  const wide = Array.from(document.body.querySelectorAll('*'))
    .filter(each => each.getBoundingClientRect().right > room + 0.5 || each.scrollWidth > room)
    .map(each => each.tagName.toLowerCase() + '.' + (each.getAttribute('class') || '').split(' ').join('.'));
  return wide.length ? wide.slice(-5) : ['the document'];
}"""


class Watch:
    """Listens to one browser context and keeps what should not have happened."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = site
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._note(f"script error: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def expect(self, pattern: str) -> None:
        """Faults that match from here on belong to the test, such as the browser's own report of a 404."""
        self.expected.append(re.compile(pattern))

    def check(self) -> None:
        """Fail with everything heard so far."""
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)

    def _note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self.expected):
            self.faults.append(fault)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.site + "/", "data:", "blob:", "about:")):
            self._note(f"request to another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"answer {response.status}: {response.url}")


WATCHES: dict[BrowserContext, Watch] = {}


def watch_of(page: Page) -> Watch:
    """The watch over the context of a page."""
    return WATCHES[page.context]


def check_page(page: Page, *, widths: Sequence[int] = WIDTHS, axe: bool = True) -> None:
    """All checks at each width; the viewport is as before afterwards."""
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    page.wait_for_load_state("load")  # a click ends when the answer begins to arrive, before the page is whole
    watch_of(page).check()
    check_language(page)
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        check_width(page, width)
        if axe:
            check_axe(page, width)
    page.set_viewport_size(before)
    watch_of(page).check()


def check_width(page: Page, width: int) -> None:
    """No sideways scroll."""
    wide: list[str] = page.evaluate(WIDE)
    assert not wide, f"{page.url} scrolls sideways at {width} px: {wide}"


def check_axe(page: Page, width: int) -> None:
    """No violation of the rules A and AA up to WCAG 2.2, nor of axe's best practice."""
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    violations = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    told = [f"{v['id']}: {n['html'][:160]} {n['failureSummary'][:200]}" for v in violations for n in v["nodes"][:5]]
    assert not told, f"{page.url} at {width} px:\n" + "\n".join(told)


def check_language(page: Page) -> None:
    """The page declares its language and keeps to it."""
    language = page.evaluate("document.documentElement.lang")
    assert language in {"zh-CN", "en"}, f"{page.url} declares language {language!r}"
    texts: list[dict[str, Any]] = page.evaluate(TEXTS)
    strays = latin_strays(texts) if language == "zh-CN" else chinese_strays(texts)
    assert not strays, f"{page.url} ({language}): {strays}"
    title = page.title()
    expected = CHINESE if language == "zh-CN" else LATIN_WORD
    assert expected.search(title), f"{page.url}: title {title!r} is not in {language}"


def chinese_strays(texts: Sequence[dict[str, Any]]) -> list[str]:
    """Chinese in an English page outside elements marked as Chinese."""
    return [f"{t['place']}: {t['text'][:60]}" for t in texts if CHINESE.search(t["text"]) and not is_chinese(t["lang"])]


def latin_strays(texts: Sequence[dict[str, Any]]) -> list[str]:
    """Latin words of a Chinese page that are not on the list, outside elements marked as another language."""
    words, patterns = allowed()
    strays = []
    for text in texts:
        rest = str(text["text"])
        for pattern in patterns:
            rest = pattern.sub(" ", rest)
        found = [word for word in LATIN_WORD.findall(rest) if word not in words]
        if found and is_chinese(text["lang"]):
            strays.append(f"{text['place']}: {found} in {text['text'][:60]!r}")
    return strays


def is_chinese(language: str) -> bool:
    """Whether a language tag is a Chinese one."""
    return language.lower().startswith("zh")


def allowed() -> tuple[set[str], list[re.Pattern[str]]]:
    """Words and patterns of `latin_allowed.txt`: one a line, a pattern between slashes, a remark after #."""
    lines = [line.split("#")[0].strip() for line in ALLOWED_FILE.read_text(encoding="utf-8").splitlines()]
    patterns = [re.compile(line[1:-1]) for line in lines if line.startswith("/")]
    return {line for line in lines if line and not line.startswith("/")}, patterns

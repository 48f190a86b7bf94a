"""The page that checks a printed code without a server: served by the site, and published as a folder of files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from certificates.durable import write_durably
from certificates.installation import public_folder, trust_folder
from certificates.lights import Tone
from certificates.printed import PrintedRule
from certificates.printed_keys import SET_FILE
from certificates.services.presentation import in_language
from certificates.wording import Wording

EMPTY_SET = b'{"keys":[]}'
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css"}
_PAGES = {"index.html": "zh-hans", "index.en.html": "en"}
_OTHER = {
    "zh-hans": {"href": "index.en.html", "lang": "en", "name": "English"},
    "en": {"href": "index.html", "lang": "zh-CN", "name": "简体中文"},
}
_SOURCES = Path(__file__).resolve().parent.parent / "offline_page"

_OUTCOMES: dict[str, tuple[Tone, Wording]] = {
    "valid": (
        "good",
        Wording(
            "签名有效：以下内容确由发证机关签发，未被改动。",
            "The signature is valid: the issuer signed what follows, and it was not altered.",
        ),
    ),
    "valid_but_over": (
        "warn",
        Wording(
            "签名有效，但证书的有效期已过。",
            "The signature is valid, but the certificate's period of validity has ended.",
        ),
    ),
    "valid_but_early": (
        "warn",
        Wording(
            "签名有效，但证书的有效期尚未开始。", "The signature is valid, but the period of validity has not begun."
        ),
    ),
    "no_camera": ("warn", Wording("无法使用摄像头。", "The camera cannot be used.")),
    "no_cryptography": (
        "warn",
        Wording(
            "此浏览器在这个地址下不提供签名核验功能，请用 https 打开或从本机文件夹打开。",
            "This browser checks no signatures at this address: open the page by https, or from a folder.",
        ),
    ),
}


def offline_files() -> dict[str, bytes]:
    """Every file of the folder by name: the page in both languages, its script and style, and the issuer's keys."""
    keys = published_keys()
    pages = {name: _page(language) for name, language in _PAGES.items()}
    return {
        **pages,
        "offline.js": _source("offline.js"),
        "offline.css": _source("offline.css"),
        "keys.json": keys,
        "keys.js": b'"use strict";\nwindow.issuerKeys = ' + keys + b";\n",
    }


def published_keys() -> bytes:
    """The JWK set with the public keys of printed codes; without a key before the signer's first run."""
    path = trust_folder() / SET_FILE
    return path.read_bytes() if path.is_file() else EMPTY_SET


def publish_offline() -> int:
    """Write the files that are not published as they should be; how many."""
    folder = public_folder() / "verify" / "offline"
    files = {folder / name: content for name, content in offline_files().items()}
    files[folder.parent / "keys.json"] = published_keys()
    due = {path: content for path, content in files.items() if not path.is_file() or path.read_bytes() != content}
    for path, content in due.items():
        write_durably(path, content)
    return len(due)


@lru_cache(maxsize=4)
def _source(name: str) -> bytes:
    return (_SOURCES / name).read_bytes()


@lru_cache(maxsize=2)
def _page(language: str) -> bytes:
    with translation.override(language):
        context = {"outcomes": list(_outcomes()), "other": _OTHER[language]}
        return render_to_string("certificates/offline.html", context).encode()


def _outcomes() -> list[dict[str, Any]]:
    told = [(name, tone, wording) for name, (tone, wording) in _OUTCOMES.items()]
    refusals = [(rule.value, _tone(rule), rule.wording) for rule in PrintedRule if rule is not PrintedRule.NO_READER]
    return [{"name": name, "tone": tone, "text": in_language(wording)} for name, tone, wording in told + refusals]


def _tone(rule: PrintedRule) -> Tone:
    """An altered code is bad; one that says nothing, or cannot be read, proves nothing either way."""
    return "bad" if rule in {PrintedRule.CODE_ALTERED, PrintedRule.UNKNOWN_KEY} else "warn"

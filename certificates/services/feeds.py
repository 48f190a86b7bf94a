"""The newest events of the log for feed readers: issues, suspensions, revocations, as JSON Feed and Atom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from certificates.events import event_words
from certificates.installation import issuer_address, log_origin
from certificates.models import LogEntry
from certificates.selectors import holders_named_by, newest_entries

LENGTH = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One event as a feed tells it."""

    address: str
    title: str
    text: str
    at: datetime


def json_feed() -> dict[str, Any]:
    """The newest events in the form of JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("证书公开日志"),
        "home_page_url": f"{log_origin()}/",
        "feed_url": f"{log_origin()}/feed.json",
        "language": "zh-CN",
        "items": [
            {
                "id": item.address,
                "url": item.address,
                "title": item.title,
                "content_text": item.text,
                "date_published": item.at.isoformat(),
            }
            for item in _items()
        ],
    }


def atom_feed() -> str:
    """The newest events as Atom 1.0."""
    feed = Atom1Feed(
        title=_("证书公开日志"),
        link=f"{log_origin()}/",
        description="",
        language="zh-CN",
        feed_url=f"{log_origin()}/atom.xml",
        author_name=issuer_address(),
    )
    for item in _items():
        feed.add_item(
            title=item.title,
            link=item.address,
            description=item.text,
            unique_id=item.address,
            pubdate=item.at,
            updateddate=item.at,
        )
    return feed.writeString("utf-8")


def _items() -> list[Item]:
    entries = newest_entries(LENGTH)
    holders = holders_named_by(entries)
    return [_item(entry, holders.get((entry.number, entry.version), "")) for entry in entries]


def _item(entry: LogEntry, holder: str) -> Item:
    """Names stand in the public register anyway; the verification code is not told."""
    words = event_words(entry.event)
    name = f"{entry.number} v{entry.version}" if entry.version else entry.number
    return Item(
        address=f"{log_origin()}/entries/{entry.index}/{entry.index + 1}.json",
        title=f"{words.zh}：{name} {holder}".strip(),
        text=f"{words.zh} / {words.en}: {name} {holder}".strip(),
        at=datetime.fromisoformat(json.loads(entry.leaf)["at"]),
    )

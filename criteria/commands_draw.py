"""The verb of the command line with which anybody works a draw of experts out again from its record."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from criteria.command_line import REFUSED, Verb, pick, say
from criteria.draw import DrawRecord, faults_of
from criteria.plain import from_plain


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", type=Path, help="the record as JSON, alone or under `draw` of an audit entry")
    parser.add_argument("--commitment", default="", help="the hash written down beforehand, from the earlier entry")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def record_from(plain: Any) -> DrawRecord:
    """A record from parsed JSON; ValueError where it is none."""
    inner = plain.get("draw", plain) if isinstance(plain, dict) else None
    try:
        found = from_plain(DrawRecord, inner)
    except (AttributeError, KeyError, TypeError) as fault:
        raise ValueError("no record of a draw") from fault
    if not isinstance(found, DrawRecord):
        raise ValueError("no record of a draw")
    return found


def _draw(arguments: argparse.Namespace) -> int:
    """Work a draw out again; 1 when anything comes out differently, 2 when the file is no record."""
    lang = arguments.lang
    try:
        record = record_from(json.loads(arguments.record.read_text(encoding="utf-8")))
        faults = faults_of(record)
    except (ValueError, UnicodeDecodeError):
        say(pick(lang, "文件不是抽取记录", "the file is no record of a draw"))
        return REFUSED
    if arguments.commitment and arguments.commitment != record.commitment:
        faults.append("the seed is not the one that was fixed beforehand")
    counted = f"{record.case}：{len(record.candidates)} 名候选人", f"{record.case}: {len(record.candidates)} candidates"
    say(pick(lang, *counted))
    for place, key in enumerate(record.seats, start=1):
        say(f"  {place}. {key}")
    for fault in faults:
        say(f"  {fault}")
    say(pick(lang, "不一致", "DIFFERENT") if faults else pick(lang, "重算一致", "the same"))
    return int(bool(faults))


VERBS = {"draw": Verb("work a draw of experts out again from its record", _declare, _draw)}

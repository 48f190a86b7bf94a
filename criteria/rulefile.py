"""A rule file into plain values: a small part of YAML, exact numbers, no tags, no aliases, lines remembered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from json.encoder import encode_basestring
from typing import Any

import yaml

from criteria.facts import exact_text
from criteria.faults import Fault, RuleSetFaults

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
MAX_NODES = 20_000
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_LOOKS_NUMERIC = re.compile(r"[-+]?\.?[0-9][0-9_.eExXoO+a-fA-F]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Rows of a list are addressed by this instead of their place, so that paths survive merging.
_ROW_KEY = "code"


@dataclass(slots=True)
class RuleText:
    """Plain values of one file (or of several merged ones) and file and line of every path."""

    file: str
    content: dict[str, Any]
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def place(self, path: str) -> tuple[str, int]:
        """File and line of a path, or of the nearest place above it."""
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.places.get(path, (self.file, 1)) if path else (self.file, 1)


def read_text(text: str, file: str) -> RuleText:
    """Read a rule file; RuleSetFaults for anything outside the accepted part of YAML."""
    if len(text.encode()) > MAX_BYTES:
        raise _refusal(file, 1, "文件过大", "file is too large")
    try:
        return _TextReader(text, file).read()
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise _refusal(file, line, "不是有效的 YAML", f"not valid YAML: {getattr(error, 'problem', '')}") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, RuleSetFaults):
            raise
        raise _refusal(file, 1, "含有不允许的字符", "holds characters that are not allowed") from error


def canonical(content: Any) -> str:
    """Canonical JSON of plain values; numbers as shortest exact decimals, so that reading it gives the same values."""
    if isinstance(content, str):
        return encode_basestring(content)
    if isinstance(content, dict):
        parts = (f"{encode_basestring(key)}:{canonical(content[key])}" for key in sorted(content))
        return "{" + ",".join(parts) + "}"
    if isinstance(content, list):
        return "[" + ",".join(canonical(part) for part in content) + "]"
    return exact_text(content) if isinstance(content, Fraction) else json.dumps(content, ensure_ascii=False)


def thawed(text: str, file: str) -> RuleText:
    """Read text made by `canonical` (JSON); RuleSetFaults when it is anything else."""
    try:
        content = json.loads(text, parse_float=_exact, parse_int=_exact, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise _refusal(file, 1, "不是有效的规则文本", "not a stored rule text") from error
    if not isinstance(content, dict) or _is_deep(content):
        raise _refusal(file, 1, "不是有效的规则文本", "not a stored rule text")
    return RuleText(file, content)


def _is_deep(content: Any) -> bool:
    """Whether values nest deeper than a rule file can; walked level by level, without recursion."""
    level = [content]
    for _ in range(MAX_DEPTH + 2):
        below = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [part for parts in below for part in parts]
    return bool(level)


def _exact(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a plain decimal")
    return Fraction(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("duplicate key")
    return content


def _refusal(file: str, line: int, zh: str, en: str, path: str = "") -> RuleSetFaults:
    return RuleSetFaults((Fault(file, line, path, zh, en),))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _TextReader:
    """Builds plain values straight from parser events, so that the library expands and constructs nothing."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.lines: dict[str, int] = {}
        self.count = 0

    def read(self) -> RuleText:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if not isinstance(event, yaml.MappingStartEvent):
            raise self._refuse(event, "文件应为键值表", "the file must be a mapping")
        content = self._mapping(event, "", 0)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise self._refuse(event, "只允许一个文档", "only one document is allowed")
        return RuleText(self.file, content, {path: (self.file, line) for path, line in self.lines.items()})

    def _refuse(self, event: Any, zh: str, en: str, path: str = "") -> RuleSetFaults:
        return _refusal(self.file, _line(event), zh, en, path)

    def _node(self, event: Any, path: str, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._refuse(event, "不允许使用锚点和别名", "anchors and aliases are not allowed", path)
        if event.tag is not None:
            raise self._refuse(event, "不允许使用标签", "tags are not allowed", path)
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"嵌套超过{MAX_DEPTH}层", f"nested deeper than {MAX_DEPTH}", path)
        self.count += 1
        if self.count > MAX_NODES:
            raise self._refuse(event, f"超过{MAX_NODES}个条目", f"more than {MAX_NODES} entries", path)
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._scalar(event, path)

    def _mapping(self, start: Any, path: str, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
                raise self._refuse(event, "键应为文字", "a key must be text", path)
            key, line = event.value, _line(event)
            if key in content:
                raise self._refuse(event, f"重复的键：{key}", f"duplicate key: {key}", path)
            below = f"{path}.{key}" if path else key
            self.lines[below] = line
            content[key] = self._node(next(self.events), below, depth + 1)
        return content

    def _sequence(self, path: str, depth: int) -> list[Any]:
        rows: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            rows.append(self._row(event, path, len(rows), depth + 1))
        return rows

    def _row(self, event: Any, path: str, number: int, depth: int) -> Any:
        """One row of a list; its lines are kept under its code where it has one."""
        outer, self.lines = self.lines, {}
        row = self._node(event, "", depth)
        code = row.get(_ROW_KEY) if isinstance(row, dict) else None
        prefix = f"{path}[{code if isinstance(code, str) else number}]"
        inner, self.lines = self.lines, outer
        for below, line in inner.items():
            self.lines[f"{prefix}.{below}" if below and below[0] != "[" else f"{prefix}{below}"] = line
        return row

    def _scalar(self, event: Any, path: str) -> Any:
        text = event.value
        if not event.implicit[0]:
            return text
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _NUMBER.fullmatch(text):
            return Fraction(text)
        if _LOOKS_NUMERIC.fullmatch(text):
            zh, en = f"数字写法不允许：{text[:30]}", f"number written in a way that is not allowed: {text[:30]}"
            raise self._refuse(event, zh, en, path)
        return text

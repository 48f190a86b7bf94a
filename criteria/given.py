"""What a person hands to the command line: rule sets, cases, texts, a day; what cannot be used is told in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from criteria.casefile import Case, parse_cases, read_cases
from criteria.golden import CASES, inherited_cases
from criteria.loading import PROGRAMMES, load, load_text, resolver
from criteria.rulefile import read_text
from criteria.ruleset import RuleSet

MAX_BYTES = 256 * 1024 * 1024  # of a text; a history of a million applications is split


class Unusable(ValueError):
    """Something that cannot be used: `where` names file and place, the reason comes in both languages."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        self.where, self.zh, self.en = where, zh, en
        super().__init__(f"{where}: {en}")

    def text(self, lang: str) -> str:
        """One line for people, `lang` being `zh` or `en`."""
        return f"{self.where}: {self.zh if lang == 'zh' else self.en}"


def is_file(name: str) -> bool:
    """Whether a name is that of a rule file rather than `programme/edition`."""
    return name.endswith((".yaml", ".yml"))


def named_set(name: str, directory: Path = PROGRAMMES) -> RuleSet:
    """The set of that name or in that file; Unusable when there is none, RuleSetFaults when it is unsound.

    A file may extend shipped sets; what it names is looked up in `directory`.
    """
    if is_file(name):
        return load_text(text_of(Path(name)), resolver(directory), name)
    try:
        return load(name, directory)
    except LookupError as error:
        raise Unusable(name, "没有这个规则集", "no such rule set") from error
    except UnicodeDecodeError as error:
        raise not_a_text(name) from error


def named_cases(name: str, directory: Path = PROGRAMMES, given: Path | None = None) -> tuple[Case, ...]:
    """Boundary cases of a sound set: those of the sets it rests on, and its own from `given`, a folder or one file.

    Without `given` a shipped set has its shipped cases. Unusable, RuleSetFaults.
    """
    own = _cases_in(given) if given else ()
    text = text_of(Path(name)) if is_file(name) else resolver(directory)(name)
    if not own and not is_file(name):
        own = _cases_in(CASES / name) if (CASES / name).is_dir() else ()
    return inherited_cases(text, name, own, directory)


def _cases_in(place: Path) -> tuple[Case, ...]:
    if place.is_dir():
        return tuple(case for path in sorted(place.glob("*.yaml")) for case in read_cases(text_of(path), str(path)))
    text = text_of(place)
    read = parse_cases if "rules" in read_text(text, str(place)).content else read_cases
    return read(text, str(place))


def text_of(path: Path) -> str:
    """The text of a file; Unusable when it is not there, no file, too large or not UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unusable(str(path), "文件过大", "the file is too large")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise not_readable(error, path) from error
    except UnicodeDecodeError as error:
        raise not_a_text(str(path)) from error


def not_a_text(where: str) -> Unusable:
    """The refusal of bytes that are no UTF-8."""
    return Unusable(where, "不是 UTF-8 文本", "not a text in UTF-8")


def not_readable(error: OSError, path: Path | None = None) -> Unusable:
    """What kept a file from being read or written, in words."""
    where = str(path or error.filename or "")
    if isinstance(error, FileNotFoundError):
        return Unusable(where, "没有这个文件", "no such file")
    if isinstance(error, IsADirectoryError):
        return Unusable(where, "是文件夹，不是文件", "a folder, not a file")
    if isinstance(error, PermissionError):
        return Unusable(where, "没有读写权限", "no permission to read or write it")
    return Unusable(where, f"不能读写（{error.strerror}）", f"cannot be read or written ({error.strerror})")


def day_of(text: str, option: str) -> date:
    """The day written `YYYY-MM-DD`; Unusable for anything else."""
    try:
        if len(text) != len("2026-03-01"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable(f"{option} {text}", "不是日期（YYYY-MM-DD）", "not a date (YYYY-MM-DD)") from error

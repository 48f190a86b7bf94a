"""Faults of rule files: file, line, place, reason in both languages, all of them at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: `file` and `line` where it stands, `path` such as `gates[MG1].limit.value`, the reason twice.

    `read` is the plain value at the path where it was looked up, else empty.
    """

    file: str
    line: int
    path: str
    zh: str
    en: str
    read: str = ""

    def text(self, lang: str) -> str:
        """One line for people, `lang` being `zh` or `en`."""
        path = f"{self.path}: " if self.path else ""
        zh, en = (f"；读到“{self.read}”", f'; read "{self.read}"') if self.read else ("", "")
        return f"{self.file}:{self.line}: {path}{self.zh + zh if lang == 'zh' else self.en + en}"


class RuleSetFaults(ValueError):
    """A rule file that cannot be used; `faults` holds every reason found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(fault.text("en") for fault in self.faults))

    def lines(self, lang: str) -> list[str]:
        """Every fault as one line."""
        return [fault.text(lang) for fault in self.faults]

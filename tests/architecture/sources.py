"""The files of the product, read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accreditation", "certificates", "config", "criteria", "workflows")
CODE = (*PACKAGES, "scripts", "bench", "tests")
NOT_OURS = {".venv", ".git", "var", ".fonts", "node_modules", "staticfiles", "test-results", "__pycache__"}
READABLE = {
    "", ".cfg", ".conf", ".css", ".html", ".ini", ".js", ".json", ".md", ".po", ".py", ".service", ".sh", ".sql",
    ".timer", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, its text and, of Python, its tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


def _read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def python(*folders: str) -> list[Source]:
    """Written Python modules below these folders; migrations are generated."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [_read(path) for path in found if "migrations" not in path.parts]


def templates() -> list[Source]:
    """Every HTML template."""
    return [_read(path) for folder in PACKAGES for path in sorted((ROOT / folder).rglob("templates/**/*.html"))]


def texts() -> list[Source]:
    """Every text file that is part of the product."""
    found = (path for path in sorted(ROOT.rglob("*")) if path.is_file() and _is_ours(path))
    return [_read(path) for path in found]


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
    return not hidden and not NOT_OURS & set(parts) and path.suffix in READABLE

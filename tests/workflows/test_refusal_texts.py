"""Every reason that a guard or service gives is said in the language of the page: no Chinese beside the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[一-鿿]")
TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
FILES = [
    path
    for place in ("workflows", "accreditation", "certificates")
    for path in sorted((ROOT / place).rglob("*.py"))
    if not {"migrations", "demo"} & set(path.parts) and "Reason(" in path.read_text(encoding="utf-8")
]


def name_of(node: ast.expr) -> str:
    """The last part of a name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def untranslated(source: str) -> Iterator[str]:
    """Texts of reasons, or of the names that they use, which are Chinese whatever the language."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and name_of(node.func) == "Reason" and len(node.args) > 1:
            yield from _chinese(node.args[1])
        elif isinstance(node, ast.Assign) and any(name_of(target) in ("text", "words") for target in node.targets):
            yield from _chinese(node.value)


def _chinese(node: ast.AST) -> Iterator[str]:
    """Chinese outside a call that translates; an attribute in Chinese without its English twin."""
    if isinstance(node, ast.Call) and name_of(node.func) in TRANSLATING:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
        yield node.value
    if isinstance(node, ast.Attribute) and node.attr.endswith("_zh"):
        yield node.attr
    if isinstance(node, ast.IfExp) and "_en" in ast.unparse(node.body):
        return
    for child in ast.iter_child_nodes(node):
        yield from _chinese(child)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_reason_is_translated(path: Path) -> None:
    assert list(untranslated(path.read_text(encoding="utf-8"))) == []


def test_untranslated_reason_is_found() -> None:
    assert list(untranslated('Reason("late", "逾期")')) == ["逾期"]
    assert list(untranslated('Reason("late", f"{fault.message_zh}")')) == ["message_zh"]
    assert list(untranslated('Reason("late", _("逾期") % {"n": 1})')) == []
    assert list(untranslated('text = "逾期"')) == ["逾期"]

"""Compare the English catalogue with the texts of code and templates: `python -m scripts.messages [--write]`."""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
PACKAGES = ("accreditation", "certificates", "config", "workflows")
HEADER = {
    "Project-Id-Version": "accreditation-engine",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

# What each argument of a translating function is, by position.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "gettext": ("msgid",),
    "gettext_lazy": ("msgid",),
    "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "pgettext_lazy": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"),
    "npgettext_lazy": ("context", "msgid", "plural"),
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?\d*(?:\.\d+)?[a-zA-Z%]|\{\w*\}")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
# Texts with which something on a page begins: headings, terms of lists, buttons, tags.
HEADED = re.compile(
    rf"""<(?:h[1-6]|dt|th|caption|legend|label|button|summary)\b[^>]*>\s*{{%\s*translate\s+({LITERAL})\s*%}}"""
    rf"""|components/tag\.html"[^%]*\btext=_\(({LITERAL})\)"""
)
# The language switch names each language in itself.
NAMED_IN_CHINESE = frozenset({"简体中文", "中文"})


class Message(NamedTuple):
    """One text: what the catalogue finds it by, its plural form if it has one."""

    msgid: str
    context: str | None = None
    plural: str | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """What a catalogue distinguishes entries by."""
        return self.msgid, self.context


@dataclass
class Extraction:
    """The texts of the product with the files that use them, and the calls that no catalogue can serve."""

    files: dict[Message, list[str]] = field(default_factory=dict)
    labels: set[tuple[str, str | None]] = field(default_factory=set)  # keys of texts that stand alone
    unreadable: list[str] = field(default_factory=list)

    def add(self, message: Message, path: str) -> None:
        """Note that a file uses a text."""
        paths = self.files.setdefault(message, [])
        if path not in paths:
            paths.append(path)


def extract(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> Extraction:
    """Read every Python file and every template of the packages, in the order of their paths."""
    found = Extraction()
    for path in sorted(file for package in packages for file in (root / package).rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".py":
            read_python(path.read_text(encoding="utf-8"), name, found)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            read_template(path.read_text(encoding="utf-8"), name, found)
    return found


def read_python(text: str, name: str, found: Extraction) -> None:
    """Add the literal arguments of every call of a translating function, under whatever name it was imported."""
    tree = ast.parse(text)
    names = imported_names(tree)
    labels = {id(node) for node in label_values(tree)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = called(call, names)
        if function is None:
            continue
        message = message_of(function, call.args)
        if message is None:
            found.unreadable.append(f"{name}:{call.lineno}: {ast.unparse(call)}")
        else:
            found.add(message, name)
            if id(call) in labels:
                found.labels.add(message.key)


def label_values(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands alone: the words of choices, and every `label`, as an argument or as a key."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(bases=bases) if any(ast.unparse(base).endswith("Choices") for base in bases):
                assigned = (line.value for line in node.body if isinstance(line, ast.Assign))
                yield from (value.elts[-1] for value in assigned if isinstance(value, ast.Tuple))
            case ast.keyword(arg="label", value=value):
                yield value
            case ast.Dict():
                named = zip(node.keys, node.values, strict=True)
                yield from (value for key, value in named if isinstance(key, ast.Constant) and key.value == "label")


def imported_names(tree: ast.Module) -> dict[str, str]:
    """The names under which a module knows the translating functions."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    aliases = (alias for node in imports if node.module == "django.utils.translation" for alias in node.names)
    return {alias.asname or alias.name: alias.name for alias in aliases if alias.name in ARGUMENTS}


def called(call: ast.Call, names: dict[str, str]) -> str | None:
    """The translating function that a call calls, or None."""
    match call.func:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=ast.Name(id="translation"), attr=name) if name in ARGUMENTS:
            return name
    return None


def message_of(function: str, arguments: list[ast.expr]) -> Message | None:
    """The text of a call, or None where an argument is no plain literal."""
    roles = ARGUMENTS[function]
    values = [each.value for each in arguments[: len(roles)] if isinstance(each, ast.Constant)]
    if len(values) < len(roles) or not all(isinstance(value, str) for value in values):
        return None
    return Message(**dict(zip(roles, map(str, values), strict=True)))


def read_template(text: str, name: str, found: Extraction) -> None:
    """Add the texts of `translate`, `blocktranslate` and `_()` as Django's own extraction sees them."""
    for function, literals in TEMPLATE_CALL.findall(templatize(text, origin=name)):
        arguments = ast.parse(f"f({literals})", mode="eval").body
        assert isinstance(arguments, ast.Call)
        message = message_of("gettext" if function == "_" else function, arguments.args)
        assert message is not None, f"{name}: {literals}"
        found.add(message, name)
    for literals in HEADED.findall(text):
        found.labels.update((ast.literal_eval(literal), None) for literal in literals if literal)


def read_catalogue(path: Path = CATALOGUE) -> polib.POFile:
    """The catalogue, or a new one with its header where there is none; a msgid given twice is an error."""
    if path.exists():
        return polib.pofile(str(path), check_for_duplicates=True, wrapwidth=0)
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = dict(HEADER)
    return catalogue


def faults(found: Extraction, catalogue: polib.POFile) -> Iterator[str]:
    """Everything wrong between the texts and the catalogue, one line each, beginning with the kind of the fault."""
    used = {message.key for message in found.files}
    entries = {(entry.msgid, entry.msgctxt): entry for entry in catalogue}
    yield from (f"not a literal: {place}" for place in found.unreadable)
    for message, paths in found.files.items():
        if message.key not in entries:
            yield f"missing: {paths[0]}: {message.msgid}"
        else:
            yield from (f"{fault}: {message.msgid}" for fault in entry_faults(message, entries[message.key]))
            if message.key in found.labels and begins_small(entries[message.key]):
                yield f"label in lower case: {message.msgid}"
    yield from (f"obsolete: {key[0]}" for key, entry in entries.items() if key not in used or entry.obsolete)


def entry_faults(message: Message, entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one entry by itself: empty, plural, placeholders, Chinese left in the English."""
    if (message.plural or "") != entry.msgid_plural:
        yield "other plural"
        return
    forms = [entry.msgstr_plural.get(n, "") for n in (0, 1)] if message.plural else [entry.msgstr]
    if not all(forms) or entry.fuzzy:
        yield "untranslated"
        return
    for form in forms:
        if placeholders(form) != placeholders(message.msgid):
            yield "other placeholders"
        if CHINESE.search(form) and message.msgid not in NAMED_IN_CHINESE:
            yield "Chinese in the English"


def begins_small(entry: polib.POEntry) -> bool:
    """Whether the English begins with a small letter, as only what stands within a sentence may."""
    return any(form[:1].islower() for form in (entry.msgstr, *entry.msgstr_plural.values()))


def placeholders(text: str) -> Counter[str]:
    """The places that are filled in at run time, each with its number; a lone percent sign counts as well."""
    rest = PLACEHOLDER.sub("", text)
    return Counter(PLACEHOLDER.findall(text)) + Counter(character for character in rest if character == "%")


def updated(found: Extraction, catalogue: polib.POFile) -> polib.POFile:
    """The catalogue with an empty entry for each missing text, without obsolete ones, in the order of the files."""
    entries = {(entry.msgid, entry.msgctxt): entry for entry in catalogue}
    result = polib.POFile(wrapwidth=0)
    result.metadata = dict(HEADER)
    for message, paths in {message.key: (message, paths) for message, paths in found.files.items()}.values():
        entry = entries.get(message.key) or polib.POEntry(msgid=message.msgid, msgctxt=message.context)
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = entry.msgstr_plural or {0: "", 1: ""}
        entry.occurrences = [(path, "") for path in paths[:3]]
        result.append(entry)
    return result


def main() -> int:
    """Print the faults; with --write add what is missing and drop what is obsolete first. 1 if any fault is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="add missing texts and drop obsolete ones")
    found, catalogue = extract(), read_catalogue()
    if parser.parse_args().write:
        catalogue = updated(found, catalogue)
        catalogue.save(str(CATALOGUE))
    told = list(faults(found, catalogue))
    kinds = Counter(line.split(":")[0] for line in told)
    summary = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "complete"
    print(*told, f"{len(found.files)} texts: {summary}", sep="\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())

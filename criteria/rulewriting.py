"""Plain values as a rule file again: exact decimals bare, texts quoted where they could be taken for something else."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import yaml

from criteria.facts import exact_text

_BARE = re.compile(r"[A-Za-z_][A-Za-z_ ]*")
_FIRST = (
    "programme", "edition", "code", "kind", "name_zh", "name_en", "text_zh", "text_en", "status", "demonstration",
    "conditions_only", "effective_from", "effective_to", "gate", "indicator", "band", "field", "role", "case",
    "variant", "alternative", "way", "start", "earlier", "side", "given", "outcome", "points", "value", "by", "cases",
    "unit", "confidence", "source", "article",
)  # fmt: skip
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class _Quoted(str):
    """Text that YAML writes in quotes, so that no reader takes it for a number or a truth value."""


class _Writer(yaml.SafeDumper):
    """Exact decimals bare, texts quoted where they could be taken for something else, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """The reader refuses them."""
        return True


def _write_number(writer: _Writer, number: Fraction) -> Any:
    tag = "int" if number.denominator == 1 else "float"
    return writer.represent_scalar(f"tag:yaml.org,2002:{tag}", exact_text(number))


def _write_quoted(writer: _Writer, text: _Quoted) -> Any:
    return writer.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


_Writer.add_representer(Fraction, _write_number)
_Writer.add_representer(_Quoted, _write_quoted)


def written(content: dict[str, Any]) -> str:
    """YAML that `criteria.rulefile` reads to the same values."""
    text: str = yaml.dump(_quoted(content), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=120)
    return text


def _quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _quoted(value[key]) for key in sorted(value, key=_place)}
    if isinstance(value, list):
        return [_quoted(below) for below in value]
    if isinstance(value, str) and (not _BARE.fullmatch(value) or value.lower() in _WORDS):
        return _Quoted(value)
    return value


def _place(key: str) -> tuple[int, str]:
    """People look for the name first and the figure next."""
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST), key)

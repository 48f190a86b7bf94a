"""What every part of the printed page of a rule set is written with: words, figures with their marks, tables, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from criteria.difference_words import LABELS, VALUES
from criteria.exact import shown_text
from criteria.expressions import Expression
from criteria.figures import Confidence, Figure, Policy
from criteria.ruleset import RuleSet
from criteria.units import amount_text, unit_name
from criteria.wording import FORMS, formula_words, label

# A short word beside every figure, so that print without colour says the same.
MARKS = {
    Confidence.SEED: ("规划", "plan"),
    Confidence.FOUND: ("原文", "text"),
    Confidence.FOUND_PARTIAL: ("部分", "part"),
    Confidence.MEMORY_HIGH: ("记忆+", "mem+"),
    Confidence.MEMORY_MEDIUM: ("记忆", "mem"),
    Confidence.MEMORY_LOW: ("记忆−", "mem−"),
    Confidence.DERIVED: ("推算", "derived"),
    Confidence.DEMO: ("演示", "demo"),
    Confidence.UNKNOWN: ("未知", "unknown"),
}
SIGNS = {">=": "≥", "<=": "≤"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OWN = {
    "field": ("数据项", "field"),
    "this": ("本年数", "this year's figure"),
    "last": ("上年数", "last year's figure"),
    "year": ("本年", "this year"),
    "last_year": ("上年", "last year"),
}
_NAME = re.compile(r"\{([^{}]+)\}")


class Writer:
    """Writes parts of one rule set in one language; every text from the set is escaped."""

    def __init__(self, rules: RuleSet, lang: str) -> None:
        self.rules, self.lang, self.place = rules, lang, 0 if lang == "zh" else 1
        self.colon = self.say("：", ": ")
        self.cited: set[str] = set()

    def say(self, zh: str, en: str) -> str:
        """The word of the page's language."""
        return (zh, en)[self.place]

    def either(self, held: Any, name: str) -> str:
        """A text that comes in both languages."""
        return escape(getattr(held, f"{name}_{self.lang}", "") or getattr(held, f"{name}_zh", ""))

    def words(self, name: str) -> str:
        """What an attribute or a value is called."""
        return escape(VALUES.get(name, LABELS.get(name, (name, name)))[self.place])

    def code(self, text: str) -> str:
        """A code as it stands in the file."""
        return f"<code>{escape(text)}</code>"

    def foreign(self, text: str) -> str:
        """A text that its author wrote in one language, whatever the language of the page."""
        tongue = "zh-CN" if _CHINESE.search(text) else "en"
        return f'<span lang="{tongue}">{escape(text)}</span>'

    def formula(self, expression: Expression) -> str:
        """A formula in words."""
        return escape(formula_words(self.rules, expression, self.lang))

    def filled(self, message: str) -> str:
        """A message of a check with names in place of its figures."""
        own = {name: pair[self.place] for name, pair in _OWN.items()}
        left, right = self.say("〔", "["), self.say("〕", "]")
        return escape(_NAME.sub(lambda found: f"{left}{own.get(found[1]) or self._called(found[1])}{right}", message))

    def _called(self, name: str) -> str:
        """A field by its name, a count over an annex in words."""
        words = [part.strip(" '") for part in re.split(r"[(),]", name) if part.strip()]
        if words[0] not in FORMS:
            return label(self.rules, name, self.lang)
        return FORMS[words[0]][self.place].format(*(label(self.rules, word, self.lang) for word in words[1:]))

    def mark(self, held: Any) -> str:
        """Mark and sources of whatever carries them."""
        confidence = getattr(held, "confidence", None) or getattr(held, "basis", None)
        if not isinstance(confidence, Confidence):
            return ""
        self.cited.update(getattr(held, "source", ()))
        cited = [f'<a href="#source-{escape(code)}">{escape(code)}</a>' for code in getattr(held, "source", ())]
        told = " ".join(part for part in (escape(getattr(held, "article", "")), *cited) if part)
        name = escape(confidence.name_in(self.lang))
        sign = f'<span class="mark {tone(confidence)}" title="{name}">{MARKS[confidence][self.place]}</span>'
        return f' <span class="basis">{sign} {told}</span>'.replace(" </span>", "</span>")

    def amount(self, figure: Figure | None) -> str:
        """A figure with its mark, by class where it differs."""
        if figure is None:
            return "—"
        if figure.cases:
            unit = escape(unit_name(figure.unit, self.lang))
            rows = [f"{name} {self.of_class(figure, code)} {unit}" for code, name in self.classes(figure).items()]
            return self.mark(figure) + listed(rows)
        if figure.value is None:
            shown = self.say("未知（按 1 显示）", "unknown (shown as 1)") if figure.shown_as else self.words_unknown
            return shown + self.mark(figure)
        shown = escape(amount_text(figure.value, figure.unit, self.lang))
        return f'<span class="figure">{shown}</span>{self.mark(figure)}'

    def classes(self, figure: Figure) -> dict[str, str]:
        """The classes of a figure that differs by class, with their names."""
        spec = self.rules.fields.get(figure.by or "")
        names = {choice.code: getattr(choice, f"name_{self.lang}") for choice in spec.choices} if spec else {}
        return {code: escape(names.get(code, code)) for code in (*figure.cases, *sorted(figure.without))}

    def of_class(self, figure: Figure, code: str) -> str:
        """What one class gets, without its unit."""
        value = figure.cases.get(code)
        return self.say("未规定", "not given") if value is None else f'<span class="figure">{shown_text(value)}</span>'

    @property
    def words_unknown(self) -> str:
        """What stands for a figure that nobody has found."""
        return self.say("未知", "unknown")

    def policy(self, policy: Policy | None) -> str:
        """What a denominator of zero means."""
        if policy is None:
            return ""
        told = f"{self.words('zero_denominator')}{self.colon}{self.either(policy, 'note')}"
        return f'<p class="note">{told}{self.mark(policy)}</p>'

    def rows(self, held: Mapping[str, Figure]) -> str:
        """Named figures, one a line."""
        lines = "".join(f"<div><dt>{escape(name)}</dt><dd>{self.amount(one)}</dd></div>" for name, one in held.items())
        return f"<dl>{lines}</dl>" if lines else ""

    def named(self, figures: Mapping[str, Figure]) -> dict[str, Figure]:
        """Figures under their names in the page's language."""
        return {getattr(one, f"name_{self.lang}") or code: one for code, one in figures.items()}


def tone(confidence: Confidence) -> str:
    """The class of a mark: whether a live batch may rest on it."""
    return "good" if confidence.is_live else "poor"


def listed(rows: Iterable[str]) -> str:
    """A list, or nothing where there are no rows."""
    lines = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{lines}</ul>" if lines else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> str:
    """A table whose heads and cells are ready HTML, or nothing where there are no rows."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return f'<table class="{name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>' if body else ""

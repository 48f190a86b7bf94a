"""Forms for drafting rules: a new draft, its identity, the parts of one row, sources, boundary cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import Programme
from criteria.casefile import Case, Limit
from criteria.editing import Edit, Part, exact_number
from criteria.facts import exact_text
from criteria.figures import Confidence
from workflows.forms.casework import offer
from workflows.forms.office import ProgrammeChoice
from workflows.presentation.words import lang

NUMERIC = {"inputmode": "decimal", "autocomplete": "off"}
CODES = re.compile(r"[,，、;；\s]+")
ROW_TEXTS = {  # texts of a row that may be reworded; only those that it has are asked
    "name_zh": _("名称"),
    "name_en": _("英文名称"),
    "text_zh": _("条文"),
    "text_en": _("英文条文"),
    "formula": _("公式"),
    "consequence_zh": _("后果"),
    "consequence_en": _("英文后果"),
    "remedy_zh": _("不符合时如何办"),
    "remedy_en": _("英文：不符合时如何办"),
    "note_zh": _("说明"),
    "note_en": _("英文说明"),
}
OUTCOMES = [("zero", _("得 0 分")), ("failed", _("不符合")), ("undetermined", _("不能判定，由工作人员核实"))]


class BeginForm(forms.Form):
    """A new draft from an edition."""

    programme = ProgrammeChoice(label=_("项目"), queryset=Programme.objects.none(), empty_label=None)
    base = forms.ChoiceField(
        label=_("以哪个版本为底稿"),
        help_text=_("新版本从底稿的全部内容开始，也与它对比差异和试算结果。"),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    edition = forms.CharField(label=_("新版本号"), help_text=_("例如 2027；发布后不能再改。"), max_length=40)
    name_zh = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160)
    effective_from = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    file = forms.FileField(
        label=_("或上传规则文件（YAML）"),
        help_text=_("上传后，版本号、名称和日期以文件为准。"),
        required=False,
    )

    def __init__(self, *args: Any, programmes: Any, bases: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes
        offer(self, "base", bases)
        if self.files.get("file"):  # the file says it all
            for name in ("edition", "name_zh", "name_en", "effective_from"):
                self.fields[name].required = False

    def clean_file(self) -> Any:
        """Text of a sane size."""
        file = self.cleaned_data["file"]
        return checked_file(file) if file else None


class SourceForm(forms.Form):
    """A text that figures may cite."""

    code = forms.CharField(label=_("出处代号"), help_text=_("例如 G1，数值用它注明出处。"), max_length=8)
    title = forms.CharField(label=_("文件名称和文号"), max_length=300)
    url = forms.URLField(label=_("网址"), required=False, assume_scheme="https")
    version = forms.IntegerField(widget=forms.HiddenInput)


class RowForm(forms.Form):
    """Every part of one row: numbers, confidence, source, article, note; texts of the row."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, parts: Sequence[Part], choices: Mapping[str, Mapping[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for number, part in enumerate(parts):
            self.fields |= _fields_of(f"p{number}", part, choices)

    def groups(self) -> list[tuple[Part, list[forms.BoundField]]]:
        """Each part with its fields."""
        return [
            (part, [self[name] for name in self.fields if name.startswith(f"p{number}-")])
            for number, part in enumerate(self.parts)
        ]

    def edits(self) -> list[Edit]:
        """What was changed, part by part."""
        found = [Edit(part.path, self._changes(f"p{number}", part)) for number, part in enumerate(self.parts)]
        return [edit for edit in found if edit.values]

    def _changes(self, prefix: str, part: Part) -> dict[str, Any]:
        said = {
            name[len(prefix) + 1 :]: value for name, value in self.cleaned_data.items() if name.startswith(f"{prefix}-")
        }
        cases = {name[5:]: said.pop(name) for name in list(said) if name.startswith("case-")}
        if cases:
            said["cases"] = cases
        return {key: value for key, value in said.items() if _differs(part.entry.get(key), value)}


def _differs(before: Any, after: Any) -> bool:
    return before != after and not (before in (None, "", []) and after in (None, "", []))


class NumberField(forms.Field):
    """An exact decimal; empty is unknown."""

    widget = forms.TextInput(attrs=NUMERIC)

    def to_python(self, value: Any) -> Fraction | None:
        """A Fraction, or None."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return exact_number(text)
        except ValueError:
            raise forms.ValidationError(_("请填普通小数，例如 0.6 或 1200。"), code="number") from None

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return exact_text(value) if isinstance(value, Fraction) else value


class CodesField(forms.Field):
    """Codes of sources, apart by commas."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> list[str]:
        """The codes, each once."""
        return list(dict.fromkeys(code for code in CODES.split(str(value or "")) if code))

    def prepare_value(self, value: Any) -> Any:
        """As they are typed."""
        return "、".join(value) if isinstance(value, list) else value


def _fields_of(prefix: str, part: Part, choices: Mapping[str, Mapping[str, str]]) -> dict[str, forms.Field]:
    entry = part.entry
    fields: dict[str, forms.Field] = {}
    for key in _texts_of(part):
        rows = forms.Textarea(attrs={"rows": 2}) if len(str(entry.get(key, ""))) > 60 else forms.TextInput()
        fields[key] = forms.CharField(label=ROW_TEXTS[key], max_length=1000, widget=rows, initial=entry.get(key))
    if part.is_figure:
        fields |= _number_fields(entry, choices)
    if "outcome" in entry:
        fields["outcome"] = forms.ChoiceField(label=_("处理"), choices=OUTCOMES, initial=entry["outcome"])
    fields["confidence"] = forms.ChoiceField(label=_("可信度"), choices=confidences, initial=entry["confidence"])
    fields["source"] = CodesField(label=_("出处代号"), required=False, initial=list(entry.get("source", ())))
    if part.is_figure or (part.section == "gates" and not part.role):
        fields["article"] = forms.CharField(
            label=_("条款"), required=False, max_length=120, initial=entry.get("article", "")
        )
    if part.is_figure:
        fields["note"] = forms.CharField(label=_("备注"), required=False, max_length=500, initial=entry.get("note", ""))
    return {f"{prefix}-{name}": field for name, field in fields.items()}


def _texts_of(part: Part) -> list[str]:
    return [] if part.is_figure else [key for key in ROW_TEXTS if key in part.entry]


def _number_fields(entry: Mapping[str, Any], choices: Mapping[str, Mapping[str, str]]) -> dict[str, forms.Field]:
    if cases := entry.get("cases"):
        names = choices.get(str(entry.get("by", "")), {})
        return {
            f"case-{code}": NumberField(label=names.get(code, code), initial=value, required=False)
            for code, value in cases.items()
        }
    return {"value": NumberField(label=_("数值"), initial=entry.get("value"), required=False)}


def confidences() -> list[tuple[str, str]]:
    """Every mark with its name."""
    return [(mark.value, mark.name_in(lang())) for mark in Confidence]


class ConfirmForm(forms.Form):
    """Several parts that were compared with one document."""

    paths = forms.MultipleChoiceField(label=_("已核对的内容"), widget=forms.CheckboxSelectMultiple)
    source = forms.ChoiceField(label=_("出处"), widget=forms.Select(attrs={"translate": "no"}))
    article = forms.CharField(
        label=_("条款"),
        max_length=120,
        required=False,
        help_text=_("例如：附件1，或第五条。逐项不同的，请在各行填写。"),
    )
    confidence = forms.ChoiceField(label=_("可信度"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, parts: Sequence[Part], sources: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {part.path: part for part in parts}
        offer(self, "paths", [(path, path) for path in self.parts])
        offer(self, "source", sources)
        live = [choice for choice in confidences() if Confidence(choice[0]).is_live]
        offer(self, "confidence", sorted(live, key=lambda choice: choice[0] != Confidence.FOUND))

    def edits(self) -> list[Edit]:
        """The marks of every ticked part."""
        said = self.cleaned_data
        marks = {"confidence": said["confidence"], "source": [said["source"]]}
        return [Edit(path, marks | self._article(self.parts[path])) for path in said["paths"]]

    def _article(self, part: Part) -> dict[str, Any]:
        takes = part.is_figure or (part.section == "gates" and not part.role)
        return {"article": self.cleaned_data["article"]} if takes and self.cleaned_data["article"] else {}


class LimitForm(forms.Form):
    """The three cases of one limit: what is varied, what is given, what was worked out."""

    field = forms.ChoiceField(label=_("变动的数据项"))
    version = forms.IntegerField(widget=forms.HiddenInput)
    others = forms.CharField(
        label=_("其他数据"),
        help_text=_("公式用到的其他数据，每行一项，用数据表的行号，例如：A-03=100。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "translate": "no"}),
    )

    SIDES = {"below": _("略低于界限"), "at": _("正好在界限"), "above": _("略高于界限")}
    RESULTS = {
        "gate": ("outcome", _("结论")),
        "indicator": ("points", _("手算得分")),
        "band": ("band", _("等次")),
    }

    def __init__(
        self, *args: Any, kind: str, limit: Limit, cases: Iterable[Case], fields: Iterable[tuple[str, str]],
        rows: Mapping[str, str], bands: Iterable[tuple[str, str]], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kind, self.limit = kind, limit
        self.held = {case.side: case for case in cases}
        self.rows = {row: code for code, row in rows.items()}
        first = next(iter(self.held.values()), None)
        if kind == "band":
            del self.fields["field"], self.fields["others"]
        else:
            offer(self, "field", fields)
            self.fields["field"].initial = first.field if first else None
            self.fields["others"].initial = _lines(first.start, rows) if first else ""
        for side, label in self.SIDES.items():
            self.fields |= dict(self._side(side, str(label), bands))

    def _side(self, side: str, label: str, bands: Iterable[tuple[str, str]]) -> Iterable[tuple[str, forms.Field]]:
        case = self.held.get(side)
        key, words = self.RESULTS[self.kind]
        initial = case.expected.get(key) if case else None
        yield (
            f"{side}-given",
            NumberField(label=_("%(side)s：数值") % {"side": label}, initial=case.given if case else None),
        )
        result = _("%(side)s：%(words)s") % {"side": label, "words": words}
        if key == "points":
            yield f"{side}-points", NumberField(label=result, initial=initial)
            return
        choices = list(bands) if key == "band" else [("passed", _("符合")), ("failed", _("不符合"))]
        yield f"{side}-{key}", forms.ChoiceField(label=result, choices=choices, initial=initial)

    def clean_others(self) -> dict[str, Any]:
        """Numbers or codes by field."""
        found: dict[str, Any] = {}
        for line in self.cleaned_data["others"].splitlines():
            if line.strip():
                code, sign, value = (part.strip() for part in line.partition("="))
                if not sign or not code or not value:
                    raise forms.ValidationError(_("每行应为“行号=数值”：%(line)s"), params={"line": line})
                if code not in self.rows:
                    raise forms.ValidationError(_("数据表没有这一行：%(row)s"), params={"row": code})
                found[self.rows[code]] = _scalar(value)
        return found

    def cases(self) -> list[Case]:
        """The three cases as they are now."""
        said, key = self.cleaned_data, self.RESULTS[self.kind][0]
        earlier = next((case.earlier for case in self.held.values()), ())
        return [
            Case(self.limit, said.get("field", ""), said.get("others", {}), earlier, side, said[f"{side}-given"],
                 {key: said[f"{side}-{key}"]})
            for side in self.SIDES
        ]  # fmt: skip


def _lines(start: Mapping[str, Any], rows: Mapping[str, str]) -> str:
    shown = {rows.get(code, code): exact_text(v) if isinstance(v, Fraction) else v for code, v in start.items()}
    return "\n".join(f"{row}={value}" for row, value in shown.items())


def _scalar(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return exact_number(text)
    except ValueError:
        return text


class FileForm(forms.Form):
    """A changed file in place of what the draft holds."""

    file = forms.FileField(label=_("文件（YAML）"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    LARGEST = 512 * 1024

    def text(self) -> str:
        """The file as text."""
        return file_text(self.cleaned_data["file"])

    def clean_file(self) -> Any:
        """Text of a sane size."""
        return checked_file(self.cleaned_data["file"])


def checked_file(file: Any) -> Any:
    """A rule file as it may be read; ValidationError when it is too large or not text."""
    if file.size > FileForm.LARGEST:
        raise forms.ValidationError(_("文件过大，规则文件不超过 512 KB。"), code="large")
    try:
        file_text(file)
    except UnicodeDecodeError:
        raise forms.ValidationError(_("文件不是 UTF-8 编码的文本。"), code="encoding") from None
    return file


def file_text(file: Any) -> str:
    """The whole file as text."""
    file.seek(0)
    text: str = file.read().decode("utf-8-sig")
    return text


class RemarkForm(forms.Form):
    """Why a draft is sent back or given up."""

    remark = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

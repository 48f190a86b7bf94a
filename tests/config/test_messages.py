"""The English catalogue is complete, and the tool that says so sees every kind of fault."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from scripts import catalogues
from scripts.messages import (
    CATALOGUE,
    Extraction,
    Message,
    extract,
    faults,
    placeholders,
    read_catalogue,
    read_python,
    read_template,
    updated,
)

ALIASED = "from django.utils.translation import gettext as _, ngettext_lazy as many, pgettext\n"


def of_python(code: str) -> Extraction:
    found = Extraction()
    read_python(ALIASED + code, "a.py", found)
    return found


def of_template(text: str) -> list[Message]:
    found = Extraction()
    read_template(text, "a.html", found)
    return list(found.files)


def catalogue_of(**entry: object) -> polib.POFile:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(**entry))
    return catalogue


@pytest.fixture(scope="module")
def found() -> Extraction:
    return extract()


@pytest.mark.slow
def test_catalogue_against_code_and_templates_is_complete(found: Extraction) -> None:
    assert not list(faults(found, read_catalogue()))


@pytest.mark.slow
def test_extraction_of_the_product_sees_python_templates_plurals_and_contexts(found: Extraction) -> None:
    endings = {Path(name).suffix for names in found.files.values() for name in names}
    assert {".py", ".html", ".txt"} <= endings
    assert any(message.plural for message in found.files)
    assert any(message.context for message in found.files)
    assert not any(
        "/letters/" in name or name.endswith("minutes.txt") for names in found.files.values() for name in names
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("_('甲')", Message("甲")),
        ("_('甲' '乙')", Message("甲乙")),
        ("many('%(n)d 件', '%(n)d 件', 'n')", Message("%(n)d 件", plural="%(n)d 件")),
        ("pgettext('状态', '撤销')", Message("撤销", context="状态")),
        ("translation.gettext('甲')", Message("甲")),
    ],
)
def test_python_call_under_any_name_is_read(code: str, message: Message) -> None:
    assert list(of_python(code).files) == [message]


def test_python_function_of_another_module_with_the_same_name_is_left_alone() -> None:
    assert not of_python("gettext('甲')\nother._('乙')").files


@pytest.mark.parametrize("code", ["_(f'{n} 件')", "_(words)", "_('甲' + '乙')"])
def test_python_call_without_a_plain_literal_is_reported_with_its_line(code: str) -> None:
    read = of_python(code)
    assert [line.split(" ")[0] for line in faults(read, polib.POFile())] == ["not"]
    assert read.unreadable[0].startswith("a.py:2: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{% translate "甲" %}', Message("甲")),
        ('{% translate "撤销" context "状态" %}', Message("撤销", context="状态")),
        ('{% include "x.html" with text=_("甲") only %}', Message("甲")),
        ('{{ value|default:_("甲") }}', Message("甲")),
        ("{% blocktranslate with n=1 %}第 {{ n }} 步，100%{% endblocktranslate %}", Message("第 %(n)s 步，100%%")),
        ("{% blocktranslate trimmed %}\n  甲\n  乙\n{% endblocktranslate %}", Message("甲 乙")),
        (
            "{% blocktranslate count n=1 %}{{ n }} 件{% plural %}{{ n }} 件{% endblocktranslate %}",
            Message("%(n)s 件", plural="%(n)s 件"),
        ),
    ],
)
def test_template_text_of_every_form_is_read(text: str, message: Message) -> None:
    assert of_template(text) == [message]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"msgid": "%(n)s 件", "msgstr": ""}, "untranslated"),
        ({"msgid": "%(n)s 件", "msgstr": "%(n)s cases", "flags": ["fuzzy"]}, "untranslated"),
        ({"msgid": "%(n)s 件", "msgstr": "%(count)s cases"}, "other placeholders"),
        ({"msgid": "%(n)s 件", "msgstr": "%(n)s cases, 100%"}, "other placeholders"),
        ({"msgid": "%(n)s 件", "msgstr": "%(n)s cases（all）"}, "Chinese in the English"),
        ({"msgid": "%(n)s 件", "msgid_plural": "%(n)s 件", "msgstr_plural": {0: "a", 1: "b"}}, "other plural"),
    ],
)
def test_entry_with_one_fault_is_told(entry: dict[str, object], fault: str) -> None:
    read = of_python("_('%(n)s 件')")
    assert f"{fault}: %(n)s 件" in list(faults(read, catalogue_of(**entry)))


def test_plural_entry_with_one_empty_form_is_untranslated() -> None:
    read = of_python("many('%(n)d 件', '%(n)d 件', 2)")
    entry = {"msgid": "%(n)d 件", "msgid_plural": "%(n)d 件", "msgstr_plural": {0: "%(n)d case", 1: ""}}
    assert list(faults(read, catalogue_of(**entry))) == ["untranslated: %(n)d 件"]


def test_text_missing_in_the_catalogue_and_entry_no_longer_used_are_both_told() -> None:
    told = list(faults(of_python("_('甲')"), catalogue_of(msgid="乙", msgstr="B")))
    assert told == ["missing: a.py: 甲", "obsolete: 乙"]


def test_one_text_with_and_without_context_needs_two_entries() -> None:
    read = of_python("_('撤销')\npgettext('状态', '撤销')")
    assert list(faults(read, catalogue_of(msgid="撤销", msgstr="Revoke"))) == ["missing: a.py: 撤销"]


def test_one_text_with_and_without_plural_is_told_and_written_once(tmp_path: Path) -> None:
    read = of_python("_('件')\nmany('件', '件', 2)")
    catalogue = updated(read, catalogue_of(msgid="件", msgid_plural="件", msgstr_plural={0: "case", 1: "cases"}))
    assert [entry.msgid for entry in catalogue] == ["件"]
    assert list(faults(read, catalogue)) == ["other plural: 件"]


def test_updated_catalogue_keeps_translations_adds_the_missing_and_drops_the_obsolete(tmp_path: Path) -> None:
    old = catalogue_of(msgid="甲", msgstr="A")
    old.append(polib.POEntry(msgid="丙", msgstr="C"))
    updated(of_python("_('乙')\n_('甲')"), old).save(str(tmp_path / "django.po"))
    saved = read_catalogue(tmp_path / "django.po")
    assert [(entry.msgid, entry.msgstr) for entry in saved] == [("乙", ""), ("甲", "A")]
    assert saved[0].occurrences == [("a.py", "")]


def test_msgid_given_twice_in_a_catalogue_is_refused(tmp_path: Path) -> None:
    twice = 'msgid "甲"\nmsgstr "A"\n\n' * 2
    (tmp_path / "django.po").write_text(f'msgid ""\nmsgstr ""\n\n{twice}', encoding="utf-8")
    with pytest.raises(ValueError, match="already exists"):
        read_catalogue(tmp_path / "django.po")


def test_placeholders_count_named_positional_brace_and_lone_percent_signs() -> None:
    counted = placeholders("%(a)s %d %.2f {name} 3%，%% %(a)s")
    assert counted == {"%(a)s": 2, "%d": 1, "%.2f": 1, "{name}": 1, "%": 1, "%%": 1}


def test_catalogue_newer_than_its_compiled_form_is_compiled_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    catalogue_of(msgid="甲", msgstr="A").save(str(source))
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    catalogues.main()
    compiled = source.with_suffix(".mo")
    assert [entry.msgstr for entry in polib.mofile(str(compiled))] == ["A"]
    compiled.write_bytes(b"kept")
    catalogues.main()
    assert compiled.read_bytes() == b"kept"
    os.utime(compiled, (0, 0))
    catalogues.main()
    assert [file.suffix for file in sorted(source.parent.iterdir())] == [".mo", ".po"]
    assert polib.mofile(str(compiled))[0].msgstr == "A"


def test_compiled_catalogue_answers_in_english_with_plurals_and_contexts() -> None:
    compiled = CATALOGUE.with_suffix(".mo")
    assert compiled.stat().st_mtime_ns >= CATALOGUE.stat().st_mtime_ns, "run scripts/catalogues.py, as make test does"
    with translation.override("en"):
        assert gettext("浦东新区") == "Pudong New Area"
        assert pgettext("状态", "撤销") == "Revoked"
        assert gettext("撤销") == "Revoke"
        forms_of = [ngettext("%(n)d 条未读消息", "%(n)d 条未读消息", n) % {"n": n} for n in (1, 2)]
        assert forms_of == ["1 unread message", "2 unread messages"]


REFUSALS: dict[str, tuple[Callable[[], object], str, str]] = {
    "required field": (lambda: forms.CharField().clean(""), "这个字段是必填项。", "This field is required."),
    "mail address": (
        lambda: forms.EmailField().clean("x"),
        "请输入有效的电子邮箱地址。",
        "Enter a valid email address.",
    ),
    "short password": (
        lambda: MinimumLengthValidator(12).validate("short"),
        "密码太短，至少需要 12 个字符。",
        "This password is too short. It must contain at least 12 characters.",
    ),
    "common password": (
        lambda: CommonPasswordValidator().validate("password"),
        "这个密码太常见了。",
        "This password is too common.",
    ),
}


@pytest.mark.parametrize("place", REFUSALS)
def test_texts_of_django_follow_the_language_of_the_page(place: str) -> None:
    refuse, chinese, english = REFUSALS[place]
    for language, expected in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            with pytest.raises(forms.ValidationError) as refused:
                refuse()
            assert list(refused.value.messages) == [expected]


@pytest.mark.parametrize(
    "code",
    [
        'class Kind(models.TextChoices):\n    ONE = "one", _("理由")',
        'class Kind(TextChoices):\n    ONE = "one", pgettext("状态", "理由")',
        'forms.CharField(label=_("理由"))',
        'row = {"label": _("理由"), "value": 1}',
    ],
)
def test_label_of_python_in_lower_case_is_a_fault(code: str) -> None:
    found, context = of_python(code), "状态" if "pgettext(" in code else None
    for english, said in (("the reason", ["label in lower case: 理由"]), ("The reason", [])):
        assert list(faults(found, catalogue_of(msgid="理由", msgctxt=context, msgstr=english))) == said


@pytest.mark.parametrize(
    ("text", "is_label"),
    [
        ('<dt class="wide">{% translate "理由" %}</dt>', True),
        ('<h2>\n{% translate "理由" %} {{ n }}</h2>', True),
        ('{% include "components/tag.html" with tone="grey" text=_("理由") only %}', True),
        ('<p>{{ n }} {% translate "理由" %}</p>', False),
        ('<h2>{{ n }} {% translate "理由" %}</h2>', False),
    ],
)
def test_label_of_a_template_in_lower_case_is_a_fault_and_a_piece_of_a_sentence_is_none(
    text: str, is_label: bool
) -> None:
    found = Extraction()
    read_template("{% load i18n %}" + text, "a.html", found)
    said = ["label in lower case: 理由"] if is_label else []
    assert list(faults(found, catalogue_of(msgid="理由", msgstr="the reason"))) == said

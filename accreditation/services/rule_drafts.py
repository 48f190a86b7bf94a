"""Drafting an edition of rules: begun from another edition or a file, changed part by part, all in the trail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.enums import RuleDraftState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Programme, RuleDraft, RuleSetEdition, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.selectors.rule_drafts import SHIPPED
from accreditation.services.numbers import next_number_at
from accreditation.services.rule_sets import faults_as_reasons, store_edition
from criteria.editing import Content, Edit, closed, edited, opened, part_at
from criteria.facts import exact_text
from criteria.faults import RuleSetFaults
from criteria.figures import Confidence
from criteria.golden import cases_text, parse_cases
from criteria.loading import load_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criteria.golden import Case

EDITION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
SOURCE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


# --- Beginning --------------------------------------------------------------------------------------------------
def begin_draft(
    programme: Programme,
    base: RuleSetEdition,
    *,
    edition: str,
    name_zh: str,
    name_en: str,
    effective_from: date,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> RuleDraft:
    """A draft that starts as its base reads; a stand-in base stops being called a demonstration.

    Raises Denied without the power, Refusal when the base is of another programme or the edition's name is not free.
    """
    content = opened(base.text) | {
        "edition": edition,
        "name_zh": name_zh,
        "name_en": name_en,
        "effective_from": effective_from.isoformat(),
        "effective_confidence": Confidence.FOUND.value,
        "demonstration": False,
    }
    content.pop("effective_to", None)
    content.pop("note", None)
    return _begin(programme, base, content, base.cases, by, at, request_key)


def chosen_base(key: str, *, at: datetime) -> RuleSetEdition:
    """The edition that a form chose: a stored one, or a shipped set, which is stored when it is first used."""
    if key.startswith(SHIPPED):
        return store_edition(key.removeprefix(SHIPPED), at=at)
    return RuleSetEdition.objects.get(pk=int(key))


def begin_from_file(
    programme: Programme, base: RuleSetEdition, text: str, *, by: User, at: datetime, request_key: str | None = None
) -> RuleDraft:
    """A draft from a rule file; Refusal with file, line and place of every fault."""
    return _begin(programme, base, _content_of_file(text), base.cases, by, at, request_key)


def _content_of_file(text: str) -> Content:
    try:
        return opened(load_text(text, file="rules.yaml").frozen_text)
    except RuleSetFaults as refused:
        raise Refusal(faults_as_reasons(refused.faults, "file")) from refused


def _begin(
    programme: Programme, base: RuleSetEdition, content: Content, cases: str, by: User, at: datetime, key: str | None
) -> RuleDraft:
    check_drafter(by)
    text = closed(content)
    said = fingerprint("begin_rule_draft", programme.pk, base.pk, text)
    chain = chain_of(programme.code)
    try:
        with act(
            chain, "begin_rule_draft", by=by, at=at, acting_as="municipal_officer", request_key=key, request=said
        ) as doing:
            if reasons := [*_programme_faults(programme, base, content), *edition_faults(programme, content)]:
                raise Refusal(reasons)
            draft = RuleDraft.objects.create(
                number=next_number_at("RULES", at), programme=programme, base=base, text=text, cases=cases,
                created_by=by, created_at=at, changed_by=by, changed_at=at,
            )  # fmt: skip
            draft.editors.add(by)
            doing.note(draft=draft.number, edition=content["edition"], base=base.checksum)
            doing.reply(draft=draft.number)
    except Replayed as replayed:
        return RuleDraft.objects.get(number=replayed.answer["draft"])
    return draft


def chain_of(programme: str) -> str:
    """The ledger of a programme's editions, under which one after the other gets its name."""
    return f"rules:{programme}"


def _programme_faults(programme: Programme, base: RuleSetEdition, content: Content) -> Iterator[Reason]:
    if content.get("programme") != programme.code:
        yield Reason("other_programme", _("规则集不属于该项目。"), "base")
    if base.reference.split("/")[0] != programme.code:
        yield Reason("other_programme", _("对比的版本不属于该项目。"), "base")


def edition_faults(programme: Programme, content: Content) -> Iterator[Reason]:
    """Why the edition cannot have its name: written wrongly, or published before."""
    edition = content.get("edition")
    if not isinstance(edition, str) or not EDITION.fullmatch(edition):
        yield Reason("edition_name", _("版本号只能用小写字母、数字和连字符，例如 2027 或 2027-2。"), "edition")
    elif RuleSetEdition.objects.filter(reference=f"{programme.code}/{edition}").exists():
        text = _("版本 %(name)s 已经入库，不能再改；请换一个版本号。")
        yield Reason("edition_taken", text % {"name": edition}, "edition")


# --- Changing ---------------------------------------------------------------------------------------------------
def check_drafter(by: User) -> None:
    """Raise Denied unless the person may draft rules."""
    if not has_power(by, Power.DRAFT_RULES):
        raise Denied([Reason("may_not_draft_rules", _("您不能起草规则集。"))])


@contextmanager
def _change(draft: RuleDraft, verb: str, *, version: int, by: User, at: datetime) -> Iterator[tuple[Act, RuleDraft]]:
    """The locked draft, still being drafted and at the version the person saw; counted and signed at the end."""
    check_drafter(by)
    with act(draft, verb, by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, RuleDraft)
        if row.state != RuleDraftState.DRAFTING:
            raise Refusal([Reason("not_drafting", _("该草案已不在起草中，不能更改。"))])
        if row.version != version:
            reason = Reason("stale", _("该草案刚刚被他人更改，请核对后重新填写。"))
            raise AlreadyDone(reason, done_by=str(row.changed_by), done_at=row.changed_at)
        yield doing, row
        row.version, row.changed_by, row.changed_at = row.version + 1, by, at
        row.save()
        row.editors.add(by)
        doing.note(version=row.version)


def change_parts(draft: RuleDraft, edits: Sequence[Edit], *, version: int, by: User, at: datetime) -> None:
    """Change parts of a draft; each change stands in the trail with what it was before.

    Raises Refusal for a path that is not there, a source that is not listed, or a figure whose confidence says that
    it was read but names neither source nor article.
    """
    with _change(draft, "change_rules", version=version, by=by, at=at) as (doing, row):
        content = opened(row.text)
        try:
            changed = edited(content, edits)
        except LookupError as missing:
            text = _("规则集中没有这一项：%(path)s") % {"path": str(missing)}
            raise Refusal([Reason("no_such_part", text)]) from missing
        if reasons := list(_part_faults(changed, edits)):
            raise Refusal(reasons)
        row.text = closed(changed)
        doing.note(changes=[_told(content, changed, edit) for edit in edits])


def _part_faults(changed: Content, edits: Iterable[Edit]) -> Iterator[Reason]:
    for edit in edits:
        part = part_at(changed, edit.path)
        entry = part.entry
        for source in entry.get("source", ()):
            if source not in changed.get("sources", {}):
                yield Reason("no_such_source", _("出处没有登记：%(code)s") % {"code": source}, edit.path)
        if Confidence(entry["confidence"]).is_live and not entry.get("source"):
            yield Reason("no_source", _("标为“已查到”的内容须注明出处。"), edit.path)
        is_known = entry.get("value") is not None or bool(entry.get("cases"))
        if part.is_figure and is_known is (entry["confidence"] == Confidence.UNKNOWN):
            yield Reason("unknown_value", _("有数值的不得标为“未知”，没有数值的只能标为“未知”。"), edit.path)


def _told(before: Content, after: Content, edit: Edit) -> dict[str, Any]:
    old, new = part_at(before, edit.path).entry, part_at(after, edit.path).entry
    return {
        "path": edit.path,
        "before": {key: _plain(old.get(key)) for key in edit.values},
        "after": {key: _plain(new.get(key)) for key in edit.values},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return exact_text(value)
    if isinstance(value, Mapping):
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list) else value


def change_identity(draft: RuleDraft, values: Mapping[str, Any], *, version: int, by: User, at: datetime) -> None:
    """Edition, names, days of effect, note, legal texts, demonstration or not; Refusal when the name is taken."""
    with _change(draft, "change_rule_identity", version=version, by=by, at=at) as (doing, row):
        content = opened(row.text)
        changed = {key: value for key, value in (content | dict(values)).items() if value not in (None, "")}
        if reasons := list(edition_faults(row.programme, changed)):
            raise Refusal(reasons)
        row.text = closed(changed)
        doing.note(
            before={key: _plain(content.get(key)) for key in values},
            after={key: _plain(changed.get(key)) for key in values},
        )


def add_source(draft: RuleDraft, code: str, *, title: str, url: str = "", version: int, by: User, at: datetime) -> None:
    """List a text that figures may cite; Refusal when the code is malformed or names another text."""
    with _change(draft, "add_rule_source", version=version, by=by, at=at) as (doing, row):
        content = opened(row.text)
        sources = dict(content.get("sources", {}))
        if not SOURCE.fullmatch(code):
            raise Refusal([Reason("source_code", _("出处代号用大写字母开头，例如 G1。"), "code")])
        if code in sources:
            raise Refusal([Reason("source_taken", _("出处代号 %(code)s 已经使用。") % {"code": code}, "code")])
        sources[code] = {"title": title, "url": url} if url else {"title": title}
        row.text = closed(content | {"sources": sources})
        doing.note(code=code, title=title, url=url)


def replace_text(draft: RuleDraft, text: str, *, version: int, by: User, at: datetime) -> None:
    """Take a changed rule file in place of the draft's text; Refusal with every fault."""
    content = _content_of_file(text)
    with _change(draft, "replace_rules", version=version, by=by, at=at) as (doing, row):
        reasons = [*_programme_faults(row.programme, row.base, content), *edition_faults(row.programme, content)]
        if reasons:
            raise Refusal(reasons)
        row.text = closed(content)
        doing.note(sha256=fingerprint(row.text))


def change_cases(draft: RuleDraft, cases: Iterable[Case], *, version: int, by: User, at: datetime) -> None:
    """Put boundary cases in place of those of the same limits."""
    with _change(draft, "change_rule_cases", version=version, by=by, at=at) as (doing, row):
        given = {(case.limit, case.side): case for case in cases}
        kept = {(case.limit, case.side): case for case in parse_cases(row.cases)} if row.cases else {}
        row.cases = cases_text((kept | given).values())
        doing.note(limits=sorted({f"{limit.rule}.{limit.role}" for limit, _side in given}))


def replace_cases(draft: RuleDraft, text: str, *, version: int, by: User, at: datetime) -> None:
    """Take a file of boundary cases in place of the draft's; Refusal with every fault."""
    try:
        cases = parse_cases(text)
    except RuleSetFaults as refused:
        raise Refusal(faults_as_reasons(refused.faults, "file")) from refused
    with _change(draft, "replace_rule_cases", version=version, by=by, at=at) as (doing, row):
        row.cases = cases_text(cases)
        doing.note(sha256=fingerprint(row.cases), count=len(cases))

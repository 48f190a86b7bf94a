"""A designation's file for people: what it would set up, the stages of an application in words, faults, the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.enums import Level
from accreditation.models import Body, DesignationProposal
from accreditation.models.designations import DesignationState as S
from workflows.presentation.rules import rule_set_page
from workflows.presentation.words import Words, confidence_mark, either, lang, quoted

if TYPE_CHECKING:
    from criteria.designation import Designation
    from criteria.live import LiveFault
    from criteria.ruleset import RuleSet
    from workflows.designations import FileFault, Preview

TONES = {S.WAITING: "amber", S.PUBLISHED: "green", S.DECLINED: "red", S.WITHDRAWN: "grey"}
WHOLE_SET = frozenset({"status", "demonstration"})  # what is said of the set and not of one of its figures


def state_mark(row: DesignationProposal) -> Words:
    """State of a proposal: `text` and `tone`."""
    state = S(row.state)
    return {"text": state.label, "tone": TONES[state]}


def fault_rows(faults: Iterable[FileFault]) -> list[Words]:
    """Faults of a file: `line`, `key`, `read`, `expected`."""
    return [{"line": fault.line, "key": fault.key, "read": fault.read, "expected": fault.expected} for fault in faults]


def preview_words(found: Preview) -> Words:
    """Everything that setting up would enter: `particulars`, `stages`, `rules`, `bars`, and what of it is new."""
    said = found.designation
    return {
        "name": either(said, "name"),
        "is_new": found.is_new,
        "is_new_programme": found.is_new_programme,
        "particulars": list(_particulars(said)),
        "stages": list(_stages(said)),
        "rules": rule_set_page(said.rules),
        "bars": [_bar(fault) for fault in found.live_faults],
    }


def _particulars(said: Designation) -> Iterator[Words]:
    body = Body.objects.get(code=said.granted_by)
    yield {"label": _("名称"), "value": quoted(said.name_zh)}
    yield {"label": _("英文名称"), "value": format_html('<span lang="en" translate="no">{}</span>', said.name_en)}
    yield {"label": _("代码"), "value": _code(said.code)}
    yield {"label": _("级别"), "value": Level(said.level).label}
    yield {"label": _("认定机关"), "value": either(body, "name")}
    yield {"label": _("授予对象"), "value": _("企业的产品") if said.is_of_product else _("企业")}
    yield {"label": _("编号前缀"), "value": _code(said.number_prefix)}
    yield {"label": _("认定依据"), "value": quoted(either(said, "ground"))}
    yield {"label": _("证书"), "value": _certificate(said)}
    yield {"label": _("办理程序"), "value": _code(said.procedure)}
    yield {"label": _("规则版本"), "value": _code(said.rules.ref)}


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _certificate(said: Designation) -> str:
    if not said.certificate_kind:
        return _("不颁发证书")
    return _("颁发电子证书，证照类型代码的序号为 %(kind)s") % {"kind": said.certificate_kind}


def _bar(fault: LiveFault) -> Words:
    """A reason against live batches: key of the file, words where it is about the whole set, confidence."""
    root = "procedure" if fault.path.startswith("parameters") else "rules"
    words = (fault.en if lang() == "en" else fault.zh) if fault.path in WHOLE_SET else ""
    return {"key": f"{root}.{fault.path}", "words": words, "confidence": confidence_mark(fault.confidence)}


# --- Stages -----------------------------------------------------------------------------------------------------
def _stages(said: Designation) -> Iterator[Words]:
    """What an application goes through, in the order in which it does: `label`, `words`, `is_off`."""
    rules = said.rules
    each = _("每个产品一件申报") if said.is_of_product else _("每家企业一件申报")
    yield _stage(_("填报并提交"), each)
    yield _with_days(_("区级初审"), rules, "first_review_working_days", _("不设，直接报认定机关"))
    yield _with_days(_("市级审查"), rules, "completeness_check_working_days")
    yield _corrections(rules)
    yield _experts(rules)
    yield _stage(_("综合评审"), _("评审委员会开会决定") + _("，") + _places(rules))
    article = rules.parameters["notice_working_days"].article
    yield _with_days(_("公示"), rules, "notice_working_days", _("不公示，依据：%(article)s") % {"article": article})
    yield _stage(_("公布名单"), _("发布人公布，认定即生效"))
    years = _value(rules, "validity_years")
    runs = _("有效年数未知") if years is None else ngettext("有效 %(n)d 年", "有效 %(n)d 年", years) % {"n": years}
    yield _stage(_("证书"), _certificate(said) + _("，") + runs)
    months = _value(rules, "renewal_months")
    if months is None:
        yield _stage(_("续期"), _("不设，有效期届满后可以重新申报"), is_off=True)
    else:
        said_of_months = ngettext("届满前 %(n)d 个月起可以申请", "届满前 %(n)d 个月起可以申请", months)
        yield _stage(_("续期"), said_of_months % {"n": months})


def _stage(label: str, words: object, *, is_off: bool = False) -> Words:
    return {"label": label, "words": words, "is_off": is_off}


def _value(rules: RuleSet, name: str) -> int | None:
    figure = rules.parameters.get(name)
    return None if figure is None or figure.value is None else int(figure.value)


def _days(rules: RuleSet, name: str) -> str:
    days = _value(rules, name)
    if days is None:
        return _("期限未知")
    return ngettext("%(days)d 个工作日", "%(days)d 个工作日", days) % {"days": days}


def _with_days(label: str, rules: RuleSet, name: str, off: str = "") -> Words:
    if _value(rules, name) == 0:
        return _stage(label, off, is_off=True)
    return _stage(label, _days(rules, name))


def _corrections(rules: RuleSet) -> Words:
    returns = _value(rules, "returns_allowed")
    if returns == 0:
        return _stage(_("补正"), _("不退回补正"), is_off=True)
    days = _days(rules, "correction_working_days")
    if returns is None:
        return _stage(_("补正"), _("退回次数未知，补正期限：%(days)s") % {"days": days})
    text = ngettext("每级最多退回 %(n)d 次，补正期限：%(days)s", "每级最多退回 %(n)d 次，补正期限：%(days)s", returns)
    return _stage(_("补正"), text % {"n": returns, "days": days})


def _experts(rules: RuleSet) -> Words:
    size = _value(rules, "panel_size")
    if size == 0:
        return _stage(_("专家评审"), _("不设专家评审"), is_off=True)
    days = _days(rules, "expert_review_working_days")
    if size is None:
        return _stage(_("专家评审"), _("人数未知，%(days)s") % {"days": days})
    text = ngettext("%(n)d 位专家，%(days)s", "%(n)d 位专家，%(days)s", size)
    return _stage(_("专家评审"), text % {"n": size, "days": days})


def _places(rules: RuleSet) -> str:
    if "quota" not in rules.parameters:
        return _("不设名额")
    places = _value(rules, "quota")
    if places is None:
        return _("名额未知，不作限制")
    return ngettext("每批最多 %(n)d 个名额", "每批最多 %(n)d 个名额", places) % {"n": places}

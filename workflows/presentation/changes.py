"""A change after the grant in words."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.change_words import ChangeKind, ChangeSide, ChangeState, TitleOutcome
from accreditation.models import Case, ChangedTitle, ChangeOpinion, ChangeRequest, ChangeSuccessor
from accreditation.models.cases import CaseSubject
from accreditation.services import changes, successions
from accreditation.templatetags.dates import day, moment
from accreditation.visibility import View
from workflows.presentation.words import Words, district_name, either, filled, quoted

STEPS = (
    gettext_lazy("准备材料"),
    gettext_lazy("区级审核"),
    gettext_lazy("认定机关确认"),
    gettext_lazy("变更生效"),
)
# While the granting body is still at it, its plan for the titles is not the holder's to read.
UNTOLD = (ChangeState.UNDER_CONFIRMATION, ChangeState.AWAITING_SECOND)
NO_CERTIFICATE = gettext_lazy("本系统没有登记可以换发的证书，原证书的更换请向发证机关书面申请")
LEADS = {  # what each kind is for, where a holder chooses
    ChangeKind.RENAME: gettext_lazy("单位名称经登记机关变更，统一社会信用代码不变。换发写明新旧名称的证书。"),
    ChangeKind.RELOCATION: gettext_lazy("注册地由一个区迁到另一个区。迁出区和迁入区分别出具意见。"),
    ChangeKind.REORGANISATION: gettext_lazy("公司制改制、股权或业务重组，单位仍然存续。名称有变更的一并填写。"),
    ChangeKind.MERGER: gettext_lazy(
        "本单位并入另一单位或新设单位。称号由承继单位持有；承继单位已有同一称号的，本单位的称号注销。"
    ),
    ChangeKind.SPLIT: gettext_lazy("本单位分立。每个称号只由一个单位持有，其余单位重新申报。"),
    ChangeKind.BRANCH: gettext_lazy("分中心改隶另一技术中心。"),
}


def _row(subject: CaseSubject) -> ChangeRequest:
    assert isinstance(subject, ChangeRequest)
    return subject


def name(subject: CaseSubject) -> str:
    """What kind of change."""
    return str(ChangeKind(_row(subject).kind).label)


def is_succession(subject: CaseSubject) -> bool:
    """Whether titles may pass to another enterprise."""
    return _row(subject).is_succession


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: what changed, what districts say, what becomes of each title, by which document."""
    row = _row(subject)
    parent, is_told = row.new_parent, view is not View.APPLICANT or row.state not in UNTOLD
    shown: list[tuple[str, object]] = [
        (_("变更类别"), ChangeKind(row.kind).label),
        (_("变更日期"), day(row.occurred_on)),
        (_("报告时限"), _notification(row)),
        (_("变更后的名称"), quoted(row.new_name)),
        (_("变更后的英文名称"), row.new_name_en),
        (_("迁出"), district_name(case.district) if row.new_district else ""),
        (_("迁入"), district_name(row.new_district) if row.new_district else ""),
        (_("调整后所属的技术中心"), quoted(f"{parent.holder.name} {parent.number}") if parent else ""),
        (_("承继单位"), _successors(row)),
        (_("变更事实"), quoted(row.facts)),
        *((_opinion_label(said), quoted(said.opinion)) for said in changes.opinions_of(row)),
        (_("理由"), quoted(row.reasons) if is_told else ""),
        *((_title_label(title), _fate(title, is_told=is_told)) for title in changes.rows_of(row)),
        (_("确认文号"), row.document_number),
        (_("文件日期"), day(row.document_on) if row.document_on else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def _notification(row: ChangeRequest) -> str:
    """By when the change had to be reported, where the rules say so."""
    days = changes.days_of(row, changes.NOTIFICATION)
    if days is None:
        return _("现行规则没有规定期限")
    last: date = row.occurred_on + timedelta(days=days)
    filed = row.filed_at.date() if row.filed_at else None
    late = _("，已逾期") if filed and filed > last else ""
    return filled(_("%(day)s前报告%(late)s"), day=day(last), late=late)


def _successors(row: ChangeRequest) -> SafeString | str:
    named = [
        (quoted(one.enterprise.name), one.enterprise.uscc, _agreement(one)) for one in successions.successors_of(row)
    ]
    return format_html_join(_("、"), "{}（{}；{}）", named) if named else ""


def _agreement(one: ChangeSuccessor) -> SafeString | str:
    if one.declined_at is not None:
        at, why = moment(one.declined_at), quoted(one.decline_reason)
        return format_html(_("不同意承继，{at}，{by}，理由：{why}"), at=at, by=quoted(one.declined_by), why=why)
    if one.agreed_at is None:
        return _("尚未同意承继")
    return _("已核对同意文件 %(name)s") % {"name": one.paper.name} if one.paper else _("已同意承继")


def _opinion_label(said: ChangeOpinion) -> str:
    values = {
        "side": ChangeSide(said.side).label,
        "said": _("同意") if said.is_favourable else _("不同意"),
    }
    return _("%(side)s意见（%(said)s）") % values


def _title_label(row: ChangedTitle) -> str:
    return f"{either(row.title.programme, 'name')} {row.title.number}"


def _fate(row: ChangedTitle, *, is_told: bool) -> str:
    """What becomes of a title; before somebody said so, and while the holder is not told, how it stands."""
    if not row.outcome or not is_told:
        return str(row.title.get_state_display())
    said = str(TitleOutcome(row.outcome).label)
    if row.successor is not None:
        said = f"{said}：{row.successor.name}"
    if row.certificate_number:
        return f"{said}；" + _("换发证书 %(no)s") % {"no": row.certificate_number}
    return f"{said}；{NO_CERTIFICATE}" if row.change.new_name and row.outcome == TitleOutcome.KEEPS else said

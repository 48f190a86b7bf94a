"""What a message says; about certificates made out again, sheets, successors, corrections, designations, editions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a message says: title and text with named gaps, and the URL name it leads to (a case leads to the case).

    `names` is the word of the message that the address takes, such as the number of a meeting.
    """

    title: str | Promise
    text: str | Promise
    address: str = ""
    names: str = ""


CERTIFICATES_AGAIN: Mapping[str, Sentence] = {
    "reissue_asked": Sentence(
        _("证书补发换发待审核"),
        _("称号 %(title)s 的持有单位申请证书补发换发（%(number)s），请审核。"),
        "reissue",
        "number",
    ),
    "reissue_proposed": Sentence(
        _("更正证书待审核"), _("同事提出更正称号 %(title)s 的证书（%(number)s），请另一人审核。"), "reissue", "number"
    ),
    "reissue_withdrawn": Sentence(
        _("证书补发换发申请已撤回"),
        _("持有单位撤回了称号 %(title)s 的证书补发换发申请（%(number)s）。"),
        "reissue",
        "number",
    ),
    "reissue_allowed": Sentence(
        _("证书将补发换发"), _("称号 %(title)s 的证书将重新制发（%(number)s），原证书届时作废。"), "my_reissue", "title"
    ),
    "reissue_refused": Sentence(
        _("证书补发换发未获同意"),
        _("称号 %(title)s 的证书补发换发申请（%(number)s）未获同意，理由见告知书。"),
        "my_reissue",
        "title",
    ),
    "reissue_reopened": Sentence(
        _("证书补发换发须重新答复"),
        _("原答复已被撤销，称号 %(title)s 的证书补发换发（%(number)s）待重新审核。"),
        "reissue",
        "number",
    ),
    "reissue_reopened_for_holder": Sentence(
        _("证书补发换发恢复办理"),
        _("原答复已被撤销，称号 %(title)s 的证书补发换发（%(number)s）由另一名承办人重新审核。"),
        "my_reissue",
        "title",
    ),
    "reissue_proposal_allowed": Sentence(
        _("更正证书已同意"), _("您提出的更正（%(number)s，称号 %(title)s）已由同事审核同意。"), "reissue", "number"
    ),
    "reissue_proposal_refused": Sentence(
        _("更正证书未获同意"),
        _("您提出的更正（%(number)s，称号 %(title)s）未获同意，理由见办理页面。"),
        "reissue",
        "number",
    ),
}
SUCCESSIONS: Mapping[str, Sentence] = {
    "succession_asked": Sentence(
        _("请表示是否同意承继"),
        _("本单位在 %(number)s 中被列为承继单位，请查看并表示是否同意。"),
        "my_succession",
        "number",
    ),
    "succession_agreed": Sentence(_("承继单位已同意"), _("办件 %(case)s：%(enterprise)s 已同意承继。")),
    "succession_declined": Sentence(
        _("承继单位不同意"), _("办件 %(case)s：%(enterprise)s 不同意承继，理由：%(reason)s")
    ),
    "succession_ended": Sentence(
        _("承继事项已办结"), _("列本单位为承继单位的 %(number)s 已经办结，结果请查看。"), "my_succession", "number"
    ),
}
SHEETS_ASIDE: Mapping[str, Sentence] = {
    "ask_sheet_aside": Sentence(
        _("提请搁置评分表"), _("办件 %(case)s 有人提请搁置一份尚未公开的评分表，请另一人决定是否同意。")
    ),
    "set_sheet_aside": Sentence(
        _("评分表已搁置"), _("您在办件 %(case)s 提交的评分表已搁置，不计入结果，您不再参加该件评审。"), "expert_history"
    ),
    "sheet_request_agreed": Sentence(
        _("搁置评分表已获同意"), _("您在办件 %(case)s 提请搁置的评分表已由另一人同意搁置，请递补专家。")
    ),
    "decline_sheet_aside": Sentence(
        _("搁置评分表未获同意"), _("办件 %(case)s 搁置评分表的提请未获同意，评分表照常计入，理由见评审组页面。")
    ),
    "withdraw_sheet_request": Sentence(
        _("搁置提请已撤回"), _("办件 %(case)s 搁置评分表的提请已由提请人撤回，无须答复，理由见评审组页面。")
    ),
}
CORRECTIONS: Mapping[str, Sentence] = {
    "correction_proposed": Sentence(
        _("公告更正待审核"), _("公告更正 %(number)s 待您审核发布。"), "announcement_correction", "correction"
    ),
    "correction_settled": Sentence(
        _("公告更正已发布"), _("您提出的公告更正 %(number)s 已审核发布。"), "announcement", "announcement"
    ),
    "correction_declined": Sentence(
        _("公告更正未发布"),
        _("您提出的公告更正 %(number)s 未予发布，理由见办理页面。"),
        "announcement_correction",
        "correction",
    ),
    "correction_published": Sentence(
        _("公告已更正"), _("公告 %(announcement)s 中本单位的事项已更正（%(number)s）。"), "announcement", "announcement"
    ),
}
DESIGNATIONS: Mapping[str, Sentence] = {
    "designation_proposed": Sentence(
        _("称号待您发布"),
        _("提请设立“%(name)s”（%(proposal)s），请核对后发布或不予发布。"),
        "office_designation",
        "proposal",
    ),
    "designation_published": Sentence(
        _("称号已发布"),
        _("“%(name)s”已发布，规则版本为 %(edition)s，可以据以开启批次。"),
        "office_designation",
        "proposal",
    ),
    "designation_declined": Sentence(
        _("称号未予发布"),
        _("您提请设立的“%(name)s”（%(proposal)s）未予发布。理由：%(reason)s"),
        "office_designation",
        "proposal",
    ),
}
EDITIONS: Mapping[str, Sentence] = {
    "edition_change_proposed": Sentence(
        _("办理程序版本更换待您确认"),
        _("提请把 %(cases)s 件在办件更换到另一办理程序版本（%(change)s），请核对预演结果后确认或不予确认。"),
        "office_edition_change",
        "change",
    ),
    "edition_change_confirmed": Sentence(
        _("办理程序版本更换已确认"),
        _("您提请的更换 %(change)s 已由第二人确认，各件结果见办理页面。"),
        "office_edition_change",
        "change",
    ),
    "edition_change_taken_over": Sentence(
        _("办理程序版本更换已由他人接办"),
        _("您提请的更换 %(change)s 已由%(person)s接办，继续逐件更换。理由：%(reason)s"),
        "office_edition_change",
        "change",
    ),
    "edition_change_declined": Sentence(
        _("办理程序版本更换未予确认"),
        _("您提请的更换 %(change)s 未予确认。理由：%(reason)s"),
        "office_edition_change",
        "change",
    ),
}

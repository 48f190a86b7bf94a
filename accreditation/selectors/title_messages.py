"""What is told of titles and ahead of last days."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

OF_TITLES: Mapping[str, Sentence] = {
    "branches_left": Sentence(
        _("分中心的母公司已失去称号"),
        _("称号 %(title)s 已终止，其名下仍有 %(number)s 个分中心称号有效，请逐一处理。"),
        "outside_title",
        "title",
    ),
    "title_ends": Sentence(
        _("称号即将期满"),
        _("称号 %(title)s 的有效期至 %(ends_at)s 止，期满自动失效，请及时办理。"),
        "centre",
        "title",
    ),
    "title_renewable": Sentence(
        _("称号可以申请续期"),
        _("称号 %(title)s 的有效期至 %(ends_at)s 止，现在起可以在本项目开放的批次中申请续期；期满未续期的自动失效。"),
        "centre",
        "title",
    ),
    "title_kept": Sentence(
        _("续期待决，称号继续有效"),
        _("称号 %(title)s 的有效期已届满，续期申请（%(case)s）已在期限内提出，决定作出前称号继续有效。"),
        "centre",
        "title",
    ),
    # --- the holder itself
    "ask_for_cancellation": Sentence(
        _("收到注销申请"), _("办件 %(case)s：持有单位申请注销称号，请在作出决定的期限内办理。")
    ),
    "withdraw_request": Sentence(_("注销申请已撤回"), _("办件 %(case)s：持有单位已撤回注销申请，称号保持原状。")),
    "waive_rest_of_defence": Sentence(
        _("已放弃听证和其余期限"), _("办件 %(case)s 的持有单位已明确放弃听证和其余期限，待作出决定。")
    ),
    # --- a judgment is carried out, or an act taken back
    "remedy_prepared": Sentence(
        _("执行裁判（自行纠正）待核准"), _("办件 %(case)s 已提请执行法院裁判或者自行纠正，请另一人核准。")
    ),
    "carry_out_remedy": Sentence(
        _("裁判已执行（已自行纠正）"), _("办件 %(case)s：原决定已按法院裁判或者自行纠正办理，内容见文书。")
    ),
    "give_way_to_judgment": Sentence(
        _("裁判已由新裁判替代"), _("办件 %(case)s 执行的裁判已由上诉或者再审的裁判替代，内容见新的告知书。")
    ),
    "discard_remedy": Sentence(_("执行裁判（自行纠正）未获核准"), _("办件 %(case)s 的提请未予执行，理由见办理页面。")),
    # --- what a decision on reconsideration, a judgment or an own correction brings about
    "set_result_aside": Sentence(_("评价警告已解除"), _("办件 %(case)s：评价处理已被撤销，警告和限期整改解除。")),
    "reopen_change": Sentence(_("变更恢复办理"), _("办件 %(case)s：不予确认已被撤销，变更恢复办理。")),
    "restore_ended_titles": Sentence(_("称号已恢复"), _("办件 %(case)s：称号注销已被撤销，被注销的称号已恢复。")),
    "reopen_request": Sentence(
        _("注销申请恢复办理"), _("办件 %(case)s：终止处理已被撤销，单位的注销申请恢复办理，将重新作出决定。")
    ),
    "reopen_reexamination": Sentence(
        _("复核恢复办理"), _("办件 %(case)s：未参加复核的认定已被撤销，请在期限内报送复核材料。")
    ),
    "draft_ahead": Sentence(
        _("申报尚未提交"),
        _("办件 %(case)s 仍是草稿，本批次申报于 %(closes_at)s 截止，还剩 %(left)s 个工作日，请及时提交。"),
    ),
    "title_expired": Sentence(
        _("称号期满失效"), _("称号 %(title)s 的有效期已届满，自今日起失效，不得再以该称号对外宣传。"), "centre", "title"
    ),
    "national_result": Sentence(
        _("国家评价结果已登记"), _("您单位的称号 %(title)s 的 %(year)s 年度国家评价结果已登记。"), "centre", "title"
    ),
    "result_to_confirm": Sentence(
        _("国家评价结果待您核对"),
        _("称号 %(title)s 的 %(year)s 年度国家评价结果将改变称号状态，请对照文件扫描件确认或不予确认。"),
        "outside_result",
        "result",
    ),
    "result_confirmed": Sentence(
        _("国家评价结果已确认"),
        _("您登记的称号 %(title)s 的 %(year)s 年度国家评价结果已由另一人确认，称号状态随之变更。"),
        "outside_result",
        "result",
    ),
    "list_to_confirm": Sentence(
        _("国家结果待您核对"),
        _("批次 %(batch)s 的国家结果（%(number)s）已登记，请对照文件扫描件确认或不予确认；确认前不生效。"),
        "outside_list",
        "entry",
    ),
    "list_confirmed": Sentence(
        _("国家结果已确认"),
        _("您登记的批次 %(batch)s 的国家结果（%(number)s）已由另一人确认，申报件随之办结。"),
        "outside_list",
        "entry",
    ),
    "list_declined": Sentence(
        _("国家结果未予确认"),
        _("您登记的批次 %(batch)s 的国家结果（%(number)s）未予确认，理由见办理页面，可以重新登记。"),
        "outside_list",
        "entry",
    ),
    "reexamination_result_to_confirm": Sentence(
        _("国家复核结果待您核对"),
        _("%(year)s 年度复核的国家结果（%(number)s）已登记，请对照文件扫描件确认或不予确认；确认前不生效。"),
        "office_reexamination_entry",
        "entry",
    ),
    "reexamination_result_confirmed": Sentence(
        _("国家复核结果已确认"),
        _("您登记的 %(year)s 年度复核的国家结果（%(number)s）已由另一人确认，称号随之续期或者提出撤销建议。"),
        "office_reexamination_entry",
        "entry",
    ),
    "reexamination_result_declined": Sentence(
        _("国家复核结果未予确认"),
        _("您登记的 %(year)s 年度复核的国家结果（%(number)s）未予确认，理由见办理页面，可以重新登记。"),
        "office_reexamination_entry",
        "entry",
    ),
    # --- a national list was misread
    "correct_to_recognised": Sentence(
        _("国家结果已更正：已认定"), _("办件 %(case)s 已列入国家主管部门公布的认定名单，原登记有误，更正内容见告知书。")
    ),
    "correct_to_passed_over": Sentence(
        _("国家结果已更正：未认定"),
        _("办件 %(case)s 未列入国家主管部门公布的认定名单，原登记有误，更正内容和救济途径见告知书。"),
    ),
    "title_entered_wrongly": Sentence(
        _("称号登记有误，已更正"),
        _("称号 %(title)s 系登记有误，国家主管部门并未授予，自始无效。"),
        "centre",
        "title",
    ),
    "result_declined": Sentence(
        _("国家评价结果未予确认"),
        _("您登记的称号 %(title)s 的 %(year)s 年度国家评价结果未予确认，理由见办理页面，可以重新登记。"),
        "outside_result",
        "result",
    ),
}

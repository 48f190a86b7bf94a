"""What officers and their superiors are told when an officer steps aside from a case or an enterprise (回避)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

LIST = "recusals"  # address of the list, where a superior orders and lifts them
REQUEST = "recusal_request"  # of what a party asked for
GRANTS = "grants"  # where a security officer gives an office its head

OF_RECUSALS: dict[str, Sentence] = {
    "officer_recused": Sentence(
        _("工作人员申请回避"), _("%(person)s 已就 %(subject)s 申请回避，即时生效。理由：%(reason)s"), LIST
    ),
    "officer_recusal_ordered": Sentence(
        _("您被责令回避"), _("%(person)s 责令您就 %(subject)s 回避，不再办理。理由：%(reason)s"), LIST
    ),
    "officer_recusal_lifted": Sentence(
        _("您的回避已解除"), _("%(person)s 解除了您就 %(subject)s 的回避，您可以恢复办理。理由：%(reason)s"), LIST
    ),
    "recusal_ordered_of_member": Sentence(
        _("您被决定回避"), _("%(person)s 决定您就 %(subject)s 回避，不参加评审、审议。理由：%(reason)s")
    ),
    "recusal_asked": Sentence(
        _("当事人申请回避，待您答复"),
        _("办件 %(number)s 的当事人申请有关人员回避，请在三个工作日内答复。"),
        REQUEST,
        "request",
    ),
    "recusal_asked_of_you": Sentence(
        _("当事人申请您回避"),
        _("办件 %(case)s 的当事人申请您回避，负责人答复之前您不能办理、评审或者表决本件，由其他人员继续办理。"),
    ),
    "recusal_of_you_refused": Sentence(
        _("对您的回避申请未获同意"), _("办件 %(case)s 的当事人申请您回避，已答复不予回避，您可以继续办理。")
    ),
    "recusal_not_of_you": Sentence(
        _("回避申请所指不是您"), _("办件 %(case)s 的回避申请，经更正，所指不是您，您可以继续办理。")
    ),
    "recusal_answered": Sentence(
        _("回避申请已答复"), _("办件 %(case)s 的回避申请已答复，结果和理由见回避申请答复书。")
    ),
    "recusal_unanswerable": Sentence(
        _("没有可以答复回避申请的负责人"),
        _(
            "办件 %(number)s 的回避申请没有可以作出答复的负责人：或者所涉为唯一的负责人，或者复议人员均已办理该案。"
            "请为其他人员授予负责人或者复议人员角色，由其答复。"
        ),
        GRANTS,
    ),
    "recusal_without_superior": Sentence(
        _("回避人员没有其他负责人"),
        _("%(person)s 已申请回避，没有其他负责人可以解除其回避；需要时请为本机关其他负责人授予负责人角色。"),
        GRANTS,
    ),
    "remind_recusal_answer": Sentence(
        _("回避申请待答复"),
        _(
            "办件 %(case)s 的回避申请应在 %(due_at)s 前答复，请到“办理人员回避”页面答复。"
            "三个工作日由本机关自定，不是法定期限。"
        ),
    ),
    "recused_with_sheet": Sentence(
        _("已提交评分表的专家被决定回避"),
        _("办件 %(case)s 有一名已提交评分表的专家被决定回避；评分表尚未公开的，请按搁置评分表的程序办理。"),
    ),
    "recused_holder": Sentence(
        _("承办人回避，待领办"), _("办件 %(case)s 的承办人 %(person)s 已回避，现在无人承办，请领办。")
    ),
    "nobody_left_to_act": Sentence(
        _("回避后无人可以办理"),
        _(
            "%(person)s 回避或者被申请回避后，办件 %(case)s 在所在机构没有其他人员可以办理，"
            "请先为他人授予职权或者指定人员办理。"
        ),
    ),
}

"""What officers and their superiors are told when an officer steps aside from a case or an enterprise (回避)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

LIST = "recusals"  # address of the list, where a superior orders and lifts them

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
    "recused_holder": Sentence(
        _("承办人回避，待领办"), _("办件 %(case)s 的承办人 %(person)s 已回避，现在无人承办，请领办。")
    ),
    "nobody_left_to_act": Sentence(
        _("回避后无人可以办理"),
        _("%(person)s 回避后，办件 %(case)s 在所在机构没有其他人员可以办理，请先为他人授予职权或者指定人员办理。"),
    ),
}

"""What the holder of a case and the level above are told of the office's own goals: never as of a limit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

OF_GOALS: dict[str, Sentence] = {
    "remind_goal_ahead": Sentence(
        _("内部办理目标将到"),
        _("办件 %(case)s 本环节的内部办理目标为 %(due_at)s，还剩 %(left)s 个工作日。目标由本机关自定，不是法定期限。"),
    ),
    "remind_goal_last_day": Sentence(
        _("内部办理目标今日到"),
        _("办件 %(case)s 本环节的内部办理目标为今日，请今日办理。目标由本机关自定，不是法定期限。"),
    ),
    "remind_goal_missed": Sentence(
        _("未达内部办理目标"),
        _(
            "办件 %(case)s 本环节的内部办理目标为 %(due_at)s，已过 %(over)s 个工作日，请尽快办理。"
            "目标由本机关自定，不是法定期限。"
        ),
    ),
    "escalate_goal_missed": Sentence(
        _("未达内部办理目标，请督促"),
        _(
            "办件 %(case)s 本环节的内部办理目标为 %(due_at)s，已过 %(over)s 个工作日，请督促办理。"
            "目标由本机关自定，不是法定期限。"
        ),
    ),
}

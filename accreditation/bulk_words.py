"""States of an act on several cases at once, and what became of each case."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BulkState(TextChoices):
    """Of the whole: a decision waits for a second person first."""

    PROPOSED = "proposed", _("待第二人确认")
    RUNNING = "running", _("办理中")
    FINISHED = "finished", _("已办完")
    DECLINED = "declined", _("第二人未予确认")


class LineOutcome(TextChoices):
    """Of one case."""

    WAITING = "waiting", _("尚未办理")
    DONE = "done", _("已办理")
    REFUSED = "refused", _("未能办理")
    NOT_FOUND = "not_found", _("没有此办件")

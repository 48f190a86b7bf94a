"""Whoever a party asks to step aside does nothing in the case before the answer (回避申请); the work itself goes on.

行政处罚法第四十三条, by analogy: a request does not stop the inquiry before it is decided. So colleagues act as before,
and of each person one request of a case holds back, so that nobody can stop a case with one request after another.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.permissions import persons_behind
from accreditation.recusals import is_asked_aside
from workflows.doing import Doing

CODE = "recusal_asked"
STEPPING_ASIDE = frozenset({"recuse"})  # what the request asks for is not held back by it


def not_asked_aside(doing: Doing) -> Iterable[Reason]:
    """For every verb: no request about the person, nor about the one in whose place it is done, waits for its answer.

    A case without any is not asked about, so that this costs no statement.
    """
    if doing.verb.code in STEPPING_ASIDE or doing.by.is_system:
        return
    if is_asked_aside(doing.case, persons_behind(doing.by)):
        text = _("%(no)s 的当事人申请您回避，负责人答复之前您不能办理该件，可由其他人员办理。")
        yield Reason(CODE, text % {"no": doing.case.number})  # of a whole list it says which one is meant

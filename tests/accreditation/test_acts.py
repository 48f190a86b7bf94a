"""What one act tells one person: several times under keys of their own, the very same only once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accreditation.acts import Replayed, act
from accreditation.models import Effect, Message
from tests.factories.cast import person

pytestmark = [pytest.mark.django_db]


def test_person_who_acts_for_two_is_told_of_both_and_never_the_same_twice() -> None:
    one, other = person("one", "申报人一示例"), person("other", "经办示例")
    with act("grants", "try", by=other, at=timezone.now(), acting_as="tester") as doing:
        for title in ("一号", "二号", "一号"):
            doing.tell([one, one], "evaluation_called", title=title)
        doing.tell(other, "evaluation_called", title="一号")
        doing.tell(one, "evaluation_called", case_number="X", title="一号")
    rows = Message.objects.filter(recipient=one).order_by("pk")
    stem = f"ledger:grants#1:evaluation_called:{one.pk}"
    assert [row.key for row in rows] == [stem, f"{stem}:2", f"{stem}:3"]
    assert [(row.case_number, row.params["title"]) for row in rows] == [("", "一号"), ("", "二号"), ("X", "一号")]
    assert Message.objects.filter(recipient=other).count() == 1
    mails = Effect.objects.filter(kind="mail", key__startswith=f"mail:{stem}")
    assert sorted(row.payload["message"] for row in mails) == [row.key for row in rows]


@pytest.mark.parametrize("key", ["k" * 300, "a\0b"])
def test_key_that_no_column_holds_counts_once_like_any_other(key: str) -> None:
    by = person("one", "申报人一示例")
    with act("grants", "try", by=by, at=timezone.now(), acting_as="tester", request_key=key) as doing:
        doing.reply(number="1")
    with (
        pytest.raises(Replayed) as again,
        act("grants", "try", by=by, at=timezone.now(), acting_as="tester", request_key=key),
    ):
        pass
    assert again.value.answer == {"number": "1"}

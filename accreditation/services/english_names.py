"""The English name of an enterprise, as it gives it itself; English editions of its certificates carry it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Enterprise, User
from accreditation.selectors.people import is_administrator

LONGEST = 120  # what a certificate has room for
_BEYOND_LATIN = 0x250


def english_name_faults(name: str) -> Iterator[Reason]:
    """What is wrong with an English name; an empty one is allowed and takes the name back."""
    if len(name) > LONGEST:
        yield Reason("name_en_too_long", _("英文名称不能超过 120 个字符。"), "name_en")
    if any(ord(letter) >= _BEYOND_LATIN or unicodedata.category(letter)[0] == "C" for letter in name):
        yield Reason("name_en_letters", _("英文名称只能用拉丁字母、数字和英文标点。"), "name_en")
    elif name and not any(letter.isalpha() for letter in name):
        yield Reason("name_en_letters", _("英文名称须含有字母。"), "name_en")


def state_english_name(enterprise: Enterprise, name: str, *, by: User, at: datetime) -> Enterprise:
    """Set the English name for certificates issued from now on; blanks are drawn together.

    Raises Denied when `by` does not administer the enterprise, Refusal with every fault of the name.
    """
    if not is_administrator(by, enterprise.pk):
        raise Denied([Reason("not_administrator", _("只有本单位管理员可以办理。"))])
    given = unicodedata.normalize("NFC", " ".join(part for part in name.split(" ") if part))
    faults = list(english_name_faults(given))
    if faults:
        raise Refusal(faults)
    ledger = f"enterprise:{enterprise.uscc}"
    with act(ledger, "state_english_name", by=by, at=at, acting_as="enterprise_administrator") as doing:
        row = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        doing.note(name_en=[row.name_en, given])
        row.name_en = given
        row.save(update_fields=["name_en"])
    return row

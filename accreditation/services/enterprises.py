"""Registration of enterprises: credit code checked character by character, proof of authority kept, officer asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn.uscc import calc_check_digit

from accreditation.acts import act
from accreditation.enums import DISTRICTS
from accreditation.errors import Reason, Refusal
from accreditation.models import Enterprise, Member, StoredFile, User
from accreditation.selectors.people import administrators_of, officers_for, standing_member
from accreditation.services.files import check_file, take_file

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015, 4.1: without I, O, S, V, Z
LOOK_ALIKE = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}
REGION = range(2, 8)  # places 3 to 8: administrative division, digits only
PROOF_MAX_BYTES = 10 * 1024 * 1024


# --- Unified social credit code ---------------------------------------------------------------------------------
def compact_uscc(text: str) -> str:
    """The code without blanks and hyphens, in half-width capitals."""
    half = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return "".join(half.split()).replace("-", "").upper()


def uscc_faults(text: str) -> list[Reason]:
    """Everything wrong with a credit code, each naming the character (GB 32100-2015); empty when it is sound.

    The code of the last fault is `uscc_check` when only the check character fails, which an officer may override.
    """
    code = compact_uscc(text)
    if len(code) != 18:
        words = _("统一社会信用代码应为 18 位，现为 %(length)s 位。") % {"length": len(code)}
        return [Reason("uscc_length", words, "uscc")]
    faults = [fault for place, char in enumerate(code) if (fault := _character_fault(place, char))]
    if not faults and code[17] != (expected := calc_check_digit(code)):
        words = _("第 18 位校验码应为“%(expected)s”，现为“%(found)s”，请逐位核对。") % {
            "expected": expected,
            "found": code[17],
        }
        faults.append(Reason("uscc_check", words, "uscc"))
    return faults


def _character_fault(place: int, char: str) -> Reason | None:
    words = {"place": place + 1, "found": char, "instead": LOOK_ALIKE.get(char, "")}
    if place in REGION and not (char.isascii() and char.isdigit()):
        return Reason(
            "uscc_region", _("第 %(place)s 位“%(found)s”应为数字（登记管理机关行政区划码）。") % words, "uscc"
        )
    if char in ALPHABET:
        return None
    if words["instead"]:
        text = _("第 %(place)s 位“%(found)s”不是代码用字，是否应为“%(instead)s”？") % words
        return Reason("uscc_character", text, "uscc")
    return Reason("uscc_character", _("第 %(place)s 位“%(found)s”不是代码用字。") % words, "uscc")


def check_uscc(text: str, *, is_questioned: bool = False) -> str:
    """The compact code; raises Refusal. `is_questioned` lets a failing check character pass for an officer to judge."""
    faults = uscc_faults(text)
    if faults and not (is_questioned and [f.code for f in faults] == ["uscc_check"]):
        raise Refusal(faults)
    return compact_uscc(text)


# --- Registration -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Particulars:
    """What a person states about the enterprise for which authority is claimed."""

    uscc: str
    name: str
    district: str
    is_questioned: bool = False  # the person insists on a code whose check character fails


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person without an account."""

    name: str
    email: str
    phone: str
    password: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The file that proves the authority: bytes and the name it was sent under."""

    content: bytes
    file_name: str


def check_proof(proof: Proof) -> str:
    """Media type of the proof; raises Refusal with every reason (empty, too big, ending, content)."""
    if len(proof.content) > PROOF_MAX_BYTES:
        raise Refusal([Reason("proof_too_big", _("授权证明文件超过 10 MB。"), "proof")])
    return check_file(proof.file_name, len(proof.content), proof.content[:16]).media_type


def register(particulars: Particulars, *, by: User | Newcomer, proof: Proof, at: datetime) -> Member:
    """Ask to act for an enterprise, known or not; the answer is the same. Returns the requested membership.

    The file is durable before the row that names it. Raises Refusal with the reasons.
    """
    uscc = check_uscc(particulars.uscc, is_questioned=particulars.is_questioned)
    _check_particulars(particulars)
    stored = take_file(proof.content, proof.file_name, media_type=check_proof(proof), at=at)
    with transaction.atomic():
        person = by if isinstance(by, User) else open_account(by)
        return _request(person, uscc, particulars, stored, proof.file_name, at)


def _check_particulars(particulars: Particulars) -> None:
    reasons = []
    if not particulars.name.strip():
        reasons.append(Reason("no_name", _("请填写单位名称。"), "name"))
    if particulars.district not in DISTRICTS:
        reasons.append(Reason("no_district", _("请选择注册地所在区。"), "district"))
    if reasons:
        raise Refusal(reasons)


def _request(
    person: User, uscc: str, particulars: Particulars, stored: StoredFile, file_name: str, at: datetime
) -> Member:
    with act(f"enterprise:{uscc}", "request_membership", by=person, at=at, acting_as="applicant") as doing:
        enterprise, is_new = Enterprise.objects.get_or_create(
            uscc=uscc,
            defaults={"name": particulars.name.strip(), "district": particulars.district, "registered_at": at},
        )
        if standing_member(person, enterprise) is not None:
            raise Refusal([Reason("already_member", _("您已是该单位成员，或申请正在核验。"), "uscc")])
        member = Member.objects.create(
            enterprise=enterprise,
            user=person,
            is_administrator=False,
            proof=stored,
            proof_name=PurePath(file_name).name[-200:],
            requested_at=at,
            remark=_difference(enterprise, particulars),
        )
        doing.note(member=member.pk, proof=stored.sha256, stated=[particulars.name.strip(), particulars.district])
        doing.note(is_new=is_new, code_fails_check=bool(uscc_faults(uscc)))
        doing.tell(_who_confirms(enterprise), "member_requested", person=person.name, enterprise=enterprise.name)
    return member


def _difference(enterprise: Enterprise, stated: Particulars) -> str:
    """What the person stated where it differs from the record: `name/district`, for the officer to read."""
    name = stated.name.strip()
    if (name, stated.district) == (enterprise.name, enterprise.district):
        return ""
    return f"{name}/{DISTRICTS[stated.district]}"[:300]


def _who_confirms(enterprise: Enterprise) -> list[User]:
    return administrators_of(enterprise) or officers_for(enterprise.district)


def open_account(newcomer: Newcomer) -> User:
    """A new account with a user name of our choosing, so that nobody learns which names are taken."""
    person = User(
        username=free_user_name(), name=newcomer.name.strip(), email=newcomer.email.lower(), phone=newcomer.phone
    )
    person.set_password(newcomer.password)
    person.save()
    return person


def free_user_name() -> str:
    """A user name that is not taken: a letter and eight digits."""
    while True:
        name = f"q{secrets.randbelow(10**8):08d}"
        if not User.objects.filter(username=name).exists():
            return name


def correct_enterprise(
    enterprise: Enterprise, *, name: str, district: str, override: str
) -> dict[str, list[str] | str]:
    """Set name and district as the officer read them in the proof; returns what changed, for the audit entry.

    Called within the act that confirms the first member. Raises Refusal for a failing code without a reason.
    """
    if uscc_faults(enterprise.uscc) and not override.strip():
        text: Promise = _("信用代码校验码不符。确认证照无误的，请写明核对依据。")
        raise Refusal([Reason("uscc_override_needed", text, "uscc_override")])
    changes: dict[str, list[str] | str] = {}
    for field, value in (("name", name.strip()), ("district", district)):
        before = getattr(enterprise, field)
        if value and value != before:
            changes[field] = [before, value]
            setattr(enterprise, field, value)
    if override.strip():
        enterprise.uscc_override = changes["uscc_override"] = override.strip()[:300]
    enterprise.save(update_fields=["name", "district", "uscc_override"])
    return changes

"""The three answers on a certificate: not tampered with, in force, issued by whom.

Each with its reason in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from certificates.refusals import Rule
from certificates.standing import Standing, remark_of
from certificates.wording import Wording

Tone = Literal["good", "warn", "bad", "unknown"]

INTEGRITY = Wording("是否被改动", "Tampered with?")
STANDING = Wording("是否有效", "In force?")
ISSUER = Wording("由谁签发", "Issued by whom?")
_ISSUER_RULES = {Rule.UNTRUSTED, Rule.SIGNER_EXPIRED, Rule.WRONG_PURPOSE, Rule.SIGNER_NOT_LISTED, Rule.UNSIGNED}
_UNKNOWN = Wording("无法确认", "cannot be confirmed")


@dataclass(frozen=True, slots=True)
class Light:
    """One answer: its colour, the question, the answer in a word, and the reason."""

    tone: Tone
    question: Wording
    answer: Wording
    text: Wording


def standing_light(standing: Standing, *, on: date, valid_from: date, valid_until: date, ground: str) -> Light:
    """Is it in force on the day.

    The stored standing, and the period of validity even where expiry is not yet entered.
    """
    if standing is Standing.IN_FORCE and on > valid_until:
        standing = Standing.EXPIRED
    meaning = standing.meaning
    if standing is Standing.IN_FORCE and on < valid_from:
        words = (
            Wording("尚未生效", "not yet in force"),
            Wording("有效期尚未开始。", "The period of validity has not begun."),
        )
        return Light("warn", STANDING, *words)
    text = meaning.sentence
    if standing is Standing.IN_FORCE:
        text = Wording(f"{text.zh}有效期至 {valid_until}。", f"{text.en} Valid until {valid_until}.")
    if remark := remark_of(ground):
        text = Wording(f"{text.zh}{remark.zh}", f"{text.en} {remark.en}")
    elif ground:
        text = Wording(f"{text.zh}理由：{ground}", f"{text.en} The ground is given below.")
    return Light(_tone(meaning.tone), STANDING, meaning.word, text)


def _tone(tone: str) -> Tone:
    tones: dict[str, Tone] = {"good": "good", "warn": "warn", "bad": "bad"}
    return tones.get(tone, "unknown")


def register_light(*, record_fits: bool, logged: bool) -> Light:
    """Not tampered with, for a look-up without a file: does the register still say what was signed and logged."""
    if not record_fits:
        text = Wording(
            "登记内容与签发时的记录不一致，请勿采信。", "The register differs from what was signed. Do not rely on it."
        )
        return Light("bad", INTEGRITY, Wording("登记不一致", "register differs"), text)
    if not logged:
        text = Wording(
            "登记内容与签发时一致，公开日志的下一个签名树头将包含本证书。",
            "The register says what was signed; the next signed head of the public log will include this certificate.",
        )
        return Light("good", INTEGRITY, Wording("未被改动", "not tampered with"), text)
    text = Wording(
        "登记内容与签发时一致，并已列入带签名的公开日志。",
        "The register says what was signed, and the signed public log includes it.",
    )
    return Light("good", INTEGRITY, Wording("未被改动", "not tampered with"), text)


def same_file_light() -> Light:
    """Not tampered with: the uploaded bytes are the very file that was issued."""
    text = Wording("与发证机关签发的文件逐字节相同。", "Byte for byte the file that the issuer signed.")
    return Light("good", INTEGRITY, Wording("未被改动", "not tampered with"), text)


def signed_file_light() -> Light:
    """Not tampered with: another signing of the same certificate, sound and with the registered record."""
    text = Wording(
        "电子签章有效，所附数据与登记一致。",
        "The signature is sound and the attached record is the registered one.",
    )
    return Light("good", INTEGRITY, Wording("未被改动", "not tampered with"), text)


def printed_code_light() -> Light:
    """Not tampered with: the signed statement in the printed code says what the register says."""
    text = Wording(
        "二维码中的签名有效，所载内容与登记一致。请与证书上印的逐项对照。",
        "The signature in the code is valid and states what the register says. Compare with what is printed.",
    )
    return Light("good", INTEGRITY, Wording("未被改动", "not tampered with"), text)


def altered_code_light(reason: Wording) -> Light:
    """Tampered with: the statement in the printed code is not what the issuer signed for this certificate."""
    text = Wording(f"{reason.zh}。请勿采信这张证书。", f"Refused: {reason.en}. Do not rely on this certificate.")
    return Light("bad", INTEGRITY, Wording("二维码被改动", "the code was altered"), text)


def refused_lights(rule: Rule) -> tuple[Light, Light, Light]:
    """The three answers for a file that a rule of the strict policy refused."""
    standing = Light(
        "unknown",
        STANDING,
        _UNKNOWN,
        Wording("文件未通过核验，不显示证书状态。", "The file was refused, so no standing is shown."),
    )
    if rule in _ISSUER_RULES:
        intact = Wording(
            "文件没有本机关的可信签章，无从判断。", "Without a trusted signature of the issuer this cannot be told."
        )
        issuer = Light("bad", ISSUER, Wording("不是本机关签发", "not issued by this authority"), rule.wording)
        return Light("unknown", INTEGRITY, _UNKNOWN, intact), standing, issuer
    intact_light = Light("bad", INTEGRITY, Wording("未通过", "refused"), rule.wording)
    unsure = Wording("内容不可信，签发者也就无从确认。", "As the content cannot be trusted, neither can its issuer.")
    return intact_light, standing, Light("unknown", ISSUER, _UNKNOWN, unsure)


def issuer_light(*, issuer_zh: str, issuer_en: str, is_listed: bool) -> Light:
    """Issued by whom: the body in the register, and whether its signing certificate is on the published list."""
    if not is_listed:
        text = Wording("签章证书不在公布的名单上。", "The signing certificate is not on the published list.")
        return Light("bad", ISSUER, Wording(issuer_zh, issuer_en), text)
    text = Wording("签章证书在发证机关公布的名单上。", "The signing certificate is on the issuer's published list.")
    return Light("good", ISSUER, Wording(issuer_zh, issuer_en), text)

"""What a deed says: its sentence and its rows, in Chinese and in English, from a snapshot and its design."""

from __future__ import annotations

from collections.abc import Iterator

from certificates.designs import RESULT, SENTENCES, Design
from certificates.occasions import RECOGNITION
from certificates.snapshot import Snapshot
from certificates.typesetting import english_date, plain_date
from certificates.wording import Wording

Row = tuple[str, str]
_CJK = 0x2E80


def is_chinese(text: str) -> bool:
    """Whether the text has a character of the Chinese scripts."""
    return any(ord(character) >= _CJK for character in text)


def sentence(snapshot: Snapshot, design: Design, *, english: bool) -> str:
    """The sentence of the deed for its occasion.

    Where the enterprise gave no English name for something, the English sentence names it in Chinese.
    """
    side = 1 if english else 0
    words = {
        "ground": (snapshot.ground_en or f"《{snapshot.ground_zh}》") if english else snapshot.ground_zh,
        "programme": snapshot.programme_en if english else snapshot.programme_zh,
        "batch": snapshot.batch_en if english else snapshot.batch_zh,
        "round": f" {snapshot.batch_zh}" if snapshot.batch_zh[:1].isascii() else snapshot.batch_zh,
        "formerly": _named(snapshot.formerly_zh, snapshot.formerly_en, english=english),
        "parent": _named(snapshot.parent_zh, snapshot.parent_en, english=english),
        "product": _named(snapshot.product_zh, snapshot.product_en, english=english),
        "earlier": snapshot.version - 1,
        "manner": design.manner[side],
        "review": design.review[side],
    }
    result = _named(snapshot.result_zh, snapshot.result_en, english=english)
    words["result"] = RESULT[side].format(review=design.review[side], result=result) if result else ""
    words["subject"] = design.subject[side].format(**words)
    words["ending"] = design.ending[side].format(**words)
    text = SENTENCES[snapshot.occasion][side].format(**words)
    return text[:1].upper() + text[1:]


def _named(zh: str, en: str, *, english: bool) -> str:
    return (en or zh) if english else zh


def rows_of(snapshot: Snapshot, *, english: bool) -> Iterator[Row]:
    """Label and value of each particular, from the number to the validity."""
    side = 1 if english else 0
    for label, value in _pairs(snapshot):
        if value[side]:
            yield label[side], value[side]


def _pairs(snapshot: Snapshot) -> Iterator[tuple[Wording, Wording]]:
    number, earlier = snapshot.number, snapshot.version - 1
    yield Wording("证书编号", "Certificate no."), _version(number, snapshot.version)
    yield Wording("统一社会信用代码", "Credit code (USCC)"), Wording(snapshot.uscc, snapshot.uscc)
    for label, zh, en in (
        (Wording("产品名称", "Product"), snapshot.product_zh, snapshot.product_en),
        (Wording("所属企业", "Parent enterprise"), snapshot.parent_zh, snapshot.parent_en),
        (Wording("技术中心名称", "Technology centre"), snapshot.centre_name, snapshot.centre_name),
        (Wording("原单位名称", "Former name"), snapshot.formerly_zh, snapshot.formerly_en),
    ):
        yield label, Wording(zh, en or zh)
    is_first = snapshot.occasion == RECOGNITION
    filed = Wording("认定文号", "Announcement no.") if is_first else Wording("公布文号", "Announcement no.")
    yield filed, Wording(snapshot.announcement, snapshot.announcement)
    if snapshot.recognised_on is not None:
        day = snapshot.recognised_on
        yield Wording("首次认定", "First recognised"), Wording(plain_date(day), english_date(day))
    if snapshot.replaces:
        yield Wording("取代证书", "Replaces"), Wording(f"{number}（第 {earlier} 版）", f"{number} (version {earlier})")
    since, until = snapshot.valid_from, snapshot.valid_until
    span = Wording(f"{plain_date(since)} 至 {plain_date(until)}", f"{english_date(since)} to {english_date(until)}")
    yield Wording("有效期", "Valid"), span


def _version(number: str, version: int) -> Wording:
    if version == 1:
        return Wording(number, number)
    return Wording(f"{number}（第 {version} 版）", f"{number} (version {version})")

"""An answer as templates and JSON need it: words in the language in force, values of the register only."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.codes import grouped
from certificates.events import event_words
from certificates.installation import log_origin
from certificates.lights import Light
from certificates.models import Certificate, LogEntry
from certificates.occasions import OCCASIONS
from certificates.proofs import head_values
from certificates.selectors import Inclusion, entries_of, latest_head, offered_translation, translation_of, versions_of
from certificates.services.log import signed_head
from certificates.services.status_lists import status_entries
from certificates.services.verification import Answer
from certificates.wording import Wording


def in_language(wording: Wording) -> str:
    """The text in the language in force."""
    return wording.en if (get_language() or "").startswith("en") else wording.zh


def lights_for_page(lights: tuple[Light, ...]) -> list[dict[str, str]]:
    """The three lights as the component shows them."""
    return [
        {
            "tone": light.tone,
            "question": in_language(light.question),
            "answer": in_language(light.answer),
            "text": in_language(light.text),
        }
        for light in lights
    ]


def page_context(answer: Answer, *, is_published: bool = False) -> dict[str, Any]:
    """What the page of one certificate shows; `answer.certificate` must be there."""
    certificate = answer.certificate
    if certificate is None:
        raise LookupError("a page needs a certificate")
    return {
        "certificate": certificate,
        "holder": certificate.content.holder_zh,
        "lights": lights_for_page(answer.lights),
        "rows": _rows(certificate),
        "log_rows": _log_rows(certificate, answer.inclusion),
        "inclusion": answer.inclusion,
        "history": _history(certificate),
        "successor": answer.successor,
        "asked_at": answer.at,
        "is_published": is_published,
        "is_specimen": certificate.content.demo,
        "has_english": offered_translation(certificate) is not None,
        "code": grouped(certificate.code),
    }


def _row(label: str, value: object) -> dict[str, object]:
    return {"label": label, "value": value}


def _rows(certificate: Certificate) -> list[dict[str, object]]:
    content = certificate.content
    rows = [
        _row(_("证书编号"), content.number),
        _row(_("版本"), content.version),
        _row(_("发证事由"), in_language(OCCASIONS[content.occasion].word) if content.occasion else ""),
        _row(_("持证单位"), content.holder_zh),
        _row(_("统一社会信用代码"), content.uscc),
        _row(_("认定项目"), in_language(Wording(content.programme_zh, content.programme_en))),
        _row(_("产品名称"), content.product_zh),
        _row(_("所属企业"), content.parent_zh),
        _row(_("技术中心名称"), content.centre_name),
        _row(_("原单位名称"), content.formerly_zh),
        _row(_("批次"), in_language(Wording(content.batch_zh, content.batch_en))),
        _row(_("认定文号"), content.announcement),
        _row(_("认定日期"), (content.recognised_on or content.granted_on).isoformat()),
        _row(_("发证日期"), content.granted_on.isoformat() if content.recognised_on else ""),
        _row(_("有效期"), f"{content.valid_from} — {content.valid_until}"),
        _row(_("发证机关"), in_language(Wording(content.issuer_zh, content.issuer_en))),
        _row(_("电子证照标识"), certificate.identifier),
        _row(_("状态理由"), certificate.state_ground),
    ]
    return [row for row in rows if row["value"] not in ("", None)]


def _log_rows(certificate: Certificate, inclusion: Inclusion | None) -> list[dict[str, object]]:
    rows = [_row(_("文件 SHA-256"), certificate.sha256), _row(_("数据 SHA-256"), certificate.record_sha256)]
    if inclusion is None:
        return [*rows, _row(_("公开日志"), _("等待列入下一个签名树头"))]
    head = inclusion.head
    return [
        *rows,
        _row(_("日志序号"), inclusion.entry.index),
        _row(_("签名树头"), _("共 %(size)s 条") % {"size": head.size}),
        _row(_("树根"), head.root),
        _row(_("时间戳"), _("已加时间戳") if head.time_stamp else _("没有时间戳")),
    ]


def _history(certificate: Certificate) -> list[dict[str, object]]:
    """Every version under the number, oldest first, with what happened to it according to the log."""
    entries = entries_of(certificate.number)
    return [
        {
            "version": version.version,
            "identifier": version.identifier,
            "replaces": version.content.replaces,
            "state": in_language(version.standing.meaning.word),
            "is_this": version.pk == certificate.pk,
            "events": [
                {"word": in_language(event_words(entry.event)), "at": _moment(entry), "index": entry.index}
                for entry in entries
                if entry.version == version.version
            ],
        }
        for version in versions_of(certificate.number)
    ]


def _moment(entry: LogEntry) -> datetime:
    return datetime.fromisoformat(json.loads(entry.leaf)["at"])


def log_context() -> dict[str, Any]:
    """What the page of the log shows: its name and the newest head."""
    head = latest_head()
    rows = [_row(_("日志名称"), log_origin())]
    if head:
        rows += [
            _row(_("条目数"), head.size),
            _row(_("树根"), head.root),
            _row(_("签名时间"), head.at),
            _row(_("时间戳"), _("已加时间戳") if head.time_stamp else _("没有时间戳")),
        ]
    return {"rows": rows, "has_head": head is not None, "origin": log_origin()}


def status_of(answer: Answer, *, fresh_for: timedelta) -> dict[str, Any]:
    """The same answer as JSON values, with the proof of the log; `next_update` tells a stale copy."""
    certificate = answer.certificate
    if certificate is None:
        raise LookupError("a status needs a certificate")
    meaning = certificate.standing.meaning
    return {
        "schema": "certificate-status/1",
        "identifier": certificate.identifier,
        "number": certificate.number,
        "version": certificate.version,
        "state": certificate.state,
        "status_code": meaning.code,
        "state_since": certificate.state_since.isoformat(),
        "lights": [{"tone": light.tone, **_pairs(light)} for light in answer.lights],
        "record": certificate.snapshot,
        "sha256": certificate.sha256,
        "record_sha256": certificate.record_sha256,
        "signer": certificate.signer,
        "english": _english(certificate),
        "successor": answer.successor.identifier if answer.successor else None,
        "credential_status": status_entries(certificate),
        "log": _proof(answer.inclusion),
        "this_update": answer.at.isoformat(),
        "next_update": (answer.at + fresh_for).isoformat(),
    }


def _english(certificate: Certificate) -> dict[str, Any] | None:
    """Digest of the English edition and the place of its making in the log; None where there is none."""
    made = translation_of(certificate)
    return None if made is None else {"sha256": made.sha256, "log_index": made.log_index}


def _pairs(light: Light) -> dict[str, dict[str, str]]:
    parts = {"question": light.question, "answer": light.answer, "text": light.text}
    return {name: {"zh": wording.zh, "en": wording.en} for name, wording in parts.items()}


def _proof(inclusion: Inclusion | None) -> dict[str, Any] | None:
    if inclusion is None:
        return None
    return {
        "origin": log_origin(),
        "index": inclusion.entry.index,
        "leaf": inclusion.entry.leaf,
        "path": inclusion.path,
        "head": head_values(signed_head(inclusion.head)),
    }

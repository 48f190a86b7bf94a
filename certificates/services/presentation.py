"""An answer as templates and JSON need it: words in the language in force, values of the register only."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.codes import grouped
from certificates.events import event_words
from certificates.installation import log_origin
from certificates.lights import Light
from certificates.metadata import current_metadata
from certificates.models import Certificate, LogEntry
from certificates.occasions import OCCASIONS
from certificates.proofs import head_values
from certificates.selectors import (
    Inclusion,
    archived_files,
    entries_of,
    latest_head,
    newest_archived,
    offered_translation,
    translation_of,
    versions_of,
)
from certificates.services.log import signed_head
from certificates.services.published import files_beside, second_certificate
from certificates.services.status_lists import status_entries
from certificates.services.verification import Answer
from certificates.signers import fingerprint
from certificates.standing import remark_of
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
        **_proof_files(certificate),
    }


def row(label: str, value: object) -> dict[str, object]:
    """One line of a summary list."""
    return {"label": label, "value": value}


def _rows(certificate: Certificate) -> list[dict[str, object]]:
    content = certificate.content
    rows = [
        row(_("证书编号"), content.number),
        row(_("版本"), content.version),
        row(_("发证事由"), in_language(OCCASIONS[content.occasion].word) if content.occasion else ""),
        row(_("持证单位"), content.holder_zh),
        row(_("统一社会信用代码"), content.uscc),
        row(_("认定项目"), in_language(Wording(content.programme_zh, content.programme_en))),
        row(_("产品名称"), content.product_zh),
        row(_("所属企业"), content.parent_zh),
        row(_("技术中心名称"), content.centre_name),
        row(_("原单位名称"), content.formerly_zh),
        row(_("批次"), in_language(Wording(content.batch_zh, content.batch_en))),
        row(_("认定文号"), content.announcement),
        row(_("认定日期"), (content.recognised_on or content.granted_on).isoformat()),
        row(_("发证日期"), content.granted_on.isoformat() if content.recognised_on else ""),
        row(_("有效期"), f"{content.valid_from} — {content.valid_until}"),
        row(_("发证机关"), in_language(Wording(content.issuer_zh, content.issuer_en))),
        row(_("电子证照标识"), certificate.identifier),
        _ground_row(certificate.state_ground),
    ]
    return [one for one in rows if one["value"] not in ("", None)]


def _ground_row(ground: str) -> dict[str, object]:
    remark = remark_of(ground)
    return row(_("备注"), in_language(remark)) if remark else row(_("状态理由"), ground)


def _log_rows(certificate: Certificate, inclusion: Inclusion | None) -> list[dict[str, object]]:
    rows = [row(_("文件 SHA-256"), certificate.sha256), row(_("数据 SHA-256"), certificate.record_sha256)]
    rows += _preservation_rows(certificate)
    if inclusion is None:
        return [*rows, row(_("公开日志"), _("等待列入下一个签名树头"))]
    head = inclusion.head
    return [
        *rows,
        row(_("日志序号"), inclusion.entry.index),
        row(_("签名树头"), _("共 %(size)s 条") % {"size": head.size}),
        row(_("树根"), head.root),
        row(_("时间戳"), _("已加时间戳") if head.time_stamp else _("没有时间戳")),
    ]


def _proof_files(certificate: Certificate) -> dict[str, Any]:
    """Which files lie beside the page, and what the second signature is, where there is one."""
    files = files_beside(certificate.code)
    signer = second_certificate() if files["second"] else None
    if signer is None:
        return {"files": {**files, "second": False}, "second_rows": []}
    rows = [
        row(_("签名算法"), _("SM2 与 SM3，对证书数据签名")),
        row(_("签名证书（SM2）"), signer.subject.rfc4514_string()),
        row(_("证书指纹（SHA-256）"), fingerprint(signer)),
    ]
    return {"files": files, "second_rows": rows}


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
                {"word": in_language(event_words(entry.event)), "at": moment_of(entry), "index": entry.index}
                for entry in entries
                if entry.version == version.version
            ],
        }
        for version in versions_of(certificate.number)
    ]


def moment_of(entry: LogEntry) -> datetime:
    """When an event of the log happened."""
    return datetime.fromisoformat(json.loads(entry.leaf)["at"])


def _preservation_rows(certificate: Certificate) -> list[dict[str, object]]:
    """How well the file is kept for the long term, and the digest of its newest revision."""
    newest = newest_archived(certificate)
    if newest is None:
        return [row(_("长期保存"), _("B-B（基础签名），尚未加盖归档时间戳"))]
    told = _("%(level)s，最近时间戳 %(at)s，%(until)s 前续期") % {
        "level": newest.level,
        "at": f"{timezone.localtime(newest.stamped_at):%Y-%m-%d %H:%M:%S}",
        "until": timezone.localdate(newest.until).isoformat(),
    }
    return [row(_("长期保存"), told), row(_("归档文件 SHA-256"), newest.sha256)]


def _revisions(certificate: Certificate) -> list[dict[str, Any]]:
    """Every published revision of the file, oldest first."""
    issued_at = certificate.issued_at.isoformat() if certificate.issued_at else None
    first = {"level": "B-B", "sha256": certificate.sha256, "at": issued_at, "renewal_due": None}
    return [
        first,
        *(
            {
                "level": row.level,
                "sha256": row.sha256,
                "at": row.stamped_at.isoformat(),
                "renewal_due": row.until.isoformat(),
            }
            for row in archived_files(certificate)
        ),
    ]


def log_context() -> dict[str, Any]:
    """What the page of the log shows: its name and the newest head."""
    head = latest_head()
    rows = [row(_("日志名称"), log_origin())]
    if head:
        rows += [
            row(_("条目数"), head.size),
            row(_("树根"), head.root),
            row(_("签名时间"), head.at),
            row(_("时间戳"), _("已加时间戳") if head.time_stamp else _("没有时间戳")),
        ]
    return {"rows": rows, "has_head": head is not None, "origin": log_origin()}


def status_of(answer: Answer, *, fresh_for: timedelta) -> dict[str, Any]:
    """The same answer as JSON values, with the proof of the log; `next_update` tells a stale copy."""
    certificate = answer.certificate
    if certificate is None:
        raise LookupError("a status needs a certificate")
    meaning = certificate.standing.meaning
    successor = answer.successor.identifier if answer.successor else None
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
        "metadata": current_metadata(certificate.content, certificate.standing, successor=successor),
        "sha256": certificate.sha256,
        "files": _revisions(certificate),
        "record_sha256": certificate.record_sha256,
        "signer": certificate.signer,
        "english": _english(certificate),
        "successor": successor,
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

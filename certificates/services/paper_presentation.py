"""The answer for a paper certificate as its page shows it, in the language in force."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from certificates.events import event_words
from certificates.selectors import entries_of
from certificates.services.paper_lookup import PaperAnswer
from certificates.services.presentation import in_language, moment_of, row
from certificates.standing import Standing
from certificates.wording import Wording

TONES = {"good": "green", "warn": "amber", "bad": "red"}


def paper_context(answer: PaperAnswer) -> dict[str, Any]:
    """What the page shows: register's words, source, log; never lights."""
    certificate = answer.certificate
    meaning = answer.standing.meaning
    return {
        "certificate": certificate,
        "number": certificate.content.number,
        "holder": certificate.content.holder_zh,
        "state": in_language(meaning.word),
        "tone": TONES.get(meaning.tone, "grey"),
        "sentence": in_language(meaning.sentence),
        "is_in_force": answer.standing is Standing.IN_FORCE,
        "agrees": answer.agrees,
        "rows": _rows(answer),
        "source_rows": _source_rows(answer),
        "log_rows": _log_rows(answer),
        "inclusion": answer.inclusion,
        "events": [
            {"word": in_language(event_words(entry.event)), "at": moment_of(entry), "index": entry.index}
            for entry in entries_of(certificate.number)
            if entry.version == certificate.version
        ],
        "asked_at": answer.at,
    }


def _rows(answer: PaperAnswer) -> list[dict[str, object]]:
    content = answer.certificate.content
    rows = [
        row(_("证书编号"), content.number),
        row(_("持证单位"), content.holder_zh),
        row(_("统一社会信用代码"), content.uscc),
        row(_("认定项目"), in_language(Wording(content.programme_zh, content.programme_en))),
        row(_("认定日期"), content.granted_on.isoformat()),
        row(_("有效期至"), content.valid_until.isoformat()),
        row(_("发证机关"), in_language(Wording(content.issuer_zh, content.issuer_en))),
        row(_("称号编号"), content.title),
        row(_("状态理由"), answer.certificate.state_ground),
    ]
    return [one for one in rows if one["value"]]


def _source_rows(answer: PaperAnswer) -> list[dict[str, object]]:
    certificate = answer.certificate
    content = certificate.content
    return [
        row(_("来源文件"), f"{content.document_number}（{content.document_date}）"),
        row(_("录入时是否核对原件"), _("是") if content.original_seen else _("否，仅依据来源文件")),
        row(_("录入批次"), f"{certificate.import_number}，{certificate.source_place}"),
        row(_("录入文件 SHA-256"), certificate.source_sha256),
        row(_("录入时间"), certificate.imported_at),
        row(_("录入方式"), _("一人录入，另一人复核确认")),
    ]


def _log_rows(answer: PaperAnswer) -> list[dict[str, object]]:
    rows = [row(_("数据 SHA-256"), answer.certificate.record_sha256), row(_("日志序号"), answer.certificate.log_index)]
    if answer.inclusion is None:
        return [*rows, row(_("公开日志"), _("等待列入下一个签名树头"))]
    head = answer.inclusion.head
    return [
        *rows,
        row(_("签名树头"), _("共 %(size)s 条") % {"size": head.size}),
        row(_("时间戳"), _("已加时间戳") if head.time_stamp else _("没有时间戳")),
        row(_("状态列表序号"), answer.certificate.status_index),
    ]

"""The page behind a printed code: what the code itself states is checked and compared with the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from certificates.lights import Light, altered_code_light, printed_code_light
from certificates.models import Certificate
from certificates.printed import PrintedRule, check_printed, statement_of
from certificates.printed_keys import keys_of
from certificates.services.offline import published_keys
from certificates.services.verification import Answer, look_up


def look_up_printed(text: str, *, at: datetime) -> Answer | None:
    """The answer for the last part of a scanned address: a code, and the statement after the dot if there is one.

    A statement that was altered, or that the register does not bear out, turns the first light red whatever the
    register says. None when the code is unknown or malformed.
    """
    code, dot, letters = text.partition(".")
    answer = look_up(code, at=at)
    if answer is None or answer.certificate is None or not dot:
        return answer
    light = _light(answer.certificate, letters)
    if answer.lights[0].tone == "bad":
        return answer
    return replace(answer, lights=(light, *answer.lights[1:]))


def _light(certificate: Certificate, letters: str) -> Light:
    content = certificate.content
    verdict = check_printed(f"{content.url}.{letters}", keys_of(published_keys()))
    if verdict.rule is not None:
        return altered_code_light(verdict.rule.wording)
    if verdict.statement != statement_of(content, certificate.record_sha256):
        return altered_code_light(PrintedRule.CODE_ALTERED.wording)
    return printed_code_light()

"""The three answers: every standing, before and after its period, and every refusal."""

from __future__ import annotations

from datetime import date

import pytest

from certificates.lights import (
    INTEGRITY,
    ISSUER,
    STANDING,
    Light,
    issuer_light,
    refused_lights,
    register_light,
    standing_light,
)
from certificates.refusals import Rule
from certificates.standing import Standing

FROM, UNTIL = date(2026, 12, 1), date(2029, 11, 30)


def _light(standing: Standing, on: date, ground: str = "") -> Light:
    return standing_light(standing, on=on, valid_from=FROM, valid_until=UNTIL, ground=ground)


@pytest.mark.parametrize(
    ("standing", "tone", "word"),
    [
        (Standing.IN_FORCE, "good", "有效"),
        (Standing.SUSPENDED, "warn", "暂停"),
        (Standing.REVOKED, "bad", "撤销"),
        (Standing.CANCELLED, "bad", "注销"),
        (Standing.SUPERSEDED, "bad", "失效"),
        (Standing.EXPIRED, "bad", "失效"),
        (Standing.REQUESTED, "unknown", "待签发"),
    ],
)
def test_standing_has_one_colour_and_word(standing: Standing, tone: str, word: str) -> None:
    light = _light(standing, date(2027, 1, 1))
    assert (light.tone, light.answer.zh) == (tone, word)


@pytest.mark.parametrize(
    ("on", "tone", "word"),
    [
        (date(2026, 11, 30), "warn", "尚未生效"),
        (FROM, "good", "有效"),
        (UNTIL, "good", "有效"),
        (date(2029, 12, 1), "bad", "失效"),
    ],
)
def test_period_of_validity_counts_even_before_expiry_is_entered(on: date, tone: str, word: str) -> None:
    light = _light(Standing.IN_FORCE, on)
    assert (light.tone, light.answer.zh) == (tone, word)


def test_ground_of_a_revocation_is_told() -> None:
    assert "提供虚假材料" in _light(Standing.REVOKED, FROM, ground="提供虚假材料").text.zh


@pytest.mark.parametrize("rule", Rule)
def test_refused_file_never_shows_a_good_light(rule: Rule) -> None:
    lights = refused_lights(rule)
    assert [light.question for light in lights] == [INTEGRITY, STANDING, ISSUER]
    assert "good" not in {light.tone for light in lights}
    assert sum(light.tone == "bad" for light in lights) == 1
    assert [light.text for light in lights if light.tone == "bad"] == [rule.wording]


@pytest.mark.parametrize(
    ("fits", "logged", "tone"), [(True, True, "good"), (True, False, "good"), (False, True, "bad")]
)
def test_register_light_follows_the_record(fits: bool, logged: bool, tone: str) -> None:
    assert register_light(record_fits=fits, logged=logged).tone == tone


@pytest.mark.parametrize(("listed", "tone"), [(True, "good"), (False, "bad")])
def test_issuer_light_follows_the_published_list(listed: bool, tone: str) -> None:
    light = issuer_light(issuer_zh="示例委员会", issuer_en="Example Commission", is_listed=listed)
    assert (light.tone, light.answer) == (tone, ("示例委员会", "Example Commission"))

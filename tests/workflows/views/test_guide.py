"""What anybody may read before applying: first page, guide, rules, template."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Batch, Body
from accreditation.services.rule_sets import rules_of, template_of
from criteria.workbook.intake import template_id_of
from tests.clock import STARTED
from tests.factories.cast import Cast, make_cast
from tests.factories.local import make_local_bodies, open_local_batch
from workflows.presentation.cases import batch_name

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


def text(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_first_page_without_batches_says_so(db: None) -> None:
    answer = Client().get(reverse("home"))
    assert answer.status_code == 200
    assert "现在没有正在受理的批次" in text(answer)


def test_first_page_lists_the_open_batch_and_three_doors(cast: Cast) -> None:
    answer = Client().get(reverse("home"))
    shown = text(answer)
    assert "第 34 批" in shown
    assert all(door in shown for door in ("我要申报", "查证书", "查进度"))
    assert reverse("batch_rules", args=[cast.batch.code]) in answer.content.decode()


def test_first_page_sends_staff_to_their_own_desk(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.members[0])
    answer = client.get(reverse("home"))
    assert "我要申报" not in text(answer)
    assert answer.context["doors"][0]["href"] == reverse("meetings")


def test_guide_shows_conditions_materials_and_periods(cast: Cast) -> None:
    answer = Client().get(reverse("guide_programme", args=[cast.programme.pk]))
    shown = text(answer)
    rules = rules_of(cast.batch)
    assert all(gate.text_zh in shown for gate in rules.gates)
    assert all(kind.name_zh in shown for kind in rules.evidence)
    assert f"{cast.batch.first_review_days} 个工作日" in shown
    assert template_of(cast.batch).checksum in shown
    assert Client().get(reverse("guide")).status_code == 200


def test_guide_shows_the_rules_of_the_body_that_is_asked_for(cast: Cast) -> None:
    authority, _town = make_local_bodies()
    other = Body.objects.get(code="qingpu")
    Body.objects.filter(pk=other.pk).update(uscc=authority.uscc)
    other.refresh_from_db()
    first = open_local_batch(cast, authority, cast.at)
    second = open_local_batch(cast, other, cast.at, rules="district_centre/qingpu-2019-demo")
    address = reverse("guide_programme", args=["district_centre"])
    for batch, another in ((first, second), (second, first)):
        answer = Client().get(address, {"by": batch.granting_body.district})
        assert (batch.granting_body.name_zh in text(answer), template_of(batch).checksum in text(answer)) == (
            True,
            True,
        )
        assert f"?by={another.granting_body.district}" in answer.content.decode()
    assert Client().get(address, {"by": "nobody"}).status_code == 200
    shown = text(Client().get(address, {"by": first.granting_body.district}))
    assert first.forwarding_days == 5
    assert re.search(r"街镇（园区）转报\s+5 个工作日", shown)
    listed = text(Client().get(reverse("guide")))
    assert (batch_name(first) in listed, batch_name(second) in listed) == (True, True)


def test_a_round_of_evaluation_is_nothing_to_apply_for(cast: Cast) -> None:
    Batch.objects.filter(pk=cast.batch.pk).update(procedure="municipal_evaluation/2025")
    assert Client().get(reverse("guide_programme", args=[cast.programme.pk])).status_code == 404
    assert "还没有开放过的项目" in text(Client().get(reverse("guide")))


def test_guide_of_an_unknown_programme_answers_404(cast: Cast) -> None:
    assert Client().get(reverse("guide_programme", args=["nothing"])).status_code == 404
    assert Client().get(reverse("batch_rules", args=["nothing"])).status_code == 404


def test_rules_page_shows_every_figure_with_source_and_confidence(cast: Cast) -> None:
    answer = Client().get(reverse("batch_rules", args=[cast.batch.code]))
    shown = text(answer)
    rules = rules_of(cast.batch)
    assert rules.checksum in shown
    assert all(row.name_zh in shown for row in (*rules.indicators, *rules.bonus))
    assert all(source in answer.content.decode() for source in (f'id="source-{code}"' for code in rules.sources))
    assert "演示用，非法规" in shown
    assert "已查到原文" in shown


def test_template_carries_the_marks_of_its_batch(cast: Cast) -> None:
    answer = Client().get(reverse("batch_template", args=[cast.batch.code]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert template_id_of(answer.content) == template_of(cast.batch).id

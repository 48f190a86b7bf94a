"""Refused, ordered to be decided again, ranked late and recommended to its end; the other late one is not within."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, Letter, Ranking
from accreditation.reconsideration_words import Outcome
from tests.clock import STARTED
from tests.factories import late_recommending as late
from tests.factories import recommending as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending_pages import Pages, sent, words
from tests.factories.reconsidering import challenged, decided, reconsiderers
from workflows.consistency import check_all
from workflows.demo.material import sample_pdf
from workflows.exports import recommendation_package

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MODEST = {"doctors": 2, "standards_3y": 0, "invention_patents_valid": 6, "external_expert_months": 10}
ALLOWED = {"extra_quota": "1", "extra_ground": "示例国家主管部门函〔2026〕3号", "reason": ""}


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr(recommendation_package, "read_file", lambda file: b"x")  # of the first three none is kept
    found = make_cast(STARTED - timedelta(days=1))
    reconsiderers(found)
    return found


@pytest.fixture
def sent_up(cast: Cast) -> tuple[Batch, list[Case]]:
    """One enterprise refused by the committee, one without a place, one recommended upward; all hours ago."""
    batch = steps.make_national(cast)
    spent = ((0, 70000), (1, 80000), (2, 90000))
    cases = [steps.filed(cast, batch, n, rd_expenditure=amount, **MODEST) for n, amount in spent]
    for case in cases:
        steps.score(cast, case, cast.at)
    batch.closes_at = timezone.now() - timedelta(hours=3)
    batch.save(update_fields=["closes_at"])
    steps.rank(cast, batch)
    steps.decide(cast, batch, {cases[0].number: Choice.REFUSE})
    steps.send(cast, batch)
    assert states(*cases) == [S.NOT_RECOMMENDED, S.NOT_IN_QUOTA, S.RECOMMENDED_UPWARD]
    return batch, cases


def states(*cases: Case) -> list[str]:
    return [str(Application.objects.get(case=case).state) for case in cases]


def redone(cast: Cast, pages: Pages, refused: Case) -> Case:
    """A decision on reconsideration orders it; filed on the pages and checked until it waits for the ranking."""
    at = timezone.localtime() - timedelta(minutes=40)
    challenge = challenged(cast, Letter.objects.filter(case=refused).latest("pk"), at)
    decided(cast, challenge, Outcome.REDO, at + timedelta(minutes=10))
    member = pages.as_("member0")
    opened = pages.done(member.post(reverse("my_redo", args=[challenge.number])))
    again = Case.objects.get(ordered_by__case=challenge)
    assert again.number in opened.url
    pages.hand_in(again, 0, rd_expenditure=99000)
    pages.submit(again, 0)
    pages.check(again)
    return again


def test_late_case_is_recommended_to_its_end_and_the_other_is_told_why_not(
    cast: Cast, sent_up: tuple[Batch, list[Case]]
) -> None:
    batch, (refused, without, holder) = sent_up
    pages = Pages(cast, batch)
    again = redone(cast, pages, refused)
    other = late.decided_again(cast, without, timezone.localtime(), 1, rd_expenditure=60000, **MODEST)
    assert states(again, other) == [S.AWAITING_RANKING, S.AWAITING_RANKING]
    office, desk = pages.as_("office"), reverse("office_recommendation", args=[batch.code])
    address = reverse("office_supplement", args=[batch.code])
    assert address in office.get(desk).content.decode()
    shown = words(office.get(address))
    for said in (
        "首次排序第 1 位之前",
        "须追加名额",
        "首次排序第 3 位之后",
        "名额以外",
        "（行政复议决定）",
        "空余名额 0",
    ):
        assert said in shown
    refusal = office.post(address, ALLOWED | {"extra_ground": "", "confirmed": "1"})
    assert (refusal.status_code, "请写明上级同意追加名额的文件名称和文号" in words(refusal)) == (422, True)
    assert 'name="confirmed"' in office.post(address, ALLOWED).content.decode()
    pages.done(office.post(address, ALLOWED | {"confirmed": "1", "request_key": "s" * 32}))
    pages.done(office.post(address, ALLOWED | {"confirmed": "1", "request_key": "s" * 32}))
    ranking = Ranking.objects.get(batch=batch, supplements__isnull=False)
    for said in (f"补充排序 {ranking.number}", "示例国家主管部门函〔2026〕3号", ranking.sha256):
        assert said in words(office.get(desk))
    pages.meet()
    assert states(refused, without, holder, again, other) == [
        S.NOT_RECOMMENDED, S.NOT_IN_QUOTA, S.RECOMMENDED_UPWARD, S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA,
    ]  # fmt: skip
    told = words(pages.as_("member1").get(reverse("my_case", args=[other.number])))
    assert "补充排序第 2 位，首次排序第 3 位之后；名额 1 个，追加 1 个" in told
    assert "排在其前、评审委员会同意推荐的申报已不少于推荐名额" in Letter.objects.filter(case=other).latest("pk").body
    _recognised_with_the_first(cast, pages, again, holder, ranking)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _recognised_with_the_first(cast: Cast, pages: Pages, again: Case, holder: Case, ranking: Ranking) -> None:
    """A letter of its own goes up, the package holds both rankings, one notice from above answers both."""
    publisher, code = pages.as_("publisher"), pages.batch.code
    letter = {
        "cases": [again.number], "number": "示例推荐〔2026〕2号", "dated": timezone.localdate().isoformat(),
        "addressed_to": "示例国家主管部门", "confirmed": "1",
    }  # fmt: skip
    pages.done(publisher.post(reverse("batch_recommend", args=[code]), letter))
    sent_to = publisher.post(reverse("office_package", args=[code]))
    package = zipfile.ZipFile(io.BytesIO(b"".join(sent_to.streaming_content)))
    assert package.read(f"补充{ranking.number}_排序文本.txt").decode() == ranking.text
    assert ranking.supplements is not None
    assert package.read("排序文本.txt").decode() == ranking.supplements.text
    assert any(name.startswith("补01_") and again.number in name for name in package.namelist())
    result: dict[str, Any] = {
        "recognised": [again.number, holder.number], "authority": "示例国家主管部门", "number": "示例公告〔2026〕9号",
        "dated": timezone.localdate().isoformat(), "file": sent("公告.pdf", sample_pdf("notice")), "checked": "on",
    }  # fmt: skip
    pages.done(pages.as_("office").post(reverse("office_result", args=[code]), result))
    pages.confirm_result()
    assert states(again, holder) == [S.RECOGNISED_ABOVE, S.RECOGNISED_ABOVE]

"""A change after the grant: who says what, and what becomes of register, titles and certificates."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.change_words import ChangeKind as K
from accreditation.change_words import ChangeState as S
from accreditation.change_words import TitleOutcome
from accreditation.enums import Level, ProceedingKind, TitleState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.grounds import Ground
from accreditation.models import (
    AuditEvent,
    Case,
    ChangedTitle,
    ChangeRequest,
    Deadline,
    Enterprise,
    Letter,
    Programme,
    RuleSetEdition,
    Title,
)
from accreditation.selectors.holders import former_names
from accreditation.services.changes import Particulars
from accreditation.visibility import View, case_for, view_of
from certificates.models import Certificate
from certificates.selectors import standing_certificate
from certificates.standing import Standing
from criteria.loading import freeze, thaw
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import DEMO_RULES, Cast, make_cast
from tests.factories.returns import FACTS, returned
from tests.factories.titles import FACTS as FOUND
from tests.factories.titles import municipal_title, second_officer
from workflows import door
from workflows.certification import is_being_made, newest_certificate_of_title
from workflows.consistency import check_all, rebuild_flow
from workflows.opening_changes import open_change
from workflows.opening_proceedings import open_proceeding

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def reasons(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def change(case: Case) -> ChangeRequest:
    return ChangeRequest.objects.get(case=case)


def plan(outcomes: dict[Title, tuple[str, str]]) -> dict[str, Any]:
    return {"outcomes": {title.number: said for title, said in outcomes.items()}, "reasons": "承继单位具备研发条件。"}


def district_title(cast: Cast, n: int = 0) -> Title:
    return Title.objects.get(holder=cast.enterprises[n], programme__level=Level.DISTRICT)


def merging(cast: Cast, title: Title) -> Case:
    """A merger by which the title is to pass, before the second person."""
    case = made.led_to(made.opened(cast, K.MERGER), S.UNDER_CONFIRMATION, cast)
    successor = cast.enterprises[1]
    Title.objects.filter(holder=successor).delete()
    planned = {title: ("passes", successor.uscc), district_title(cast): ("ends", "")}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=plan(planned))
    return case


def confirmed(cast: Cast, case: Case) -> None:
    door.perform(case, "confirm_change", by=cast.office, at=cast.at, form=made.confirmation(cast.at))


def test_rename_reaches_register_titles_and_certificate_at_once(cast: Cast) -> None:
    title = municipal_title(cast)
    first = made.issued_certificate(title, cast.at)
    holder, old = cast.enterprises[0], cast.enterprises[0].name
    case = made.led_to(made.opened(cast, K.RENAME), S.UNDER_CONFIRMATION, cast)
    assert list(check_all()) == []
    confirmed(cast, case)
    fresh = Enterprise.objects.get(pk=holder.pk)
    assert (fresh.name, fresh.name_en) == (made.NEW_NAME, "Example Equipment Group")
    (former,) = former_names(fresh)
    assert (former.name, former.until, former.where) == (old, cast.at.date(), "示例经技〔2026〕30号")
    again = Certificate.objects.get(number=first.number, version=2)
    said = again.snapshot
    assert (said["occasion"], said["formerly_zh"], said["holder_zh"]) == ("rename", old, made.NEW_NAME)
    assert (said["announcement"], said["recognised_on"]) == ("示例经技〔2026〕30号", "2025-06-01")
    assert (is_being_made(title), newest_certificate_of_title(title)) == (True, first)
    made.sign(again, cast.at)
    assert (is_being_made(title), newest_certificate_of_title(title)) == (False, again)
    letter = Letter.objects.get(case=case, kind="change_confirmed")
    assert letter.addressed_to == made.NEW_NAME
    assert old in letter.body
    assert letter.remedy == ""
    assert AuditEvent.objects.filter(verb="change_title", content__case=case.number).count() == 2
    assert (change(case).state, Case.objects.get(pk=case.pk).closed_at) == (S.CONFIRMED, cast.at)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_a_change_is_refused_with_a_letter_that_names_the_remedies(cast: Cast) -> None:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, K.RENAME), S.UNDER_CONFIRMATION, cast)
    form = {"reasons": "变更登记通知书与所报名称不一致，经核实不属实。"}
    door.perform(case, "refuse_change", by=cast.office, at=cast.at, form=form)
    letter = Letter.objects.get(case=case, kind="change_refused")
    assert "行政复议" in letter.remedy
    assert change(case).state == S.REFUSED
    assert Enterprise.objects.get(pk=cast.enterprises[0].pk).name == cast.enterprises[0].name
    made.opened(cast, K.RENAME)


def test_a_move_is_seen_by_both_districts_and_routes_what_comes_later(cast: Cast) -> None:
    municipal_title(cast)
    case = made.opened(cast, K.RELOCATION)
    with pytest.raises(NotFound):
        case_for(cast.jiading, case.number)
    made.led_to(case, S.UNDER_RECEIVING_OPINION, cast)
    assert view_of(cast.jiading, case_for(cast.jiading, case.number)) == View.DISTRICT
    for person in (cast.pudong, cast.office):
        with pytest.raises(Denied):
            door.perform(case, "give_receiving_opinion", by=person, at=cast.at, form=made.OPINION)
    rebuild_flow(case)
    assert list(check_all()) == []
    door.perform(case, "give_receiving_opinion", by=cast.jiading, at=cast.at, form=made.OPINION)
    assert [row.district for row in change(case).opinions.order_by("pk")] == ["310115", "310114"]
    confirmed(cast, case)
    assert Enterprise.objects.get(pk=cast.enterprises[0].pk).district == "310114"
    assert "嘉定区" in Letter.objects.get(case=case, kind="change_confirmed").body


def test_what_only_districts_granted_is_confirmed_by_the_district(cast: Cast) -> None:
    case = made.led_to(made.opened(cast, K.RENAME), S.UNDER_CONFIRMATION, cast)
    for person in (cast.office, cast.jiading):
        with pytest.raises(Denied):
            door.perform(case, "confirm_change", by=person, at=cast.at, form=made.confirmation(cast.at))
    door.perform(case, "confirm_change", by=cast.pudong, at=cast.at, form=made.confirmation(cast.at))
    assert Letter.objects.get(case=case, kind="change_confirmed").issued_by == "示例310115"


def test_merger_passes_a_title_and_ends_the_one_that_the_successor_has(cast: Cast) -> None:
    title, district = municipal_title(cast), district_title(cast)
    certificate, successor = made.issued_certificate(title, cast.at), cast.enterprises[1]
    case = made.led_to(made.opened(cast, K.MERGER), S.UNDER_CONFIRMATION, cast)
    with pytest.raises(Refusal) as refused:
        confirmed(cast, case)
    assert reasons(refused) == {"needs_second"}
    for wrong in (("keeps", ""), ("passes", successor.uscc)):  # who is no more keeps nothing; one is held already
        form = plan({title: ("passes", successor.uscc), district: wrong})
        with pytest.raises(Refusal) as refused:
            door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
        assert reasons(refused) == {"outcome"}
    form = plan({title: ("passes", successor.uscc), district: ("ends", "")})
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert Title.objects.get(pk=title.pk).holder == successor
    assert Title.objects.get(pk=district.pk).state == TitleState.CANCELLED
    assert district_title(cast, 1).state == TitleState.IN_FORCE
    said = Certificate.objects.get(number=certificate.number, version=2).snapshot
    assert (said["occasion"], said["holder_zh"], said["uscc"]) == ("exchange", successor.name, successor.uscc)
    assert said["replaces"] == certificate.identifier
    step = AuditEvent.objects.get(verb="succeed")
    assert (step.content["from_uscc"], step.content["to_uscc"]) == (cast.enterprises[0].uscc, successor.uscc)
    ended = AuditEvent.objects.get(chain=f"title:{district.number}", verb="cancel")
    assert ended.content["ground"] == "示例经技〔2026〕30号，合并"
    letter = Letter.objects.get(case=case, kind="change_confirmed")
    assert successor.name in letter.body
    assert "行政复议" in letter.remedy
    assert list(check_all()) == []


def test_split_leaves_each_title_with_one_only(cast: Cast) -> None:
    title, district, other = municipal_title(cast), district_title(cast), cast.enterprises[2]
    Title.objects.filter(holder=other).delete()
    certificate = made.issued_certificate(district, cast.at)
    case = made.led_to(made.opened(cast, K.SPLIT), S.UNDER_CONFIRMATION, cast)
    form = plan({title: ("passes", other.uscc), district: ("keeps", "")})
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert Title.objects.get(pk=title.pk).holder == other
    assert Title.objects.get(pk=district.pk).holder == cast.enterprises[0]
    assert not Certificate.objects.filter(number=certificate.number, version=2).exists()
    outcomes = ChangedTitle.objects.filter(change__case=case).values_list("title__number", "outcome")
    assert dict(outcomes) == {title.number: TitleOutcome.PASSES, district.number: TitleOutcome.KEEPS}


def test_title_that_ends_takes_its_certificate_with_it(cast: Cast) -> None:
    title, district = municipal_title(cast), district_title(cast)
    certificate = made.issued_certificate(title, cast.at)
    case = made.led_to(made.opened(cast, K.SPLIT), S.UNDER_CONFIRMATION, cast)
    form = plan({title: ("ends", ""), district: ("keeps", "")})
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    row = Certificate.objects.get(pk=certificate.pk)
    assert (row.standing, row.state_ground) == (Standing.CANCELLED, "示例经技〔2026〕30号，分立")
    assert standing_certificate(certificate.number) is None


def test_succession_is_confirmed_by_another_person_and_goes_back_to_the_first(cast: Cast) -> None:
    title, district, at = municipal_title(cast), district_title(cast), cast.at
    case = made.led_to(made.opened(cast, K.MERGER), S.UNDER_CONFIRMATION, cast)
    good = plan({title: ("passes", cast.enterprises[1].uscc), district: ("ends", "")})
    door.perform(case, "put_succession_forward", by=cast.office, at=at, form=good)
    for person in (cast.office, second_officer(cast)):  # the office plans, it does not confirm
        with pytest.raises(Denied):
            door.perform(case, "confirm_succession", by=person, at=at, form=made.confirmation(at))
    door.perform(case, "send_succession_back", by=cast.publisher, at=at, form={"reason": "请核对承继协议。"})
    assert (change(case).state, change(case).put_forward_by) == (S.UNDER_CONFIRMATION, None)
    door.perform(case, "put_succession_forward", by=cast.office, at=at, form=good)
    municipal_title(cast, 1)  # the successor was granted one meanwhile
    with pytest.raises(Refusal) as refused:
        door.perform(case, "confirm_succession", by=cast.publisher, at=at, form=made.confirmation(at))
    assert reasons(refused) == {"plan_outdated"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(case=case).update(
            state=S.CONFIRMED, document_number="1", document_on=at.date(), decided_by=cast.office
        )


def test_one_person_of_a_district_does_not_confirm_its_own_plan(cast: Cast) -> None:
    at, district = cast.at, district_title(cast)
    case = made.led_to(made.opened(cast, K.MERGER), S.UNDER_CONFIRMATION, cast)
    door.perform(case, "put_succession_forward", by=cast.pudong, at=at, form=plan({district: ("ends", "")}))
    with pytest.raises(Refusal) as refused:
        door.perform(case, "confirm_succession", by=cast.pudong, at=at, form=made.confirmation(at))
    assert reasons(refused) == {"four_eyes"}


def test_open_proceeding_suspension_and_certificate_in_the_making_stand_in_the_way(cast: Cast) -> None:
    title, at = municipal_title(cast), cast.at
    case = made.opened(cast, K.RENAME)
    found = {"kind": ProceedingKind.REVOCATION, "ground": Ground.FALSE_MATERIAL, "found_facts": FOUND}
    opened = open_proceeding(title, by=cast.office, at=at, **found)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit_change", by=cast.member0, at=at)
    assert reasons(refused) == {"proceeding_open"}
    door.perform(opened, "drop_proceeding", by=cast.office, at=at, form={"reason": "查无实据"})
    made.led_to(case, S.UNDER_CONFIRMATION, cast)
    certificate = made.issued_certificate(title, at)
    Certificate.objects.filter(pk=certificate.pk).update(
        state=Standing.REQUESTED, sha256=None, issued_at=None, log_index=None
    )
    Title.objects.filter(pk=title.pk).update(state=TitleState.SUSPENDED)
    Title.objects.create(
        number="SHX-T-1", programme=_other_programme(cast), holder=cast.enterprises[0], granted_on=at.date(),
        valid_from=at.date(), valid_until=at.date().replace(year=2030), announcement_number="示例〔2026〕1号",
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        door.perform(case, "confirm_change", by=cast.office, at=at, form={"document_number": " ", "document_on": None})
    assert reasons(refused) == {
        "document_number", "document_on", "title_suspended", "certificate_pending", "title_is_new",
    }  # fmt: skip


def _other_programme(cast: Cast) -> Programme:
    return Programme.objects.create(
        code="other", level=Level.MUNICIPAL, name_zh="示例称号", name_en="Example", number_prefix="SHX",
        granted_by=cast.programme.granted_by,
    )  # fmt: skip


def test_branch_centre_goes_under_another_centre(cast: Cast) -> None:
    parents = [municipal_title(cast, n) for n in (1, 2)]
    programme = _other_programme(cast)
    Programme.objects.filter(pk=programme.pk).update(branch_of=cast.programme)
    branch = Title.objects.create(
        number="SHX-T-1", programme=programme, holder=cast.enterprises[0], granted_on=cast.at.date(),
        valid_from=cast.at.date(), valid_until=cast.at.date().replace(year=2030), parent=parents[0],
        announcement_number="示例〔2026〕1号",
    )  # fmt: skip
    case = made.led_to(made.opened(cast, K.BRANCH, new_parent=parents[1]), S.UNDER_CONFIRMATION, cast)
    assert [row.title for row in change(case).titles.all()] == [branch]
    confirmed(cast, case)
    assert Title.objects.get(pk=branch.pk).parent == parents[1]


@pytest.mark.parametrize(
    ("kind", "changed", "code"),
    [
        (K.RENAME, {"new_name": ""}, "new_name"),
        (K.RENAME, {"facts": "更名"}, "text_needed"),
        (K.RELOCATION, {"new_district": "310115"}, "new_district"),
        (K.MERGER, {"successors": ()}, "one_successor"),
        (K.SPLIT, {"successors": ()}, "successor_needed"),
        (K.BRANCH, {}, "no_title"),
    ],
)
def test_opening_says_what_is_missing(cast: Cast, kind: str, changed: dict[str, Any], code: str) -> None:
    said = replace(made.stated(cast, kind), **changed)
    with pytest.raises(Refusal) as refused:
        open_change(cast.enterprises[0], kind, said, by=cast.member0, at=cast.at)
    assert code in reasons(refused)


def test_only_the_holder_opens_and_one_at_a_time(cast: Cast) -> None:
    said = made.stated(cast, K.RENAME)
    with pytest.raises(Denied):
        open_change(cast.enterprises[0], K.RENAME, said, by=cast.member1, at=cast.at)
    future = Particulars(occurred_on=cast.at.date().replace(year=2030), facts=made.FACTS, new_name="新名")
    with pytest.raises(Refusal) as refused:
        open_change(cast.enterprises[0], K.RENAME, future, by=cast.member0, at=cast.at)
    assert reasons(refused) == {"not_yet"}
    first = open_change(cast.enterprises[0], K.RENAME, said, by=cast.member0, at=cast.at, request_key="k")
    again = open_change(cast.enterprises[0], K.RENAME, said, by=cast.member0, at=cast.at, request_key="k")
    assert first == again
    with pytest.raises(Refusal) as refused:
        open_change(cast.enterprises[0], K.MERGER, made.stated(cast, K.MERGER), by=cast.member0, at=cast.at)
    assert reasons(refused) == {"already_open"}


def test_return_asks_for_correction_and_earlier_opinions_no_longer_count(cast: Cast) -> None:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, K.RENAME), S.UNDER_CONFIRMATION, cast)
    form = returned(("text", "new_name", None), remark="请核对公司章程修正案。")
    door.perform(case, "return_change", by=cast.office, at=cast.at, form=form)
    assert "公司章程修正案" in Letter.objects.get(case=case, kind="change_returned").body
    revised = {"stated": made.stated(cast, K.RENAME, new_name="上海示例装备股份有限公司")}
    door.perform(case, "revise_change", by=cast.member0, at=cast.at, form=revised)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    row = change(case)
    assert (row.state, row.round, row.new_name) == (S.UNDER_OPINION, 2, "上海示例装备股份有限公司")
    assert list(row.opinions.values_list("round", flat=True)) == [1]
    door.perform(case, "withdraw_change", by=cast.member0, at=cast.at, form={"reason": "暂不变更"})
    assert change(case).state == S.WITHDRAWN


def test_clock_runs_only_where_the_rules_set_its_days(cast: Cast) -> None:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, K.RENAME), S.UNDER_OPINION, cast)
    assert {row.kind for row in Deadline.objects.filter(case=case)} == {"goal"}
    _state_days(change_opinion_working_days=7, change_correction_working_days=10)
    door.perform(case, "return_change", by=cast.pudong, at=cast.at, form=returned(FACTS))
    clock = Deadline.objects.get(case=case, state="running")
    assert (clock.kind, clock.working_days, clock.fires) == ("change_correction", 10, "")
    assert "前补正后重新提交" in Letter.objects.get(case=case, kind="change_returned").body
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    assert Deadline.objects.get(case=case, state="running").kind == "change_opinion"
    assert list(check_all()) == []


def _state_days(**days: int) -> None:
    text = json.loads(freeze(DEMO_RULES))
    for name, value in days.items():
        words = {"name_zh": "期限", "name_en": "time limit", "unit": "working_day", "confidence": "demo"}
        text["parameters"][name] = {"value": value, **words}
    plain = json.dumps(text, ensure_ascii=False, sort_keys=True)
    RuleSetEdition.objects.create(
        reference=DEMO_RULES, checksum=thaw(plain).checksum, text=plain, live_faults=1,
        stored_at=RuleSetEdition.objects.latest("pk").stored_at,
    )  # fmt: skip

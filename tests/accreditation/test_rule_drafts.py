"""Drafting and publishing an edition: who may, what is refused, what stands in the trail, what batches may pin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accreditation.audit import verify_chain
from accreditation.enums import RuleDraftState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Batch, Effect, Lender, RuleDraft, RuleSetEdition, RuleTrial, User
from accreditation.roles import Role
from accreditation.services import rule_drafts, rule_publishing
from accreditation.services.batches import open_batch
from accreditation.services.rule_trials import order_trial, run_trial
from criteria.editing import Edit, opened, parts, yaml_text
from criteria.figures import Confidence
from criteria.golden import parse_cases
from tests.factories.cast import Cast, grant, make_cast, person

AT = timezone.make_aware(datetime(2026, 3, 2, 9, 0))

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    """An open demonstration batch and everybody around it."""
    settings.ACCREDITATION_DEMO = True
    return make_cast(AT)


@pytest.fixture
def second(cast: Cast) -> User:
    """Another officer of the municipal office, who changes nothing."""
    user = person("second", "复核（示例）")
    grant(user, Role.MUNICIPAL_OFFICER, at=AT)
    return user


@pytest.fixture
def draft(cast: Cast) -> RuleDraft:
    """A draft that begins as the demonstration edition."""
    return begin(cast)


def begin(cast: Cast, **changed: Any) -> RuleDraft:
    said: dict[str, Any] = {
        "edition": "2027", "name_zh": "上海市市级企业技术中心（2027年版）", "name_en": "Municipal centre, edition 2027",
        "effective_from": date(2026, 1, 1), "by": cast.office, "at": AT,
    }  # fmt: skip
    return rule_drafts.begin_draft(cast.programme, cast.batch.rule_set, **(said | changed))


def change(draft: RuleDraft, cast: Cast, *edits: Edit, version: int | None = None) -> None:
    """Change parts at the version that the draft has now."""
    draft.refresh_from_db(fields=["version"])
    rule_drafts.change_parts(draft, edits, version=version or draft.version, by=cast.office, at=AT)


def confirm_all(draft: RuleDraft, cast: Cast) -> None:
    """List a source and mark every part as read in it."""
    rule_drafts.add_source(draft, "G1", title="示例文件", version=draft.version, by=cast.office, at=AT)
    content = opened(RuleDraft.objects.get(pk=draft.pk).text)
    marks = {"confidence": "found", "source": ["G1"]}
    change(draft, cast, *(Edit(part.path, marks) for part in parts(content)))


def make_ready(draft: RuleDraft, cast: Cast) -> RuleDraft:
    """Everything that publishing asks for."""
    confirm_all(draft, cast)
    trial = order_trial(draft, by=cast.office, at=AT)
    run_trial("key", {"trial": trial.pk})
    return RuleDraft.objects.get(pk=draft.pk)


def codes_of(act: Callable[[], object]) -> list[str]:
    """Codes of the reasons with which an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()
    return sorted({reason.code for reason in refused.value.reasons})


# --- Beginning ----------------------------------------------------------------------------------------------------
def test_draft_begins_as_its_base_under_its_own_name_and_no_demonstration(cast: Cast, draft: RuleDraft) -> None:
    content = opened(draft.text)
    assert (content["edition"], content["demonstration"], content["effective_from"]) == ("2027", False, "2026-01-01")
    assert "note" not in content
    assert draft.number == "RULES-2026-0001"
    assert parse_cases(draft.cases)
    assert list(draft.editors.all()) == [cast.office]


@pytest.mark.parametrize("who", ["pudong", "publisher"])
def test_only_the_office_drafts(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        begin(cast, by=getattr(cast, who))


@pytest.mark.parametrize(
    ("edition", "code"), [("2027 版", "edition_name"), ("", "edition_name"), ("2022-demo", "edition_taken")]
)
def test_edition_with_a_bad_or_taken_name_is_refused(cast: Cast, edition: str, code: str) -> None:
    assert codes_of(lambda: begin(cast, edition=edition)) == [code]


def test_form_sent_twice_begins_one_draft(cast: Cast) -> None:
    first, again = begin(cast, request_key="k" * 20), begin(cast, request_key="k" * 20)
    assert first.pk == again.pk


def test_file_with_faults_is_refused_with_line_and_place(cast: Cast, draft: RuleDraft) -> None:
    text = (
        yaml_text(opened(draft.text)).replace('edition: "2027"', 'edition: "2028"').replace("value: 12", "value: 13", 1)
    )
    with pytest.raises(Refusal) as refused:
        rule_drafts.begin_from_file(cast.programme, cast.batch.rule_set, text, by=cast.office, at=AT)
    assert any("rules.yaml:" in str(reason) for reason in refused.value.reasons)


def test_file_of_another_programme_is_refused(cast: Cast, draft: RuleDraft) -> None:
    text = yaml_text(opened(draft.text) | {"programme": "district_centre"})
    assert codes_of(
        lambda: rule_drafts.begin_from_file(cast.programme, cast.batch.rule_set, text, by=cast.office, at=AT)
    ) == ["other_programme"]


# --- Changing -----------------------------------------------------------------------------------------------------
def test_change_is_kept_and_told_with_what_it_was_before(cast: Cast, draft: RuleDraft) -> None:
    change(draft, cast, Edit("indicators[X-02].full", {"value": Fraction(9)}))
    row = RuleDraft.objects.get(pk=draft.pk)
    assert next(p.entry["value"] for p in parts(opened(row.text)) if p.path == "indicators[X-02].full") == 9
    event = AuditEvent.objects.get(verb="change_rules")
    assert event.content["changes"] == [
        {"path": "indicators[X-02].full", "before": {"value": "8"}, "after": {"value": "9"}}
    ]
    assert (row.version, verify_chain(row)) == (2, [])


def test_two_tabs_do_not_overwrite_each_other(cast: Cast, draft: RuleDraft) -> None:
    change(draft, cast, Edit("indicators[X-02].full", {"value": Fraction(9)}), version=1)
    with pytest.raises(AlreadyDone) as told:
        change(draft, cast, Edit("indicators[X-02].full", {"value": Fraction(7)}), version=1)
    assert told.value.done_by == str(cast.office)


@pytest.mark.parametrize(
    ("path", "values", "code"),
    [
        ("indicators[X-99].full", {"value": Fraction(9)}, "no_such_part"),
        ("indicators[X-02].full", {"confidence": "found"}, "no_source"),
        ("indicators[X-02].full", {"confidence": "found", "source": ["G9"]}, "no_such_source"),
        ("indicators[X-02].full", {"value": None}, "unknown_value"),
        ("indicators[X-02].full", {"confidence": "unknown"}, "unknown_value"),
    ],
)
def test_change_that_says_too_little_is_refused(
    cast: Cast, draft: RuleDraft, path: str, values: dict[str, Any], code: str
) -> None:
    assert code in codes_of(lambda: change(draft, cast, Edit(path, values)))
    assert RuleDraft.objects.get(pk=draft.pk).version == 1


@pytest.mark.parametrize(("code", "reason"), [("g1", "source_code"), ("M1", "source_taken"), ("G-1", "source_code")])
def test_source_with_a_bad_or_taken_code_is_refused(cast: Cast, draft: RuleDraft, code: str, reason: str) -> None:
    assert codes_of(lambda: rule_drafts.add_source(draft, code, title="示例", version=1, by=cast.office, at=AT)) == [
        reason
    ]


def test_draft_may_be_unsound_for_a_while_and_says_why(cast: Cast, draft: RuleDraft) -> None:
    change(draft, cast, Edit("indicators[X-02].weight", {"value": Fraction(13)}))
    ready = rule_publishing.readiness(RuleDraft.objects.get(pk=draft.pk))
    assert ready.checked.rule_set is None
    assert {reason.code for reason in rule_publishing.against(draft, ready)} == {"rule_fault"}


# --- Publishing ---------------------------------------------------------------------------------------------------
def test_fresh_draft_is_refused_with_every_reason_at_once(cast: Cast, draft: RuleDraft) -> None:
    assert codes_of(lambda: rule_publishing.submit_draft(draft, version=1, by=cast.office, at=AT)) == [
        "no_trial",
        "not_live",
    ]


def test_case_that_no_longer_fits_keeps_the_draft_back(cast: Cast, draft: RuleDraft) -> None:
    confirm_all(draft, cast)
    change(draft, cast, Edit("indicators[X-02].full", {"value": Fraction(9)}))
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert codes_of(lambda: rule_publishing.submit_draft(draft, version=draft.version, by=cast.office, at=AT)) == [
        "cases_fail",
        "no_trial",
    ]
    moved = [
        replace(case, given=case.given * 9 / 8, expected={"points": case.expected["points"]})
        for case in parse_cases(draft.cases)
        if (case.limit.rule, case.limit.role, case.side) == ("X-02", "full", "at")
    ]
    rule_drafts.change_cases(draft, moved, version=draft.version, by=cast.office, at=AT)
    ready = rule_publishing.readiness(RuleDraft.objects.get(pk=draft.pk))
    assert {result.case.side for result in ready.failed} == {"below", "above"}


def test_change_after_the_trial_asks_for_a_new_trial(cast: Cast, draft: RuleDraft) -> None:
    draft = make_ready(draft, cast)
    change(draft, cast, Edit("indicators[X-02].full", {"note": "已核"}))
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert codes_of(lambda: rule_publishing.submit_draft(draft, version=draft.version, by=cast.office, at=AT)) == [
        "no_trial"
    ]


def submitted(draft: RuleDraft, cast: Cast) -> RuleDraft:
    draft = make_ready(draft, cast)
    rule_publishing.submit_draft(draft, version=draft.version, by=cast.office, at=AT)
    return RuleDraft.objects.get(pk=draft.pk)


def test_second_person_publishes_and_a_live_batch_opens_on_the_edition(
    cast: Cast, draft: RuleDraft, second: User, settings: Any
) -> None:
    draft = submitted(draft, cast)
    edition = rule_publishing.publish_draft(draft, version=draft.version, by=second, at=AT)
    assert (edition.reference, edition.live_faults, edition.published_by) == (
        "shanghai_municipal_centre/2027",
        0,
        second,
    )
    assert edition.cases == draft.cases
    settings.ACCREDITATION_DEMO = False
    batch = open_batch(
        cast.programme, edition, ordinal=35, year=2026, procedure="municipal_recognition/2022", opens_at=AT,
        closes_at=AT + timedelta(days=30), base_date=AT.date(), by=cast.office, at=AT,
    )  # fmt: skip
    assert Batch.objects.get(pk=batch.pk).is_demo is False
    assert verify_chain(RuleDraft.objects.get(pk=draft.pk)) == []


def test_whoever_changed_a_draft_does_not_publish_it(cast: Cast, draft: RuleDraft, second: User) -> None:
    draft = submitted(draft, cast)
    with pytest.raises(Denied):
        rule_publishing.publish_draft(draft, version=draft.version, by=cast.office, at=AT)
    draft.editors.add(second)
    with pytest.raises(Denied):
        rule_publishing.publish_draft(draft, version=draft.version, by=second, at=AT)
    assert not RuleSetEdition.objects.filter(published_at__isnull=False).exists()


def test_who_acts_for_one_who_changed_a_draft_does_not_publish_it(
    cast: Cast, draft: RuleDraft, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_publishing, "has_power", lambda *_asked: True)
    second.stands_in_for = Lender(0, cast.office.pk, str(cast.office))
    assert codes_of(lambda: rule_publishing.check_publisher(draft, second)) == ["own_rules"]


def test_draft_whose_submitter_left_is_sent_back_alone_and_with_words(
    cast: Cast, draft: RuleDraft, second: User
) -> None:
    draft = submitted(draft, cast)
    cast.office.grants.update(revoked_at=AT)
    assert codes_of(lambda: rule_publishing.publish_draft(draft, version=draft.version, by=second, at=AT)) == [
        "drafter_left"
    ]
    assert codes_of(lambda: rule_publishing.send_back(draft, remark=" ", version=draft.version, by=second, at=AT)) == [
        "no_reason"
    ]
    assert codes_of(lambda: rule_publishing.drop_draft(draft, remark="", version=draft.version, by=second, at=AT)) == [
        "no_reason"
    ]
    rule_publishing.send_back(draft, remark="提交人已离任", version=draft.version, by=second, at=AT)
    assert RuleDraft.objects.get(pk=draft.pk).state == RuleDraftState.DRAFTING


def test_database_refuses_an_edition_published_by_its_drafter(cast: Cast, draft: RuleDraft) -> None:
    draft = submitted(draft, cast)
    values = {"decided_by": cast.office, "edition": cast.batch.rule_set, "state": RuleDraftState.PUBLISHED}
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleDraft.objects.filter(pk=draft.pk).update(**values)


def test_submitted_draft_is_not_changed_and_comes_back_with_a_remark(
    cast: Cast, draft: RuleDraft, second: User
) -> None:
    draft = submitted(draft, cast)
    assert codes_of(lambda: change(draft, cast, Edit("indicators[X-02].full", {"note": "改"}))) == ["not_drafting"]
    rule_publishing.send_back(draft, remark="请核对第三项", version=draft.version, by=second, at=AT)
    row = RuleDraft.objects.get(pk=draft.pk)
    assert (row.state, row.remark) == (RuleDraftState.DRAFTING, "请核对第三项")
    change(row, cast, Edit("indicators[X-02].full", {"note": "改"}))


def test_stale_page_drops_no_draft_that_was_put_forward_or_sent_back(
    cast: Cast, draft: RuleDraft, second: User
) -> None:
    def drop(version: int) -> None:
        rule_publishing.drop_draft(draft, remark="改用文件", version=version, by=cast.office, at=AT)

    draft = make_ready(draft, cast)
    rule_publishing.submit_draft(draft, version=draft.version, by=cast.office, at=AT)
    with pytest.raises(AlreadyDone) as put_forward:
        drop(draft.version)
    assert put_forward.value.done_by == str(cast.office)
    read = RuleDraft.objects.get(pk=draft.pk).version
    rule_publishing.send_back(draft, remark="请核对第三项", version=read, by=second, at=AT + timedelta(hours=1))
    with pytest.raises(AlreadyDone) as sent_back:
        drop(read)
    assert sent_back.value.done_by == str(second)
    drop(RuleDraft.objects.get(pk=draft.pk).version)


def test_edition_is_published_once(cast: Cast, draft: RuleDraft, second: User) -> None:
    draft = submitted(draft, cast)
    rule_publishing.publish_draft(draft, version=draft.version, by=second, at=AT)
    with pytest.raises(AlreadyDone):
        rule_publishing.publish_draft(draft, version=draft.version, by=second, at=AT)
    assert codes_of(lambda: begin(cast, edition="2027")) == ["edition_taken"]


def test_dropped_draft_stays_dropped(cast: Cast, draft: RuleDraft) -> None:
    rule_publishing.drop_draft(draft, remark="改用文件", version=1, by=cast.office, at=AT)
    row = RuleDraft.objects.get(pk=draft.pk)
    assert row.state == RuleDraftState.DROPPED
    assert codes_of(lambda: rule_publishing.drop_draft(row, remark="再次", version=1, by=cast.office, at=AT)) == [
        "decided"
    ]


# --- The trial ----------------------------------------------------------------------------------------------------
def test_trial_is_ordered_once_for_a_text_and_done_by_the_worker(cast: Cast, draft: RuleDraft) -> None:
    first = order_trial(draft, by=cast.office, at=AT)
    assert order_trial(draft, by=cast.office, at=AT).pk == first.pk
    assert Effect.objects.filter(kind="rule_trial").count() == 1
    run_trial("key", {"trial": first.pk})
    done = RuleTrial.objects.get(pk=first.pk)
    assert done.finished_at is not None
    assert done.workbook is not None
    run_trial("key", {"trial": first.pk})
    assert RuleTrial.objects.get(pk=first.pk).finished_at == done.finished_at


def test_trial_of_a_text_that_has_changed_is_left_undone(cast: Cast, draft: RuleDraft) -> None:
    trial = order_trial(draft, by=cast.office, at=AT)
    change(draft, cast, Edit("indicators[X-02].full", {"value": Fraction(9)}))
    run_trial("key", {"trial": trial.pk})
    assert RuleTrial.objects.get(pk=trial.pk).finished_at is None


def test_every_mark_below_read_in_a_text_keeps_a_draft_back(cast: Cast, draft: RuleDraft) -> None:
    confirm_all(draft, cast)
    for mark in Confidence:
        values = {"confidence": mark.value, "value": None} if mark is Confidence.UNKNOWN else {"confidence": mark.value}
        if mark is Confidence.UNKNOWN:
            continue  # a figure without value is no sound complete set; told as a fault of the text
        change(draft, cast, Edit("indicators[X-02].full", values))
        ready = rule_publishing.readiness(RuleDraft.objects.get(pk=draft.pk))
        assert bool(ready.live) is not mark.is_live

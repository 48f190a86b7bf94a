"""What is made public by a second person, made public by two at the same moment: editions, corrections, adjustments."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.correction_words import AnnouncementCorrectionState
from accreditation.enums import ApplicationState as S
from accreditation.enums import RuleDraftState
from accreditation.models import (
    Announcement,
    AnnouncementCorrection,
    Application,
    AuditEvent,
    Case,
    Letter,
    Notice,
    NoticeAdjustment,
    NoticeEntry,
    RuleDraft,
    RuleSetEdition,
    Title,
    User,
)
from accreditation.roles import Role
from accreditation.services.rule_publishing import drop_draft, publish_draft, send_back
from tests.accreditation.test_rule_drafts import begin, submitted
from tests.attacks.municipal_states import MunicipalStates2026
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.hearings import waive
from tests.factories.titles import municipal_title, second_officer
from tests.faults.racing import all_agrees, at_once, colleague, entered_once, one_won, refused_or_done
from tests.workflows.test_announcement_corrections import REASON, WRONG
from workflows import announcement_corrections as corrections
from workflows.adjustment_acts import publish_adjustment
from workflows.calendar_import import import_days
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


# --- editions of rules ----------------------------------------------------------------------------------------------
def test_edition_is_published_once_or_sent_back_or_dropped(cast: Cast) -> None:
    second, third = second_officer(cast), colleague(cast, Role.PUBLISHER)
    row = submitted(begin(cast), cast)
    version = row.version
    won = one_won(at_once([
        lambda: send_back(row, remark="请补来源", version=version, by=second, at=cast.at),
        lambda: drop_draft(row, remark="改用文件", version=version, by=cast.office, at=cast.at),
    ]))  # fmt: skip
    assert RuleDraft.objects.get().state == (RuleDraftState.DRAFTING, RuleDraftState.DROPPED)[won]
    again = submitted(begin(cast, edition="2028"), cast)
    jobs = [lambda by=by: publish_draft(again, version=again.version, by=by, at=cast.at) for by in (second, third)]
    one_won(at_once(jobs))
    assert RuleSetEdition.objects.filter(reference="shanghai_municipal_centre/2028").count() == 1
    entered_once("publish_rules")


def test_two_drafts_of_one_name_give_one_edition(cast: Cast) -> None:
    drafts = [submitted(begin(cast, name_zh=f"市级企业技术中心（2027年版{n}）"), cast) for n in range(2)]
    publishers = [second_officer(cast), colleague(cast, Role.PUBLISHER)]
    jobs = [
        lambda row=row, by=by: publish_draft(row, version=row.version, by=by, at=cast.at)
        for row, by in zip(drafts, publishers, strict=True)
    ]
    one_won(at_once(jobs))
    assert RuleSetEdition.objects.filter(reference="shanghai_municipal_centre/2027").count() == 1
    entered_once("publish_rules")


# --- corrections of an announcement ---------------------------------------------------------------------------------
def announced(cast: Cast) -> Announcement:
    """One title of the city on the list of the batch."""
    row = Announcement.objects.create(
        number="示例〔2026〕7 号", batch=cast.batch, dated=cast.at.date(), body=f"认定{WRONG}等企业技术中心。",
        announced_by=cast.publisher, announced_at=cast.at,
    )  # fmt: skip
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    Application.objects.filter(case=case).update(
        title=municipal_title(cast), announcement=row, announced_name=case.enterprise.name
    )
    return row


def test_correction_is_proposed_once_and_published_once_or_declined(cast: Cast) -> None:
    second, third = second_officer(cast), colleague(cast, Role.PUBLISHER)
    row, title = announced(cast), Title.objects.get(number="SHETC-T-2025-00000")
    said = {"title": title, "printed": WRONG, "reason": REASON, "at": cast.at}

    def propose(by: User, particular: str, right: str) -> AnnouncementCorrection:
        return corrections.propose_correction(row, particular=particular, right=right, by=by, **said)

    name, code = ("name", cast.enterprises[0].name), ("uscc", cast.enterprises[0].uscc)
    one_won(at_once([lambda by=by: propose(by, *name) for by in (cast.office, second)]))
    found = AnnouncementCorrection.objects.get()
    publishers = (cast.publisher, third)
    one_won(at_once([lambda by=by: corrections.publish_correction(found, by=by, at=cast.at) for by in publishers]))
    assert AnnouncementCorrection.objects.get().state == AnnouncementCorrectionState.PUBLISHED
    other = propose(cast.office, *code)
    won = one_won(at_once([
        lambda: corrections.publish_correction(other, by=third, at=cast.at),
        lambda: corrections.decline_correction(other, reason="公告无误，无须更正。", by=cast.publisher, at=cast.at),
    ]))  # fmt: skip
    states = (AnnouncementCorrectionState.PUBLISHED, AnnouncementCorrectionState.DECLINED)
    assert AnnouncementCorrection.objects.get(pk=other.pk).state == states[won]
    assert AuditEvent.objects.filter(verb__in=["publish_correction", "decline_correction"]).count() == 2
    all_agrees()


# --- adjustments of a notice ----------------------------------------------------------------------------------------
class Noticed:
    """A case under public notice, and two publishers."""

    def __init__(self, clock: Clock) -> None:
        self.world = MunicipalStates2026(clock.at)
        self.case: Case = self.world.case_in(S.UNDER_NOTICE)
        self.at, cast = self.world.at + timedelta(hours=1), self.world.local.cast
        self.publishers, self.operator = [cast.publisher, colleague(cast, Role.PUBLISHER)], cast.operator

    def adjust(self, by: User, *, name: str = "") -> NoticeAdjustment:
        """Corrected by that name, else taken off; from a page of its own."""
        entry = NoticeEntry.objects.select_related("application__case", "notice__batch").get(
            application__case=self.case
        )
        corrected, off = ({entry: name}, []) if name else ({}, [entry])
        return publish_adjustment(entry.notice, corrected, off, body="申报单位书面撤回", by=by, at=self.at)


@pytest.fixture
def noticed(settings: LazySettings, var_dir: object, clock: Clock) -> Noticed:
    settings.ACCREDITATION_DEMO = True
    return Noticed(clock)


def test_entry_is_corrected_while_the_calendar_is_replaced_and_taken_off_once(noticed: Noticed) -> None:
    day, turns = noticed.at.date() + timedelta(days=1), 4
    for turn in range(turns):
        off = [(day + timedelta(days=7 * turn), False, "临时放假")]
        results = at_once([
            lambda turn=turn: noticed.adjust(noticed.publishers[0], name=f"上海示例更名{turn}有限公司"),
            lambda off=off: import_days(
                noticed.at.year, off, source="示例", by=noticed.operator, at=noticed.at
            ),
        ])  # fmt: skip
        assert all([refused_or_done(result) for result in results])
    assert Notice.objects.get().adjustments.count() == turns
    waive(noticed.case, by=noticed.world.people["applicant"], at=noticed.at)
    won = one_won(at_once([lambda by=by: noticed.adjust(by) for by in noticed.publishers]))
    assert NoticeAdjustment.objects.latest("pk").published_by == noticed.publishers[won]
    assert Letter.objects.filter(case=noticed.case, kind="withdrawal").count() == 1
    entered_once("take_off_notice")

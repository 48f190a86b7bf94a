"""Reconsideration in the demo: adverse acts are challenged; one application stands in each state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from accreditation.adverse_ends import ADVERSE_ENDS, Sequel
from accreditation.models import Case, Letter, Member, Reconsideration, User
from accreditation.reconsideration_words import DeclineGround, Outcome
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from accreditation.services.reconsiderations import respondent_of
from workflows.deliveries import note_opening
from workflows.demo.remedied import set_right
from workflows.demo.story import Story
from workflows.opening_reconsiderations import open_reconsideration
from workflows.procedures import procedure_of
from workflows.workdays import SHANGHAI

CLAIM = "请求撤销原决定，责令重新审查申报材料。"
REASONS = "申报材料符合指南要求，原决定所依据的事实认定有误，有关证明材料已随申报一并提交。"
OFFICER, DECIDER, OFFICE, RESPONDENT = "fuyi1", "fuyi2", "banshi", "respondent"
ACCEPTED = (("accept_reconsideration", OFFICER),)
ANSWERED = (*ACCEPTED, ("answer_challenge", RESPONDENT))
PROPOSED = (*ANSWERED, ("propose_decision", OFFICER))
# What was done to each application, the newest act first: verbs and who takes them. Empty: the enterprise.
WAYS: tuple[tuple[S, tuple[tuple[str, str], ...]], ...] = (
    (S.ANSWER_ASKED, ACCEPTED),
    (S.FILED, ()),
    (S.SUPPLEMENT_ASKED, (("ask_for_supplement", OFFICER),)),
    (S.UNDER_RECONSIDERATION, ANSWERED),
    (S.DECISION_PROPOSED, PROPOSED),
    (S.DECIDED, (*PROPOSED, ("decide_reconsideration", DECIDER))),
    (S.NOT_ACCEPTED, (("decline_reconsideration", OFFICER),)),
    (S.WITHDRAWN, (("withdraw_reconsideration", ""),)),
)


def challenge_decisions(story: Story) -> None:
    """The newest adverse ends of applications are challenged by their enterprises, as many as there are ways."""
    story.tell.step("行政复议：企业对不利决定申请复议，分别处于各个环节")
    letters = _challengeable()
    answered = ((letter, _respondent(story, letter)) for letter in letters)
    for (letter, respondent), (_state, way) in zip((row for row in answered if row[1]), WAYS, strict=False):
        _challenge(story, letter, respondent, way)
    challenged = set(Reconsideration.objects.filter(letter__in=letters).values_list("letter_id", flat=True))
    set_right(story, [letter for letter in letters if letter.pk not in challenged])


def _challenge(story: Story, letter: Letter, respondent: User | None, way: tuple[tuple[str, str], ...]) -> None:
    holder = Member.objects.filter(enterprise=letter.case.enterprise, state="active").select_related("user")[0].user
    at = _filed_at(story, letter)
    step = min((story.now - at) / 6, timedelta(minutes=40))
    note_opening(letter, by=holder, at=at)
    case = open_reconsideration(letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=holder, at=at)
    story.tell.line(at, holder, f"{case.number} 对 {letter.case.number} 申请行政复议")
    acting = {"": holder, RESPONDENT: respondent}
    for place, (verb, username) in enumerate(way, start=1):
        by = acting.get(username) or story.world.people[username]
        then = at + place * step
        story.tell.act(case, verb, by, then, **_form(case, then.astimezone(SHANGHAI).date()))


def _filed_at(story: Story, letter: Letter) -> datetime:
    """Some hours ago, and not before the day of the letter: in the small hours that day has hardly begun."""
    return max(story.now - timedelta(hours=4), datetime.combine(letter.dated, time(0, 0), SHANGHAI))


def _respondent(story: Story, letter: Letter) -> User | None:
    """Who answers for the body whose act is challenged: an officer of the city or of the district, where it has one."""
    district = respondent_of(letter)
    if not district:
        return story.world.people[OFFICE]
    return User.objects.filter(grants__role=Role.DISTRICT_OFFICER, grants__district=district).order_by("pk").first()


def _form(case: Case, day: date) -> dict[str, Any]:
    """Everything that any of the verbs asks for, on that day."""
    return {
        "answer": "原决定事实清楚、程序合法，请依法维持。", "reason": "经审查，材料已经齐备，据此办理。",
        "lacking": "1．加盖公章的授权委托书；\n2．写明请求撤销的是哪一项决定。", "decline_ground": DeclineGround.CLAIM,
        "outcome": Outcome.UPHELD, "reasons": "原决定认定事实清楚，适用依据正确，程序合法，予以维持。",
        "decision_number": f"示例复决〔{day.year}〕{case.pk} 号", "decided_on": day,
    }  # fmt: skip


def _challengeable() -> list[Letter]:
    """Letters that told of an adverse end which still stands, the newest first."""
    kinds = [kind for kind, end in ADVERSE_ENDS.items() if end.sequel is Sequel.NEW_APPLICATION]
    known = Reconsideration.objects.filter(letter__isnull=False).values("letter")
    letters = Letter.objects.filter(kind__in=kinds).exclude(remedy="").exclude(pk__in=known)
    letters = letters.filter(case__enterprise__members__state="active").select_related("case__enterprise").distinct()
    return [letter for letter in letters.order_by("-dated", "-pk") if _stands(letter)]


def _stands(letter: Letter) -> bool:
    subject = procedure_of(letter.case).subject
    facts = subject.facts(str(subject.of(letter.case).state))
    return facts.is_final and facts.is_adverse

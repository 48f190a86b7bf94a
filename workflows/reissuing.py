"""补发换发: a holder asks for its certificate again, or the authority corrects a mistake; one answer, one version.

An act over the title, without a clock: the measures set no term for it. The number stays and the version rises; the
version before goes out of force in the transaction that issues the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.adverse_ends import ADVERSE_ENDS
from accreditation.enums import Level, TitleState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import Application, Reissue, ReissueLetter, Title, User
from accreditation.models.titles import STANDING
from accreditation.permissions import acts_for, in_own_name, persons_behind
from accreditation.reissue_words import (
    ALLOW_REISSUE,
    OFFICE_REASONS,
    REISSUE_ALLOWED,
    REISSUE_REFUSED,
    ReissueReason,
    ReissueState,
)
from accreditation.roles import Power
from accreditation.selectors import granting
from accreditation.selectors.evaluation_terms import is_kept
from accreditation.selectors.people import active_people_of
from accreditation.services.letters import letter_text
from accreditation.services.numbers import next_number
from certificates.models import Certificate
from certificates.occasions import EXCHANGE, OCCASIONS, REISSUE
from certificates.standing import Standing
from workflows.certification import is_being_made, request_again, standing_certificate_of_title
from workflows.legal_basis import instruments_of
from workflows.reissue_who import answered_before, answering, power_over_certificate
from workflows.workdays import SHANGHAI

LEAST_WORDS = 5
OVER = _("称号有效期已满，不办理证书补发换发。")
AWAITING = _("证书所载有效期已满；该称号有效至下一次评价，评价结果公布后换发证书，此前不办理补发换发。")
OCCASION_FOR = {reason: EXCHANGE for reason in ReissueReason} | {
    ReissueReason.LOST: REISSUE,
    ReissueReason.DAMAGED: REISSUE,
}


def _check_power(title: Title, place: str, by: User, at: datetime | None) -> Power:
    """By which power the person answers at that place. Denied for others, and with a tie to holder or grant."""
    power = power_over_certificate(by, title, place, at)
    if power is None:
        raise Denied([Reason("not_yours", _("只有作出认定的机关的承办人可以办理。"))])
    return power


def _check_asker(row: Reissue, by: User, at: datetime | None) -> None:
    """The holder's own request is the enterprise's, whoever of its people sent it."""
    if row.is_by_office:
        _check_power(row.title, row.place, by, at)


FOUR_EYES = FourEyes(
    Reissue,
    check_decider=lambda row, by, at: _check_power(row.title, row.place, by, at),
    check_proposer=_check_asker,
    own=Reason("same_person", _("机关自行提出的更正，须由提出人以外的另一人审核。")),
    left=Reason("proposer_left", _("提出人已不是作出认定的机关的承办人，请不予同意，由他人重新提出。")),
    wordless=Reason("text_needed", _("请写明不同意的理由，不少于 %(n)d 个字。"), "answer"),
    proposed=("asked_by", "asked_for"),
    reason="answer",
    least=LEAST_WORDS,
    related=("title__holder",),
)


def place_of(title: Title) -> str:
    """Code of the body that answers for the title; empty for the city's office."""
    return granting.place_of(title) or ""


def faults_of_title(title: Title, at: datetime) -> Iterator[Reason]:
    """Why the title's certificate cannot be made out again at that instant."""
    last_day = title.last_day
    if title.state not in STANDING:
        values = {"state": TitleState(title.state).label}
        yield Reason("title_state", _("称号当前为“%(state)s”，不办理证书补发换发。") % values)
    elif last_day is not None and last_day < at.astimezone(SHANGHAI).date():
        yield Reason("title_over", OVER if not is_kept(title, at.astimezone(SHANGHAI).date()) else AWAITING)
    certificate = standing_certificate_of_title(title)
    if is_being_made(title):
        yield Reason("certificate_pending", _("该称号的新证书正在制发，签发后再办理。"))
    elif certificate is None:
        yield Reason("no_certificate", _("该称号没有有效的电子证书；纸质证书的补发请向发证机关书面申请。"))
    elif certificate.standing is not Standing.IN_FORCE:
        yield Reason("certificate_state", _("证书暂停期间不办理补发换发。"))


def ask_for_reissue(
    title: Title, *, reason: str, statement: str, by: User, at: datetime, request_key: str | None = None
) -> Reissue:
    """The holder asks for its certificate again. Denied for others, Refusal with all reasons."""
    if not acts_for(by, title.holder_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    in_own_name(by)
    return _ask(title, reason, statement.strip(), by=by, at=at, acting_as="applicant", request_key=request_key)


def propose_reissue(
    title: Title, *, reason: str, statement: str, by: User, at: datetime, request_key: str | None = None
) -> Reissue:
    """An officer of the granting authority proposes a corrected certificate; a second one answers. Raises as above."""
    power = _check_power(title, place_of(title), by, at)
    return _ask(title, reason, statement.strip(), by=by, at=at, acting_as=power, request_key=request_key)


def _ask(
    title: Title, reason: str, statement: str, *, by: User, at: datetime, acting_as: str, request_key: str | None
) -> Reissue:
    is_by_office = acting_as != "applicant"
    said = fingerprint(title.pk, reason, statement, is_by_office)
    try:
        with act(
            title, "propose_reissue" if is_by_office else "ask_reissue", by=by, at=at, acting_as=acting_as,
            request_key=request_key, request=said,
        ) as doing:  # fmt: skip
            row = _title(doing)
            if reasons := [*_faults_of_request(row, reason, statement, is_by_office), *faults_of_title(row, at)]:
                raise Refusal(reasons)
            made = _create(row, reason, statement, is_by_office, doing)
            doing.note(reissue=made.number, reason=reason, statement=statement)
            kind = "reissue_proposed" if is_by_office else "reissue_asked"
            doing.tell(answering(made, at), kind, number=made.number, title=row.number)
            doing.reply(number=made.number)
    except Replayed as replay:
        return Reissue.objects.get(number=replay.answer["number"])
    return made


def _title(doing: Act) -> Title:
    assert isinstance(doing.chain, Title)
    return Title.objects.select_related("holder", "programme__granted_by", "parent__holder").get(pk=doing.chain.pk)


def _faults_of_request(title: Title, reason: str, statement: str, is_by_office: bool) -> Iterator[Reason]:
    if reason not in (OFFICE_REASONS if is_by_office else ReissueReason.values):
        yield Reason("unknown_reason", _("请选择理由。"), "reason")
    if len(statement) < LEAST_WORDS:
        yield Reason("text_needed", _("请写明情况，不少于 %(n)d 个字。") % {"n": LEAST_WORDS}, "statement")
    if reason == ReissueReason.ENGLISH and not title.holder.name_en:
        yield Reason("no_english_name", _("请先在“单位成员”页面填写英文名称。"), "reason")
    if Reissue.objects.filter(title=title, state=ReissueState.WAITING).exists():
        yield Reason("asked_already", _("该称号的证书补发换发正在办理。"))


def _create(title: Title, reason: str, statement: str, is_by_office: bool, doing: Act) -> Reissue:
    lender = doing.by.stands_in_for
    return Reissue.objects.create(
        number=next_number(f"{title.programme.number_prefix}-R", doing.at.astimezone(SHANGHAI).year),
        title=title,
        place=place_of(title),
        reason=reason,
        statement=statement,
        is_by_office=is_by_office,
        asked_by=doing.by,
        asked_for_id=lender.person if lender else None,
        asked_at=doing.at,
    )


def withdraw_reissue(title: Title, number: str, *, by: User, at: datetime) -> Reissue:
    """The holder takes back its own request while it waits; who would have answered it is told.

    Denied for others, AlreadyDone when that request was answered or taken back.
    """
    if not acts_for(by, title.holder_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    in_own_name(by)
    with act(title, "withdraw_reissue", by=by, at=at, acting_as="applicant") as doing:
        own = Reissue.objects.select_for_update(of=("self",)).filter(title=title, is_by_office=False)
        row = own.filter(number=number, state=ReissueState.WAITING).first()
        if row is None:
            reason = Reason("already_done", _("该申请已经答复或撤回。"))
            raise AlreadyDone(reason, done_by="", done_at=None)
        FOUR_EYES.settle(row, Reissue.withdraw, by=by, at=at)
        doing.note(reissue=row.number, reason=row.reason)
        doing.tell(answering(row, at), "reissue_withdrawn", number=row.number, title=title.number)
    return row


# --- the answer -------------------------------------------------------------------------------------------------
def allow_reissue(
    reissue: Reissue, *, by: User, at: datetime, remark: str = "", request_key: str | None = None
) -> Reissue:
    """Ask the signer for the next version and write to the holder.

    Raises Denied for whoever does not answer there or proposed it, AlreadyDone when it was answered, Refusal for
    whoever gave an answer that was set aside, once its proposer left office, and with all reasons where title or
    certificate have come to another state.
    """
    return _answer(reissue, ALLOW_REISSUE, remark.strip(), by=by, at=at, request_key=request_key)


def refuse_reissue(reissue: Reissue, *, reason: str, by: User, at: datetime, request_key: str | None = None) -> Reissue:
    """Refuse with a reason; the holder that asked gets it by letter. Raises like `allow_reissue`."""
    return _answer(reissue, "refuse_reissue", reason.strip(), by=by, at=at, request_key=request_key)


def _answer(reissue: Reissue, verb: str, said: str, *, by: User, at: datetime, request_key: str | None) -> Reissue:
    power = _check_power(reissue.title, reissue.place, by, at)
    try:
        with act(
            reissue.title, verb, by=by, at=at, acting_as=power, request_key=request_key,
            request=fingerprint(reissue.pk, verb, said),
        ) as doing:  # fmt: skip
            if persons_behind(by) & answered_before(reissue):
                text = _("原答复已被撤销，须由未作出原答复的另一人审核。")
                raise Refusal([Reason("answered_before", text)])
            if verb == ALLOW_REISSUE:
                row = FOUR_EYES.to_confirm(doing, reissue)
                FOUR_EYES.settle(row, Reissue.allow, by=by, at=at, answer=said, **_make(row, doing, said))
            else:
                row = FOUR_EYES.decline(doing, reissue, Reissue.refuse, said)
            _tell(row, doing)
            doing.reply(number=row.number)
    except Replayed:
        return Reissue.objects.get(pk=reissue.pk)
    return row


def _make(row: Reissue, doing: Act, remark: str) -> dict[str, object]:
    """The next version, asked of the signer in this transaction; what it replaces is noted. Fields of the request."""
    title = _title(doing)
    if reasons := list(faults_of_title(title, doing.at)):
        raise Refusal(reasons)
    former = standing_certificate_of_title(title)
    assert former is not None
    number = request_again(
        title, occasion=OCCASION_FOR[ReissueReason(row.reason)], request_key=f"reissue:{row.number}",
        document=former.content.announcement, dated=doing.at.astimezone(SHANGHAI).date(), former=title.holder,
        at=doing.at,
    )  # fmt: skip
    made = Certificate.objects.get(request_key=f"reissue:{row.number}")
    doing.note(certificate=made.number, version=made.version, replaces=former.version, remark=remark)
    return {"certificate_number": number, "former_version": former.version, "new_version": made.version}


def _tell(row: Reissue, doing: Act) -> None:
    is_allowed = row.state == ReissueState.ALLOWED
    title = _title(doing)
    words = {"number": row.number, "title": title.number}
    doing.note(reissue=row.number, reason=row.reason, answer=row.answer, asked_by=str(row.asked_by))
    if row.is_by_office:
        told = "reissue_proposal_allowed" if is_allowed else "reissue_proposal_refused"
        doing.tell(row.asked_by, told, **words)
    if is_allowed or not row.is_by_office:  # a proposal that a colleague refuses is no affair of the holder's
        letter = _write(row, title, doing.at)
        doing.note(letter=letter.number)
        told = REISSUE_ALLOWED if is_allowed else REISSUE_REFUSED
        doing.tell(active_people_of(title.holder), told, **words)


def _write(row: Reissue, title: Title, at: datetime) -> ReissueLetter:
    certificate, body = standing_certificate_of_title(title), granting.granting_body(title)
    issued_by = certificate.content.issuer_zh if certificate else body.name_zh
    is_adverse = row.state == ReissueState.REFUSED
    context = {
        "enterprise": title.holder,
        "programme": title.programme,
        "title": title,
        "title_name": granting.title_names(title.programme, body)[0],
        "reissue": row,
        "occasion_zh": OCCASIONS[OCCASION_FOR[ReissueReason(row.reason)]].word.zh,
        "issued_by": issued_by,
        "at": at,
    }
    remedy = "remedy_group" if body.level == Level.GROUP else ADVERSE_ENDS[REISSUE_REFUSED].remedy
    text = letter_text(
        REISSUE_REFUSED if is_adverse else REISSUE_ALLOWED, context, remedy=remedy if is_adverse else "",
        addressed_to=title.holder.name, issued_by=issued_by, at=at, basis=_basis(title) if is_adverse else "",
    )  # fmt: skip
    return ReissueLetter.objects.create(reissue=row, **text)


def _basis(title: Title) -> str:
    """Under which instruments the title was granted; of reissues themselves none of those read says a word."""
    granted = Application.objects.filter(title=title).select_related("batch__rule_set").order_by("pk").first()
    named = instruments_of(granted) if granted is not None else []
    return "；".join([*named, "证书由认定机关核发，其换发、补发由认定机关审核"])

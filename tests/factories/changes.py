"""Changes after the grant: what a holder states, a title with its certificate, a change led to any of its states."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.models import Case, ChangeRequest, ChangeSuccessor, Enterprise, Title
from accreditation.selectors.people import active_people_of
from accreditation.services.changes import Particulars
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.services.requests import request_certificate
from certificates.standing import Standing
from tests.certificates.samples import particulars
from tests.factories.cast import OFFICE_USCC, Cast, stored_file
from tests.factories.returns import ANOTHER, returned
from tests.factories.returns import FACTS as FACTS_FIELD
from tests.factories.snapshots import remembered
from workflows import door
from workflows.certification import request_key_of
from workflows.opening_changes import open_change
from workflows.succession_agreements import agree_to_succession

FACTS = "经市场监督管理部门准予变更登记，技术中心的人员、场地和设备没有变化。"
NEW_NAME = "上海示例智能装备集团有限公司"
OPINION = {"is_favourable": True, "opinion": "变更登记文件已核对，同意变更。"}
S = ChangeState


def stated(cast: Cast, kind: str, **changed: Any) -> Particulars:
    """What the first enterprise states, wherever the kind asks for it."""
    said: dict[str, Any] = {
        ChangeKind.RENAME: {"new_name": NEW_NAME, "new_name_en": "Example Equipment Group"},
        ChangeKind.RELOCATION: {"new_district": "310114"},
        ChangeKind.REORGANISATION: {},
        ChangeKind.MERGER: {"successors": (cast.enterprises[1],)},
        ChangeKind.SPLIT: {"successors": (cast.enterprises[2],)},
        ChangeKind.BRANCH: {},
    }[ChangeKind(kind)]
    return Particulars(**{"occurred_on": cast.at.date(), "facts": FACTS, **said, **changed})


@remembered
def opened(cast: Cast, kind: str, *, at: datetime | None = None, **changed: Any) -> Case:
    """A draft of the first enterprise with its paper."""
    at = at or cast.at
    case = open_change(cast.enterprises[0], kind, stated(cast, kind, **changed), by=cast.member0, at=at)
    paper = {"file": stored_file(b"registered", at), "name": "准予变更登记通知书.pdf", "purpose": "证明变更登记"}
    door.perform(case, "add_change_document", by=cast.member0, at=at, form=paper)
    return case


def confirmation(at: datetime, number: str = "示例经技〔2026〕30号") -> dict[str, Any]:
    """The list by which changes are confirmed."""
    return {"document_number": number, "document_on": at.date()}


@remembered
def led_to(case: Case, state: str, cast: Cast, *, at: datetime | None = None) -> Case:
    """The draft on its way to a state that comes before the confirmation."""
    at = at or cast.at
    own, new = cast.pudong, cast.jiading
    way: dict[str, list[tuple[str, Any, dict[str, Any]]]] = {S.DRAFT: []}
    way[S.UNDER_OPINION] = [("submit_change", cast.member0, {})]
    way[S.UNDER_RECEIVING_OPINION] = [*way[S.UNDER_OPINION], ("give_opinion", own, OPINION)]
    more = {"file": stored_file(b"articles", at), "name": "公司章程修正案.pdf", "purpose": "证明章程已修正"}
    way[S.RETURNED] = [
        *way[S.UNDER_OPINION],
        ("return_change", own, returned(FACTS_FIELD, ANOTHER)),
        ("add_change_document", cast.member0, more),
    ]
    is_move = case.changerequest.kind == ChangeKind.RELOCATION
    seen = [*way[S.UNDER_RECEIVING_OPINION], *([("give_receiving_opinion", new, OPINION)] if is_move else [])]
    way[S.UNDER_CONFIRMATION] = seen
    for verb, by, form in way[state]:
        door.perform(case, verb, by=by, at=at, form=form)
        if verb == "submit_change":
            agreed(case, at)
    return case


@remembered
def agreed(case: Case, at: datetime) -> None:
    """Every successor has agreed."""
    for row in ChangeSuccessor.objects.filter(change__case=case).select_related("enterprise", "change__case"):
        agree_to_succession(row, by=active_people_of(row.enterprise)[0], at=at)


def renamed(cast: Cast, name: str, *, at: datetime, number: str) -> None:
    """The first enterprise is called otherwise from now on: reported, seen by its district, confirmed."""
    case = opened(cast, ChangeKind.RENAME, at=at, new_name=name, new_name_en="Another Name", occurred_on=at.date())
    led_to(case, S.UNDER_CONFIRMATION, cast, at=at)
    officer = cast.office if ChangeRequest.objects.get(case=case).is_for_city else cast.pudong
    door.perform(case, "confirm_change", by=officer, at=at, form=confirmation(at, number))
    cast.enterprises[0].refresh_from_db()


@remembered
def issued_certificate(title: Title, at: datetime) -> Certificate:
    """The certificate of a title as it stands after the signer, without its file."""
    holder: Enterprise = title.holder
    content = particulars(
        kind=f"{OFFICE_USCC}001", issuer_uscc=OFFICE_USCC, holder_zh=holder.name, holder_en=holder.name_en,
        uscc=holder.uscc, granted_on=title.granted_on, valid_from=title.valid_from,
        valid_until=title.valid_until or date(2030, 1, 1), announcement=title.announcement_number,
    )  # fmt: skip
    asked = request_certificate(
        particulars=content, form=NumberForm(prefix="SHETC"), request_key=request_key_of(title), by="测试", at=at
    )
    return sign(asked, at)


def sign(asked: Certificate, at: datetime) -> Certificate:
    """What the signer leaves in the row; the version before it is superseded."""
    Certificate.objects.filter(number=asked.number, state=Standing.IN_FORCE).update(state=Standing.SUPERSEDED)
    digest = hashlib.sha256(f"{asked.number}v{asked.version}".encode()).hexdigest()
    Certificate.objects.filter(pk=asked.pk).update(
        state=Standing.IN_FORCE, issued_at=at, identifier=str(asked.content.identifier), sha256=digest,
        record_sha256=digest, unsigned_sha256=digest, signer=digest, log_index=asked.pk, status_index=asked.pk,
    )  # fmt: skip
    return Certificate.objects.get(pk=asked.pk)

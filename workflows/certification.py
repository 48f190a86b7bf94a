"""From a granted title to its certificate: a snapshot of plain values for the issuing service, which knows no case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accreditation.enums import ApplicationState, Level
from accreditation.errors import Reason, Refusal
from accreditation.models import Announcement, Application, Batch, Body, Enterprise, Programme, Title
from accreditation.selectors.granting import title_names
from accreditation.services.rule_sets import rules_of
from certificates.layout import LAYOUTS, NoLayout, newest_layout
from certificates.models import Certificate, PaperCertificate
from certificates.numbering import NumberForm
from certificates.occasions import RENAME
from certificates.selectors import (
    certificate_for_request,
    newest_versions,
    paper_certificate_of,
    standing_certificate,
    version_under_way,
)
from certificates.services.progress import Progress, asked_among, issued_for, progress_of
from certificates.services.requests import Particulars, RequestRefused, request_certificate, request_new_version
from certificates.snapshot import Fault, Snapshot, SnapshotRefused
from certificates.standing import Standing
from certificates.wording import Wording
from criteria.ruleset import RuleSet

# Zones and groups recognise centres of their own under the programme of the districts; their certificates say so.
OWN_LAYOUTS = {Level.ZONE: "zone_centre", Level.GROUP: "group_centre"}
# Programmes set up from a file share two layouts, whose words hold with and without experts and notice.
DESIGNATION_LAYOUTS = {False: "designation_of_enterprise", True: "designation_of_product"}


def valid_until(granted_on: date, rules: RuleSet) -> date:
    """Last day that title and certificate state: the day before so many years have passed.

    The certificate ends with it, as everybody who verifies it is told. Where the rules keep a title until its next
    evaluation, the title goes on (`accreditation.selectors.evaluation_terms`), and the result brings a new certificate.
    """
    years = int(rules.parameter("validity_years").amount())
    try:
        end = granted_on.replace(year=granted_on.year + years)
    except ValueError:  # 29 February
        end = granted_on.replace(year=granted_on.year + years, day=28)
    return end - timedelta(days=1)


def ground_of(batch: Batch) -> str:
    """The measures that a batch rests on: those of the programme, or the ones of the authority that recognises."""
    if batch.authority is not None and (instruments := rules_of(batch).instruments):
        return instruments[0].title_zh
    return batch.programme.ground_zh


def request_for(title: Title, application: Application, announcement: Announcement, *, at: datetime) -> str:
    """Ask for the certificate of a title in the running transaction; returns the certificate number."""
    particulars = particulars_of(title, application, announcement)
    form = NumberForm(prefix=title.programme.number_prefix)
    try:
        certificate = request_certificate(
            particulars=particulars, form=form, request_key=request_key_of(title), by=particulars.issuer_zh, at=at
        )
    except SnapshotRefused as refusal:
        raise Refusal([fault_of(application.case.number, fault) for fault in refusal.faults]) from refusal
    return str(certificate.number)


def particulars_of(title: Title, application: Application, announcement: Announcement) -> Particulars:
    """What the certificate of a title says, as the announcement over an application gives it."""
    programme, enterprise, batch = title.programme, title.holder, application.batch
    body = batch.granting_body
    named = title_name(programme, body)
    assert title.valid_until is not None  # only titles from above run on, and those get no certificate of ours
    return Particulars(
        kind=f"{body.uscc}{programme.certificate_kind}",
        programme=programme.code,
        programme_zh=named.zh,
        programme_en=named.en,
        holder_zh=enterprise.name,
        holder_en=enterprise.name_en,
        uscc=enterprise.uscc,
        centre_name="",
        batch_zh=f"{batch.year} 年度第 {batch.ordinal} 批",
        batch_en=f"{batch.year}, batch {batch.ordinal}",
        ground_zh=ground_of(batch),
        granted_on=title.granted_on,
        valid_from=title.valid_from,
        valid_until=title.valid_until,
        issuer_zh=body.name_zh,
        issuer_en=body.name_en,
        issuer_uscc=body.uscc,
        announcement=announcement.number,
        layout=layout_for(application),
        product_zh=title.product,
        ground_en=programme.ground_en,
    )


def title_name(programme: Programme, body: Body) -> Wording:
    """The title as certificates and plaques give it."""
    return Wording(*title_names(programme, body))


def layout_for(application: Application) -> str:
    """The layout of the programme, of the zone or group that recognises by itself, or of a designation's holders.

    Refusal where no certificate may be made out for it.
    """
    programme, authority = application.batch.programme, application.batch.authority
    own = OWN_LAYOUTS.get(Level(authority.level)) if authority is not None else None
    if programme.procedure:
        own = DESIGNATION_LAYOUTS[programme.is_of_product]
    try:
        return newest_layout(own or programme.code, is_national=programme.level == Level.NATIONAL)
    except NoLayout as refusal:
        raise Refusal([fault_of(application.case.number, Fault("layout", refusal.reason))]) from refusal


def fault_of(number: str, fault: Fault) -> Reason:
    """A fault of the particulars, with the number of the case that it concerns."""
    values = {
        "no": number,
        "field": fault.field,
        "why": fault.reason.en if (get_language() or "").startswith("en") else fault.reason.zh,
    }
    return Reason("certificate_refused", _("%(no)s：证书内容不合格（%(field)s）：%(why)s") % values, fault.field)


def request_key_of(title: Title) -> str:
    """The key under which a title's first certificate is asked for, once."""
    return request_key(title.number)


def request_key(title_number: str) -> str:
    """The same by the title's number."""
    return f"title:{title_number}"


def renewal_key(title_number: str, occasion: int | str) -> str:
    """The key under which the version after an evaluation (its year) or a renewal (its case) is asked for, once."""
    return f"renewal:{title_number}:{occasion}"


def certificate_of_title(title: Title) -> Certificate | None:
    """The first certificate asked for with a title, in whatever state; None for a title from an older register."""
    return certificate_for_request(request_key_of(title))


def standing_certificate_of_title(title: Title) -> Certificate | None:
    """The version of a title's certificate that is in force or suspended now."""
    first = certificate_of_title(title)
    return standing_certificate(first.number) if first is not None else None


def newest_certificate_of_title(title: Title) -> Certificate | None:
    """The newest issued version of a title's certificate; before the first is issued the one asked for."""
    first = certificate_of_title(title)
    return newest_versions([first.number]).get(first.number, first) if first is not None else None


def is_being_made(title: Title) -> bool:
    """Whether a version of the title's certificate is asked for and not issued yet."""
    first = certificate_of_title(title)
    return first is not None and version_under_way(first.number) is not None


def request_again(
    title: Title, *, occasion: str, request_key: str, document: str, dated: date, former: Enterprise, at: datetime
) -> str:
    """Ask for the next version of a title's certificate in the running transaction; returns its number.

    It states what the title is now: its holder, its parent. `document` is the list or notice by which the change was
    confirmed, `former` the holder as it was called before. "" for a title without an electronic certificate in force.
    Refusal where the certificate cannot be made out so.
    """
    current = standing_certificate_of_title(title)
    if current is None:
        return ""
    content = current.content
    kept = {field.name: getattr(content, field.name) for field in fields(Particulars)}
    knows = LAYOUTS[content.layout].occasions
    changed = {
        **stated_today(title, content),
        "occasion": occasion,
        "formerly_zh": former.name if occasion == RENAME else "",
        "formerly_en": former.name_en if occasion == RENAME else "",
        "result_zh": "",
        "result_en": "",
        "granted_on": dated,
        "recognised_on": content.recognised_on or title.granted_on,
        "announcement": document,
        "layout": content.layout if occasion in knows else newest_layout(title.programme_id),
    }
    particulars, by = Particulars(**{**kept, **changed}), content.issuer_zh
    try:
        again = request_new_version(certificate=current, particulars=particulars, request_key=request_key, by=by, at=at)
    except SnapshotRefused as refusal:
        raise Refusal([fault_of(title.number, fault) for fault in refusal.faults]) from refusal
    except RequestRefused as refusal:
        raise Refusal(
            [Reason("certificate_pending", _("称号 %(no)s 的证书现在不能换发。") % {"no": title.number})]
        ) from refusal
    return str(again.number)


def stated_today(title: Title, said: Snapshot) -> dict[str, Any]:
    """What a further version states of a title as it is now, as fields of Particulars; `said` by the version before."""
    holder, parent = title.holder, title.parent.holder if title.parent else None
    return {
        "holder_zh": holder.name,
        "holder_en": holder.name_en,
        "uscc": holder.uscc,
        "parent_zh": parent.name if parent else "",
        "parent_en": parent.name_en if parent else "",
        "valid_until": title.valid_until or said.valid_until,
    }


def standing_paper_of_title(title: Title) -> PaperCertificate | None:
    """The paper certificate on which an imported title rests, while it is in force or suspended."""
    paper = paper_certificate_of(title.number)
    return paper if paper is not None and paper.standing in (Standing.IN_FORCE, Standing.SUSPENDED) else None


def standing_numbers_of(title: Title) -> list[str]:
    """Numbers of the certificates, signed and on paper, that stand now and end with the title."""
    rows = (standing_certificate_of_title(title), standing_paper_of_title(title))
    return [str(row.number) for row in rows if row is not None]


def certificates_to_note() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Issued certificates whose case does not know it yet: certificate number, case number, what to note."""
    waiting = Application.objects.filter(
        state=ApplicationState.RECOGNISED, case__closed_at__isnull=True, title__isnull=False
    )
    cases = {key: case for case, key in keys_asked(waiting.order_by("case_id")).items()}
    for found in issued_for(cases):
        form = {"certificate": found.number, "sha256": str(found.sha256), "identifier": str(found.identifier)}
        yield found.number, cases[found.request_key], form


def keys_asked(granted: QuerySet[Application]) -> dict[str, str]:
    """By number of case: the key of the certificate asked for, a renewal's new version or the title's first."""
    columns = ("case__number", "title__number", "title__announcement_number", "announcement__number")
    rows = list(granted.values_list(*columns))
    renewed = {case: renewal_key(title, case) for case, title, first, own in rows if first != own}
    versions = asked_among(list(renewed.values()))
    keys = {case: request_key(title) for case, title, _first, _own in rows}
    return keys | {case: key for case, key in renewed.items() if key in versions}


def issuing_of(batch: Batch, *, at: datetime) -> Progress:
    """How far the certificates of a batch's titles are."""
    rows = batch.applications.filter(title__isnull=False)
    if not batch.is_evaluation:
        return progress_of(list(keys_asked(rows).values()), at=at)
    granted = rows.values_list("title__number", flat=True)
    renewed = {renewal_key(number, batch.year): request_key(number) for number in granted}
    asked = set(Certificate.objects.filter(request_key__in=renewed).values_list("request_key", flat=True))
    return progress_of([key if key in asked else first for key, first in renewed.items()], at=at)

"""From a granted title to its certificate: a snapshot of plain values for the issuing service, which knows no case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accreditation.enums import ApplicationState
from accreditation.errors import Reason, Refusal
from accreditation.models import Announcement, Application, Batch, Title
from accreditation.services.rule_sets import rules_of
from certificates.numbering import NumberForm
from certificates.selectors import certificate_for_request
from certificates.services.requests import Particulars, request_certificate
from certificates.snapshot import Fault, SnapshotRefused
from criteria.ruleset import RuleSet


def valid_until(granted_on: date, rules: RuleSet) -> date:
    """Last day of the title: the day before it is due for evaluation again, so many years on."""
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
    programme, enterprise, batch = title.programme, title.holder, application.batch
    body = batch.authority or programme.granted_by
    particulars = Particulars(
        kind=f"{body.uscc}{programme.certificate_kind}",
        programme=programme.code,
        programme_zh=programme.name_zh,
        programme_en=programme.name_en,
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
    )
    form = NumberForm(prefix=programme.number_prefix)
    try:
        certificate = request_certificate(
            particulars=particulars, form=form, request_key=request_key_of(title), by=body.name_zh, at=at
        )
    except SnapshotRefused as refusal:
        raise Refusal([_fault(application, fault) for fault in refusal.faults]) from refusal
    return str(certificate.number)


def _fault(application: Application, fault: Fault) -> Reason:
    values = {
        "no": application.case.number,
        "field": fault.field,
        "why": fault.reason.en if (get_language() or "").startswith("en") else fault.reason.zh,
    }
    return Reason("certificate_refused", _("%(no)s：证书内容不合格（%(field)s）：%(why)s") % values, fault.field)


def request_key_of(title: Title) -> str:
    """The key under which a title's first certificate is asked for, once."""
    return f"title:{title.number}"


def certificates_to_note() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Issued certificates whose case does not know it yet: certificate number, case number, what to note."""
    waiting = Application.objects.filter(
        state=ApplicationState.RECOGNISED, case__closed_at__isnull=True, title__isnull=False
    ).select_related("case", "title")
    for application in waiting:
        assert application.title is not None
        found = certificate_for_request(request_key_of(application.title))
        if found is not None and found.standing.is_issued:
            form = {"certificate": found.number, "sha256": str(found.sha256), "identifier": str(found.identifier)}
            yield found.number, application.case.number, form

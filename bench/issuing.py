"""A thousand certificates issued by a signer that is killed again and again: how fast, and whether each exists once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from bench.figures import Figure
from bench.scale import Scale
from certificates.installation import store_folder
from certificates.models import Certificate, LogEntry, Translation, TreeHead
from certificates.numbering import NumberForm
from certificates.selectors import inclusion_of
from certificates.services.checking import differences
from certificates.services.progress import progress_of_all
from certificates.services.requests import request_certificate
from certificates.services.verification import is_proved
from tests.architecture.sources import ROOT
from tests.certificates.samples import particulars
from tests.factories.children import environment_of_children

SEED = 20261128
PATIENCE = 600.0
_GLANCE = 0.02


def issuing(scale: Scale) -> Iterator[Figure]:
    """Certificates a second from request to published page, with kills; what was lost, doubled or contradicts."""
    request_many(scale.certificates, at=timezone.now())
    run = issue_with_kills(
        kills=scale.kills, limit=50, environment=environment_of_children(), chance=random.Random(SEED)
    )
    faults = list(faults_of(scale.certificates))
    remark = f"{scale.certificates} issued, logged, published; signer killed {run.kills} times; {run.heads} log heads"
    yield Figure("issuing.rate", scale.certificates / run.seconds, "/s", 5, remark, more_is_better=True)
    yield Figure("issuing.faults", len(faults), "faults", 0, faults[0] if faults else "each once, all logged, no gap")


def request_many(number: int, *, at: datetime) -> None:
    """Requests of one announcement: all of them or none."""
    today = timezone.localdate(at)
    said = particulars(granted_on=today, valid_from=today, valid_until=today + timedelta(days=1000))
    form = NumberForm("SHETC")
    with transaction.atomic():
        for turn in range(number):
            request_certificate(particulars=said, form=form, request_key=f"bench:{turn}", by="示例委员会", at=at)


@dataclass(frozen=True, slots=True)
class Run:
    """What it took: seconds by the clock with all restarts, kills, signed heads of the log."""

    seconds: float
    kills: int
    heads: int


def issue_with_kills(*, kills: int, limit: int, environment: Mapping[str, str], chance: random.Random) -> Run:
    """Let signers work until nothing remains; the first `kills` of them are killed after a random number of issues."""
    started = time.monotonic()
    total = Certificate.objects.count()
    done = 0
    for turn in count():
        share = max(1, (total - done) // max(1, kills - turn)) if turn < kills else total
        signer = _start(limit, environment)
        if turn < kills:
            done = _kill_after(signer, done + chance.randint(1, share), chance)
        else:
            output, _ = signer.communicate(timeout=PATIENCE)
            if signer.returncode:
                raise RuntimeError(f"the signer ended with {signer.returncode}: {output}")
            break
        if time.monotonic() - started > PATIENCE:
            raise TimeoutError(f"{done} of {total} issued after {PATIENCE:.0f} s")
    return Run(time.monotonic() - started, kills, TreeHead.objects.count())


def _start(limit: int, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "signer", "--once", "--limit", str(limit)]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _kill_after(signer: subprocess.Popen[str], wanted: int, chance: random.Random) -> int:
    """Kill once so many are issued in all, a random moment later, or let it end before; how many are issued."""
    while signer.poll() is None and progress_of_all(at=timezone.now()).issued < wanted:
        time.sleep(_GLANCE)
    time.sleep(chance.random() * 0.2)  # in the middle of whatever comes next
    signer.kill()
    signer.communicate()
    return progress_of_all(at=timezone.now()).issued


def faults_of(total: int) -> Iterator[str]:
    """Everything by which the outcome differs from `total` certificates that exist once, logged, proved, published."""
    rows = list(Certificate.objects.order_by("pk"))
    if [row.pk for row in rows if not row.standing.is_issued] or len(rows) != total:
        yield f"{sum(row.standing.is_issued for row in rows)} of {len(rows)} are issued, {total} were asked for"
    issues = LogEntry.objects.filter(event="issue").order_by("index")
    entries = list(issues.values_list("number", "version", "event"))
    if sorted(entries) != sorted((row.number, row.version, "issue") for row in rows):
        yield f"the log has {len(entries)} entries, {len(set(entries))} of them different"
    stored = {path.stem for path in store_folder().rglob("*.pdf")}
    english = set(Translation.objects.filter(sha256__isnull=False).values_list("sha256", flat=True))
    if stored != {row.sha256 for row in rows} | english:
        yield f"{len(stored)} files are stored"
    for row in rows:
        inclusion = inclusion_of(row)
        if inclusion is None or not is_proved(row, inclusion):
            yield f"{row}: the newest head does not prove it"
        if row.published_revision != row.revision:
            yield f"{row}: its page is not published"
    yield from differences()

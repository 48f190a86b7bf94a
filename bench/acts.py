"""What the audited act costs beside a plain update that also writes a log row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.db import transaction

from accreditation.acts import act
from accreditation.audit import verify_chain
from accreditation.models import AuditEvent, Case, User
from accreditation.models.audit import GENESIS
from bench.figures import Figure
from bench.scale import Scale
from bench.timing import counted, cpu_ms
from tests.clock import MONDAY
from tests.factories.cast import make_cast
from workflows.opening import open_application

REMARK = {"remark": "材料齐全", "figure": "rd_staff", "value": "88"}


def acts(scale: Scale) -> Iterator[Figure]:
    """Statements and CPU time of one act through the wrapper, and the ratio to the peer."""
    cast = make_cast(MONDAY)
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=MONDAY)
    serial = count(1)

    def ours() -> None:
        for _turn in range(scale.acts):
            audited(case, cast.member0)

    def peer() -> None:
        for _turn in range(scale.acts):
            plain(case, cast.member0, next(serial))

    times = cpu_ms({"ours": ours, "peer": peer}, scale.rounds)
    with counted() as statements:
        audited(case, cast.member0)
    if breaks := verify_chain(Case.objects.get(pk=case.pk)):
        raise ValueError(f"the chain does not verify: {breaks[:3]}")
    each = {name: taken / scale.acts for name, taken in times.items()}
    tables = ", ".join(f"{table} {number}" for table, number in statements.by_table().items())
    yield Figure("act.statements", statements.count, "statements", 6, tables)
    yield Figure("act.cpu", each["ours"], "ms CPU", 12)
    remark = f"UPDATE and INSERT in one transaction: {each['peer']:.2f} ms"
    yield Figure("act.ratio", each["ours"] / each["peer"], "x peer", 4, remark)


def audited(case: Case, by: User) -> None:
    """Through the wrapper: lock and reload, change, next link of the chain, head on the row, the worker woken."""
    with act(case, "remark", by=by, at=MONDAY, acting_as="applicant") as doing:
        Case.objects.filter(pk=case.pk).update(moved_at=MONDAY)
        doing.note(**REMARK)


@transaction.atomic
def plain(case: Case, by: User, number: int) -> None:
    """The peer: no lock, no reload, no hash, no head, nobody woken; the same log row in the same table."""
    Case.objects.filter(pk=case.pk).update(moved_at=MONDAY)
    AuditEvent.objects.create(
        chain=f"plain:{number}", seq=1, at=MONDAY, verb="remark", by_id=by.pk, by_name=by.name, acting_as="applicant",
        content=REMARK, code_revision="", previous_hash=GENESIS, hash=GENESIS,
    )  # fmt: skip

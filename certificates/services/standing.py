"""Change what an issued certificate is worth: suspend, reinstate, revoke, cancel, supersede, expire.

Each enters the log.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from certificates.models import Certificate
from certificates.selectors import certificates_run_out
from certificates.services.log import append_event
from certificates.services.waking import wake
from certificates.standing import Standing, remark_of


@transaction.atomic
def change_standing(*, certificate: Certificate, verb: str, ground: str, at: datetime) -> Certificate:
    """Carry out one of suspend, reinstate, revoke, cancel on the certificate and enter it in the log.

    `ground` is the reason as published on the verification page; it must not be empty. TransitionNotAllowed when the
    certificate's state does not allow it, ValueError on an unknown verb or an empty ground.
    """
    if verb not in {"suspend", "reinstate", "revoke", "cancel"}:
        raise ValueError(f"not a change of standing: {verb!r}")
    if not ground.strip():
        raise ValueError("a change of standing needs its ground")
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    return _move(locked, verb, ground=ground, at=at)


@transaction.atomic
def restate_ground(*, certificate: Certificate, ground: str, at: datetime) -> Certificate:
    """Publish another reason under a state that stays; of a certificate in force it is only a remark."""
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    locked.state_ground, locked.state_since = ground, at
    locked.revision += 1
    locked.save(update_fields=["state_ground", "state_since", "revision"])
    transaction.on_commit(wake)
    return locked


def supersede_earlier(certificate: Certificate, *, at: datetime) -> None:
    """Close the standing earlier version, if there is one, in the transaction that issues `certificate`."""
    holding = [Standing.IN_FORCE, Standing.SUSPENDED]
    earlier = Certificate.objects.select_for_update().filter(number=certificate.number, state__in=holding)
    for version in earlier.exclude(pk=certificate.pk):
        _move(version, "supersede", ground="", at=at)


def republish_versions(certificate: Certificate) -> None:
    """Mark the pages of the other versions under the number: each shows the history of all."""
    others = Certificate.objects.filter(number=certificate.number).exclude(pk=certificate.pk)
    others.exclude(state=Standing.REQUESTED).update(revision=F("revision") + 1)


def expire_due(*, on: date, at: datetime) -> int:
    """Expire every standing certificate whose last day lies before `on`; how many."""
    return sum(_expire(pk, on, at) for pk in certificates_run_out(on).values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: int, on: date, at: datetime) -> bool:
    certificate = certificates_run_out(on).select_for_update().filter(pk=pk).first()
    if certificate is None:
        return False
    kept = certificate.state_ground if remark_of(certificate.state_ground) else ""
    _move(certificate, "expire", ground=kept, at=at)
    return True


def _move(certificate: Certificate, verb: str, *, ground: str, at: datetime) -> Certificate:
    getattr(certificate, verb)()
    certificate.state_since = at
    certificate.state_ground = ground
    certificate.revision += 1
    certificate.save(update_fields=["state", "state_since", "state_ground", "revision"])
    append_event(certificate, verb, at=at)
    republish_versions(certificate)
    transaction.on_commit(wake)
    return certificate

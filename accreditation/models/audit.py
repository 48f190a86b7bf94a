"""The audit trail: an append-only hash chain per case or ledger, the head kept on the chain's own row."""

from __future__ import annotations

from django.db import models

GENESIS = "0" * 64


class Chained(models.Model):
    """Something whose history is a chain: the hash of its last event and how many there are."""

    audit_head = models.CharField(max_length=64, default=GENESIS)
    audit_count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Ledger(Chained):
    """Chain of a subject that is no case: an enterprise, a batch, role grants, a rule set."""

    key = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """One act. No foreign keys: the record outlives every row it speaks of."""

    chain = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    acting_as = models.CharField(max_length=60)  # role or membership under which the person acted
    state_before = models.CharField(max_length=40, blank=True)
    state_after = models.CharField(max_length=40, blank=True)
    content = models.JSONField()  # what was decided or recorded, with references and hashes
    code_revision = models.CharField(max_length=60)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_event_per_place", fields=["chain", "seq"]),
            models.UniqueConstraint(name="one_successor", fields=["chain", "previous_hash"]),
        ]
        indexes = [models.Index(fields=["by_id", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.verb}"

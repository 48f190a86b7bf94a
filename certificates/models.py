"""Certificates, their numbers, the log of every event, its signed heads, and the allowance of public look-ups."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, transition

from certificates import paper
from certificates.snapshot import Snapshot, from_plain
from certificates.standing import Standing

S = Standing
_REQUESTED = S.REQUESTED.value
_HOLDS = [S.IN_FORCE.value, S.SUSPENDED.value]
_NEEDS_GROUND = [S.SUSPENDED.value, S.REVOKED.value, S.CANCELLED.value]


class Certificate(models.Model):
    """One version of a certificate: a snapshot of what it says, the digests of what was issued, and its standing."""

    number = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=27, unique=True)
    request_key = models.CharField(max_length=160, unique=True)
    snapshot = models.JSONField()
    uscc = models.CharField(max_length=18, db_index=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=120)
    refusal = models.TextField(blank=True)

    state = FSMField(default=_REQUESTED, protected=True)
    state_since = models.DateTimeField()
    state_ground = models.CharField(max_length=300, blank=True)

    issued_at = models.DateTimeField(null=True, blank=True)
    identifier = models.CharField(max_length=100, null=True, blank=True, unique=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True, unique=True)
    record_sha256 = models.CharField(max_length=64, blank=True)
    unsigned_sha256 = models.CharField(max_length=64, blank=True)
    signer = models.CharField(max_length=64, blank=True)
    fonts = models.JSONField(default=dict, blank=True)
    printed = models.TextField(blank=True)
    log_index = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    status_index = models.PositiveBigIntegerField(null=True, blank=True, unique=True)

    revision = models.PositiveIntegerField(default=0)
    published_revision = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_certificate_per_number_and_version", fields=["number", "version"]),
            models.UniqueConstraint(
                name="one_standing_version_per_number", fields=["number"], condition=Q(state__in=_HOLDS)
            ),
            models.CheckConstraint(name="certificate_state_known", condition=Q(state__in=[state.value for state in S])),
            models.CheckConstraint(
                name="issued_certificate_has_its_facts",
                condition=Q(state=_REQUESTED)
                | Q(
                    issued_at__isnull=False,
                    identifier__isnull=False,
                    sha256__isnull=False,
                    log_index__isnull=False,
                    status_index__isnull=False,
                )
                & ~Q(record_sha256="")
                & ~Q(unsigned_sha256="")
                & ~Q(signer=""),
            ),
            models.CheckConstraint(
                name="requested_certificate_has_no_file",
                condition=~Q(state=_REQUESTED) | Q(sha256__isnull=True, issued_at__isnull=True, log_index__isnull=True),
            ),
            models.CheckConstraint(
                name="withdrawn_certificate_has_a_ground",
                condition=~Q(state__in=_NEEDS_GROUND) | ~Q(state_ground=""),
            ),
            models.CheckConstraint(name="certificate_runs_forward", condition=Q(valid_until__gt=F("valid_from"))),
            models.CheckConstraint(name="certificate_version_from_one", condition=Q(version__gte=1, version__lte=999)),
            models.CheckConstraint(name="published_what_exists", condition=Q(published_revision__lte=F("revision"))),
        ]
        indexes = [
            models.Index(name="certificates_to_sign", fields=["id"], condition=Q(state=_REQUESTED)),
            models.Index(
                name="certificates_to_publish", fields=["id"], condition=Q(revision__gt=F("published_revision"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"

    @property
    def standing(self) -> Standing:
        """The stored state."""
        return Standing(self.state)

    @property
    def content(self) -> Snapshot:
        """What the certificate says."""
        return from_plain(self.snapshot)

    @transition(field=state, source=S.REQUESTED.value, target=S.IN_FORCE.value)
    def issue(self) -> None:
        """Rendered, signed, stored and entered in the log."""

    @transition(field=state, source=S.IN_FORCE.value, target=S.SUSPENDED.value)
    def suspend(self) -> None:
        """Without effect for a time."""

    @transition(field=state, source=S.SUSPENDED.value, target=S.IN_FORCE.value)
    def reinstate(self) -> None:
        """In force again."""

    @transition(field=state, source=_HOLDS, target=S.REVOKED.value)
    def revoke(self) -> None:
        """Taken away for cause."""

    @transition(field=state, source=_HOLDS, target=S.CANCELLED.value)
    def cancel(self) -> None:
        """Ended without fault of the holder."""

    @transition(field=state, source=_HOLDS, target=S.SUPERSEDED.value)
    def supersede(self) -> None:
        """A newer version was issued."""

    @transition(field=state, source=_HOLDS, target=S.EXPIRED.value)
    def expire(self) -> None:
        """The last day of validity has passed."""


class Translation(models.Model):
    """The English edition of an issued certificate, signed like it; until it is made `sha256` is null."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="translation")
    sha256 = models.CharField(max_length=64, null=True, blank=True, unique=True)
    unsigned_sha256 = models.CharField(max_length=64, blank=True)
    signer = models.CharField(max_length=64, blank=True)
    fonts = models.JSONField(default=dict, blank=True)
    log_index = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    made_at = models.DateTimeField(null=True, blank=True)
    refusal = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="made_translation_has_its_facts",
                condition=Q(sha256__isnull=True, log_index__isnull=True, made_at__isnull=True)
                | Q(sha256__isnull=False, log_index__isnull=False, made_at__isnull=False, refusal="")
                & ~Q(unsigned_sha256="")
                & ~Q(signer=""),
            ),
        ]
        indexes = [
            models.Index(name="translations_to_make", fields=["id"], condition=Q(sha256__isnull=True, refusal="")),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} in English"


class PaperCertificate(models.Model):
    """A certificate issued on paper, entered from an office's list by two people: no signature, no code, no versions.

    `number` is the one it is compared by (`paper.number_key`), `source_place` sheet and row of the imported file.
    """

    number = models.CharField(max_length=40, unique=True)
    uscc = models.CharField(max_length=18, db_index=True)
    title_number = models.CharField(max_length=40, unique=True)
    record = models.JSONField()
    record_sha256 = models.CharField(max_length=64)
    valid_until = models.DateField()
    source_name = models.CharField(max_length=200)
    source_sha256 = models.CharField(max_length=64)
    source_place = models.CharField(max_length=120)
    import_number = models.CharField(max_length=40, db_index=True)
    prepared_by = models.CharField(max_length=120)
    confirmed_by = models.CharField(max_length=120)
    imported_at = models.DateTimeField()

    state = FSMField(default=S.IN_FORCE.value, protected=True)
    state_since = models.DateTimeField()
    state_ground = models.CharField(max_length=300, blank=True)
    log_index = models.PositiveBigIntegerField(unique=True)
    status_index = models.PositiveBigIntegerField(unique=True)

    sha256 = ""  # there is no file; the log says so
    version = paper.VERSION

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paper_state_known",
                condition=Q(state__in=[*_HOLDS, *_NEEDS_GROUND, S.EXPIRED.value]),
            ),
            models.CheckConstraint(
                name="withdrawn_paper_has_a_ground", condition=~Q(state__in=_NEEDS_GROUND) | ~Q(state_ground="")
            ),
            models.CheckConstraint(
                name="paper_is_entered_by_two_people", condition=~Q(prepared_by=F("confirmed_by")) & ~Q(confirmed_by="")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def identifier(self) -> str:
        """Its name in the log."""
        return paper.identifier_of(self.number)

    @property
    def standing(self) -> Standing:
        """The stored state."""
        return Standing(self.state)

    @property
    def content(self) -> paper.PaperRecord:
        """What the paper says, and where that was read."""
        return paper.from_plain(self.record)

    @transition(field=state, source=S.IN_FORCE.value, target=S.SUSPENDED.value)
    def suspend(self) -> None:
        """Without effect for a time."""

    @transition(field=state, source=S.SUSPENDED.value, target=S.IN_FORCE.value)
    def reinstate(self) -> None:
        """In force again."""

    @transition(field=state, source=_HOLDS, target=S.REVOKED.value)
    def revoke(self) -> None:
        """Taken away for cause."""

    @transition(field=state, source=_HOLDS, target=S.CANCELLED.value)
    def cancel(self) -> None:
        """Ended without fault of the holder."""

    @transition(field=state, source=_HOLDS, target=S.EXPIRED.value)
    def expire(self) -> None:
        """The last day of validity has passed."""


class ArchivedFile(models.Model):
    """A later revision of a certificate's file, upgraded for the long term; the first stands in the certificate.

    `ordinal` counts from one, `until` is the end of its newest time-stamp's authority: before, the next one is due.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="archived")
    ordinal = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    level = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    stamped_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["certificate", "ordinal"]
        constraints = [
            models.UniqueConstraint(name="one_archived_file_per_ordinal", fields=["certificate", "ordinal"]),
            models.CheckConstraint(name="archived_from_one", condition=Q(ordinal__gte=1)),
            models.CheckConstraint(name="archived_time_runs_forward", condition=Q(until__gt=F("stamped_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.level} {self.ordinal}"


class NumberSeries(models.Model):
    """The last number taken from a series; its row stays locked until the taking transaction ends."""

    name = models.CharField(max_length=60, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class LogEntry(models.Model):
    """One leaf of the transparency log: the canonical JSON of an event, its place and its hash."""

    index = models.PositiveBigIntegerField(unique=True)
    leaf = models.TextField()
    leaf_hash = models.CharField(max_length=64, db_index=True)
    number = models.CharField(max_length=40, db_index=True)
    version = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=20)

    class Meta:
        ordering = ["index"]
        verbose_name_plural = "log entries"

    def __str__(self) -> str:
        return f"{self.index}: {self.event} {self.number}"


class StatusList(models.Model):
    """A signed list of the revoked or suspended, as it is published; `covers` counts the log entries it knows."""

    purpose = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    covers = models.PositiveBigIntegerField()
    token = models.TextField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_status_list_per_purpose_and_number", fields=["purpose", "number"]),
            models.CheckConstraint(name="status_list_runs_forward", condition=Q(valid_until__gt=F("valid_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"


class TreeHead(models.Model):
    """A signed state of the log, with a time-stamp over it where one could be had."""

    origin = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    peaks = models.JSONField()
    at = models.DateTimeField()
    signature = models.TextField()
    time_stamp = models.TextField(blank=True)

    class Meta:
        ordering = ["size"]
        constraints = [models.CheckConstraint(name="head_of_a_tree", condition=Q(size__gte=1) & ~Q(root=""))]

    def __str__(self) -> str:
        return f"{self.size}: {self.root}"


class Allowance(models.Model):
    """How far ahead of the allowed rate a visitor is: the theoretical arrival time of GCRA, in seconds of the epoch."""

    key = models.CharField(max_length=80, unique=True)
    arrival = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return self.key

"""Where an authority wants to be told by machine that its cases moved."""

from __future__ import annotations

from django.db import models

from accreditation.models.people import Body, User


class Webhook(models.Model):
    """One address of one authority, with the key by which it knows that a call is ours."""

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="webhook")
    url = models.CharField(max_length=300)
    secret = models.CharField(max_length=64)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.body.code

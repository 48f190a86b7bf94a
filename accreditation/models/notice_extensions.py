"""The public notice of one case runs on because of an objection; the others of its list are not touched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.applications import Application
from accreditation.models.notices import Notice, Objection
from accreditation.models.people import User
from accreditation.notice_words import ExtensionGround


class NoticeExtension(models.Model):
    """Working days added to the notice of one case; its clock says when it ends now. Days are only ever added."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="extensions")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notice_extensions")
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="extensions")
    ground = models.CharField(max_length=20, choices=ExtensionGround)
    working_days = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, blank=True)  # for those who may read the objection
    extended_at = models.DateTimeField()
    extended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="extension_never_shortens", condition=Q(working_days__gte=1)),
            models.CheckConstraint(
                name="named_extension_has_reason", condition=~Q(ground=ExtensionGround.NAMED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} +{self.working_days}"

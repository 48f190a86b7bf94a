"""Announced lists keep the name under which they were announced; of earlier ones it is found in the history of names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Name every announced result and recognition as the register named its holder in the moment of the announcement."""
    applications, calls, enterprises, records, events = (
        apps.get_model("accreditation", name)._default_manager.using(editor.connection.alias)
        for name in ("Application", "EvaluationCall", "Enterprise", "HolderRecord", "AuditEvent")
    )

    def name_at(enterprise: Any, at: datetime) -> str:
        """The first name given up later, else today's."""
        given_up = records.filter(enterprise=enterprise.pk, kind="former_name", recorded_at__gt=at)
        first = given_up.order_by("recorded_at", "pk").first()
        return str(first.note if first is not None else enterprise.name)

    def holder_at(title: Any, at: datetime) -> Any:
        """From whom the title first passed later, else who holds it today."""
        passed = events.filter(chain=f"title:{title.number}", verb="succeed", at__gt=at).order_by("seq").first()
        former = enterprises.filter(uscc=passed.content["from_uscc"]).first() if passed is not None else None
        return former or title.holder

    for row in applications.filter(announcement__isnull=False).select_related("announcement", "enterprise"):
        name = name_at(row.enterprise, row.announcement.announced_at)
        applications.filter(pk=row.pk).update(announced_name=name)
    for call in calls.filter(announcement__isnull=False).select_related("announcement", "title__holder"):
        holder = holder_at(call.title, call.announcement.announced_at)
        name = name_at(holder, call.announcement.announced_at)
        calls.filter(pk=call.pk).update(announced_holder=holder.pk, announced_name=name)
        applications.filter(pk=call.application_id, announcement=call.announcement_id).update(announced_name=name)
    editor.connection.check_constraints()  # now: PostgreSQL alters no table over which checks are put off


class Migration(migrations.Migration):

    dependencies = [
        ('accreditation', '0050_recused_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='announced_name',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='evaluationcall',
            name='announced_holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accreditation.enterprise'),
        ),
        migrations.AddField(
            model_name='evaluationcall',
            name='announced_name',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('announced_name', ''), ('announcement__isnull', True)), models.Q(('announcement__isnull', False), models.Q(('announced_name', ''), _negated=True)), _connector='OR'), name='announced_application_has_name'),
        ),
        migrations.AddConstraint(
            model_name='evaluationcall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('announced_holder__isnull', True), ('announced_name', ''), ('announcement__isnull', True)), models.Q(('announced_holder__isnull', False), ('announcement__isnull', False), models.Q(('announced_name', ''), _negated=True)), _connector='OR'), name='announced_result_names_holder'),
        ),
    ]

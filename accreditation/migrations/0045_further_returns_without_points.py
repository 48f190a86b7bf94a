"""Requests to return a matter that were kept as one text name no field: they can neither be answered nor carried out.

An allowed one counts as spent; one that waits is taken away, so that it can be asked again (the trail keeps it).
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def settle(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Settle every request of a matter without points that is neither refused nor spent."""
    rows = apps.get_model("accreditation", "FurtherReturn")._default_manager.using(editor.connection.alias)
    without_points = rows.filter(matter__isnull=False, points=[])
    without_points.filter(answer="allowed", spent_at__isnull=True).update(spent_at=timezone.now())
    without_points.filter(answer="").delete()


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0044_pauses_and_sheets_set_aside")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]

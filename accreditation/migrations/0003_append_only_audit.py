"""The audit table refuses updates and deletions."""

from django.db import migrations

from accreditation import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, [append_only.AUDIT])


def uninstall(apps, schema_editor):
    append_only.uninstall(schema_editor.connection, [append_only.AUDIT])


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0002_initial")]
    operations = [migrations.RunPython(install, uninstall)]

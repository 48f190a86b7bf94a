"""A statement ends nobody's days any more: every one is kept, and what ends them beforehand is said in words.

Also which cancellations the holder itself asked for, as the trail of each case says.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_statements(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What was stated in a hearing becomes its first statement."""
    alias = editor.connection.alias
    hearings = apps.get_model("accreditation", "ObjectionHearing")._default_manager.using(alias)
    statements = apps.get_model("accreditation", "ObjectionStatement")._default_manager.using(alias)
    statements.bulk_create(
        statements.model(
            hearing_id=row.pk, text=row.statement, file_id=row.file_id, file_name=row.file_name,
            stated_by_id=row.stated_by_id, stated_at=row.stated_at,
        )
        for row in hearings.filter(stated_at__isnull=False)
    )  # fmt: skip
    _check_references(editor)


def put_statements_back(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The last statement of each hearing; earlier ones have no place there."""
    alias = editor.connection.alias
    hearings = apps.get_model("accreditation", "ObjectionHearing")._default_manager.using(alias)
    statements = apps.get_model("accreditation", "ObjectionStatement")._default_manager.using(alias)
    for one in statements.order_by("stated_at", "pk"):
        hearings.filter(pk=one.hearing_id).update(
            statement=one.text, file_id=one.file_id, file_name=one.file_name, stated_by_id=one.stated_by_id
        )
    statements.all().delete()
    _check_references(editor)


def _check_references(editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL alters no table while references to it wait to be checked."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


def name_requests(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """A cancellation that a holder opened was asked for when it was opened."""
    alias = editor.connection.alias
    rows = apps.get_model("accreditation", "Proceeding")._default_manager.using(alias)
    events = apps.get_model("accreditation", "AuditEvent")._default_manager.using(alias)
    for row in rows.filter(kind="cancellation", ground="given_up").select_related("case"):
        if events.filter(chain=f"case:{row.case.number}", verb="open", acting_as="applicant").exists():
            rows.filter(pk=row.pk).update(asked_at=row.case.opened_at)


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0055_reconsideration_examined")]

    operations = [
        migrations.AddField("proceeding", "asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("proceeding", "rest_waived_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "proceeding",
            models.CheckConstraint(
                condition=models.Q(asked_at__isnull=True) | models.Q(kind="cancellation"),
                name="only_a_cancellation_is_asked_for",
            ),
        ),
        migrations.AddConstraint(
            "proceeding",
            models.CheckConstraint(
                condition=models.Q(rest_waived_at__isnull=True)
                | (
                    models.Q(notified_at__isnull=False, heard_at__isnull=False)
                    & models.Q(notified_at__lte=models.F("rest_waived_at"), heard_at__gte=models.F("rest_waived_at"))
                ),
                name="rest_of_defence_is_waived_by_who_was_told",
            ),
        ),
        migrations.RunPython(name_requests, migrations.RunPython.noop),
        migrations.CreateModel(
            name="ObjectionStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("stated_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="accreditation.storedfile",
                    ),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements",
                        to="accreditation.objectionhearing",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("stated_at", "pk")},
        ),
        migrations.AddConstraint(
            "objectionstatement",
            models.CheckConstraint(condition=~models.Q(text=""), name="objection_statement_has_text"),
        ),
        migrations.RemoveConstraint("objectionhearing", "statement_has_author_and_moment"),
        migrations.RunPython(keep_statements, put_statements_back),
        migrations.RemoveField("objectionhearing", "file"),
        migrations.RemoveField("objectionhearing", "file_name"),
        migrations.RemoveField("objectionhearing", "stated_by"),
        migrations.RemoveField("objectionhearing", "statement"),
        migrations.AddField("objectionhearing", "rest_waived_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "objectionhearing",
            models.CheckConstraint(
                condition=models.Q(rest_waived_at__isnull=True)
                | models.Q(stated_at__isnull=False, stated_at__lte=models.F("rest_waived_at")),
                name="rest_of_statement_time_is_waived_with_a_statement",
            ),
        ),
    ]  # fmt: skip

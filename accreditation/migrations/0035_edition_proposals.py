"""Changes of edition are tried, frozen and decided by a second person; a holder takes a request for a certificate back."""

from django.db import migrations, models


def settle_earlier(apps, schema_editor):
    """Earlier changes: finished ones stay, confirmed ones go on with the cases that still run, others were never tried.

    What was never tried is taken back, so that it is proposed anew with a preview that the second person can read.
    """
    changes = apps.get_model("accreditation", "EditionChange").objects
    cases = apps.get_model("accreditation", "Case").objects
    changes.filter(finished_at__isnull=False).update(state="finished")
    for row in changes.filter(finished_at__isnull=True).order_by("pk"):
        if row.decided_at is None:
            row.state, row.decided_by_id, row.decided_at = "withdrawn", row.proposed_by_id, row.proposed_at
        else:
            running = cases.filter(procedure=row.edition_before, closed_at__isnull=True).order_by("pk")
            row.preview = [{"case": case.number, "before": case.state, "after": "", "reasons": []} for case in running]
            row.state = "running"
        row.save()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # no table is altered while references wait to be checked


class Migration(migrations.Migration):
    dependencies = [
        ("accreditation", "0034_meetings"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="editionchange",
            name="edition_change_is_confirmed_by_a_second_person",
        ),
        migrations.RemoveConstraint(
            model_name="editionchange",
            name="finished_edition_change_was_confirmed",
        ),
        migrations.RenameField(
            model_name="editionchange",
            old_name="confirmed_at",
            new_name="decided_at",
        ),
        migrations.RenameField(
            model_name="editionchange",
            old_name="confirmed_by",
            new_name="decided_by",
        ),
        migrations.AddField(
            model_name="editionchange",
            name="decline_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="preview",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="preview_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="editionchange",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "待第二人确认"),
                    ("running", "正在逐件更换"),
                    ("finished", "已完成"),
                    ("declined", "未予确认"),
                    ("withdrawn", "已撤回"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.RunPython(settle_earlier, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "finished", "declined", "withdrawn"])),
                name="edition_change_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                    _connector="OR",
                ),
                name="waiting_edition_change_is_undecided",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["running", "finished"]), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("proposed_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="edition_change_is_confirmed_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        models.Q(("decline_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="edition_change_is_declined_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="edition_change_is_withdrawn_by_its_proposer",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state", "finished")),
                    models.Q(models.Q(("state", "finished"), _negated=True), ("finished_at__isnull", True)),
                    _connector="OR",
                ),
                name="finished_edition_change_has_its_time",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="reissue",
            name="reissue_is_settled_by_another_person",
        ),
        migrations.RemoveConstraint(
            model_name="reissue",
            name="reissue_is_settled_whole",
        ),
        migrations.AlterField(
            model_name="reissue",
            name="state",
            field=models.CharField(
                choices=[("waiting", "待审核"), ("allowed", "已同意"), ("refused", "未同意"), ("withdrawn", "已撤回")],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="reissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by__isnull", True),
                    models.Q(("is_by_office", False), ("state", "withdrawn")),
                    models.Q(
                        models.Q(("settled_by", models.F("asked_by")), _negated=True),
                        models.Q(
                            ("asked_for__isnull", True),
                            models.Q(("settled_by", models.F("asked_for")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="reissue_is_settled_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="reissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("new_version__isnull", True),
                        ("settled_at__isnull", True),
                        ("settled_by__isnull", True),
                        ("state", "waiting"),
                    ),
                    models.Q(
                        ("former_version__isnull", False),
                        ("new_version__gt", models.F("former_version")),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        ("state", "allowed"),
                        models.Q(("certificate_number", ""), _negated=True),
                    ),
                    models.Q(
                        ("new_version__isnull", True),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        ("state", "refused"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    models.Q(
                        ("new_version__isnull", True),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        ("state", "withdrawn"),
                    ),
                    _connector="OR",
                ),
                name="reissue_is_settled_whole",
            ),
        ),
    ]

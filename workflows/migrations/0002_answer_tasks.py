"""Open tasks to answer a challenge are found by who answers for the body, as those opened since then are."""

from django.db import migrations

OPEN = ("NEW", "ASSIGNED", "STARTED")
BEFORE, SINCE = "prepare_orders:", "answer_challenges:"


def put_before_the_respondent(apps, schema_editor):
    """In its place, so that whoever has it in hand keeps it; of this procedure no other desk has the former key."""
    flows = apps.get_model("workflows", "CaseFlow").objects.filter(case__reconsideration__state="answer_asked")
    tasks = apps.get_model("viewflow", "Task").objects.filter(process__in=flows.values("process_ptr"), status__in=OPEN)
    for task in tasks.filter(owner_permission__startswith=BEFORE).order_by("pk"):
        tasks.filter(pk=task.pk).update(owner_permission=SINCE + task.owner_permission.removeprefix(BEFORE))


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0001_initial"),
        ("accreditation", "0036_remedies"),
    ]

    operations = [
        migrations.RunPython(put_before_the_respondent, migrations.RunPython.noop),
    ]

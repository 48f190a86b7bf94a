"""Tables that point at one another are created in one step, and dropped again."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from accreditation.tables_at_once import CreateTables

EGG = [("id", models.AutoField(primary_key=True)), ("hen", models.ForeignKey("tried.Hen", models.CASCADE, null=True))]
HEN = [("id", models.AutoField(primary_key=True)), ("egg", models.ForeignKey("tried.Egg", models.CASCADE, null=True))]


@pytest.mark.django_db(transaction=True)
def test_tables_that_point_at_one_another_come_and_go() -> None:
    step = CreateTables([migrations.CreateModel("Egg", EGG), migrations.CreateModel("Hen", HEN)])
    before = ProjectState()
    assert not before.apps.get_models()  # rendered once already, as in the middle of a migration
    after = before.clone()
    step.state_forwards("tried", after)

    with connection.schema_editor() as editor:
        step.database_forwards("tried", editor, before, after)
    hen = after.apps.get_model("tried", "Hen").objects.create()
    egg = after.apps.get_model("tried", "Egg").objects.create(hen=hen)
    assert egg.hen_id == hen.pk

    with connection.schema_editor() as editor:
        step.database_backwards("tried", editor, after, before)
    assert not {"tried_egg", "tried_hen"} & set(connection.introspection.table_names())

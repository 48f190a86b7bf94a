"""A request to set a sheet aside becomes a row of its own; those of before are taken over as the trail tells them."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def take_over(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Who asked and who consented is in the audit entries of the case; the last ones about the place count."""
    seats, requests, events = (
        apps.get_model("accreditation", name)._default_manager.using(editor.connection.alias)
        for name in ("Seat", "SheetRequest", "AuditEvent")
    )
    for seat in seats.exclude(aside_reason="").select_related("panel__application__case"):
        trail = events.filter(chain=f"case:{seat.panel.application.case.number}", content__seat=seat.place)
        asked = trail.filter(verb="ask_sheet_aside", content__reason=seat.aside_reason).order_by("-seq").first()
        if asked is None:
            continue  # the reason of a sheet set aside stands in the seat as well
        said: dict[str, Any] = {
            "reason": seat.aside_reason, "asked_by_id": asked.by_id, "asked_for_id": _lender(asked),
            "asked_at": asked.at,
        }  # fmt: skip
        done = trail.filter(verb="set_sheet_aside", seq__gt=asked.seq).order_by("seq").first()
        if done is not None:
            said |= {"answer": "agreed", "answered_by_id": done.by_id, "answered_for_id": _lender(done)}
            said |= {"answered_at": done.at}
        requests.create(seat=seat, **said)


def _lender(event: Any) -> int | None:
    number: int | None = event.content.get("on_behalf_of", {}).get("id")
    return number


class Migration(migrations.Migration):

    dependencies = [
        ('accreditation', '0045_further_returns_without_points'),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('agreed', '同意搁置'), ('declined', '不同意搁置'), ('withdrawn', '提请已撤回')], max_length=20)),
                ('answer_reason', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheet_requests', to='accreditation.seat')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('seat',), name='one_waiting_request_per_sheet'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='sheet_request_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answer_reason', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('answered_for__isnull', True)), models.Q(('answer', 'agreed'), ('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(('answer__in', ['declined', 'withdrawn']), ('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer_reason', ''), _negated=True)), _connector='OR'), name='sheet_request_answer_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('answer__in', ['agreed', 'declined']), _negated=True), models.Q(models.Q(('answered_by__isnull', True), models.Q(models.Q(('answered_by', models.F('asked_by')), _negated=True), models.Q(('asked_for__isnull', True), models.Q(('answered_by', models.F('asked_for')), _negated=True), _connector='OR')), _connector='OR'), models.Q(('answered_for__isnull', True), models.Q(models.Q(('answered_for', models.F('asked_by')), _negated=True), models.Q(('asked_for__isnull', True), models.Q(('answered_for', models.F('asked_for')), _negated=True), _connector='OR')), _connector='OR')), _connector='OR'), name='sheet_request_is_answered_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'withdrawn'), _negated=True), models.Q(('answered_by__isnull', False), models.Q(('answered_by', models.F('asked_by')), models.Q(('answered_by', models.F('asked_for')), ('asked_for__isnull', False)), _connector='OR')), models.Q(('answered_for__isnull', False), models.Q(('answered_for', models.F('asked_by')), models.Q(('answered_for', models.F('asked_for')), ('asked_for__isnull', False)), _connector='OR')), _connector='OR'), name='sheet_request_is_taken_back_by_who_asked')],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='seat',
            name='aside_reason',
        ),
    ]

"""The app of flows and desks."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Label `workflows`."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

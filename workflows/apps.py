"""The app of flows and desks."""

from importlib import import_module

from django.apps import AppConfig

EFFECT_MODULES = ("workflows.background_reading",)  # each registers the handler of its kind of effect


class WorkflowsConfig(AppConfig):
    """Label `workflows`."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the handlers of side effects known."""
        for module in EFFECT_MODULES:
            import_module(module)

"""The app of legal facts."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate

EFFECT_MODULES = (  # each registers the handler of its kind of effect
    "accreditation.services.account_mail",
    "accreditation.services.mails",
    "accreditation.services.rule_trials",
    "accreditation.services.short_messages",
    "accreditation.services.webhooks",
)


class AccreditationConfig(AppConfig):
    """Label `accreditation`."""

    name = "accreditation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the handlers of side effects known; keep the table of shared counters beside the models' tables."""
        for module in EFFECT_MODULES:
            import_module(module)
        post_migrate.connect(create_cache_table, sender=self)


def create_cache_table(using: str, **kwargs: Any) -> None:
    """The table of CACHES, where failed log-ins are counted; does nothing when it is there."""
    call_command("createcachetable", database=using, verbosity=0)

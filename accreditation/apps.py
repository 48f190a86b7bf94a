"""The app of legal facts."""

from django.apps import AppConfig


class AccreditationConfig(AppConfig):
    """Label `accreditation`."""

    name = "accreditation"
    default_auto_field = "django.db.models.BigAutoField"
